"""The window's ports to the rest of the program: the reader, and services that take time.

A service answers through `on_done` once, in the window's thread, with its result or with one of our errors,
and never before the method has returned. A caller that is closed by then must ignore the answer itself.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeVar

from fishcaption.core.errors import FishCaptionError
from fishcaption.core.speech import Rendered, Snapshot, UtteranceView
from fishcaption.store.settings import OutputDevice, Settings

if TYPE_CHECKING:
    from fishcaption.core.errors import LimitReached, ModelUnavailable
    from fishcaption.core.timing.flush_policy import Kind
    from fishcaption.store.held_texts import HeldTexts
    from fishcaption.store.history import History
    from fishcaption.ui.account_ports import AccountService, SpendingService
    from fishcaption.ui.audience_ports import AudienceService, RecentScripts, ScriptService
    from fishcaption.ui.cast_ports import CastService
    from fishcaption.ui.download_ports import VoiceDownloadService
    from fishcaption.ui.feature_ports import CallService, PhraseService, VocabularyService
    from fishcaption.ui.recording_ports import RecorderService, RecordingsService
    from fishcaption.ui.retry_ports import RetryService
    from fishcaption.ui.voice_ports import OwnVoiceService, VoiceService


Slice = TypeVar("Slice")


class Speaker(Protocol):
    """The reader (`fishcaption.reader.Reader`). Commands return at once; subscribers are called later."""

    replace: bool  # a new utterance cuts the one being spoken, instead of waiting its turn

    def speak(self, text: str, /, *, replace: bool | None = None, said: str = "") -> int:
        """Speak a whole text; return the utterance's number. Raises FishCaptionError.

        `replace` overrides the attribute for this text. `said`, if not empty, is spoken instead of the text.
        """
        ...

    def speak_ready(self, text: str, rendered: Rendered, /, *, replace: bool | None = None) -> int:
        """Speak a text whose sound was made ahead; it needs no voice. Raises FishCaptionError."""
        ...

    def begin_live(self, kind: Kind = ..., /, *, replace: bool | None = None) -> int:
        """Begin an utterance that is still being typed; return its number. Raises FishCaptionError.

        `kind` says how much is spoken at a time: a few words, whole sentences, or single words.
        """
        ...

    def live_text(self, number: int, text: str, /) -> None:
        """Set the whole text so far of a live utterance.

        It may differ from the view's `fixed_end` on: what was given and not heard is dropped from the first
        changed word on. Raises InputError for a change before that.
        """
        ...

    def finish_live(self, number: int, /) -> None:
        """End the live utterance: no more text comes, and the rest is spoken."""
        ...

    def say_so_far(self) -> None:
        """Speak what was typed so far, without ending the utterance."""
        ...

    def pause(self) -> None:
        """Pause the sound."""
        ...

    def resume(self) -> None:
        """Resume at the next frame."""
        ...

    def stop(self) -> None:
        """Stop everything, in any state."""
        ...

    def repeat(self, gain: float = 1.0) -> None:
        """Repeat the last utterance, louder by this factor; the sound is limited and never clipped."""
        ...

    def signal(self, rendered: Rendered, on_end: Callable[[bool], None] | None = None, /) -> None:
        """Play a sound at once; speech pauses for it and then continues.

        `on_end` is called once: with True when it was heard to its end, else with False.
        """
        ...

    def end_signal(self) -> None:
        """End that sound; speech continues."""
        ...

    def move(self, number: int, place: int, /) -> None:
        """Move a waiting utterance to this place in the queue, 0 the next. KeyError: it does not wait."""
        ...

    def skip(self, number: int, /) -> None:
        """Skip an utterance, or the rest of it; the next one begins. KeyError: it is not in the queue."""
        ...

    def skip_to_newest(self) -> None:
        """Skip all but the newest utterance."""
        ...

    def clear_waiting(self) -> None:
        """Skip all waiting utterances; the current one goes on."""
        ...

    def take_back(self, number: int, /) -> str:
        """Skip an utterance, and return what was not heard of it. KeyError: it is not in the queue."""
        ...

    def back(self) -> None:
        """Go to the start of this or the previous sentence."""
        ...

    def forward(self) -> None:
        """Go to the start of the next sentence."""
        ...

    def retry(self) -> None:
        """Speak what the last failure left unspoken, with the chosen voice."""
        ...

    def subscribe(self, callback: Callable[[], None], /) -> Callable[[], None]:
        """Call back when the snapshot may have changed; the returned function ends that."""
        ...

    def snapshot(self) -> Snapshot:
        """Return the current state."""
        ...

    def next_moment(self) -> float | None:
        """Return when the snapshot next changes by itself (`time.perf_counter`); None: after a call back."""
        ...

    def utterance(self, number: int, /) -> UtteranceView:
        """Return one utterance as it is now. Raises KeyError for one that is no longer remembered."""
        ...


class Stores(Protocol):
    """History and held texts, used in the window's thread. Their owner closes them after the window."""

    @property
    def history(self) -> History:
        """Return the history; it is not asked for before the first paint."""
        ...

    @property
    def held_texts(self) -> HeldTexts:
        """Return the held texts."""
        ...


class ModelOffer(NamedTuple):
    """A model that can be used today. ``cents`` (of a dollar) are for a thousand letters."""

    name: str
    note: str
    cents: float
    is_at_most: bool  # it was free for a time, which is over: it may cost this, or nothing


