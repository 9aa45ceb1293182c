"""JSON from elsewhere: whatever it holds, only plain values of bounded shape come out.

`json.loads` alone gives integers that no `float` and no C type can hold, infinities, half pairs of
surrogates, nesting at which `json.dumps` fails later, and exceptions of three kinds.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from typing import Any, Final

from fishcaption.core.errors import InputError

MOST_DEPTH: Final = 60
"""Levels of lists and maps inside each other; our own files have five."""

_MOST_DIGITS: Final = 18  # of an integer: it fits into 64 bits
_LONGEST_FLOAT: Final = 60
_HALF_PAIR: Final = re.compile(r"\\u[dD][89a-fA-F]")


def parsed(content: str | bytes, *, most_depth: int = MOST_DEPTH) -> Any:
    """Return the value of a JSON text; bytes are UTF-8, with or without a byte order mark.

    A number that is too large, or not a number (NaN), is returned as text. Half a pair of surrogates becomes
    U+FFFD. Raises InputError for a text that is no JSON or is nested deeper than ``most_depth``; the message
    names the line if it is known, and quotes nothing.
    """
    try:
        text = content if isinstance(content, str) else content.decode("utf-8-sig")
        value = json.loads(text, parse_int=_integer, parse_float=_float, parse_constant=str)
    except json.JSONDecodeError as exc:
        raise InputError(f"Line {exc.lineno} is no JSON.") from exc
    except (ValueError, RecursionError) as exc:
        raise InputError("This is no JSON.") from exc
    if _depth(value, most_depth) > most_depth:
        raise InputError("This JSON is nested too deeply.")
    return _whole(value) if _HALF_PAIR.search(text) else value


def exactly(raw: Any, kind: type) -> Any:
    """Return a value of this kind. Raises TypeError for another one; True is no number."""
    if type(raw) is not kind:
        raise TypeError(kind)
    return raw


def few(raw: Any, kind: type, most: int) -> Any:
    """Return a text, list or map of this kind with at most so much in it. Raises TypeError or ValueError."""
    if len(exactly(raw, kind)) > most:
        raise ValueError(most)
    return raw


def within(number: float, limits: Mapping[str, Any]) -> float:
    """Return a number from ``limits["low"]`` to ``limits["high"]``. Raises ValueError for another one."""
    if not limits["low"] <= number <= limits["high"]:
        raise ValueError(number)
    return number


def _integer(digits: str) -> int | str:
    return int(digits) if len(digits.lstrip("-")) <= _MOST_DIGITS else digits


def _float(digits: str) -> float | str:
    value = float(digits) if len(digits) <= _LONGEST_FLOAT else math.inf
    return value if math.isfinite(value) else digits


def _depth(value: Any, most: int) -> int:
    """Return the levels of lists and maps; some number above ``most`` if there are more than that."""
    depth, level = 0, [value]
    while depth <= most and (level := [item for item in level if isinstance(item, list | dict)]):
        depth += 1
        level = [inner for item in level for inner in (item.values() if isinstance(item, dict) else item)]
    return depth


def whole(text: str) -> str:
    """Return the text with pairs of surrogates joined, and U+FFFD for each lone half."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _whole(value: Any) -> Any:
    """Return the value without lone surrogates; the value is not nested deeply."""
    if isinstance(value, str):
        return whole(value)
    if isinstance(value, list):
        return [_whole(item) for item in value]
    if isinstance(value, dict):
        return {_whole(name): _whole(item) for name, item in value.items()}
    return value
