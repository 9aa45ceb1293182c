"""The user's own recordings: plain files in a folder they see, with what was said and who agreed to what."""
