"""Edited text: a piece on its way from shown to spoken, and the map between the two."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, NamedTuple

from fishcaption.core.speech import Family
from fishcaption.core.text.readings import Edit
from fishcaption.core.text.tags import literal


@dataclass(frozen=True, slots=True)
class Normalized:
    """A piece as it is spoken, and the map between the spoken text and the shown one.

    ``spans`` are (shown_start, shown_end, spoken_start, spoken_end), in order; they tile both texts. If both
    sides of a span have one length, its text is spoken as it stands, character by character; of other spans
    only the ends are certain. No span is empty on the shown side.
    """

    text: str
    spans: tuple[tuple[int, int, int, int], ...]

    def shown(self, spoken_point: int) -> int:
        """Return the point of the shown text; inside a replaced stretch it is the stretch's start.

        Silent text before the point counts as spoken. Monotone; 0 gives 0, and the end gives the end.
        """
        index = bisect_right(self.spans, spoken_point, key=lambda span: span[2]) - 1
        if index < 0 or spoken_point <= 0:
            return 0
        shown_start, shown_end, start, end = self.spans[index]
        if spoken_point >= end:
            return shown_end
        return shown_start + spoken_point - start if shown_end - shown_start == end - start else shown_start

    def spoken(self, shown_point: int) -> int:
        """Return the point of the spoken text; inside a replaced stretch it is the stretch's start.

        Monotone; 0 gives 0, and the end gives the end.
        """
        index = bisect_right(self.spans, shown_point, key=lambda span: span[0]) - 1
        if index < 0 or shown_point <= 0:
            return 0
        shown_start, shown_end, start, end = self.spans[index]
        if shown_point >= shown_end:
            return end
        return start + shown_point - shown_start if shown_end - shown_start == end - start else start

    def shown_span(self, spoken_start: int, spoken_end: int) -> tuple[int, int]:
        """Return the shown stretch to light while [spoken_start, spoken_end) is heard.

        A replaced stretch is lit as a whole; silent marks at its ends are left out.
        """
        first = bisect_right(self.spans, spoken_start, key=lambda span: span[2]) - 1
        last = bisect_left(self.spans, spoken_end, key=lambda span: span[2]) - 1
        if first < 0 or last < first:
            point = self.shown(spoken_start)
            return point, point
        shown_start, shown_end, start, end = self.spans[first]
        begin = shown_start + spoken_start - start if shown_end - shown_start == end - start else shown_start
        shown_start, shown_end, start, end = self.spans[last]
        is_same = shown_end - shown_start == end - start
        return begin, shown_start + min(spoken_end, end) - start if is_same else shown_end


class _Change(NamedTuple):
    """A stretch of the text that differs from the shown text. ``raw`` is given to the voice as it is.

    A change that is not final only writes the same in another way: a later change may include it.
    """

    shown_start: int
    shown_end: int
    start: int
    end: int
    raw: str = ""
    is_final: bool = True


class VoiceEdit(NamedTuple):
    """[start, end) of the text becomes ``new``; or ``raw``, which nothing changes and the voice acts on."""

    start: int
    end: int
    new: str
    raw: str = ""


_RAW_STANDS: Final = "\ufffc"  # stands for a raw text until the end: no letter, no blank


class EditedText:
    """A piece on its way from shown to spoken: the text as it is now, and the changes so far."""

    def __init__(self, shown: str) -> None:
        self.text = shown
        self._shown_length = len(shown)
        self._changes: list[_Change] = []

    def apply(self, edits: Iterable[Edit | VoiceEdit], *, is_final: bool = True) -> None:
        """Make these edits, which are in order; one that touches a final change is not made.

        An edit that is not final and keeps the length counts as shown text.
        """
        old, new = self._changes, list[_Change]()
        parts: list[str] = []
        at = grown = index = 0  # the text up to `at` is in `parts`, which is `grown` longer
        for edit_start, edit_end, text, *raws in edits:
            start, end = edit_start, edit_end
            if start < at:
                continue
            while index < len(old) and old[index].end <= start:
                new.append(_moved(old[index], grown))
                index += 1
            inner = index
            while inner < len(old) and old[inner].start < end and _is_open(old[inner]):
                start, end = min(start, old[inner].start), max(end, old[inner].end)
                inner += 1
            if inner < len(old) and old[inner].start < end:
                continue
            raw = raws[0] if raws else ""
            lead, tail = self.text[start:edit_start], self.text[edit_end:end]
            said = _RAW_STANDS if raw else f"{lead}{text}{tail}"
            begin = start + grown
            if is_final or inner > index or len(said) != end - start:
                shown_start, shown_end = self._shown_at(start, index), self._shown_at(end, inner)
                new.append(_Change(shown_start, shown_end, begin, begin + len(said), raw, is_final))
                index = inner
            parts += self.text[at:start], said
            grown += len(said) - (end - start)
            at = end
        if parts:
            new += [_moved(change, grown) for change in old[index:]]
            self.text = "".join((*parts, self.text[at:]))
            self._changes = new

    def _shown_at(self, point: int, index: int) -> int:
        """Return a point's place in the shown text, with ``index`` changes before it."""
        if not index:
            return point
        before = self._changes[index - 1]
        return before.shown_end + point - before.end

    def normalized(self, family: Family) -> Normalized:
        """Return the text as it is given to the voice, which acts on nothing but raw text."""
        text = literal(self.text, family)
        if not self._changes:
            return Normalized(text, ((0, len(text), 0, len(text)),) if text else ())
        parts: list[str] = []
        spans: list[tuple[int, int, int, int]] = []
        shown = at = length = 0
        for shown_start, shown_end, start, end, raw, _ in self._changes:
            if start > at:
                spans.append((shown, shown_start, length, length + start - at))
                length += start - at
            part = raw or text[start:end]
            spans.append((shown_start, shown_end, length, length + len(part)))
            parts += text[at:start], part
            length += len(part)
            shown, at = shown_end, end
        if at < len(text):
            spans.append((shown, self._shown_length, length, length + len(text) - at))
            parts.append(text[at:])
        return Normalized("".join(parts), tuple(spans))


