"""The services that single features of the window need: phrases, calls, vocabulary.

Their answers come as those of `ui.ports`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol

from fishcaption.core.errors import FishCaptionError
from fishcaption.store.settings import OutputDevice

if TYPE_CHECKING:
    from fishcaption.core.phrases.bank import Bank, Progress
    from fishcaption.core.phrases.files import Imported
    from fishcaption.store.vocabulary import Vocabulary
    from fishcaption.ui.recording_ports import Level


class PhraseService(Protocol):
    """The phrase bank as the window needs it. Commands return at once; subscribers are called later."""

    mended: tuple[str, ...]  # sentences about what was wrong with the bank on disk, to be told once
    on_error: Callable[[FishCaptionError], None] | None  # called where the bank cannot be saved

    def bank(self) -> Bank:
        """Return the current phrase bank."""
        ...

    def set_bank(self, bank: Bank) -> None:
        """Use this bank from now on, and save it."""
        ...

    def speak(self, number: str, /) -> int:
        """Speak the phrase with this id, at once if it is ready; return the utterance's number.

        Raises FishCaptionError; KeyError for a phrase that is gone.
        """
        ...

    def say(self, shown: str, said: str = "", category: str = "") -> int:
        """Speak a phrase of a category that is being written; its uses are not counted.

        Raises FishCaptionError.
        """
        ...

    def progress(self) -> Progress:
        """Return how many phrases are ready."""
        ...

    def ready(self) -> frozenset[str]:
        """Return the ids of the phrases that are ready in the chosen voice, without a network."""
        ...

    def retry(self) -> None:
        """Try again to make the phrases ready that failed."""
        ...

    def subscribe(self, callback: Callable[[], None], /) -> Callable[[], None]:
        """Call back when the bank or the ready phrases have changed; the returned function ends that."""
        ...

    def read_file(self, path: Path, on_done: Callable[[Imported | FishCaptionError], None]) -> None:
        """Read a file of phrases, CSV or JSON."""
        ...

    def write_file(self, path: Path, on_done: Callable[[Path | FishCaptionError], None]) -> None:
        """Write the bank: as JSON if the file name ends so, else as CSV."""
        ...

    # recordings, which are heard instead of a voice

    def recorded(self, text: str) -> str:
        """Return the id of the phrase with a recording that is exactly this text; empty: none."""
        ...

    def has_recording(self, number: str) -> bool:
        """Return whether the recording of the phrase with this id is there."""
        ...

    def record(
        self,
        number: str,
        on_level: Callable[[Level], None],
        on_done: Callable[[str | FishCaptionError], None],
    ) -> None:
        """Record this phrase with the default microphone until `stop_recording`.

        The phrase has the recording then, and `on_done` its file's name. Raises StorageError.
        """
        ...

    def stop_recording(self) -> None:
        """End the recording."""
        ...

    def take_recording(
        self, number: str, path: Path, on_done: Callable[[str | FishCaptionError], None]
    ) -> None:
        """Give this phrase a file's sound, as `record` does. Raises StorageError."""
        ...

    def read_folder(self, path: Path, on_done: Callable[[Imported | FishCaptionError], None]) -> None:
        """Take the recordings of a folder; answer their phrases, which are to be joined to the bank."""
        ...

    def write_folder(self, path: Path, on_done: Callable[[Path | FishCaptionError], None]) -> None:
        """Write the bank as a table, and copies of all recordings, into this folder."""
        ...


@dataclass(frozen=True, slots=True)
class CallRoute:
    """The way the voice gets into a call on this machine.

    ``device`` is the sound device whose sound the call hears, None if there is none yet; ``microphone`` is
    its name in the call program's list of microphones. ``can_make``: a button can create it. ``devices`` are
    the devices to choose from, with their names.
    """

    system: Literal["linux", "windows", "mac"]
    can_make: bool
    is_made: bool
    device: OutputDevice | None
    microphone: str
    devices: tuple[tuple[OutputDevice, str], ...] = ()


Answer = Callable[[CallRoute | FishCaptionError], None]


class CallService(Protocol):
    """Answers as `ui.ports` says: once, in the window's thread, never before the method has returned."""

    def look(self, on_done: Answer) -> None:
        """Find out the way into a call."""
        ...

    def make_microphone(self, on_done: Answer) -> None:
        """Create the virtual microphone, unless it exists."""
        ...

    def remove_microphone(self, on_done: Answer) -> None:
        """Remove the virtual microphone."""
        ...

    def dial(self, keys: str) -> None:
        """Play the telephone tones of these keys (0-9, *, #, A-D) at once. Raises FishCaptionError."""
        ...


class VocabularyService(Protocol):
    """The user's vocabulary. Every change is used and saved at once.

    A replacement can be tried before it is saved: on the current sentence, in the chosen voice.
    """

    def vocabulary(self) -> Vocabulary:
        """Return the current abbreviations and replacements."""
        ...

    def set_vocabulary(self, vocabulary: Vocabulary) -> None:
        """Use and save this vocabulary. Raises InputError if two replacements are for the same word."""
        ...

    def spoken(self, text: str, vocabulary: Vocabulary) -> str:
        """Return the text the chosen voice would get with this vocabulary.

        Raises InputError for a vocabulary that cannot work.
        """
        ...

    def suggestions(self, text_before_cursor: str, count: int = 3) -> tuple[str, ...]:
        """Return the likeliest words (see `ui.speak.completion.Words`); none until the file is read."""
        ...

    def learn(self, text: str) -> None:
        """Learn from a text the user has spoken, unless the settings forbid it or it is off the record."""
        ...

    def erase(self, on_done: Callable[[int | FishCaptionError], None]) -> None:
        """Delete all learned words, in memory and on disk; answers their number."""
        ...

    def learned(self) -> int:
        """Return the number of learned words."""
        ...

    def subscribe(self, callback: Callable[[], None], /) -> Callable[[], None]:
        """Call back when abbreviations or replacements have changed; the returned function ends that."""
        ...
