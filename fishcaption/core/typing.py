"""When text is given to the voice: the flush policy.

`Feed` takes the text of one utterance as it comes and gives it away in pieces; each piece is flushed at its end.
Text that is certain goes a sentence at a time. Text that is still being written goes where it can be cut without
harm, as late as the ear allows and no later: first sound early, then prosody. `POLICIES` holds the numbers.

Time comes in as ``now`` (seconds on any clock that only grows), never from a clock: the same calls give the same
pieces. "Unheard" is speech that the voice was given and the ear has not had: audio that is not heard yet, and what
pieces without audio yet are expected to have.
"""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass
from enum import Enum
from statistics import median
from typing import Final

from fishcaption.core.errors import InputError
from fishcaption.core.speech import Piece
from fishcaption.core.text import LONGEST_SEGMENT, Segmenter, is_sentence_end, speakable, words


class Kind(Enum):
    """How the text of an utterance comes."""

    CERTAIN = "certain"  # all there is, at once: Enter, a paste, an opened file
    PIPED = "piped"  # a program writes it
    TYPED = "typed"  # hands write it, and may change what was not given away


@dataclass(frozen=True, slots=True)
class Policy:
    """The numbers of the policy for text that is still being written. Words count a half in Han, kana and Thai."""

    first_wait_seconds: float
    """The first piece is not held longer than this after the first key, once ``first_words`` are complete."""
    first_words: int
    clause_words: int
    """Words before a clause mark that make a piece when the ear is about to run dry; more while it is not."""
    run_words: int
    """Words in a row without any mark that make a piece then, one more being kept back."""
    oldest_seconds: float
    """Two complete words make a piece when the ear is dry and the first has waited this long."""
    stop_rest_seconds: float
    """A sentence mark with no blank behind it ends the sentence after this rest."""
    rest_seconds: tuple[float, float]
    """Bounds of the rest after which complete words go; between them 2.5 times the rhythm."""
    long_rest_seconds: tuple[float, float]
    """Bounds of the rest after which the last word is complete too; between them 4 times the rhythm."""


POLICIES: Final = {
    Kind.PIPED: Policy(
        first_wait_seconds=0.5,
        first_words=3,
        clause_words=4,
        run_words=8,
        oldest_seconds=2.0,
        stop_rest_seconds=0.15,
        rest_seconds=(0.7, 0.7),
        long_rest_seconds=(1.5, 1.5),
    ),
    Kind.TYPED: Policy(
        first_wait_seconds=1.0,
        first_words=1,
        clause_words=3,
        run_words=3,
        oldest_seconds=4.0,
        stop_rest_seconds=0.3,
        rest_seconds=(0.35, 1.5),
        long_rest_seconds=(1.2, 6.0),
    ),
}

AHEAD_SECONDS: Final = 20.0
"""With so much unheard nothing is given away: stopping early then costs nothing."""

DRY_SECONDS: Final = 0.8
"""With no more unheard than this the ear is about to run dry: a voice's 0.3 s to first audio, and margin."""

_WORDS_PER_UNHEARD_SECOND: Final = 2.0
_START_RHYTHM_SECONDS: Final = 0.2  # 60 words a minute
_LONGEST_GAP_SECONDS: Final = 3.0
_KEYS_REMEMBERED: Final = 16
_KEYS_A_WORD: Final = 5
_SOON: Final = 1e-6  # a sleep may end a float's breadth early

_READ_AHEAD: Final = (
    2000  # code points given to the segmenter at once: a pasted megabyte is cut as it is spoken
)
_JOIN: Final = ((8.0, LONGEST_SEGMENT), (2.0, 120))  # (unheard seconds, code points a piece is filled up to)

_SENTENCE_END: Final = re.compile(r"[.!?…。！？।؟۔]+[\"'”’»)\]」』*_]*(\s*)$")
_CLAUSE_END: Final = re.compile(r"(?:[,;:–—](?=\s)|[，、；：،؛])[\"'”’»)\]」』）]*\s*|\s[–—-]\s+")
_LIST_NUMBER: Final = re.compile(r"\s*[(\[]?(?:\d{1,3}|[A-Za-z])[.)\]]+\s*")
_LAST_BLANK: Final = re.compile(r".*\s", re.DOTALL)
_MARKS: Final = re.compile(r"[^\s(\[{“‘„«「『（《〈]*")


