"""The flush policy: when text is sent to the voice, as functions of the text and the time.

`POLICIES` holds the numbers, `Rhythm` measures how quickly the text comes, and `Unfinished` tells where text
that is still being written may be cut, and when: each possible `Cut` names its conditions. Text that is
certain is sent a sentence at a time. Text that is still being written is cut where that does no harm, as late
as possible without a gap in the sound: an early first sound first, then prosody. With `Kind.SENTENCES` and
`Kind.WORDS` the user decides: a mark or a blank sends the text, however much is unheard.

Nothing here keeps text: `core.timing.feed` does. Times are seconds on a clock that only grows. "Unheard" is
speech that the voice was asked for and nobody has heard yet: sound that waits to be played, and the sound
that is expected of pieces that have none yet.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable
from enum import Enum
from math import inf
from statistics import median
from typing import Final, NamedTuple

from fishcaption.core.text.segmentation import clause_ends, is_dense, marks_end, sentence_ending, words
from fishcaption.core.text.sentence_ends import Ending


class Kind(Enum):
    """The way in which the text of an utterance comes."""

    CERTAIN = "certain"  # all of it at once: Enter, a paste, an opened file
    PIPED = "piped"  # a program writes it
    TYPED = "typed"  # a person types it, and a few words at a time are spoken
    SENTENCES = "sentences"  # a person types it, and a sentence at a time is spoken
    WORDS = "words"  # a person types it, and each word is spoken

    @property
    def is_typed(self) -> bool:
        """True if a person types the text."""
        return self in (Kind.TYPED, Kind.SENTENCES, Kind.WORDS)


class Policy(NamedTuple):
    """Numbers for text that is still being written. Two characters of Han, kana or Thai count as a word."""

    opening_words: float
    opening_seconds: float
    """The first piece has `opening_words` words; it waits at most `opening_seconds` after the first key."""
    clause_words: float
    """A clause of this many words is sent when the sound is about to run out, a longer one sooner."""
    run_words: float
    """This many words without a mark are sent when the sound is about to run out, more words sooner."""
    kept_words: float
    """A run of words keeps its last words back: the next piece begins better with them than without."""
    late_seconds: float
    """Two words are sent once the first has waited this long and no sound is left."""
    stop_rest: tuple[float, float]
    rest: tuple[float, float]
    blank_rest: tuple[float, float]
    inner_rest: tuple[float, float]
    doubt_rest: tuple[float, float]
    open_rest: tuple[float, float]
    """Rests: (least seconds, multiple of `Rhythm.seconds`); `_LONGEST_RESTS` and `_LONGEST_HOLD` limit them.

    A rest of the typist sends a sentence at its mark (`stop_rest`), the complete words before the last one
    (`rest`), the last word behind its blank (`blank_rest`), the last word that no blank ends (`inner_rest`),
    a sentence whose full stop may belong to a form, such as "5." or "p.m." (`doubt_rest`), and any other
    beginning of a form, such as "5 " or "Dr. " (`open_rest`).
    """
    zone: int
    """This many words behind a number may belong to it."""


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
"""With less unheard, the sound is about to run out: 0.3 s until a voice sounds, the device, and a margin."""

HOLD_SECONDS: Final = 0.5
"""A finished sentence waits this long for a change (`Kind.SENTENCES`). So does every change inside the text,
with any kind: between two keys of such a change, words stand there that nobody means."""

_WORD_STOP_REST: Final = (0.2, 1.5)
"""With `Kind.WORDS`, a full stop with nothing behind it may belong to "3.5" or "fish.org": see `Policy`."""

_OPEN_REST: Final = (1.2, 4.0)
"""The rest after the possible beginning of a form, where there is no policy: see `Policy.open_rest`."""

_LONGEST_RESTS: Final = 3.0  # a typist's rest is at most this many times its least seconds
_LONGEST_HOLD: Final = 8.0  # seconds: a program's rest is at most this long

_SOONER_WORDS: Final = 2.0  # this many more words are sent one second before the sound is about to run out
_START_RHYTHM: Final = 0.2  # seconds a key: 60 words a minute
_LONGEST_GAP: Final = 3.0  # seconds: a longer gap tells nothing of a typist's rhythm
_SHORT_GAP: Final = 0.1
_LONGEST_HALT: Final = 6.0  # seconds: a longer gap tells nothing of a program's rhythm
_KEYS_REMEMBERED: Final = 16
_KEYS_TO_LEARN: Final = 4
_KEYS_AT_ONCE: Final = 2  # more at once is a completion or a paste
_KEYS_A_WORD: Final = 5
_SHORT_WORD: Final = 4  # letters: a shorter word sounds bad alone, or at the end of a piece
_LATE_WORDS: Final = 2
_CLOSE_WORDS: Final = 2
SOON: Final = 1e-6
"""Seconds: a wait that is shorter is over, since a sleep may end a rounding error too early."""

_ADDRESS: Final = re.compile(r"://|@|^www\.|\w/|[?&]\w+=", re.IGNORECASE)
_MIXED: Final = re.compile(r"\d[^\W\d]+[!?]$|[^\W\d]\d+[!?]$")  # "p4ss!" of a password

Place = tuple[int, float]
"""(Code point where a text can be cut, words before it)."""


class Cut(NamedTuple):
    """A piece that may be sent once all conditions hold: the first ``length`` code points that were not."""

    length: int
    words: float
    unheard: float = inf  # at most so many seconds of speech are unheard
    rest: float = 0.0  # at least so many seconds have passed since the last key
    at: float = -inf  # this time has come
    segments: int = 0  # how many certain segments the piece is

    @property
    def is_free(self) -> bool:
        """True if there are no conditions."""
        return self.unheard == inf and not self.rest and self.at == -inf

    def wait(self, now: float, last_at: float, unheard: float) -> float:
        """Return the seconds until the piece may be sent if no key comes and the sound goes on."""
        return max(unheard - self.unheard, self.rest - (now - last_at), self.at - now)


class Rhythm:
    """The rhythm in which the text comes: the median gap between keys, or a program's longest recent gap.

    It scales the rests of a `Policy`: what is a long rest for one person is a short one for another.
    """

    def __init__(self, kind: Kind) -> None:
        self._kind = kind
        self._gaps: deque[float] = deque(maxlen=_KEYS_REMEMBERED)
        self.seconds = _START_RHYTHM if kind.is_typed else 0.0
        """Seconds between two keys, or of a program's longest gap within a sentence."""

    def note(self, keys: int, gap: float, is_within_sentence: Callable[[], bool]) -> None:
        """Learn from ``keys`` code points that came ``gap`` seconds after those before them."""
        if self._kind.is_typed and keys <= _KEYS_AT_ONCE and gap < _LONGEST_GAP:
            self._gaps.append(max(0.0, gap))
            if len(self._gaps) >= _KEYS_TO_LEARN:
                self.seconds = median(self._gaps)
        elif self._kind is Kind.PIPED and (
            # A short gap makes no rest longer; of the longer ones, those within a sentence count.
            gap <= _SHORT_GAP or (gap < _LONGEST_HALT and is_within_sentence())
        ):
            self._gaps.append(gap)
            if max(gap, self.seconds) > _SHORT_GAP:
                self.seconds = max(self._gaps)

    def rest(self, bounds: tuple[float, float]) -> float:
        """Return how many seconds without a key are a rest: see `Policy`."""
        least, rhythms = bounds
        longest = least * _LONGEST_RESTS if self._kind.is_typed else _LONGEST_HOLD
        return min(max(least, rhythms * self.seconds), longest)


