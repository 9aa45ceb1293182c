"""Phrases: the panel in which one click speaks each, and their editor."""
