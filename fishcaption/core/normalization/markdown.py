"""Markdown and code in shown text: edits that remove or replace their marks for a voice.

`core.normalization.markdown_stream` makes new text of a whole document; this module changes the shown text as
little as possible, piece by piece, so that every spoken word keeps its place. Whether a sign is a mark
depends on the characters beside it, never on text that may come: a mark that nothing closes is still a mark.
Nothing is looked for across a sentence's end, so a text may be cut there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from copy import copy
from typing import Final, Literal

from fishcaption.core.text.html import BLOCKS, CELLS, ELEMENTS
from fishcaption.core.text.readings import Edit

_LINE: Final = re.compile(r"[^\n]*\n|[^\n]+$")
_FENCE: Final = re.compile(r"[ \t]*(`{3,}|~{3,})[^`\n]*$")
_FENCE_LINE: Final = re.compile(r"^[ \t]*(`{3,}|~{3,})[^`\n]*$", re.MULTILINE)
_QUOTE: Final = re.compile(r"[ \t]*(?:>(?![:;=\d])[ \t]?)+")
_HEADING: Final = re.compile(r"[ \t]*#{1,6}[ \t]+(?=\S)")
_BULLET: Final = re.compile(r"[ \t]*(?:[-*•‣▪◦][ \t]+|\+[ \t]+(?=[^\W\d_]))(?:\[[ xX]\][ \t]+)?(?=\S)")
_ITEM_NUMBER: Final = re.compile(r"[ \t]*(?=\d{1,3}[.)][ \t]+\S)")
_RULE: Final = re.compile(r"[ \t]*(?:[-*_=][ \t]*){3,}$|[ \t]*\|?[ \t]*:?-{2,}[-|: \t]*$")
_ROW: Final = re.compile(r"[ \t]*\|[ \t]*")
_DEFINITION: Final = re.compile(
    r"[ \t]*\[[^\]\n]{1,200}\]:[ \t]+<?(?:\w+://|www\.|[./#])\S+(?:[ \t]+[\"'(].*)?$"
)
# Ends of sentences: a piece may end here.
_CLOSERS: Final = r"[\"'”’»›)\]}）］｝」』】〉》〕〗＂＇*_]*"
_SURE_STOPS: Final = "。！？｡．؟۔।॥၊။፧።៕‼⁇⁈⁉‽⸮։᙮᠃᠉﹒﹖﹗"
_SENTENCE_END: Final = re.compile(rf"[.!?…‥]{_CLOSERS}\s|[{_SURE_STOPS}]")
_PAUSED: Final = re.compile(rf"(?:[.!?:;,…‥：；，、؛،{_SURE_STOPS}]|^)\W*$")
_HEADING_END: Final = re.compile(rf"(?<![^ \t{_SURE_STOPS}])#+[ \t]*$")
_STOPPED: Final = re.compile(rf"[.!?…‥{_SURE_STOPS}]{_CLOSERS}$")
EMPHASIS: Final = r"\*+|_+|~~+"
"""Pattern of signs that may be marks of emphasis: see `Emphasis`."""

_TAG_NAMES: Final = "|".join(sorted(ELEMENTS, key=len, reverse=True))
_TAG: Final = rf"(?i:</?(?:{_TAG_NAMES})(?:[\s/][^<>\n]{{0,300}})?>)|<!--[^\n]{{0,300}}?-->"
_ONE_TAG: Final = re.compile(_TAG)
_TAG_NAME: Final = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]*)")
_INLINE: Final = re.compile(
    r"(?P<escape>\\(?=[!-/:-@\[-`{-~]))"
    r"|(?P<code>(?P<ticks>`+)(?P<body>[^`\n]+)(?P=ticks)(?!`))"
    r"|(?P<note>\[\^[^\]\s]{1,40}\]:?)"
    r"|(?P<link>(?<!\w)!?\[(?P<words>[^\[\]\n]*)\]"
    r"(?:\((?:[^()\s]|\([^()\s]*\))*(?:[ \t]+\"[^\"\n]*\")?\)|(?<=[^\W\d_]\])\[[^\[\]\n]{0,100}\]))"
    rf"|(?P<html>(?:{_TAG})(?:[ \t]*(?:{_TAG}))*)"
    r"|(?P<auto><(?:https?://|mailto:)?[^<>\s@]+(?:@[^<>\s]+)?(?<=[\w/])>)"
    rf"|(?P<mark>{EMPHASIS})"
    r"|(?P<bar>[ \t]*\|[ \t]*)"
)
_INLINE_SIGNS: Final = re.compile(r"[*_`~\[<\\|]")
_NAMES: Final = re.compile(
    r"(?<=[A-Za-z0-9])_+(?=[A-Za-z0-9])|(?<=[a-z])[A-Z]|\(\)|(?<=[A-Za-z_)])\.(?=[A-Za-z_])"
)
_BREAK: Final = re.compile(r"(?<=[^\s\\])\\$")  # a deliberate line break
_ESCAPES_AND_CODE: Final = re.compile(r"\\.|(`+).*?\1", re.DOTALL)
_OPEN_AT_END: Final = re.compile(r"`|\]\([^)]*$|<[a-zA-Z/!][^>]*$")
_OPENING_MARK: Final = re.compile(r"(?<![\w*_])[*_](?=[^\s*_])")
_CLOSING_MARK: Final = re.compile(r"(?<=[^\s*_])[*_](?![\w*_])")
_EYES: Final = ":;=8"
_LONGEST_MARK: Final = 3

_LineKind = Literal["", "text", "heading", "item", "row"]


class MarkRemover:
    """Removes marks, line by line; remembers what the line is, and whether a code fence is open.

    With ``is_spoken``, stops are put at the ends of headings and list items, where a voice would else run on.
    """

    def __init__(self, *, marks_go: bool, code_is_read: bool, is_spoken: bool = True) -> None:
        self._marks_go = marks_go
        self._code_is_read = code_is_read
        self._is_spoken = is_spoken
        self._fence = ""
        self._kind: _LineKind = ""  # the kind of the line that the last piece has begun
        self._emphasis = Emphasis()

    def copy(self) -> MarkRemover:
        """Return another one that goes on from here; this one stays as it is."""
        other = copy(self)
        other._emphasis = self._emphasis.copy()
        return other

    @property
    def is_busy(self) -> bool:
        """True if a piece without any mark may still have to be changed."""
        return bool(self._fence) or self._kind in ("heading", "item")

    def pass_over(self, text: str) -> None:
        """Take note of a piece in which there is nothing to change."""
        if text.endswith("\n"):
            self._kind = ""
        elif self._kind == "" and text.rpartition("\n")[2].strip():
            self._kind = "text"

    def edits(self, text: str) -> list[Edit]:
        """Return the edits of the next piece, in order."""
        found: list[Edit] = []
        if self._marks_go or self._code_is_read:
            for line in _LINE.finditer(text):
                self._read(line.group(), line.start(), found)
        return found

    def _read(self, line: str, at: int, found: list[Edit]) -> None:
        body = line.rstrip("\n")
        is_whole = len(body) < len(line)
        if self._kind == "" and (fence := _FENCE.match(body)) and self._turn_fence(fence.group(1)):
            found.append((at, at + len(body), ""))
        elif self._fence:
            found += self._names(body, 0, len(body), at)
        else:
            start = self._open_line(body, at, found) if self._kind == "" and self._marks_go else 0
            end = self._read_inline(body, start, at, found)
            is_run_on = is_whole and self._kind in ("heading", "item") and not _is_paused(body[:end])
            if is_run_on and self._is_spoken:
                found.append((at + len(body), at + len(line), f".{line[len(body) :]}"))
        if is_whole:
            if self._marks_go and not self._fence and _BREAK.search(body):
                found.append((at + len(body) - 1, at + len(body), ""))
            self._kind = ""
            self._emphasis.end_line()
        elif self._kind == "" and body.strip():
            self._kind = "text"

    def _turn_fence(self, opening: str) -> bool:
        """Open or close a fence; return False if the line is code instead."""
        if not self._fence:
            self._fence = opening
            return True
        if opening.startswith(self._fence):
            self._fence = ""
            return True
        return False

    def _open_line(self, body: str, at: int, found: list[Edit]) -> int:
        """Remove the mark at a line's beginning; return where its text begins."""
        if _RULE.match(body) or _DEFINITION.match(body):
            found.append((at, at + len(body), ""))
            return len(body)
        quote = _QUOTE.match(body)
        start = quote.end() if quote else 0
        for kind, pattern in _OPENINGS:
            if opening := pattern.match(body, start):
                self._kind = kind
                start = opening.end() if pattern is not _ITEM_NUMBER else start
                break
        if start:
            found.append((at, at + start, ""))
        return start

    def _read_inline(self, body: str, start: int, at: int, found: list[Edit]) -> int:
        """Remove the marks inside a line; return where its text ends."""
        tail = _HEADING_END.search(body, start) if self._kind == "heading" else None
        end = tail.start() if tail else len(body)
        if _INLINE_SIGNS.search(body, start, end):
            self._inline(body, start, end, at, found)
        if tail:
            found.append((at + end, at + len(body), ""))
        return end

    def _inline(self, body: str, start: int, end: int, at: int, found: list[Edit]) -> None:
        position = start
        while match := _INLINE.search(body, position, end):
            kind = match.lastgroup
            if kind == "code":
                position = self._take_code(match, at, found)
            elif not self._marks_go:
                position = match.end()
            elif kind == "link":
                position = self._take_link(match, at, found)
            elif kind == "escape":
                found.append((at + match.start(), at + match.end(), ""))
                position = match.end() + 1
            elif kind == "auto":
                position = _take_address(match, at, found)
            elif kind == "bar":
                position = match.end()
                if self._kind == "row":
                    found.append((at + match.start(), at + position, _text_for_bar(match)))
            elif kind == "mark":
                position = match.end()
                if self._emphasis.is_mark(body, match.start(), position):
                    found.append((at + match.start(), at + position, ""))
            else:
                position = match.end()
                said = _text_for_tags(match) if kind == "html" else ""
                found.append((at + match.start(), at + position, said))

    def _take_code(self, match: re.Match[str], at: int, found: list[Edit]) -> int:
        start, end = match.span("body")
        if _SENTENCE_END.search(match.string, start, end):
            return match.end("ticks")
        found.append((at + match.start(), at + start, ""))
        found += self._names(match.string, start, end, at)
        found.append((at + end, at + match.end(), ""))
        return match.end()

    def _take_link(self, match: re.Match[str], at: int, found: list[Edit]) -> int:
        """Keep the words of a link, or the description of a picture; return where to go on."""
        start, end = match.span("words")
        if _SENTENCE_END.search(match.group()):
            return match.start() + 1
        found.append((at + match.start(), at + start, ""))
        self._inline(match.string, start, end, at, found)
        found.append((at + end, at + match.end(), ""))
        return match.end()

    def _names(self, body: str, start: int, end: int, at: int) -> Iterator[Edit]:
        """Yield edits by which a name in code that is made of words is spoken as these words."""
        if not self._code_is_read:
            return
        for match in _NAMES.finditer(body, start, end):
            sign = match.group()
            said = {"()": "", ".": " dot "}.get(sign, f" {sign}" if sign.isalpha() else " ")
            yield (at + match.start(), at + match.end(), said)


