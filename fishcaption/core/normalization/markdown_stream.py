"""Markdown as it is written becomes the text that a listener wants, as soon as it is certain."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal

from fishcaption.core.normalization.inline import CELL, LINE, Inline
from fishcaption.core.normalization.markdown import is_closed
from fishcaption.core.text.incoming import Cleaner
from fishcaption.core.text.unwrap import columns

_QUOTE: Final = re.compile(r">\s*")
_FENCE: Final = re.compile(r"(`{3,}|~{3,})[^`]*$")
_RULE: Final = re.compile(r"[-=_*|:+\s]+$")
_UNDERLINE: Final = re.compile(r"(?:=+|-+)\s*$")
_HEADING: Final = re.compile(r"#{1,6}(?:\s+|$)")
_HEADING_END: Final = re.compile(r"(?:^|\s+)#+\s*$")
_BULLET: Final = re.compile(r"[-*+•](?:\s+|$)(?:\[[ xX]\]\s+)?")
_NUMBER: Final = re.compile(r"\d{1,9}[.)]\s")
_DEFINITION: Final = re.compile(r"\[(?!\^)[^\]]{0,200}\]:")
_UNDECIDED: Final = re.compile(
    # A line that may still become something else with the next character …
    r"(?:[-=_*|:+•\s]*|#{1,6}\s*|[-*+•]\s+\[?[ xX]?\]?\s*|\d{1,9}[.)]?|`{1,2}|~{1,2}|\[[^\]]{0,200}\]?)$"
    # … and one that only its end explains: table rows, fences, link definitions.
    r"|\||```|~~~|\[[^\]]{0,200}\]:"
)
_CELLS: Final = re.compile(r"(?<!\\)\|")
_PAUSED: Final = re.compile(r".*[.!?:;,…。！？：；，、।؟][\"'”’»)\]」』]*\s*$", re.DOTALL)
_SPECIAL: Final = re.compile(r"[*_`\[\]<>!&\\~$]")  # every other character stands for itself
_SPECIAL_IN_HEADING: Final = re.compile(r"[*_`\[\]<>!&\\~$#]")
_BREAK: Final = re.compile(r"(?<=\S)(?=\s)|(?<=[\u3000-\uffef])(?=[\u3000-\uffef])")
_MAY_OPEN: Final = re.compile(r"(?:^|[\s(\[{“\"'])[*_~`#]+$|[\[\]<\\]$|&\w*$")
_SHORT_COLUMNS: Final = 55  # a shorter line was not wrapped, unless the next begins with a small letter
_LONGEST_HELD: Final = 600  # code points that wait for the end of a link or an emphasis
_LONGEST_HELD_LINE: Final = 4000  # code points of a table row; a longer one is read as it stands

_PARTED: Final = re.compile(f"[ \n]*[{CELL}{LINE}][ \n{CELL}{LINE}]*")

_Block = Literal["", "heading", "item", "text"]


@dataclass(frozen=True, slots=True)
class _Line:
    """The beginning of a line that is understood: its kind, and its text so far without the marks."""

    kind: Literal["blank", "rule", "underline", "fence", "row", "definition", "heading", "item", "text"]
    text: str = ""


class MarkdownStream:
    """Takes Markdown as it is written and returns the text that a listener wants, as soon as it is certain.

    Marks are dropped and words are kept: the text of a link, the description of a picture, the code of a
    fence, line by line. Headings, list items and table rows end as sentences do. Marks that only separate
    (rules, fences, link definitions, HTML tags, footnote marks) are silent. Brackets that are no link stay,
    and so does the number of an item. Indented lines are text, since language models indent what belongs to
    an item. Any split of the input gives the same text; but after a rest, a line's end stays a line's end
    that would else have become a blank.
    """

    rest_seconds: Final = 0.2
    """When nothing was written for this long, `rest` is to be called."""

    def __init__(self) -> None:
        self._inline = Inline()
        self._cleaner = Cleaner()
        self._plain: list[str] = []  # plain text that was not returned yet
        self._line = ""  # the beginning of a line whose kind is not known yet
        self._is_flowing = False  # the kind of the line is known, and its text goes on
        self._blanks = 0  # blanks at the line's end: two of them are a line break
        self._width = self._last_width = 0  # columns of the line so far, and of the one before it
        self._fence = ""
        self._block: _Block = ""
        self._held = ""  # text of the block that waits: a mark and its text, or blanks at the end
        self._looked_to = 0  # the held text has no end before this
        self._before = ""  # the character before the held text, if it stands for itself
        self._block_end = ""  # the last plain text of the block
        self._is_spaced = True  # nothing or an empty line is before

    def push(self, text: str) -> str:
        """Take the next Markdown; return the plain text that is certain now."""
        self._take(self._cleaner.push(text))
        return self._take_plain()

    def _take(self, text: str) -> None:
        first, *others = text.split("\n")
        self._write(first)
        for line in others:
            self._end_line()
            self._write(line)

    def rest(self) -> str:
        """Return what is complete now that nothing has come for `rest_seconds`."""
        if self._is_flowing:
            body = self._held.strip()
            if self._held and self._is_closed(self._held) and not (body and _MAY_OPEN.search(self._held)):
                self._give(len(self._held))
        elif not self._line:
            self._end_block()
        return self._take_plain()

    def close(self) -> str:
        """Return the rest; text that is pushed afterwards is a new document."""
        self._take(self._cleaner.close())
        if self._line or self._is_flowing:
            self._end_line()
        self._end_block()
        self._fence = ""
        return self._take_plain()

    def _take_plain(self) -> str:
        plain = "".join(self._plain)
        self._plain.clear()
        return plain

    def _write(self, text: str) -> None:
        if not text:
            return
        self._width += len(text) if text.isascii() else columns(text)
        if self._is_flowing:
            self._flow(text)
            return
        self._line += text
        line = None if self._fence else _read(self._line, is_whole=False)
        if line:
            self._line = ""
            self._is_flowing = True
            self._begin(line)

    def _end_line(self) -> None:
        if self._fence:
            self._end_code_line()
        elif not self._is_flowing:
            self._begin(_read(self._line, is_whole=True) or _Line("text", self._line))
        self._line = ""
        self._is_flowing = False
        self._last_width, self._width = self._width, 0
        if self._block == "heading" or self._blanks >= 2:
            self._end_block()

    def _end_code_line(self) -> None:
        line = self._line.strip()
        if line.startswith(self._fence) and not line.strip(self._fence[0]):
            self._fence = ""
        elif line:
            self._plain.append(self._line.rstrip() + "\n")
            self._is_spaced = False

    def _begin(self, line: _Line) -> None:
        """Begin a line, which belongs to the open block or ends it."""
        if line.kind == "text" and self._block:
            if self._held.endswith("\\") and not self._held.endswith("\\\\"):
                self._held = self._held[:-1]  # a deliberate line break
                self._flow(f"\n{line.text}")
                return
            self._flow(("\n" if self._is_ended(line.text) else " ") + line.text)
            return
        self._end_block(is_title=line.kind == "underline")
        match line.kind:
            case "text" | "heading" | "item":
                self._block = line.kind
                self._flow(line.text)
            case "fence":
                self._fence = line.text
            case "row":
                cells = [self._render(cell.strip().replace("\\|", "|")) for cell in _CELLS.split(line.text)]
                self._block = "item"
                cells = [" ".join(_PARTED.sub(" ", cell).split()) for cell in cells]
                self._append(", ".join(cell for cell in cells if cell))
                self._end_block()
            case "blank" if not self._is_spaced:
                self._plain.append("\n")
                self._is_spaced = True
            case _:
                pass

    def _is_ended(self, following: str) -> bool:
        """Return whether the author ended the last line: in a wrapped paragraph no line is as short."""
        return self._last_width < _SHORT_COLUMNS and not following[:1].islower()

    def _flow(self, text: str) -> None:
        self._held += text
        body = text.rstrip(" ")
        self._blanks = len(text) - len(body) + (0 if body else self._blanks)
        special = _SPECIAL_IN_HEADING if self._block == "heading" else _SPECIAL
        while self._held:
            mark = special.search(self._held)
            plain_end = len(self._held[: mark.start() if mark else None].rstrip())
            if plain_end:
                self._give(plain_end, is_plain=True)
            elif mark is None or not (end := self._end_of_marked()):
                return
            else:
                self._give(end)

    def _end_of_marked(self) -> int:
        """Return where all marks of the held text are closed; 0 while they are not."""
        for found in _BREAK.finditer(self._held, self._looked_to):
            end = found.start()
            if end > 2 * _LONGEST_HELD:
                break
            if end and (end > _LONGEST_HELD or self._is_closed(self._held[:end])):
                return end
            self._looked_to = end + 1
        self._looked_to = max(self._looked_to, len(self._held))
        return 2 * _LONGEST_HELD if len(self._held) > 2 * _LONGEST_HELD else 0

    def _is_closed(self, marked: str) -> bool:
        return is_closed(self._before + marked)

    def _give(self, end: int, *, is_plain: bool = False) -> None:
        """Say this much of the held text, which is certain."""
        marked, self._held = self._held[:end], self._held[end:]
        self._append(marked if is_plain else self._words(marked))
        self._before = marked[-1] if marked[-1:].strip() and (is_plain or marked[-1] >= "\u3000") else ""
        self._looked_to = 0

    def _words(self, marked: str) -> str:
        return self._render(self._before + marked)[len(self._before) :]

    def _end_block(self, *, is_title: bool = False) -> None:
        if self._block == "heading":
            self._held = _HEADING_END.sub("", self._held)
        self._append(self._words(self._held).rstrip())
        self._held, self._looked_to = "", 0
        if self._block_end.strip():
            is_sentence = is_title or self._block in ("heading", "item")
            self._plain.append(".\n" if is_sentence and not _PAUSED.match(self._block_end) else "\n")
            self._is_spaced = False
        self._block = ""
        self._block_end = self._before = ""
        self._blanks = 0

    def _append(self, plain: str) -> None:
        if not self._block_end or self._block_end.endswith("\n"):
            plain = plain.lstrip(f" \n{CELL}{LINE}")
        if CELL in plain or LINE in plain:
            plain = _PARTED.sub(lambda parted: self._parting(plain, parted), plain)
        if plain:
            self._plain.append(plain)
            self._block_end = (self._block_end + plain)[-20:]

    def _parting(self, plain: str, parted: re.Match[str]) -> str:
        if LINE in parted.group():
            return "\n"
        return " " if _PAUSED.match((self._block_end + plain[: parted.start()])[-20:]) else ", "

    def _render(self, markdown: str) -> str:
        """Return the words of a stretch of text without blocks in it."""
        core = markdown.strip()
        if not core:
            return markdown
        before = markdown[: len(markdown) - len(markdown.lstrip())]
        return before + self._inline.words(core) + markdown[len(before) + len(core) :]


def _read(line: str, *, is_whole: bool) -> _Line | None:  # one return for each kind of line
    """Return the kind and text of a line by its beginning; None while more of it may change that."""
    text = line.lstrip()
    while quote := _QUOTE.match(text):
        text = text[quote.end() :]
    is_bounded = len(line) <= _LONGEST_HELD_LINE
    if not is_whole and is_bounded and _UNDECIDED.match(text):
        return None
    if is_whole and is_bounded:
        if not text:
            return _Line("blank")
        if _UNDERLINE.match(text):
            return _Line("underline")
        if _RULE.match(text):
            return _Line("rule")
        if text.startswith("|"):
            return _Line("row", text.strip().strip("|"))
        if fence := _FENCE.match(text):
            return _Line("fence", fence.group(1))
        if _DEFINITION.match(text):
            return _Line("definition")
    if marks := _HEADING.match(text):
        return _Line("heading", text[marks.end() :])
    if marks := _BULLET.match(text):
        return _Line("item", text[marks.end() :])
    return _Line("item" if _NUMBER.match(text) else "text", text)
