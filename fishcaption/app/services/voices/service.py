"""The voices there are: those of this computer, Fish Audio's, and what was seen of them before."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from fishcaption.app.services.voices.sounds import VoiceSounds
from fishcaption.core.errors import FishCaptionError, Forbidden, StorageError
from fishcaption.core.models import DEFAULT_MODEL
from fishcaption.core.speech import Voice
from fishcaption.core.voices.catalog import VoiceEntry, VoicePage, VoiceQuery, VoiceState
from fishcaption.fish.downloads import Downloads
from fishcaption.fish.endpoint import Endpoint
from fishcaption.fish.library import Library
from fishcaption.speech.system import fish_url
from fishcaption.store.places import cache_dir
from fishcaption.store.voices.kept_files import KeptFiles
from fishcaption.store.voices.seen import SeenVoices, Shelf, voices_path

if TYPE_CHECKING:
    from PySide6.QtGui import QImage

    from fishcaption.app.lazy_reader import LazyReader, LazySpeech
    from fishcaption.core.normalization.rules import Rules
    from fishcaption.tasks import ServiceTasks
    from fishcaption.ui.voice_ports import OnHearing

_Answer = TypeVar("_Answer")

_PAGE_SIZE = 50
_OWN_PAGE_SIZE = 100
_MOST_OWN_PAGES = 10
_MOST_SEEN_SHOWN = 1_000
_COVER_BYTES = 32 << 20  # kept on disk
_MOST_COVER_SIDE = 4096  # pixels of a picture as it comes


class Voices:
    """`ui.voice_ports.VoiceService`. Nothing is open before the first question; `close` closes all.

    ``on_error`` is told what is wrong with the file of seen voices, once.
    """

    def __init__(
        self,
        speech: LazySpeech,
        reader: LazyReader,
        tasks: ServiceTasks,
        *,
        rules: Callable[[], Rules],
        on_error: Callable[[FishCaptionError], None],
    ) -> None:
        self._speech = speech
        self._tasks = tasks
        self._on_error = on_error
        self._has_told = False
        self._library: Library | None = None
        self._downloads: Downloads | None = None
        self._seen: SeenVoices | None = None
        self._writing: set[asyncio.Task[None]] = set()
        self._turn = asyncio.Lock()  # what is asked of the database is done in its order
        self._covers = KeptFiles(cache_dir() / "covers", _COVER_BYTES)
        self._sounds = VoiceSounds(
            speech, reader, tasks, rules=rules, download=self._download, look_up=self._looked_up
        )

    async def close(self) -> None:
        """Close all that is open."""
        self._sounds.close()
        library, self._library = self._library, None
        downloads, self._downloads = self._downloads, None
        for open_one in (library, downloads):
            if open_one is not None:
                await open_one.__aexit__()
        if self._writing:
            await asyncio.wait(self._writing)
        async with self._turn:
            seen, self._seen = self._seen, None
            if seen is not None:
                await asyncio.to_thread(seen.close)

    # -- ui.voice_ports.VoiceService -----------------------------------------------------------------

    def embedded_voices(self, on_done: Callable[[tuple[Voice, ...] | FishCaptionError], None]) -> None:
        """Answer with the voices that need no account."""

        async def voices() -> tuple[Voice, ...]:
            return self._speech.system.embedded.voices()

        self._tasks.answer(voices, on_done)

    def search(
        self, query: VoiceQuery, on_done: Callable[[VoicePage | FishCaptionError], None]
    ) -> Callable[[], None]:
        """Answer with a page of Fish Audio's voices."""

        async def search() -> VoicePage:
            page = await self._opened_library().search(query, page_size=_PAGE_SIZE)
            self._see(page.entries)
            self._sounds.warm()
            return page

        return self._cancellable(search, on_done)

    def account_voices(
        self, query: VoiceQuery, on_done: Callable[[tuple[VoiceEntry, ...] | FishCaptionError], None]
    ) -> Callable[[], None]:
        """Answer with all voices of the account that match."""

        async def own() -> tuple[VoiceEntry, ...]:
            library = self._opened_library()
            found: dict[str, VoiceEntry] = {}
            for number in range(1, _MOST_OWN_PAGES + 1):
                asked = query._replace(is_own=True, page=number, sort="created_at", is_licensed=False)
                page = await library.search(asked, page_size=_OWN_PAGE_SIZE)
                found |= {entry.id: entry for entry in page.entries}
                if not page.has_more:
                    break
            self._see(tuple(found.values()))
            return tuple(found.values())

        return self._cancellable(own, on_done)

    def seen_voices(
        self, query: VoiceQuery, on_done: Callable[[tuple[VoiceEntry, ...] | FishCaptionError], None]
    ) -> None:
        """Answer with voices that were seen before and match."""
        self._tasks.answer(lambda: self._in_turn(lambda seen: seen.find(query, _MOST_SEEN_SHOWN)), on_done)

    def look_up(self, voice: Voice, on_done: Callable[[VoiceEntry | FishCaptionError], None]) -> None:
        """Answer with what Fish Audio tells about this voice now."""
        self._tasks.answer(partial(self._looked_up, voice), on_done)

    def shelf(self, on_done: Callable[[Shelf | FishCaptionError], None]) -> None:
        """Answer with the favourites and the voices used last."""
        self._tasks.answer(lambda: self._in_turn(SeenVoices.shelf), on_done)

    def set_favourite(
        self,
        entry: VoiceEntry,
        is_favourite: bool,
        on_done: Callable[[FishCaptionError | None], None],
    ) -> None:
        """Keep the voice as a favourite, or no more."""
        self._write(lambda seen: seen.set_favourite(entry, is_favourite), on_done)

    def used(self, entry: VoiceEntry) -> None:
        """Keep the voice as the one that was chosen last."""
        self._write(lambda seen: seen.use(entry), self._on_written)

    def cover(
        self, entry: VoiceEntry, side_pixels: int, on_done: Callable[[QImage | FishCaptionError], None]
    ) -> None:
        """Answer with the cover of the voice."""
        self._tasks.answer(partial(self._cover, entry, side_pixels), on_done)

    def hear(self, entry: VoiceEntry, on_change: OnHearing) -> None:
        """Play the sample of this voice."""
        self._sounds.hear(entry, on_change)

    def try_text(self, entry: VoiceEntry, text: str, on_change: OnHearing) -> None:
        """Have this voice say a text."""
        self._sounds.try_text(entry, text, on_change)

    def price_of(self, voice: Voice, text: str) -> float:
        """Return what it may cost to have this voice say the text."""
        return self._sounds.price_of(voice, text)

    def hush(self) -> None:
        """End what is played or prepared."""
        self._sounds.hush()

    def leave(self) -> None:
        """Close what looking at voices needs."""
        self._tasks.start(self.close)

    # -- inside ------------------------------------------------------------------------------------

    def _cancellable(
        self, work: Callable[[], Awaitable[_Answer]], on_done: Callable[[_Answer | FishCaptionError], None]
    ) -> Callable[[], None]:
        task = self._tasks.answer(work, on_done)

        def cancel() -> None:
            task.cancel()

        return cancel

    async def _endpoint(self) -> Endpoint:
        return Endpoint(fish_url(), self._speech.system.key, DEFAULT_MODEL)

    def _opened_library(self) -> Library:
        if self._library is None:
            self._library = Library(self._endpoint)
        return self._library

    def _download(self) -> Downloads:
        if self._downloads is None:
            self._downloads = Downloads(self._endpoint)
        return self._downloads

    def _opened_seen(self) -> SeenVoices:
        if self._seen is None:
            call = asyncio.get_running_loop().call_soon_threadsafe

            def tell(words: str) -> None:
                call(self._tell, StorageError(words))

            self._seen = SeenVoices(voices_path(), tell)
        return self._seen

    def _see(self, entries: tuple[VoiceEntry, ...]) -> None:
        """Keep these as seen, beside the answer."""
        if entries:
            self._write(lambda seen: seen.see(entries), self._on_written)

    def _write(
        self, act: Callable[[SeenVoices], None], on_done: Callable[[FishCaptionError | None], None]
    ) -> None:
        """Change the database in a thread; it is not closed before that is done."""

        async def write() -> None:
            told: FishCaptionError | None = None
            try:
                await self._in_turn(act)
            except StorageError as error:
                told = error
            on_done(told)

        task = self._tasks.start(write)
        self._writing.add(task)
        task.add_done_callback(self._writing.discard)

    async def _in_turn(self, act: Callable[[SeenVoices], _Answer]) -> _Answer:
        """Do it with the database, in a thread, behind all that was asked before."""
        async with self._turn:
            return await asyncio.to_thread(act, self._opened_seen())

    def _on_written(self, error: FishCaptionError | None) -> None:
        if error is not None:
            self._tell(error)

    def _tell(self, error: FishCaptionError) -> None:
        if not self._has_told:
            self._has_told = True
            self._on_error(error)

    async def _looked_up(self, voice: Voice) -> VoiceEntry:
        if voice.takes:  # it is out of recordings on this computer, and at no service
            return VoiceEntry(voice)
        try:
            entry = await self._opened_library().entry(voice.id)
        except Forbidden:
            entry = VoiceEntry(voice, VoiceState.GONE)
            kept = await self._kept(voice)
            if kept is not None:
                entry = replace(kept, state=VoiceState.GONE)
        self._see((entry,))
        return entry

    async def _kept(self, voice: Voice) -> VoiceEntry | None:
        """Return what is known of a voice of the user's choice."""
        with suppress(StorageError):
            shelf = await self._in_turn(SeenVoices.shelf)
            for entry in (*shelf.favourites, *shelf.recent):
                if (entry.provider, entry.id) == (voice.provider, voice.id):
                    return entry
        return None

    async def _cover(self, entry: VoiceEntry, side_pixels: int) -> QImage:
        content = await asyncio.to_thread(self._covers.get, entry.cover_url)
        if content is not None:
            with suppress(FishCaptionError):
                return await asyncio.to_thread(_picture, content, side_pixels)
        content = await self._download().cover(entry.cover_url)
        image = await asyncio.to_thread(_picture, content, side_pixels)
        await asyncio.to_thread(self._covers.put, entry.cover_url, content)
        return image


def _picture(content: bytes, side_pixels: int) -> QImage:
    """Return a picture, scaled down; in a thread. Raises Forbidden for what is none, or is huge."""
    from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QSize, Qt
    from PySide6.QtGui import QImageReader

    data = QByteArray(content)
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer)
    size = reader.size()
    if size.isValid() and max(size.width(), size.height()) <= _MOST_COVER_SIDE:
        wanted = QSize(side_pixels, side_pixels)
        reader.setScaledSize(size.scaled(wanted, Qt.AspectRatioMode.KeepAspectRatio))
        image = reader.read()
        if not image.isNull():
            return image
    raise Forbidden("The cover of this voice is no picture.")
