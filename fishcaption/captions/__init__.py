"""Captions, one file an outlet. An outlet takes cues; none knows the reader."""
