"""Utterances and their takes: what the engine writes down of each text, and what follows from it.

Nothing here starts or waits for anything. Points are code points of the utterance's text unless they are
called spoken; frames are the take's own.
"""

from __future__ import annotations

import asyncio
from array import array
from dataclasses import dataclass

from fishcaption.core.errors import FishCaptionError
from fishcaption.core.normalization.edited_text import Normalized
from fishcaption.core.normalization.normalize import Normalizer
from fishcaption.core.normalization.rules import Rules
from fishcaption.core.normalization.spoken_map import SpokenMap
from fishcaption.core.speech import Family, Fate, Span, Voice
from fishcaption.core.timing.feed import Feed
from fishcaption.core.timing.flush_policy import Kind
from fishcaption.core.timing.timeline import Timeline
from fishcaption.reader.plugs import AudioBuffer, Synthesizer

_SAMPLE = 500  # code points of a text that tell how long the rest will take
_LONGEST_CONTEXT = 100_000  # code points, a tenth of a second
# A cut is made in the quietest spot so near to where it is thought to be.
_NEAR_SECONDS = 0.04
_SPOT_SECONDS = 0.005

# A word is lit so long before its first frame: drawing it, and showing what is drawn, take as long at least.
AHEAD_SECONDS = 0.004


class ReadOnlyAudio:
    """Sound that somebody else keeps, as `AudioBuffer`."""

    def __init__(self, pcm: bytes) -> None:
        self._pcm = pcm
        self.frames = len(pcm) // 2

    def append(self, pcm: bytes) -> None:
        """It does not grow."""
        raise TypeError("sound that was made ahead does not grow")

    def read(self, frame: int, frames: int) -> bytes:
        """See `AudioBuffer.read`."""
        return self._pcm[2 * frame : 2 * (frame + max(0, frames))]

    def close(self) -> None:
        """Its owner goes on keeping it."""


class FixedText:
    """A `Normalizer` of a text that stands for all of another one: with its first piece all of it is said."""

    def __init__(self, saying: Normalizer, said: str) -> None:
        self._said = saying.normalize(said).text

    def may_go_on(self, text: str) -> bool:
        """Nothing hangs on where the text is cut."""
        return False

    def normalize(self, text: str) -> Normalized:
        """What is spoken for the next piece."""
        said, self._said = self._said, ""
        return Normalized(said, ((0, len(text), 0, len(said)),) if text else ())


class Utterance:
    """Text given by one act; the mutable twin of `UtteranceView`. Written by the reader only."""

    def __init__(self, number: int, kind: Kind) -> None:
        self.id = number
        self.kind = kind
        self.live = True
        self.fate = Fate.WAITING
        self.error: FishCaptionError | None = None
        self.takes: list[Take] = []
        self.heard_end = 0
        self.shown_from: int | None = None  # nobody heard it from there on
        self.fixed_end = 0  # while it is live; it does not go back
        self.gain = 1.0
        self.said = ""  # instead of what is shown; empty: what is shown is said
        self.ended = asyncio.Event()
        self.is_told = False  # its end, to those who asked for it
        self._parts: list[str] = []
        self._length = 0

    @property
    def text(self) -> str:
        """What is shown of it."""
        if len(self._parts) > 1:  # joined when looked at: piped text comes in thousands of parts
            self._parts = ["".join(self._parts)]
        return self._parts[0] if self._parts else ""

    @text.setter
    def text(self, text: str) -> None:
        self._parts = [text]
        self._length = len(text)

    def append(self, text: str) -> None:
        """More of the text."""
        self._parts.append(text)
        self._length += len(text)

    def __len__(self) -> int:
        return self._length

    @property
    def sent_end(self) -> int:
        """The text before this has been given to a voice."""
        return self.takes[-1].sent_end if self.takes else 0


@dataclass(frozen=True, slots=True)
class VoiceConfig:
    """Who says a take. Without a synthesizer its sound was made ahead."""

    synthesizer: Synthesizer | None
    voice: Voice
    rate: int
    family: Family = "embedded"
    language: str = ""


