"""The window itself: what stands around the text, and what is opened over it."""
