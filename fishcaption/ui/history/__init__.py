"""The history of what was spoken: its page, and what it records."""
