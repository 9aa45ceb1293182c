"""The phrase bank as the window has it (`ui.phrases.panel.PhraseService`): read from its file, saved to it.

A phrase is spoken from the sound that was made ahead, else as any text is spoken. Nothing here is imported
before the first paint that the window does not need.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from fishcaption.app.services.rendering.kept_audio import not_lasting
from fishcaption.app.services.rendering.renderer import QUIET_SECONDS, Renderer, Wanted
from fishcaption.app.services.rendering.sound import RenderVoices, as_shown
from fishcaption.blocking import answer
from fishcaption.core.errors import FishCaptionError, InputError, StorageError
from fishcaption.core.models import no_day
from fishcaption.core.phrases.bank import Ahead, Bank, Phrase, Progress
from fishcaption.core.subscribers import Subscribers
from fishcaption.store.intact import asides, content_of, strike
from fishcaption.store.kept_audio.kept_audio import KeptAudio, kept_audio_dir
from fishcaption.store.phrases import load, phrases_path, save
from fishcaption.store.settings import Settings

if TYPE_CHECKING:
    from fishcaption.app.services.rendering.messages import Messages
    from fishcaption.app.services.rendering.sound import RenderVoice
    from fishcaption.app.settings import SettingsStore
    from fishcaption.core.normalization.rules import Rules
    from fishcaption.core.phrases.files import Imported
    from fishcaption.core.voices.presets import Preset, Presets
    from fishcaption.speech.system import SpeechSystem
    from fishcaption.ui.ports import Speaker
    from fishcaption.ui.recording_ports import Level

_Answer = TypeVar("_Answer")

_LARGEST_FILE = 8 << 20
_FILE_SECONDS = 20.0  # a folder of the network that is gone, or what is no file, never answers


class Phrases:
    """`PhraseService`. It can be used as soon as it is made; what takes time is done by `run`.

        phrases = Phrases(reader, settings)             # its keys speak from now on, as the settings say
        task = tasks.create_task(phrases.run(speech))   # while the speech system is entered
        phrases.use_rules(rules)                        # how what is shown is said
        phrases.stirred()                               # at keys: somebody is about to speak
        await phrases.close()

    ``speaking_as`` has the reader speak as a preset; None: all phrases are the chosen voice's. ``mended`` are
    sentences about what was wrong with the bank on disk.
    """

    def __init__(
        self,
        speaker: Speaker,
        settings: SettingsStore,
        *,
        path: Path | None = None,
        kept: KeptAudio | None = None,
        messages: Messages | None = None,
        speaking_as: Callable[[Preset], AbstractContextManager[None]] | None = None,
        quiet_seconds: float = QUIET_SECONDS,
        today: Callable[[], date | None] = no_day,
    ) -> None:
        self._speaker = speaker
        self._today = today
        self._settings = settings
        self._voices = RenderVoices(settings, today)
        self._path = path or phrases_path()
        self._kept = kept or KeptAudio(kept_audio_dir())
        self._messages = messages
        self._speaking_as = speaking_as
        loaded = load(self._path)
        self._bank = self._saved = loaded.bank
        self._removed: set[str] = set()  # texts that are to be gone from what stands aside, too
        self.mended = loaded.mended
        self.on_error: Callable[[FishCaptionError], None] | None = None
        self._quiet_seconds = quiet_seconds
        self._speech: SpeechSystem | None = None
        self._key = ""  # the one that was there when it was tried last
        self._renderer: Renderer | None = None
        self._changed = asyncio.Event()  # the bank is not as it was saved
        self._works: asyncio.Queue[Callable[[], Coroutine[Any, Any, None]]] = asyncio.Queue()
        self._subscribers: Subscribers[[]] = Subscribers()
        settings.subscribe(_used_of, self._on_settings)
        settings.subscribe(lambda chosen: chosen.presets, self._on_presets)

    # -- what the program asks ---------------------------------------------------------------------

    async def run(self, speech: SpeechSystem) -> None:
        """Render, save, read files, until cancelled. The speech system is entered."""
        self._speech, self._key = speech, speech.key
        renderer = Renderer.beside(
            speech,
            self._speaker,
            self._kept,
            owner="phrases",
            today=self._today,
            on_change=self._tell,
            quiet_seconds=self._quiet_seconds,
        )
        if self._messages is not None:
            await asyncio.to_thread(self._messages.look)
        self._renderer = renderer  # before it knows what is wanted, it would tell that all is ready
        self._want()
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(renderer.follow(self._speaker))
                tasks.create_task(self._save_all())
                while True:
                    tasks.create_task((await self._works.get())())
        finally:
            self._renderer = None

    def use_rules(self, rules: Rules) -> None:
        """Say what is shown by these rules from now on."""
        if self._voices.use_rules(rules):
            self._want()

    def stirred(self) -> None:
        """A key was pressed, or somebody is about to speak."""
        if self._renderer is None or self._speech is None:
            return
        self._renderer.stirred()
        if self._speech.key != self._key:  # what was refused without it may be had now
            self._key = self._speech.key
            self._renderer.retry()

    async def close(self) -> None:
        """Write what is not written."""
        if self._saved is not self._bank:
            try:
                await asyncio.to_thread(self._save, self._bank)
            except StorageError as error:
                if self.on_error is not None:
                    self.on_error(error)

    # -- ui.phrases.PhraseService ------------------------------------------------------------------

    def bank(self) -> Bank:
        """See `PhraseService`."""
        return self._bank

    def set_bank(self, bank: Bank) -> None:
        """See `PhraseService`."""
        self._take(bank)
        self._want()

    def speak(self, number: str) -> int:
        """See `PhraseService`."""
        phrase = self._bank.phrase(number)
        spoken = self._say(phrase)
        if not self._settings.current.off_record:
            self._take(self._bank.used(number))
        return spoken

    def say(self, shown: str, said: str = "", category: str = "") -> int:
        """See `PhraseService`."""
        return self._say(Phrase("", shown, "" if said == shown else said, category))

    def progress(self) -> Progress:
        """See `PhraseService`."""
        if self._renderer is None:
            return Progress(Ahead.LOOKING, 0, len(self._bank.phrases), voice=self._settings.current.voice)
        chosen, progress = self._voices.of(), self._renderer.progress()
        recorded = len(self._recorded())
        return replace(
            progress,
            ready=progress.ready + recorded,
            total=progress.total + recorded,
            voice=chosen.voice if chosen is not None else None,
            offer=self._offer(),
        )

    def ready(self) -> frozenset[str]:
        """See `PhraseService`."""
        made = self._renderer.ready if self._renderer is not None else frozenset()
        return made | self._recorded()

    def retry(self) -> None:
        """See `PhraseService`."""
        if self._renderer is not None:
            self._renderer.retry()

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        """See `PhraseService`."""
        return self._subscribers.add(callback)

    def read_file(self, path: Path, on_done: Callable[[Imported | FishCaptionError], None]) -> None:
        """See `PhraseService`."""
        self._answer(partial(_read_file, path), on_done)

    def write_file(self, path: Path, on_done: Callable[[Path | FishCaptionError], None]) -> None:
        """See `PhraseService`."""
        self._answer(partial(_write_file, path, self._bank), on_done)

    # -- ui.phrases.PhraseService: recordings ------------------------------------------------------

    def recorded(self, text: str) -> str:
        """See `PhraseService`."""
        phrase = self._bank.recorded(text)
        return phrase.id if phrase is not None and self._is_recorded(phrase) else ""

    def has_recording(self, number: str) -> bool:
        """See `PhraseService`."""
        return number in self._bank and self._is_recorded(self._bank.phrase(number))

    def record(
        self,
        number: str,
        on_level: Callable[[Level], None],
        on_done: Callable[[str | FishCaptionError], None],
    ) -> None:
        """See `PhraseService`."""
        from fishcaption.ui.recording_ports import InputDevice

        text = self._bank.phrase(number).shown
        self._recordings().record(text, InputDevice(), on_level, partial(self._attach, number, on_done))

    def stop_recording(self) -> None:
        """See `PhraseService`."""
        if self._messages is not None:
            self._messages.stop()

    def take_recording(
        self, number: str, path: Path, on_done: Callable[[str | FishCaptionError], None]
    ) -> None:
        """See `PhraseService`."""
        text = self._bank.phrase(number).shown
        self._recordings().take_file(path, text, partial(self._attach, number, on_done))

    def read_folder(self, path: Path, on_done: Callable[[Imported | FishCaptionError], None]) -> None:
        """See `PhraseService`."""
        self._answer_later(partial(self._recordings().take_folder, path), on_done)

    def write_folder(self, path: Path, on_done: Callable[[Path | FishCaptionError], None]) -> None:
        """See `PhraseService`."""
        self._answer_later(partial(self._recordings().write_folder, self._bank, path), on_done)

    # -- inside ------------------------------------------------------------------------------------

    def _recordings(self) -> Messages:
        if self._messages is None:
            raise StorageError("Nothing can be recorded here.")
        return self._messages

    def _is_recorded(self, phrase: Phrase) -> bool:
        return self._messages is not None and bool(phrase.recording) and phrase.recording in self._messages

    def _recorded(self) -> frozenset[str]:
        return frozenset(phrase.id for phrase in self._bank.phrases if self._is_recorded(phrase))

    def _attach(
        self,
        number: str,
        on_done: Callable[[str | FishCaptionError], None],
        result: str | FishCaptionError,
    ) -> None:
        if isinstance(result, str) and number in self._bank:
            self.set_bank(self._bank.edit(number, recording=result))
        on_done(result)

    def _on_settings(self, _before: tuple[object, ...], _after: tuple[object, ...]) -> None:
        self._voices.clear()
        self._want()

    def _on_presets(self, before: Presets, after: Presets) -> None:
        """A preset that has another name keeps its categories."""
        bank = self._bank
        for preset in after.presets:
            old = before.get(preset.id)
            if old is not None and old.name != preset.name and before.named(old.name) is old:
                bank = bank.with_preset_renamed(old.name, preset.name)
        self.set_bank(bank)

    def _say(self, phrase: Phrase) -> int:
        if phrase.recording and self._messages is not None:
            try:
                sound = as_shown(phrase.shown, None, self._messages.sound(phrase.recording))
                return self._speaker.speak_ready(phrase.shown, sound)
            except StorageError as error:  # nobody is left mute for that, and it is told who speaks
                if self.on_error is not None:
                    self.on_error(
                        StorageError(f"{error} The chosen voice says this phrase.", hint=error.hint)
                    )
        preset = self._preset_of(phrase)
        if preset is not None and self._speaking_as is not None:
            with self._speaking_as(preset):
                return self._say_in(self._voices.of(preset), phrase)
        return self._say_in(self._voices.of(), phrase)

    def _say_in(self, chosen: RenderVoice | None, phrase: Phrase) -> int:
        if chosen is not None:
            said = chosen.said(phrase.spoken)
            rendered = self._kept.load(chosen.name(said))
            if rendered is not None:
                shown = as_shown(
                    phrase.shown,
                    None if phrase.said else said,
                    rendered._replace(voice=chosen.voice),
                )
                return self._speaker.speak_ready(phrase.shown, shown)
        return self._speaker.speak(phrase.shown, said=phrase.said)

    def _preset_of(self, phrase: Phrase) -> Preset | None:
        """Return the preset of a phrase's category; None: it has none. Raises InputError if it is gone."""
        name = self._bank.preset_of(phrase)
        if not name:
            return None
        preset = self._settings.current.presets.named(name)
        if preset is None:
            raise InputError(
                f"There is no preset “{name}”, which speaks the phrases of “{phrase.category}”. Nothing was"
                " said.",
                hint="Choose another preset on the page of categories, or save one with this name.",
            )
        return preset

    def _voice_of(self, phrase: Phrase) -> RenderVoice | None:
        try:
            return self._voices.of(self._preset_of(phrase))
        except InputError:  # told when it is spoken
            return None

    def _offer(self) -> str:
        """Return the value of `Settings.phrases_paid` with which all phrases may be paid for."""
        chosen, presets = self._voices.of(), self._settings.current.presets
        found = [presets.named(category.preset) for category in self._bank.categories if category.preset]
        voices = [chosen, *(self._voices.of(preset) for preset in found if preset is not None)]
        offers = {voice.offer for voice in voices if voice is not None and voice.model}
        return " ".join(sorted(offers)) or (chosen.offer if chosen is not None else "")

    def _not_lasting(self) -> StorageError | None:
        return None if self._kept.is_lasting else not_lasting(self._settings.current)

    def _want(self) -> None:
        if self._renderer is None:
            return
        settings = self._settings.current
        is_agreed = bool(settings.phrases_paid) and self._offer() == settings.phrases_paid
        voiced = (phrase for phrase in self._bank.search() if not self._is_recorded(phrase))
        by_key = sorted(voiced, key=lambda phrase: not phrase.key)
        self._renderer.want(
            tuple(Wanted(phrase.id, phrase.spoken, self._voice_of(phrase)) for phrase in by_key),
            is_on=settings.phrases_ahead,
            limit=settings.phrases_paid_dollars if is_agreed else 0.0,
            refused=self._not_lasting,
        )

    def _take(self, bank: Bank) -> None:
        if bank != self._bank:
            self._removed |= _texts(self._bank) - _texts(bank)
            self._bank = bank
            self._changed.set()
            self._tell()

    def _tell(self) -> None:
        self._subscribers.tell()

    async def _save_all(self) -> None:
        has_failed = False
        while True:
            await self._changed.wait()
            self._changed.clear()
            bank = self._bank
            try:
                await asyncio.to_thread(self._save, bank)
                has_failed = False
            except StorageError as error:  # the next change tries again, and so does the end
                if not has_failed and self.on_error is not None:
                    self.on_error(error)
                has_failed = True

    def _save(self, bank: Bank) -> None:
        """In a thread; one at a time. Raises StorageError."""
        save(self._path, bank)
        removed = frozenset(self._removed)
        strike(asides(self._path), removed)
        self._removed -= removed
        self._saved = bank

    def _answer_later(
        self,
        work: Callable[[], Coroutine[Any, Any, _Answer]],
        on_done: Callable[[_Answer | FishCaptionError], None],
    ) -> None:
        async def answered() -> None:
            result: _Answer | FishCaptionError
            try:
                result = await work()
            except FishCaptionError as error:
                result = error
            on_done(result)

        self._works.put_nowait(answered)

    def _answer(
        self, work: Callable[[], _Answer], on_done: Callable[[_Answer | FishCaptionError], None]
    ) -> None:
        self._answer_later(partial(answer, work, _silent_file, seconds=_FILE_SECONDS), on_done)


def _texts(bank: Bank) -> set[str]:
    return {text for phrase in bank.phrases for text in (phrase.shown, phrase.said)}


def _used_of(settings: Settings) -> tuple[object, ...]:
    """Return the settings on which it depends which phrases are made ready, and how they sound."""
    return (
        settings.voice,
        settings.model,
        settings.model_agreed,
        settings.options,
        settings.phrases_ahead,
        settings.phrases_paid,
        settings.phrases_paid_dollars,
        settings.kept_audio,
        settings.off_record,
    )


def _silent_file() -> FishCaptionError:
    return StorageError("The file does not answer.", hint="Choose a file on this computer.")


def _read_file(path: Path) -> Imported:
    from fishcaption.core.phrases.files import from_file

    try:
        content = content_of(path, _LARGEST_FILE)
    except OSError as exc:
        raise InputError(
            f"{path.name} cannot be read: {exc.strerror or exc}.", hint="Choose another file."
        ) from exc
    return from_file(content, path.name)


def _write_file(path: Path, bank: Bank) -> Path:
    from fishcaption.core.phrases.files import to_csv, to_json
    from fishcaption.store.places import write_whole

    write_whole(path, to_json(bank) if path.suffix.casefold() == ".json" else to_csv(bank))
    return path
