"""The user's own recordings, collected on disk: what is recorded, added, cut, and who agreed."""

from __future__ import annotations

import asyncio
import math
import shutil
import tempfile
from array import array
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from fishcaption.blocking import answer
from fishcaption.core.errors import FishCaptionError, InputError, StorageError
from fishcaption.store.recordings import collection, exchange, places
from fishcaption.tasks import asked
from fishcaption.ui.recording_ports import Added, Checked, Recorded

if TYPE_CHECKING:
    from fishcaption.core.speech import Rendered
    from fishcaption.core.voices.reading_texts import ReadingText
    from fishcaption.core.voices.takes import TakeMeasures
    from fishcaption.store.recordings.collection import CollectionView
    from fishcaption.store.recordings.consent import Consent
    from fishcaption.store.recordings.take_list import Take
    from fishcaption.tasks import ServiceTasks
    from fishcaption.ui.recording_ports import InputDevice, Level, OnAdded, OnView, RecorderService

RATE: Final = 48_000
"""Frames a second of all recordings."""

MOST_FILE_BYTES: Final = 1 << 30
"""Of a file that is added: more than an hour of sound in any usual format."""
MOST_FILES: Final = 200
"""That are added at once."""
USUAL_SECONDS: Final = (3.0, 60.0)
"""An added file of such a length is kept at once; a longer one is to be cut first."""

_DISK_SECONDS: Final = 15.0
_COPY_SECONDS: Final = 900.0
MOST_AS_IT_IS_SECONDS: Final = 300.0
_AS_IT_IS: Final = ".m4a"  # a voice's service takes it, though our library cannot read it

_OTHERWISE: Final = "Install ffmpeg, or save it as WAV or MP3 in another program, and add that file."

_Answer = TypeVar("_Answer")


