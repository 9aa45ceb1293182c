"""The store of kept audio: files with a bound in bytes, and what is pinned of them in memory."""

from __future__ import annotations

import os
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from typing import Final

from fishcaption.core.errors import StorageError
from fishcaption.core.speech import Rendered
from fishcaption.store import intact
from fishcaption.store.kept_audio.entry_file import LARGEST_BYTES, MOST_FRAMES, packed, unpacked
from fishcaption.store.kept_audio.index import Index
from fishcaption.store.places import cache_dir, make_folder

MOST_BYTES: Final = 512 << 20
"""On disk: five hours of a Fish Audio voice, 44.1 kHz."""

MOST_IN_MEMORY_BYTES: Final = 48 << 20
"""In memory, ready for a key: 180 phrases of three seconds at 44.1 kHz."""

_MOST_WAITING_BYTES: Final = 64 << 20  # of sound that is to be written; what comes then is not kept
_PART: Final = ".part"
_NAME_BYTES: Final = 16
_INDEX: Final = "index"


def kept_audio_dir() -> Path:
    """Return the folder of kept audio."""
    return cache_dir() / "kept-audio"


class KeptAudio:
    """Sound by its identity (`SoundShape.identity`). Any thread may call; none waits for another's file.

        store = KeptAudio(kept_audio_dir())   # memory only
        store.open(key)                       # in a thread: from now on what is on disk is found
        store.save(identity, rendered)        # in a thread
        store.load(identity)
        store.close()

    ``most_bytes`` on disk may be changed: what is written from then on keeps to it, and `trim` at once.
    ``is_on`` False: nothing new is written, what is on disk stays and is found. `keep_soon` puts sound
    aside for `write_waiting`, and calls ``on_waiting``.
    """

    def __init__(
        self,
        folder: Path,
        *,
        most_bytes: int = MOST_BYTES,
        most_in_memory_bytes: int = MOST_IN_MEMORY_BYTES,
    ) -> None:
        self.is_on = True
        self.on_waiting: Callable[[], None] = _nothing
        self._folder = folder
        self.most_bytes = most_bytes
        self._most_in_memory_bytes = most_in_memory_bytes
        self._guard = threading.Lock()
        # guarded by _guard
        self._memory: OrderedDict[str, Rendered] = OrderedDict()  # used last, stands last
        self._memory_bytes = 0
        self._pins: dict[str, frozenset[str]] = {}
        self._waiting: OrderedDict[str, Rendered] = OrderedDict()
        self._waiting_bytes = 0
        self._uses: dict[str, float] = {}  # of entries, since the index was told
        self._disk = threading.Lock()
        # guarded by _disk
        self._index: Index | None = None
        self._key: bytes | None = None

    # -- open and close ----------------------------------------------------------------------------

    def open(self, key: bytes | None, *, plain: bool = False) -> None:
        """Use the disk from now on: encrypted with this key or, without one and only if ``plain``, as it is.

        What was written with another key is deleted: nobody can read it. Raises StorageError where the folder
        cannot be used; the store goes on in memory.
        """
        self.close()
        if key is None and not plain:
            return
        try:
            make_folder(self._folder)
        except OSError as exc:
            raise StorageError(
                f"What is spoken cannot be kept in {self._folder}: {exc.strerror or exc}.",
                hint="Check that this folder exists and may be written to.",
            ) from exc
        index = Index(self._folder / _INDEX)
        try:
            index = self._checked(index, key)
            with self._disk:
                with self._guard:
                    pins = dict(self._pins)
                for owner, identities in pins.items():
                    index.pin(owner, [self._name_with(key, one) for one in identities])
                self._key, self._index = key, index
        except StorageError:
            index.close()
            raise
        self.trim()

    def _checked(self, index: Index, key: bytes | None) -> Index:
        """Return the index, or a new one, once it agrees with the files and with the key."""
        mark = blake2b(b"", key=key).hexdigest() if key is not None else "plain"
        if (known := index.fact("key")) != mark:
            if known or not self._is_readable(key):  # unknown: the index was broken and is new
                self._delete_files()
                index.close(delete=True)
                index = Index(self._folder / _INDEX)
            index.note("key", mark)
        if not known or index.fact("open"):  # the last one was killed: only then may index and files differ
            self._reconcile(index)
        index.note("open", "yes")
        return index

    def close(self) -> None:
        """Forget what is in memory and waits, and close the files. Never raises."""
        with self._guard:
            self._memory.clear()
            self._waiting.clear()
            self._memory_bytes = self._waiting_bytes = 0
            uses, self._uses = self._uses, {}
        with self._disk:
            index, self._index, self._key = self._index, None, None
            if index is not None:
                with suppress(StorageError):
                    index.use(uses)
                    index.note("open", "")
                index.close()

    def erase(self) -> None:
        """Delete all that is kept, on disk and in memory. The store is closed then. Never raises."""
        self.close()
        self._delete_files()
        with suppress(StorageError, OSError):
            if self._folder.exists():
                Index(self._folder / _INDEX).close(delete=True)

    @property
    def is_lasting(self) -> bool:
        """True while what is saved outlives the program."""
        return self._index is not None and self.is_on

    @property
    def used_bytes(self) -> int:
        """Bytes on disk."""
        index = self._index
        return index.bytes if index is not None else 0

    def trim(self) -> None:
        """Delete what ``most_bytes`` has no room for, what was not used for longest first.

        Deletes files. Raises StorageError.
        """
        with self._disk:
            gone = self._make_room(0)
        self._unlink(gone)

    # -- find --------------------------------------------------------------------------------------

    def __contains__(self, identity: object) -> bool:
        if not isinstance(identity, str):
            return False
        with self._guard:
            if identity in self._memory or identity in self._waiting:
                return True
        return self._is_on_disk(identity)

    def _is_on_disk(self, identity: str) -> bool:
        with self._disk, suppress(StorageError):
            return self._index is not None and self._name(identity) in self._index
        return False

    def load(self, identity: str) -> Rendered | None:
        """Return the sound; None if there is none, or it is damaged, which deletes it. May read a file."""
        found = self._found(identity)
        if found is not None:
            self._put_ready(identity, found)
        return found

    def _found(self, identity: str) -> Rendered | None:
        """Return the sound as `load` does, and leave the memory as it is."""
        with self._guard:
            if (found := self._memory.get(identity) or self._waiting.get(identity)) is not None:
                if identity in self._memory:
                    self._memory.move_to_end(identity)
                return found
        with self._disk:
            if self._index is None:
                return None
            name, key = self._name(identity), self._key
            try:
                if name not in self._index:
                    return None
            except StorageError:
                return None
        try:
            found = unpacked(name, intact.content_of(self._path(name), LARGEST_BYTES), key)
        except (OSError, StorageError):  # the user's own hand, or libsndfile is gone
            found = None
        if found is None:
            self._forget_entry(name)
            return None
        with self._guard:
            self._uses[name] = time.time()
        return found

    def _put_ready(self, identity: str, found: Rendered) -> None:
        with self._guard:
            is_there = identity in self._memory or identity in self._waiting
            if not is_there and self._is_wanted_soon(identity):
                self._remember(identity, found)

    def ready(self, identities: Iterable[str]) -> None:
        """Have these in memory as far as there is room for them, the first ones first. Reads files."""
        room = self._most_in_memory_bytes
        for identity in identities:
            found = self._found(identity)
            if found is None:
                continue
            room -= len(found.pcm)
            if room < 0:  # it would take the place of one that comes before it
                return
            self._put_ready(identity, found)

    # -- keep --------------------------------------------------------------------------------------

    def save(self, identity: str, rendered: Rendered) -> bool:
        """Keep this sound, on disk where that may be; False: only what is pinned could make room for it.

        Writes a file. Raises StorageError; the sound is in memory then.
        """
        if not 2 <= len(rendered.pcm) <= 2 * MOST_FRAMES:
            return False
        with self._guard:
            has_room = not self._is_wanted_soon(identity) or self._remember(identity, rendered)
        with self._disk:
            key, index = self._key, self._index
        if index is None or not self.is_on:
            return has_room
        try:
            return self._save(identity, rendered, key, index, has_room)
        except StorageError:  # it costs nothing again until the program ends, at least
            with self._guard:
                self._remember(identity, rendered)
            raise

    def keep_soon(self, identity: str, rendered: Rendered) -> None:
        """Keep this sound once `write_waiting` is called; returns at once, and keeps nothing while not on."""
        if not self.is_on:
            return
        with self._guard:  # and not the disk's: a file is being written there
            if identity in self._memory or identity in self._waiting:
                return
            if self._waiting_bytes + len(rendered.pcm) > _MOST_WAITING_BYTES:
                return
            self._waiting[identity] = rendered
            self._waiting_bytes += len(rendered.pcm)
        self.on_waiting()

    def write_waiting(self) -> None:
        """Save what `keep_soon` was given. Writes files. Raises StorageError; the rest is not kept then."""
        while True:
            with self._guard:
                if not self._waiting:
                    return
                identity, rendered = next(iter(self._waiting.items()))
            try:
                if self.is_on and not self._is_on_disk(identity):
                    self.save(identity, rendered)
            finally:
                with self._guard:
                    if self._waiting.pop(identity, None) is not None:
                        self._waiting_bytes -= len(rendered.pcm)

    def pin(self, owner: str, identities: Collection[str]) -> None:
        """Have an owner's sound, and nothing else of its, stay whatever was used since. Never raises."""
        pinned = frozenset(identities)
        with self._guard:
            if self._pins.get(owner) == pinned:
                return
            self._pins[owner] = pinned
        with self._disk, suppress(StorageError):
            if self._index is not None:
                self._index.pin(owner, [self._name(one) for one in pinned])

    # -- inside: memory, guarded -------------------------------------------------------------------

    def _is_wanted_soon(self, identity: str) -> bool:
        """Return whether a key may ask for it, or nothing else keeps it: the rest is read when it is said."""
        return not self.is_lasting or any(identity in pinned for pinned in self._pins.values())

    def _remember(self, identity: str, rendered: Rendered) -> bool:
        """Return False where only pinned sound could make room, or it is too large."""
        if (old := self._memory.pop(identity, None)) is not None:
            self._memory_bytes -= len(old.pcm)
        if len(rendered.pcm) > self._most_in_memory_bytes:
            return False
        is_only_copy = not self.is_lasting
        pinned = frozenset().union(*self._pins.values()) if is_only_copy else frozenset()
        wanted = self._memory_bytes + len(rendered.pcm) - self._most_in_memory_bytes
        if wanted > 0:
            going: list[str] = []
            for other, sound in self._memory.items():
                if wanted <= 0:
                    break
                if other not in pinned:
                    going.append(other)
                    wanted -= len(sound.pcm)
            if wanted > 0:
                return False
            for other in going:
                self._memory_bytes -= len(self._memory.pop(other).pcm)
        self._memory[identity] = rendered
        self._memory_bytes += len(rendered.pcm)
        return True

    # -- inside: disk ------------------------------------------------------------------------------

    def _save(
        self, identity: str, rendered: Rendered, key: bytes | None, index: Index, has_room: bool
    ) -> bool:
        name = self._name_with(key, identity)
        content = packed(name, rendered, key)
        with self._disk:
            if self._index is not index:  # erased meanwhile
                return has_room
            gone = self._make_room(len(content))
            if index.bytes + len(content) > self.most_bytes:
                is_kept = False
            else:
                self._write(name, content)
                index.add({name: len(content)}, time.time())
                is_kept = True
        self._unlink(gone)
        return is_kept

    def _name(self, identity: str) -> str:
        return self._name_with(self._key, identity)

    def _name_with(self, key: bytes | None, identity: str) -> str:
        return blake2b(identity.encode(), key=key or b"", digest_size=_NAME_BYTES).hexdigest()

    def _path(self, name: str) -> Path:
        return self._folder / name[:2] / name

    def _make_room(self, wanted: int) -> list[str]:
        """Take out of the index what has to go; return it."""
        if self._index is None or self._index.bytes + wanted <= self.most_bytes:
            return []
        with self._guard:
            uses, self._uses = self._uses, {}
        self._index.use(uses)
        gone = self._index.unused(self._index.bytes + wanted - self.most_bytes)
        self._index.remove(gone)
        return gone

    def _write(self, name: str, content: bytes) -> None:
        """Write a file that is whole or not there; it may be lost with the power, and is made again then."""
        path = self._path(name)
        part = path.with_name(name + _PART)
        try:
            make_folder(path.parent)
            with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:  # noqa: PTH123  a handle, not a path
                file.write(content)
            part.replace(path)
        except OSError as exc:
            with suppress(OSError):
                part.unlink()
            raise StorageError(
                f"The sound of what was spoken could not be saved: {exc.strerror or exc}.",
                hint="It was heard all the same. Free some space, or keep less: see the settings.",
            ) from exc

    def _forget_entry(self, name: str) -> None:
        with self._disk, suppress(StorageError):
            if self._index is not None:
                self._index.remove([name])
        self._unlink([name])

    def _unlink(self, names: Iterable[str]) -> None:
        for name in names:
            with suppress(OSError):
                self._path(name).unlink()

    def _reconcile(self, index: Index) -> None:
        """Have index and files agree: a kill may have come between the two."""
        files = self._files()
        known = index.names()
        index.remove(known - files.keys())
        index.add({name: files[name] for name in files.keys() - known}, time.time())

    def _is_readable(self, key: bytes | None) -> bool:
        """Return whether an entry on the disk, whichever comes first, was written with this key."""
        for path in self._all_paths():
            if path.suffix != _PART:
                with suppress(OSError):
                    return unpacked(path.name, intact.content_of(path, LARGEST_BYTES), key) is not None
        return False

    def _files(self) -> dict[str, int]:
        """Return the bytes of each entry's file; halves of files are deleted."""
        found: dict[str, int] = {}
        for path in self._all_paths():
            with suppress(OSError):
                if path.suffix == _PART:
                    path.unlink()
                elif path.is_file():
                    found[path.name] = path.stat().st_size
        return found

    def _all_paths(self) -> list[Path]:
        found: list[Path] = []
        with suppress(OSError):
            for folder in os.scandir(self._folder):
                if folder.is_dir(follow_symlinks=False) and len(folder.name) == 2:
                    found += map(Path, (entry.path for entry in os.scandir(folder.path)))
        return found

    def _delete_files(self) -> None:
        for path in self._all_paths():
            with suppress(OSError):
                path.unlink()


def _nothing() -> None:
    """Nobody writes it: it is kept in memory until somebody does."""
