"""The phrase bank on disk, and the sound of phrases that was made ahead.

The bank is one JSON file, whole at every moment; entries that cannot be used are left out, and the file as it
was is put aside first. The sound is a cache: lost sound is made again. It holds no text.
"""

from __future__ import annotations

import hashlib
import json
import os
import struct
import threading
import zlib
from collections import OrderedDict
from collections.abc import Container, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from fishcaption.core.bounded_json import parsed
from fishcaption.core.errors import InputError, StorageError
from fishcaption.core.phrases.bank import Bank, starting
from fishcaption.core.phrases.files import VERSION, from_plain, to_json
from fishcaption.core.speech import Rendered, Span, Voice, WordTime
from fishcaption.store import intact
from fishcaption.store.places import cache_dir, data_dir, write_whole

MOST_BYTES: Final = 256 << 20
"""Sound kept on disk: 50 minutes at 44.1 kHz, a thousand phrases of three seconds."""

MOST_IN_MEMORY_BYTES: Final = 48 << 20
"""Sound kept in memory, ready for a key: 180 phrases of three seconds at 44.1 kHz."""


# -- the bank ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LoadedBank:
    """A bank as it was on disk, and one sentence for each thing that had to be repaired."""

    bank: Bank
    mended: tuple[str, ...] = ()


def phrases_path() -> Path:
    """Return the file of the bank."""
    return data_dir() / "phrases.json"


def load(path: Path) -> LoadedBank:
    """Read the bank; if there is none, return the one to begin with. Never raises.

    A file that can be used only in part is first kept aside, as ``….broken``.
    """
    content, told = intact.read(path, "Your phrases")
    if content is None:
        return LoadedBank(starting(), (told,) if told else ())
    try:
        raw = parsed(content)
        if raw == {"version": VERSION, "categories": [], "phrases": []}:
            return LoadedBank(Bank())
        read = from_plain(raw)
    except InputError:
        return LoadedBank(starting(), ("The file of your phrases was broken.", intact.put_aside(path)))
    version = raw.get("version", VERSION) if isinstance(raw, dict) else VERSION
    problems = tuple(map(str, read.problems))
    if isinstance(version, int) and version > VERSION:
        problems += ("Your phrases were written by a newer fishcaption.",)
    if not problems:
        return LoadedBank(read.bank)
    told = intact.copy_aside(path, content)
    with suppress(StorageError):  # it is told again at the next start then
        save(path, read.bank)
    return LoadedBank(read.bank, (*(f"Your phrases: {words}" for words in problems[:3]), told))


def save(path: Path, bank: Bank) -> None:
    """Write the bank; the file is whole at every moment. Blocks on the disk. Raises StorageError."""
    write_whole(path, to_json(bank))


# -- the sound --------------------------------------------------------------------------------------------

_MAGIC: Final = b"FCR1"
_HEAD: Final = struct.Struct(
    "<4sII"
)  # the magic, the header's bytes, the checksum of these and all that follows
_SUFFIX: Final = ".sound"
_RATES: Final = range(1000, 200_000)  # frames a second that sound may have


def renders_dir() -> Path:
    """Return the folder of the sound made ahead."""
    return cache_dir() / "phrases"


def render_name(voice: Voice, model: str, rate: int, text: str, spoken: str) -> str:
    """Return the name of a sound's file, made from all that it depends on. Speed and volume come later.

    ``text`` is the phrase's own, ``spoken`` what this voice is given for it.
    """
    parts = json.dumps([VERSION, voice.provider, voice.id, model, rate, spoken])
    return f"{text_name(text)}-{_hashed(parts)[:32]}"


def text_name(text: str) -> str:
    """Return the beginning of the names of all sound of a phrase's text, in every voice."""
    return _hashed(text)[:16]


