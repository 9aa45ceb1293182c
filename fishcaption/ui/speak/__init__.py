"""Speak, the workspace in which text is typed and heard: editor, transcript, queue, held texts."""
