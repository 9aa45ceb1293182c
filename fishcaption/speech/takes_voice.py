"""A voice that is kept nowhere: the user's recordings travel with each session, and are imitated.

`core.speech.Voice.takes` names their collection. If they cannot be read, nothing is spoken: a session without
them would be spoken, and billed, in a voice of somebody else.
"""

from __future__ import annotations

import asyncio
import hashlib
import threading
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from fishcaption.core.errors import FishCaptionError, InputError, StorageError
from fishcaption.core.protocol.requests import Reference
from fishcaption.core.speech import Piece, Voice
from fishcaption.core.voices.cloning import MOST_REFERENCE_SECONDS, best_takes
from fishcaption.store.intact import content_of
from fishcaption.store.recordings import collection
from fishcaption.store.recordings.collection import CollectionView
from fishcaption.store.recordings.places import collection_folder, recordings_root
from fishcaption.store.recordings.take_list import Take

if TYPE_CHECKING:
    from fishcaption.reader import Sink, Synthesizer

MOST_BYTES: Final = 6 << 20
"""Of all recordings that travel with a session: 40 s as FLAC have some 2 MB."""

SUFFIXES: Final = frozenset((".flac", ".wav", ".mp3"))
"""Kinds of files that the service takes as references."""


class TakesReferences:
    """Collections of recordings, read when they are needed; those of the last voice stay in memory."""

    def __init__(self, root: Callable[[], Path] = recordings_root) -> None:
        self._root = root
        self._guard = threading.Lock()
        self._last: tuple[str, tuple[Reference, ...]] = ("", ())  # by its mark

    async def of(self, voice: Voice) -> tuple[Reference, ...]:
        """Return the recordings that the voice is imitated from: one or more.

        Raises InputError where the collection has none that can be used; StorageError.
        """
        return await asyncio.to_thread(self._read, voice)

    def mark(self, voice: Voice) -> str:
        """Return a word that is another one as soon as other recordings, or other words, would be sent.

        Sound that was made with the voice is named by it. Empty for other voices, and where there are none.
        It looks at a list and a few files' sizes and times, not at their content.
        """
        if not voice.takes:
            return ""
        try:
            view, chosen = self._chosen(voice)
        except FishCaptionError:  # told when it is to speak
            return ""
        return _mark(view, chosen)

    def _read(self, voice: Voice) -> tuple[Reference, ...]:
        view, chosen = self._chosen(voice)
        mark = _mark(view, chosen)
        with self._guard:
            if self._last[0] == mark:
                return self._last[1]
        found: list[Reference] = []
        left = MOST_BYTES
        for take in chosen:
            try:
                audio = content_of(view.path(take), left)
            except OSError as error:
                if found:  # too large beside the others
                    continue
                raise StorageError(
                    f"The recording {take.file} of “{view.name}” cannot be read ({error.strerror or error}).",
                    hint="Record it again, or choose another voice. Nothing was spoken in another voice.",
                ) from error
            left -= len(audio)
            found.append(Reference(audio, take.text))
        with self._guard:
            self._last = (mark, tuple(found))
        return tuple(found)

    def _chosen(self, voice: Voice) -> tuple[CollectionView, list[Take]]:
        name = voice.takes
        view = collection.load(collection_folder(self._root(), name))
        if view.consent is None and view.takes:
            raise InputError(
                f"Nobody has said yet whose voice the recordings of “{name}” are.",
                hint="Say it in “Make your own voice”, or choose another voice.",
            )
        chosen = sent_takes(view)
        if not chosen:
            raise InputError(
                f"There are no recordings in “{name}” that this voice can be made of.",
                hint="Each needs the words that are heard in it, to be kept, and to be no longer than "
                f"{MOST_REFERENCE_SECONDS:.0f} s. Record some, or choose another voice. Nothing was "
                "spoken in another voice.",
            )
        return view, chosen


def sent_takes(view: CollectionView) -> list[Take]:
    """Return the recordings of a collection that travel with each text; empty: none can."""
    usable = [take for take in view.kept if take.text.strip() and take.suffix in SUFFIXES]
    return [usable[place] for place in best_takes([take.seconds for take in usable])]


class TakesVoice:
    """A `reader.Synthesizer` that reads its recordings when it speaks. ``make`` gives the voice with them."""

    def __init__(
        self,
        voice: Voice,
        rate: int,
        takes: TakesReferences,
        make: Callable[[tuple[Reference, ...]], Synthesizer],
    ) -> None:
        self._voice = voice
        self._rate = rate
        self._takes = takes
        self._make = make

    @property
    def voice(self) -> Voice:
        """The voice that speaks."""
        return self._voice

    @property
    def rate(self) -> int:
        """Frames a second."""
        return self._rate

    async def speak(self, pieces: AsyncIterator[Piece], sink: Sink) -> None:
        """See `reader.Synthesizer.speak`. Raises also why there are no recordings."""
        await self._make(await self._takes.of(self._voice)).speak(pieces, sink)


def _mark(view: CollectionView, chosen: list[Take]) -> str:
    said = hashlib.blake2b(digest_size=12)
    for take in chosen:
        try:
            found = view.path(take).stat()
        except OSError:
            continue
        said.update(
            f"{take.file}\0{found.st_size}\0{found.st_mtime_ns}\0{take.text}\n".encode("utf-8", "replace")
        )
    return said.hexdigest()