@dataclass(frozen=True, slots=True)
class _Cut:
    """A piece that could go ``wait`` seconds from now if nothing new comes and the ear goes on hearing."""

    wait: float
    length: int
    words: float = 0.0


class Feed:
    """The text of one utterance on its way to the voice.

    The owner calls `push` (or `set_text`), then `take` until it gives None, then waits for the next text, for what
    changes ``unheard_seconds`` by more than time does, or for `wake_seconds`, and takes again. While the sound is
    paused ``unheard_seconds`` stands still: then `wake_seconds` is too early, and only text is worth waking for.
    """

    def __init__(self, kind: Kind, language: str = "en") -> None:
        self._policy = POLICIES.get(kind)
        self._language = language
        self._sent: list[str] = []
        self._sent_end = 0
        self._sent_words = 0.0
        # What is unsent, in order: blanks and marks that no voice can say alone, certain segments, what the
        # segmenter holds, what it was not given yet.
        self._lead = ""
        self._segments: deque[str] = deque()
        self._segmenter = Segmenter(language)
        self._unread = ""
        self._read = 0  # of `_unread`
        self._incoming: list[str] = []
        self._certain = 0  # all of the utterance's text before this goes without waiting for more
        self._length = 0
        self._is_closed = False
        self._first_at: float | None = None
        self._last_at = 0.0
        self._whole_word_at: float | None = None  # since when a complete word waits
        self._gaps: deque[float] = deque(maxlen=_KEYS_REMEMBERED)
        self._rhythm = _START_RHYTHM_SECONDS

    @property
    def sent_end(self) -> int:
        """Text before this was given away. Where only blanks and marks were left at the end, they count as given."""
        self._read_on()
        return self._sent_end

    @property
    def unsent(self) -> str:
        """Text that was not given away."""
        return (
            self._lead
            + "".join(self._segments)
            + self._segmenter.pending
            + self._unread[self._read :]
            + "".join(self._incoming)
        )

    @property
    def done(self) -> bool:
        """Closed, and nothing is left that a voice could say."""
        self._read_on()
        return self._is_closed and self._sent_end == self._length

    def push(self, text: str, now: float) -> None:
        """Append text. Raises InputError after `close`."""
        if self._is_closed:
            raise InputError("This utterance has ended; new text begins another one.")
        if not text:
            return
        self._note_activity(len(text), now)
        self._incoming.append(text)
        self._length += len(text)
        self._note_whole_word(now)

    def set_text(self, text: str, now: float) -> None:
        """The whole text of the utterance is this now: it may differ in what was not given away.

        Raises InputError, and changes nothing, when what was given away is not its beginning.
        """
        if self._is_closed:
            raise InputError("This utterance has ended; new text begins another one.")
        sent = self._sent_text()
        if not text.startswith(sent):
            raise InputError("What has been given to the voice cannot be changed.")
        if len(text) == self._length and text.endswith(self.unsent):
            return
        if len(text) > self._length and text.startswith(self.unsent, len(sent)):
            self.push(text[self._length :], now)
            return
        self._note_activity(1, now)
        self._certain = max(0, min(self._certain, len(text) - (self._length - self._certain)))
        self._replace_unsent(text[len(sent) :])
        self._length = len(text)
        self._whole_word_at = None
        self._note_whole_word(now)

    def say_so_far(self, now: float) -> None:
        """All that stands here goes as soon as the window allows, without ending the utterance."""
        self._certain = self._length

    def close(self, now: float) -> None:
        """No more text will come: the rest goes as soon as the window allows."""
        self._is_closed = True
        self._certain = self._length

    def take(self, now: float, unheard_seconds: float) -> Piece | None:
        """Give the next piece away if its time has come; what is given away is fixed."""
        self._read_on()
        due = [cut for cut in self._cuts(now, unheard_seconds) if cut.wait <= _SOON]
        if not due:
            return None
        return self._give(max(due, key=lambda cut: cut.length), now)

    def wake_seconds(self, now: float, unheard_seconds: float) -> float | None:
        """After how long `take` will have a piece if no text comes and the ear goes on hearing; None: never."""
        self._read_on()
        return min((max(0.0, cut.wait) for cut in self._cuts(now, unheard_seconds)), default=None)

    def _sent_text(self) -> str:
        if len(self._sent) > 1:
            self._sent = ["".join(self._sent)]
        return self._sent[0] if self._sent else ""

    def _replace_unsent(self, text: str) -> None:
        self._lead, self._unread, self._read = "", "", 0
        self._segments.clear()
        self._segmenter = Segmenter(self._language)
        self._incoming = [text]

    def _note_activity(self, keys: int, now: float) -> None:
        if self._first_at is None:
            self._first_at = now
        elif keys <= 2:
            self._gaps.append(min(_LONGEST_GAP_SECONDS, max(0.0, now - self._last_at)))
            if len(self._gaps) >= 4:
                self._rhythm = median(self._gaps)
        self._last_at = now

    def _note_whole_word(self, now: float) -> None:
        if self._policy and self._whole_word_at is None:
            self._read_on()
            if _positions(self._segmenter.pending):
                self._whole_word_at = now

    def _read_on(self) -> None:
        """Have some certain segments at hand, or all there are; drop an end that no voice can say."""
        while len(self._segments) < 8:
            if self._read >= len(self._unread):
                self._unread, self._read = "".join(self._incoming), 0
                self._incoming.clear()
            at = (
                self._sent_end
                + len(self._lead)
                + sum(map(len, self._segments))
                + len(self._segmenter.pending)
            )
            end = min(len(self._unread), self._read + _READ_AHEAD)
            if self._certain > at:
                end = min(end, self._read + self._certain - at)
            found = self._segmenter.push(self._unread[self._read : end])
            is_over = end == self._read
            at += end - self._read
            self._read = end
            if at == self._certain:
                found += self._segmenter.close()
            for segment in found:
                self._add_segment(segment.text)
            if is_over:
                break
        if self._is_closed and not self._segments and self._sent_end + len(self._lead) == self._length:
            self._sent_end += len(self._lead)
            self._lead = ""

    def _add_segment(self, text: str) -> None:
        if not self._segments and not speakable(text):
            self._lead += text
        elif self._segments and not speakable(text):
            self._segments[-1] += text
        else:
            self._segments.append(text)

    def _give(self, cut: _Cut, now: float) -> Piece:
        if self._segments:
            text = self._lead
            while len(text) < cut.length:
                text += self._segments.popleft()
        else:
            pending = self._segmenter.pending
            length = cut.length - len(self._lead)
            text = self._lead + pending[:length]
            self._segmenter = Segmenter(self._language)
            self._unread = pending[length:] + self._unread[self._read :]
            self._read = 0
        self._lead = ""
        piece = Piece(self._sent_end, text)
        self._sent.append(text)
        self._sent_end += len(text)
        self._sent_words += cut.words or len(words(text))
        self._whole_word_at = None
        self._note_whole_word(now)
        return piece

    def _cuts(self, now: float, unheard: float) -> list[_Cut]:
        """The pieces that could go without another key, each with its time."""
        window = unheard - AHEAD_SECONDS + _SOON * 2
        if self._segments:
            return [_Cut(window, self._joined_length(unheard))]
        if self._policy is None or not speakable(self._segmenter.pending):
            return []
        lead = len(self._lead)
        return [
            _Cut(max(cut.wait, window), cut.length + lead, cut.words)
            for cut in self._pending_cuts(self._policy, self._segmenter.pending, now, unheard)
        ]

    def _joined_length(self, unheard: float) -> int:
        wanted = next((length for seconds, length in _JOIN if unheard > seconds), 0)
        length = 0
        for text in self._segments:
            if length and (length + len(text) > wanted):
                break
            length += len(text)
            if text.endswith("\n"):
                break
        return length + len(self._lead)

    def _pending_cuts(self, policy: Policy, text: str, now: float, unheard: float) -> list[_Cut]:
        rested = now - self._last_at
        dry = unheard - DRY_SECONDS
        places = _positions(text)
        cuts = self._stop_cuts(policy, text, rested)
        cuts.append(_Cut(max(dry, self._rest(policy.long_rest_seconds, 4.0) - rested), len(text)))
        if not places:
            return cuts
        total = places[-1][1]
        cuts += self._clause_cuts(policy, text, places, unheard)
        if not self._sent:
            cuts += self._first_cuts(policy, text, places, now)
        is_partial = places[-1][0] < len(text)
        kept = total if is_partial and speakable(text[places[-1][0] :]) else total - 1
        rest = [place for place in places if place[1] <= kept]
        if rest and rest[-1][1] >= 2 and self._is_worth(rest[-1][1]):
            cuts.append(_Cut(max(dry, self._rest(policy.rest_seconds, 2.5) - rested), *rest[-1]))
        if total > policy.run_words:
            spare = (total - policy.run_words - 1) / _WORDS_PER_UNHEARD_SECOND
            cuts.append(_Cut(dry - spare, *_best_run(text, places, policy.run_words)))
        if total >= 2 and self._whole_word_at is not None:
            cuts.append(_Cut(max(dry, policy.oldest_seconds - (now - self._whole_word_at)), *places[-1]))
        return cuts

    def _stop_cuts(self, policy: Policy, text: str, rested: float) -> list[_Cut]:
        match = _SENTENCE_END.search(text)
        if not match or _LIST_NUMBER.fullmatch(text):
            return []
        if not is_sentence_end(text[: match.start(1)], language=self._language):
            return []
        return [_Cut(0.0 if match.group(1) else policy.stop_rest_seconds - rested, len(text))]

    def _clause_cuts(
        self, policy: Policy, text: str, places: list[tuple[int, float]], unheard: float
    ) -> list[_Cut]:
        cuts = []
        for match in _CLAUSE_END.finditer(text):
            count = max((words for end, words in places if end <= match.end()), default=0.0)
            least = policy.first_words if not self._sent else policy.clause_words
            if count >= least and match.end() <= places[-1][0]:
                spare = (count - least) / _WORDS_PER_UNHEARD_SECOND
                cuts.append(_Cut(unheard - DRY_SECONDS - spare, match.end(), count))
        return cuts

    def _first_cuts(
        self, policy: Policy, text: str, places: list[tuple[int, float]], now: float
    ) -> list[_Cut]:
        end, count = places[-1]
        if self._first_at is None or count < policy.first_words:
            return []
        due = self._first_at + policy.first_wait_seconds
        is_short = count < 2 and sum(map(str.isalnum, text[:end])) < 4
        if not is_short and self._last_at + _KEYS_A_WORD * self._rhythm > due:
            due = now  # no other word will be complete in time
        return [_Cut(due - now, end, count)]

    def _rest(self, bounds: tuple[float, float], factor: float) -> float:
        return min(bounds[1], max(bounds[0], factor * self._rhythm))

    def _is_worth(self, count: float) -> bool:
        """Whether pieces stay at least two words long on average with one of so many words."""
        return (len(self._sent) + 1) * 2 <= self._sent_words + count + 2


