"""One run of `fishcaption say`: an utterance, its events, its files."""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys
from collections import Counter
from collections.abc import Callable
from contextlib import AsyncExitStack, ExitStack
from datetime import date
from functools import partial
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any, Self

from fishcaption import terminal
from fishcaption.blocking import answer, use_daemons
from fishcaption.captions.outlets import CUE_OUTLETS
from fishcaption.core.errors import FishCaptionError, InputError, LimitReached, ModelUnavailable, StorageError
from fishcaption.core.models import free, usable
from fishcaption.core.normalization.rules import Rules
from fishcaption.core.speech import Fate, UtteranceView, Voice
from fishcaption.core.timing.flush_policy import Kind
from fishcaption.say.standard_input import StandardInput
from fishcaption.speech.system import OwnedPlayer, SpeechSystem, find_voice, voice_of
from fishcaption.store import keys
from fishcaption.store.settings import Settings

if TYPE_CHECKING:
    from fishcaption.audio.forecast import HeardSound
    from fishcaption.captions.cue_writer import CueFile, CueWriter
    from fishcaption.captions.heard_cues import HeardCues
    from fishcaption.core.speech import Snapshot
    from fishcaption.say.audience import SayAudience
    from fishcaption.say.outlet_options import ChosenOutlet
    from fishcaption.server.process import EmbeddedVoice

RULES = Rules(markdown=False, code=False, emoji=False)
"""A program's text is said as it stands, without decoration; --plain is for Markdown."""

_ENDED = (Fate.HEARD, Fate.SHOWN, Fate.CUT, Fate.FAILED)


def chosen_voice(arguments: argparse.Namespace, settings: Settings) -> Voice:
    """Return the voice that is to speak. Raises InputError for a voice that does not exist."""
    if arguments.voice:
        return find_voice(arguments.voice)
    return voice_of(settings.voice)


async def found_key(settings: Settings) -> str:
    """Return the key that the settings use, empty without one.

    Raises InputError, or StorageError after a time.
    """

    def tell() -> None:
        terminal.err("fishcaption: waiting for the system's keyring…\n")

    found = await answer(
        partial(keys.find, settings.fish_keys.used), keys.silent, seconds=keys.ANSWER_SECONDS, on_slow=tell
    )
    return found.key if found else ""


