"""Voices that can be fetched to this computer: their names, files and checksums, and how far each one is.

The facts of Piper's voices come from a list of ours in `resources/voices/piper.json`, which names its source.
"""

from __future__ import annotations

from enum import Enum
from typing import Any, Final, Literal, NamedTuple

from fishcaption.core.bounded_json import exactly, few, parsed
from fishcaption.core.errors import InputError

Engine = Literal["piper", "pocket"]

_MOST_VOICES: Final = 2000
_LONGEST_WORDS: Final = 100
_MOST_BYTES: Final = 1 << 30  # of one file


class RemoteFile(NamedTuple):
    """A file to be fetched: its path at the place of its kind, its size, and the checksum that it must have.

    ``checksum`` is that of ``algorithm``, in hexadecimal digits.
    """

    path: str
    bytes: int
    checksum: str
    algorithm: Literal["md5", "sha256"] = "md5"

    @property
    def name(self) -> str:
        """The name of the file alone."""
        return self.path.rpartition("/")[2]


class Offer(NamedTuple):
    """A voice that can be fetched.

    ``language`` is a code as "de_DE"; ``language_name`` is English, ``native_name`` the language's own.
    ``licence`` is the small file that tells it; None: ``licence_words`` are all that is known.
    """

    id: str
    engine: Engine
    name: str
    language: str
    language_name: str
    native_name: str
    country: str
    quality: str
    speakers: int
    files: tuple[RemoteFile, ...]
    licence: RemoteFile | None = None
    licence_words: str = ""

    @property
    def bytes(self) -> int:
        """Bytes of all its files."""
        return sum(file.bytes for file in self.files)


class Stage(Enum):
    """Stage of a voice on its way to this computer."""

    ABSENT = "absent"
    WAITING = "waiting"  # others are fetched before it
    FETCHING = "fetching"
    PARTIAL = "partial"  # begun, and not whole; it goes on from there
    PRESENT = "present"
    BROKEN = "broken"  # the files are there, and are not what they should be


class Progress(NamedTuple):
    """State of one voice. ``bytes`` of it are here; ``why`` says what is wrong, if anything."""

    stage: Stage
    bytes: int = 0
    why: str = ""


POCKET_ARCHIVE: Final = "sherpa-onnx-pocket-tts-int8-2026-01-26"
"""The name of the archive of Pocket TTS, and of the folder in it."""

POCKET: Final = Offer(
    "pocket-tts",
    "pocket",
    "Pocket TTS",
    "en",
    "English",
    "English",
    "",
    "int8",
    0,
    (
        RemoteFile(
            f"{POCKET_ARCHIVE}.tar.bz2",
            0,
            "2f3b88823cbbb9bf0b2477ec8ae7b3fec417b3a87b6bb5f256dba66f2ad967cb",
            "sha256",
        ),
    ),
    licence_words=(
        "Pocket TTS speaks English in the voice of your own recordings, on this computer.\n\n"
        "Its licence is not clear. Kyutai, who made it, published the weights under CC-BY-4.0, and asks "
        "people there to agree to terms first: no voice of another person without their consent. "
        "Three other projects report that the README in this archive says: non-commercial use only.\n\n"
        "So use it privately, with your own voice. Before any other use, read the README in the archive and "
        "Kyutai's terms. We have not checked them for you."
    ),
)
"""Pocket TTS as an archive of the sherpa-onnx project, about 98 MB; its exact size is not known here."""

POCKET_BYTES: Final = 98_000_000
"""About so many bytes of the archive; with what is unpacked it takes some 290 MB for a moment."""


def piper_offers(content: bytes) -> tuple[Offer, ...]:
    """Return the voices of our list, in its order. Raises InputError for a list that is none."""
    value = parsed(content)
    try:
        rows = few(exactly(value, dict)["voices"], list, _MOST_VOICES)
        return tuple(map(_piper_offer, rows))
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(
            "The list of Piper voices cannot be read.", hint="Install fishcaption again."
        ) from error


def _piper_offer(row: Any) -> Offer:
    key, language, native, country, speakers, *files = few(row, list, 11)
    code, name, quality = few(key, str, _LONGEST_WORDS).split("-")
    folder = f"{code.partition('_')[0]}/{code}/{name}/{quality}"
    model, config, card = (
        RemoteFile(f"{folder}/{end}", _size(files[at]), _md5(files[at + 1]))
        for at, end in ((0, f"{key}.onnx"), (2, f"{key}.onnx.json"), (4, "MODEL_CARD"))
    )
    return Offer(
        key,
        "piper",
        name.replace("_", " "),
        code,
        few(language, str, _LONGEST_WORDS),
        few(native, str, _LONGEST_WORDS),
        few(country, str, _LONGEST_WORDS),
        quality,
        exactly(speakers, int),
        (card, config, model),
        card,
    )


def _size(raw: Any) -> int:
    if not 0 < exactly(raw, int) <= _MOST_BYTES:
        raise ValueError(raw)
    return int(raw)


def _md5(raw: Any) -> str:
    if len(exactly(raw, str)) != 32 or not set(raw) <= set("0123456789abcdef"):
        raise ValueError(raw)
    return str(raw)
