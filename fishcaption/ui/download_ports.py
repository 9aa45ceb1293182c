"""The service of voices that can be fetched to this computer. Answers come as those of `ui.ports`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple, Protocol

from fishcaption.core.errors import FishCaptionError
from fishcaption.core.voices.downloads import Offer, Progress


class Extra(NamedTuple):
    """Voices that come as a package of Python: ``command`` is typed into a terminal to install it."""

    id: str
    name: str
    languages: str
    licence: str
    command: str
    is_installed: bool


class OwnModel(NamedTuple):
    """A model of the user's own folder; ``why`` says what is wrong with it, if anything."""

    name: str
    language: str
    why: str = ""


class Imitation(NamedTuple):
    """A collection of the user's recordings, and whether Pocket TTS speaks in their voice."""

    name: str
    is_here: bool


class OfflineVoices(NamedTuple):
    """All that can be on this computer, and what is. ``folder`` is where the user's own models go."""

    offers: tuple[tuple[Offer, Progress], ...]
    extras: tuple[Extra, ...]
    own: tuple[OwnModel, ...]
    folder: Path
    imitations: tuple[Imitation, ...] = ()


class VoiceDownloadService(Protocol):
    """Fetches voices, one after the other. Nothing blocks."""

    def voices(self, on_done: Callable[[OfflineVoices | FishCaptionError], None]) -> None:
        """Answer with what can be fetched, and what is here."""
        ...

    def licence(self, offer: Offer, on_done: Callable[[str | FishCaptionError], None]) -> None:
        """Answer with the licence of a voice, as its makers wrote it. A small file may be fetched for it."""
        ...

    def download(self, offer: Offer) -> None:
        """Begin to fetch a voice, or go on with it; `progress` tells the rest. Show its licence first."""
        ...

    def cancel(self, offer: Offer) -> None:
        """End that. What is here stays, and is gone on with later."""
        ...

    def remove(self, offer: Offer, on_done: Callable[[FishCaptionError | None], None]) -> None:
        """Delete a voice, or what was fetched of it so far."""
        ...

    def imitate(self, name: str, on_done: Callable[[FishCaptionError | None], None]) -> None:
        """Have Pocket TTS speak in the voice of these recordings. They are copied, and stay as they are."""
        ...

    def stop_imitating(self, name: str, on_done: Callable[[FishCaptionError | None], None]) -> None:
        """Delete the copies of these recordings."""
        ...

    def progress(self, offer: Offer) -> Progress | None:
        """Return the state of a voice that was asked for since the start; None for others."""
        ...

    def own_folder(self, on_done: Callable[[Path | FishCaptionError], None]) -> None:
        """Make the folder for the user's own models, and answer with it."""
        ...

    def subscribe(self, callback: Callable[[], None], /) -> Callable[[], None]:
        """Call this when the progress of some voice is another; return a function that ends that."""
        ...