def _positions(text: str) -> list[tuple[int, float]]:
    """Where the text can be cut without cutting a word, with the words before each place, only complete ones."""
    spans = words(text)
    places: list[tuple[int, float]] = []
    count = 0.0
    for index, span in enumerate(spans):
        following = spans[index + 1].start if index + 1 < len(spans) else len(text)
        is_dense = _is_dense(text[span.start])
        count += 0.5 if is_dense else 1.0
        match = _LAST_BLANK.match(text, span.end, following)
        if match:
            places.append((match.end(), count))
        elif is_dense:
            places.append((_MARKS.match(text, span.end, following).end(), count))  # type: ignore[union-attr]
    return places


def _is_dense(character: str) -> bool:
    """Whether the character is of a script that is written without blanks between words."""
    return (character >= "\u2e80" and not "\uac00" <= character <= "\ud7ff") or "\u0e00" <= character < "\u0f00"


def _best_run(text: str, places: list[tuple[int, float]], run_words: int) -> tuple[int, float]:
    """Where to cut a run of words, keeping one back: rather after a long word, since short ones lean forward."""
    kept = [place for place in places if place[1] <= places[-1][1] - 1]
    best = kept[-1]
    for end, count in reversed(kept):
        if count < max(2, run_words - 1):
            break
        word = text[:end].split()[-1]
        if len(word) >= 4:
            return end, count
    return best