class Recordings:
    """`ui.recording_ports.RecordingsService`. What touches a collection is done one after the other."""

    def __init__(self, tasks: ServiceTasks, recorder: RecorderService, root: Path | None = None) -> None:
        """``root`` is the folder of the collections; the user's own by default."""
        self._tasks = tasks
        self._recorder = recorder
        self._root = root
        self._turn = asyncio.Lock()
        self._is_stopped = False

    # -- collections -------------------------------------------------------------------------------

    def microphones(self, on_done: Callable[[tuple[InputDevice, ...] | FishCaptionError], None]) -> None:
        """Answer with the current microphones."""
        self._recorder.microphones(on_done)

    def collections(self, on_done: Callable[[tuple[str, ...] | FishCaptionError], None]) -> None:
        """Answer with the names of the collections."""
        self._tasks.answer(lambda: self._disk(lambda: places.collections(self._folder())), on_done)

    def open(self, name: str, on_done: OnView) -> None:
        """Answer with a collection."""
        self._do(lambda: collection.load(places.collection_folder(self._folder(), name)), on_done)

    def create(self, name: str, on_done: OnView) -> None:
        """Make a new collection."""
        self._do(lambda: collection.create(places.free_folder(self._folder(), name.strip())), on_done)

    def agree(self, folder: Path, consent: Consent | None, on_done: OnView) -> None:
        """Write down the consent."""
        self._do(lambda: collection.agree(folder, consent), on_done)

    def export(self, folder: Path, target: Path, on_done: Callable[[Path | FishCaptionError], None]) -> None:
        """Write the collection to one file."""
        self._tasks.answer(
            lambda: self._disk(lambda: exchange.export(folder, target), _COPY_SECONDS), on_done
        )

    def take_in(self, source: Path, on_done: OnView) -> None:
        """Make a collection of an exported file or a folder."""
        self._tasks.answer(
            lambda: self._disk(lambda: exchange.take_in(source, self._folder()), _COPY_SECONDS), on_done
        )

    # -- texts -------------------------------------------------------------------------------------

    def languages(self) -> tuple[str, ...]:
        """Return the languages that there are texts in."""
        from fishcaption.ui.widgets import assets

        return tuple(sorted(path.stem for path in assets.path("reading-texts").glob("*.txt")))

    def texts(
        self, language: str, on_done: Callable[[tuple[ReadingText, ...] | FishCaptionError], None]
    ) -> None:
        """Answer with the texts of this language."""
        self._tasks.answer(lambda: self._disk(partial(_texts, language)), on_done)

    # -- recording ---------------------------------------------------------------------------------

    def record(
        self,
        folder: Path,
        text: str,
        language: str,
        device: InputDevice,
        on_level: Callable[[Level], None],
        on_done: OnAdded,
    ) -> None:
        """Record a text until `stop`."""
        self._is_stopped = False

        async def record() -> Added:
            take = await self._disk(lambda: collection.begin(folder, text, language))
            try:
                recorded = await self._until_stopped(folder / take.file, device, on_level)
            except FishCaptionError:  # what was recorded until then stays
                await self._disk(lambda: collection.drop(folder, take))
                raise
            seconds = recorded.frames / RATE
            view = await self._disk(lambda: collection.end(folder, take, seconds, is_kept=True))
            return Added(view, _named(view, take), lost_frames=recorded.lost_frames)

        self._tasks.answer(record, on_done)

    def try_microphone(
        self,
        device: InputDevice,
        on_level: Callable[[Level], None],
        on_done: Callable[[TakeMeasures | FishCaptionError], None],
    ) -> None:
        """Record until `stop`, measure, delete."""
        self._is_stopped = False

        async def measure() -> TakeMeasures:
            place = Path(await asyncio.to_thread(tempfile.mkdtemp, prefix="fishcaption-"))
            try:
                path = place / "microphone.flac"
                await self._until_stopped(path, device, on_level)
                return await asked(partial(self._recorder.check, path))
            finally:
                await asyncio.to_thread(shutil.rmtree, place, ignore_errors=True)

        self._tasks.answer(measure, on_done)

    def stop(self) -> None:
        """End the recording."""
        self._is_stopped = True
        self._recorder.stop()

    # -- takes -------------------------------------------------------------------------------------

    def check(self, folder: Path, take: Take, on_done: Callable[[Checked | FishCaptionError], None]) -> None:
        """Measure a take; its length is written into the list if it was not known."""

        async def check() -> Checked:
            measures = await asked(partial(self._recorder.check, folder / take.file))
            if abs(measures.seconds - take.seconds) < 0.1:
                return Checked(take, measures, await self._disk(lambda: collection.load(folder)))
            return await self._disk(lambda: _with_length(folder, take, measures))

        self._tasks.answer(check, on_done)

    def sound(self, path: Path, on_done: Callable[[Rendered | FishCaptionError], None]) -> None:
        """Answer with the sound of a recording."""
        self._recorder.read(path, on_done)

    def waveform(
        self, path: Path, count: int, on_done: Callable[[tuple[float, ...] | FishCaptionError], None]
    ) -> None:
        """Answer with the peaks of a recording."""

        async def peaks() -> tuple[float, ...]:
            rendered = await asked(partial(self._recorder.read, path))
            return await asyncio.to_thread(peaks_of, rendered.pcm, count)

        self._tasks.answer(peaks, on_done)

    def change(self, folder: Path, take: Take, on_done: OnView) -> None:
        """Replace what the list says about a take."""
        self._do(lambda: collection.change(folder, take), on_done)

    def remove(self, folder: Path, take: Take, on_done: OnView) -> None:
        """Delete a take."""
        self._do(lambda: collection.remove(folder, take.file), on_done)

    def cut(
        self,
        folder: Path,
        take: Take,
        on_done: OnAdded,
        *,
        start_seconds: float = 0.0,
        end_seconds: float | None = None,
        trims: bool = False,
    ) -> None:
        """Make a new take of a part of this one."""
        cut = partial(self._recorder.cut, start_seconds=start_seconds, end_seconds=end_seconds, trims=trims)

        async def make() -> Added:
            new = await self._disk(lambda: collection.begin(folder, take.text, take.language, take.source))
            try:
                recorded = await asked(partial(cut, folder / take.file, folder / new.file))
            except FishCaptionError:
                await self._disk(partial(_discard, folder, new))
                raise
            seconds = recorded.frames / RATE
            await self._disk(lambda: collection.change(folder, take._replace(is_kept=False)))
            view = await self._disk(lambda: collection.end(folder, new, seconds, is_kept=True))
            return Added(view, _named(view, new))

        self._tasks.answer(make, on_done)

    def add_files(self, folder: Path, files: tuple[Path, ...], language: str, on_done: OnAdded) -> None:
        """Make takes of files that have sound, one after the other."""

        async def add() -> Added:
            made: list[str] = []
            problems: list[FishCaptionError] = []
            for path in files[:MOST_FILES]:
                try:
                    made.append((await self._add(folder, path, language)).file)
                except FishCaptionError as error:
                    problems.append(error)
            if len(files) > MOST_FILES:
                problems.append(
                    InputError(f"Only the first {MOST_FILES} files were added.", hint="Add the others.")
                )
            view = await self._disk(lambda: collection.load(folder))
            return Added(view, tuple(take for take in view.takes if take.file in made), tuple(problems))

        self._tasks.answer(add, on_done)

    # -- inside ------------------------------------------------------------------------------------

    def _folder(self) -> Path:
        return self._root or places.recordings_root()

    def _do(self, work: Callable[[], _Answer], on_done: Callable[[_Answer | FishCaptionError], None]) -> None:
        self._tasks.answer(lambda: self._disk(work), on_done)

    async def _disk(self, work: Callable[[], _Answer], seconds: float = _DISK_SECONDS) -> _Answer:
        async with self._turn:
            return await answer(work, _late, seconds=seconds)

    async def _until_stopped(
        self, path: Path, device: InputDevice, on_level: Callable[[Level], None]
    ) -> Recorded:
        def begin(on_done: Callable[[Recorded | FishCaptionError], None]) -> None:
            self._recorder.record(path, device, on_level, on_done)
            if self._is_stopped:  # while the list was written
                self._recorder.stop()

        return await asked(begin)

    async def _add(self, folder: Path, path: Path, language: str) -> Take:
        await self._disk(partial(_check_file, path))
        take = await self._disk(lambda: collection.begin(folder, "", language, path.name))
        try:
            recorded: Recorded = await asked(partial(self._recorder.cut, path, folder / take.file))
        except FishCaptionError:
            await self._disk(partial(_discard, folder, take))
            if path.suffix.casefold() != _AS_IT_IS:
                raise
            return await self._as_it_is(folder, path, language)
        seconds = recorded.frames / RATE
        is_kept = USUAL_SECONDS[0] <= seconds <= USUAL_SECONDS[1]
        await self._disk(lambda: collection.end(folder, take, seconds, is_kept=is_kept))
        return take

    async def _as_it_is(self, folder: Path, path: Path, language: str) -> Take:
        """Copy a file that nothing here can decode, but a voice's service can. Raises its error if not."""
        from fishcaption.audio.recorder.mp4 import movie_of

        try:
            movie = await self._disk(partial(movie_of, path))
        except OSError as exc:
            raise InputError(f"{path.name} could not be read: {exc.strerror or exc}.") from exc
        if movie is None or not movie.has_sound or movie.seconds is None:
            raise InputError(f"There is no sound in {path.name}, or it is damaged.", hint=_OTHERWISE)
        if movie.seconds > MOST_AS_IT_IS_SECONDS:
            raise InputError(
                f"{path.name} cannot be cut on this computer, and it is too long.", hint=_OTHERWISE
            )
        return await self._disk(partial(_copied, folder, path, language, movie.seconds), _COPY_SECONDS)


