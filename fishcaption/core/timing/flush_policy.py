"""When text is given to the voice: the flush policy.

`Feed` takes the text of one utterance as it comes and gives it away in pieces; each piece is flushed at its
end. Text that is certain goes a sentence at a time. Text that is still being written goes where it can be cut
without harm, as late as the ear allows and no later: first sound early, then prosody. The rules stand at
`Feed._seen_in`, their numbers in `POLICIES`. Who wants to decide it by hand speaks by the sentence or by the
word: there a mark or a blank gives the text away, and the ear is not asked.

Time comes in as ``now`` (seconds on a clock that only grows): the same calls give the same pieces. "Unheard"
is speech the voice was asked for and the ear has not had: sound that waits to be heard, and the sound that is
expected of pieces that have none yet.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum
from math import inf
from statistics import median
from typing import Final

from fishcaption.core.errors import InputError
from fishcaption.core.speech import Piece
from fishcaption.core.text.open_forms import may_go_on
from fishcaption.core.text.segmentation import (
    LONGEST_SEGMENT,
    SHORTEST_PART,
    Segment,
    Segmenter,
    clause_ends,
    is_dense,
    marks_end,
    sentence_ending,
    speakable,
    words,
)
from fishcaption.core.text.sentence_ends import JUDGED, Ending


class Kind(Enum):
    """How the text of an utterance comes."""

    CERTAIN = "certain"  # all there is, at once: Enter, a paste, an opened file
    PIPED = "piped"  # a program writes it
    TYPED = "typed"  # hands write it, a few words at a time are spoken
    SENTENCES = "sentences"  # hands write it, a sentence at a time is spoken
    WORDS = "words"  # hands write it, word by word is spoken


@dataclass(frozen=True, slots=True)
class Policy:
    """Numbers for text that is still being written. Two characters of Han, kana or Thai count as a word."""

    opening_words: float
    opening_seconds: float
    """The first piece has so many words; it is not held longer than this after the first key."""
    clause_words: float
    """A clause of so many words goes when the ear is about to run dry, a longer one sooner."""
    run_words: float
    """So many words go without any mark between them when the ear is about to run dry, more sooner."""
    kept_words: float
    """A run keeps so many words back: the next piece begins better with them than without."""
    late_seconds: float
    """When the ear is dry, two words go once the first has waited this long."""
    stop_rest: tuple[float, float]
    rest: tuple[float, float]
    blank_rest: tuple[float, float]
    inner_rest: tuple[float, float]
    doubt_rest: tuple[float, float]
    open_rest: tuple[float, float]
    """Rests: seconds at least, and times the rhythm, which is that of the hands, or, of what a program
    writes, its longest gap of late within a sentence (but see `_LONGEST_RESTS` and `_LONGEST_HOLD`).

    Resting hands end a sentence at its mark (`stop_rest`), give away the complete words before the last one
    (`rest`), the last word behind its blank (`blank_rest`), the last word that no blank ends (`inner_rest`),
    a sentence whose full stop may belong to a form, "5." or "p.m." (`doubt_rest`), and any other beginning of
    a form, "5 " or "Dr. " (`open_rest`).
    """
    zone: int
    """So many words behind a number may belong to it."""


POLICIES: Final = {
    Kind.PIPED: Policy(
        opening_words=3,
        opening_seconds=0.5,
        clause_words=4,
        run_words=8,
        kept_words=0,
        late_seconds=2.0,
        stop_rest=(0.15, 1.5),
        rest=(0.7, 0),
        blank_rest=(0.7, 0),
        inner_rest=(3.0, 2.0),
        doubt_rest=(3.2, 2.0),
        open_rest=(6.5, 2.0),
        zone=2,
    ),
    Kind.TYPED: Policy(
        opening_words=1,
        opening_seconds=1.0,
        clause_words=3,
        run_words=3,
        kept_words=1,
        late_seconds=4.0,
        stop_rest=(0.3, 1.5),
        rest=(0.35, 2.5),
        blank_rest=(1.2, 4.0),
        inner_rest=(1.8, 6.0),
        doubt_rest=(1.2, 4.0),
        open_rest=(1.2, 4.0),
        zone=1,
    ),
}
"""Simulated at 60 words a minute over 120 characters: first sound after 1.3 s, 0.4 pieces a word."""

DRY_SECONDS: Final = 0.8
"""With no more unheard the ear is about to run dry: 0.3 s to a voice's sound, the device, and margin."""

