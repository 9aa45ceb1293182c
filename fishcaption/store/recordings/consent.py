"""Consent of the person whose voice a collection is: a text file in plain words, to be read again."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from fishcaption.core.errors import InputError
from fishcaption.core.untrusted import one_line

CONSENT_NAME: Final = "consent.txt"
MOST_BYTES: Final = 64 << 10
_LONGEST_NAME: Final = 120

_OWN: Final = "my own voice"
_OTHERS: Final = "somebody else's voice, with their permission"


class Consent(NamedTuple):
    """The person whose voice it is has agreed that a voice is made from it, on a day (as 2026-11-30).

    ``is_own``: it is the user's own voice; else somebody else's, with their permission.
    """

    speaker: str
    is_own: bool
    day: str


def checked(speaker: str) -> str:
    """Return the name of the person whose voice it is, on one line. Raises InputError if there is none."""
    name = one_line(speaker, _LONGEST_NAME)
    if not any(map(str.isalpha, name)):
        raise InputError("There is no name.", hint="Write the name of the person whose voice this is.")
    return name


def encoded(consent: Consent) -> bytes:
    """Return the text file."""
    if consent.is_own:
        statement = (
            f"I, {consent.speaker}, recorded my own voice. I agree that an artificial voice is made from\n"
            "the recordings in this folder, and that it is used to speak for me."
        )
    else:
        statement = (
            f"These are recordings of {consent.speaker}. {consent.speaker} knows about them, and has given\n"
            "permission that an artificial voice is made from the recordings in this folder."
        )
    text = f"""\
Voice of: {consent.speaker}
Whose voice: {_OWN if consent.is_own else _OTHERS}
Agreed on: {consent.day}

{statement}

Keep this file with the recordings. Whoever takes the permission back deletes this file, and the voice that
was made.
"""
    return text.encode("utf-8", "replace")


def decoded(content: bytes) -> Consent | None:
    """Return the consent of a text file; None if the file does not say all of it."""
    said: dict[str, str] = {}
    for line in content.decode("utf-8-sig", "replace").splitlines()[:50]:
        label, colon, value = line.partition(":")
        if colon:
            said.setdefault(label.strip().casefold(), value.strip())
    name = one_line(said.get("voice of", ""), _LONGEST_NAME)
    kind = said.get("whose voice", "").casefold()
    day = said.get("agreed on", "")
    if not name or kind not in (_OWN, _OTHERS) or not re.fullmatch(r"\d{4}-\d{2}-\d{2}", day):
        return None
    return Consent(name, kind == _OWN, day)
