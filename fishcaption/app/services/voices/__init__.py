"""The voices of libraries, for the windows that show them.

service   searches, what was seen before, favourites, covers
sounds    how a voice sounds: its sample, or the user's own text
"""
