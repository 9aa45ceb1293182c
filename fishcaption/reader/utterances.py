"""Utterances: one, as the reader works on it, and all that are remembered.

An utterance leaves when there are too many of them, and its audio when there is too much of it: the oldest
first, and audio never while it is still to be heard.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from fishcaption.core.errors import FishCaptionError
from fishcaption.core.speech import Fate
from fishcaption.core.timing.flush_policy import Kind

if TYPE_CHECKING:
    from fishcaption.reader.playlist import Playlist
    from fishcaption.reader.plugs import Turn
    from fishcaption.reader.synthesis_run import SynthesisRun

# Audio that is remembered for Repeat and Back, over all utterances.
REMEMBERED_SECONDS = 1800.0
# Utterances that are remembered with their text.
REMEMBERED = 2000
LOUDEST_REPEAT = 4.0


class Utterance:
    """Text that was given to the voice by one act, and its synthesis runs in the order of the text.

    It is the mutable twin of `core.speech.UtteranceView`.

    `said`, where it is not empty, is spoken instead of the text.
    """

    def __init__(self, number: int, kind: Kind, said: str = "", turns: Sequence[Turn] = ()) -> None:
        # never changed
        self.turns = tuple(turns)  # of several voices; empty: one voice says all of it
        self.id = number
        self.kind = kind
        self.said = said
        # written by this class
        self.live = True  # more text may come
        self.fate = Fate.WAITING
        self.error: FishCaptionError | None = None
        self.runs: list[SynthesisRun] = []
        self.ended = asyncio.Event()  # set while it is heard, cut or failed, and not being heard again
        self.gain = 1.0  # for this playing of it
        self._parts: list[str] = []
        self._length = 0
        # written by playback
        self.heard_end = 0  # the text before this has been heard, or shown without sound
        self.shown_from: int | None = None  # nobody heard the text from there on
        self.fixed_end = 0  # the text before this cannot be changed any more; while it is live it only grows
        # written by the registry, `Utterances`
        self.is_end_told = False  # those who asked for the ends of utterances were told of this one

    @property
    def text(self) -> str:
        """The text that is shown."""
        if len(self._parts) > 1:  # joined when looked at: piped text comes in thousands of parts
            self._parts = ["".join(self._parts)]
        return self._parts[0] if self._parts else ""

    @text.setter
    def text(self, text: str) -> None:
        self._parts = [text]
        self._length = len(text)

    def __len__(self) -> int:
        return self._length

    @property
    def sent_end(self) -> int:
        """The text before this has been given to a voice."""
        if self.turns:
            waiting = (run for run in self.runs if run.turn_end is not None and run.sent_end < run.turn_end)
            if (first := next(waiting, None)) is not None:
                return first.sent_end
        return self.runs[-1].sent_end if self.runs else 0

    def append(self, text: str, now: float) -> None:
        """Take more text, which the last run says."""
        self._parts.append(text)
        self._length += len(text)
        self.runs[-1].push(text, now)

    def set_text(self, text: str, now: float) -> None:
        """Take the whole text so far, which the last run goes on saying.

        Raises InputError, and changes nothing, where it differs from what was given to the voice.
        """
        self.runs[-1].set_text(text, now)
        self.text = text

    def close(self, now: float) -> None:
        """Take it that no more text comes; the last run says the rest."""
        self.live = False
        self.runs[-1].close(now)

    def close_with(self, text: str) -> None:
        """Take this for the whole text, and that no more comes; the runs are not told."""
        self.text = text
        self.live = False

    def add_run(self, run: SynthesisRun, behind: SynthesisRun | None = None) -> None:
        """Have this run say the text from the run's start on, `behind` another or behind all of them."""
        self.runs.insert(len(self.runs) if behind is None else self.runs.index(behind) + 1, run)
        self.ended.clear()
        if self.fate is not Fate.SPEAKING:
            self.fate = Fate.WAITING

    def begin_speaking(self) -> None:
        """Note that the voice has been given something of it."""
        if self.fate is Fate.WAITING:
            self.fate = Fate.SPEAKING

    def speak_again(self) -> None:
        """Note that audio of it is about to be heard (again)."""
        self.fate = Fate.SPEAKING
        self.ended.clear()

    def amplify(self, gain: float) -> None:
        """Be louder (above 1.0) or softer until it ends; limited, not clipped, by the player."""
        self.gain = min(max(0.0, gain), LOUDEST_REPEAT)

    def fail(self, error: FishCaptionError) -> None:
        """Note the error that ends it, at once or when what there is of it has been heard."""
        self.error = error

    def forgive(self) -> None:
        """Forget the error: it is tried again."""
        self.error = None

    def end(self, fate: Fate) -> None:
        """Note its end. Who waits for `ended` is not told by this."""
        self.fate = fate
        self.live = False
        self.gain = 1.0


