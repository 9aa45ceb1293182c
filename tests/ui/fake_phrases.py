"""An honest stand-in for the phrase desk: a bank in memory, and what is ready as the test says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fishcaption.core.errors import FishCaptionError
from fishcaption.core.phrases.bank import Ahead, Bank, Progress, starting
from fishcaption.core.phrases.files import Imported


@dataclass
class FakePhrases:
    """Keeps the promises of `ui.phrases.panel.PhraseService`; answers about files are the test's to give."""

    kept: Bank = field(default_factory=starting)
    now: Progress = field(default_factory=lambda: Progress(Ahead.LOOKING, 0, 0))
    ids: frozenset[str] = frozenset()
    mended: tuple[str, ...] = ()
    on_error: Callable[[FishCaptionError], None] | None = None
    spoken: list[str] = field(default_factory=list)
    said: list[tuple[str, str]] = field(default_factory=list)
    retried: int = 0
    refuse: FishCaptionError | None = None
    files: list[tuple[str, Path, Callable[[Any], None]]] = field(default_factory=list)
    recording: tuple[str, Callable[[Any], None], Callable[[Any], None]] | None = None
    speaker: Any = None  # a reader that is given what is spoken
    subscribers: list[Callable[[], None]] = field(default_factory=list)

    def bank(self) -> Bank:
        return self.kept

    def set_bank(self, bank: Bank) -> None:
        self.kept = bank
        self.tell()

    def speak(self, number: str) -> int:
        phrase = self.kept.phrase(number)
        if self.refuse is not None:
            raise self.refuse
        self.spoken.append(phrase.shown)
        self.set_bank(self.kept.used(number))
        return self.speaker.speak(phrase.shown) if self.speaker is not None else len(self.spoken)

    def say(self, shown: str, said: str = "", category: str = "") -> int:
        if self.refuse is not None:
            raise self.refuse
        self.said.append((shown, said))
        return len(self.said)

    def progress(self) -> Progress:
        return self.now

    def ready(self) -> frozenset[str]:
        return self.ids

    def retry(self) -> None:
        self.retried += 1

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        self.subscribers.append(callback)
        return lambda: self.subscribers.remove(callback)

    def read_file(self, path: Path, on_done: Callable[[Imported | FishCaptionError], None]) -> None:
        self.files.append(("read", path, on_done))

    def write_file(self, path: Path, on_done: Callable[[Path | FishCaptionError], None]) -> None:
        self.files.append(("write", path, on_done))

    def recorded(self, text: str) -> str:
        phrase = self.kept.recorded(text)
        return phrase.id if phrase is not None else ""

    def has_recording(self, number: str) -> bool:
        return number in self.kept and bool(self.kept.phrase(number).recording)

    def record(self, number: str, on_level: Callable[[Any], None], on_done: Callable[[Any], None]) -> None:
        self.recording = (number, on_level, on_done)

    def stop_recording(self) -> None:
        assert self.recording is not None
        (number, _, on_done), self.recording = self.recording, None
        self.set_bank(self.kept.edit(number, recording="Yes.flac"))
        on_done("Yes.flac")

    def take_recording(self, number: str, path: Path, on_done: Callable[[Any], None]) -> None:
        self.files.append(("take", path, on_done))

    def read_folder(self, path: Path, on_done: Callable[[Any], None]) -> None:
        self.files.append(("read folder", path, on_done))

    def write_folder(self, path: Path, on_done: Callable[[Any], None]) -> None:
        self.files.append(("write folder", path, on_done))

    def tell(self, progress: Progress | None = None, ids: frozenset[str] | None = None) -> None:
        """Something is another."""
        self.now = progress if progress is not None else self.now
        self.ids = ids if ids is not None else self.ids
        for callback in tuple(self.subscribers):
            callback()