HOLD_SECONDS: Final = 0.5
"""A sentence that was ended waits so long for a change (`Kind.SENTENCES`), and so does a change inside of
what stands already, in every mode: between two keys of it there are words that nobody means."""

_WORD_STOP_REST: Final = (0.2, 1.5)
"""In `Kind.WORDS` a full stop with nothing behind it may belong to "3.5" or "fish.org": see `Policy.rest`."""

_OPEN_REST: Final = (1.2, 4.0)
"""What may be the beginning of a form, where there is no policy: see `Policy.open_rest`."""

_LONGEST_RESTS: Final = 3.0  # hands: a rest is never asked to be longer than this many times its least
_LONGEST_HOLD: Final = 8.0  # a program: nor longer than these seconds

_SOONER_WORDS: Final = 2.0  # each second by which the ear is not dry yet asks for so many words more
_START_RHYTHM: Final = 0.2  # seconds a key: 60 words a minute
_LONGEST_GAP: Final = 3.0  # seconds: a longer one says nothing of the hands' rhythm
_SHORT_GAP: Final = 0.1
_LONGEST_HALT: Final = 6.0  # seconds: nor of a program's
_KEYS_REMEMBERED: Final = 16
_KEYS_TO_LEARN: Final = 4
_KEYS_AT_ONCE: Final = 2  # more is no key, but a completion or a paste
_KEYS_A_WORD: Final = 5
_SHORT_WORD: Final = 4  # letters, at least, that a word has which stands well alone or at an end
_LATE_WORDS: Final = 2
_CLOSE_WORDS: Final = 2
_SOON: Final = 1e-6  # a sleep may end a float's breadth early

_SEGMENTS_AT_HAND: Final = 8
_READ_AHEAD: Final = 2000  # code points the segmenter gets at once: a pasted megabyte is cut as it is spoken
_JOINED_A_SECOND: Final = 60  # code points a piece is filled up to, for each second that is unheard
_FULL_SECONDS: Final = 20.0  # unheard: no owner wants more
_SPOKEN_A_SECOND: Final = 15  # code points, about


_ADDRESS: Final = re.compile(r"://|@|^www\.|\w/|[?&]\w+=", re.IGNORECASE)
_MIXED: Final = re.compile(r"\d[^\W\d]+[!?]$|[^\W\d]\d+[!?]$")  # "p4ss!" of a password

_Place = tuple[int, float]
"""Where a text can be cut, and how many words stand before."""


@dataclass(frozen=True, slots=True)
class _Cut:
    """A piece that may go: ``length`` of the unsent text, under conditions that time alone brings about."""

    length: int
    words: float
    unheard: float = inf  # seconds of unheard speech, at most
    rest: float = 0.0  # seconds since the last key, at least
    at: float = -inf  # not before
    segments: int = 0  # how many certain ones these are

    @property
    def is_free(self) -> bool:
        """Whether it waits for nothing."""
        return self.unheard == inf and not self.rest and self.at == -inf

    def wait(self, now: float, last_at: float, unheard: float) -> float:
        """Seconds until the piece may go if no key comes and the ear goes on hearing."""
        return max(unheard - self.unheard, self.rest - (now - last_at), self.at - now)


def _never(_: str) -> bool:
    return False


