"""Replacements of the user, found in a text."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from fishcaption.core.normalization.edited_text import VoiceEdit
from fishcaption.core.normalization.rules import LONGEST_WRITTEN, Replacement

_TOKEN: Final = re.compile(r"\w+|[^\w\s]")
# People who write a word have one key for all of these.
_SAME: Final = str.maketrans(
    dict.fromkeys("’ʼ‘‛＇ꞌ", "'") | dict.fromkeys("‐‑", "-") | dict.fromkeys("\u00a0\u202f", " ")
)


class Replacer:
    """Finds replacements: the longest at each place, and none inside another."""

    def __init__(self, entries: Iterable[Replacement], *, takes_sounds: bool) -> None:
        self._takes_sounds = takes_sounds
        self._by_token: dict[str, list[Replacement]] = defaultdict(list)  # by the first token of ``written``
        parts: list[Replacement] = []
        self._beginnings: set[str] = set()
        self.signs = frozenset[str]()
        """Characters beyond ASCII that are looked for as they are."""
        for typed in entries:
            entry = replace(typed, written=typed.written.translate(_SAME))
            ends = [token.end() for token in _TOKEN.finditer(entry.written)]
            self._beginnings |= {entry.written[:end].casefold() for end in ends[:-1]}
            self.signs |= {sign for sign in entry.written if sign > "\x7f"}
            first = _TOKEN.search(entry.written)
            if entry.whole_word and first is not None and first.start() == 0:
                self._by_token[first.group().casefold()].append(entry)
            else:
                parts.append(entry)
        self._exact = {entry.written: entry for entry in reversed(parts)}
        self._folded = {entry.written.casefold(): entry for entry in reversed(parts) if not entry.match_case}
        self._part = re.compile("|".join(map(_pattern_of, parts))) if parts else None

    def may_go_on(self, text: str) -> bool:
        """Return whether the text ends with the beginning of a replacement of two words or more."""
        if not self._beginnings:
            return False
        tail = text.translate(_SAME)[-LONGEST_WRITTEN:].rstrip().casefold()
        starts = [token.start() for token in _TOKEN.finditer(tail)]
        return any(tail[start:] in self._beginnings for start in starts)

    def edits(self, text: str) -> Iterator[VoiceEdit]:
        """Yield the replacement edits."""
        text = text.translate(_SAME)
        part = self._part.search(text) if self._part else None
        at = 0
        for token in _TOKEN.finditer(text):
            start = token.start()
            while part is not None and part.start() <= start:
                entry = self._entry_of(part)
                if part.start() >= at and not self._longer_word(text, part):
                    yield self._edit(entry, part.start(), part.end())
                    at = part.end()
                part = self._part.search(text, max(part.end(), at)) if self._part else None
            if start >= at and (entry_ := self._word_at(text, start, token.group())) is not None:
                at = start + len(entry_.written)
                yield self._edit(entry_, start, at)
        while part is not None:
            if part.start() >= at:
                yield self._edit(self._entry_of(part), part.start(), part.end())
                at = part.end()
            part = self._part.search(text, part.end()) if self._part else None

    def _word_at(self, text: str, start: int, token: str) -> Replacement | None:
        for entry in self._by_token.get(token.casefold(), ()):
            end = start + len(entry.written)
            found = text[start:end]
            is_same = (
                found == entry.written if entry.match_case else found.casefold() == entry.written.casefold()
            )
            if is_same and not (text[end - 1 : end].isalnum() and _is_word(text[end : end + 1])):
                return entry
        return None

    def _longer_word(self, text: str, part: re.Match[str]) -> bool:
        """Return whether a longer whole word begins at the same place."""
        token = _TOKEN.match(text, part.start())
        is_start = part.start() == 0 or not _is_word(text[part.start() - 1])
        word = self._word_at(text, part.start(), token.group()) if token and is_start else None
        return word is not None and len(word.written) >= len(part.group())

    def _entry_of(self, part: re.Match[str]) -> Replacement:
        found = part.group()
        # The last is for signs whose case only regular expressions ignore.
        return self._exact.get(found) or self._folded.get(found.casefold()) or Replacement(found, found)

    def _edit(self, entry: Replacement, start: int, end: int) -> VoiceEdit:
        if entry.phoneme and self._takes_sounds:
            return VoiceEdit(start, end, "", f"<|phoneme_start|>{entry.phoneme}<|phoneme_end|>")
        return VoiceEdit(start, end, entry.written if entry.phoneme and not entry.said else entry.said)


def _is_word(character: str) -> bool:
    return character.isalnum() or character == "_"


def _pattern_of(entry: Replacement) -> str:
    body = re.escape(entry.written)
    return body if entry.match_case else f"(?i:{body})"
