"""Cues: captions as an audience sees them.

captions          a growing text as captions, and its cues once its words have times
layout            sentences become captions, captions become lines
columns           how much room text takes in a line
timed             captions with the frames at which they are shown
subtitle_formats  entries of subtitle files
"""
