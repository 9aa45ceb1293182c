"""The user's own voices.

voices   made of their recordings or by design, tried, renamed, deleted
"""
