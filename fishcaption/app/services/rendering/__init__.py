"""Sound made ahead of its key: of phrases, and of a script's cues.

sound      one text rendered in one voice
renderer   which texts are rendered, and when
"""
