"""The window: the parts around the workspace, and the registry of what is opened in it."""
