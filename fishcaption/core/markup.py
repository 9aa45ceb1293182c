"""Markup: where what is shown and what is spoken part ways.

`literal` keeps positions: what a voice would act on becomes something it reads. `unwrap` and `Plain` make new text,
before it is shown: joined lines of a pasted document, Markdown without its marks.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

Family = Literal["s2", "s1", "embedded"]

_CONTROLS: Final = {
    code: " "
    for code in (*range(0x09), 0x0B, 0x0C, *range(0x0E, 0x20), *range(0x7F, 0xA0), 0xFEFF, 0x2028, 0x2029)
} | dict.fromkeys(range(0xD800, 0xE000), " ")
# The service acts on `<|…|>` in every model. Without the bar there is no such thing, wherever a text is cut.
_ALWAYS: Final = _CONTROLS | {ord("|"): " "}
_ROUND: Final = _ALWAYS | {ord("["): "(", ord("]"): ")", ord("［"): "（", ord("］"): "）"}
_SQUARE: Final = _ALWAYS | {ord("("): "[", ord(")"): "]", ord("（"): "［", ord("）"): "］"}
_TABLES: Final[dict[Family, dict[int, str]]] = {"s2": _ROUND, "s1": _SQUARE, "embedded": _ROUND}


def literal(text: str, family: Family) -> str:
    """Return the text as it must be given to a voice so that every bracket in it is read and none acted on.

    One character for one, wherever the text was split: a position in the result is the same position in ``text``.
    Controls, NUL and lone surrogates, which no voice takes, become blanks.
    """
    return text.translate(_TABLES[family])


_PARAGRAPHS: Final = re.compile(r"(\n[^\S\n]*(?:\n[^\S\n]*)+)")
_ITEM: Final = re.compile(r"\s*(?:[-*+•‣▪◦·–—]\s|\(?\d{1,3}[.)]\s|\(?[a-zA-Z][.)]\s|#{1,6}\s|>|\||```)")
_CODE: Final = re.compile(r"\s{4,}|\t|.*[{};]\s*$")
_STOP: Final = re.compile(r".*[.!?:…。！？][\"'”’»)\]]*$")
_LEAST_WIDTH: Final = 35  # a wrapped line is longer: shorter ones are verse, lists, addresses
_FULL: Final = 0.85  # proportional type: lines of one width differ in characters
_KEPT_HYPHENS: Final = frozenset(
    (
        "well",
        "self",
        "half",
        "ex",
        "non",
        "all",
        "cross",
        "high",
        "low",
        "long",
        "short",
        "so",
        "mid",
        "quasi",
        "anti",
        "full",
        "part",
        "old",
        "new",
    )
)


def unwrap(text: str) -> str:
    """Join the lines that a page layout has broken, as in text copied from a PDF; leave all other lines alone.

    A break is joined when its paragraph looks wrapped: lines are long, and the word after each break would not have
    fitted. A hyphen at a line's end goes when both sides are lower-case letters, unless the word is written with it
    elsewhere in the text or begins with what keeps one ("well-", "self-").
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "\n" not in text:
        return text
    hyphenated = {match.group().lower() for match in re.finditer(r"[^\W\d_]+-[^\W\d_]+", text)}
    parts = _PARAGRAPHS.split(text)
    parts[::2] = [_unwrap_paragraph(part, hyphenated) for part in parts[::2]]
    return "".join(parts)


def _unwrap_paragraph(paragraph: str, hyphenated: set[str]) -> str:
    lines = paragraph.split("\n")
    width = max(len(line.rstrip()) for line in lines)
    full = [_is_full(line, following, width) for line, following in zip(lines, lines[1:], strict=False)]
    if width < _LEAST_WIDTH or not full or sum(full) < 0.8 * len(full):
        return paragraph
    joined = lines[0]
    for is_full, line, following in zip(full, lines, lines[1:], strict=False):
        if is_full and not _ITEM.match(following) and not (_CODE.match(line) or _CODE.match(following)):
            joined = _join(joined.rstrip(), following.lstrip(), hyphenated)
        else:
            joined += "\n" + following
    return joined


def _is_full(line: str, following: str, width: int) -> bool:
    word = following.split(maxsplit=1)[0] if following.split() else ""
    return len(line.rstrip()) + 1 + len(word) > _FULL * width


def _join(before: str, after: str, hyphenated: set[str]) -> str:
    if before.endswith("\u00ad"):
        return before[:-1] + after
    head, tail = re.search(r"([^\W\d_]*)-?$", before), re.match(r"[^\W\d_]*", after)
    if before.endswith("-") and head and tail and head.group(1) and tail.group():
        first, second = head.group(1), tail.group()
        is_kept = first.lower() in _KEPT_HYPHENS or f"{first}-{second}".lower() in hyphenated
        if first[-1].islower() and second[0].islower() and not is_kept:
            return before[:-1] + after
        return before + after
    if before.endswith(("-", "–")) and after[:1].isdigit():
        return before + after
    if before[-1:] >= "\u2e80" and after[:1] >= "\u2e80" and not "\uac00" <= before[-1:] <= "\ud7ff":
        return before + after
    return f"{before} {after}"


class Plain:
    """Takes Markdown as it is written and gives the text a listener wants, a sentence or block at a time.

    Marks go, words stay: of a link its text, of a picture its description, of a fence its code, line by line.
    Headings, list items and table rows end as sentences do; what separates blocks only (rules, fences, the dashes
    under a table's head) is silent. Brackets that are no link stay. Any split of the input gives the same text.
    """

    def __init__(self) -> None:
        from markdown_it import MarkdownIt  # slow to import, and only a pipe with --plain needs it

        self._inline: MarkdownIt = MarkdownIt("commonmark").enable("strikethrough")
        self._line = ""

    def push(self, text: str) -> str:
        """Take the next Markdown; return what is certain of the plain text."""
        self._line += text
        whole, newline, self._line = self._line.rpartition("\n")
        return "".join(self._plain_line(line) for line in (whole + newline).splitlines()) if newline else ""

    def close(self) -> str:
        """Return the rest."""
        line, self._line = self._line, ""
        return self._plain_line(line) if line else ""

    def _plain_line(self, line: str) -> str:
        tokens = self._inline.parseInline(re.sub(r"^\s*(?:#{1,6}\s+|[-*+]\s+|>\s?)", "", line))
        return "".join(child.content for token in tokens for child in token.children or []) + "\n"
