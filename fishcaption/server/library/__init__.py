"""The server's voices: the embedded ones, those that clients have made, and made-up ones for tests.

A voice that a client has made is no copy of anybody's: it is the default voice at a pitch and pace that
follow from the recordings (`character`), so that one can be told from another by ear. No recording is kept.
"""
