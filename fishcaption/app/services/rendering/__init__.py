"""Sound made ahead of its key: of phrases, and of a script's cues.

sound       one text rendered in one voice
kept_audio  what is kept of it: its key, its disk, erasing it
messages    recordings of phrases, heard instead of a voice
renderer    which texts are rendered, and when
"""
