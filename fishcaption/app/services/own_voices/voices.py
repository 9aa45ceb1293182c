"""The user's own voices: made of their recordings or by design, tried, renamed, deleted; one at a time."""

from __future__ import annotations

import asyncio
import io
import wave
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from fishcaption.core.account.named_keys import NamedKeys
from fishcaption.core.errors import FishCaptionError, InputError, StorageError, Unauthorized
from fishcaption.core.models import DEFAULT_MODEL
from fishcaption.core.speech import Rendered, Voice
from fishcaption.core.subscribers import Subscribers
from fishcaption.core.voices.catalog import VoiceState
from fishcaption.core.voices.cloning import (
    DESIGN_MODEL,
    MOST_CLIPS,
    Candidate,
    Clip,
    CloneProgress,
    Made,
    Step,
    Visibility,
    VoiceDetails,
)
from fishcaption.core.voices.takes import Advice, TakeMeasures, advice_of
from fishcaption.fish.cloning import MOST_UPLOAD_BYTES, Cloning, VoiceUnsure, Waits
from fishcaption.fish.endpoint import Endpoint
from fishcaption.fish.voice_design import clip_of, designed
from fishcaption.speech.system import fish_url
from fishcaption.speech.takes_voice import sent_takes
from fishcaption.store import intact
from fishcaption.store.recordings import collection as recorded
from fishcaption.store.recordings.collection import CollectionView
from fishcaption.store.recordings.places import collection_folder, collections, recordings_root
from fishcaption.store.voices import own_voices
from fishcaption.store.voices.own_voices import KnownVoice
from fishcaption.ui.voice_ports import Collected, Making, OwnVoice, OwnVoiceList

if TYPE_CHECKING:
    from fishcaption.app.lazy_reader import LazyReader, LazySpeech
    from fishcaption.tasks import ServiceTasks

_MEDIA_TYPES: Final[Mapping[str, str]] = {
    ".flac": "audio/flac",
    ".wav": "audio/wav",
    ".mp3": "audio/mpeg",
    ".m4a": "audio/mp4",
    ".opus": "audio/ogg",
    ".ogg": "audio/ogg",
}
_MOST_MEASURED: Final = 5  # recordings of a collection: each takes some tenths of a second
_MOST_IMPORT_BYTES: Final = 8 << 20


