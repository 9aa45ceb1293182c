"""The services: what windows ask for and cannot wait for, one file a subject.

    voices/         the voices there are; their searches, samples, covers, downloads
    models          the models of a voice's service, and what texts cost
    speaking/       a voice whose service is out of reach; the voices of speakers in a text, and of scripts
    account         the keys of Fish Audio's accounts
    spending        what was sent to the service, and the user's limits
    sound_devices   what the voice can be heard on
    recorder        recordings from a microphone
    own_voices/     voices made of the user's recordings, or by design
    recordings/     the user's own recordings
    profiles        windows of other profiles
    phrases         the phrase bank
    kept_audio      the sound of what was spoken: its key, its disk, erasing it
    rendering/      makes phrases and cues of a script ready ahead
    vocabulary      abbreviations, replacements, completion
    calls           the microphone of calls, the telephone's tones
    audience        the captions for an audience, and its outlets
    operator_control  the show in the hands of an operator elsewhere, through an outlet
    script_show     the script, and the place in it; `script_preparation` makes its cues ready ahead

`Services` builds each when it is first asked for, which is after the first paint: nothing here is imported
before it but `models`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any

from fishcaption.app.lazy_reader import billing_day
from fishcaption.core.errors import FishCaptionError, LimitReached, StorageError
from fishcaption.core.speech import Fate
from fishcaption.store.settings import Settings
from fishcaption.tasks import ServiceTasks
from fishcaption.ui.shell.registry import deferred_modules

if TYPE_CHECKING:
    from pathlib import Path

    from fishcaption.app.lazy_reader import LazyReader, LazySpeech
    from fishcaption.app.services.account import Account
    from fishcaption.app.services.audience import AudienceOutlets
    from fishcaption.app.services.calls import Calls
    from fishcaption.app.services.models import Models
    from fishcaption.app.services.operator_control import OperatorControl
    from fishcaption.app.services.own_voices.voices import OwnVoices
    from fishcaption.app.services.phrases import Phrases
    from fishcaption.app.services.profiles import Profiles
    from fishcaption.app.services.recorder import Recorder
    from fishcaption.app.services.recordings.own_recordings import Recordings
    from fishcaption.app.services.rendering.kept_audio import KeptAudioDesk
    from fishcaption.app.services.script_show import ScriptShow
    from fishcaption.app.services.sound_devices import SoundDevices
    from fishcaption.app.services.speaking.cast import CastService
    from fishcaption.app.services.speaking.retrying import Retrying
    from fishcaption.app.services.spending import SpendingLimits
    from fishcaption.app.services.vocabulary import UserVocabulary
    from fishcaption.app.services.voices.downloads import VoiceDownloads
    from fishcaption.app.services.voices.service import Voices
    from fishcaption.app.user_data import UserData
    from fishcaption.core.normalization.rules import Rules
    from fishcaption.core.voices.takes import TakeMeasures
    from fishcaption.speech.system import SpeechSystem
    from fishcaption.store.outlets.sequence_numbers import SequenceNumbers
    from fishcaption.store.scripts.kept_scripts import KeptScripts
    from fishcaption.store.scripts.recent_scripts import RecentScripts

_DEFERRED = (
    *deferred_modules(),
    "fishcaption.app.services.phrases",
    "fishcaption.app.services.vocabulary",
    "fishcaption.app.services.calls",
    "fishcaption.app.services.audience",
    "fishcaption.app.services.speaking.cast",
    "fishcaption.app.services.operator_control",
    "fishcaption.app.services.script_show",
)
_CLOSE_SECONDS = 5.0  # that a disk is waited for at the end


class Services:
    """`ui.ports.Services`. `open` once the speech system is entered, `close` before it is left."""

    def __init__(
        self, speech: LazySpeech, reader: LazyReader, user_data: UserData, tasks: asyncio.TaskGroup
    ) -> None:
        self.speech = speech
        self.tasks = ServiceTasks(tasks)
        self.on_notice: Callable[[str], None] = _ignore
        self.on_stop: Callable[[], object] = reader.stop
        self._reader = reader
        self._user_data = user_data
        self.settings = settings = speech.settings
        self._voices: Voices | None = None
        self._voice_downloads: VoiceDownloads | None = None
        self._phrases: Phrases | None = None
        self._vocabulary: UserVocabulary | None = None
        self._retrying: Retrying | None = None
        self._recorder: Recorder | None = None
        self._recordings: Recordings | None = None
        self._account: Account | None = None
        self._spending: SpendingLimits | None = None
        self._own_voices: OwnVoices | None = None
        self._audience: AudienceOutlets | None = None
        self._control: OperatorControl | None = None
        self._script: ScriptShow | None = None
        self._cast: CastService | None = None
        self._scripts: KeptScripts | None = None
        speech.rules = self._rules
        speech.cast = lambda: self.cast().cast
        speech.kept = lambda: self.kept_audio.store
        reader.repeat_earlier = self._repeat_earlier
        self._kept_audio: KeptAudioDesk | None = None
        speech.on_awake = self._on_awake
        settings.subscribe(switches_of, self._on_switches)

    def open(self) -> None:
        """Use the settings, look for the key, make ready for the first word."""
        self.speech.is_entered = True
        self._use_rules()
        self.spending.start()
        self.speech.system.on_sent = self.spending.sent
        self.speech.system.check_spending = self.spending.check
        self.tasks.start(self.kept_audio.run)
        if self._phrases is not None:
            self.tasks.start(partial(self._once_kept, self._phrases.run))
        if self._script is not None:
            self.tasks.start(partial(self._once_kept, self._script.run))
        self.account.find_key()
        self.speech.warm()

    async def close(self, on_error: Callable[[FishCaptionError], None]) -> None:
        """Have written what is not, and end what runs; what goes wrong is told to `on_error`."""
        from fishcaption.store import speech_rates

        self.speech.is_entered = False
        place = speech_rates.rates_path()
        self._user_data.writer.soon(
            str(place),
            partial(speech_rates.save, place, dict(self.speech.system.speech_rates)),
            self._user_data.tell,
        )
        if self._audience is not None:
            await self._audience.close()
        if self._voices is not None:
            await self._voices.close()
        self.tasks.cancel()
        if self._kept_audio is not None:
            with suppress(TimeoutError):
                async with asyncio.timeout(_CLOSE_SECONDS):
                    await self._kept_audio.close()
        if self._phrases is not None:
            self._phrases.on_error = on_error
            try:
                async with asyncio.timeout(_CLOSE_SECONDS):
                    await self._phrases.close()
            except TimeoutError:
                on_error(StorageError("The disk does not answer. Your phrases may not have been saved."))

    # -- ui.ports.Services ------------------------------------------------------------------------

    def prepare(self, on_ready: Callable[[], None]) -> None:
        """Import what is made after the first paint, in a thread: the keys go on. Then call `on_ready`."""

        async def prepare() -> None:
            for name in _DEFERRED:
                await asyncio.to_thread(import_module, name)
            await asyncio.to_thread(self._kept_scripts().load)
            on_ready()

        self.tasks.start(prepare)

    @property
    def models(self) -> Models:
        """The models of the chosen voice's service."""
        from fishcaption.app.services.models import Models

        return Models(
            self.settings,
            billing_day,
            limit=self._limit,
            unkept=self._unkept,
            models_of_speakers=lambda text: self.cast().models_of(text),
        )

    @property
    def retrying(self) -> Retrying:
        """Other tries where the service cannot be reached."""
        if self._retrying is None:
            from fishcaption.app.services.speaking.retrying import Retrying

            call_later = asyncio.get_running_loop().call_later
            self._retrying = Retrying(self.settings, self._reader, self.speech, call_later, self.tasks.answer)
        return self._retrying

    @property
    def voices(self) -> Voices:
        """The voices there are."""
        if self._voices is None:
            from fishcaption.app.services.voices.service import Voices

            self._voices = Voices(
                self.speech, self._reader, self.tasks, rules=self._rules, on_error=self._tell
            )
        return self._voices

    @property
    def voice_downloads(self) -> VoiceDownloads:
        """Voices that can be fetched to this computer."""
        if self._voice_downloads is None:
            from fishcaption.app.services.voices.downloads import VoiceDownloads

            self._voice_downloads = VoiceDownloads(self.tasks)
        return self._voice_downloads

    @property
    def account(self) -> Account:
        """The keys of Fish Audio's accounts."""
        if self._account is None:
            from fishcaption.app.services.account import Account

            self._account = Account(self.speech, self.tasks, on_error=self._tell, on_notice=self._tell_notice)
        return self._account

    @property
    def spending(self) -> SpendingLimits:
        """Money spent at the service, and the user's limits."""
        if self._spending is None:
            from fishcaption.app.services.spending import SpendingLimits
            from fishcaption.store.account.ledger import Ledger, ledger_path

            data = self._user_data
            ledger = Ledger(ledger_path(), data.tell, writer=data.writer)
            self._spending = SpendingLimits(ledger, self.settings, self.tasks, billing_day)
        return self._spending

    @property
    def sound_devices(self) -> SoundDevices:
        """The devices that the voice can be heard on."""
        from fishcaption.app.services.sound_devices import SoundDevices

        return SoundDevices(self.tasks)

    @property
    def recorder(self) -> Recorder:
        """Recordings from a microphone."""
        if self._recorder is None:
            from fishcaption.app.services.recorder import Recorder

            self._recorder = Recorder(self.tasks)
        return self._recorder

    @property
    def recordings(self) -> Recordings:
        """The user's own recordings."""
        if self._recordings is None:
            from fishcaption.app.services.recordings.own_recordings import Recordings

            self._recordings = Recordings(self.tasks, self.recorder)
        return self._recordings

    def own_voices(self) -> OwnVoices:
        """The user's own voices at Fish Audio."""
        if self._own_voices is None:
            from fishcaption.app.services.own_voices.voices import OwnVoices

            self._own_voices = OwnVoices(
                self.speech,
                self._reader,
                self.tasks,
                on_error=self._tell,
                measure=_measured,
                keys=lambda: self.settings.current.fish_keys,
            )
        return self._own_voices

    @property
    def profiles(self) -> Profiles:
        """The windows of other profiles."""
        from fishcaption.app.services.profiles import Profiles

        return Profiles()

    @property
    def kept_audio(self) -> KeptAudioDesk:
        """The sound of what was spoken."""
        if self._kept_audio is None:
            from fishcaption.app.services.rendering.kept_audio import KeptAudioDesk

            self._kept_audio = KeptAudioDesk(
                self.settings, self.tasks, on_error=self._tell, rules=self._rules
            )
        return self._kept_audio

    def phrases(self) -> Phrases:
        """The phrase bank."""
        if self._phrases is None:
            from fishcaption.app.services.phrases import Phrases
            from fishcaption.app.services.rendering.messages import Messages

            self._phrases = Phrases(
                self._reader,
                self.settings,
                kept=self.kept_audio.store,
                messages=Messages(self.recorder),
                speaking_as=self.speech.speaking_as,
                today=billing_day,
            )
            self._phrases.use_rules(self._rules())
            if self.speech.is_entered:
                self.tasks.start(partial(self._once_kept, self._phrases.run))
        return self._phrases

    def calls(self) -> Calls:
        """The microphone of calls, and the telephone's tones."""
        from fishcaption.app.services.calls import Calls

        return Calls(self.tasks.answer, lambda: self.speech.system.reader)

    def vocabulary(self) -> UserVocabulary:
        """The user's vocabulary; read when it is first needed, which the first word may do."""
        if self._vocabulary is None:
            from fishcaption.app.services.vocabulary import UserVocabulary, language_of

            data = self._user_data
            learned = data.learn(language_of(self.settings.current))
            self._vocabulary = UserVocabulary(
                learned,
                self.tasks.answer,
                settings=self.settings,
                writer=data.writer,
                on_error=data.tell,
            )
            self._vocabulary.subscribe(self._use_rules)
        return self._vocabulary

    def audience(self) -> AudienceOutlets:
        """The captions that the audience sees, and its outlets."""
        if self._audience is None:
            from fishcaption.app.services.audience import AudienceOutlets
            from fishcaption.app.services.operator_control import OperatorControl

            self._audience = AudienceOutlets(
                self._reader,
                self.settings,
                self.tasks,
                self._numbers,
                on_error=self._tell,
                sound=self.speech.heard_sound(),
            )
            self._control = OperatorControl(
                self._audience, self.script, stop=lambda: self.on_stop(), on_error=self._tell
            )
        return self._audience

    def cast(self) -> CastService:
        """The cast: the voices of speakers and of scripts; read from its file when it is first asked for."""
        if self._cast is None:
            from fishcaption.app.services.speaking.cast import CastService
            from fishcaption.store.voices.cast_file import cast_path

            data = self._user_data
            self._cast = CastService(
                cast_path(),
                data.writer,
                data.tell,
                lambda: self.speech.system.embedded.voices(),
                lambda: self.settings.current.presets,
            )
        return self._cast

    def script(self) -> ScriptShow:
        """The script of the Present workspace; read from its file when it is first asked for."""
        if self._script is None:
            from fishcaption.app.services.script_preparation import ScriptPreparation
            from fishcaption.app.services.script_show import ScriptShow

            history = self._user_data.history
            self._script = ScriptShow(
                self._reader,
                self.audience().audience,
                self.settings,
                self._kept_scripts(),
                ScriptPreparation(
                    self._reader,
                    self.settings,
                    kept=self.kept_audio.store,
                    today=billing_day,
                    missing_scripts=_missing_scripts,
                ),
                self.tasks,
                speaking_as=self.speech.speaking_as,
                cast=self.cast(),
                call_soon=asyncio.get_running_loop().call_soon,
                remember=lambda text: history.add(text, 0, Fate.SHOWN),
            )
            self._script.use_rules(self._rules())
            if self.speech.is_entered:
                self.tasks.start(partial(self._once_kept, self._script.run))
        return self._script

    def recent_scripts(self) -> RecentScripts:
        """The files of scripts that were opened last."""
        from fishcaption.store.scripts.recent_scripts import RecentScripts, recent_scripts_path

        data = self._user_data
        made = RecentScripts(recent_scripts_path(), data.writer, data.tell)
        made.off_record = self.settings.current.off_record
        self.settings.subscribe(
            lambda settings: settings.off_record,
            lambda _before, after: setattr(made, "off_record", after),
        )
        return made

    # -- inside -----------------------------------------------------------------------------------

    def _limit(self, dollars: float) -> LimitReached | None:
        return self.spending.limit(dollars)

    def _kept_scripts(self) -> KeptScripts:
        """Return the scripts on disk."""
        if self._scripts is None:
            from fishcaption.store.scripts.kept_scripts import KeptScripts, scripts_dir

            self._scripts = KeptScripts(scripts_dir(), self._user_data.tell, writer=self._user_data.writer)
        return self._scripts

    def _unkept(self, text: str) -> str:
        return self.kept_audio.unkept(text)

    async def _once_kept(self, run: Callable[[SpeechSystem], Coroutine[Any, Any, None]]) -> None:
        """Do this once it is known what is kept on the disk: what is there is not made again."""
        await self.kept_audio.opened.wait()
        await run(self.speech.system)

    def _repeat_earlier(self) -> bool:
        if not self.kept_audio.opened.is_set():  # spoken later, it would speak by itself
            self.on_notice("The sound of what was spoken is being opened. Try again in a moment.")
            return False
        return self.kept_audio.repeat_last(self._reader, self._user_data.history)

    def _numbers(self) -> SequenceNumbers:
        """Return the numbers of outlets; they are read from the disk."""
        from fishcaption.store.outlets.sequence_numbers import SequenceNumbers, sequence_numbers_path

        return SequenceNumbers(sequence_numbers_path(), self._user_data.writer, self._user_data.tell)

    def _rules(self) -> Rules:
        """Return the rules of how text is spoken: the settings' and the user's vocabulary's."""
        from fishcaption.app.services.vocabulary import rules_of

        return rules_of(self.settings.current, self.vocabulary().vocabulary())

    def _use_rules(self) -> None:
        """The switches or the replacements may have changed."""
        self.speech.use_rules()
        if self._phrases is not None:
            self._phrases.use_rules(self._rules())
        if self._script is not None:
            self._script.use_rules(self._rules())

    def _on_switches(self, _before: tuple[object, ...], _after: tuple[object, ...]) -> None:
        self._use_rules()

    def _on_awake(self) -> None:
        if self._phrases is not None:
            self._phrases.stirred()
        if self._script is not None:
            self._script.stirred()

    def _tell(self, error: FishCaptionError) -> None:
        self.speech.on_error(error)

    def _tell_notice(self, words: str) -> None:
        self.on_notice(words)


def switches_of(settings: Settings) -> tuple[object, ...]:
    """Return the settings of how what is shown is said."""
    return (
        settings.say_markdown,
        settings.say_code,
        settings.say_urls,
        settings.say_emails,
        settings.say_emoji,
        settings.say_numbers,
        settings.say_units,
        settings.style,
    )


async def _measured(path: Path) -> TakeMeasures:
    """Measure a recording."""
    from fishcaption.audio.recorder import jobs

    return await asyncio.to_thread(jobs.check, path)


def _ignore(words: str) -> None:
    """Before there is a window to tell it in."""


def _missing_scripts(text: str) -> tuple[str, ...]:
    """Name the scripts of a text that this computer has no font for."""
    from fishcaption.ui.present.audience_fonts import missing_scripts

    return missing_scripts(text)