def peaks_of(pcm: bytes, count: int) -> tuple[float, ...]:
    """Return the highest level (0 to 1) of each of ``count`` parts of int16 frames."""
    samples = array("h", pcm[: len(pcm) // 2 * 2])
    if not samples or count < 1:
        return ()
    length = math.ceil(len(samples) / count)
    parts = (samples[place : place + length] for place in range(0, len(samples), length))
    return tuple(max(max(part), -min(part)) / 32_768 for part in parts)


def _texts(language: str) -> tuple[ReadingText, ...]:
    from fishcaption.core.voices.reading_texts import reading_texts
    from fishcaption.ui.widgets import assets

    try:
        return reading_texts(assets.path(f"reading-texts/{language}.txt").read_text("utf-8"))
    except FileNotFoundError:
        return ()


def _with_length(folder: Path, take: Take, measures: TakeMeasures) -> Checked:
    view = collection.load(folder)
    now = next((other for other in view.takes if other.file == take.file), None)
    if now is None:  # it was removed meanwhile
        return Checked(take, measures, view)
    now = now._replace(seconds=measures.seconds)
    return Checked(now, measures, collection.change(folder, now))


def _check_file(path: Path) -> None:
    """Raise InputError for what cannot be a file with sound, before anything reads it."""
    try:
        size = path.stat().st_size
        is_file = path.is_file()
    except OSError as exc:
        raise InputError(f"{path.name} could not be read: {exc.strerror or exc}.") from exc
    if not is_file:
        raise InputError(f"{path.name} is not a file.", hint="Add the files in it.")
    if size == 0:
        raise InputError(f"{path.name} is empty.", hint="Copy it again from where it was.")
    if size > MOST_FILE_BYTES:
        raise InputError(
            f"{path.name} is too large ({size / 1e9:.1f} GB; the most is {MOST_FILE_BYTES / 1e9:.1f} GB).",
            hint="Save a part of it, or its sound alone, in another program, and add that file.",
        )


def _discard(folder: Path, take: Take) -> None:
    """Take back a take whose file was not written to its end."""
    with suppress(OSError):
        (folder / take.file).unlink(missing_ok=True)
    collection.drop(folder, take)


def _copied(folder: Path, path: Path, language: str, seconds: float) -> Take:
    take = collection.begin(folder, "", language, path.name, _AS_IT_IS)
    try:
        shutil.copyfile(path, folder / take.file)
    except OSError as exc:
        _discard(folder, take)
        raise StorageError(
            f"{path.name} could not be copied: {exc.strerror or exc}.", hint="Free some space, and try again."
        ) from exc
    collection.end(folder, take, seconds, is_kept=seconds <= USUAL_SECONDS[1])
    return take


def _named(view: CollectionView, take: Take) -> tuple[Take, ...]:
    return tuple(other for other in view.takes if other.file == take.file)


def _late() -> FishCaptionError:
    return StorageError(
        "The disk does not answer.", hint="Is it a network or a stick? Connect it, and try again."
    )
