"""The store of kept audio as the program has it: opened with its key, written beside what is spoken, erased.

`ui.ports.KeptAudioService` for windows. The store is there from the start and keeps sound in memory; `run`
opens the disk, which may have to wait for the keyring.
"""

from __future__ import annotations

import asyncio
import logging
import shutil
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Final

from fishcaption.blocking import answer
from fishcaption.core.errors import FishCaptionError, StorageError
from fishcaption.store.kept_audio.kept_audio import KeptAudio, kept_audio_dir
from fishcaption.store.keys import ANSWER_SECONDS
from fishcaption.store.places import cache_dir
from fishcaption.store.settings import Settings

if TYPE_CHECKING:
    from fishcaption.app.services.rendering.sound import RenderVoice
    from fishcaption.app.settings import SettingsStore
    from fishcaption.core.normalization.rules import Rules
    from fishcaption.core.speech import Rendered
    from fishcaption.store.history import History
    from fishcaption.tasks import ServiceTasks
    from fishcaption.ui.ports import Speaker

_log = logging.getLogger(__name__)

_EARLIER: Final = ("phrases", "scripts")  # folders of the cache in which versions before kept sound
_LONGEST_LOOKED_UP: Final = 20_000  # code points; looked up within a tenth of a second
_LONGEST_REPEATED: Final = 5000  # code points; a longer text is spoken anew, as any text is


