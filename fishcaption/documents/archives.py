"""Parts of Office files: entries of a ZIP archive, read as XML, within bounds.

Python's own `zipfile` and Expat are enough: a script needs the text of paragraphs, and no document is
written. python-docx and python-pptx build trees of the whole document in lxml, without a bound on what an
archive unpacks to.
"""

from __future__ import annotations

import posixpath
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping
from typing import BinaryIO, Final, NamedTuple
from xml.parsers import expat

from fishcaption.core.errors import InputError

MOST_ENTRIES: Final = 20_000
MOST_BYTES: Final = 64 << 20
"""Unpacked bytes that are read of one file: text of a thousand pages is about 10 MB of XML."""
MOST_RATIO: Final = 300
"""Unpacked bytes for each packed one. XML that Office writes packs to a tenth, or a hundredth at best."""
MOST_DEPTH: Final = 200
MOST_ELEMENTS: Final = 3_000_000
_JUDGED_RATIO: Final = 1 << 20  # bytes before the ratio is judged
_MOST_DIRECTORY: Final = 8 << 20  # bytes of the archive's list of entries
_READ_BYTES: Final = 1 << 16
_END: Final = struct.Struct("<4s4H2LH")
_LONGEST_END: Final = _END.size + (1 << 16)

Attributes = Mapping[str, str]


class Handlers(NamedTuple):
    """Functions that are told what stands in an XML text, in order; names are “namespace name”."""

    start: Callable[[str, Attributes], object]
    end: Callable[[str], object]
    text: Callable[[str], object]


class Archive:
    """An open ZIP archive. ``name`` is the file's, for errors. A context manager. Raises InputError.

    What is read from it, over all its entries, is bounded.
    """

    def __init__(self, file: BinaryIO, name: str) -> None:
        self._name = name
        self._room = MOST_BYTES
        self._elements = MOST_ELEMENTS
        try:
            _check_directory(file)
            self._zip = zipfile.ZipFile(file)
        except _DAMAGE as exc:
            raise self._damaged() from exc
        self._names = frozenset(self._zip.namelist())

    def __enter__(self) -> Archive:
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.close()

    def __contains__(self, entry: str) -> bool:
        return entry in self._names

    def has_folder(self, name: str) -> bool:
        """Return whether an entry is in this folder."""
        return any(entry.startswith(f"{name}/") for entry in self._names)

    def beginning(self, entry: str, most_bytes: int = 200) -> bytes:
        """Return the first bytes of an entry. Raises InputError."""
        try:
            with self._zip.open(entry) as file:
                return file.read(most_bytes)
        except _DAMAGE as exc:
            raise self._damaged() from exc

    def read_xml(self, entry: str, handlers: Handlers) -> None:
        """Read an entry as XML. Raises InputError if it is none, is not there, or is out of all bounds."""
        parser = self._parser(handlers)
        try:
            packed = self._zip.getinfo(entry).compress_size
            unpacked = 0
            with self._zip.open(entry) as file:
                while data := file.read(_READ_BYTES):
                    unpacked += len(data)
                    self._room -= len(data)
                    if self._room < 0:
                        raise self._too_large()
                    if unpacked > max(_JUDGED_RATIO, packed * MOST_RATIO):
                        raise self._too_large()
                    parser.Parse(data, False)
            parser.Parse(b"", True)
        except _DAMAGE as exc:
            raise self._damaged() from exc

    def targets(self, entry: str) -> list[tuple[str, str, str]]:
        """Return the relations of a part: (id, kind, entry that it points to), without those outside."""
        found: list[tuple[str, str, str]] = []
        folder, base = posixpath.split(entry)
        relations = posixpath.join(folder, "_rels", f"{base}.rels")

        def start(name: str, values: Attributes) -> None:
            if name.endswith(" Relationship") and values.get("TargetMode") != "External":
                target = posixpath.normpath(posixpath.join("/", folder, values.get("Target", ""))).lstrip("/")
                found.append((values.get("Id", ""), values.get("Type", "").rpartition("/")[2], target))

        if relations in self:
            self.read_xml(relations, Handlers(start, _ignore, _ignore))
        return [relation for relation in found if relation[2] in self]

    def _parser(self, handlers: Handlers) -> expat.XMLParserType:
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        depth = 0

        def start(name: str, values: Attributes) -> None:
            nonlocal depth
            depth += 1
            self._elements -= 1
            if depth > MOST_DEPTH or self._elements < 0:
                raise self._too_large()
            handlers.start(name, values)

        def end(name: str) -> None:
            nonlocal depth
            depth -= 1
            handlers.end(name)

        def refuse(*_: object) -> None:
            raise self._damaged()  # Office declares no document type, and a hostile one holds entities

        parser.StartElementHandler = start
        parser.EndElementHandler = end
        parser.CharacterDataHandler = handlers.text
        parser.StartDoctypeDeclHandler = refuse
        return parser

    def _damaged(self) -> InputError:
        return InputError(
            f"{self._name} is damaged or locked.",
            hint="Open it in the program that it comes from, and save it again without a password.",
        )

    def _too_large(self) -> InputError:
        return InputError(
            f"{self._name} is too large to be a script.",
            hint="Copy its text, and paste that into the script.",
        )


_DAMAGE: Final = (
    zipfile.BadZipFile,
    zlib.error,
    expat.ExpatError,
    EOFError,
    KeyError,
    OSError,
    ValueError,
    NotImplementedError,  # an unknown way of packing
    RuntimeError,  # a password
    struct.error,
)


def _ignore(*_: object) -> None:
    pass


def _check_directory(file: BinaryIO) -> None:
    """Raise BadZipFile if the list of entries, which `zipfile` reads whole, is larger than any document's."""
    size = file.seek(0, 2)
    file.seek(max(0, size - _LONGEST_END))
    tail = file.read(_LONGEST_END)
    at = tail.rfind(b"PK\5\6")
    if at < 0 or len(tail) - at < _END.size:
        raise zipfile.BadZipFile("no end")
    _, _, _, _, entries, directory_bytes, _, _ = _END.unpack_from(tail, at)
    if entries > MOST_ENTRIES or directory_bytes > _MOST_DIRECTORY:
        raise zipfile.BadZipFile("too many entries")
