"""Fish Audio: the live sockets and the voice library. Nothing here knows the reader, the sound or a window."""