class Feed:
    """The text of one utterance on its way to the voice.

    The owner calls `push` or `set_text`, then `take` until it gives None; it takes again after more text,
    after `wake_seconds`, and when ``unheard_seconds`` changes by more than time explains. How much may be
    unheard at most is the owner's to say: it just does not take. While the sound is paused, time brings
    nothing about: there is no need to wake.

    ``can_say`` tells whether a voice has anything to say for a text: a text without a word may be read, too.
    ``may_go_on`` tells of a text that ends behind a word whether what follows may change how its end is read,
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
        self._is_typed = kind in (Kind.TYPED, Kind.SENTENCES, Kind.WORDS)
        self._language = language
        self._hold_seconds = hold_seconds
        self._can_say = can_say
        self._may_go_on = may_go_on
        self._begun = ""  # of a sentence whose rest was not given away
        self._settled: dict[int, bool] = {}  # by place: whether what follows cannot change how it is read
        self._sent: list[str] = []
        self._sent_end = 0
        self._sent_words = 0.0
        # The unsent text, in order: what no voice can say alone, certain segments, what the segmenter has,
        # what it was not given yet.
        self._lead = ""
        self._segments: deque[str] = deque()
        self._due: deque[float] = deque()  # from when on each of them may go
        self._segmenter = Segmenter(language)
        self._unread = ""
        self._read = 0  # of `_unread`
        self._incoming: list[str] = []
        self._read_to = 0  # where the segmenter is in the utterance's text
        self._length = 0
        self._certain = 0  # text before this waits for nothing
        self._is_closed = False
        self._opened_at: float | None = None  # the first key of a piece that is awaited; None: it is not
        self._last_at = -inf
        self._whole_word_at: float | None = None  # since when a complete word has waited
        self._mark_at: float | None = None  # since when the unfinished text has ended with a sentence's end
        self._held_until = -inf  # what stands here is being changed
        self._gaps: deque[float] = deque(maxlen=_KEYS_REMEMBERED)
        self._rhythm = _START_RHYTHM if self._is_typed else 0.0
        self._seen: list[_Cut] | None = None  # what `_seen_in` gave for the text as it is

    @property
    def sent_end(self) -> int:
        """Text before this was given away. A rest that no voice can say counts as given when closed."""
        self._read_on()
        return self._sent_end

    @property
    def unsent(self) -> str:
        """Text that was not given away."""
        parts = (self._lead, *self._segments, self._segmenter.pending, self._unread[self._read :])
        return "".join((*parts, *self._incoming))

    @property
    def done(self) -> bool:
        """Closed, and nothing is left that a voice could say."""
        self._read_on()
        return self._is_closed and self._sent_end == self._length

    @property
    def length(self) -> int:
        """Code points of all text, given away or not."""
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
        """Take this for the whole text of the utterance: it may differ in what was not given away.

        Where it was changed before its end it waits for `HOLD_SECONDS`: see there.

        Raises InputError, and changes nothing, after `close` or where what was given away is different.
        """
        self._refuse_if_closed()
        sent, unsent = self._sent_text(), self.unsent
        if not text.startswith(sent):
            raise InputError("What has been given to the voice cannot be changed.")
        if text.startswith(unsent, len(sent)):
            self.push(text[self._length :], now)
            return
        self._note_keys(1, now)
        is_cut_back = unsent.startswith(text[len(sent) :])
        # What was said to be certain ends as far before the end as it did.
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
        """Give nothing away for a moment: what stands here is in the middle of a change."""
        self._held_until = now + self._hold_seconds

    def say_so_far(self, now: float) -> None:
        """All that stands here waits for nothing any more, be it half a word; the utterance goes on."""
        self._certain = self._length
        self._held_until = -inf
        self._due = deque([-inf] * len(self._segments))
        self._seen = None

    def close(self, now: float) -> None:
        """No more text will come: the rest waits for nothing."""
        self._is_closed = True
        self.say_so_far(now)

    def part(self) -> None:
        """Forget what was not given away: the text ends where the voice has it, and no more will come."""
        self._lead, self._unread, self._read = "", "", 0
        self._segments.clear()
        self._due.clear()
        self._segmenter = Segmenter(self._language)
        self._incoming = []
        self._length = self._certain = self._read_to = self._sent_end
        self._is_closed = True
        self._seen = None

    def take(self, now: float, unheard_seconds: float) -> Piece | None:
        """Give the next piece away if its time has come; what was given away is fixed."""
        if now < self._held_until - _SOON:
            return None
        due = [
            cut
            for cut in self._cuts(unheard_seconds)
            if cut.wait(now, self._last_at, unheard_seconds) <= _SOON
        ]
        return self._give(max(due, key=lambda cut: cut.length), now) if due else None

    def wake_seconds(self, now: float, unheard_seconds: float) -> float | None:
        """Return after how long `take` will give a piece if no text comes and the ear goes on hearing.

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
        if self._is_typed and keys <= _KEYS_AT_ONCE and gap < _LONGEST_GAP:
            self._gaps.append(max(0.0, gap))
            if len(self._gaps) >= _KEYS_TO_LEARN:
                self._rhythm = median(self._gaps)
        elif self._kind is Kind.PIPED and (
            # A short one makes no rest longer; of the others those count that stand within a sentence.
            gap <= _SHORT_GAP or (gap < _LONGEST_HALT and self._is_within_sentence())
        ):
            self._gaps.append(gap)
            if max(gap, self._rhythm) > _SHORT_GAP:
                self._rhythm = max(self._gaps)
        if self._policy and gap > self._rest(self._policy.blank_rest) and not self._has_words():
            # Hands begin, or begin again after all was given away: someone waits for the next sound.
            self._opened_at = now
        self._last_at = now
        self._seen = None

    def _note_words(self, now: float) -> None:
        """Remember since when a complete word has waited."""
        if self._policy and self._whole_word_at is None:
            self._read_on()
            if _places(self._segmenter.pending):
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

    def _rest(self, bounds: tuple[float, float]) -> float:
        least, rhythms = bounds
        longest = least * _LONGEST_RESTS if self._is_typed else _LONGEST_HOLD
        return min(max(least, rhythms * self._rhythm), longest)

    def _read_on(self) -> None:
        """Have a few certain segments at hand, or all there are; drop an end that no voice can say."""
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
        """From when on the segment that has just become certain may go."""
        if self._kind is not Kind.SENTENCES or self._read_to <= self._certain:
            return -inf
        ended_at, self._mark_at = self._mark_at, None
        return (self._last_at if ended_at is None else ended_at) + self._hold_seconds

    def _give(self, cut: _Cut, now: float) -> Piece:
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
        self._sent_end += len(text)
        self._sent_words += cut.words
        self._opened_at = None
        self._whole_word_at = None
        self._seen = None
        self._note_words(now)
        self._note_mark(now)
        return piece

    def _left_begun(self, given: str) -> str:
        """Of the sentence with which this ends, what the next piece goes on with; empty where it is over."""
        is_over = given.endswith("\n") or self._ending(given.rstrip() + " ") is Ending.OVER
        return "" if is_over else (self._begun + given)[-JUDGED:]

    def _ending(self, text: str) -> Ending:
        """What is known of the sentence at the end of unsent text."""
        return sentence_ending(self._begun + text, language=self._language)

    def _may_end(self, text: str) -> bool:
        """Whether unsent text may be cut at its end, where a word ends: what follows does not change it."""
        place = self._read_to - len(self._segmenter.pending) + len(text)
        if place not in self._settled:
            zone = self._policy.zone if self._policy else 0
            is_open = may_go_on(text, self._language, words=zone) or self._may_go_on(text)
            self._settled[place] = not is_open
        return self._settled[place]

    def _last_settled(self, text: str, places: list[_Place]) -> list[_Place]:
        """The places up to the last one where the text may be cut."""
        for index in range(len(places), 0, -1):
            if self._may_end(text[: places[index - 1][0]]):
                return places[:index]
        return []

    def _cuts(self, unheard: float) -> list[_Cut]:
        self._read_on()
        if self._segments:
            return [self._joined(unheard)]
        if self._seen is None:
            self._seen = self._unfinished_cuts(self._segmenter.pending)
        return self._seen

    def _unfinished_cuts(self, text: str) -> list[_Cut]:
        if not self._can_say(text):
            return []
        if self._policy is not None:
            return self._seen_in(text, self._policy)
        if self._kind is Kind.WORDS:
            return self._word_cuts(text)
        if self._mark_at is not None:  # it is noted by the sentence only
            hold = self._hold_seconds
            if self._is_doubtful(text):
                hold = max(hold, self._rest(_OPEN_REST))
            return [_Cut(len(text), _count(text), at=self._mark_at + hold)]
        return []

    def _word_cuts(self, text: str) -> list[_Cut]:
        """Every complete word goes at once, a number with the next one or after a rest.

        Behind a mark that ends a sentence no blank is needed.
        """
        places = _places(text)
        settled = self._last_settled(text, places)
        cuts = [_Cut(*settled[-1])] if settled else []
        if places != settled:
            cuts.append(_Cut(*places[-1], rest=self._rest(_OPEN_REST)))
        if self._ending(f"{text.rstrip()} ") is not Ending.GOES_ON:
            is_doubtful = self._is_doubtful(text)
            rest = _OPEN_REST if is_doubtful else _WORD_STOP_REST if text.endswith(".") else (0.0, 0.0)
            cuts.append(_Cut(len(text), _count(text), rest=self._rest(rest)))
        return cuts

    def _is_doubtful(self, text: str) -> bool:
        """Whether a full stop at the end may belong to a form: "5.", "docs.example.", "p.m."."""
        body = text.rstrip()
        token = body.split()[-1]
        is_inside = bool(_ADDRESS.search(token) or _MIXED.search(token))
        if not body.endswith(".") or body.endswith(".."):
            return is_inside and body == text
        is_open = self._ending(f"{body} ") is not Ending.OVER
        return is_open or (body == text and (is_inside or body[-2:-1].isdigit() or "." in token[:-1]))

    def _joined(self, unheard: float) -> _Cut:
        """One segment; several where there is time, since a voice says them better together."""
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
        return _Cut(length, _count(joined), at=at, segments=count)

    def _seen_in(self, text: str, policy: Policy) -> list[_Cut]:
        """Where unfinished text may be cut, and when.

        | what stands there                      | goes                                                |
        |----------------------------------------|-----------------------------------------------------|
        | a sentence's end and a blank           | at once                                             |
        | a sentence's end                       | when nothing follows it for a short rest            |
        | a clause                               | when the ear runs dry; a longer one sooner          |
        | the first words after silence          | at once, or a moment later if more words will stand |
        | a run of words                         | when the ear runs dry, but for the last of them     |
        | two words that waited long             | when the ear runs dry                               |
        | complete words                         | when hands rest, but for the last of them           |
        | anything                               | when hands rest long                                |
        """
        stops = self._stop_cuts(text, policy)
        if stops and stops[0].is_free:
            return stops
        places = _places(text)
        total = places[-1][1] if places else 0.0
        is_partial = not places or self._can_say(text[places[-1][0] :])
        rest = self._rest(policy.inner_rest if is_partial else policy.blank_rest)
        if not self._may_end(text):
            rest = max(rest, self._rest(policy.open_rest))
        cuts = [_Cut(len(text), total + is_partial, DRY_SECONDS, rest), *stops]
        if settled := self._last_settled(text, places):
            cuts += self._clause_cuts(text, settled, policy)
            cuts += self._opening_cuts(text, settled, policy)
            cuts += self._run_cuts(text, settled, policy, keeps_all=is_partial or settled != places)
        return cuts

    def _stop_cuts(self, text: str, policy: Policy) -> list[_Cut]:
        body = text.rstrip()
        ending = self._ending(f"{body} ")
        if ending is Ending.GOES_ON:
            return []
        whole = _Cut(len(text), _count(text))
        if self._is_doubtful(text):
            # Hands that answer "No." wait for the sound.
            is_lone = not self._begun and len(body.split()) == 1 and not body[-2:-1].isdigit()
            is_answer = self._is_typed and is_lone and ending is Ending.OPEN
            rest = policy.stop_rest if is_answer else policy.doubt_rest if body == text else policy.open_rest
            return [replace(whole, unheard=DRY_SECONDS, rest=self._rest(rest))]
        if body != text or self._ending(text) is Ending.OVER:
            return [whole]
        unheard = DRY_SECONDS if body.endswith(".") else inf
        return [replace(whole, unheard=unheard, rest=self._rest(policy.stop_rest))]

    def _clause_cuts(self, text: str, places: list[_Place], policy: Policy) -> list[_Cut]:
        least = policy.clause_words if self._opened_at is None else policy.opening_words
        ends = [end for end in clause_ends(text) if end <= places[-1][0]]
        while ends and not self._may_end(text[: ends[-1]]):
            ends.pop()
        count = max((words for end, words in places if ends and end <= ends[-1]), default=0.0)
        if count < least:
            return []
        return [_Cut(ends[-1], count, DRY_SECONDS + (count - least) / _SOONER_WORDS)]

    def _opening_cuts(self, text: str, places: list[_Place], policy: Policy) -> list[_Cut]:
        end, count = places[-1]
        if self._opened_at is None or count < policy.opening_words or not self._is_worth(count, policy):
            return []
        at = self._opened_at + policy.opening_seconds
        is_short = count < 2 and len(text[:end].strip()) < _SHORT_WORD
        if self._is_typed and not is_short and self._last_at + _KEYS_A_WORD * self._rhythm > at:
            at = -inf  # no other word will be complete by then
        return [_Cut(end, count, DRY_SECONDS, at=at)]

    def _run_cuts(self, text: str, places: list[_Place], policy: Policy, *, keeps_all: bool) -> list[_Cut]:
        """``places`` end where the text may be cut; with ``keeps_all`` that is before its last word."""
        cuts: list[_Cut] = []
        total = places[-1][1]
        run = total - policy.kept_words
        if run >= policy.run_words:
            end, count = self._best_end(text, places, run)
            cuts.append(_Cut(end, count, DRY_SECONDS + (run - policy.run_words) / _SOONER_WORDS))
        if total >= _LATE_WORDS and self._whole_word_at is not None:
            cuts.append(_Cut(*places[-1], DRY_SECONDS, at=self._whole_word_at + policy.late_seconds))
        rested = [place for place in places if place[1] <= (total if keeps_all else run)]
        rested = self._last_settled(text, rested)
        if rested and rested[-1][1] > policy.kept_words:
            cuts.append(_Cut(*rested[-1], DRY_SECONDS, self._rest(policy.rest)))
        return [cut for cut in cuts if self._is_worth(cut.words, policy)]

    def _best_end(self, text: str, places: list[_Place], most: float) -> _Place:
        """Where to end a run: behind a long word, if one is close; short ones lean on what follows."""
        ends = self._last_settled(text, [place for place in places if place[1] <= most])
        for end, count in reversed(ends):
            if count < max(2, most - _CLOSE_WORDS):
                break
            body = text[:end].rstrip()
            if len(body) - _last_blank(text, 0, len(body)) > _SHORT_WORD and self._may_end(text[:end]):
                return end, count
        return ends[-1] if ends else places[-1]

    def _is_worth(self, count: float, policy: Policy) -> bool:
        """Whether pieces stay two words long on average with one of so many words; the first may be short."""
        return policy.kept_words == 0 or 2 * len(self._sent) < self._sent_words + count


def _places(text: str) -> list[_Place]:
    """Where the text can be cut behind complete words, and how many of them stand before each place."""
    spans = words(text)
    places: list[_Place] = []
    count = 0.0
    for index, span in enumerate(spans):
        following = spans[index + 1].start if index + 1 < len(spans) else len(text)
        is_half = is_dense(text[span.start : span.end])
        count += 0.5 if is_half else 1.0
        blank = _last_blank(text, span.end, following)
        if blank >= 0:
            places.append((blank + 1, count))
        elif is_half:
            places.append((marks_end(text, span.end, following), count))
    return places


def _last_blank(text: str, start: int, end: int) -> int:
    for index in range(end - 1, start - 1, -1):
        if text[index].isspace():
            return index
    return -1


def _count(text: str) -> float:
    return sum(0.5 if is_dense(text[span.start : span.end]) else 1.0 for span in words(text))
