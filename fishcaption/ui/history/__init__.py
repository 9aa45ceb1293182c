"""The history, and what else the window keeps."""
