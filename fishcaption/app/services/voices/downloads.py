"""Voices fetched to this computer, one after the other; and what is here of them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final

from fishcaption.core.errors import FishCaptionError, InputError, StorageError
from fishcaption.core.voices.downloads import POCKET, Offer, Progress, Stage, piper_offers
from fishcaption.fish.endpoint import system_tls
from fishcaption.server.engines import espeak_voices, piper_voices
from fishcaption.server.offline import folder
from fishcaption.server.offline.download import VoiceFiles, gathered_bytes
from fishcaption.store.recordings import collection
from fishcaption.store.recordings.places import collection_folder, collections, recordings_root
from fishcaption.ui.download_ports import Extra, Imitation, OfflineVoices, OwnModel
from fishcaption.ui.widgets import assets

if TYPE_CHECKING:
    import ssl

    from fishcaption.tasks import ServiceTasks
_POCKET_PACKAGE: Final = "sherpa_onnx"
_REFERENCE_SECONDS: Final = 20.0  # of recordings that are copied: more is not imitated better
_MOST_REFERENCE_BYTES: Final = 30 << 20


class VoiceDownloads:
    """`ui.download_ports.VoiceDownloadService`. Nothing is fetched before it is asked for."""

    def __init__(self, tasks: ServiceTasks, tls: Callable[[], ssl.SSLContext] = system_tls) -> None:
        self._tasks = tasks
        self._tls = tls
        self._progress: dict[str, Progress] = {}
        self._waiting: dict[str, Offer] = {}
        self._now: tuple[str, asyncio.Task[None]] | None = None
        self._worker: asyncio.Task[None] | None = None
        self._told: set[Callable[[], None]] = set()
        self._offers: tuple[Offer, ...] = ()

    # -- ui.download_ports.VoiceDownloadService ------------------------------------------------------

    def voices(self, on_done: Callable[[OfflineVoices | FishCaptionError], None]) -> None:
        """Answer with what can be fetched, and what is here."""

        async def look() -> OfflineVoices:
            if not self._offers:
                self._offers = await asyncio.to_thread(_offers)
            found = await asyncio.to_thread(_found, self._offers)
            offers = tuple((offer, self._progress_of(offer, seen)) for offer, seen in found.offers)
            return found._replace(offers=offers)

        self._tasks.answer(look, on_done)

    def licence(self, offer: Offer, on_done: Callable[[str | FishCaptionError], None]) -> None:
        """Answer with the licence of a voice."""

        async def read() -> str:
            async with VoiceFiles(self._tls) as files:
                return await files.licence(offer)

        self._tasks.answer(read, on_done)

    def download(self, offer: Offer) -> None:
        """Begin to fetch a voice, or go on with it."""
        if self._is_under_way(offer):
            return
        self._waiting[offer.id] = offer
        self._set(offer, Progress(Stage.WAITING))
        if self._worker is None:
            self._worker = self._tasks.start(self._work)

    def cancel(self, offer: Offer) -> None:
        """End that."""
        if self._waiting.pop(offer.id, None) is not None:
            self._tasks.start(partial(self._look_again, offer, ""))
        elif self._now is not None and self._now[0] == offer.id:
            self._now[1].cancel()

    def remove(self, offer: Offer, on_done: Callable[[FishCaptionError | None], None]) -> None:
        """Delete a voice, or what was fetched of it so far."""

        async def remove() -> None:
            if self._is_under_way(offer):
                raise StorageError("This voice is being fetched.", hint="Cancel that first.")
            await asyncio.to_thread(folder.remove, offer.engine, offer.id)
            self._set(offer, Progress(Stage.ABSENT))

        self._tasks.answer(remove, on_done)

    def imitate(self, name: str, on_done: Callable[[FishCaptionError | None], None]) -> None:
        """Have Pocket TTS speak in the voice of these recordings."""
        self._tasks.answer(lambda: asyncio.to_thread(_imitate, name), on_done)

    def stop_imitating(self, name: str, on_done: Callable[[FishCaptionError | None], None]) -> None:
        """Delete the copies of these recordings."""

        def remove() -> None:
            try:
                folder.remove_reference(name)
            except FileNotFoundError:
                return
            except OSError as error:
                raise StorageError(f"It could not be removed: {error.strerror or error}.") from error

        self._tasks.answer(lambda: asyncio.to_thread(remove), on_done)

    def progress(self, offer: Offer) -> Progress | None:
        """Return the state of a voice that was asked for since the start."""
        return self._progress.get(offer.id)

    def own_folder(self, on_done: Callable[[Path | FishCaptionError], None]) -> None:
        """Make the folder for the user's own models."""

        def make() -> Path:
            own = folder.own()
            try:
                own.mkdir(mode=0o700, parents=True, exist_ok=True)
            except OSError as error:
                raise StorageError(
                    f"The folder {own} cannot be made: {error.strerror or error}.",
                    hint="Check that the folder above it may be written to.",
                ) from error
            return own

        self._tasks.answer(lambda: asyncio.to_thread(make), on_done)

    def subscribe(self, callback: Callable[[], None], /) -> Callable[[], None]:
        """Call this when the progress of some voice is another."""
        self._told.add(callback)
        return lambda: self._told.discard(callback)

    # -- inside ------------------------------------------------------------------------------------

    def _is_under_way(self, offer: Offer) -> bool:
        known = self._progress.get(offer.id)
        return known is not None and known.stage in (Stage.WAITING, Stage.FETCHING)

    def _progress_of(self, offer: Offer, seen: Progress) -> Progress:
        """Return what is under way, or failed, rather than what was seen on the disk."""
        known = self._progress.get(offer.id)
        if known is not None and (self._is_under_way(offer) or (known.why and seen.stage == known.stage)):
            return known
        return seen

    async def _work(self) -> None:
        try:
            async with VoiceFiles(self._tls) as files:
                while self._waiting:
                    id_ = next(iter(self._waiting))
                    offer = self._waiting.pop(id_)
                    task = self._tasks.start(partial(self._fetch, files, offer), partial(self._on_bug, offer))
                    self._now = (id_, task)
                    await asyncio.wait([task])
                    self._now = None
        finally:
            self._worker = self._now = None

    def _on_bug(self, offer: Offer) -> None:
        self._set(offer, Progress(Stage.PARTIAL, why="fishcaption has a fault: it could not be fetched."))

    async def _fetch(self, files: VoiceFiles, offer: Offer) -> None:
        self._set(offer, Progress(Stage.FETCHING, await asyncio.to_thread(gathered_bytes, offer)))
        why = ""
        try:
            await files.fetch(offer, lambda count: self._set(offer, Progress(Stage.FETCHING, count)))
        except FishCaptionError as error:
            why = f"{error} {error.hint}".strip()
        except asyncio.CancelledError:
            self._tasks.start(partial(self._look_again, offer, ""))
            raise
        await self._look_again(offer, why)

    async def _look_again(self, offer: Offer, why: str) -> None:
        seen = await asyncio.to_thread(_state, offer)
        self._set(offer, seen._replace(why=why or seen.why))

    def _set(self, offer: Offer, progress: Progress) -> None:
        self._progress[offer.id] = progress
        for callback in tuple(self._told):
            callback()


