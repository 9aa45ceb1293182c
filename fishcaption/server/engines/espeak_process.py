"""The process of eSpeak NG: texts in, sound or phonemes out.

Its library is under GPL-3.0-or-later: `espeak_child` loads it, and nothing of it is loaded here.
"""

from __future__ import annotations

import struct
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Final, NamedTuple

from fishcaption.server.engines.child_voice import ChildVoice
from fishcaption.server.engines.espeak_voices import PACKAGE, data_folder

RATE: Final = 22_050
"""Frames a second of its sound."""
_MOST_CLAUSES: Final = 10_000
_NAME: Final = "eSpeak NG"


class Clause(NamedTuple):
    """A clause of a text as it is pronounced: where it ends in the text, and its phonemes (IPA)."""

    end: int
    phonemes: str


class EspeakProcess(ChildVoice):
    """eSpeak NG."""

    def __init__(self) -> None:
        """Raises OSError where it is not installed, or does not start."""
        data = data_folder()
        if find_spec(PACKAGE) is None or data is None:
            raise OSError("eSpeak NG is not installed")
        command = ["fishcaption.server.engines.espeak_child", str(_library(data.parent)), str(data)]
        super().__init__(_NAME, command)
        if self.rate != RATE:
            self.close()
            raise OSError("eSpeak NG did not start")

    def phonemes(self, voice: str, text: str) -> list[Clause]:
        """Return the clauses of a text and their phonemes. Raises OSError."""
        self._ask({"voice": voice, "text": text, "phonemes": True})
        clauses: list[Clause] = []
        while True:
            kind, content = self._next()
            if kind == b"P":
                (end,) = struct.unpack_from("<i", content)
                clauses.append(Clause(end, content[4:].decode("utf-8", "replace")))
                if len(clauses) > _MOST_CLAUSES:
                    raise OSError("eSpeak NG does not end")
            elif self._is_end(content):
                return clauses


def _library(package: Path) -> Path:
    names = {"win32": "espeak-ng.dll", "darwin": "libespeak-ng.dylib"}
    return package / names.get(sys.platform, "libespeak-ng.so")