class SayRun:
    """One run of `say`: an utterance, its events, its files."""

    def __init__(
        self,
        arguments: argparse.Namespace,
        settings: Settings,
        text: str | None,
        today: date | None,
        embedded: EmbeddedVoice,
        outlets: tuple[ChosenOutlet, ...] = (),
    ) -> None:
        self._arguments = arguments
        self._settings = settings
        self._text = text  # None: standard input
        self._today = today
        self._embedded = embedded
        self._outlets = outlets
        self._interrupted = asyncio.Event()
        self._sound: HeardSound | None = None  # for outlets that record it
        self._model = arguments.model or settings.model
        # who names a model for this one call has answered the question whether it may cost
        self._agreed = arguments.model or settings.model_agreed
        self._dollars = 0.0  # a million bytes may cost, at most
        self._told_end = 0  # code points that were told as heard
        self._refused: FishCaptionError | None = None
        self._speed = arguments.speed or settings.speed
        self._captions: _CaptionFiles | None = None
        self._news = asyncio.Event()  # something was heard, or a caption could not be written
        self._tells_progress = arguments.wav is not None and not arguments.json and sys.stderr.isatty()

    async def run(self) -> int:
        """Speak; return the exit code. Raises an error of our tree once everything is shut down."""
        arguments = self._arguments
        use_daemons()
        if self._text is not None and arguments.plain:
            from fishcaption.core.normalization.markdown_stream import MarkdownStream  # slow, seldom needed

            plain = MarkdownStream()
            self._text = plain.push(self._text) + plain.close()
        failure: FishCaptionError | None = None
        async with AsyncExitStack() as stack:
            voice = chosen_voice(arguments, self._settings)
            today = self._today
            player = await self._player(stack, voice.kind.rate)
            speech = SpeechSystem(player, embedded=self._embedded, today=lambda: today)
            if voice.kind.needs_key:
                speech.key = await found_key(self._settings)
                self._dollars = self._million_dollars() if speech.key else 0.0
            speech.reader.rules = RULES
            if voice.kind.has_models:
                await self._watch_spending(stack, speech)
            speech.choose(voice, self._model, self._settings.options, agreed=self._agreed)
            await stack.enter_async_context(speech)
            speech.warm()
            try:  # what leaves a task group is wrapped in a group
                with _Interrupts(partial(self._interrupt, speech)) as interrupts, ExitStack() as files:
                    self._open_captions(files, speech, voice)
                    view = await self._spoken(speech)
                    if self._captions is not None:
                        await self._captions.finish(view)
                self._tell_end(view)
            except FishCaptionError as error:
                failure = error
        if failure is not None:
            raise failure
        return interrupts.exit_code if view.fate is Fate.CUT else 0

    async def _watch_spending(self, stack: AsyncExitStack, speech: SpeechSystem) -> None:
        """Write down what is sent, once all is said; raise LimitReached where the user has set a limit."""
        if (day := self._today) is None:
            return
        from fishcaption.core.account.spending import Limits, Sent
        from fishcaption.store.account import ledger

        sent: Counter[str] = Counter()

        def count(model: str, sent_bytes: int) -> None:
            sent[model] += sent_bytes

        async def write() -> None:
            key = self._settings.fish_keys.used
            entries = [Sent(day, model, key, sent_bytes) for model, sent_bytes in sent.items()]
            try:
                await asyncio.to_thread(ledger.append, ledger.ledger_path(), entries)
            except StorageError as error:
                terminal.err(f"fishcaption: {error}\n")

        speech.on_sent = count
        stack.push_async_callback(write)
        limits = Limits(self._settings.day_limit, self._settings.month_limit)
        may_ask = self._settings.at_limit == "ask"
        if not any(limits) or not self._dollars or (may_ask and self._arguments.yes):
            return
        spending, _ = await asyncio.to_thread(ledger.read, ledger.ledger_path(), day)
        text_bytes = len((self._text or "").encode("utf-8", "replace"))
        error = limits.reached(spending, day, self._dollars * text_bytes / 1_000_000)
        if error is not None:
            hint = "Add --yes to go on all the same, or raise the limit in the window's settings."
            raise LimitReached(str(error), hint=hint if may_ask else error.hint)

    async def _player(self, stack: AsyncExitStack, rate: int) -> OwnedPlayer:
        from fishcaption.audio.devices import find, outputs
        from fishcaption.audio.player import SoundPlayer
        from fishcaption.audio.recording import Recorder

        arguments = self._arguments
        device = None
        if arguments.device is not None:
            device = find(arguments.device, await asyncio.to_thread(outputs))
        file = arguments.wav
        if file == terminal.STANDARD_OUTPUT:
            file = terminal.out_bytes()
        if file is not None and device is None:
            recorder = Recorder(file)
            recorder.speed(self._speed)
            return recorder
        lead_in_ms = self._settings.lead_in_ms
        player = SoundPlayer(device, lead_in_ms=lead_in_ms, rate=rate, is_silent_without_device=False)
        player.volume(self._settings.volume)
        if self._outlets:
            from fishcaption.audio.forecast import HeardSound

            player.heard_sound = self._sound = HeardSound()
        if file is None:
            player.speed(self._speed)
            return player
        recorder = Recorder(file, await stack.enter_async_context(player))
        recorder.speed(self._speed)
        return recorder

    def _interrupt(self, speech: SpeechSystem) -> None:
        self._interrupted.set()
        speech.reader.stop()

    async def _spoken(self, speech: SpeechSystem) -> UtteranceView:
        """Speak, and have the outlets show it; return the utterance at its end."""
        if not self._outlets:
            return await self._follow(speech, self._begin(speech))
        from fishcaption.captions.outlet import SILENCE
        from fishcaption.say.audience import SayAudience

        sound = self._sound or SILENCE
        async with SayAudience(self._outlets, self._settings, speech.reader, self._speed, sound) as audience:
            await audience.ready()
            number = self._begin(speech)
            if self._interrupted.is_set():  # while it waited for an outlet
                speech.reader.stop()
            view = await self._follow(speech, number, audience)
            await audience.finish(self._interrupted)
        return view

    def _begin(self, speech: SpeechSystem) -> int:
        if self._text is not None:
            self._check_price(len(self._text.encode()))
            return speech.reader.speak(self._text)
        number = speech.reader.begin_live(Kind.PIPED)
        piped_bytes = 0

        def failed(error: InputError) -> None:
            self._refused = error

        def take(text: str, read_bytes: int, is_last: bool) -> None:
            nonlocal piped_bytes
            piped_bytes += read_bytes
            try:
                self._check_price(piped_bytes)
            except InputError as error:
                self._refused = error
                speech.reader.stop()
                return
            speech.reader.append(number, text)
            if is_last:
                speech.reader.finish_live(number)

        is_plain = self._arguments.plain
        StandardInput(take, failed, lambda: speech.reader.is_unhurried, is_plain=is_plain).listen()
        return number

    def _check_price(self, text_bytes: int) -> None:
        dollars = self._dollars * text_bytes / 1_000_000
        if dollars > self._settings.cost_limit and not self._arguments.yes:
            cheaper = free(self._today)
            other = f"--model {cheaper}" if cheaper else f"--voice {find_voice('').id}"
            raise InputError(
                f"This text would cost more than ${self._settings.cost_limit:.2f} with {self._model}.",
                hint=f"Add --yes to speak it, or {other}, which costs nothing.",
            )

    def _million_dollars(self) -> float:
        """Return the most that a million bytes may cost with this model. Raises ModelUnavailable."""
        try:
            found = usable(self._model, on=self._today, agreed=self._agreed)
        except ModelUnavailable as error:
            raise ModelUnavailable(
                str(error),
                hint=f"{error.hint} Say which with --model, or once for all in the window; or speak with a "
                f"voice on this computer: --voice {find_voice('').id}.",
            ) from error
        return found.price_on(self._today)

    async def _follow(
        self, speech: SpeechSystem, number: int, audience: SayAudience | None = None
    ) -> UtteranceView:
        """Wait until the utterance has ended; print what is heard, and show it to the audience."""
        if not (self._arguments.json or self._captions or self._tells_progress or audience):
            return await speech.reader.ended(number)
        from fishcaption.captions.alarm import LoopAlarm
        from fishcaption.captions.track import CaptionTrack

        track = CaptionTrack(speech.reader, LoopAlarm())
        if audience is not None:
            track.subscribe(audience.look)
        track.subscribe(self._has_news)
        try:
            track.look()
            while True:
                await self._news.wait()
                self._news.clear()
                view = speech.reader.utterance(number)
                if view.fate in _ENDED:
                    return view
                self._tell_heard(view)
                if self._captions is not None:
                    self._captions.take(view)
        finally:
            track.close()

    def _has_news(self, _snapshot: Snapshot) -> None:
        self._news.set()

    def _tell_heard(self, view: UtteranceView) -> None:
        if view.heard_end <= self._told_end:
            return
        if self._arguments.json:
            text = view.text[self._told_end : view.heard_end]
            terminal.out_json(
                {"event": "heard", "start": self._told_end, "end": view.heard_end, "text": text}
            )
        elif self._tells_progress:
            terminal.progress(f"{view.heard_end * 100 // max(1, len(view.text)):3d} %")
        self._told_end = view.heard_end

    def _tell_end(self, view: UtteranceView) -> None:
        """Print the end of the utterance. Raises the error that ended it."""
        self._tell_heard(view)
        if self._tells_progress:
            terminal.progress("")
        error = self._refused or view.error
        if error is None and not view.text.strip() and view.fate is not Fate.CUT:
            error = InputError("There is nothing to say.", hint="Standard input was empty.")
        if self._arguments.json and (error is not None or view.fate is Fate.CUT):
            unheard = {"start": view.heard_end, "text": view.text[view.heard_end :]}
            if error is not None:
                terminal.out_json({"event": "failed", "error": str(error), "hint": error.hint, **unheard})
            else:
                terminal.out_json({"event": "cut", **unheard})
        if error is not None:
            raise error

    def _open_captions(self, files: ExitStack, speech: SpeechSystem, voice: Voice) -> None:
        opened: list[CueFile] = []
        for outlet in CUE_OUTLETS:
            path: Path | None = getattr(self._arguments, outlet.name)
            if path is not None:
                file = terminal.out_bytes() if path == terminal.STANDARD_OUTPUT else path
                opened.append(files.enter_context(outlet.open(file)))
        if opened:
            from fishcaption.captions.cue_writer import CueWriter
            from fishcaption.captions.heard_cues import HeardCues

            is_played = self._arguments.wav is None or self._arguments.device is not None
            cues = HeardCues(
                speech.reader,
                voice.kind.rate * self._speed,
                language=next(iter(voice.languages), "en"),
                is_played=is_played,
            )
            loop = asyncio.get_running_loop()

            def on_error() -> None:
                loop.call_soon_threadsafe(self._news.set)

            writer = CueWriter(opened, on_error=on_error)
            files.callback(writer.stop)
            self._captions = _CaptionFiles(cues, writer)


