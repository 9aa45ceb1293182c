"""Voices that speak: `cast`, those of speakers and scripts; `retrying`, one that is out of reach."""
