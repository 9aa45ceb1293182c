"""Rules of the user: which forms are read as a person would read them, and the replacements."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from fishcaption.core.errors import InputError
from fishcaption.core.speech import Family
from fishcaption.core.text.readings import edited

if TYPE_CHECKING:
    from fishcaption.core.protocol.requests import Pronunciation

LONGEST_WRITTEN: Final = 256
_LONGEST_SAID: Final = 1024
_MOST_SENT: Final = 5000  # entries of the service's dictionary
_PHONEMES: Final = re.compile(r"[A-Za-z0-9]+(?: [A-Za-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class Replacement:
    """The text ``written`` is spoken as ``said``; only in this language and by this voice if they are given.

    ``language`` is a two-letter code, ``voice`` a voice's id. ``phoneme`` is for Fish Audio's models: CMU
    Arpabet for English, pinyin with tone numbers, romaji with pitch digits. Other voices use ``said``; if it
    is empty, they say ``written``. Raises InputError for an entry that cannot work.
    """

    written: str
    said: str
    language: str = ""
    voice: str = ""
    match_case: bool = False
    whole_word: bool = True
    phoneme: str = ""

    def __post_init__(self) -> None:
        if not self.written.strip() or len(self.written) > LONGEST_WRITTEN:
            raise InputError(
                f"A replacement is for 1 to {LONGEST_WRITTEN} characters, not for {len(self.written)}.",
                hint="Write the word as it stands in your texts.",
            )
        if len(self.said) > _LONGEST_SAID or len(self.phoneme) > _LONGEST_SAID:
            raise InputError(
                f"The spoken text can have {_LONGEST_SAID} characters at most.", hint="Make it shorter."
            )
        if self.language and not re.fullmatch("[a-z]{2,3}", self.language):
            raise InputError(
                "A replacement's language is a code of two or three small letters.",
                hint="For example en or de.",
            )
        if self.phoneme and not _PHONEMES.fullmatch(self.phoneme):
            raise InputError(
                "A pronunciation in sounds can have only letters, digits and blanks.",
                hint="For example EH1 N JH AH0 N IH1 R; phonetic signs (IPA) do not work.",
            )

    @property
    def word(self) -> tuple[str, str, str, bool]:
        """The word and where it applies: `Rules` hold one replacement for each."""
        word = self.written if self.match_case else self.written.casefold()
        return word, self.language, self.voice, self.match_case


@dataclass(frozen=True, slots=True)
class Rules:
    """Forms that are read as a person would read them, the user's replacements, and the style.

    ``style`` is an expression tag that is put before each text; empty for none.
    """

    markdown: bool = True
    code: bool = True
    urls: bool = True
    emails: bool = True
    emoji: bool = True
    numbers: bool = True
    units: bool = True
    replacements: tuple[Replacement, ...] = ()
    style: str = ""

    def __post_init__(self) -> None:
        seen: dict[tuple[str, str, str, bool], int] = {}
        for number, entry in enumerate(self.replacements, start=1):
            other = seen.setdefault(entry.word, number)
            if other != number:
                raise InputError(
                    f"Replacements {other} and {number} are for the same word.",
                    hint="Delete one of them, or give it another language or voice.",
                )

    def sent(self, *, language: str, voice_id: str) -> tuple[Pronunciation, ...]:
        """Return the pronunciations that Fish Audio's models are sent beside the text.

        The entries of a ``pronunciation_dictionary`` are sounds and match parts of words. So these are the
        replacements that are given as sounds and are for parts of words; `replaced` leaves them out.
        """
        from fishcaption.core.protocol.requests import Pronunciation  # not before the first paint

        return tuple(
            Pronunciation(entry.written, entry.phoneme, entry.match_case)
            for entry in _sent(_chosen(self.replacements, language, voice_id))
        )

    def replaced(self, *, language: str, voice_id: str, family: Family) -> list[Replacement]:
        """Return the replacements that are made in the text for a voice, those that come first first."""
        entries = _chosen(self.replacements, language, voice_id)
        sent = _sent(entries) if family != "embedded" else []
        return [entry for entry in entries if entry not in sent] if sent else entries


def _sent(entries: Iterable[Replacement]) -> list[Replacement]:
    return [entry for entry in entries if entry.phoneme and not entry.whole_word][:_MOST_SENT]


def _chosen(entries: Iterable[Replacement], language: str, voice_id: str) -> list[Replacement]:
    """Return the entries for this voice: the longest first, and of one length the most particular first."""
    fitting = [
        composed
        for entry in entries
        if entry.voice in ("", voice_id)
        and (not language or entry.language in ("", language_code(language)))
        and (composed := _composed(entry)) is not None
    ]
    return sorted(
        fitting,
        key=lambda entry: (-len(entry.written), not entry.voice, not entry.language, not entry.match_case),
    )


def _composed(entry: Replacement) -> Replacement | None:
    """Return the entry with its letters composed, as texts are; None if nothing of it can be seen."""
    if entry.written.isascii():
        return entry
    from fishcaption.core.text.characters import unheard  # its patterns: not before the first paint

    written = edited(entry.written, unheard(entry.written))
    return replace(entry, written=written) if written.strip() else None


def language_code(language: str) -> str:
    """Return the two-letter code of a language such as "de-AT"."""
    return re.split("[-_]", language)[0].lower()
