"""The services of voices that windows need: libraries, what was seen and liked of them, how they sound.

Answers come as those of `ui.ports`.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol

from fishcaption.core.errors import FishCaptionError
from fishcaption.core.speech import TAKES_PREFIX, Voice
from fishcaption.core.voices.catalog import VoiceEntry, VoicePage, VoiceQuery, VoiceState
from fishcaption.core.voices.cloning import Candidate, ClipQuality, CloneProgress, VoiceDetails

if TYPE_CHECKING:
    from PySide6.QtGui import QImage

    from fishcaption.store.voices.seen import Shelf


class Hearing(Enum):
    """State of a sample, or of a text that is tried with a voice."""

    PREPARING = "preparing"  # it is fetched, or made
    SOUNDING = "sounding"
    ENDED = "ended"  # heard to its end, stopped, or another one took its place


OnHearing = Callable[[Hearing | FishCaptionError], None]
"""Called with each state; ENDED or an error is the last one."""


class VoiceService(Protocol):
    """The available voices."""

    def embedded_voices(self, on_done: Callable[[tuple[Voice, ...] | FishCaptionError], None]) -> None:
        """Answer with the voices that need no account."""
        ...

    def search(
        self, query: VoiceQuery, on_done: Callable[[VoicePage | FishCaptionError], None]
    ) -> Callable[[], None]:
        """Answer with a page of Fish Audio's voices; the returned function cancels the question.

        Unauthorized for own voices without a key, or where the service wants one.
        """
        ...

    def account_voices(
        self, query: VoiceQuery, on_done: Callable[[tuple[VoiceEntry, ...] | FishCaptionError], None]
    ) -> Callable[[], None]:
        """Answer with all voices of the account that match; the returned function cancels the question."""
        ...

    def seen_voices(
        self, query: VoiceQuery, on_done: Callable[[tuple[VoiceEntry, ...] | FishCaptionError], None]
    ) -> None:
        """Answer with voices that were seen before and match, the last seen first; no network is needed."""
        ...

    def look_up(self, voice: Voice, on_done: Callable[[VoiceEntry | FishCaptionError], None]) -> None:
        """Answer with what Fish Audio tells about this voice now; its state is GONE if it is not there."""
        ...

    def shelf(self, on_done: Callable[[Shelf | FishCaptionError], None]) -> None:
        """Answer with the favourites and the voices used last."""
        ...

    def set_favourite(
        self,
        entry: VoiceEntry,
        is_favourite: bool,
        on_done: Callable[[FishCaptionError | None], None],
    ) -> None:
        """Keep the voice as a favourite, or no more."""
        ...

    def used(self, entry: VoiceEntry) -> None:
        """Keep the voice as the one that was chosen last."""
        ...

    def cover(
        self, entry: VoiceEntry, side_pixels: int, on_done: Callable[[QImage | FishCaptionError], None]
    ) -> None:
        """Answer with the cover of the voice, at most so many pixels wide and high."""
        ...

    def hear(self, entry: VoiceEntry, on_change: OnHearing) -> None:
        """Play the sample of this voice; what was played before ends. Speech pauses for it."""
        ...

    def try_text(self, entry: VoiceEntry, text: str, on_change: OnHearing) -> None:
        """Have this voice say a text, as `hear`. It costs what `price_of` tells."""
        ...

    def price_of(self, voice: Voice, text: str) -> float:
        """Return what it may cost to have this voice say the text, in dollars."""
        ...

    def hush(self) -> None:
        """End what `hear` or `try_text` plays or prepares."""
        ...

    def leave(self) -> None:
        """Close what looking at voices needs: files, connections, processes. The next question opens it."""


class OwnVoice(NamedTuple):
    """A voice of the user's at the service. ``is_of_other`` account: the key in use cannot speak with it.

    ``collection`` names the recordings that it was made of, ``key`` the name of the key that made it,
    ``key_id`` that key's id. Empty words are not known.
    """

    voice: Voice
    state: VoiceState
    details: VoiceDetails
    created: str = ""
    collection: str = ""
    key: str = ""
    quality: tuple[ClipQuality, ...] = ()
    is_of_other: bool = False
    key_id: str = ""


class OwnVoiceList(NamedTuple):
    """The user's own voices. ``error`` says why the service could not be asked: then they are those known."""

    voices: tuple[OwnVoice, ...]
    error: FishCaptionError | None = None


