"""Open forms: the end of a text that may be the beginning of a form, "5" of "5 km", "May" of "May 5, 2024".

A voice is given text before all of it is there. A form can be read only as a whole, so no piece may end where
a form could go on. The words before a form ("code is" of "code is 4711") are known when it comes: see
`core.normalization.normalize`. So only the form's beginning matters here. Too much caution costs the wait for
one word; too little reads half a form.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import Final

from fishcaption.core.text.months import MONTHS
from fishcaption.core.text.sentence_ends import is_abbreviated

_LOOKED_AT: Final = 80  # code points at the end of a text that are looked at
_OPENERS: Final = "([{“„‘‚«‹\"'*_¿¡"
_CLOSERS: Final = ",;:!?…)]}”’»›\"'*_"
_CLAUSE_MARKS: Final = ",;:!?…)]}"
_SIGNS: Final = "@#%&/\\§°ºª+=<>~^|$€£¥′″"
# Without a blank behind it, such a mark belongs to the text that comes.
_GLUED: Final = re.compile(r"[-−–—+(\[{“„‘«/\\]$|(?<!\S)['’\"]$")
_MOST_CAPITALS: Final = 4  # letters of a currency or an airline, at most
_DATE_WORDS: Final = 4


_LONE_WORDS: Final = ("A", "E", "I", "O", "Y", "À", "È")  # words, in one language or another
_ROMAN: Final = re.compile(r"[IVXLCDM]{2,}\Z")


# Compiled on first use, 3 ms: the first paint does not need it.
@cache
def _dense() -> re.Pattern[str]:
    return re.compile("[\u0e00-\u0eff\u2e80-\ua4cf\uac00-\ud7ff\uf900-\ufaff\uff00-\uffef]")


@cache
def _months(code: str) -> frozenset[str]:
    names = MONTHS.get(code, ())
    shown = names if code == "en" else tuple(name.lower() for name in names)  # "may" is no month
    return frozenset(form for name in shown for form in (name, name[:3], name[:4]))


def may_go_on(text: str, language: str, *, words: int = 2) -> bool:
    """Return whether text that follows may change how the end of this text is read.

    ``text`` ends behind a word, or behind the blank after it. Up to ``words`` words behind a number may
    belong to it, as in "5 sq ft"; with 0, only a number itself is waited for. ``language`` is a code such as
    "de" or "de-AT".
    """
    if _GLUED.search(text, max(0, len(text) - 2)):
        return True
    tail = _dense().split(text[-_LOOKED_AT:])[-1].rstrip()
    tokens = tail.split()
    last = tokens[-1].lstrip(_OPENERS) if tokens else ""
    bare = last.rstrip(_CLOSERS)
    if not bare:  # a mark alone: a sign, if a number stands before it
        return len(tokens) > 1 and _is_number(tokens[-2])
    code = language[:2].lower()
    if _is_number(bare):
        is_listed = last[-1] in ",;" and text[-1].isspace()
        return not is_listed or any(_is_month(token, code) for token in tokens[-_DATE_WORDS:-1])
    if not words:
        return False
    if len(bare) == 1 and not text[-1].isspace():
        return True  # the first letter of a word, or of "p.m."
    if unicodedata.category(bare[-1]) in ("So", "Sk", "Mn", "Cf"):
        return True  # an emoji, or a part of one
    if last[-1] not in _CLAUSE_MARKS and (_begins_form(bare, tail, code) or _is_code(bare, tokens, code)):
        return True
    return _is_behind_number(tokens, words)


def _begins_form(bare: str, tail: str, code: str) -> bool:
    """Return whether a word without digits may be the beginning of a form."""
    return "." in bare or _is_month(bare, code) or is_abbreviated(tail.rstrip(_CLOSERS), code)


def _is_code(bare: str, tokens: list[str], code: str) -> bool:
    """Return whether the last word, in capitals, may belong to a number behind it: "EUR 20", "LH 454".

    Behind another word in capitals it may only if it is no word itself.
    """
    if len(bare) > _MOST_CAPITALS or not bare.isupper() or bare in _LONE_WORDS:
        return False
    before = tokens[-2] if len(tokens) > 1 else ""
    if not before.isupper() or len(before) < 2:
        return True
    from fishcaption.core.text.capitals import capitals  # its tables: when there are capitals

    shout = f"{before} {bare}"
    return not any(one.start > len(before) for one in capitals(shout, code, len(before) + 1))


def _is_behind_number(tokens: list[str], words: int) -> bool:
    """Return whether at most ``words`` last words may belong to a number before them."""
    for index in range(1, words + 1):
        if index >= len(tokens) or tokens[-index][-1] in _CLAUSE_MARKS:
            return False
        if _is_number(tokens[-index - 1].lstrip(_OPENERS)):
            return tokens[-index - 1][-1] not in _CLAUSE_MARKS
    return False


def _is_number(token: str) -> bool:
    """Return whether a word is a Roman number, or has a digit or a sign that is read aloud."""
    return _ROMAN.match(token.rstrip(_CLOSERS)) is not None or any(
        character in _SIGNS or character.isnumeric() or unicodedata.category(character) in ("Sc", "Sm")
        for character in token
    )


def _is_month(token: str, code: str) -> bool:
    name = token.lstrip(_OPENERS).rstrip(_CLOSERS + ".")
    if code == "en":
        return (name.capitalize() if name.isupper() else name) in _months(code)
    return name.lower() in _months(code)
