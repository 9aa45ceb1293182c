"""Makes synthesis runs: with the voice, the rules and the patience that are in use when they are made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from fishcaption.core.errors import InputError
from fishcaption.core.normalization.rules import Rules
from fishcaption.core.speech import Family, Manner, Rendered, Voice
from fishcaption.core.timing.flush_policy import HOLD_SECONDS
from fishcaption.core.timing.timeline import SpeechRate, Timeline
from fishcaption.reader.plugs import AudioBuffer, Synthesizer, Turn
from fishcaption.reader.synthesis_run import SynthesisRun, VoiceConfig
from fishcaption.reader.utterances import Utterance

FindStandIn = Callable[[Voice], tuple[Synthesizer, Family] | None]
"""Finds the voice that takes over where this one cannot be reached, and its marks; None: nobody does."""


class ReadOnlyAudio:
    """An `AudioBuffer` of audio that was made ahead and belongs to somebody else."""

    def __init__(self, pcm: bytes) -> None:
        self._pcm = pcm
        self.frames = len(pcm) // 2

    def append(self, pcm: bytes) -> None:
        """Raise TypeError: it does not grow."""
        raise TypeError("audio that was made ahead does not grow")

    def read(self, frame: int, frames: int) -> bytes:
        """See `AudioBuffer.read`."""
        return self._pcm[2 * frame : 2 * (frame + max(0, frames))]

    def close(self) -> None:
        """Do nothing: its owner goes on keeping it."""


class RunFactory:
    """The voice in use and how it reads, and runs that speak with it.

    `make_buffer` makes an empty store for one run's audio; `rate_of_voice` gives the learned rate of a voice,
    an object that the run's timeline goes on teaching.
    """

    def __init__(
        self, make_buffer: Callable[[], AudioBuffer], rate_of_voice: Callable[[Voice], SpeechRate]
    ) -> None:
        self._make_buffer = make_buffer
        self._rate_of_voice = rate_of_voice
        self._voice_config: VoiceConfig | None = None
        self.rules = Rules()  # for all runs, from their next pieces on
        self.hold_seconds = HOLD_SECONDS  # of the runs made from now on: see `flush_policy.HOLD_SECONDS`
        self.find_stand_in: FindStandIn = _nobody

    @property
    def voice_config(self) -> VoiceConfig | None:
        """The voice in use; None before one was chosen."""
        return self._voice_config

    def use(self, synthesizer: Synthesizer, family: Family, language: str) -> None:
        """Speak with this voice from the next run on; an empty language is the voice's own first one."""
        self._voice_config = _config(synthesizer, family, language)

    def chosen(self) -> VoiceConfig:
        """Return the voice in use. Raises InputError where none was chosen."""
        if self._voice_config is None:
            raise InputError("No voice is chosen.", hint="Choose a voice first.")
        return self._voice_config

    def stand_in(self, voice: Voice) -> VoiceConfig | None:
        """Return who takes over where this voice cannot be reached; None: nobody does."""
        found = self.find_stand_in(voice) if voice.kind.is_remote else None
        return None if found is None else _config(*found, "")

    def new(
        self,
        utterance: Utterance,
        start: int,
        voice_config: VoiceConfig,
        said: str | None = None,
        turn_end: int | None = None,
        turn: Turn | None = None,
    ) -> SynthesisRun:
        """Return a run about the utterance's text from `start` on, or up to the end of a turn.

        ``said`` is spoken instead of it; None: what the utterance says.
        """
        return self._make(utterance, start, voice_config, self._make_buffer(), said, turn_end, turn)

    def rest(
        self, utterance: Utterance, start: int, voice_config: VoiceConfig, *, is_for_all: bool = False
    ) -> list[SynthesisRun]:
        """Return runs about the utterance's text from `start` on: this voice's, or one for each turn.

        ``is_for_all``: this voice says all turns of voices that need a network.
        """
        if not utterance.turns:
            return [self.new(utterance, start, voice_config)]
        runs = []
        for whole in utterance.turns:
            is_apart = is_for_all or start > 0
            for turn in whole.apart if is_apart and whole.apart else (whole,):
                if turn.end > start:
                    runs.append(self.of_turn(utterance, turn, start, voice_config if is_for_all else None))
        return runs

    def of_turn(
        self, utterance: Utterance, turn: Turn, start: int, instead: VoiceConfig | None = None
    ) -> SynthesisRun:
        """Return a run about a turn from `start` on, or its own start.

        ``instead`` says it where its own voice needs a network.
        """
        own = _config(turn.synthesizer, turn.family, "", turn.manner)
        config = instead if instead is not None and own.voice.kind.is_remote else own
        return self.new(utterance, max(start, turn.start), config, turn_end=turn.end, turn=turn)

    def made_ahead(
        self,
        utterance: Utterance,
        rendered: Rendered,
        now: float,
        manner: Manner = Manner(),  # noqa: B008  a value
    ) -> SynthesisRun:
        """Return a run about the whole utterance whose audio is this."""
        voice = rendered.voice
        language = _language_of(voice)
        voice_config = VoiceConfig(None, voice, rendered.rate, language=language, manner=manner)
        run = self._make(utterance, 0, voice_config, ReadOnlyAudio(rendered.pcm))
        run.fill(utterance.text, rendered.words, now)
        return run

    def _make(
        self,
        utterance: Utterance,
        start: int,
        voice_config: VoiceConfig,
        audio: AudioBuffer,
        said: str | None = None,
        turn_end: int | None = None,
        turn: Turn | None = None,
    ) -> SynthesisRun:
        speech_rate = self._rate_of_voice(voice_config.voice)
        return SynthesisRun(
            utterance,
            start,
            voice_config,
            Timeline(voice_config.rate, speech_rate, language=voice_config.language or "en"),
            audio,
            rules=self._rules_of(voice_config.manner),
            hold_seconds=self.hold_seconds,
            said=utterance.said if said is None else said,
            turn_end=turn_end,
            turn=turn,
        )

    def _current_rules(self) -> Rules:
        return self.rules

    def _rules_of(self, manner: Manner) -> Callable[[], Rules]:
        """Return what gives the rules of now, with the style of this manner; one object until they change."""
        style = manner.style
        if style is None:
            return self._current_rules
        known = [self.rules, replace(self.rules, style=style)]

        def styled() -> Rules:
            if known[0] is not self.rules:
                known[:] = self.rules, replace(self.rules, style=style)
            return known[1]

        return styled


def _config(
    synthesizer: Synthesizer,
    family: Family,
    language: str,
    manner: Manner = Manner(),  # noqa: B008  a value
) -> VoiceConfig:
    voice = synthesizer.voice
    language = language or _language_of(voice)
    return VoiceConfig(synthesizer, voice, synthesizer.rate, family, language, manner)


def _nobody(voice: Voice) -> None:
    """Nobody takes over."""


def _language_of(voice: Voice) -> str:
    """Return the first language that the voice reads; empty where that is not known."""
    return next(iter(voice.languages), "")
