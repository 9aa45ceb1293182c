"""Text from elsewhere (a service's answer, a voice's name, a file), made fit to be used and shown.

The text that is shown is short and on one line. It has no control characters that a program acts on, no marks
that turn the direction of the words around it, and no piles of accents that cover the lines above. Markup is
the widget's business (`ui.widgets.controls`).
"""

from __future__ import annotations

import json
import unicodedata

_JOINERS = "\u200c\u200d"  # without them Persian, Hindi and emoji of several parts are other words
_MOST_MARKS = 6  # on one letter; Hebrew with its cantillation has five
_LOOKED_AT = 8  # times the shown length: this much of the text is read


_MOST_VALUES = 50_000  # lists, maps and entries: parsing blocks the event loop, in whichever thread it runs


def json_of(body: bytes) -> object:
    """Return the value of a JSON text; None if it is no JSON or holds more values than any answer does."""
    if sum(map(body.count, (b"[", b"{", b","))) > _MOST_VALUES:
        return None
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def one_line(text: str, most: int) -> str:
    """Return at most ``most`` code points of the text on one line; a text that is cut ends in “…”."""
    start = text[: _LOOKED_AT * most]
    shown = " ".join(_harmless(start).split())
    if len(shown) > most or (len(text) > len(start) and shown):
        shown = shown[: most - 1].rstrip() + "…"
    return shown


def _harmless(text: str) -> str:
    if text.isascii() and text.isprintable():
        return text
    shown: list[str] = []
    marks = 0
    for character in text:
        category = unicodedata.category(character)
        marks = marks + 1 if category[0] == "M" else 0
        if category in ("Cc", "Zl", "Zp"):
            shown.append(" ")
        elif category in ("Co", "Cs", "Cn"):
            shown.append("\N{REPLACEMENT CHARACTER}")
        elif (category != "Cf" or character in _JOINERS) and marks <= _MOST_MARKS:
            shown.append(character)
    return "".join(shown)