class KeptAudioDesk:
    """`ui.ports.KeptAudioService`. ``on_error`` is told what is wrong with the disk, once until it is well;
    ``rules`` gives how what is shown is said.

        desk = KeptAudioDesk(settings, tasks, on_error=tell, rules=rules)
        tasks.start(desk.run)        # after the first paint
        await desk.opened.wait()     # the disk is used now, or will not be
        await desk.close()
    """

    def __init__(
        self,
        settings: SettingsStore,
        tasks: ServiceTasks,
        *,
        on_error: Callable[[FishCaptionError], None],
        rules: Callable[[], Rules],
        store: KeptAudio | None = None,
    ) -> None:
        self.store = store or KeptAudio(kept_audio_dir())
        self.opened = asyncio.Event()
        self._settings = settings
        self._tasks = tasks
        self._on_error = on_error
        self._rules = rules
        self._has_failed = False
        self._is_waiting = asyncio.Event()  # sound waits to be written
        self._disk = asyncio.Lock()  # opening, erasing, closing: one at a time
        self.store.on_waiting = self._is_waiting.set
        self.store.is_on = _is_on(settings.current)
        self.store.most_bytes = settings.current.kept_audio_megabytes << 20
        settings.subscribe(_is_on, self._on_switch)
        settings.subscribe(lambda chosen: chosen.kept_audio_megabytes, self._on_size)
        settings.subscribe(lambda chosen: chosen.kept_audio_plain, self._on_plain)

    # -- what the program asks ---------------------------------------------------------------------

    async def run(self) -> None:
        """Open the disk, and write until cancelled."""
        try:
            await asyncio.to_thread(_drop_earlier)
            await self._open()
        finally:
            self.opened.set()
        while True:
            await self._is_waiting.wait()
            self._is_waiting.clear()
            await self._write()

    async def close(self) -> None:
        """Write what is not written, and close the files."""
        async with self._disk:
            await self._write()
            await asyncio.to_thread(self.store.close)

    def repeat_last(self, speaker: Speaker, history: History) -> bool:
        """Speak the last text of the history again, if its sound is kept; return whether it is spoken.

        The reader forgets with the program's end, and Repeat must not: it costs nothing and needs nobody.
        """
        last = next(iter(history.entries()), None)
        if last is None or len(last.text) > _LONGEST_REPEATED:
            return False
        rendered = self.sound_of(last.text)
        if rendered is None:
            return False
        speaker.speak_ready(last.text, rendered)
        return True

    def sound_of(self, shown: str) -> Rendered | None:
        """Return the kept sound of a text in the chosen voice, with its words as they are shown; None: none.

        Reads a file for each sentence that is not in memory.
        """
        from fishcaption.app.services.rendering.sound import as_shown
        from fishcaption.speech.kept_voice import kept_sound

        voice = self._voice()
        if voice is None:
            return None
        said = voice.said(shown)
        rendered = kept_sound(voice.shape, self.store, said.text)
        return None if rendered is None else as_shown(shown, said, rendered)

    def unkept(self, shown: str) -> str:
        """Return what the chosen voice would be given anew of a text, and so may cost.

        A very long text is returned as it is: nobody waits until all of it is looked up.
        """
        from fishcaption.speech.kept_voice import unkept

        voice = self._voice() if len(shown) <= _LONGEST_LOOKED_UP else None
        return shown if voice is None else unkept(voice.shape, self.store, voice.said(shown).text)

    # -- ui.ports.KeptAudioService -----------------------------------------------------------------

    def used_bytes(self) -> int:
        """See `KeptAudioService`."""
        return self.store.used_bytes

    def erase(self, on_done: Callable[[int | FishCaptionError], None]) -> None:
        """See `KeptAudioService`."""
        self._tasks.answer(self._erase, on_done)

    # -- inside ------------------------------------------------------------------------------------

    def _voice(self) -> RenderVoice | None:
        """Return who speaks now, and how; None: a model that does not exist."""
        from fishcaption.app.services.rendering.sound import RenderVoices

        voices = RenderVoices(self._settings)
        voices.use_rules(self._rules())
        return voices.of()

    async def _open(self) -> None:
        async with self._disk:
            from fishcaption.store.kept_audio import keyring_key

            chosen = self._settings.current
            key: bytes | None = None
            try:
                key = await answer(keyring_key.find_or_make, keyring_key.silent, seconds=ANSWER_SECONDS)
            except FishCaptionError as error:  # who needs the keyring's key of the service is told of it
                _log.info("kept audio has no keyring: %s", type(error).__name__)
            try:
                await asyncio.to_thread(partial(self.store.open, key, plain=chosen.kept_audio_plain))
            except StorageError as error:
                self._fail(error)

    async def _write(self) -> None:
        try:
            await asyncio.to_thread(self.store.write_waiting)
            self._has_failed = False
        except StorageError as error:
            self._fail(error)

    async def _erase(self) -> int:
        """Erase: the key first, so that what a disk keeps of deleted files is noise."""
        from fishcaption.store.kept_audio import keyring_key

        used = self.store.used_bytes
        failure: FishCaptionError | None = None
        async with self._disk:
            try:
                await answer(keyring_key.forget, keyring_key.silent, seconds=ANSWER_SECONDS)
            except FishCaptionError as error:
                failure = error
            await asyncio.to_thread(self.store.erase)
        await self._open()
        if failure is not None:
            raise failure
        return used

    def _fail(self, error: StorageError) -> None:
        if not self._has_failed:
            self._on_error(error)
        self._has_failed = True

    def _on_switch(self, _before: bool, is_on: bool) -> None:
        self.store.is_on = is_on

    def _on_size(self, _before: int, megabytes: int) -> None:
        self.store.most_bytes = megabytes << 20

        async def use() -> None:
            try:
                await asyncio.to_thread(self.store.trim)
            except StorageError as error:
                self._fail(error)

        self._tasks.start(use)

    def _on_plain(self, _before: bool, _after: bool) -> None:
        if self.opened.is_set() or self._disk.locked():  # else the first opening has yet to look
            self._tasks.start(self._open)


def not_lasting(settings: Settings) -> StorageError:
    """Return why sound that costs is not made ahead: it would cost again at each start."""
    if not _is_on(settings):
        return StorageError(
            "What is made ready for money would not be kept, and cost again at the next start.",
            hint="Switch on in the settings that the sound of what is spoken is saved, or go on the record.",
        )
    return StorageError(
        "This computer has no keyring for the key of saved sound. What is made ready would not be kept, and"
        " cost again at the next start.",
        hint="Install a keyring, or allow in the settings to save sound without encryption.",
    )


def _is_on(settings: Settings) -> bool:
    return settings.kept_audio and not settings.off_record


def _drop_earlier() -> None:
    """Delete the sound that earlier versions kept, which was neither bounded together nor encrypted."""
    for name in _EARLIER:
        shutil.rmtree(cache_dir() / name, ignore_errors=True)
