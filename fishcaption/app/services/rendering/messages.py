"""Recordings of phrases: made, taken from files and folders, and in memory for their keys."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from fishcaption.core.errors import FishCaptionError, InputError
from fishcaption.core.phrases.files import Problem
from fishcaption.core.speech import Rendered
from fishcaption.store.messages.message_folder import (
    MOST_FRAMES,
    export,
    imported,
    load,
    look_into,
    messages_root,
    names,
    new_path,
)
from fishcaption.tasks import asked

if TYPE_CHECKING:
    from fishcaption.core.phrases.bank import Bank, Phrase
    from fishcaption.core.phrases.files import Imported
    from fishcaption.ui.recording_ports import InputDevice, Level, Recorded, RecorderService

_MOST_IN_MEMORY_BYTES: Final = 32 << 20  # 100 recordings of three seconds
_LONGEST_SECONDS: Final = 280.0  # less than can be played: a recording that nobody ends
_TAKE: Final = ".take.flac"  # what is recorded now; a kill leaves it, and the next take replaces it

Named = Callable[[str | FishCaptionError], None]
"""Takes the name of a new recording's file."""


class Messages:
    """The recordings of phrases by the names of their files; what cuts and levels them is the recorder."""

    def __init__(self, recorder: RecorderService, root: Path | None = None) -> None:
        self._recorder = recorder
        self._root = root or messages_root()
        self._names: frozenset[str] = frozenset()
        self._memory: OrderedDict[str, Rendered] = OrderedDict()  # used last, stands last
        self._memory_bytes = 0

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def look(self) -> None:
        """Find out what is there. Reads a folder: call it in a thread."""
        self._names = names(self._root)

    def sound(self, name: str) -> Rendered:
        """Return a recording's sound. Reads its file if it is not in memory. Raises StorageError."""
        if (found := self._memory.get(name)) is not None:
            self._memory.move_to_end(name)
            return found
        found = load(self._root / name)
        self._memory[name] = found
        self._memory_bytes += len(found.pcm)
        while self._memory_bytes > _MOST_IN_MEMORY_BYTES and len(self._memory) > 1:
            _, oldest = self._memory.popitem(last=False)
            self._memory_bytes -= len(oldest.pcm)
        return found

    def record(
        self, text: str, device: InputDevice, on_level: Callable[[Level], None], on_done: Named
    ) -> None:
        """Record until `stop`, or for as long as a phrase may be.

        The silence at its ends is cut off, and it is made as loud as speech is. Raises StorageError
        where the folder cannot be written.
        """
        target = new_path(self._root, text)
        take = self._root / _TAKE
        with suppress(OSError):
            take.unlink()

        def recorded(result: Recorded | FishCaptionError) -> None:
            end.cancel()
            if isinstance(result, FishCaptionError):
                on_done(result)
            else:
                self._recorder.cut(take, target, cut, trims=True, levels=True)

        def cut(result: Recorded | FishCaptionError) -> None:
            try:
                if isinstance(result, FishCaptionError):  # what was recorded is not lost for that
                    take.rename(target)
                else:
                    take.unlink()
            except OSError:
                on_done(result if isinstance(result, FishCaptionError) else self._made(target))
                return
            on_done(self._made(target))

        end = asyncio.get_running_loop().call_later(_LONGEST_SECONDS, self._recorder.stop)
        self._recorder.record(take, device, on_level, recorded)

    def stop(self) -> None:
        """End the recording."""
        self._recorder.stop()

    def take_file(self, path: Path, text: str, on_done: Named) -> None:
        """Take a file of sound for a phrase: a copy of it, cut and levelled. Raises StorageError."""
        target = new_path(self._root, text)

        def cut(result: Recorded | FishCaptionError) -> None:
            if isinstance(result, FishCaptionError):
                on_done(result)
            elif result.frames > MOST_FRAMES:
                with suppress(OSError):
                    target.unlink()
                on_done(
                    InputError(
                        f"{path.name} is longer than five minutes.", hint="Cut it first, or choose another."
                    )
                )
            else:
                on_done(self._made(target))

        self._recorder.cut(path, target, cut, trims=True, levels=True)

    async def take_folder(self, folder: Path) -> Imported:
        """Return the phrases of a folder's recordings, which are copied. Raises FishCaptionError."""
        found = await asyncio.to_thread(look_into, folder)
        problems = list(found.problems)
        taken: list[tuple[Phrase, str]] = []
        for file in found.files:
            try:
                name = await asked(partial(self.take_file, file.path, file.phrase.shown))
            except FishCaptionError as error:
                problems.append(Problem(0, f"{file.path.name}: {error}"))
            else:
                taken.append((file.phrase, name))
        if not taken and problems:
            raise InputError("None of the recordings could be used.", hint=str(problems[0]))
        return imported(taken, problems)

    async def write_folder(self, bank: Bank, folder: Path) -> Path:
        """Write the phrases and copies of their recordings into a folder. Raises StorageError."""
        await asyncio.to_thread(export, self._root, bank, folder)
        return folder

    def _made(self, target: Path) -> str:
        self._names |= {target.name}
        return target.name