class Utterances:
    """The utterances that are remembered, by number; their ends, and the bound of their audio.

    `on_ended` is called with each utterance that is heard, cut or failed for the first time.
    """

    def __init__(self, playlist: Playlist, on_ended: Callable[[Utterance], None]) -> None:
        self._playlist = playlist
        self._on_ended = on_ended
        self._utterances: dict[int, Utterance] = {}
        self._numbers = 0
        self._audio_seconds = 0.0
        self._latest: Utterance | None = None

    def __getitem__(self, number: int) -> Utterance:
        """Return the utterance. Raises KeyError for a number that was forgotten or never was."""
        return self._utterances[number]

    @property
    def latest(self) -> Utterance | None:
        """The utterance that Repeat repeats while nothing is to be heard: last given, or last at the ear."""
        return self._latest

    def set_latest(self, utterance: Utterance) -> None:
        """Note that the utterance is, or was last, at the ear."""
        self._latest = utterance

    def add(self, kind: Kind, said: str = "", turns: Sequence[Turn] = ()) -> Utterance:
        """Return a new utterance."""
        self._numbers += 1
        utterance = Utterance(self._numbers, kind, said, turns)
        self._utterances[utterance.id] = utterance
        self._latest = utterance
        while len(self._utterances) > REMEMBERED:
            oldest = next(iter(self._utterances))
            self.forget_audio(self._utterances.pop(oldest))
        return utterance

    def before(self, utterance: Utterance) -> Utterance | None:
        """Return the utterance that was given before this one, if it still has its text."""
        earlier = [other for other in self._utterances.values() if other.id < utterance.id and len(other)]
        return earlier[-1] if earlier else None

    def end(self, utterance: Utterance, fate: Fate) -> None:
        """End the utterance; the first time, those who asked for it are told."""
        utterance.end(fate)
        if not utterance.is_end_told:
            utterance.is_end_told = True
            self._on_ended(utterance)
        utterance.ended.set()

    def end_unheard(self, utterance: Utterance) -> None:
        """End an utterance that is not heard to its end."""
        self.end(utterance, Fate.FAILED if utterance.error else Fate.CUT)

    def keep_end_quiet(self, utterance: Utterance) -> None:
        """Tell nobody of the utterance's end."""
        utterance.is_end_told = True

    def tell_end_again(self, utterance: Utterance) -> None:
        """Tell of the utterance's next end, although one was told."""
        utterance.is_end_told = False

    # -- audio -------------------------------------------------------------------------------------

    def count_audio(self, seconds: float) -> None:
        """Note that so much more audio is there; forget the oldest where that is too much."""
        self._audio_seconds += seconds
        if self._audio_seconds <= REMEMBERED_SECONDS:
            return
        unheard = set(self._playlist.utterances())
        for utterance in self._utterances.values():
            if utterance not in unheard:
                self.forget_audio(utterance)
                if self._audio_seconds <= REMEMBERED_SECONDS:
                    return

    def forget_audio(self, utterance: Utterance) -> None:
        """Forget the audio of all of the utterance's runs."""
        for run in utterance.runs:
            self.forget_run(run)

    def forget_run(self, run: SynthesisRun) -> None:
        """Forget the run's audio."""
        if run.voice_config.synthesizer is not None:
            self._audio_seconds -= run.audio.frames / run.rate
        run.audio.close()

    def close(self) -> None:
        """Forget all audio, for good."""
        for utterance in self._utterances.values():
            for run in utterance.runs:
                run.audio.close()
