"""Templates of requests: fields in braces, each escaped for the place where it stands."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Final, Literal
from urllib.parse import quote
from xml.sax.saxutils import escape

from fishcaption.core.errors import InputError

Place = Literal["url", "form", "json", "xml", "plain", "header"]

FIELDS: Final = ("text", "line1", "line2", "line3", "speaker", "language", "number", "time", "secret")
"""The names that may stand in braces. Other braces, as those of JSON, stay as they are."""

_FIELD: Final = re.compile(r"\{(" + "|".join(FIELDS) + r")\}")
_LIKELY: Final = re.compile(r"\{([a-z]{1,12}[0-9]?)\}")
_NO_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_XML_ENTITIES: Final = {'"': "&quot;", "'": "&apos;", "\n": "&#10;", "\r": "&#13;", "\t": "&#9;"}
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]+")


def filled(template: str, values: Mapping[str, str], place: Place) -> str:
    """Return the template with its fields filled in; whatever a value is, it stays one value there."""
    escaped = _ESCAPES[place]
    return _FIELD.sub(lambda match: escaped(values.get(match[1], "")), template)


def check(template: str, label: str) -> None:
    """Return if every field is known. Raises InputError, which names what is none."""
    unknown = [name for name in _LIKELY.findall(template) if name not in FIELDS]
    if unknown:
        known = ", ".join(f"{{{name}}}" for name in FIELDS)
        raise InputError(
            f"“{label}” has {{{unknown[0]}}}, which is not a field.", hint=f"The fields are {known}."
        )


def _url(value: str) -> str:
    return quote(value, safe="", errors="replace")


def _json(value: str) -> str:
    """As inside the quotation marks of a JSON text."""
    return json.dumps(value)[1:-1]


def _xml(value: str) -> str:
    """As inside an element or an attribute."""
    return escape(_NO_XML.sub("\N{REPLACEMENT CHARACTER}", value), _XML_ENTITIES)


def _header(value: str) -> str:
    """One line of letters that a header can hold; others are written as in an address."""
    line = _CONTROL.sub(" ", value)
    return line if line.isascii() else quote(line, safe=" !#$&'()*+,/:;=?@[]~%", errors="replace")


_ESCAPES: Final[Mapping[Place, Callable[[str], str]]] = {
    "url": _url,
    "form": _url,
    "json": _json,
    "xml": _xml,
    "plain": str,
    "header": _header,
}
