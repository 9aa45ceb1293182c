"""Preparing a script: its cues are rendered ahead and checked, so that the show needs no network.

What is rendered stays on disk, within a bound: after a break, or another start, only the rest is made. Live
speech goes first (see `rendering.renderer`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Final, NamedTuple

from fishcaption.app.services.rendering.kept_audio import not_lasting
from fishcaption.app.services.rendering.renderer import Renderer, Wanted
from fishcaption.app.services.rendering.sound import RenderVoice, RenderVoices, as_shown
from fishcaption.core.cues.audience_text import audience_text
from fishcaption.core.cues.reading_speed import reading_speed
from fishcaption.core.errors import FishCaptionError, InputError, StorageError
from fishcaption.core.models import no_day
from fishcaption.core.phrases.bank import Ahead
from fishcaption.core.script.doubtful_words import doubtful_words
from fishcaption.core.script.model import Script, ScriptCue
from fishcaption.core.speech import Rendered, Voice
from fishcaption.store.kept_audio.kept_audio import KeptAudio, kept_audio_dir
from fishcaption.store.settings import Settings
from fishcaption.ui.audience_ports import CueCheck, Preparation

if TYPE_CHECKING:
    from fishcaption.app.settings import SettingsStore
    from fishcaption.core.normalization.rules import Rules
    from fishcaption.core.voices.presets import Preset
    from fishcaption.speech.system import SpeechSystem
    from fishcaption.ui.ports import Speaker

QUIET_SECONDS: Final = 1.0
"""So long nothing is spoken and no key pressed before a cue is rendered: the user has asked for it."""

_LEAST_SECONDS: Final = 1.0  # that a caption stands, however short it is
_NEAR: Final = 3  # cues behind the next one whose sound is in memory
_MOST_FINDINGS: Final = 20_000  # cues whose checks are kept
_STATES: Final = {
    Ahead.READY: Preparation.READY,
    Ahead.LOOKING: Preparation.WORKING,
    Ahead.WORKING: Preparation.WORKING,
    Ahead.RESTING: Preparation.WAITING,
    Ahead.ASKING: Preparation.ASKING,
    Ahead.FULL: Preparation.FAILED,
    Ahead.FAILED: Preparation.FAILED,
    Ahead.OFF: Preparation.OFF,
}


class ScriptPreparation:
    """Makes the sound of a script's cues ready, and checks them; `run` must be running for that.

    ``on_change`` is called when the state or a check is another, ``on_length`` with the id of a cue and its
    length in seconds at the usual speed. What is on disk already is used before `run` begins.
    """

    def __init__(
        self,
        speaker: Speaker,
        settings: SettingsStore,
        *,
        kept: KeptAudio | None = None,
        quiet_seconds: float = QUIET_SECONDS,
        today: Callable[[], date | None] = no_day,
        missing_scripts: Callable[[str], tuple[str, ...]] = lambda text: (),
    ) -> None:
        """``missing_scripts`` names the scripts of a text that this computer has no font for."""
        self._missing_scripts = missing_scripts
        self._speaker = speaker
        self._settings = settings
        self.on_change: Callable[[], None] = _nothing
        self.on_length: Callable[[int, float], None] = _ignore
        self._kept = kept or KeptAudio(kept_audio_dir())
        self._quiet_seconds = quiet_seconds
        self._today = today
        self._script = Script()
        self._speakers: Mapping[str, Voice | Preset] = {}
        self._voices = RenderVoices(settings, today)
        self._first = 0  # place of the cue that is needed first
        self._is_on = False
        self._budget = 0.0  # dollars that may still be spent
        self._refused: FishCaptionError | None = None
        self._findings: dict[tuple[Voice | None, str], _Findings] = {}
        self._renderer: Renderer | None = None
        self._near = asyncio.Event()
        settings.subscribe(_used_of, self._on_settings)

    # -- what the program asks ---------------------------------------------------------------------

    async def run(self, speech: SpeechSystem) -> None:
        """Render and load until cancelled. The speech system is entered."""
        self._renderer = Renderer.beside(
            speech,
            self._speaker,
            self._kept,
            owner="script",
            today=self._today,
            on_change=self._tell,
            on_made=self._on_made,
            quiet_seconds=self._quiet_seconds,
        )
        self._want()
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._renderer.follow(self._speaker))
                tasks.create_task(self._load_near())
        finally:
            self._renderer = None

    def use_rules(self, rules: Rules) -> None:
        """Say what is shown by these rules from now on."""
        if self._voices.use_rules(rules):
            self._begin_anew()

    def stirred(self) -> None:
        """A key was pressed, or somebody is about to speak."""
        if self._renderer is not None:
            self._renderer.stirred()

    # -- what the show asks ------------------------------------------------------------------------

    def use(self, script: Script, speakers: Mapping[str, Voice | Preset], first: int) -> None:
        """Prepare this script with these voices of its speakers; the cue at place ``first`` is next."""
        is_same = script.cues is self._script.cues and speakers == self._speakers
        self._script, self._speakers, self._first = script, speakers, first
        self._near.set()
        if not is_same:
            self._want()

    def voice_of(self, cue: ScriptCue) -> RenderVoice | None:
        """Return who speaks a cue, and how; None if the chosen model does not exist."""
        return self._voices.of(self._speakers.get(cue.speaker))

    def sound(self, cue: ScriptCue) -> Rendered | None:
        """Return a cue's sound with its words as they are shown; None if it is not on this computer."""
        voice = self.voice_of(cue)
        if voice is None:
            return None
        said = voice.said(cue.text)
        rendered = self._kept.load(voice.name(said))
        return None if rendered is None else as_shown(cue.text, said, rendered._replace(voice=voice.voice))

    def prepare(self, may_cost_dollars: float) -> None:
        """Make and check everything, for at most so many dollars."""
        self._is_on, self._budget, self._refused = True, may_cost_dollars, None
        if self._settings.current.off_record:
            self._is_on = False
            self._refused = InputError(
                "Off the record, no sound is kept on this computer, and so no script can be prepared.",
                hint="Go on the record to prepare it.",
            )
        if self._renderer is not None:
            self._renderer.retry()
        self._want()
        self._tell()

    def cancel(self) -> None:
        """Make nothing more."""
        self._is_on, self._refused = False, None
        self._want()
        self._tell()

    def state(self) -> Preparation:
        """Return the state of preparing."""
        if self._refused is not None:
            return Preparation.FAILED
        if not self._script.cues:
            return Preparation.OFF
        if self._renderer is None:
            return Preparation.WORKING if self._is_on else Preparation.OFF
        state = _STATES[self._renderer.progress().state]
        if state is Preparation.WORKING and not self._is_on:
            return Preparation.OFF  # it only looks for what is there
        if state is Preparation.FAILED and self._renderer.goes_on:
            return Preparation.WAITING
        return state

    @property
    def prepared(self) -> int:
        """The number of cues that need no network any more."""
        if self._renderer is None:
            return 0
        return len(self._renderer.ready) + len(self._renderer.silent)

    @property
    def price_dollars(self) -> float:
        """The price of what is missing."""
        return self._renderer.progress().price if self._renderer is not None else 0.0

    @property
    def error(self) -> FishCaptionError | None:
        """The error that keeps it from going on."""
        if self._refused is not None or self._renderer is None:
            return self._refused
        progress = self._renderer.progress()
        if progress.state is Ahead.FULL:
            return StorageError(
                "There is no room for the sound of such a long script.", hint="Prepare a part of it."
            )
        return progress.error

    def check(self, cue: ScriptCue, seconds: float | None) -> CueCheck:
        """Return what was found out about a cue, whose length at the usual speed is known or not."""
        renderer, number = self._renderer, str(cue.id)
        is_silent = renderer is not None and number in renderer.silent
        is_ready = is_silent or (renderer is not None and number in renderer.ready)
        found, language = self._found(cue)
        warnings: list[str] = []
        if is_silent and found.seen:
            warnings.append("The voice can say nothing of this cue.")
        if seconds is not None:
            stands = max(_LEAST_SECONDS, seconds / self._settings.current.speed)
            speed = reading_speed(found.seen, stands, language)
            if speed.is_too_fast:
                warnings.append(
                    f"This is spoken faster than most people read: {speed.per_second:.0f} characters a "
                    f"second, and {speed.most_per_second:.0f} can be read."
                )
        if found.doubtful:
            named = ", ".join(f"“{word}”" for word in found.doubtful)
            warnings.append(f"The voice may say {named} wrongly. Listen to it.")
        if found.missing:
            named = ", ".join(found.missing)
            warnings.append(
                f"This computer has no font for {named}: the audience would see boxes. Install one."
            )
        return CueCheck(is_ready, seconds, tuple(warnings), self._error_of(number))

    # -- inside ------------------------------------------------------------------------------------

    def _error_of(self, number: str) -> FishCaptionError | None:
        is_failing = self._renderer is not None and self._renderer.failing == number
        return self.error if is_failing else None

    def _on_settings(self, _before: tuple[object, ...], _after: tuple[object, ...]) -> None:
        if self._settings.current.off_record:
            self._is_on = False
        self._begin_anew()

    def _begin_anew(self) -> None:
        self._voices.clear()
        self._findings = {}
        self._near.set()
        self._want()

    def _tell(self) -> None:
        self.on_change()

    def _not_lasting(self) -> StorageError | None:
        return None if self._kept.is_lasting else not_lasting(self._settings.current)

    def _want(self) -> None:
        if self._renderer is None:
            return
        cues = self._script.cues
        in_order = (*cues[self._first :], *cues[: self._first])
        self._renderer.want(
            tuple(Wanted(str(cue.id), cue.text, self.voice_of(cue)) for cue in in_order),
            is_on=self._is_on,
            limit=self._budget,
            refused=self._not_lasting,
        )

    def _on_made(self, number: str, rendered: Rendered) -> None:
        cue = int(number)
        if cue in self._script.places:
            made = self._script.cues[self._script.places[cue]]
            voice = self.voice_of(made)
            if voice is not None:
                self._budget = max(0.0, self._budget - voice.price((voice.said(made.text).text,)))
        self.on_length(cue, len(rendered.pcm) / 2 / rendered.rate)

    async def _load_near(self) -> None:
        """Have the sound of the next cues in memory: no key waits for the disk."""
        while True:
            await self._near.wait()
            self._near.clear()
            near = self._script.cues[self._first : self._first + 1 + _NEAR]
            voices = [self.voice_of(cue) for cue in near]
            await asyncio.to_thread(_load, self._kept, near, voices)

    def _found(self, cue: ScriptCue) -> tuple[_Findings, str]:
        """Return what can be told of a cue's text, and the language in which it is read."""
        voice = self.voice_of(cue)
        language = voice.language if voice is not None else ""
        key = (voice.voice if voice is not None else None, cue.text)
        if key not in self._findings:
            if len(self._findings) >= _MOST_FINDINGS:
                self._findings.clear()
            spoken = voice.said(cue.text).text if voice is not None else ""
            seen = " ".join(audience_text(cue.text, language or "en").text.split())
            self._findings[key] = _Findings(
                seen, doubtful_words(cue.text, spoken, language), self._missing_scripts(seen)
            )
        return self._findings[key], language


class _Findings(NamedTuple):
    """A cue's text as an audience sees it, words that the voice may say wrongly, scripts without a font."""

    seen: str
    doubtful: tuple[str, ...]
    missing: tuple[str, ...]


def _nothing() -> None:
    """Nobody wants to know yet."""


def _ignore(cue: int, seconds: float) -> None:
    """Nobody wants to know yet."""


def _load(kept: KeptAudio, cues: Sequence[ScriptCue], voices: Sequence[RenderVoice | None]) -> None:
    """In a thread. The first one last: where there is no room for all, it stays."""
    for cue, voice in reversed(tuple(zip(cues, voices, strict=True))):
        if voice is not None:
            kept.load(voice.name(voice.said(cue.text)))


def _used_of(settings: Settings) -> tuple[object, ...]:
    """Return the settings on which the sound of cues depends."""
    return (
        settings.voice,
        settings.model,
        settings.model_agreed,
        settings.options,
        settings.off_record,
        settings.kept_audio,
    )