_OPENINGS: Final[tuple[tuple[_LineKind, re.Pattern[str]], ...]] = (
    ("heading", _HEADING),
    ("item", _BULLET),
    ("item", _ITEM_NUMBER),
    ("row", _ROW),
)


def _is_paused(body: str) -> bool:
    """Return whether the line ends with a mark already, or has nothing that a mark could follow."""
    return bool(_PAUSED.search(body))


def _take_address(match: re.Match[str], at: int, found: list[Edit]) -> int:
    """Remove the angle brackets around an address; return where to go on."""
    if "@" in match.group() or "://" in match.group():
        found.append((at + match.start(), at + match.start() + 1, ""))
        found.append((at + match.end() - 1, at + match.end(), ""))
        return match.end()
    return match.start() + 1


def boundary_of(tag: str) -> str | None:
    """Return what a tag parts: "\\n" for lines, ", " for cells, "" for nothing; None for no tag of HTML."""
    found = _TAG_NAME.match(tag)
    if found is None:
        return ""  # a comment
    name = found.group(2).lower()
    if name in CELLS:
        return "" if found.group(1) else ", "
    return "\n" if name in BLOCKS or name == "br" else "" if name in ELEMENTS else None


def _text_for_tags(match: re.Match[str]) -> str:
    run, text = match.group(), match.string
    before, after = text[: match.start()].rstrip(), text[match.end() :].strip()
    found = {boundary_of(tag.group()) for tag in _ONE_TAG.finditer(run)}
    boundary = "\n" if "\n" in found else ", " if ", " in found else ""
    if not boundary:
        return " " if " " in _ONE_TAG.sub("", run) else ""
    if not before or not after:
        return ""
    return " " if boundary == ", " and _is_paused(before) else boundary


