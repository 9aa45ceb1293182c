"""One conversation with a voice about an utterance's text from some place on, and the audio that comes of it.

Nothing here starts or waits for anything. Positions in text are code points of the utterance's text unless
they are called spoken; frames are the run's own.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from fishcaption.core.normalization.edited_text import Normalized, joined
from fishcaption.core.normalization.normalize import Normalizer, can_say
from fishcaption.core.normalization.rules import Rules
from fishcaption.core.normalization.spoken_map import SpokenMap
from fishcaption.core.speech import Family, Manner, Piece, Span, Voice, WordTime
from fishcaption.core.timing.feed import Feed
from fishcaption.core.timing.flush_policy import Kind
from fishcaption.core.timing.timeline import Timeline
from fishcaption.reader.plugs import AudioBuffer, Synthesizer, Turn
from fishcaption.reader.utterances import Utterance

# A word is lit so long before its first frame, and the one before it counts as heard: drawing that, and
# showing what is drawn, take as long at least.
AHEAD_SECONDS = 0.004
_SAMPLE = 500  # code points of a text that tell how long the rest will take
_LONGEST_CONTEXT = 100_000  # code points; they are read within a tenth of a second


@dataclass(frozen=True, slots=True)
class VoiceConfig:
    """A voice, and how it reads. Without a synthesizer the audio was made ahead."""

    synthesizer: Synthesizer | None
    voice: Voice
    rate: int
    family: Family = "embedded"
    language: str = ""
    manner: Manner = Manner()  # noqa: RUF009  a value


class FixedText:
    """A `Normalizer` that says one text instead of another: all of it with the first piece, then nothing."""

    def __init__(self, normalizer: Normalizer, said: str) -> None:
        self._said = normalizer.normalize(said).text

    def may_go_on(self, text: str) -> bool:
        """Return False: it does not matter where the shown text is cut."""
        return False

    def normalize(self, text: str) -> Normalized:
        """Return the text that is spoken for the next piece."""
        said, self._said = self._said, ""
        return Normalized(said, ((0, len(text), 0, len(said)),) if text else ())


class MarkedText:
    """A `Normalizer` that says marks in place of some stretches of a text; ``at`` is where it begins."""

    def __init__(self, normalizer: Normalizer, marks: tuple[tuple[int, int, str], ...], at: int) -> None:
        self._normalizer = normalizer
        self._marks = marks
        self._at = at

    def may_go_on(self, text: str) -> bool:
        """See `Normalizer.may_go_on`."""
        return self._normalizer.may_go_on(text)

    def normalize(self, text: str) -> Normalized:
        """Return the text that is spoken for the next piece."""
        parts: list[Normalized] = []
        first, done = self._at, 0
        self._at += len(text)
        for start, end, mark in self._marks:
            begin, stop = max(start - first, done), min(end - first, len(text))
            if begin >= stop:
                continue
            if begin > done:
                parts.append(self._normalizer.normalize(text[done:begin]))
            said = mark if stop == end - first else ""  # with what follows, where a piece ends in between
            parts.append(Normalized(said, ((0, stop - begin, 0, len(said)),)))
            done = stop
        if done < len(text) or not parts:
            parts.append(self._normalizer.normalize(text[done:]))
        return joined(parts)


class SynthesisRun:
    """A voice's conversation about the utterance's text from `start` on, and its audio.

    `rules` gives the normalization rules as they are now; `audio` holds the sound, and the run's `timeline`
    says which of its frames belong to which word. Each group of attributes has one writer.
    """

    def __init__(
        self,
        utterance: Utterance,
        start: int,
        voice_config: VoiceConfig,
        timeline: Timeline,
        audio: AudioBuffer,
        *,
        rules: Callable[[], Rules],
        hold_seconds: float,
        said: str = "",
        turn_end: int | None = None,
        turn: Turn | None = None,
    ) -> None:
        # never changed
        self.turn = turn  # it says this turn of the utterance, or the end of it
        self.turn_end = turn_end  # it never says the utterance's text from there on; None: all of it
        self.utterance = utterance
        self.start = start
        self.said = said  # not empty: it is spoken instead of the text
        self.voice_config = voice_config
        self.rate = voice_config.rate
        self._ahead_frames = round(AHEAD_SECONDS * voice_config.rate)
        self.timeline = timeline
        self.audio = audio
        self.spoken_map = SpokenMap(self._can_say)
        self.feed = Feed(
            utterance.kind,
            voice_config.language or "en",
            hold_seconds=hold_seconds,
            can_say=self._can_say,
            may_go_on=self._may_go_on,
        )
        self.recheck = asyncio.Event()  # text came or the ear moved: the feed may give a piece now
        # written by this class, when an edit or another voice says the rest of the text
        self.is_continued = False  # another run says the rest of the text
        self.text_end: int | None = None  # the utterance's text from here on belongs to another run
        self.cut_at: int | None = None  # the spoken text from here on must not be heard
        self.end_frame: int | None = None  # nothing from this frame on is played
        # written by production
        self.started = False  # production has begun
        self.complete = False  # no more audio will come
        self.progress_at = 0.0  # seconds on production's clock, when text was last given or audio last came
        # written by playback
        self.start_frame = 0  # the first frame to be played
        self.is_in_player = False  # the player has its audio, or gets it now
        self.clips: list[tuple[int, int]] = []  # in the player: (clip number, the frame the clip begins with)
        self.written_frame = 0  # the player has the audio before this frame
        self._rules = rules
        self._normalizer: Normalizer | FixedText | MarkedText | None = None
        self._normalizer_rules: Rules | None = None
        self._seconds_per_code_point: float | None = None

    # -- its audio ---------------------------------------------------------------------------------

    @property
    def frames(self) -> int:
        """Number of frames that are to be heard, as far as they have arrived."""
        if self.end_frame is not None:
            return min(self.end_frame, self.audio.frames)
        if self.cut_at is not None:
            return min(self.timeline.cut_frame(self.cut_at), self.audio.frames)
        return self.audio.frames

    @property
    def delivered_seconds(self) -> float:
        """The length of `frames` in seconds."""
        return self.frames / self.rate

    @property
    def missing_frames(self) -> int:
        """Number of frames still expected for the text that the voice was given; an estimate."""
        if self.complete:
            return 0
        end = self.timeline.expected_frames if self.cut_at is None else self.timeline.cut_frame(self.cut_at)
        return max(0, end - self.timeline.delivered_frames)

    @property
    def unsent_seconds(self) -> float:
        """A rough guess of how long the text will sound that the voice was not given yet. Cheap to ask."""
        if self._seconds_per_code_point is None:
            sample = self.utterance.text[self.start : self.start + _SAMPLE]
            if not sample.strip():
                return 0.0
            self._seconds_per_code_point = self.timeline.estimated_frames(sample) / self.rate / len(sample)
        return (self.feed.length - self.feed.sent_end) * self._seconds_per_code_point

    @property
    def is_voiced(self) -> bool:
        """True while all that was typed so far has its audio: the next text may be long in coming."""
        return self.utterance.live and self.utterance.kind is not Kind.PIPED and self.timeline.is_voiced

    # -- its text ----------------------------------------------------------------------------------

    @property
    def sent_end(self) -> int:
        """The utterance's text before this has been given to the voice."""
        return self.start + self.feed.sent_end

    @property
    def voiced_end(self) -> int:
        """The utterance's text before this has its audio; a word of which a part is missing has none."""
        spoken = self.voiced_spoken_end
        if spoken is None:
            return self._bounded(self.sent_end)
        return self._bounded(self.start + self.spoken_map.shown(spoken))

    @property
    def voiced_spoken_end(self) -> int | None:
        """The start of the first spoken word that has not all of its audio; None where each has."""
        delivered = self.timeline.delivered_frames
        times = self.timeline.word_times()
        return next((word.span.start for word in times if word.end_frame > delivered), None)

    @property
    def spoken_text(self) -> str:
        """The text that the voice was given so far, as it is spoken."""
        return self.spoken_map.text

    def sentence_of(self, point: int) -> int:
        """Return where in the utterance's text the sentence of a point begins."""
        spoken = self.spoken_map.spoken(max(0, point - self.start))
        return self.start + self.spoken_map.shown(self.timeline.sentence_of(spoken))

    def seek_frame(self, point: int) -> int:
        """Return the frame to begin with where the run is to be heard from a point of the text on."""
        return self.timeline.seek_frame(self.spoken_map.spoken(max(0, point - self.start)))

    def heard_end(self, frame: int) -> int:
        """Return the end of the utterance's text that has been heard when the frame has."""
        if self.text_end is not None and self.end_frame is not None and frame >= self.end_frame:
            return self.text_end
        frame += self._ahead_frames
        return self._bounded(self.start + self.spoken_map.shown(self.timeline.heard_end(frame)))

    def fixed_end(self, frame: int) -> int:
        """Return the end of the text that cannot be changed any more where the device has this frame."""
        if self.text_end is not None and self.complete and frame >= self.frames:
            return self.text_end
        if frame <= 0:
            return self.start
        return self._bounded(self.start + self.spoken_map.shown_behind(self.timeline.begun_end(frame)))

    def sentence_start(self, frame: int) -> int:
        """Return where in the utterance's text the sentence begins that is heard at the frame."""
        return self.start + self.spoken_map.shown(self.timeline.sentence_at(frame))

    def word_at(self, frame: int) -> Span | None:
        """Return the word of the utterance's text that is lit at the frame: at the ear, or about to be."""
        frame += self._ahead_frames
        if self.end_frame is not None:
            frame = min(frame, self.end_frame - 1)
        spoken = self.timeline.word_at(frame)
        return self.shown_span(spoken) if spoken is not None else None

    def next_frame(self, frame: int, lead_frames: int) -> int | None:
        """Return the next frame at which a view of the run changes; None where that is not known yet.

        That is where a word begins or ends at the ear or, `lead_frames` before, text that is live is fixed.
        """
        if frame <= self.start_frame:
            return self.start_frame + 1
        ahead = self._ahead_frames
        found = [
            (self.timeline.next_start(frame + ahead), ahead),
            (self.timeline.next_pause(frame + ahead), ahead),
        ]
        if self.utterance.live:
            found.append((self.timeline.next_begun(frame + lead_frames), lead_frames))
        if frame < self.frames:
            found.append((self.frames, 0))
        frames = [at - sooner for at, sooner in found if at is not None]
        return min((each for each in frames if each > frame), default=None)

    def shown_span(self, spoken: Span) -> Span | None:
        """Return the span of the utterance's text for a spoken word; None where there is nothing to light."""
        shown = self.spoken_map.shown_span(spoken)
        if shown is None or (self.text_end is not None and self.start + shown.start >= self.text_end):
            return None
        return Span(self.start + shown.start, self.start + shown.end)

    def set_text(self, text: str, now: float) -> None:
        """Take the utterance's whole text so far."""
        self.feed.set_text(text[self.start : self.turn_end], now)
        self.recheck.set()

    def push(self, text: str, now: float) -> None:
        """Append text that belongs to this run."""
        self.feed.push(text, now)
        self.recheck.set()

    def say_so_far(self, now: float) -> None:
        """Give all text that stands here to the voice now."""
        self.feed.say_so_far(now)
        self.recheck.set()

    def close(self, now: float) -> None:
        """Take it that no more text will come."""
        self.feed.close(now)
        self.recheck.set()

    def speak(self, piece: Piece) -> Piece | None:
        """Return the spoken form of a piece; None where no voice can say it without the next piece."""
        normalizer = self._normalizer_at(self.start + piece.start)
        line = self.spoken_map.append(piece.text, normalizer.normalize(piece.text))
        if line is None:
            return None
        self.timeline.text(line.timed)
        return line.piece

    def fill(self, text: str, words: tuple[WordTime, ...], now: float) -> None:
        """Take the audio, which was made ahead and is all there is, for the sound of this text."""
        self.set_text(text, now)
        self.close(now)
        while self.feed.take(now, 0.0):
            pass
        self.spoken_map.append(text, Normalized(text, ((0, len(text), 0, len(text)),) if text else ()))
        self.timeline.text(text)
        self.timeline.sound(self.audio.frames)
        self.timeline.align(words)
        self.timeline.finish()

    # -- its end -----------------------------------------------------------------------------------

    def end_text(self, end: int) -> None:
        """Leave the utterance's text from there on to another run."""
        self.text_end = end
        self.is_continued = True
        self.feed.part()
        self.recheck.set()

    def cut_sound(self, spoken: int) -> None:
        """Note that the spoken text from there on must not be heard; the frame is not known yet."""
        self.cut_at, self.end_frame = spoken, None

    def end_sound(self, frame: int) -> None:
        """Play nothing from this frame on."""
        self.end_frame = frame

    def hand_over(self, point: int) -> None:
        """Leave the text from there on to another run, and play nothing of it that is here."""
        self.end_frame = min(self.frames, self.timeline.frame_of(self.spoken_map.spoken(point - self.start)))
        self.text_end = point

    # -- inside ------------------------------------------------------------------------------------

    def _bounded(self, point: int) -> int:
        ends = [end for end in (self.text_end, self.turn_end) if end is not None]
        return min(point, *ends) if ends else point

    def _normalizer_at(self, point: int) -> Normalizer | FixedText | MarkedText:
        """Return the normalizer, by the rules of now, for the utterance's text from the point on."""
        rules = self._rules()
        if self._normalizer is None or self._normalizer_rules is not rules:
            self._normalizer_rules = rules
            self._normalizer = self._new_normalizer()
            before = _context_of(self.utterance.text[:point])
            if self.said:
                self._normalizer = FixedText(self._normalizer, self.said)
                before = before if point > self.start else ""  # all of it is said with the first piece
            if before:
                self._normalizer.normalize(before)
            if self.turn is not None and self.turn.marks and isinstance(self._normalizer, Normalizer):
                self._normalizer = MarkedText(self._normalizer, self.turn.marks, point)
        return self._normalizer

    def _new_normalizer(self) -> Normalizer:
        voice_config = self.voice_config
        return Normalizer(
            self._rules(),
            language=voice_config.language,
            voice_id=voice_config.voice.id,
            family=voice_config.family,
        )

    def _can_say(self, text: str) -> bool:
        return can_say(text, self._new_normalizer)

    def _may_go_on(self, text: str) -> bool:
        return self._normalizer_at(self.sent_end).may_go_on(text)


def _context_of(before: str) -> str:
    """Return as much of a text as may change how what follows is read: a code fence may stand far back."""
    is_fenced = len(before) < _LONGEST_CONTEXT and ("```" in before or "~~~" in before)
    return before if is_fenced else before[-_SAMPLE:]
