"""Dialogs that change settings: settings, profiles, keys, vocabulary."""
