"""Rehearsal: the text that a voice would be given, and when, without a voice.

A `Rehearsal` sends text the way that an utterance goes (`core.timing.flush_policy`, `core.normalization`),
but no sound is made: each piece counts as heard after as long as the voice would take for it. So it tells
what was really cut and read, in the order and at the time in which a voice would have had it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Final

from fishcaption.core.normalization.normalize import Normalizer, can_say
from fishcaption.core.normalization.pauses import end_pause
from fishcaption.core.normalization.rules import Rules
from fishcaption.core.normalization.spoken_map import SpokenMap
from fishcaption.core.speech import Family
from fishcaption.core.text.segmentation import Segmenter, ends_sentence
from fishcaption.core.timing.feed import Feed
from fishcaption.core.timing.flush_policy import Kind
from fishcaption.core.timing.timeline import SpeechRate

_SOUND_SECONDS: Final = 0.3  # about, from sending a piece to its first sound
_MOST_UNHEARD: Final = 19.0  # seconds: a reader has at most twenty seconds unheard


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """A segment as it is shown, the text that the voice is given for it, and the silence at its end.

    ``language`` is the two-letter code by which it was read; empty if the voice's language is not known.
    ``pause_ms`` is the embedded voice's silence for the end mark at the usual speed; 0 if the text runs on.
    """

    shown: str
    spoken: str
    language: str
    pause_ms: int


class Rehearsal:
    """The text of one utterance on its way to an imagined voice. ``now`` is as for `Feed`.

    The owner calls `take` after each `push`, after `wake_seconds`, and after `close`, like a reader. A
    segment is returned once all of its text would have been sent. A text that no voice can say alone goes
    with the next segment.
    """

    def __init__(
        self,
        kind: Kind,
        rules: Rules,
        *,
        language: str,
        voice_id: str,
        family: Family,
        pace: SpeechRate | None = None,
    ) -> None:
        self._language = language
        self._make_normalizer = partial(
            Normalizer, rules, language=language, voice_id=voice_id, family=family
        )
        self._normalizer = self._make_normalizer()
        self._feed = Feed(kind, language or "en", can_say=self._can_say, may_go_on=self._normalizer.may_go_on)
        self._map = SpokenMap(self._can_say)
        self._pace = pace or SpeechRate()
        self._heard_at = 0.0  # when all text that was sent will have been heard
        self._segmenter = Segmenter(language or "en")
        self._segments: deque[str] = deque()  # certain, not returned yet
        self._lead = ""  # text that no voice can say alone
        self._spoken = ""  # spoken text that was sent and not returned yet
        self._told = self._told_spoken = 0  # code points

    @property
    def is_done(self) -> bool:
        """True if all text has come and was returned."""
        return self._feed.done and self._told == self._feed.length

    def push(self, text: str, now: float) -> None:
        """Append text. Raises InputError after `close`."""
        self._feed.push(text, now)
        self._segments.extend(segment.text for segment in self._segmenter.push(text))

    def close(self, now: float) -> None:
        """End the text."""
        self._feed.close(now)
        self._segments.extend(segment.text for segment in self._segmenter.close())

    def unheard_seconds(self, now: float) -> float:
        """Return the seconds of speech that were sent and not heard yet, as estimated."""
        return max(0.0, self._heard_at - now)

    def wake_seconds(self, now: float) -> float | None:
        """Return the seconds until `take` returns more if no text comes; None: never."""
        return self._feed.wake_seconds(now, min(self.unheard_seconds(now), _MOST_UNHEARD))

    def take(self, now: float) -> Iterator[Rehearsed]:
        """Send everything that is due; yield the segments that are sent completely."""
        while piece := self._feed.take(now, min(self.unheard_seconds(now), _MOST_UNHEARD)):
            said = self._normalizer.normalize(piece.text)
            voiced = self._map.append(piece.text, said)
            self._spoken += said.text
            if voiced is not None:
                begun = max(self._heard_at, now + _SOUND_SECONDS)
                self._heard_at = begun + self._pace.seconds(voiced.timed)
            yield from self._given()
        yield from self._given()

    def _can_say(self, text: str) -> bool:
        return can_say(text, self._make_normalizer)

    def _given(self) -> Iterator[Rehearsed]:
        sent = self._feed.sent_end
        while self._segments and self._told + len(self._lead) + len(self._segments[0]) <= sent:
            text = self._lead + self._segments.popleft()
            self._lead = ""
            if self._can_say(text):
                yield self._tell(text)
            else:
                self._lead = text
        pending = self._segmenter.pending
        if sent < self._feed.length:
            return
        if self._feed.done and not self._segments:
            if self._lead:
                yield self._tell(self._lead)
                self._lead = ""
        elif pending.strip() and ends_sentence(f"{pending.rstrip()} ", language=self._language or "en"):
            # A rest has ended this sentence; text that comes now begins another.
            yield self._tell(self._lead + pending)
            self._lead = ""
            self._segmenter = Segmenter(self._language or "en")

    def _tell(self, shown: str) -> Rehearsed:
        self._told += len(shown)
        end = self._map.spoken(self._told) - self._told_spoken
        spoken, self._spoken = self._spoken[:end], self._spoken[end:]
        self._told_spoken += end
        return Rehearsed(shown, spoken, self._language, round(end_pause(spoken) * 1000))


def rehearsed(
    text: str, rules: Rules, *, language: str, voice_id: str, family: Family
) -> tuple[Rehearsed, ...]:
    """Return the text that a voice is given for a whole text, segment by segment."""
    rehearsal = Rehearsal(Kind.CERTAIN, rules, language=language, voice_id=voice_id, family=family)
    rehearsal.push(text, 0.0)
    rehearsal.close(0.0)
    return tuple(rehearsal.take(0.0))
