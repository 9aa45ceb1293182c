"""Files that were fetched and can be fetched again, in a folder bounded by bytes: covers, samples.

The least recently used go first. A name is any text; on disk it is its digest. Every call may block.
"""

from __future__ import annotations

import os
import threading
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path

from fishcaption.store import intact
from fishcaption.store.places import make_folder


class KeptFiles:
    """A folder of at most ``most_bytes``; it may be used in any thread. What cannot be kept is not kept."""

    def __init__(self, folder: Path, most_bytes: int) -> None:
        self._folder = folder
        self._most_bytes = most_bytes
        self._guard = threading.Lock()
        self._bytes: int | None = None  # in the folder; None: not counted yet

    def get(self, name: str) -> bytes | None:
        """Return what is kept under this name; None if nothing is."""
        path = self._path(name)
        try:
            content = intact.content_of(path, self._most_bytes)
            os.utime(path)
        except OSError:
            return None
        return content

    def put(self, name: str, content: bytes) -> None:
        """Keep this under the name. Never raises: it can be fetched again."""
        if len(content) > self._most_bytes // 4:
            return
        with self._guard, suppress(OSError):
            make_folder(self._folder)
            path = self._path(name)
            part = path.with_suffix(".part")
            part.write_bytes(content)
            part.replace(path)
            self._bytes = None if self._bytes is None else self._bytes + len(content)
            if self._bytes is None or self._bytes > self._most_bytes:
                self._bytes = self._make_room()

    def _make_room(self) -> int:
        """Delete the least recently used until a tenth is free; return how many bytes are left."""
        there = []
        with os.scandir(self._folder) as entries:
            for entry in entries:
                state = entry.stat(follow_symlinks=False)
                there.append((state.st_mtime, state.st_size, entry.path))
        total = sum(size for _, size, _ in there)
        wanted = self._most_bytes - (self._most_bytes // 10 if total > self._most_bytes else 0)
        for _, size, path in sorted(there):
            if total <= wanted:
                break
            with suppress(OSError):
                Path(path).unlink()
                total -= size
        return total

    def _path(self, name: str) -> Path:
        digest = blake2b(name.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
        return self._folder / digest
