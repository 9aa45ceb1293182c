"""JSON from elsewhere: whatever stands in it, only plain values of bounded shape come out.

`json.loads` alone gives integers that no `float` and no C type can hold, infinities, half pairs of
surrogates, nesting at which `json.dumps` fails later, and exceptions of three kinds.
"""

from __future__ import annotations

import json
import math
import re
from typing import Any, Final

from fishcaption.core.errors import InputError

MOST_DEPTH: Final = 60
"""Lists and maps inside each other; our own files have five."""

_MOST_DIGITS: Final = 18  # of an integer: it fits into 64 bits, and into a double within its own 2 %
_LONGEST_FLOAT: Final = 60
_HALF_PAIR: Final = re.compile(r"\\u[dD][89a-fA-F]")


def parsed(content: str | bytes, *, most_depth: int = MOST_DEPTH) -> Any:
    """The value of a JSON text, in UTF-8 if it is bytes, with a mark or without.

    A number that is too large to reckon with, or none (NaN), is given as its digits: a text, which nobody
    takes for a number. Half a pair of surrogates becomes U+FFFD. Raises InputError for what is no JSON, and
    where it is nested deeper than ``most_depth``; the sentence names the line where that is known, and quotes
    nothing.
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


def _integer(digits: str) -> int | str:
    return int(digits) if len(digits.lstrip("-")) <= _MOST_DIGITS else digits


def _float(digits: str) -> float | str:
    value = float(digits) if len(digits) <= _LONGEST_FLOAT else math.inf
    return value if math.isfinite(value) else digits


def _depth(value: Any, most: int) -> int:
    """How deep it is; any number above `most` where it is deeper."""
    depth, level = 0, [value]
    while depth <= most and (level := [item for item in level if isinstance(item, list | dict)]):
        depth += 1
        level = [inner for item in level for inner in (item.values() if isinstance(item, dict) else item)]
    return depth


def whole(text: str) -> str:
    """The text with its pairs of surrogates joined, and U+FFFD for each half of one."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _whole(value: Any) -> Any:
    """The same without half pairs of surrogates; it is not deep."""
    if isinstance(value, str):
        return whole(value)
    if isinstance(value, list):
        return [_whole(item) for item in value]
    if isinstance(value, dict):
        return {_whole(name): _whole(item) for name, item in value.items()}
    return value
