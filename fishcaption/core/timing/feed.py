"""The text of one utterance on its way to the voice: `Feed` keeps it, and gives it away in pieces.

Each piece is flushed at its end. `core.timing.flush_policy` decides when a piece may be sent; here the text
is kept, cut into sentences, and remembered as far as it was sent.

Time comes in as ``now`` (seconds on a clock that only grows): the same calls give the same pieces.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from math import inf
from typing import Final

from fishcaption.core.errors import InputError
from fishcaption.core.speech import Piece
from fishcaption.core.text.open_forms import may_go_on
from fishcaption.core.text.segmentation import (
    LONGEST_SEGMENT,
    SHORTEST_PART,
    Segment,
    Segmenter,
    sentence_ending,
    speakable,
)
from fishcaption.core.text.sentence_ends import JUDGED, Ending
from fishcaption.core.timing.flush_policy import (
    HOLD_SECONDS,
    POLICIES,
    SOON,
    Cut,
    Kind,
    Rhythm,
    Unfinished,
    places_of,
    word_count,
)

_SEGMENTS_AT_HAND: Final = 8
_READ_AHEAD: Final = 2000  # code points for the segmenter: a pasted megabyte is cut while it is spoken
_JOINED_A_SECOND: Final = 60  # code points of a piece, at most, for each second that is unheard
_FULL_SECONDS: Final = 20.0  # no owner wants more seconds of unheard speech
_SPOKEN_A_SECOND: Final = 15  # code points, about


def _never(_: str) -> bool:
    return False


class Feed:
    """The text of one utterance on its way to the voice.

    The owner calls `push` or `set_text`, then `take` until it returns None. It calls `take` again after more
    text, after `wake_seconds`, and when ``unheard_seconds`` changes by more than the time that has passed.
    The owner limits how much is unheard: it simply does not take. While the sound is paused, nothing becomes
    due as time passes, so there is no need to wake.

    ``can_say`` returns whether the voice has anything to say for a text; a text without a word may be read,
    too. ``may_go_on`` returns whether text that follows may change how the end of this text is read,
    beyond what `core.text.open_forms` knows.
    """

    def __init__(
        self,
        kind: Kind,
        language: str = "en",
        *,
        hold_seconds: float = HOLD_SECONDS,
        can_say: Callable[[str], bool] = speakable,
        may_go_on: Callable[[str], bool] = _never,
    ) -> None:
        self._kind = kind
        self._policy = POLICIES.get(kind)
        self._language = language
        self._hold_seconds = hold_seconds
        self._can_say = can_say
        self._may_go_on = may_go_on
        self._begun = ""  # the sent part of an unfinished sentence
        self._settled: dict[int, bool] = {}  # by place: whether the text before it can be cut there
        self._sent: list[str] = []  # joined by `_sent_text`: it is not one part for each piece
        self._sent_pieces = 0
        self._sent_end = 0
        self._sent_words = 0.0
        # The unsent text, in order: what no voice can say alone, certain segments, what the segmenter has,
        # what the segmenter was not given yet.
        self._lead = ""
        self._segments: deque[str] = deque()
        self._due: deque[float] = deque()  # the time from which each of them may be sent
        self._segmenter = Segmenter(language)
        self._unread = ""
        self._read = 0  # of `_unread`
        self._incoming: list[str] = []
        self._read_to = 0  # where the segmenter is in the utterance's text
        self._length = 0
        self._certain = 0  # text before this is sent without waiting
        self._is_closed = False
        self._opened_at: float | None = None  # see `Unfinished.opened_at`
        self._last_at = -inf
        self._whole_word_at: float | None = None  # since when a complete word has waited
        self._mark_at: float | None = None  # since when the unfinished text has ended with a sentence's end
        self._held_until = -inf  # the text is being changed
        self._rhythm = Rhythm(kind)
        self._seen: list[Cut] | None = None  # the result of `Unfinished.cuts` for the present text

    @property
    def sent_end(self) -> int:
        """Text before this was sent. A rest that no voice can say counts as sent once the feed is closed."""
        self._read_on()
        return self._sent_end

    @property
    def unsent(self) -> str:
        """Text that was not sent."""
        parts = (self._lead, *self._segments, self._segmenter.pending, self._unread[self._read :])
        return "".join((*parts, *self._incoming))

    @property
    def done(self) -> bool:
        """True if the feed is closed and nothing is left that a voice could say."""
        self._read_on()
        return self._is_closed and self._sent_end == self._length

    @property
    def length(self) -> int:
        """Code points of all text, sent or not."""
        return self._length

    def push(self, text: str, now: float) -> None:
        """Append text. Raises InputError after `close`."""
        self._refuse_if_closed()
        if text:
            self._note_keys(len(text), now)
            self._incoming.append(text)
            self._length += len(text)
            self._note_words(now)
            self._note_mark(now)

    def set_text(self, text: str, now: float) -> None:
        """Replace the whole text of the utterance; only what was not sent may differ.

        A text that was changed before its end waits for `HOLD_SECONDS`.

        Raises InputError, and changes nothing, after `close`, or if text that was sent would change.
        """
        self._refuse_if_closed()
        sent, unsent = self._sent_text(), self.unsent
        if not text.startswith(sent):
            raise InputError("Text that was given to the voice cannot be changed.")
        if text.startswith(unsent, len(sent)):
            self.push(text[self._length :], now)
            return
        self._note_keys(1, now)
        is_cut_back = unsent.startswith(text[len(sent) :])
        # The certain text ends as far before the end as it did.
        is_certain = self._certain > len(sent)
        self._certain = max(0, self._certain - self._length + len(text)) if is_certain else 0
        self._length = len(text)
        self._lead, self._unread, self._read, self._read_to = "", "", 0, len(sent)
        self._segments.clear()
        self._due.clear()
        self._settled.clear()
        self._segmenter = Segmenter(self._language, self._begun)
        self._incoming = [text[len(sent) :]]
        self._whole_word_at = self._mark_at = None
        if not is_cut_back and self._certain < self._length:
            self.hold(now)
        self._note_words(now)
        self._note_mark(now)

    def hold(self, now: float) -> None:
        """Send nothing for a moment: the text is in the middle of a change."""
        self._held_until = now + self._hold_seconds

    def say_so_far(self, now: float) -> None:
        """Let all text so far be sent at once, even half a word; the utterance goes on."""
        self._certain = self._length
        self._held_until = -inf
        self._due = deque([-inf] * len(self._segments))
        self._seen = None

    def close(self, now: float) -> None:
        """End the text: the rest is sent without waiting."""
        self._is_closed = True
        self.say_so_far(now)

    def part(self) -> None:
        """Drop the text that was not sent, and end the utterance there."""
        self._lead, self._unread, self._read = "", "", 0
        self._segments.clear()
        self._due.clear()
        self._segmenter = Segmenter(self._language)
        self._incoming = []
        self._length = self._certain = self._read_to = self._sent_end
        self._is_closed = True
        self._seen = None

    def take(self, now: float, unheard_seconds: float) -> Piece | None:
        """Return the next piece if it is due, else None; it counts as sent and can no longer be changed."""
        if now < self._held_until - SOON:
            return None
        due = [
            cut
            for cut in self._cuts(unheard_seconds)
            if cut.wait(now, self._last_at, unheard_seconds) <= SOON
        ]
        return self._give(max(due, key=lambda cut: cut.length), now) if due else None

    def wake_seconds(self, now: float, unheard_seconds: float) -> float | None:
        """Return the seconds until `take` returns a piece if no text comes and the sound goes on.

        None: never.
        """
        waits = [cut.wait(now, self._last_at, unheard_seconds) for cut in self._cuts(unheard_seconds)]
        return max(0.0, min(waits), self._held_until - now) if waits else None

    def _refuse_if_closed(self) -> None:
        if self._is_closed:
            raise InputError("This utterance has ended; new text begins another one.")

    def _sent_text(self) -> str:
        if len(self._sent) > 1:
            self._sent = ["".join(self._sent)]
        return self._sent[0] if self._sent else ""

    def _note_keys(self, keys: int, now: float) -> None:
        gap = now - self._last_at
        self._rhythm.note(keys, gap, self._is_within_sentence)
        if self._policy and gap > self._rhythm.rest(self._policy.blank_rest) and not self._has_words():
            # The typist begins, or begins again after all text was sent: somebody waits for the next sound.
            self._opened_at = now
        self._last_at = now
        self._seen = None

    def _note_words(self, now: float) -> None:
        """Remember since when a complete word has waited."""
        if self._policy and self._whole_word_at is None:
            self._read_on()
            if places_of(self._segmenter.pending):
                self._whole_word_at = now

    def _note_mark(self, now: float) -> None:
        """Remember since when a sentence has been complete."""
        if self._kind is not Kind.SENTENCES:
            return
        self._read_on()
        if self._ending(f"{self._segmenter.pending.rstrip()} ") is Ending.GOES_ON:
            self._mark_at = None
        elif self._mark_at is None:
            self._mark_at = now

    def _has_words(self) -> bool:
        self._read_on()
        return bool(self._segments) or self._can_say(self._segmenter.pending)

    def _is_within_sentence(self) -> bool:
        self._read_on()
        pending = self._segmenter.pending
        return bool(self._begun or pending) and self._ending(f"{pending.rstrip()} ") is not Ending.OVER

    def _read_on(self) -> None:
        """Cut a few certain segments ahead, or all there are; drop an end that no voice can say."""
        while len(self._segments) < _SEGMENTS_AT_HAND:
            if self._read_to == self._certain:
                self._add(self._segmenter.close())
            text = self._next_unread()
            if not text:
                break
            self._read_to += len(text)
            self._add(self._segmenter.push(text))
        if self._is_closed and not self._segments and self._sent_end + len(self._lead) == self._length:
            self._sent_end += len(self._lead)
            self._lead = ""

    def _next_unread(self) -> str:
        if self._read == len(self._unread):
            self._unread, self._read = "".join(self._incoming), 0
            self._incoming.clear()
        length = (
            _READ_AHEAD if self._certain <= self._read_to else min(_READ_AHEAD, self._certain - self._read_to)
        )
        text = self._unread[self._read : self._read + length]
        self._read += len(text)
        return text

    def _add(self, segments: list[Segment]) -> None:
        for segment in segments:
            if self._can_say(segment.text):
                self._segments.append(segment.text)
                self._due.append(self._next_due())
            elif self._segments:
                self._segments[-1] += segment.text
            else:
                self._lead += segment.text

    def _next_due(self) -> float:
        """Return the time from which the segment that has just become certain may be sent."""
        if self._kind is not Kind.SENTENCES or self._read_to <= self._certain:
            return -inf
        ended_at, self._mark_at = self._mark_at, None
        return (self._last_at if ended_at is None else ended_at) + self._hold_seconds

    def _give(self, cut: Cut, now: float) -> Piece:
        if self._segments:
            parts = [self._lead]
            for _ in range(cut.segments):
                parts.append(self._segments.popleft())
                self._due.popleft()
            text = "".join(parts)
            is_whole = len(parts[-1]) < SHORTEST_PART
            self._begun = "" if is_whole else self._left_begun(text)
        else:
            pending = self._segmenter.pending
            text, rest = self._lead + pending[: cut.length], pending[cut.length :]
            self._begun = self._left_begun(text)
            self._segmenter = Segmenter(self._language, self._begun)
            self._unread, self._read = rest + self._unread[self._read :], 0
            self._read_to -= len(rest)
            self._mark_at = None
        piece = Piece(self._sent_end, text)
        self._lead = ""
        self._sent.append(text)
        self._sent_pieces += 1
        self._sent_end += len(text)
        self._sent_words += cut.words
        self._opened_at = None
        self._whole_word_at = None
        self._seen = None
        self._note_words(now)
        self._note_mark(now)
        return piece

    def _left_begun(self, given: str) -> str:
        """Return the unfinished sentence at the end of the text, which the next piece continues."""
        is_over = given.endswith("\n") or self._ending(given.rstrip() + " ") is Ending.OVER
        return "" if is_over else (self._begun + given)[-JUDGED:]

    def _ending(self, text: str) -> Ending:
        """Return whether the sentence is over at the end of unsent text, as far as is known."""
        return sentence_ending(self._begun + text, language=self._language)

    def _may_end(self, text: str) -> bool:
        """Return whether unsent text may be cut at its end: nothing that follows changes how it is read."""
        place = self._read_to - len(self._segmenter.pending) + len(text)
        if place not in self._settled:
            zone = self._policy.zone if self._policy else 0
            is_open = may_go_on(text, self._language, words=zone) or self._may_go_on(text)
            self._settled[place] = not is_open
        return self._settled[place]

    def _cuts(self, unheard: float) -> list[Cut]:
        self._read_on()
        if self._segments:
            return [self._joined(unheard)]
        if self._seen is None:
            self._seen = self._unfinished().cuts()
        return self._seen

    def _unfinished(self) -> Unfinished:
        return Unfinished(
            text=self._segmenter.pending,
            begun=self._begun,
            kind=self._kind,
            language=self._language,
            rhythm=self._rhythm,
            can_say=self._can_say,
            may_end=self._may_end,
            pieces=self._sent_pieces,
            words=self._sent_words,
            hold_seconds=self._hold_seconds,
            last_at=self._last_at,
            opened_at=self._opened_at,
            whole_word_at=self._whole_word_at,
            mark_at=self._mark_at,
        )

    def _joined(self, unheard: float) -> Cut:
        """Return a cut of one segment, or of several if there is time: a voice says them better together."""
        room = min(LONGEST_SEGMENT, unheard * _JOINED_A_SECOND, (_FULL_SECONDS - unheard) * _SPOKEN_A_SECOND)
        length, count = 0, 0
        at = self._due[0]
        for text, due in zip(self._segments, self._due, strict=True):
            if count and (length + len(text) > room or due > at):
                break
            length += len(text)
            count += 1
            if text.endswith("\n"):
                break
        joined = "".join(self._segments[index] for index in range(count)) if self._policy else ""
        return Cut(length, word_count(joined), at=at, segments=count)
