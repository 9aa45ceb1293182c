"""Kept audio: what voices have said, on this computer, so that saying it again costs neither money nor time.

One store for phrases, scripts, documents and live speech. Each entry is a file of its own: FLAC with the
times of its words, encrypted with a key of the system's keyring. Everything here can be made again: what is
damaged or missing is nobody's fault and no error.

    identity      the name of a sound: everything that shapes it
    flac          int16 frames to FLAC and back, without numpy
    entry_file    one entry as bytes: its header, encrypted or plain
    index         sizes, last uses and pins, in SQLite
    keyring_key   the key in the system's keyring
    kept_audio    the store, with a bound on disk and one in memory

The store is closed until `KeptAudio.open`, which nobody calls before the first paint; until then, and where
nothing may be written, it keeps sound in memory.
"""
