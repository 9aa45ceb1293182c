"""The speech system and its reader as the window has them before they are built.

The engine takes half a second to import, and the window is painted first. `LazySpeech` builds the system when
it is first needed; `LazyReader` stands for its reader from the start: idle, until the first command.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from fishcaption.core.errors import FishCaptionError, StorageError
from fishcaption.core.speech import Manner, PlayerState, Snapshot, State, UtteranceView

if TYPE_CHECKING:
    from datetime import date

    from fishcaption.app.settings import SettingsStore
    from fishcaption.app.sound import Sounding
    from fishcaption.audio.forecast import HeardSound
    from fishcaption.core.normalization.rules import Rules
    from fishcaption.core.speech import Rendered, Voice, WordTime
    from fishcaption.core.synthesis_options import SynthesisOptions
    from fishcaption.core.timing.flush_policy import Kind
    from fishcaption.core.voices.cast import Cast
    from fishcaption.core.voices.presets import Preset
    from fishcaption.reader import Reader
    from fishcaption.speech.system import SpeechSystem
    from fishcaption.store.held_texts import Unheard
    from fishcaption.store.kept_audio.kept_audio import KeptAudio
    from fishcaption.store.settings import Settings


def billing_day() -> date | None:
    """See `fish.endpoint`, whose modules are not imported before the first paint."""
    from fishcaption.fish import endpoint

    return endpoint.billing_day()


class LazySpeech:
    """The speech system, built when it is first needed; `ui.ports.SpeechService` for the window.

    ``on_error`` is told what is wrong with the sound or with a file; ``on_awake`` is called when somebody is
    about to speak; ``rules`` gives how what is shown is said, ``kept`` the store of what was spoken.
    """

    def __init__(self, settings: SettingsStore) -> None:
        self.on_error: Callable[[FishCaptionError], None] = _ignore
        self.on_awake: Callable[[], None] = _nothing
        self.on_built: Callable[[Reader], None] = _nothing_of
        self.on_stood_in: Callable[[FishCaptionError], None] = _ignore
        self.rules: Callable[[], Rules] | None = None
        self.cast: Callable[[], Cast] | None = None
        self.kept: Callable[[], KeptAudio] | None = None
        self.is_imported = False  # else the first command imports the engine, and keys wait for it
        self.is_entered = False
        self.manner: Manner | None = None
        """The manner of speaking within `speaking_as`; None outside of it."""
        self._settings = settings
        self._sounding: Sounding | None = None
        self._heard_sound: HeardSound | None = None
        self._built: SpeechSystem | None = None
        self._has_stand_in = False
        settings.subscribe(speaker_of, self._on_speaker)
        settings.subscribe(lambda settings: settings.sentence_hold_seconds, self._on_hold)

    @property
    def system(self) -> SpeechSystem:
        """The system; building it imports the engine."""
        if self._built is None:
            self._build()
        assert self._built is not None
        return self._built

    @property
    def reader(self) -> Reader | None:
        """The reader, where the system is built."""
        return self._built.reader if self._built is not None else None

    @property
    def settings(self) -> SettingsStore:
        """The settings that it follows."""
        return self._settings

    def heard_sound(self) -> HeardSound:
        """Return what tells the sound that was heard, now or once the system is built."""
        if self._heard_sound is None:
            from fishcaption.audio.forecast import HeardSound

            self._heard_sound = HeardSound()
        return self._heard_sound

    def use_rules(self) -> None:
        """Give the reader the rules of how text is spoken, if they have changed."""
        if self._built is not None and self.rules is not None and self._built.reader.rules != self.rules():
            self._built.reader.rules = self.rules()

    # -- ui.ports.SpeechService --------------------------------------------------------------------

    def is_ready(self) -> bool:
        """Return whether the engine is imported."""
        return self.is_imported

    def warm(self) -> None:
        """Open the sound device and have a socket ready."""
        if self.is_entered:
            self.system.warm()
        self.on_awake()

    def use_stand_in(self, is_used: bool) -> None:
        """See `SpeechSystem.use_stand_in`."""
        self._has_stand_in = is_used
        if self._built is not None:
            self._built.use_stand_in(is_used)

    def stand_in(self) -> Voice | None:
        """Return the embedded voice that speaks in the place of the chosen one; None: none does."""
        if self._built is None or self._built.absence is None:
            return None
        return self._built.stand_in_of(self._settings.current.voice)

    def go_back(self) -> None:
        """Speak with the chosen voice again, from the next text on."""
        if self._built is not None:
            self._built.go_back()
        self.warm()

    async def reach(self) -> None:
        """Look whether the chosen voice's service can be reached. Raises FishCaptionError."""
        await self.system.reach()

    def retry_embedded(self) -> None:
        """Say with the embedded voice what the last failure left unsaid; the chosen voice stays chosen."""
        with self.speaking_as(None):
            self.system.reader.retry(is_for_all=True)
        self.warm()

    @contextmanager
    def speaking_as(self, who: Voice | Preset | None) -> Iterator[None]:
        """Have this voice say all of what the reader is given meanwhile; the chosen voice stays chosen.

        The cast has no part in it, and what is tried again later is said by the same voice. None is the
        embedded default, which needs no network.
        """
        from fishcaption.core.voices.presets import Preset
        from fishcaption.speech.system import find_voice

        settings = self._settings.current
        changes: dict[str, Any] = {"voice": who or find_voice("")}
        if isinstance(who, Preset):
            changes = {name: value for name, value in who.changes().items() if name in Speaking._fields}
        is_other = who != settings.voice
        if is_other:
            choose_voice(self.system, replace(settings, **changes))
        self.manner = self.manner_of(who) if isinstance(who, Preset) else Manner()
        try:
            yield
        finally:
            self.manner = None
            if is_other:
                choose_voice(self.system, settings)

    def manner_of(self, preset: Preset) -> Manner:
        """Return how a preset speaks, beside the settings of now."""
        settings = self._settings.current
        return preset.manner(settings.volume, settings.speed)

    # -- inside ------------------------------------------------------------------------------------

    def _build(self) -> None:
        from fishcaption.app.sound import Sounding
        from fishcaption.speech.system import SpeechSystem
        from fishcaption.store import speech_rates

        self._sounding = Sounding(
            self._settings,
            on_change=self._on_player_changed,
            on_error=self._tell,
            heard_sound=self.heard_sound(),
        )
        rates = speech_rates.load(speech_rates.rates_path(), self._tell_broken)
        built = self._built = SpeechSystem(
            self._sounding.player,
            key=None,
            speech_rates=rates,
            today=billing_day,
            kept=self.kept() if self.kept is not None else None,
        )
        # all of it now: who types at once may press Enter before the system is entered
        settings = self._settings.current
        built.reader.hold_seconds = settings.sentence_hold_seconds
        if self.rules is not None:
            built.reader.rules = self.rules()
        self.on_built(built.reader)
        built.on_stood_in = self._on_stood_in
        built.use_stand_in(self._has_stand_in)
        choose_voice(built, settings)

    def _on_stood_in(self, error: FishCaptionError) -> None:
        self.on_stood_in(error)

    def _on_speaker(self, _before: Speaking, _after: Speaking) -> None:
        if self._built is not None:
            self._built.go_back()  # who chooses a voice wants to hear it
            choose_voice(self._built, self._settings.current)
        self.warm()

    def _on_hold(self, _before: float, seconds: float) -> None:
        if self._built is not None:
            self._built.reader.hold_seconds = seconds

    def _tell(self, error: FishCaptionError) -> None:
        self.on_error(error)

    def _tell_broken(self, words: str) -> None:
        self.on_error(StorageError(words))

    def _on_player_changed(self) -> None:
        if self._built is not None:
            self._built.reader.player_changed()