def _hashed(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


class Renders:
    """Sound that was made ahead, by its `render_name`. Files that only this user may read.

    It is bounded on disk and in memory: sound that was not used for longest goes. `load` reads a file if the
    sound is not in memory. Any thread may call: none waits for another's file.
    """

    def __init__(
        self,
        folder: Path,
        *,
        most_bytes: int = MOST_BYTES,
        most_in_memory_bytes: int = MOST_IN_MEMORY_BYTES,
    ) -> None:
        self._folder = folder
        self._most_bytes = most_bytes
        self._most_in_memory_bytes = most_in_memory_bytes
        self._guard = threading.Lock()
        # guarded
        self._names: set[str] | None = None  # on disk when it was looked at
        self._memory: OrderedDict[str, Rendered] = OrderedDict()  # used last, stands last
        self._memory_bytes = 0

    def __contains__(self, name: object) -> bool:
        with self._guard:
            return name in self._memory or name in self._known()

    def load(self, name: str) -> Rendered | None:
        """Return the sound of this name; None if there is none, or it is damaged."""
        with self._guard:
            if (found := self._memory.get(name)) is not None:
                self._memory.move_to_end(name)
                return found
            if name not in self._known():
                return None
        path = self._path(name)
        try:
            found = _unpacked(intact.content_of(path, self._most_bytes))
        except OSError:  # another program of ours has made room
            found = None
        with suppress(OSError):
            if found is None:
                path.unlink()
            else:  # used now: it goes last
                os.utime(path)
        with self._guard:
            if found is None:
                self._known().discard(name)
            else:
                self._remember(name, found)
        return found

    def ready(self, names: Iterable[str]) -> None:
        """Have these in memory as far as there is room for them, the first ones first. Reads files."""
        room = self._most_in_memory_bytes
        for name in names:
            with suppress(OSError):  # there is none
                room -= self._path(name).stat().st_size
                if room < 0:
                    return
                self.load(name)

    def save(self, name: str, rendered: Rendered, keep: Container[str] = ()) -> bool:
        """Keep this sound; return False if only sound in ``keep`` could make room. Raises StorageError."""
        content = _packed(rendered)
        if not self._make_room(len(content), keep):
            return False
        write_whole(self._path(name), content)
        with self._guard:
            self._known().add(name)
            self._remember(name, rendered)
        return True

    def forget_others(self, texts: Iterable[str]) -> None:
        """Delete the sound, in every voice, of all texts but these."""
        kept = {text_name(text) for text in texts}
        for path, _, _ in self._files():
            if path.stem.partition("-")[0] not in kept:
                with suppress(OSError):
                    path.unlink()
                with self._guard:
                    self._known().discard(path.stem)
                    self._forget(path.stem)

    def _known(self) -> set[str]:
        if self._names is None:
            self._names = {path.stem for path, _, _ in self._files()}
        return self._names

    def _path(self, name: str) -> Path:
        return self._folder / (name + _SUFFIX)

    def _files(self) -> list[tuple[Path, int, float]]:
        """Return the files, each with its size in bytes and the time of its last use."""
        found: list[tuple[Path, int, float]] = []
        with suppress(OSError):  # no such folder yet
            for entry in os.scandir(self._folder):
                with suppress(OSError):
                    if entry.name.endswith(_SUFFIX):
                        status = entry.stat()
                        found.append((Path(entry.path), status.st_size, status.st_mtime))
        return found

    def _make_room(self, wanted: int, keep: Container[str]) -> bool:
        files = self._files()
        used = sum(size for _, size, _ in files)
        for path, size, _ in sorted(files, key=lambda file: file[2]):
            if used + wanted <= self._most_bytes:
                break
            if path.stem in keep:
                continue
            with suppress(OSError):
                path.unlink()
                used -= size
                with self._guard:
                    self._known().discard(path.stem)
                    self._forget(path.stem)
        return used + wanted <= self._most_bytes

    def _remember(self, name: str, rendered: Rendered) -> None:
        self._forget(name)
        if len(rendered.pcm) > self._most_in_memory_bytes:
            return
        self._memory[name] = rendered
        self._memory_bytes += len(rendered.pcm)
        while self._memory_bytes > self._most_in_memory_bytes:
            _, oldest = self._memory.popitem(last=False)
            self._memory_bytes -= len(oldest.pcm)

    def _forget(self, name: str) -> None:
        if (old := self._memory.pop(name, None)) is not None:
            self._memory_bytes -= len(old.pcm)


def _packed(rendered: Rendered) -> bytes:
    voice = rendered.voice
    header = json.dumps(
        {
            "voice": [voice.provider, voice.id, voice.name, list(voice.languages)],
            "rate": rendered.rate,
            "words": [
                [word.span.start, word.span.end, word.start_frame, word.end_frame] for word in rendered.words
            ],
        }
    ).encode()
    body = header + rendered.pcm
    return _HEAD.pack(_MAGIC, len(header), zlib.crc32(body, len(header))) + body


def _unpacked(content: bytes) -> Rendered | None:
    """Return the sound that `_packed` has packed; None for anything else, or if it is damaged."""
    if len(content) < _HEAD.size:
        return None
    magic, length, checksum = _HEAD.unpack_from(content)
    body = content[_HEAD.size :]
    if magic != _MAGIC or zlib.crc32(body, length) != checksum:
        return None
    try:  # the checksum tells of damage, not of who wrote it
        header = parsed(body[:length])
        provider, number, name, languages = header["voice"]
        voice = Voice(provider, number, name, tuple(languages))
        words = tuple(WordTime(Span(start, end), first, last) for start, end, first, last in header["words"])
        rate = header["rate"]
    except (InputError, LookupError, TypeError, ValueError):
        return None
    frames = (place for word in words for place in (*word.span, word.start_frame, word.end_frame))
    is_sound = type(rate) is int and rate in _RATES and not (len(body) - length) % 2
    if not is_sound or not all(type(place) is int and place >= 0 for place in frames):
        return None
    return Rendered(voice, rate, body[length:], words)
