"""Fewer keys for the same words.

abbreviations  a table of short forms that expand while the user types
completion     the words that this user is likely to type next, learned from what was said
english        the words that completion starts with

Positions are code points.
"""