class LazyReader:
    """`ui.ports.Speaker`: the reader, which the first command builds.

    What is given to it is on disk as not heard before anybody is told of it.
    """

    def __init__(self, speech: LazySpeech, unheard: Unheard) -> None:
        self._speech = speech
        self._unheard = unheard
        self._is_replacing = False
        self.repeat_earlier: Callable[[], bool] | None = None
        """Speaks the last text of an earlier start again, and returns whether there is one."""
        self._when_built: list[Callable[[Reader], None]] = []
        speech.on_built = self._on_built

    @property
    def replace(self) -> bool:
        """See `reader.Reader.replace`."""
        return self._is_replacing

    @replace.setter
    def replace(self, is_replacing: bool) -> None:
        self._is_replacing = is_replacing
        if self._speech.reader is not None:
            self._speech.reader.replace = is_replacing

    def snapshot(self) -> Snapshot:
        """See `reader.Reader.snapshot`."""
        if self._speech.reader is not None:
            return self._speech.reader.snapshot()
        voice = self._speech.settings.current.voice
        return Snapshot(State.IDLE, voice, None, (), 0.0, None, PlayerState("", False, None))

    def next_moment(self) -> float | None:
        """See `reader.Reader.next_moment`."""
        return self._speech.reader.next_moment() if self._speech.reader is not None else None

    def utterance(self, number: int, /) -> UtteranceView:
        """See `reader.Reader.utterance`."""
        return self._reader.utterance(number)

    def word_times(self, number: int, /) -> tuple[int, tuple[WordTime, ...]]:
        """See `reader.Reader.word_times`."""
        return self._reader.word_times(number)

    def heard_frames(self, number: int, /) -> int:
        """See `reader.Reader.heard_frames`."""
        return self._reader.heard_frames(number)

    def subscribe(self, callback: Callable[[], None], /) -> Callable[[], None]:
        """See `reader.Reader.subscribe`."""
        return self._subscribe(lambda reader: reader.subscribe(callback))

    def subscribe_ended(self, callback: Callable[[UtteranceView], None], /) -> Callable[[], None]:
        """See `reader.Reader.subscribe_ended`."""
        return self._subscribe(lambda reader: reader.subscribe_ended(callback))

    # -- commands, which build the reader ----------------------------------------------------------

    def speak(self, text: str, /, *, replace: bool | None = None, said: str = "") -> int:
        """See `reader.Reader.speak`. What the cast gives to other voices is said by those."""
        from fishcaption.core.voices.cast import Cast, preset_is_gone, silent_speaker

        speech, cast = self._speech, None
        if speech.cast is not None and speech.manner is None and not said:
            cast = speech.cast()
            if silent := silent_speaker(text, cast):
                raise preset_is_gone(silent)
        if speech.manner is not None or (cast is not None and (cast.speakers or cast.scripts)):
            turns = speech.system.turns(text, cast or Cast(), speech.manner_of, manner=speech.manner)
            if turns:
                return self._reader.speak_in_turns(text, turns, replace=replace, said=said)
        return self._reader.speak(text, replace=replace, said=said)

    def speak_ready(self, text: str, rendered: Rendered, /, *, replace: bool | None = None) -> int:
        """See `reader.Reader.speak_ready`."""
        manner = self._speech.manner or Manner()
        return self._reader.speak_ready(text, rendered, replace=replace, manner=manner)

    def begin_live(self, kind: Kind | None = None, /, *, replace: bool | None = None) -> int:
        """See `reader.Reader.begin_live`."""
        if kind is None:
            return self._reader.begin_live(replace=replace)
        return self._reader.begin_live(kind, replace=replace)

    def live_text(self, number: int, text: str, /) -> None:
        """See `reader.Reader.live_text`."""
        self._reader.live_text(number, text)

    def finish_live(self, number: int, /) -> None:
        """See `reader.Reader.finish_live`."""
        self._reader.finish_live(number)

    def say_so_far(self) -> None:
        """See `reader.Reader.say_so_far`."""
        self._reader.say_so_far()

    def pause(self) -> None:
        """See `reader.Reader.pause`."""
        self._reader.pause()

    def resume(self) -> None:
        """See `reader.Reader.resume`."""
        self._reader.resume()

    def stop(self) -> None:
        """See `reader.Reader.stop`."""
        self._reader.stop()

    def repeat(self, gain: float = 1.0) -> None:
        """See `reader.Reader.repeat`; before this start has a text, the last one of an earlier start."""
        if self._reader.snapshot().current is None and self.repeat_earlier is not None:
            is_spoken = self.repeat_earlier()
            if is_spoken and gain == 1.0:
                return
        self._reader.repeat(gain)

    def signal(self, rendered: Rendered, on_end: Callable[[bool], None] | None = None, /) -> None:
        """See `reader.Reader.signal`."""
        self._reader.signal(rendered, on_end)

    def end_signal(self) -> None:
        """See `reader.Reader.end_signal`."""
        if self._speech.reader is not None:
            self._speech.reader.end_signal()

    def move(self, number: int, place: int, /) -> None:
        """See `reader.Reader.move`."""
        self._reader.move(number, place)

    def skip(self, number: int, /) -> None:
        """See `reader.Reader.skip`."""
        self._reader.skip(number)

    def skip_to_newest(self) -> None:
        """See `reader.Reader.skip_to_newest`."""
        self._reader.skip_to_newest()

    def clear_waiting(self) -> None:
        """See `reader.Reader.clear_waiting`."""
        self._reader.clear_waiting()

    def take_back(self, number: int, /) -> str:
        """See `reader.Reader.take_back`."""
        return self._reader.take_back(number)

    def back(self) -> None:
        """See `reader.Reader.back`."""
        self._reader.back()

    def forward(self) -> None:
        """See `reader.Reader.forward`."""
        self._reader.forward()

    def retry(self) -> None:
        """See `reader.Reader.retry`."""
        self._reader.retry()

    # -- inside ------------------------------------------------------------------------------------

    @property
    def _reader(self) -> Reader:
        return self._speech.system.reader

    def _on_built(self, reader: Reader) -> None:
        from fishcaption.app.unheard_texts import UnheardTexts

        reader.replace = self._is_replacing
        unheard = UnheardTexts(reader, self._unheard)
        reader.subscribe(unheard.look)  # first: a text is on disk before the window takes it out of the draft
        subscriptions, self._when_built = self._when_built, []
        for subscribe in subscriptions:
            subscribe(reader)

    def _subscribe(self, to: Callable[[Reader], Callable[[], None]]) -> Callable[[], None]:
        """Subscribe now, or as soon as the reader is built; return a function that ends that.

        Each subscriber is the reader's own, so that a bug in one keeps no other from being told.
        """
        ends: list[Callable[[], None]] = []

        def subscribe(reader: Reader) -> None:
            ends.append(to(reader))

        def end() -> None:
            if ends:
                ends.pop()()
            else:
                self._when_built.remove(subscribe)

        if self._speech.reader is not None:
            subscribe(self._speech.reader)
        else:
            self._when_built.append(subscribe)
        return end


class Speaking(NamedTuple):
    """The settings of who speaks, and how: see `SpeechSystem.choose`."""

    voice: Voice
    model: str
    model_agreed: str
    options: SynthesisOptions


def speaker_of(settings: Settings) -> Speaking:
    """Return who speaks by these settings."""
    return Speaking(settings.voice, settings.model, settings.model_agreed, settings.options)


def choose_voice(speech: SpeechSystem, settings: Settings) -> None:
    """Have the system speak with the voice of the settings; without one, with the embedded default."""
    from fishcaption.speech.system import voice_of

    speech.choose(voice_of(settings.voice), settings.model, settings.options, agreed=settings.model_agreed)


def _ignore(error: FishCaptionError) -> None:
    """Nobody listens yet: before the window is made."""


def _nothing() -> None:
    """Nobody waits for it yet."""


def _nothing_of(reader: Reader) -> None:
    """Nobody listens to the reader yet."""