def _text_for_bar(match: re.Match[str]) -> str:
    """Return the text between two cells of a table."""
    before, after = match.string[: match.start()].rstrip(), match.string[match.end() :].strip()
    if not before or not after:
        return ""
    blanks = len(match.group()) - len(match.group().lstrip())
    return match.group()[:blanks] if _STOPPED.search(before) else ", "


def open_fence(text: str, end: int) -> str:
    """Return the line that has opened the code block around a place of the text; empty outside of one."""
    opening = ""
    if "```" in text or "~~~" in text:
        for line in _FENCE_LINE.finditer(text, 0, end):
            if not opening:
                opening = line.group(1)
            elif line.group(1).startswith(opening):
                opening = ""
    return f"{opening}\n" if opening else ""


def is_closed(text: str) -> bool:
    """Return whether every link, code, formula and emphasis that begins in the text also ends in it."""
    if "$" in text or "\\" in text:
        from fishcaption.core.normalization.formulas import without_formulas

        text, is_in_formula = without_formulas(text)
        if is_in_formula:
            return False
    bare = _ESCAPES_AND_CODE.sub("", text)
    if (
        _OPEN_AT_END.search(bare)
        or bare.count("[") > bare.count("]")
        or bare.count("**") % 2
        or bare.count("~~") % 2
    ):
        return False
    bare = bare.replace("**", "")
    return len(_OPENING_MARK.findall(bare)) <= len(_CLOSING_MARK.findall(bare))


