"""Stores of kept audio for tests: opened with a key, as with a keyring."""

from __future__ import annotations

from pathlib import Path

from fishcaption.store.kept_audio.kept_audio import MOST_BYTES, MOST_IN_MEMORY_BYTES, KeptAudio

STORE_KEY = bytes(range(32))


def opened_store(
    folder: Path, *, most_bytes: int = MOST_BYTES, most_in_memory_bytes: int = MOST_IN_MEMORY_BYTES
) -> KeptAudio:
    """Return a store that is open."""
    store = KeptAudio(folder, most_bytes=most_bytes, most_in_memory_bytes=most_in_memory_bytes)
    store.open(STORE_KEY)
    return store
