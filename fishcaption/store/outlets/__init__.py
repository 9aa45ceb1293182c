"""The outlets of captions as they are kept: their settings, their secrets, how far they have sent.

configs            in the settings' file: what may stand there, and what is left out
secrets            in the system's keyring, by the outlet's id
sequence_numbers   in a file of its own
"""