class Collected(NamedTuple):
    """A collection of the user's recordings, as a voice is made of it.

    ``takes`` and ``seconds`` are of the kept recordings. ``speaker`` is the person who has agreed; empty:
    nobody has. ``without_text`` of them have no words. ``sent_each_time`` can travel with a text.
    """

    name: str
    takes: int
    seconds: float
    speaker: str = ""
    language: str = ""
    without_text: int = 0
    sent_each_time: int = 0

    @property
    def voice(self) -> Voice:
        """The voice that is kept nowhere: the recordings travel with each text."""
        languages = (self.language,) if self.language else ()
        return Voice("fish", TAKES_PREFIX + self.name, self.name, languages)


class Making(NamedTuple):
    """A voice that is being made, or was the last one; over once it is ``made``, or there is an ``error``."""

    title: str
    progress: CloneProgress
    made: OwnVoice | None = None
    error: FishCaptionError | None = None
    is_cancelled: bool = False

    @property
    def is_over(self) -> bool:
        """True if nothing more comes of it."""
        return self.is_cancelled or self.made is not None or self.error is not None


class OwnVoiceService(Protocol):
    """Makes the user's own voices at the service, one at a time, and looks after them. Nothing blocks."""

    def voices(self, on_done: Callable[[OwnVoiceList | FishCaptionError], None]) -> None:
        """Answer with the own voices, the newest first; those of another account too, if they are known."""
        ...

    def collections(self, on_done: Callable[[tuple[Collected, ...] | FishCaptionError], None]) -> None:
        """Answer with the collections of recordings on this computer."""
        ...

    def is_noisy(self, collection: str, on_done: Callable[[bool | FishCaptionError], None]) -> None:
        """Answer whether a check hears noise in these recordings; some of them are listened to."""
        ...

    def create(self, collection: str, details: VoiceDetails, *, enhances: bool) -> None:
        """Begin to make a voice of this collection; `making` tells the rest. Nothing if one is being made.

        ``enhances`` has the service clean the recordings of noise.
        """
        ...

    def create_designed(self, candidate: Candidate, details: VoiceDetails) -> None:
        """Begin to make a voice of a designed one; `making` tells the rest. Nothing if one is being made."""
        ...

    def making(self) -> Making | None:
        """Return the voice that is being made, or was made last; None: none since the start."""
        ...

    def cancel(self) -> None:
        """End the making. If the voice is there all the same, it is deleted."""
        ...

    def subscribe(self, callback: Callable[[], None], /) -> Callable[[], None]:
        """Call this when `making` is another; return a function that ends that."""
        ...

    def design(
        self,
        description: str,
        text: str,
        count: int,
        on_done: Callable[[tuple[Candidate, ...] | FishCaptionError], None],
    ) -> None:
        """Answer with designed voices. It costs `core.voices.cloning.DESIGN_PRICE` dollars: say so first."""
        ...

    def hear(self, candidate: Candidate, on_done: Callable[[float | FishCaptionError], None]) -> None:
        """Play a designed voice, in place of what sounds; answer with its length in seconds."""
        ...

    def change(
        self, number: str, details: VoiceDetails, on_done: Callable[[OwnVoice | FishCaptionError], None]
    ) -> None:
        """Give the voice with this id another name, description and tags."""
        ...

    def delete(self, number: str, on_done: Callable[[bool | FishCaptionError], None]) -> None:
        """Delete a voice at the service for ever; False: it was not there any more. Ask the user first."""
        ...

    def forget(self, number: str, on_done: Callable[[bool | FishCaptionError], None]) -> None:
        """Take a voice that is gone, or of another account, off the list of this computer."""
        ...

    def export_to(self, path: Path, on_done: Callable[[int | FishCaptionError], None]) -> None:
        """Write the list of own voices to a file, without keys and recordings; answer with their number."""
        ...

    def import_from(self, path: Path, on_done: Callable[[int | FishCaptionError], None]) -> None:
        """Add the voices of such a file to the list; answer with the number of new ones."""
        ...