class Emphasis:
    """Tells marks of emphasis (asterisks, underscores, tildes) from signs of the text, in order.

    The characters beside a sign decide; for an asterisk inside a word, also whether one before it is open.
    """

    def __init__(self) -> None:
        self._open = set[str]()

    def copy(self) -> Emphasis:
        """Return another one that goes on from here."""
        other = Emphasis()
        other._open = set(self._open)
        return other

    def end_line(self) -> None:
        """Close all open marks."""
        self._open.clear()

    def is_mark(self, text: str, start: int, end: int) -> bool:
        """Return whether [start, end) of the text, a run of one of these signs, is a mark."""
        mark = text[start:end]
        before, after = text[start - 1 : start] if start else " ", text[end : end + 1] or " "
        is_inside = before.isalnum() and after.isalnum()
        if is_inside and mark in self._open:
            self._open.remove(mark)
            return True
        if mark == "*" and is_inside:
            return False
        if not _is_beside(mark, before, after) or (mark == "*" and _is_kiss(text, start)):
            return False
        if mark in self._open:
            self._open.remove(mark)
        elif mark[0] == "*" and not before.isalnum() and not after.isspace():
            self._open.add(mark)
        return True


def _is_kiss(text: str, start: int) -> bool:
    return text[start - 1 : start] in tuple(_EYES) and not text[max(0, start - 2) : start - 1].isalnum()


def _is_beside(mark: str, before: str, after: str) -> bool:
    if len(mark) > _LONGEST_MARK or (before.isspace() and after.isspace()):
        return False
    if mark == "*" and before in ")]}" and after.isalnum():  # a product
        return False
    if before.isalnum() and after.isalnum():
        return len(mark) > 1 and mark[0] == "*" and before.isalpha() and after.isalpha()
    return not (mark == "*" and before.isspace() and after in "./")  # "*.txt"