class ModelService(Protocol):
    """The models of the chosen voice's service, and what texts cost."""

    def offers(self) -> tuple[ModelOffer, ...]:
        """Return the models that can be asked for today."""
        ...

    def choose(self, name: str) -> None:
        """Speak with this model from now on: the user has seen its price and chosen it."""
        ...

    def price_of(self, text: str) -> float:
        """Return what the text may cost, in dollars."""
        ...

    def is_too_dear(self, text: str) -> bool:
        """Return whether the text costs more than may be spent without asking."""
        ...

    def limit_of(self, text: str) -> LimitReached | None:
        """Return the user's limit that speaking the text would pass; None: none, or the text is free."""
        ...

    def question(self) -> ModelUnavailable | None:
        """Return why the user must be asked before the chosen model speaks; None: it may."""
        ...

    def instead(self) -> tuple[ModelOffer, ...]:
        """Return the models to use instead of the chosen one; also itself, if it only costs now."""
        ...


class SettingsService(Protocol):
    """The settings. No other class keeps a copy."""

    @property
    def current(self) -> Settings:
        """Return the current settings."""
        ...

    def subscribe(
        self, select: Callable[[Settings], Slice], callback: Callable[[Slice, Slice], None], /
    ) -> Callable[[], None]:
        """Call `callback(before, after)` when the part of the settings that `select` returns has changed.

        The returned function ends that.
        """
        ...

    def change(self, **changes: Any) -> None:
        """Use these settings from now on, everywhere, and save them. Called often."""
        ...

    def replace(self, settings: Settings, /) -> None:
        """Replace all settings, and save them."""
        ...


class SpeechService(Protocol):
    """The speech system."""

    def is_ready(self) -> bool:
        """Return whether speech is imported; a command to the reader before that takes half a second."""
        ...

    def warm(self) -> None:
        """Prepare for speech that comes soon: open the sound device and a socket. Cheap if they are open."""
        ...

    def retry_embedded(self) -> None:
        """Speak what the last failure left unspoken with the embedded voice; the choice of voice stays."""
        ...


class SoundDeviceService(Protocol):
    """The sound devices that the voice can be heard on."""

    def devices(self, on_done: Callable[[tuple[OutputDevice, ...] | FishCaptionError], None]) -> None:
        """Answer with the current sound devices, without the system's default."""
        ...


class ProfileService(Protocol):
    """The windows of other profiles."""

    def open_profile(self, name: str) -> None:
        """Open the window of this profile, or bring it to the front; an empty name is the main profile."""
        ...


class KeptAudioService(Protocol):
    """The sound of what was spoken, on this computer."""

    def used_bytes(self) -> int:
        """Return the bytes of it on the disk."""
        ...

    def erase(self, on_done: Callable[[int | FishCaptionError], None]) -> None:
        """Delete all of it, and its key first; answer the bytes that were there.

        StorageError if the keyring does not give up the key; the sound is deleted all the same.
        """
        ...


class Services(Protocol):
    """All services, by subject, that wait for a network, a process or a disk."""

    @property
    def settings(self) -> SettingsService:
        """The settings."""
        ...

    @property
    def models(self) -> ModelService:
        """The models of the chosen voice's service."""
        ...

    @property
    def speech(self) -> SpeechService:
        """Return the speech system."""
        ...

    @property
    def retrying(self) -> RetryService:
        """Other tries where the service cannot be reached."""
        ...

    @property
    def voices(self) -> VoiceService:
        """The available voices."""
        ...

    @property
    def voice_downloads(self) -> VoiceDownloadService:
        """Return the service of voices that can be fetched to this computer."""
        ...

    @property
    def account(self) -> AccountService:
        """The keys of Fish Audio's accounts."""
        ...

    @property
    def spending(self) -> SpendingService:
        """Money spent at the service, and the user's limits."""
        ...

    @property
    def sound_devices(self) -> SoundDeviceService:
        """Return the service for sound devices."""
        ...

    @property
    def recorder(self) -> RecorderService:
        """Recordings from a microphone."""
        ...

    @property
    def kept_audio(self) -> KeptAudioService:
        """The sound of what was spoken."""
        ...

    @property
    def recordings(self) -> RecordingsService:
        """Return the user's own recordings."""
        ...

    @property
    def profiles(self) -> ProfileService:
        """The windows of other profiles."""
        ...

    def prepare(self, on_ready: Callable[[], None]) -> None:
        """After the first paint: import what the window needs next, then call `on_ready`."""
        ...

    def phrases(self) -> PhraseService | None:
        """Return the phrase bank, if there is one. Called once, after the first paint."""
        ...

    def calls(self) -> CallService | None:
        """Return the service for calls, if they are possible. Called once, after the first paint."""
        ...

    def vocabulary(self) -> VocabularyService | None:
        """Return the user's vocabulary. Called once, after the first paint."""
        ...

    def cast(self) -> CastService | None:
        """Return the voices of speakers and scripts, if there are such. Called after the first paint."""
        ...

    def audience(self) -> AudienceService | None:
        """Return the captions for the audience, if there is such a service. Called after the first paint."""
        ...

    def own_voices(self) -> OwnVoiceService | None:
        """Return the service of the user's own voices; None where there is none."""
        ...

    def script(self) -> ScriptService | None:
        """Return the script of the Present workspace, if there is one. Called after the first paint."""
        ...

    def recent_scripts(self) -> RecentScripts:
        """Return the files of scripts that were opened last. Called where there is a script."""
        ...
