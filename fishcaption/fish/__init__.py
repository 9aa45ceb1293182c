"""Fish Audio: the live sockets and the voices. Nothing here knows the reader, the sound or a window."""
