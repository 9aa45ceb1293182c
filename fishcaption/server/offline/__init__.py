"""Voices that were fetched to this computer, or put there by the user: files, never programs.

folder     where they lie, which are whole, and how one is removed
download   one voice fetched: resumed, verified, and put in its place as a whole
"""