class Unfinished(NamedTuple):
    """Text of an unfinished sentence that was not sent: tells where it may be cut, and when.

    ``begun`` is the part of the sentence that was sent already. ``can_say`` returns whether the voice has
    anything to say for a text; ``may_end`` whether the text can be cut behind this part of it, because
    nothing that follows changes how the part is read.
    """

    text: str
    begun: str
    kind: Kind
    language: str
    rhythm: Rhythm
    can_say: Callable[[str], bool]
    may_end: Callable[[str], bool]
    pieces: int  # sent so far
    words: float  # sent so far
    hold_seconds: float
    last_at: float  # when the last key came
    opened_at: float | None  # when the first key came after silence; None: it is not the first piece
    whole_word_at: float | None  # since when a complete word has waited
    mark_at: float | None  # since when the text has ended with a sentence's end; of `Kind.SENTENCES` only

    def cuts(self) -> list[Cut]:
        """Return where the text may be cut, and on which conditions; empty if no voice can say the text."""
        text = self.text
        if not self.can_say(text):
            return []
        policy = POLICIES.get(self.kind)
        if policy is not None:
            return self._policy_cuts(text, policy)
        if self.kind is Kind.WORDS:
            return self._word_cuts(text)
        if self.mark_at is not None:
            hold = self.hold_seconds
            if self._is_doubtful(text):
                hold = max(hold, self.rhythm.rest(_OPEN_REST))
            return [Cut(len(text), word_count(text), at=self.mark_at + hold)]
        return []

    def _policy_cuts(self, text: str, policy: Policy) -> list[Cut]:
        """Return the cuts of the policy.

        | the text                      | is sent                                                        |
        |-------------------------------|----------------------------------------------------------------|
        | a sentence's end and a blank  | at once                                                        |
        | a sentence's end              | when nothing follows it for a short rest                       |
        | a clause                      | when the sound is about to run out; a longer clause sooner     |
        | the first words after silence | at once, or a moment later if another word will be complete    |
        | a run of words                | when the sound is about to run out, without the last of them   |
        | two words that waited long    | when the sound is about to run out                             |
        | complete words                | when the typist rests, without the last of them                |
        | anything                      | when the typist rests long                                     |
        """
        stops = self._stop_cuts(text, policy)
        if stops and stops[0].is_free:
            return stops
        places = places_of(text)
        total = places[-1][1] if places else 0.0
        is_partial = not places or self.can_say(text[places[-1][0] :])
        rest = self.rhythm.rest(policy.inner_rest if is_partial else policy.blank_rest)
        if not self.may_end(text):
            rest = max(rest, self.rhythm.rest(policy.open_rest))
        cuts = [Cut(len(text), total + is_partial, DRY_SECONDS, rest), *stops]
        if settled := self._last_settled(text, places):
            cuts += self._clause_cuts(text, settled, policy)
            cuts += self._opening_cuts(text, settled, policy)
            cuts += self._run_cuts(text, settled, policy, keeps_all=is_partial or settled != places)
        return cuts

    def _word_cuts(self, text: str) -> list[Cut]:
        """Return the cuts of `Kind.WORDS`: each complete word, a number with the next or after a rest.

        Behind a mark that ends a sentence no blank is needed.
        """
        places = places_of(text)
        settled = self._last_settled(text, places)
        cuts = [Cut(*settled[-1])] if settled else []
        if places != settled:
            cuts.append(Cut(*places[-1], rest=self.rhythm.rest(_OPEN_REST)))
        if self._ending(f"{text.rstrip()} ") is not Ending.GOES_ON:
            is_doubtful = self._is_doubtful(text)
            rest = _OPEN_REST if is_doubtful else _WORD_STOP_REST if text.endswith(".") else (0.0, 0.0)
            cuts.append(Cut(len(text), word_count(text), rest=self.rhythm.rest(rest)))
        return cuts

    def _stop_cuts(self, text: str, policy: Policy) -> list[Cut]:
        body = text.rstrip()
        ending = self._ending(f"{body} ")
        if ending is Ending.GOES_ON:
            return []
        whole = Cut(len(text), word_count(text))
        if self._is_doubtful(text):
            # Somebody who answers "No." waits for the sound.
            is_lone = not self.begun and len(body.split()) == 1 and not body[-2:-1].isdigit()
            is_answer = self.kind.is_typed and is_lone and ending is Ending.OPEN
            rest = policy.stop_rest if is_answer else policy.doubt_rest if body == text else policy.open_rest
            return [whole._replace(unheard=DRY_SECONDS, rest=self.rhythm.rest(rest))]
        if body != text or self._ending(text) is Ending.OVER:
            return [whole]
        unheard = DRY_SECONDS if body.endswith(".") else inf
        return [whole._replace(unheard=unheard, rest=self.rhythm.rest(policy.stop_rest))]

    def _clause_cuts(self, text: str, places: list[Place], policy: Policy) -> list[Cut]:
        least = policy.clause_words if self.opened_at is None else policy.opening_words
        ends = [end for end in clause_ends(text) if end <= places[-1][0]]
        while ends and not self.may_end(text[: ends[-1]]):
            ends.pop()
        count = max((words for end, words in places if ends and end <= ends[-1]), default=0.0)
        if count < least:
            return []
        return [Cut(ends[-1], count, DRY_SECONDS + (count - least) / _SOONER_WORDS)]

    def _opening_cuts(self, text: str, places: list[Place], policy: Policy) -> list[Cut]:
        end, count = places[-1]
        if self.opened_at is None or count < policy.opening_words or not self._is_worth(count, policy):
            return []
        at = self.opened_at + policy.opening_seconds
        is_short = count < 2 and len(text[:end].strip()) < _SHORT_WORD
        if self.kind.is_typed and not is_short and self.last_at + _KEYS_A_WORD * self.rhythm.seconds > at:
            at = -inf  # no other word will be complete by then
        return [Cut(end, count, DRY_SECONDS, at=at)]

    def _run_cuts(self, text: str, places: list[Place], policy: Policy, *, keeps_all: bool) -> list[Cut]:
        """Return cuts at ``places``, the last of which may be cut; with ``keeps_all`` words follow it."""
        cuts: list[Cut] = []
        total = places[-1][1]
        run = total - policy.kept_words
        if run >= policy.run_words:
            end, count = self._best_end(text, places, run)
            cuts.append(Cut(end, count, DRY_SECONDS + (run - policy.run_words) / _SOONER_WORDS))
        if total >= _LATE_WORDS and self.whole_word_at is not None:
            cuts.append(Cut(*places[-1], DRY_SECONDS, at=self.whole_word_at + policy.late_seconds))
        rested = [place for place in places if place[1] <= (total if keeps_all else run)]
        rested = self._last_settled(text, rested)
        if rested and rested[-1][1] > policy.kept_words:
            cuts.append(Cut(*rested[-1], DRY_SECONDS, self.rhythm.rest(policy.rest)))
        return [cut for cut in cuts if self._is_worth(cut.words, policy)]

    def _best_end(self, text: str, places: list[Place], most: float) -> Place:
        """Return where a run ends: behind a long word if one is near; a short one leans on the next."""
        ends = self._last_settled(text, [place for place in places if place[1] <= most])
        for end, count in reversed(ends):
            if count < max(2, most - _CLOSE_WORDS):
                break
            body = text[:end].rstrip()
            if len(body) - _last_blank(text, 0, len(body)) > _SHORT_WORD and self.may_end(text[:end]):
                return end, count
        return ends[-1] if ends else places[-1]

    def _last_settled(self, text: str, places: list[Place]) -> list[Place]:
        """Return the places up to the last one where the text may be cut."""
        for index in range(len(places), 0, -1):
            if self.may_end(text[: places[index - 1][0]]):
                return places[:index]
        return []

    def _is_worth(self, count: float, policy: Policy) -> bool:
        """Return whether pieces stay two words long on average if one of so many words is sent."""
        return policy.kept_words == 0 or 2 * self.pieces < self.words + count

    def _is_doubtful(self, text: str) -> bool:
        """Return whether a full stop at the end may belong to a form: "5.", "docs.example.", "p.m."."""
        body = text.rstrip()
        token = body.split()[-1]
        is_inside = bool(_ADDRESS.search(token) or _MIXED.search(token))
        if not body.endswith(".") or body.endswith(".."):
            return is_inside and body == text
        is_open = self._ending(f"{body} ") is not Ending.OVER
        return is_open or (body == text and (is_inside or body[-2:-1].isdigit() or "." in token[:-1]))

    def _ending(self, text: str) -> Ending:
        """Return whether the sentence is over at the end of the text, as far as is known."""
        return sentence_ending(self.begun + text, language=self.language)


def places_of(text: str) -> list[Place]:
    """Return the places behind complete words where the text can be cut."""
    spans = words(text)
    places: list[Place] = []
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


def word_count(text: str) -> float:
    """Return the number of words; one of a script without blanks counts as half a word."""
    return sum(0.5 if is_dense(text[span.start : span.end]) else 1.0 for span in words(text))
