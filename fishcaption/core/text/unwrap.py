"""Unwrapping: joins the lines that a page layout has broken, as in text copied from a PDF."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Final, NamedTuple

_ITEM: Final = re.compile(r"[-*+•‣▪◦·–—>|#]+\s|\(?\d{1,3}[.)]\s|\(?[a-zA-Z][.)]\s|```")
_CODE: Final = re.compile(
    r"(?:.*[{}]|.*[=()<>].*;|(?:def|class|for|while|if|return|import|from)\b.*[:)])$", re.DOTALL
)
_STOPS: Final = tuple(".!?:…。！？：।؟")
_CLOSERS: Final = "\"'”’»)]」』"
_HYPHENS: Final = ("-", "‐", "\u00ad")
_HYPHENATED: Final = re.compile(r"[^\W\d_]+[-‐][^\W\d_]+")
_LEAST_COLUMNS: Final = 35  # shorter lines are verse, lists, addresses
_LONGEST_LINE: Final = 400  # code points: no page is that wide
_FULL: Final = 0.85  # share of the page's width: in proportional type, full lines differ in characters
_LEAST_EVIDENCE: Final = (
    0.3  # share of full lines that go on in lower case; a third of German lines begin with a noun
)
_COMPOUNDING: Final = re.compile(
    "(?:well|self|half|ex|non|all|cross|high|low|long|short|so|mid|quasi)$", re.I
)
_CONJUNCTION: Final = re.compile(r"(?:und|oder|bzw|and|or|to|et|ou|y|o|e|och|og|en|of)\b")


def unwrap(text: str) -> str:
    """Join the lines that a page layout has broken, as in text copied from a PDF; leave all others alone.

    A break is joined where the lines around it are long and of one width, the next word would not have
    fitted, and enough of such lines go on in the middle of a sentence; so verse, lists, addresses and code
    stay. A hyphen at a line's end goes between two lower-case letters, unless the word has it elsewhere in
    the text, or begins with what keeps one ("well-", "self-"). A text without such breaks is returned as is.
    """
    lines = text.splitlines()
    broken = _broken_lines([line.strip() for line in lines])
    if not any(broken):
        return text
    hyphenated: set[str] | None = None
    joined = [lines[0]]
    for is_broken, line in zip(broken, lines[1:], strict=False):
        if not is_broken:
            joined += "\n", line
            continue
        before, after = joined[-1].rstrip(), line.lstrip()
        if before.endswith(_HYPHENS) and hyphenated is None:
            hyphenated = {match.group().lower() for match in _HYPHENATED.finditer(text)}
        joined[-1:] = [*_joint(before, after, hyphenated or set()), after]
    return "".join(joined) + ("\n" if text.endswith(("\n", "\r")) else "")


class _Break(NamedTuple):
    """The end of a line that has another line below it."""

    is_full: bool  # the next word would not have fitted
    is_open: bool  # no sentence ends here
    is_evident: bool  # the next line goes on in the middle of a sentence


def _broken_lines(lines: list[str]) -> list[bool]:
    """Return for each line, without its outer blanks, whether the page layout broke it."""
    broken = [False] * len(lines)
    widths = [len(line) if line.isascii() else columns(line) for line in lines]
    if max(widths, default=0) < _LEAST_COLUMNS:
        return broken
    page = _usual_width([width for width, after in zip(widths, lines[1:], strict=False) if after])
    paragraphs: list[tuple[int, list[_Break]]] = []
    start = 0
    for end in (*(index for index, line in enumerate(lines) if not line), len(lines)):
        if end - start > 1:
            width = _usual_width(widths[start : end - 1]) if end - start > 3 else page
            if width >= _LEAST_COLUMNS:
                paragraphs.append((start, _see_breaks(lines[start:end], widths[start:end], width)))
        start = end + 1
    is_page = _is_wrapped([seen for _, breaks in paragraphs if _is_wrapped(breaks) for seen in breaks])
    for start, breaks in paragraphs:
        # A short paragraph tells little by itself; many lines that all begin as sentences do are verse.
        is_like_page = is_page and (len(breaks) < 3 or any(seen.is_evident for seen in breaks))
        if _is_wrapped(breaks) or (is_like_page and _is_regular(breaks)):
            broken[start : start + len(breaks)] = [seen.is_full for seen in breaks]
    return broken


def _see_breaks(lines: list[str], widths: list[int], width: float) -> list[_Break]:
    breaks: list[_Break] = []
    for index, (line, after) in enumerate(pairwise(lines)):
        blank = after.find(" ")
        needed = widths[index] + 1 + (blank if blank > 0 else len(after))
        is_full = (
            widths[index] > width / 2
            and (needed > _FULL * width or _is_broken_word(line, after))
            and not (_ITEM.match(after) or _CODE.match(line) or _CODE.match(after))
        )
        is_open = line.rstrip(_CLOSERS)[-1:] not in _STOPS
        breaks.append(_Break(is_full, is_open, is_full and is_open and not after[0].isupper()))
    return breaks


def _is_wrapped(breaks: list[_Break]) -> bool:
    evident = sum(seen.is_evident for seen in breaks)
    full = sum(seen.is_full for seen in breaks)
    return evident >= max(1, _LEAST_EVIDENCE * full) and _is_regular(breaks)


def _is_regular(breaks: list[_Break]) -> bool:
    """Return whether hardly any line was ended by its author: short, and not at a sentence's end."""
    return sum(seen.is_open and not seen.is_full for seen in breaks) <= 0.2 * len(breaks)


def _is_broken_word(line: str, after: str) -> bool:
    return line.endswith(_HYPHENS) and line[-2:-1].isalpha() and after[0].isalpha()


def _usual_width(columns: list[int]) -> float:
    """Return the width that nine of ten lines do not exceed, so that one long line does not decide."""
    return sorted(columns)[int(0.9 * (len(columns) - 1))] if columns else 0


def columns(line: str) -> int:
    """Return the width of a line; a wide East Asian character counts as two."""
    # A line that is longer than any page's is not measured more closely.
    return len(line) + (sum(map(_is_wide, line)) if len(line) < _LONGEST_LINE else 0)


def _is_wide(character: str) -> bool:
    return character >= "\u2e80" and not "\uac00" <= character <= "\ud7ff"


def _joint(before: str, after: str, hyphenated: set[str]) -> tuple[str, str]:
    """Return the end of a broken line as it is joined, and the text between it and the next."""
    if before.endswith("\u00ad"):
        return before[:-1], ""
    if before.endswith(_HYPHENS) and before[-2:-1].isalnum() and after[:1].isalnum():
        first = re.split(r"[\W\d_]", before[:-1])[-1]
        second = re.split(r"[\W\d_]", after)[0]
        if _CONJUNCTION.match(after):
            return before, " "
        is_compound = _COMPOUNDING.match(first) or f"{first}-{second}".lower() in hyphenated
        return before[:-1] if before[-2].islower() and after[0].islower() and not is_compound else before, ""
    return before, "" if _is_wide(before[-1]) and _is_wide(after[0]) else " "
