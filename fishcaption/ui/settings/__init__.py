"""The dialogs in which the program is set up: settings, profiles, keys, vocabulary."""