class _CaptionFiles:
    """The caption files of one utterance: each caption is written when it has been heard, with its times."""

    def __init__(self, cues: HeardCues, writer: CueWriter) -> None:
        self._cues = cues
        self._writer = writer

    def take(self, view: UtteranceView) -> None:
        """Write captions that were heard. Raises StorageError if an earlier one could not be written."""
        self._writer.put(self._cues.take(view))
        if self._writer.error is not None:
            raise self._writer.error

    async def finish(self, view: UtteranceView) -> None:
        """Write the rest and wait until it is written. Raises StorageError."""
        self._writer.put(self._cues.take(view, is_final=True))
        await asyncio.to_thread(self._writer.finish)


class _Interrupts:
    """A context in which the first signal to end calls back on the loop; the next one ends the program.

    The signals are Ctrl+C, SIGTERM, and SIGHUP from a terminal that is closed.
    """

    def __init__(self, callback: Callable[[], None]) -> None:
        self._callback = callback
        self._before: dict[int, Any] = {}
        self.exit_code = 128 + signal.SIGINT  # as a shell tells that a signal has ended a program

    def __enter__(self) -> Self:
        loop = asyncio.get_running_loop()

        def interrupted(number: int, frame: FrameType | None) -> None:
            self._restore()
            self.exit_code = 128 + number
            loop.call_soon_threadsafe(self._callback)

        for name in ("SIGINT", "SIGTERM", "SIGHUP"):
            number = getattr(signal, name, None)
            if number is None or (name == "SIGHUP" and signal.getsignal(number) is signal.SIG_IGN):  # nohup
                continue
            self._before[number] = signal.signal(number, interrupted)
        return self

    def _restore(self) -> None:
        while self._before:
            signal.signal(*self._before.popitem())

    def __exit__(self, *_: object) -> None:
        self._restore()
