"""The user's own recordings, as the window has them: recorded, imported, checked, kept in folders."""