def _is_open(change: _Change) -> bool:
    """Return whether the change may become a part of another one."""
    return not change.is_final or change.start == change.end


def _moved(change: _Change, by: int) -> _Change:
    return change._replace(start=change.start + by, end=change.end + by) if by else change


def led_by(mark: str, text: Normalized) -> Normalized:
    """Return a text with a mark before it, which stands for nothing that is shown."""
    if not mark or not text.spans:
        return text
    lead = f"{mark} "
    by = len(lead)
    moved = [(start, end, spoken + by, spoken_end + by) for start, end, spoken, spoken_end in text.spans]
    start, end, spoken, spoken_end = moved[0]
    if end - start == spoken_end - spoken and end - start > 1:  # all but its first character stays as it is
        moved[:1] = [(start, start + 1, spoken, spoken + 1), (start + 1, end, spoken + 1, spoken_end)]
        spoken_end = spoken + 1
        end = start + 1
    moved[0] = (start, end, 0, spoken_end)
    return Normalized(lead + text.text, tuple(moved))


def joined(parts: list[Normalized]) -> Normalized:
    """Return several pieces as one."""
    spans: list[tuple[int, int, int, int]] = []
    shown = spoken = 0
    for part in parts:
        for start, end, spoken_start, spoken_end in part.spans:
            span = (start + shown, end + shown, spoken_start + spoken, spoken_end + spoken)
            if spans and _is_verbatim(spans[-1]) and _is_verbatim(span):
                span = (spans[-1][0], span[1], spans[-1][2], span[3])
                spans.pop()
            spans.append(span)
        shown, spoken = spans[-1][1] if spans else 0, spoken + len(part.text)
    return Normalized("".join(part.text for part in parts), tuple(spans))


def _is_verbatim(span: tuple[int, int, int, int]) -> bool:
    return span[1] - span[0] == span[3] - span[2]