class OwnVoices:
    """`ui.voice_ports.OwnVoiceService`. ``keys`` are the names of the keys, and the one in use.

    ``on_error`` is told what is wrong with the list on disk. ``measure`` listens to a recording.
    """

    def __init__(
        self,
        speech: LazySpeech,
        reader: LazyReader,
        tasks: ServiceTasks,
        *,
        on_error: Callable[[FishCaptionError], None],
        measure: Callable[[Path], Awaitable[TakeMeasures]],
        keys: Callable[[], NamedKeys] = NamedKeys,
        root: Callable[[], Path] = recordings_root,
        path: Callable[[], Path] = own_voices.own_voices_path,
        waits: Waits | None = None,
    ) -> None:
        self._speech = speech
        self._reader = reader
        self._tasks = tasks
        self._on_error = on_error
        self._measure = measure
        self._keys = keys
        self._root = root
        self._path = path
        self._waits = waits
        self._making: Making | None = None
        self._task: asyncio.Task[None] | None = None
        self._taking_back: asyncio.Task[None] | None = None  # of what was cancelled
        self._known: frozenset[str] | None = None  # voices of the name that is being made, before it
        self._unsure: dict[str, frozenset[str]] = {}  # by name: see `fish.cloning.VoiceUnsure`
        self._subscribers: Subscribers[[]] = Subscribers()
        self._writing = asyncio.Lock()

    # -- what there is -----------------------------------------------------------------------------

    def voices(self, on_done: Callable[[OwnVoiceList | FishCaptionError], None]) -> None:
        """Answer with the own voices, the newest first."""
        self._tasks.answer(self._voices, on_done)

    def collections(self, on_done: Callable[[tuple[Collected, ...] | FishCaptionError], None]) -> None:
        """Answer with the collections of recordings on this computer."""
        self._tasks.answer(partial(asyncio.to_thread, self._collected), on_done)

    async def _voices(self) -> OwnVoiceList:
        try:
            async with self._cloning() as cloning:
                listed = await cloning.voices()
                account = await self._account(cloning, listed)
        except FishCaptionError as error:
            known = await self._change_known(lambda _known: False)
            return OwnVoiceList(tuple(self._own(one, VoiceState.READY) for one in known.values()), error)
        here = {made.entry.id: made for made in listed}

        def note(known: dict[str, KnownVoice]) -> bool:
            before = dict(known)
            for number, made in here.items():
                known[number] = _noted(made, known.get(number), account)
            return known != before

        known = await self._change_known(note)
        own = [self._own(known[number], made.entry.state) for number, made in here.items()]
        for number, one in known.items():
            if number not in here:
                is_of_other = bool(account and one.account and one.account != account)
                own.append(self._own(one, VoiceState.READY if is_of_other else VoiceState.GONE, is_of_other))
        return OwnVoiceList(tuple(own))

    async def _account(self, cloning: Cloning, listed: tuple[Made, ...]) -> str:
        """Return the id of the account in use; empty where the service does not tell."""
        try:
            account = await cloning.account()
        except FishCaptionError:  # it is asked for nothing but this
            account = ""
        return account or next((made.entry.author_id for made in listed), "")

    def is_noisy(self, collection: str, on_done: Callable[[bool | FishCaptionError], None]) -> None:
        """Answer whether a check hears noise in these recordings."""

        async def is_noisy() -> bool:
            folder = collection_folder(self._root(), collection)
            kept = (await asyncio.to_thread(recorded.load, folder)).kept[:MOST_CLIPS]
            for take in kept[:: max(1, len(kept) // _MOST_MEASURED)]:
                found = advice_of(await self._measure(folder / take.file))
                if Advice.NOISY in found or Advice.VERY_NOISY in found:
                    return True
            return False

        self._tasks.answer(is_noisy, on_done)

    def _collected(self) -> tuple[Collected, ...]:
        """In a thread: it reads the disk."""
        found = []
        root = self._root()
        for name in collections(root):
            try:
                view = recorded.load(collection_folder(root, name))
            except FishCaptionError:  # one folder that cannot be read hides no other
                continue
            found.append(_collected(view))
        return tuple(found)

    # -- making ------------------------------------------------------------------------------------

    def create(self, collection: str, details: VoiceDetails, *, enhances: bool) -> None:
        """Begin to make a voice of this collection."""

        async def clips() -> tuple[list[Clip], tuple[str, ...]]:
            return await asyncio.to_thread(self._clips, collection)

        self._begin(details, clips, enhances=enhances, collection=collection)

    def create_designed(self, candidate: Candidate, details: VoiceDetails) -> None:
        """Begin to make a voice of a designed one."""

        async def clips() -> tuple[list[Clip], tuple[str, ...]]:
            return [clip_of(candidate)], ()

        self._begin(details, clips, enhances=False, signatures=(candidate.signature,))

    def making(self) -> Making | None:
        """Return the voice that is being made, or was made last."""
        return self._making

    def cancel(self) -> None:
        """End the making. If the voice is there all the same, it is deleted."""
        task, making, known = self._task, self._making, self._known
        if task is None or making is None or making.is_over:
            return
        task.cancel()
        self._tell(making._replace(is_cancelled=True))
        if known is not None:
            self._taking_back = self._tasks.start(partial(self._take_back, task, making.title, known))

    def subscribe(self, callback: Callable[[], None], /) -> Callable[[], None]:
        """Call this when `making` is another."""
        return self._subscribers.add(callback)

    def _begin(
        self,
        details: VoiceDetails,
        clips: Callable[[], Awaitable[tuple[list[Clip], tuple[str, ...]]]],
        *,
        enhances: bool,
        collection: str = "",
        signatures: tuple[str, ...] = (),
    ) -> None:
        if self._making is not None and not self._making.is_over:
            return
        self._known = None
        begun = Making(details.title.strip(), CloneProgress(Step.READING))
        self._tell(begun)
        before = self._taking_back

        async def make() -> None:
            if before is not None:  # it looks for a new voice, and would take this one for the cancelled one
                await asyncio.wait([before])
            try:
                sent, languages = await clips()
                async with self._cloning() as cloning:
                    made = await cloning.create(
                        details,
                        sent,
                        enhances=enhances,
                        signatures=signatures,
                        on_progress=self._on_progress,
                        on_known=self._on_known,
                        before=self._unsure.get(begun.title),
                    )
                    account = await self._account(cloning, (made,))
            except VoiceUnsure as error:
                self._unsure[begun.title] = error.before
                self._over(error=error)
            except FishCaptionError as error:
                self._over(error=error)
            else:
                self._unsure.pop(begun.title, None)
                own = await self._note(made, details, account, collection, languages)
                self._over(made=own)

        self._task = self._tasks.start(make, lambda: self._over(error=_bug()))

    async def _note(
        self,
        made: Made,
        details: VoiceDetails,
        account: str,
        collection: str,
        languages: tuple[str, ...],
    ) -> OwnVoice:
        """Put a new voice into the list; a list that cannot be written is told, and the voice is there."""
        one = _noted(made, None, account)._replace(
            key=self._keys().used, collection=collection, languages=made.entry.voice.languages or languages
        )
        one = one._replace(details=details._replace(title=one.details.title))

        def add(known: dict[str, KnownVoice]) -> bool:
            known[one.id] = one
            return True

        await self._change_known(add)
        return self._own(one, made.entry.state)

    async def _take_back(self, task: asyncio.Task[None], title: str, known: frozenset[str]) -> None:
        await asyncio.wait([task])
        try:
            async with self._cloning() as cloning:
                await cloning.take_back(title, known)
        except FishCaptionError as error:
            self._on_error(
                StorageError(
                    f"It is not known whether the voice “{title}” was made before you cancelled: {error}",
                    hint="Look into the list of your voices, and delete it there if you do not want it.",
                )
            )

    def _clips(self, name: str) -> tuple[list[Clip], tuple[str, ...]]:
        """Return the recordings to send, and their languages. In a thread: it reads the disk."""
        view = recorded.load(collection_folder(self._root(), name))
        if view.consent is None:
            raise InputError(
                f"Nobody has said yet whose voice the recordings of “{name}” are, and that they agree.",
                hint="Say it in “Make your own voice”: no voice is made without it.",
            )
        if not view.kept:
            raise InputError(
                f"There are no recordings in “{name}” that are kept.",
                hint="Record some, and keep the good ones.",
            )
        clips, left = [], MOST_UPLOAD_BYTES
        for take in view.kept[:MOST_CLIPS]:
            try:
                audio = intact.content_of(view.path(take), left)
            except OSError as error:
                raise StorageError(
                    f"The recording {take.file} cannot be read ({error.strerror or error}).",
                    hint="Record it again, or take it out of those that are kept.",
                ) from error
            left -= len(audio)
            kind = _MEDIA_TYPES.get(take.suffix, "application/octet-stream")
            clips.append(Clip(take.file, audio, take.text, kind))
        return clips, tuple(dict.fromkeys(take.language for take in view.kept if take.language))

    def _on_progress(self, progress: CloneProgress) -> None:
        if self._making is not None and not self._making.is_over and self._making.progress != progress:
            self._tell(self._making._replace(progress=progress))

    def _on_known(self, known: frozenset[str]) -> None:
        self._known = known

    def _over(self, *, made: OwnVoice | None = None, error: FishCaptionError | None = None) -> None:
        if self._making is not None and not self._making.is_over:
            self._tell(self._making._replace(made=made, error=error))

    def _tell(self, making: Making) -> None:
        self._making = making
        self._subscribers.tell()

    # -- trying ------------------------------------------------------------------------------------

    def design(
        self,
        description: str,
        text: str,
        count: int,
        on_done: Callable[[tuple[Candidate, ...] | FishCaptionError], None],
    ) -> None:
        """Answer with designed voices."""

        async def design() -> tuple[Candidate, ...]:
            system = self._speech.system
            system.check_spending(DESIGN_MODEL)
            async with self._cloning() as cloning:
                found = await designed(cloning.rest, description, text, count)
            system.on_sent(DESIGN_MODEL, 1)
            return found

        self._tasks.answer(design, on_done)

    def hear(self, candidate: Candidate, on_done: Callable[[float | FishCaptionError], None]) -> None:
        """Play a designed voice, in place of what sounds."""

        async def hear() -> float:
            rate, pcm = await asyncio.to_thread(_sound_of, candidate.audio)
            self._reader.stop()
            self._reader.signal(Rendered(Voice("fish", "", ""), rate, pcm))
            return len(pcm) / 2 / rate

        self._tasks.answer(hear, on_done)

    # -- changing ----------------------------------------------------------------------------------

    def change(
        self, number: str, details: VoiceDetails, on_done: Callable[[OwnVoice | FishCaptionError], None]
    ) -> None:
        """Give the voice with this id another name, description and tags."""

        async def change() -> OwnVoice:
            async with self._cloning() as cloning:
                await cloning.change(number, details)

            def note(known: dict[str, KnownVoice]) -> bool:
                known[number] = known.get(number, KnownVoice(number, details))._replace(details=details)
                return True

            known = await self._change_known(note)
            return self._own(known[number], VoiceState.READY)

        self._tasks.answer(change, on_done)

    def delete(self, number: str, on_done: Callable[[bool | FishCaptionError], None]) -> None:
        """Delete a voice at the service for ever."""

        async def delete() -> bool:
            async with self._cloning() as cloning:
                was_there = await cloning.delete(number)
            await self._change_known(lambda known: known.pop(number, None) is not None)
            return was_there

        self._tasks.answer(delete, on_done)

    def forget(self, number: str, on_done: Callable[[bool | FishCaptionError], None]) -> None:
        """Take a voice off the list of this computer."""

        async def forget() -> bool:
            return number not in await self._change_known(lambda known: known.pop(number, None) is not None)

        self._tasks.answer(forget, on_done)

    def export_to(self, path: Path, on_done: Callable[[int | FishCaptionError], None]) -> None:
        """Write the list of own voices to a file."""

        async def export() -> int:
            known = await self._change_known(lambda _known: False)
            await asyncio.to_thread(own_voices.save, path, known)
            return len(known)

        self._tasks.answer(export, on_done)

    def import_from(self, path: Path, on_done: Callable[[int | FishCaptionError], None]) -> None:
        """Add the voices of such a file to the list."""

        async def take_in() -> int:
            try:
                content = await asyncio.to_thread(intact.content_of, path, _MOST_IMPORT_BYTES)
            except OSError as error:
                raise StorageError(f"The file could not be read: {error.strerror or error}.") from error
            found, _ = await asyncio.to_thread(own_voices.decoded, content)
            new: list[str] = []

            def add(known: dict[str, KnownVoice]) -> bool:
                new.extend(found.keys() - known.keys())
                known |= {number: found[number] for number in new}
                return bool(new)

            await self._change_known(add)
            return len(new)

        self._tasks.answer(take_in, on_done)

    # -- inside ------------------------------------------------------------------------------------

    def _own(self, one: KnownVoice, state: VoiceState, is_of_other: bool = False) -> OwnVoice:
        voice = Voice("fish", one.id, one.details.title, one.languages)
        key = self._keys().name_of(one.key)
        return OwnVoice(
            voice, state, one.details, one.created, one.collection, key, one.quality, is_of_other, one.key
        )

    @asynccontextmanager
    async def _cloning(self) -> AsyncIterator[Cloning]:
        """The account's voices, with the key in use. Raises Unauthorized without one."""
        key = await self._speech.system.found_key()

        async def endpoint() -> Endpoint:
            if self._speech.system.key != key:
                raise Unauthorized("The key was changed meanwhile.", hint="Try again.")
            return Endpoint(fish_url(), key, DEFAULT_MODEL)

        async with Cloning(endpoint, waits=self._waits) as cloning:
            yield cloning

    async def _change_known(self, change: Callable[[dict[str, KnownVoice]], bool]) -> dict[str, KnownVoice]:
        """Read the list, change it, and write it if that is asked for; return it. What is wrong is told."""

        def work() -> tuple[dict[str, KnownVoice], str]:
            path = self._path()
            known, told = own_voices.load(path)
            if change(known):
                try:
                    own_voices.save(path, known)
                except StorageError as error:
                    told = f"{told} {error}".strip()
            return known, told

        async with self._writing:
            known, told = await asyncio.to_thread(work)
        if told:
            self._on_error(StorageError(told, hint="Your voices at Fish Audio are as they were."))
        return known


def _noted(made: Made, before: KnownVoice | None, account: str) -> KnownVoice:
    """Return what is to stand in the list of a voice that the service has."""
    entry = made.entry
    visibility: Visibility = "unlist" if entry.visibility == "unlist" else "private"
    details = VoiceDetails(entry.voice.name, entry.description, entry.tags, visibility)
    known = before or KnownVoice(entry.id, details)
    return known._replace(
        details=details,
        languages=entry.voice.languages or known.languages,
        account=entry.author_id or account or known.account,
        created=entry.created or known.created,
        quality=made.quality or known.quality,
    )


def _collected(view: CollectionView) -> Collected:
    kept = view.kept
    return Collected(
        view.name,
        len(kept),
        view.kept_seconds,
        view.consent.speaker if view.consent is not None else "",
        next((take.language for take in kept if take.language), ""),
        sum(not take.text.strip() for take in kept),
        len(sent_takes(view)),
    )


def _sound_of(content: bytes) -> tuple[int, bytes]:
    """Return the rate and the frames (int16, mono) of a WAV file. Raises InputError for another sound."""
    try:
        with wave.open(io.BytesIO(content)) as file:
            shape = (file.getnchannels(), file.getsampwidth())
            rate, pcm = file.getframerate(), file.readframes(len(content) // 2)
    except (wave.Error, EOFError) as error:
        raise InputError(
            "The service sent a sound that cannot be played.", hint="Design once more."
        ) from error
    if shape != (1, 2) or not 4_000 <= rate <= 384_000 or not pcm:
        raise InputError("The service sent a sound that cannot be played.", hint="Design once more.")
    return rate, pcm[: len(pcm) & ~1]


def _bug() -> FishCaptionError:
    return InputError("The voice could not be made because of a fault in this program.", hint="See the log.")
