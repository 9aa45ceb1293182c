"""The timeline of one utterance: the word that sounds at a frame, and the frame at which a word sounds.

Times are exact where the voice told word times, and at the ends of text that it told to be complete. Between
them they are estimated by how long words take to say. Better knowledge moves estimates, also past ones; but
the lit word never goes back (`Timeline.word_at`).

Positions are code points of the spoken text; frames are the utterance's own, at the voice's rate.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from typing import Final

from fishcaption.core.speech import Span, WordTime
from fishcaption.core.text.segmentation import Segmenter, is_dense, marks_end, speakable, words

_START_UNIT_SECONDS: Final = 0.19
_UNIT_BOUNDS: Final = (0.06, 0.6)  # 17 to 1.7 syllables a second: other observations are mistakes
_LEARNED_UNITS: Final = 120.0  # speech before the last six sentences or so counts for less

_VOWELS: Final = re.compile("[aeiouy]+", re.IGNORECASE)
_SIGNS: Final = re.compile("[$€£¥₹%‰°+=×÷±≤≥≈&@]")
_STOP: Final = re.compile(r"[.!?…。！？।؟\n]")
_COMMA: Final = re.compile(r"[,;:，、；：،؛—–()]|\s-\s")
_LONGEST_SPELLED: Final = 4  # letters; shorter words in capitals count as spelled, even "NATO"

# Costs in units of about a syllable. Fitted to the word times of hibari over 20 Harvard sentences and 20 of
# prose: letters tell more than syllables, and letters can be counted in every script.
_BREATH_UNITS: Final = 0.45
_COMMA_UNITS: Final = 1.7
_STOP_UNITS: Final = 1.5
_SYLLABLE_UNITS: Final = 0.15
_LETTER_UNITS: Final = 0.27
_SPELLED_UNITS: Final = 1.2
_DENSE_UNITS: Final = 0.9
_HANGUL_UNITS: Final = 1.0
_SILENT_VOWEL_UNITS: Final = 0.45  # a letter of a script that writes vowels as marks or not at all
_DIGIT_UNITS: Final = 1.4
_ZERO_UNITS: Final = 0.4
_SIGN_UNITS: Final = 2.0

_BACK_SECONDS: Final = 1.0
_SEEK_LEAD_SECONDS: Final = 0.1
_SLACK_SECONDS: Final = 0.25
_UNSURE_SECONDS: Final = 0.12  # usual error of an estimate of where a word begins
_PAUSE_SECONDS: Final = 0.05  # a shorter pause between two words is not told
_SAMPLE: Final = 20_000  # code points, 20 ms: a longer text is estimated by its beginning


class SpeechRate:
    """The speed of a voice's speech, learned from its speech.

    ``learned`` is an earlier value of `learned`, to go on from; a value that makes no sense is ignored.
    """

    def __init__(self, learned: tuple[float, ...] = ()) -> None:
        self._units = 0.0
        self._unit_seconds = _START_UNIT_SECONDS
        if len(learned) == 2 and _UNIT_BOUNDS[0] <= learned[0] <= _UNIT_BOUNDS[1] and learned[1] >= 0:
            self._unit_seconds, self._units = learned[0], min(learned[1], _LEARNED_UNITS)

    @property
    def learned(self) -> tuple[float, ...]:
        """Values to keep between runs: (seconds a unit, units that were observed)."""
        return self._unit_seconds, self._units

    @property
    def unit_seconds(self) -> float:
        """Seconds of one unit of effort: about a syllable."""
        return self._unit_seconds

    def observe(self, units: float, seconds: float) -> None:
        """Learn that ``units`` took ``seconds``."""
        if units < 2 or not _UNIT_BOUNDS[0] <= seconds / units <= _UNIT_BOUNDS[1]:
            return
        known = min(self._units, _LEARNED_UNITS)
        self._unit_seconds = (self._unit_seconds * known + seconds) / (known + units)
        self._units = known + units

    def seconds(self, text: str) -> float:
        """Return the seconds that the voice will take; a long text is estimated by its beginning."""
        sample = text[:_SAMPLE]
        known = sum(unit.cost for unit in _units(sample)) * self._unit_seconds
        return known * len(text) / len(sample) if sample else 0.0


class _Unit:
    """A word with the cost of saying it and of the pause behind it.

    ``reach`` is the end of the marks that follow the word; ``exact`` its frames, if the voice told them.
    """

    __slots__ = ("before", "effort", "exact", "pause", "reach", "span")

    def __init__(self, span: Span, reach: int, effort: float, pause: float) -> None:
        self.span = span
        self.reach = reach
        self.before = 0.0  # the cost of the breath before the first word of a piece
        self.effort = effort
        self.pause = pause
        self.exact: tuple[int, int] | None = None

    @property
    def cost(self) -> float:
        return self.before + self.effort + self.pause


class Timeline:
    """Frames and words of one utterance, found by frame or by code point. Its input comes in any order.

    ``pace`` is shared by the utterances of a voice and learns from each of them. ``language`` is the
    two-letter code by whose rules sentences end.
    """

    def __init__(self, rate: int, pace: SpeechRate, *, language: str = "en") -> None:
        self._rate = rate
        self._pace = pace
        self._length = 0
        self._delivered = 0
        self._is_finished = False
        self._units: list[_Unit] = []
        self._starts: list[int] = []  # the start of each unit's word, for searching
        self._covers: list[tuple[int, int]] = []  # (code point, frame), rising in both
        self._segmenter = Segmenter(language)
        self._sentences: list[int] = []
        # Computed when asked for: the frames of each unit, valid for the first `_settled` units.
        self._from: list[int] = []
        self._to: list[int] = []
        self._settled = 0
        self._end_frame = 0
        self._times: tuple[WordTime, ...] | None = None  # of all words, while they are settled
        self._floor = (-1, 0)  # the latest frame ever asked for, and the start of the word that was lit then

    @property
    def delivered_frames(self) -> int:
        """Frames of audio that have come."""
        return self._delivered

    @property
    def expected_frames(self) -> int:
        """Frames that all text so far will have, as far as is known; at least `delivered_frames`."""
        self._settle()
        return max(self._end_frame, self._delivered)

    @property
    def is_voiced(self) -> bool:
        """True if the last word so far has its exact times, and its sound."""
        last = self._units[-1].exact if self._units else None
        return last is not None and last[1] <= self._delivered

    def text(self, text: str) -> None:
        """Append the next piece that was given to the voice. No word goes on behind its end."""
        for unit in _units(text, self._length):
            self._units.append(unit)
            self._starts.append(unit.span.start)
        self._length += len(text)
        for segment in self._segmenter.push(text):
            if speakable(segment.text):
                self._begin_sentence(segment.start)
        if speakable(self._segmenter.pending):
            self._begin_sentence(self._length - len(self._segmenter.pending))

    def sound(self, frames: int) -> None:
        """Count so many more frames of audio."""
        self._delivered += frames
        # A voice that is slower than expected stretches the unheard rest, but not for small differences.
        if self._delivered > self._end_frame + self._rate * _SLACK_SECONDS:
            least = bisect_right(self._starts, self._floor[1]) if self._floor[0] >= 0 else 0
            if self._covers:
                least = max(least, bisect_left(self._starts, self._covers[-1][0]))
            index = len(self._units)
            while index > least and self._units[index - 1].exact is None:
                index -= 1
            self._settled = min(self._settled, index)

    def align(self, times: Iterable[WordTime]) -> None:
        """Take exact times of words; each replaces the times that were known of its stretch of text."""
        for time in times:
            if time.span.start < time.span.end <= self._length:
                self._align(time)

    def cover(self, end: int, frame: int) -> None:
        """Take as exact that all text before ``end`` sounds before ``frame``."""
        place = bisect_left(self._covers, end, key=_first)
        before_end, before_frame = self._covers[place - 1] if place else (0, 0)
        if place < len(self._covers) and self._covers[place][0] == end:
            self._covers[place] = (end, frame)
        else:
            self._covers.insert(place, (end, frame))
            self._learn(before_end, end, frame - before_frame)
        self._unsettle(before_end)

    def finish(self) -> None:
        """End the text and the audio: all text sounds within the delivered audio."""
        self._is_finished = True
        self.cover(self._length, self._delivered)

    def word_at(self, frame: int) -> Span | None:
        """Return the word that sounds at the frame; in a pause, the word before it; None before the first.

        A frame that was asked for counts as heard: from the latest such frame on, the answer does not go back
        in the text when better times arrive. Earlier frames, heard again after Back, use the best times.
        """
        index = self._index(frame)
        return self._units[index].span if index >= 0 else None

    def heard_end(self, frame: int) -> int:
        """Return the code point before which all text has been heard once the frame has."""
        if self._is_finished and frame >= self._delivered:
            return self._length
        index = self._index(frame)
        if index < 0:
            return 0
        unit = self._units[index]
        return unit.reach if frame >= self._to[index] else unit.span.start

    def frame_of(self, code_point: int) -> int:
        """Return the first frame of the first word at or behind the code point; the end if there is none."""
        self._settle()
        index = self._unit_at(code_point)
        return self._from[index] if index < len(self._units) else max(self._end_frame, self._delivered)

    def begun_end(self, frame: int) -> int:
        """Return the end of the last word that begins, or may begin, before the frame.

        Unlike in `word_at`, the frame does not count as heard.
        """
        self._settle()
        index = bisect_left(self._from, frame)
        slack = round(_UNSURE_SECONDS * self._rate)
        while (
            index < len(self._units)
            and self._units[index].exact is None
            and self._from[index] < frame + slack
        ):
            index += 1
        if self._floor[0] >= 0:
            index = max(index, min(self._unit_at(self._floor[1]), len(self._units) - 1) + 1)
        return self._units[index - 1].span.end if index else 0

    def next_start(self, frame: int) -> int | None:
        """Return the next frame with which a word begins; None where there is none. Asking is not hearing."""
        self._settle()
        index = bisect_right(self._from, frame)
        return self._from[index] if index < len(self._from) else None

    def next_pause(self, frame: int) -> int | None:
        """Return the frame with which the word at the ear ends, where a pause follows; None elsewhere."""
        self._settle()
        index = bisect_right(self._from, frame)
        end = self._to[index - 1] if index else frame
        start = self._from[index] if index < len(self._from) else None
        is_pause = start is None or start - end > _PAUSE_SECONDS * self._rate
        return end if end > frame and is_pause else None

    def next_begun(self, frame: int) -> int | None:
        """Return the next frame with which `begun_end` answers otherwise; None where there is none."""
        self._settle()
        slack = round(_UNSURE_SECONDS * self._rate)
        for index in range(bisect_left(self._from, frame), len(self._units)):
            begun = self._from[index] + 1 - (0 if self._units[index].exact else slack)
            if begun > frame:
                return begun
        return None

    def has_words(self, code_point: int) -> bool:
        """Return whether a word begins at the code point or behind it."""
        return bisect_left(self._starts, code_point) < len(self._starts)

    def is_exact(self, code_point: int) -> bool:
        """Return whether the first word at or behind the code point has times that the voice told."""
        index = bisect_left(self._starts, code_point)
        return index < len(self._units) and self._units[index].exact is not None

    def cut_frame(self, code_point: int) -> int:
        """Return the frame at which to cut the sound so that no word at or behind the code point is heard.

        It is in the middle between two words; 0 before the first word, the end behind the last one.
        """
        index = bisect_left(self._starts, code_point)
        if index == 0:
            return 0
        self._settle()
        before = self._to[index - 1]
        if index == len(self._units):
            return max(self._end_frame, self._delivered)
        return max(self._from[index - 1], (before + self._from[index]) // 2)

    def seek_frame(self, code_point: int) -> int:
        """Return the frame at which to begin playing so that the word at the code point is heard whole."""
        frame = self.frame_of(code_point)
        index = self._unit_at(code_point)
        quiet_from = min(self._to[index - 1], frame) if index else 0
        return max(quiet_from, frame - round(_SEEK_LEAD_SECONDS * self._rate))

    def sentence_at(self, frame: int) -> int:
        """Return the start of the sentence that sounds at the frame; 0 before the first word."""
        index = self._index(frame)
        place = bisect_right(self._sentences, self._units[index].span.start) if index >= 0 else 0
        return self._sentences[place - 1] if place else 0

    def sentence_of(self, code_point: int) -> int:
        """Return the start of the sentence that the code point is in; 0 before the first one."""
        place = bisect_right(self._sentences, code_point)
        return self._sentences[place - 1] if place else 0

    def previous(self, frame: int) -> int:
        """Return where Back goes: to the sentence's start; in its first second, to the sentence before."""
        start = self.sentence_at(frame)
        if frame - self.frame_of(start) >= _BACK_SECONDS * self._rate:
            return start
        place = bisect_left(self._sentences, start)
        return self._sentences[place - 1] if place else 0

    def next(self, frame: int) -> int | None:
        """Return where Forward goes: to the start of the next sentence; None in the last one."""
        place = bisect_right(self._sentences, self.sentence_at(frame))
        return self._sentences[place] if place < len(self._sentences) else None

    def estimated_frames(self, text: str) -> int:
        """Return the number of frames that the text will have, as far as is known."""
        return round(self._pace.seconds(text) * self._rate)

    def word_times(self, start: int = 0, end: int | None = None) -> tuple[WordTime, ...]:
        """Return the words that begin in [start, end) of the text, with their frames as known now."""
        self._settle()
        if self._times is None:  # captions ask again and again
            spans = [unit.span for unit in self._units]
            self._times = tuple(map(WordTime, spans, self._from, self._to))
        first = bisect_left(self._starts, start)
        last = len(self._starts) if end is None else bisect_left(self._starts, end)
        return self._times[first:last]  # all of a tuple is the tuple itself

    def _begin_sentence(self, start: int) -> None:
        if not self._sentences or self._sentences[-1] < start:
            self._sentences.append(start)

    def _unit_at(self, code_point: int) -> int:
        index = bisect_right(self._starts, code_point) - 1
        return index if index >= 0 and code_point < self._units[index].reach else index + 1

    def _index(self, frame: int) -> int:
        """Return the unit that is lit at the frame, -1 before the first; updates and obeys the floor."""
        self._settle()
        index = bisect_right(self._from, frame) - 1
        floor_frame, floor_start = self._floor
        if frame >= floor_frame:
            if floor_frame >= 0:
                index = max(index, min(self._unit_at(floor_start), len(self._units) - 1))
            if index >= 0:
                self._floor = (frame, self._starts[index])
        return index

    def _align(self, time: WordTime) -> None:
        start, end = time.span.start, time.span.end
        first = bisect_right(self._starts, start) - 1
        if first < 0 or self._units[first].span.end <= start:
            first += 1
        last = bisect_left(self._starts, end)
        old = self._units[first:last]
        unit = _Unit(
            time.span,
            max(end, old[-1].reach) if old else end,
            sum(part.effort for part in old),
            old[-1].pause if old else 0.0,
        )
        unit.exact = (time.start_frame, time.end_frame)
        self._units[first:last] = [unit]
        self._starts[first:last] = [start]
        # a replaced unit that began earlier had its share of the stretch that ends where this one starts
        self._unsettle(min(start, old[0].span.start) if old else start)

    def _unsettle(self, code_point: int) -> None:
        """Mark the frames of the text from here on as unknown, and those that depend on the same anchor."""
        index = min(self._settled, bisect_left(self._starts, code_point))
        place = bisect_right(self._covers, code_point, key=_first)
        anchor = self._covers[place - 1][0] if place else 0
        while index and self._starts[index - 1] >= anchor and self._units[index - 1].exact is None:
            index -= 1
        self._settled = index

    def _settle(self) -> None:
        """Compute the frames of all unsettled units: exact, or in proportion between anchors."""
        units, index = self._units, self._settled
        if index and index == len(units):
            return
        del self._from[index:], self._to[index:]
        self._times = None
        frame, gap = (self._to[index - 1], units[index - 1].pause) if index else (0, 0.0)
        cover = bisect_right(self._covers, self._starts[index - 1], key=_first) if index else 0
        while index < len(units):
            while cover < len(self._covers) and self._covers[cover][0] <= self._starts[index]:
                frame, gap = max(frame, self._covers[cover][1]), 0.0
                cover += 1
            exact = units[index].exact
            if exact is None:
                last, effort = self._stretch(
                    index, self._covers[cover][0] if cover < len(self._covers) else None
                )
                frame = self._spread(
                    index, last, frame, gap, self._stretch_frames(last, cover, frame, gap + effort)
                )
                gap, index = 0.0, last
            else:
                self._from.append(max(frame, exact[0]))
                frame = max(self._from[-1], exact[1])
                self._to.append(frame)
                gap, index = units[index].pause, index + 1
        self._settled = len(units)
        self._end_frame = frame

    def _stretch(self, first: int, cover_end: int | None) -> tuple[int, float]:
        """Return (index, effort) of the units from ``first`` to the next anchor, which is at that index."""
        effort, last = 0.0, first
        while last < len(self._units) and self._units[last].exact is None:
            if cover_end is not None and self._starts[last] >= cover_end:
                break
            effort += self._units[last].cost
            last += 1
        return last, effort

    def _stretch_frames(self, last: int, cover: int, frame: int, effort: float) -> float:
        """Return the frames for a unit of effort from ``frame`` to the anchor at unit ``last``."""
        exact = self._units[last].exact if last < len(self._units) else None
        covered = self._covers[cover] if cover < len(self._covers) else None
        if exact is not None and not (covered and covered[0] <= self._starts[last]):
            return max(0, exact[0] - frame) / (effort or 1.0)
        if covered is not None:
            return max(0, covered[1] - frame) / (effort or 1.0)
        return max(self._pace.unit_seconds * self._rate, (self._delivered - frame) / (effort or 1.0))

    def _spread(self, first: int, last: int, frame: int, gap: float, unit_frames: float) -> int:
        spent = gap
        for unit in self._units[first:last]:
            spent += unit.before
            self._from.append(frame + round(spent * unit_frames))
            spent += unit.effort
            self._to.append(frame + round(spent * unit_frames))
            spent += unit.pause
        return frame + round(spent * unit_frames)

    def _learn(self, start: int, end: int, frames: int) -> None:
        first, last = bisect_left(self._starts, start), bisect_left(self._starts, end)
        effort = sum(unit.cost for unit in self._units[first:last])
        self._pace.observe(effort, frames / self._rate)


