"""What the window needs of the rest of the program: the reader, and services that take time.

A service answers through `on_done`, in the window's thread, once, with its result or with an error of our
tree; never before the call has returned. Who asked may be gone by then: askers guard themselves.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeVar

from fishcaption.core.errors import FishCaptionError
from fishcaption.core.speech import Rendered, Snapshot, UtteranceView, Voice
from fishcaption.store.settings import OutputDevice, Settings

if TYPE_CHECKING:
    from fishcaption.core.errors import ModelUnavailable
    from fishcaption.core.timing.flush_policy import Kind
    from fishcaption.store.held_texts import HeldTexts
    from fishcaption.store.history import History
    from fishcaption.store.keys import KeyPlace
    from fishcaption.ui.feature_ports import CallService, PhraseService, VocabularyService


Slice = TypeVar("Slice")


class Speaker(Protocol):
    """The reader, as `fishcaption.reader.Reader` is: commands return at once and are followed by a call."""

    replace: bool  # a new utterance cuts the one being spoken, instead of waiting its turn

    def speak(self, text: str, /, *, replace: bool | None = None, said: str = "") -> int:
        """Give a whole text to the voice; return the utterance's number. Raises FishCaptionError.

        `replace` is the other policy, for this text only. `said` is spoken instead of the text.
        """
        ...

    def speak_ready(self, text: str, rendered: Rendered, /, *, replace: bool | None = None) -> int:
        """A text whose sound was made ahead: it needs no voice. Raises FishCaptionError."""
        ...

    def begin_live(self, kind: Kind = ..., /, *, replace: bool | None = None) -> int:
        """Begin an utterance that is still being typed. Raises FishCaptionError.

        `kind` tells how much is said at a time: a few words, whole sentences, or single words.
        """
        ...

    def live_text(self, number: int, text: str, /) -> None:
        """The whole text so far of a live utterance. It may be another from the view's `fixed_end` on: what
        was given and not heard is dropped from the first changed word on. InputError before that.
        """
        ...

    def finish_live(self, number: int, /) -> None:
        """No more text comes: say the rest and end."""
        ...

    def say_so_far(self) -> None:
        """Voice what was typed, without ending the utterance."""
        ...

    def pause(self) -> None:
        """Hold the sound."""
        ...

    def resume(self) -> None:
        """Go on at the next frame."""
        ...

    def stop(self) -> None:
        """Silence, in whatever state."""
        ...

    def repeat(self, gain: float = 1.0) -> None:
        """The last utterance again, louder by this factor; limited, never clipped."""
        ...

    def signal(self, rendered: Rendered, /) -> None:
        """An attention sound: first and at once; what is being spoken holds for it, and goes on after it."""
        ...

    def move(self, number: int, place: int, /) -> None:
        """Have it stand at this place of those that wait, 0 the next. KeyError: it does not wait."""
        ...

    def skip(self, number: int, /) -> None:
        """Do not say it, or not the rest of it; the next goes on. KeyError: it is not in the line."""
        ...

    def skip_to_newest(self) -> None:
        """Skip all but what was given last."""
        ...

    def clear_waiting(self) -> None:
        """Skip all that waits; what is being heard goes on."""
        ...

    def take_back(self, number: int, /) -> str:
        """Skip it, and return what was not heard of it, to be written on. KeyError: it is not in the line."""
        ...

    def back(self) -> None:
        """To the start of this or the previous sentence."""
        ...

    def forward(self) -> None:
        """To the start of the next sentence."""
        ...

    def retry(self) -> None:
        """Say what the last failure left unsaid, with the chosen voice."""
        ...

    def subscribe(self, callback: Callable[[], None], /) -> Callable[[], None]:
        """Call back when a look is worth it; the returned function ends that."""
        ...

    def snapshot(self) -> Snapshot:
        """Where we are now."""
        ...

    def next_moment(self) -> float | None:
        """Return when the snapshot next changes of itself, by `time.perf_counter`; None until a call back."""
        ...

    def utterance(self, number: int, /) -> UtteranceView:
        """One utterance as it stands. Raises KeyError for one that was forgotten."""
        ...


class Stores(NamedTuple):
    """What is kept on this machine and used in the window's thread. The window adds to the history what has
    ended; who made them closes them, after the window.
    """

    history: History
    held_texts: HeldTexts


class FishVoices(NamedTuple):
    """One page of Fish Audio's voices. `own` are the user's, on the first page only."""

    own: tuple[Voice, ...]
    public: tuple[Voice, ...]
    has_more: bool


class KeyReport(NamedTuple):
    """A key that the service knows. `credit` in dollars, None where it does not say."""

    credit: float | None = None


class ModelOffer(NamedTuple):
    """A model that can be used today, in ``cents`` (of a dollar) a thousand letters."""

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
        """Speak with this model from now on: the user has chosen it with its price in sight."""
        ...

    def price_of(self, text: str) -> float:
        """Return what the text may cost, in dollars."""
        ...

    def is_too_dear(self, text: str) -> bool:
        """Return whether the text costs more than may be spent without asking."""
        ...

    def question(self) -> ModelUnavailable | None:
        """Return why the user must be asked before the chosen model speaks; None: it may."""
        ...

    def instead(self) -> tuple[ModelOffer, ...]:
        """Return what can be used instead of the chosen model; itself, where it only may cost now."""
        ...


class SettingsService(Protocol):
    """The settings, which nobody else keeps a copy of."""

    @property
    def current(self) -> Settings:
        """The settings as they are now."""
        ...

    def subscribe(
        self, select: Callable[[Settings], Slice], callback: Callable[[Slice, Slice], None], /
    ) -> Callable[[], None]:
        """Call `callback(before, after)` whenever what `select` takes of the settings has changed.

        The returned function ends that.
        """
        ...

    def change(self, **changes: Any) -> None:
        """Use these settings from now on, everywhere, and save them. Called often."""
        ...

    def replace(self, settings: Settings, /) -> None:
        """Use and save other settings in the place of all there are."""
        ...


class SpeechService(Protocol):
    """What speaks, as a whole."""

    def is_ready(self) -> bool:
        """Return whether it is imported; a command to the reader before that takes half a second."""
        ...

    def warm(self) -> None:
        """Somebody is about to speak: open the sound device, have a socket ready. Cheap when warm."""
        ...

    def retry_embedded(self) -> None:
        """Say with the embedded voice what the last failure left unsaid; the chosen voice stays chosen."""
        ...


class RetryService(Protocol):
    """Other tries where the service cannot be reached: when, and with which voice."""

    def follow(self, on_wait: Callable[[float], None], on_due: Callable[[bool], None], /) -> None:
        """Call `on_wait` with the seconds until the next try, and `on_due` when it is to be made.

        True for `on_due`: with the embedded voice.
        """
        ...

    def is_pending(self) -> bool:
        """Return whether another try is to come."""
        ...

    def end(self) -> None:
        """Stop: no other try comes by itself."""
        ...

    def close(self) -> None:
        """The window is closed: nothing is tried any more."""
        ...


class VoiceService(Protocol):
    """The voices there are."""

    def embedded_voices(self, on_done: Callable[[tuple[Voice, ...] | FishCaptionError], None]) -> None:
        """Answer with the voices that need no account."""
        ...

    def fish_voices(
        self, search: str, page: int, on_done: Callable[[FishVoices | FishCaptionError], None]
    ) -> None:
        """Answer with Fish Audio's voices whose name or tags match; `page` counts from 1.

        Unauthorized without a key.
        """
        ...


class AccountService(Protocol):
    """The key of Fish Audio's account."""

    def key_place(self, on_done: Callable[[KeyPlace | FishCaptionError], None]) -> None:
        """Answer where the key in use is kept."""
        ...

    def check_key(self, key: str, on_done: Callable[[KeyReport | FishCaptionError], None]) -> None:
        """Ask the service whether it knows this key; nothing is changed."""
        ...

    def save_key(self, key: str, on_done: Callable[[KeyPlace | FishCaptionError], None]) -> None:
        """Use this key from now on, and keep it in the keyring.

        StorageError where there is no keyring: the key is used until the program ends.
        """
        ...

    def forget_key(self, on_done: Callable[[KeyPlace | FishCaptionError], None]) -> None:
        """Take the key out of the keyring and use none; answer where one is still found."""
        ...


