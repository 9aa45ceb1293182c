"""What was written elsewhere (a service's answer, a voice's name, a file), made fit to be used and shown.

What is shown of it is short, stands on its own line, and is letters and nothing else: no control characters
that something acts on, no marks that turn the direction of the words around it, no piles of accents that
cover the lines above. Whether a widget takes signs for markup is the widget's business
(`ui.widgets.controls`).
"""

from __future__ import annotations

import json
import unicodedata

_JOINERS = "\u200c\u200d"  # without them Persian, Hindi and emoji of several parts are other words
_MOST_MARKS = 6  # on one letter; Hebrew with its cantillation has five
_LOOKED_AT = 8  # times what is shown: so much is read to find it


_MOST_VALUES = 50_000
"""Of a JSON text's lists, maps and entries: unpacking holds the loop, in whichever thread it is done."""


def json_of(body: bytes) -> object:
    """What the JSON text holds; None for one that is none, or that holds more values than any answer."""
    if sum(map(body.count, (b"[", b"{", b","))) > _MOST_VALUES:
        return None
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def one_line(text: str, most: int) -> str:
    """At most ``most`` code points of it on one line, blanks in a row as one; cut short it ends in “…”."""
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