def _offers() -> tuple[Offer, ...]:
    """Return what can be fetched; Pocket TTS comes first. Raises FishCaptionError."""
    try:
        content = folder.small_file(assets.path("voices/piper.json"))
    except OSError as error:
        raise StorageError("The list of voices is missing.", hint="Install fishcaption again.") from error
    return (POCKET, *piper_offers(content))


def _state(offer: Offer) -> Progress:
    """Return how a voice is on the disk."""
    whole = folder.place(offer.engine, offer.id)
    if whole.is_dir():
        missing = [file.name for file in offer.files if not (whole / file.name).is_file()]
        if offer.engine == "piper" and missing:
            return Progress(Stage.BROKEN, why=f"The file {missing[0]} is missing. Download it again.")
        return Progress(Stage.PRESENT, offer.bytes)
    count = gathered_bytes(offer)
    card = offer.licence.bytes if offer.licence is not None else 0
    return Progress(Stage.PARTIAL if count > card else Stage.ABSENT, count)


def _found(offers: tuple[Offer, ...]) -> OfflineVoices:
    """Look at the disk."""
    has_espeak = espeak_voices.data_folder() is not None
    wrong = {voice.found.key: voice.why for voice in piper_voices.voices()} if has_espeak else {}
    states = []
    for offer in offers:
        state = _state(offer)
        if state.stage is Stage.PRESENT and wrong.get(offer.id):
            state = Progress(Stage.BROKEN, offer.bytes, wrong[offer.id])
        states.append((offer, state))
    own = tuple(
        OwnModel(
            voice.found.model.name,
            voice.config.language if voice.config is not None else "",
            voice.why,
        )
        for voice in (piper_voices.voices() if has_espeak else ())
        if voice.found.is_own
    )
    extras = (
        Extra(
            "espeak",
            "eSpeak NG",
            "",
            "GPL-3.0-or-later",
            "pip install 'fishcaption[espeak]'",
            has_espeak,
        ),
        Extra(
            "pocket",
            "sherpa-onnx",
            "en",
            "Apache-2.0",
            "pip install 'fishcaption[pocket]'",
            find_spec(_POCKET_PACKAGE) is not None,
        ),
    )
    return OfflineVoices(tuple(states), extras, own, folder.own(), _imitations())


def _imitations() -> tuple[Imitation, ...]:
    """Return the collections of recordings, once Pocket TTS is here; and what is imitated."""
    imitated = folder.references()
    if not folder.place(POCKET.engine, POCKET.id).is_dir():
        return ()
    try:
        names = collections(recordings_root())
    except StorageError:  # told where the recordings are
        names = ()
    return tuple(Imitation(name, name in imitated) for name in dict.fromkeys([*names, *imitated]))


def _imitate(name: str) -> None:
    """Copy the longest kept recordings of a collection for Pocket TTS. Raises FishCaptionError."""
    found = collection.load(collection_folder(recordings_root(), name))
    if found.consent is None:
        raise InputError(
            "Nobody has agreed yet that this voice is imitated.",
            hint="Open “Make your own voice…”, and say whose voice it is.",
        )
    chosen, seconds = [], 0.0
    for take in sorted(found.kept, key=lambda take: -take.seconds):
        if seconds >= _REFERENCE_SECONDS:
            break
        chosen.append(found.path(take))
        seconds += take.seconds
    if not chosen:
        raise InputError(
            "None of these recordings is kept.", hint="Keep a good one in “Make your own voice…” first."
        )
    try:
        if sum(path.stat().st_size for path in chosen) > _MOST_REFERENCE_BYTES:
            raise InputError("These recordings are too large.", hint="Record a shorter text.")
        folder.put_reference(name, chosen)
    except OSError as error:
        raise StorageError(
            f"The recordings could not be copied: {error.strerror or error}.",
            hint="Check that the disk has room.",
        ) from error