class Take:
    """One conversation about the utterance's text from `start` on, and its sound. The reader writes it."""

    def __init__(
        self, of: Utterance, start: int, voice_config: VoiceConfig, timeline: Timeline, kept: AudioBuffer
    ) -> None:
        self.utterance = of
        self.start = start
        self.voice_config = voice_config
        self.rate = voice_config.rate
        self.timeline = timeline
        self.kept = kept
        self.feed: Feed
        self.script: SpokenMap
        self.saying: Normalizer | FixedText | None = None
        self.rules: Rules | None = None  # of the saying
        self.fed = asyncio.Event()  # text or the ear moved: look at the feed again
        self.started = False  # production has begun
        self.complete = False  # no more sound will come
        self.is_parted = False  # the utterance's text goes on in another take
        self.text_end: int | None = None  # what of the utterance's text follows is another take's
        self.cut_at: int | None = None  # what is spoken from here on must not be heard
        self.end_frame: int | None = None  # play no further: what follows is said anew by the next take
        self.play_from = 0
        self.pumped = False
        self.clips: list[tuple[int, int]] = []  # in the player: their numbers, and the frames they begin with
        self.pumped_to = 0  # what they have
        self.progress_at = 0.0  # when text was last given or sound last came
        self._point_seconds: float | None = None

    @property
    def delivered_seconds(self) -> float:
        """How long it is to be heard, so far."""
        return self.frames / self.rate

    @property
    def frames(self) -> int:
        """Of its sound, what is to be heard, as far as is known."""
        if self.end_frame is not None:
            return min(self.end_frame, self.kept.frames)
        if self.cut_at is not None:
            return min(self.timeline.cut_frame(self.cut_at), self.kept.frames)
        return self.kept.frames

    @property
    def missing_frames(self) -> int:
        """Sound of what the voice was given that is still expected."""
        if self.complete:
            return 0
        end = self.timeline.expected_frames if self.cut_at is None else self.timeline.cut_frame(self.cut_at)
        return max(0, end - self.timeline.delivered_frames)

    @property
    def is_said(self) -> bool:
        """Whether all that hands have given so far has its sound: the next may be long in coming."""
        return self.utterance.live and self.utterance.kind is not Kind.PIPED and self.timeline.is_voiced

    @property
    def unsent_seconds(self) -> float:
        """How long what the voice was not given yet will take; looked at often, so it is a rough guess."""
        if self._point_seconds is None:
            sample = self.utterance.text[self.start : self.start + _SAMPLE]
            if not sample.strip():
                return 0.0
            self._point_seconds = self.timeline.estimated_frames(sample) / self.rate / len(sample)
        return (self.feed.length - self.feed.sent_end) * self._point_seconds

    @property
    def sent_end(self) -> int:
        """The utterance's text before this has been given to the voice."""
        return self.start + self.feed.sent_end

    @property
    def voiced_end(self) -> int:
        """Where the take's text has no sound yet; a word that is half here has none."""
        delivered = self.timeline.delivered_frames
        for word in self.timeline.word_times():
            if word.end_frame > delivered:
                return self._bounded(self.start + self.script.shown(word.span.start))
        return self._bounded(self.sent_end)

    def heard_end(self, frame: int) -> int:
        """The utterance's text before this has been heard when the frame has."""
        if self.text_end is not None and self.end_frame is not None and frame >= self.end_frame:
            return self.text_end
        return self._bounded(self.start + self.script.shown(self.timeline.heard_end(frame)))

    def word_at(self, frame: int) -> Span | None:
        """Return the word of the utterance's text that is lit at the frame: at the ear, or about to be."""
        frame += round(AHEAD_SECONDS * self.rate)
        if self.end_frame is not None:
            frame = min(frame, self.end_frame - 1)
        spoken = self.timeline.word_at(frame)
        return self.shown_span(spoken) if spoken is not None else None

    def next_frame(self, frame: int, lead_frames: int) -> int | None:
        """The next frame with which something of the take is heard, or fixed while it is live, that is shown.

        None where that is not known yet.
        """
        if frame <= self.play_from:
            return self.play_from + 1
        ahead = round(AHEAD_SECONDS * self.rate)
        start = self.timeline.next_start(frame + ahead)
        found = [start - ahead if start is not None else None, self.timeline.next_pause(frame)]
        if self.utterance.live:
            begun = self.timeline.next_begun(frame + lead_frames)
            found.append(begun - lead_frames if begun is not None else None)
        if frame < self.frames:
            found.append(self.frames)
        return min((each for each in found if each is not None and each > frame), default=None)

    def shown_span(self, spoken: Span) -> Span | None:
        """Where a spoken word stands in the utterance's text, if it does and is to be heard."""
        shown = self.script.shown_span(spoken)
        if shown is None or (self.text_end is not None and self.start + shown.start >= self.text_end):
            return None
        return Span(self.start + shown.start, self.start + shown.end)

    def fixed_end(self, frame: int) -> int:
        """The utterance's text before this cannot be taken back where the device has the sound so far."""
        if self.text_end is not None and self.complete and frame >= self.frames:
            return self.text_end
        if frame <= 0:
            return self.start
        return self._bounded(self.start + self.script.shown_behind(self.timeline.begun_end(frame)))

    def set_text(self, text: str, now: float) -> None:
        """The utterance's whole text so far."""
        self.feed.set_text(text[self.start :], now)
        self.fed.set()

    def close(self, now: float) -> None:
        """No more text will come."""
        self.feed.close(now)
        self.fed.set()

    def part(self, end: int) -> None:
        """The utterance's text from there on is another take's."""
        self.text_end = end
        self.is_parted = True
        self.feed.part()
        self.fed.set()
        if not self.started:
            self.complete = True

    def _bounded(self, point: int) -> int:
        return point if self.text_end is None else min(point, self.text_end)


def context_of(before: str) -> str:
    """What tells of a text what it leaves open for the rest of it: a fence stands far before its end."""
    is_fenced = len(before) < _LONGEST_CONTEXT and ("```" in before or "~~~" in before)
    return before if is_fenced else before[-_SAMPLE:]


def quietest(kept: AudioBuffer, frame: int, rate: int) -> int:
    """The quietest spot near a frame: words run into each other, and where they part is known to 0.1 s."""
    spot, reach = max(1, round(_SPOT_SECONDS * rate)), round(_NEAR_SECONDS * rate)
    first = max(0, frame - reach)
    samples = array("h", kept.read(first, 2 * reach))
    middle = frame - first - spot // 2
    starts = range(middle % spot, max(0, len(samples) - spot), spot)
    loudness = {start: sum(map(abs, samples[start : start + spot])) for start in starts}
    quietest = min(loudness, key=lambda start: (loudness[start], abs(start - middle)), default=middle)
    is_quieter = loudness.get(quietest, 0) < loudness.get(middle, 0) / 2
    return first + spot // 2 + quietest if is_quieter else frame