class SoundDeviceService(Protocol):
    """The sound devices that the voice can be heard on."""

    def devices(self, on_done: Callable[[tuple[OutputDevice, ...] | FishCaptionError], None]) -> None:
        """Answer with the sound devices there are now, without the system's default."""
        ...


class ProfileService(Protocol):
    """The windows of other profiles."""

    def open_profile(self, name: str) -> None:
        """Open the window of this profile, or bring it to the front; empty: the one without a name."""
        ...


class Services(Protocol):
    """Everything that waits for a network, a process or a disk, by subject; the program does it in tasks."""

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
        """What speaks."""
        ...

    @property
    def retrying(self) -> RetryService:
        """Other tries where the service cannot be reached."""
        ...

    @property
    def voices(self) -> VoiceService:
        """The voices there are."""
        ...

    @property
    def account(self) -> AccountService:
        """Fish Audio's key."""
        ...

    @property
    def sound_devices(self) -> SoundDeviceService:
        """What the voice can be heard on."""
        ...

    @property
    def profiles(self) -> ProfileService:
        """The windows of other profiles."""
        ...

    def prepare(self, on_ready: Callable[[], None]) -> None:
        """The window has been painted: import what is made after that, then call `on_ready`."""
        ...

    def phrases(self) -> PhraseService | None:
        """Return the phrase bank, where there is one. Asked for once, after the first paint."""
        ...

    def calls(self) -> CallService | None:
        """Return what calls need, where they are possible. Asked for once, after the first paint."""
        ...

    def vocabulary(self) -> VocabularyService | None:
        """Return abbreviations, replacements and completion. Asked for once, after the first paint."""
        ...
