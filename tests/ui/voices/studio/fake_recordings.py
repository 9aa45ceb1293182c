"""Recordings without a microphone: the store is the real one, the test is the microphone and the recorder."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from fishcaption.core.errors import FishCaptionError, InputError
from fishcaption.core.speech import Rendered
from fishcaption.core.voices.reading_texts import ReadingText, reading_texts
from fishcaption.core.voices.takes import TakeMeasures
from fishcaption.store.recordings import collection, exchange, places
from fishcaption.store.recordings.consent import Consent
from fishcaption.store.recordings.take_list import Take
from fishcaption.ui.recording_ports import Added, Checked, InputDevice, Level
from tests.checkout import ROOT
from tests.ui.fakes import HIBARI

GOOD = TakeMeasures(17.0, 15.5, 0.2, 16.0, 32.0, 0, -20.0, -13.0)
LOUD = Level(0.5, 0.1, False)
RATE = 48_000

OnDone = Callable[[Any], None]


class FakeRecordings:
    """`RecordingsService`; it answers when the test says so (`settle`), as the real one: never at once."""

    def __init__(self, root: Path, *, languages: tuple[str, ...] = ("de", "en")) -> None:
        self.root = root
        self.known = languages
        self.devices: tuple[InputDevice, ...] | FishCaptionError = (
            InputDevice("Headset", "ALSA"),
            InputDevice("Webcam", "ALSA"),
        )
        self.device: InputDevice | None = None  # that was recorded from last
        self.next_seconds = 17.0
        self.measures: dict[str, TakeMeasures | FishCaptionError] = {}  # by file; `GOOD` for others
        self.recording: Callable[[FishCaptionError | None], None] | None = None
        self.on_level: Callable[[Level], None] | None = None
        self.waiting: list[Callable[[], None]] = []
        self.calls: list[str] = []

    # -- the world ---------------------------------------------------------------------------------

    def settle(self) -> None:
        """Give all answers that wait, and those that these lead to."""
        while self.waiting:
            self.waiting.pop(0)()

    def hear(self, level: Level = LOUD, times: int = 1) -> None:
        """The microphone hears this."""
        assert self.on_level is not None
        for _ in range(times):
            self.on_level(level)

    def fail(self, error: FishCaptionError) -> None:
        """The recording ends by itself."""
        assert self.recording is not None
        end, self.recording = self.recording, None
        end(error)

    # -- the service -------------------------------------------------------------------------------

    def _later(self, on_done: OnDone, work: Callable[[], Any]) -> None:
        def give() -> None:
            try:
                answer = work()
            except FishCaptionError as error:
                answer = error
            on_done(answer)

        self.waiting.append(give)

    def microphones(self, on_done: OnDone) -> None:
        self._later(on_done, lambda: self.devices)

    def collections(self, on_done: OnDone) -> None:
        self._later(on_done, lambda: places.collections(self.root))

    def open(self, name: str, on_done: OnDone) -> None:
        self._later(on_done, lambda: collection.load(self.root / name))

    def create(self, name: str, on_done: OnDone) -> None:
        self._later(on_done, lambda: collection.create(places.free_folder(self.root, name)))

    def languages(self) -> tuple[str, ...]:
        return self.known

    def texts(self, language: str, on_done: OnDone) -> None:
        self._later(on_done, partial(_texts, language))

    def record(
        self,
        folder: Path,
        text: str,
        language: str,
        device: InputDevice,
        on_level: Callable[[Level], None],
        on_done: OnDone,
    ) -> None:
        assert self.recording is None, "one at a time"
        self.calls.append("record")
        self.device, self.on_level = device, on_level
        take = collection.begin(folder, text, language)
        (folder / take.file).write_bytes(b"fLaC")

        def end(error: FishCaptionError | None) -> None:
            self._later(on_done, partial(self._ended, folder, take, error))

        self.recording = end

    def _ended(self, folder: Path, take: Take, error: FishCaptionError | None) -> Added:
        if error is not None:
            collection.drop(folder, take)
            raise error
        view = collection.end(folder, take, self.next_seconds, is_kept=True)
        return Added(view, tuple(other for other in view.takes if other.file == take.file))

    def try_microphone(self, device: InputDevice, on_level: Callable[[Level], None], on_done: OnDone) -> None:
        self.calls.append("try")
        self.device, self.on_level = device, on_level
        self.recording = lambda error: self._later(on_done, lambda: error or self.measures.get("", GOOD))

    def stop(self) -> None:
        self.calls.append("stop")
        end, self.recording = self.recording, None
        if end is not None:
            end(None)

    def check(self, folder: Path, take: Take, on_done: OnDone) -> None:
        def check() -> Checked:
            measures = self.measures.get(take.file, GOOD)
            if isinstance(measures, FishCaptionError):
                raise measures
            if take.seconds:
                return Checked(take, measures, collection.load(folder))
            now = take._replace(seconds=measures.seconds)
            return Checked(now, measures, collection.change(folder, now))

        self._later(on_done, check)

    def sound(self, path: Path, on_done: OnDone) -> None:
        self._later(on_done, lambda: Rendered(HIBARI, RATE, b"\1\0" * round(RATE * self.next_seconds)))

    def waveform(self, path: Path, count: int, on_done: OnDone) -> None:
        self._later(on_done, lambda: tuple((place * 37 % 101) / 101 for place in range(count)))

    def change(self, folder: Path, take: Take, on_done: OnDone) -> None:
        self._later(on_done, lambda: collection.change(folder, take))

    def remove(self, folder: Path, take: Take, on_done: OnDone) -> None:
        self._later(on_done, lambda: collection.remove(folder, take.file))

    def cut(
        self,
        folder: Path,
        take: Take,
        on_done: OnDone,
        *,
        start_seconds: float = 0.0,
        end_seconds: float | None = None,
        trims: bool = False,
    ) -> None:
        self.calls.append("trim" if trims else "cut")

        def make() -> Added:
            new = collection.begin(folder, take.text, take.language, take.source)
            (folder / new.file).write_bytes(b"fLaC")
            collection.change(folder, take._replace(is_kept=False))
            seconds = (take.seconds if end_seconds is None else end_seconds) - start_seconds
            view = collection.end(folder, new, seconds, is_kept=True)
            return Added(view, tuple(other for other in view.takes if other.file == new.file))

        self._later(on_done, make)

    def add_files(self, folder: Path, files: tuple[Path, ...], language: str, on_done: OnDone) -> None:
        def add() -> Added:
            made, problems = [], []
            for path in files:
                if path.suffix == ".txt":
                    problems.append(InputError(f"{path.name} is no sound.", hint="Choose another."))
                    continue
                take = collection.begin(folder, "", language, path.name)
                (folder / take.file).write_bytes(b"fLaC")
                collection.end(folder, take, 20.0, is_kept=True)
                made.append(take.file)
            view = collection.load(folder)
            return Added(view, tuple(take for take in view.takes if take.file in made), tuple(problems))

        self._later(on_done, add)

    def agree(self, folder: Path, consent: Consent | None, on_done: OnDone) -> None:
        self._later(on_done, lambda: collection.agree(folder, consent))

    def export(self, folder: Path, target: Path, on_done: OnDone) -> None:
        self._later(on_done, lambda: exchange.export(folder, target))

    def take_in(self, source: Path, on_done: OnDone) -> None:
        self._later(on_done, lambda: exchange.take_in(source, self.root))


def with_takes(root: Path) -> FakeRecordings:
    """Recordings of somebody who has begun, so that all of the window is to be seen."""
    if not places.collections(root):
        folder = collection.create(root / "Mary").folder
        for text in ("Come in, you must be freezing.", "Do you remember the bookshop?"):
            take = collection.begin(folder, text, "en")
            (folder / take.file).write_bytes(b"fLaC")
            collection.end(folder, take, 17.0, is_kept=True)
    return FakeRecordings(root)


def _texts(language: str) -> tuple[ReadingText, ...]:
    return reading_texts((ROOT / f"resources/reading-texts/{language}.txt").read_text("utf-8"))
