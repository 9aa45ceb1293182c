"""Phrases: the panel in which one click speaks a phrase, and the phrase editor."""
