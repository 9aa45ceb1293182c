"""Joins the lines and hyphenated words that a page layout has split, in a pasted text, some at a time."""

from __future__ import annotations

from collections.abc import Iterator

from fishcaption.core.text.unwrap import unwrap
from fishcaption.ui.widgets.longtext import LongText, Units

GROUP_LENGTH = 8_000
"""The most code points of pasted lines that are looked at in one go."""


class LineJoiner:
    """Walks once through a text that was just put into a view. All that it joins is one step of undo."""

    def __init__(self, view: LongText, start: int, text: str) -> None:
        """`text` stands in the view from this position of the document on."""
        self._view = view
        self._at = view.range(start, start)
        self._at.setKeepPositionOnInsert(True)
        self._groups = _joined_groups(text)
        self._has_joined = False

    def join_group(self) -> int | None:
        """Join the next lines; return by how many code points the text grew. None: there are no more."""
        lines, joined = next(self._groups, ("", ""))
        if not lines:
            return None
        start, block = self._at.position(), self._at.block()
        end = self._view.place_so_far(start - block.position() + Units(lines).before(len(lines)), block)
        if joined != lines:
            # begun as a step of its own: one undo gives back what was pasted
            end = self._view.begin_insert(self._view.range(start, end), joined, joins=self._has_joined)
            self._has_joined = True
        self._at.setPosition(end)
        return len(joined) - len(lines)


def _joined_groups(text: str) -> Iterator[tuple[str, str]]:
    """Yield the text a group of paragraphs at a time, as it is and with its broken lines joined."""
    start = 0
    while start < len(text):
        end = _group_end(text, start)
        yield text[start:end], unwrap(text[start:end])
        start = end


def _group_end(text: str, start: int) -> int:
    """Return the end of the lines to look at together: a blank line, or a paragraph's short last one."""
    if len(text) - start <= GROUP_LENGTH:
        return len(text)
    end = text.find("\n\n", start + GROUP_LENGTH // 2, start + GROUP_LENGTH)
    if end >= 0:
        while end < len(text) and text[end] == "\n":
            end += 1
        return end
    lines = text[start : start + GROUP_LENGTH].split("\n")[:-1]
    if not lines:
        found = text.find("\n", start + GROUP_LENGTH)
        return len(text) if found < 0 else found + 1
    longest = max(map(len, lines))
    ends = [
        index for index, line in enumerate(lines) if len(line) < 0.6 * longest and index > len(lines) // 4
    ]
    taken = lines[: ends[-1] + 1] if ends else lines
    return start + sum(map(len, taken)) + len(taken)