def _first(pair: tuple[int, int]) -> int:
    return pair[0]


def _units(text: str, offset: int = 0) -> list[_Unit]:
    """Return the words of a piece with their costs."""
    spans = words(text)
    units: list[_Unit] = []
    for index, span in enumerate(spans):
        following = spans[index + 1].start if index + 1 < len(spans) else len(text)
        units.append(
            _Unit(
                Span(span.start + offset, span.end + offset),
                marks_end(text, span.end, following) + offset,
                _effort(text[span.start : span.end]),
                _pause(text[span.end : following]),
            )
        )
    if units:
        units[0].before = _BREATH_UNITS
        units[-1].pause = max(units[-1].pause, _COMMA_UNITS / 2)
    return units


def _effort(word: str) -> float:
    if is_dense(word):
        return _DENSE_UNITS
    effort = sum(_ZERO_UNITS if digit == "0" else _DIGIT_UNITS for digit in word if digit.isdigit())
    effort += _SIGN_UNITS * len(_SIGNS.findall(word))
    letters = [letter for letter in word if letter.isalpha()]
    if not letters:
        return effort or _SIGN_UNITS
    if word.isascii():
        if 1 < len(letters) <= _LONGEST_SPELLED and word.isupper():
            return effort + _SPELLED_UNITS * len(letters)
        return effort + _SYLLABLE_UNITS * max(1, len(_VOWELS.findall(word))) + _LETTER_UNITS * len(letters)
    return effort + sum(map(_letter_effort, letters)) + _SYLLABLE_UNITS


def _letter_effort(letter: str) -> float:
    if "\uac00" <= letter <= "\ud7ff":
        return _HANGUL_UNITS
    return _SILENT_VOWEL_UNITS if "\u0590" <= letter < "\u1100" else _LETTER_UNITS


def _pause(gap: str) -> float:
    """Return the cost of the marks between two words."""
    if _STOP.search(gap):
        return _STOP_UNITS
    return _COMMA_UNITS if _COMMA.search(gap) else 0.0
