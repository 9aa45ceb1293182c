"""The text editor, as the Speak workspace and the quick box use it, with pasting, tags and marks."""
