"""Spoken audio, kept encrypted, so that the same text costs neither money nor time again."""
