"""Dividers: signs that only part a text, such as rows of signs, arrows, bars, boxes and tabs.

A line of nothing but dividers is silent, and so is a divider at a line's beginning or end. Between words it
becomes a short pause. An arrow behind a number is a word ("5 → 6"), and so is an arrow up or down before one.
Nothing beyond a line's end is looked at; a text that ends with a blank goes on.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final, NamedTuple

from fishcaption.core.normalization.locales import LOCALES
from fishcaption.core.text.readings import Edit

_ROWED: Final = r"=\-_*~#+^<>·•–—―‒¯¤°"
_BOXES: Final = "\u2500-\u259f"
_ARROWS: Final = (
    "\u2190-\u21ff\u2794-\u27be\u27f0-\u27ff\u2900-\u297f\u2b00-\u2b11\u2b30-\u2b4f\U0001f800-\U0001f8ff"
)
_TREND: Final = "▲▼△▽"
_ARROW: Final = (
    r"(?<![-=~<>|:;!])(?:<(?:[-–—]{1,20}|={2,20}|~{1,20})>?(?![-=~>\d])|(?:<|\|)?[-=~–—]{1,20}>(?![>=]))"
)
_SILENT: Final = " \t=-_*~#+^<>·•–—―‒./\\|:" + "".join(
    map(chr, (*range(0x2190, 0x2200), *range(0x2500, 0x25A0)))
)
_MAYBE: Final = re.compile(
    rf"([{_ROWED}./\\|])[ \t]*\1[ \t]*\1|[=\-_*~#+|:]{{4}}|[-=~–—]>|<[-=~–—]|[{_ARROWS}{_BOXES}{_TREND}|\t]"
)
_DIVIDER: Final = re.compile(
    rf"(?P<arrow>(?:[{_ARROWS}]\ufe0f?)+|{_ARROW})"
    rf"|(?P<trend>[{_TREND}])(?=[ \u00a0]?[+−-]?[\d$€£])"
    rf"|(?P<box>[{_BOXES}](?:[ \t]*[{_BOXES}])*)"
    r"|(?P<dots>\.{4,}|\.(?: \.){3,})"
    r"|(?P<masked>(?:[*•]{3,}[ -]?){1,8}\d{2,8}(?!\d))"
    rf"|(?P<row>([{_ROWED}])(?:[ \t]*\7){{2,}}|(?=:{{0,9}}[=\-_*~#+|])[=\-_*~#+|:]{{4,}}"
    r"|(?<!\S)([/\\])\8{2,}(?!\S))"
    r"|(?P<bar>(?<!\S)\|+(?!\S))|(?P<edge>(?<!\S)\|(?=\S)|(?<=\S)\|(?!\S))"
    r"|(?P<tab>(?<=\S)[ ]*\t[ \t]*(?=\S))"
)
_CELLS: Final = re.compile(r"(?<=[^\s|])\|(?=[^\s|])")
_FEW_CELLS: Final = 2
_PAUSED: Final = re.compile(r"[.!?:;,…–—。！？：；，、،؛؟۔।][\"'”’»)\]]*$")
_NUMBER_BEFORE: Final = re.compile(r"\d[\d.,:]*(?:[ \u00a0\u202f]?[%‰°$€£¥]\w?)?$")
_NUMBER_AFTER: Final = re.compile(r"[ \u00a0]?[+−-]?[$€£]?\d")
_LEADING_DOTS: Final = 8  # dots of a table of contents that lead to the page number
_NEAR: Final = 40
_OPENERS: Final = ("(", "[", "{")
_CLOSERS: Final = (")", "]", "}")
_TO: Final = {"en": "to", "de": "auf", "fr": "à", "es": "a", "it": "a"}
_TREND_WORDS: Final = {"en": ("up", "down")}


def dividers(text: str, language: str, left: str = "") -> list[Edit]:
    """Return edits for the dividers in the text; ``left`` is the end of the text before it."""
    if not _MAYBE.search(text):
        return []
    edits: list[Edit] = []
    start = 0
    while start < len(text):
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        if _MAYBE.search(text, start, end):
            line = _line(text[start:end], left.rpartition("\n")[2] if not start else "", end == len(text))
            edits += _in_line(line, start, language)
        start = end + 1
    return edits


class _Line(NamedTuple):
    """A line: its text, the text to its left, and where its words begin and end."""

    text: str
    left: str
    first: int
    last: int

    def before(self, at: int) -> str:
        """Return the text before a sign, near it, without the blanks between."""
        return self.text[max(0, at - _NEAR) : at].rstrip(" \t") or (
            self.left.rstrip(" \t") if at < _NEAR else ""
        )

    def after(self, at: int) -> str:
        """Return the text behind a sign, near it, without the blanks between."""
        return self.text[at : at + _NEAR].lstrip(" \t")

    def is_inside(self, start: int, end: int) -> bool:
        """Return whether words stand on both sides."""
        return self.first < start and end < self.last


def _line(text: str, left: str, is_last: bool) -> _Line:
    goes_on = is_last and text[-1:] in (" ", "\t")
    first = len(text) - len(text.lstrip(_SILENT))
    return _Line(
        text, left, -1 if left.strip(_SILENT) else first, len(text) if goes_on else len(text.rstrip(_SILENT))
    )


def _in_line(line: _Line, offset: int, language: str) -> list[Edit]:
    text = line.text
    edits: list[Edit] = []
    at = 0
    marks = list(_DIVIDER.finditer(text))
    cells = list(_CELLS.finditer(text))
    if len(cells) >= _FEW_CELLS:
        marks = sorted([*marks, *cells], key=lambda mark: mark.start())
    for mark in marks:
        said = _replacement(line, mark, language) if mark.start() >= at else None
        if said is None:
            continue
        start, end = mark.span()
        if edits and said in (", ", " ") and not text[at:start].strip(" \t"):
            said = ""  # the divider before it has parted the words
        if not said.strip(", ") and (said or start <= max(line.first, 0) or not text[at:start].strip(" \t")):
            while said and start > at and text[start - 1] in " \t":
                start -= 1
            while end < len(text) and text[end] in " \t":
                end += 1
        edits.append((offset + start, offset + end, said))
        at = end
    return edits


def _replacement(line: _Line, mark: re.Match[str], language: str) -> str | None:
    """Return the text that replaces a sign and the blanks around it; None if it is no divider."""
    kind, sign = mark.lastgroup, mark.group()
    if kind == "masked":  # a card's last digits
        return " ".join(filter(str.isdigit, sign))
    if kind == "dots":
        return _dots(line, mark)
    if kind in ("arrow", "trend") and (word := _arrow_word(line, mark, language)):
        return word
    if not line.is_inside(*mark.span()):
        return ""
    before, after = line.text[mark.start() - 1] if mark.start() else " ", line.text[mark.end()]
    if kind == "edge":
        return "" if _PAUSED.search(line.before(mark.start())) else None
    if kind == "row" and (before.isalnum() or after.isalnum()):
        return _glued(sign, before, after)
    near, following = line.before(mark.start()), line.after(mark.end())
    if _PAUSED.search(near) and not line.text[: mark.start()].strip(" \t"):
        return ""
    return " " if _PAUSED.search(near) or near.endswith(_OPENERS) or following.startswith(_CLOSERS) else ", "


def _glued(row: str, before: str, after: str) -> str | None:
    """Return the text for a row that touches a word: a dash between two words, or a mark of hidden text."""
    if before.isalnum() and after.isalnum():
        return ", " if row[0] in "-–—=~" else " " if row[0] == "_" else ""
    return "" if row[0] in "*_~" else ", " if before.isalnum() and row[0] != "+" else None


def _dots(line: _Line, mark: re.Match[str]) -> str | None:
    dots = mark.group().count(".")
    before, after = line.text[max(0, mark.start() - 1) : mark.start()], line.text[mark.end() : mark.end() + 1]
    if dots < _LEADING_DOTS and before.strip() and not after.isalnum():
        return "..."
    return ", " if line.is_inside(*mark.span()) else ""


def _arrow_word(line: _Line, mark: re.Match[str], language: str) -> str:
    locale = LOCALES.get(language)
    direction = _direction(mark.group()[0])
    if locale is None or mark.end() >= line.last:
        return ""
    if direction in ("UP", "DOWN") and _NUMBER_AFTER.match(line.text, mark.end()):
        word = _TREND_WORDS.get(language, (locale.plus, locale.minus))[direction == "DOWN"]
    elif direction == "RIGHT" and _NUMBER_BEFORE.search(line.before(mark.start())):
        word = _TO[language]
    else:
        return ""
    lead = " " if line.text[mark.start() - 1 : mark.start()].strip() and mark.start() else ""
    return f"{lead}{word}{'' if line.text[mark.end()].isspace() else ' '}"


@lru_cache(maxsize=256)
def _direction(sign: str) -> str:
    """Return the direction of an arrow by its name; empty for several or other directions."""
    if sign < "\u2190":
        return "RIGHT" if sign != "<" else ""
    name = unicodedata.name(sign, "")
    ways = [way for way in ("RIGHT", "LEFT", "UP", "DOWN") if way in name]
    if len(ways) == 1:
        return ways[0]
    return "RIGHT" if not ways else ""
