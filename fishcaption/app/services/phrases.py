"""Phrases made ready ahead of their keys: rendered in the chosen voice while nothing is spoken, and kept.

`Renderer` decides what is to be made and when; it never hinders live speech: one phrase at a time, none while
anything is spoken or the hands are at work, on a connection of its own. `PhraseDesk` is the phrase bank as
the window has it (`ui.phrases.panel.PhraseService`): it speaks from what is ready, else as any text is
spoken.

What is kept depends on the text as the voice is given it, so that another rule of how things are said makes
it anew. Nothing here is imported before the first paint that the window does not need.
"""

from __future__ import annotations

import asyncio
import logging
import time
from array import array
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from fishcaption.blocking import answer
from fishcaption.core.errors import (
    FishCaptionError,
    InputError,
    StorageError,
    Unauthorized,
    VoiceProcessError,
)
from fishcaption.core.models import no_day
from fishcaption.core.phrases.bank import Ahead, Bank, Phrase, Progress
from fishcaption.core.speech import (
    Aligned,
    Covered,
    Delivery,
    Piece,
    Rendered,
    Sound,
    Span,
    State,
    Voice,
    WordTime,
)
from fishcaption.store.intact import asides, content_of, strike
from fishcaption.store.phrases import Renders, load, phrases_path, render_name, renders_dir, save
from fishcaption.store.settings import Latency, Settings

if TYPE_CHECKING:
    from fishcaption.core.normalization.markup import Family
    from fishcaption.core.normalization.normalize import Normalized, Rules
    from fishcaption.core.phrases.files import Imported
    from fishcaption.core.protocol import Pronunciation
    from fishcaption.core.timing.timeline import Timeline
    from fishcaption.reader import Synthesizer
    from fishcaption.speech.system import SpeechSystem
    from fishcaption.ui.ports import Speaker

_log = logging.getLogger(__name__)
_Answer = TypeVar("_Answer")

QUIET_SECONDS = 3.0
"""So long nothing is spoken and no key pressed before a phrase is rendered."""

RETRY_DELAYS = (5.0, 20.0, 60.0, 300.0, 900.0)
"""Until the next try where a voice cannot be reached; the last one for ever."""

_LEAD_SECONDS = 0.01  # of what is silent before the first sound is kept
_SILENT = 33  # int16 levels: 60 dB below full scale
_LARGEST_FILE = 8 << 20
_FILE_SECONDS = 20.0  # a folder of the network that is gone, or what is no file, never answers


@dataclass(frozen=True, slots=True)
class Chosen:
    """Who is to say the phrases, and how. ``model`` is Fish Audio's; empty: an embedded voice."""

    voice: Voice
    model: str
    family: Family
    rate: int
    latency: Latency
    rules: Rules
    day: date | None = None  # when it speaks: prices are of that day
    agreed: str = ""  # see `core.models.usable`

    @property
    def offer(self) -> str:
        """What `Settings.phrases_paid` holds where these phrases may be paid for."""
        return f"{self.model}/{self.voice.id}"

    @property
    def language(self) -> str:
        """In which the voice reads, where that is known."""
        return next(iter(self.voice.languages), "")

    @property
    def pronunciations(self) -> tuple[Pronunciation, ...]:
        """What is sent beside the text."""
        return self.rules.sent(language=self.language, voice_id=self.voice.id) if self.model else ()

    def said(self, text: str) -> Normalized:
        """A text as this voice is given it."""
        from fishcaption.core.normalization.normalize import Normalizer

        saying = Normalizer(self.rules, language=self.language, voice_id=self.voice.id, family=self.family)
        return saying.say(text)

    def name(self, text: str, said: Normalized) -> str:
        """Under which name the sound of a text is kept that is said so."""
        spoken = said.text
        sounds = [
            f"\n{one.key}={one.value}" for one in self.pronunciations if one.key.lower() in spoken.lower()
        ]
        return render_name(self.voice, self.model, self.rate, text, "".join((spoken, *sounds)))

    def price(self, texts: Iterable[str]) -> float:
        """What it costs to have them spoken, in dollars."""
        if not self.model:
            return 0.0
        from fishcaption.core.models import price

        return sum(price(self.model, text, on=self.day) for text in texts)


def chosen_of(settings: Settings, rules: Rules | None = None, *, day: date | None = None) -> Chosen:
    """Who speaks by these settings on that day. Raises InputError for a model there is not."""
    from fishcaption.core.models import model
    from fishcaption.core.normalization.normalize import Rules
    from fishcaption.speech.system import rate_of, voice_of

    voice = voice_of(settings.voice)
    used = rules or Rules()
    if voice.provider == "embedded":
        return Chosen(voice, "", "embedded", rate_of(voice), settings.latency, used)
    found = model(settings.model)
    return Chosen(
        voice, found.name, found.family, rate_of(voice), settings.latency, used, day, settings.model_agreed
    )


# -- one phrase -------------------------------------------------------------------------------------------


async def render(synthesizer: Synthesizer, text: str) -> Rendered:
    """Have a voice say the text; words are of this text. Raises an error of our tree.

    Silence before the first sound is cut off but for a hundredth of a second: a key that is pressed is heard.
    """
    from fishcaption.core.timing.timeline import SpeechRate, Timeline

    timeline = Timeline(synthesizer.rate, SpeechRate())
    pcm = bytearray()

    async def sink(delivery: Delivery) -> None:
        match delivery:
            case Sound(sound):
                pcm.extend(sound)
                timeline.sound(len(sound) // 2)
            case Aligned(words):
                timeline.align(words)
            case Covered(end, frame):
                timeline.cover(end, frame)

    language = next(iter(synthesizer.voice.languages), "en")
    await synthesizer.speak(_pieces(text, language, timeline), sink)
    timeline.finish()
    silent = _silent_frames(pcm)
    if silent * 2 >= len(pcm):
        raise InputError("There was nothing in this text that the voice can say.")
    cut = max(0, silent - round(_LEAD_SECONDS * synthesizer.rate))
    words = tuple(
        WordTime(word.span, max(0, word.start_frame - cut), max(0, word.end_frame - cut))
        for word in timeline.word_times()
    )
    return Rendered(synthesizer.voice, synthesizer.rate, bytes(pcm[2 * cut :]), words)


async def _pieces(text: str, language: str, timeline: Timeline) -> AsyncIterator[Piece]:
    from fishcaption.core.timing.flush_policy import Feed, Kind

    feed = Feed(Kind.CERTAIN, language)
    feed.push(text, 0.0)
    feed.close(0.0)
    while (piece := feed.take(0.0, 0.0)) is not None:
        timeline.text(piece.text)
        yield piece


def _silent_frames(pcm: bytearray) -> int:
    """How many frames are silent before the first that is not."""
    samples = array("h", bytes(pcm[: len(pcm) & ~1]))
    return next((frame for frame, level in enumerate(samples) if abs(level) > _SILENT), len(samples))


def as_shown(phrase: Phrase, said: Normalized, rendered: Rendered) -> Rendered:
    """The sound with its words as places of what is shown.

    Where something else is said, each shown word has the share of the sound that it has of the text.
    """
    if not phrase.said:
        words: list[WordTime] = []
        for word in rendered.words:
            start, end = said.shown_span(word.span.start, word.span.end)
            if words and words[-1].span == Span(start, end):  # several words are said for it
                words[-1] = words[-1]._replace(end_frame=word.end_frame)
            elif start < end:
                words.append(WordTime(Span(start, end), word.start_frame, word.end_frame))
        return rendered._replace(words=tuple(words))
    from fishcaption.core.text.segmentation import words as words_of

    frames, length = len(rendered.pcm) // 2, len(phrase.shown)
    shared = [
        WordTime(span, frames * span.start // length, frames * span.end // length)
        for span in words_of(phrase.shown)
    ]
    return rendered._replace(words=tuple(shared))


# -- all of them ------------------------------------------------------------------------------------------

Talk = Callable[[Chosen], AbstractAsyncContextManager["Synthesizer"]]


@dataclass(frozen=True, slots=True)
class _Wish:
    """A phrase that is to be ready: the text its voice is given, and the name of its sound."""

    id: str
    spoken: str
    name: str


class Renderer:
    """Makes phrases ready, one at a time, while nobody speaks; `run` must be running.

    ``talk`` opens a conversation with a voice, for some phrases in a row. ``is_busy`` tells whether anything
    is being spoken, waits, or is being typed live. ``on_change`` is called when `progress` or `ready` is
    another.
    """

    def __init__(
        self,
        renders: Renders,
        *,
        talk: Talk,
        is_busy: Callable[[], bool],
        on_change: Callable[[], None],
        quiet_seconds: float = QUIET_SECONDS,
        retry_delays: tuple[float, ...] = RETRY_DELAYS,
    ) -> None:
        self._renders = renders
        self._talk = talk
        self._is_busy = is_busy
        self._on_change = on_change
        self._quiet_seconds = quiet_seconds
        self._retry_delays = retry_delays
        self._chosen: Chosen | None = None
        self._phrases: tuple[Phrase, ...] = ()
        self._is_on = True
        self._limit = 0.0  # dollars that all that is missing may cost
        self._is_known = True  # `_wishes` are of these phrases in this voice
        self._wishes: tuple[_Wish, ...] = ()
        self._unsayable: set[str] = set()  # names of what the voice can say nothing of
        self._missing: tuple[_Wish, ...] = ()  # what is to be made, in its order
        self._price = 0.0  # of what is missing
        self._is_full = False
        self._error: FishCaptionError | None = None
        self._failures = 0
        self._retry_at = 0.0
        self._quiet_at = time.monotonic() + quiet_seconds
        self._moved = asyncio.Event()
        self._batch: asyncio.Task[None] | None = None
        self.ready: frozenset[str] = frozenset()
        """Ids of the phrases that sound at once in the chosen voice."""

    def want(
        self, chosen: Chosen | None, phrases: tuple[Phrase, ...], *, is_on: bool = True, limit: float = 0.0
    ) -> None:
        """Have these ready in this voice, the first ones first, for at most ``limit`` dollars.

        Not ``is_on``: only what is there already is told.
        """
        if (chosen, is_on, limit) != (self._chosen, self._is_on, self._limit):
            if chosen != self._chosen:
                self.ready = frozenset()
                self._cancel()
            self._error, self._failures, self._retry_at = None, 0, 0.0
        self._chosen, self._phrases, self._is_on, self._limit = chosen, phrases, is_on, limit
        self._is_known = self._is_full = False
        self._moved.set()

    def stirred(self) -> None:
        """Somebody types or speaks: make nothing for a while."""
        self._quiet_at = time.monotonic() + self._quiet_seconds
        # what costs money or time of another's machine is made to its end, unless speech needs the way
        if self._batch is not None and (self._is_busy() or self._chosen is None or not self._chosen.model):
            self._cancel()
        self._moved.set()

    def retry(self) -> None:
        """Try again now what could not be done."""
        self._error, self._failures, self._retry_at = None, 0, 0.0
        self._moved.set()

    def progress(self) -> Progress:
        """How far it is."""
        chosen = self._chosen
        if not self._is_known:
            state = Ahead.LOOKING
        elif not self._missing:
            state = Ahead.READY
        elif not self._is_on:
            state = Ahead.OFF
        elif self._is_dear():
            state = Ahead.ASKING
        elif self._error is not None:
            state = Ahead.FAILED
        elif self._is_full:
            state = Ahead.FULL
        else:
            state = Ahead.WORKING if self._batch is not None else Ahead.RESTING
        return Progress(
            state,
            len(self.ready),
            len(self._phrases),
            voice=chosen.voice if chosen is not None else None,
            price=self._price,
            offer=chosen.offer if chosen is not None else "",
            error=self._error,
        )

    async def run(self) -> None:
        """Do the work until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            while True:
                self._moved.clear()
                if not self._is_known:
                    await self._look()
                    continue
                if not self._is_due():
                    await self._wait(self._patience())
                    continue
                self._batch = tasks.create_task(self._work())
                self._on_change()
                await asyncio.wait([self._batch])
                self._batch = None
                self._on_change()

    # -- inside ------------------------------------------------------------------------------------

    async def _look(self) -> None:
        """Find out what is there."""
        chosen, phrases = self._chosen, self._phrases
        found = (
            ((), frozenset[str]())
            if chosen is None
            else await asyncio.to_thread(self._found, chosen, phrases)
        )
        if chosen is self._chosen and phrases is self._phrases:
            self._wishes = found[0]
            self._count(found[1])
            self._is_known = True
            self._on_change()

    def _found(self, chosen: Chosen, phrases: tuple[Phrase, ...]) -> tuple[tuple[_Wish, ...], frozenset[str]]:
        wishes = []
        for phrase in phrases:
            said = chosen.said(phrase.spoken)
            wishes.append(_Wish(phrase.id, said.text, chosen.name(phrase.spoken, said)))
        self._renders.ready(wish.name for wish in wishes)
        return tuple(wishes), frozenset(wish.id for wish in wishes if wish.name in self._renders)

    def _count(self, ready: frozenset[str]) -> None:
        """These are ready: what is missing, and its price."""
        self.ready = ready
        self._missing = tuple(
            wish for wish in self._wishes if wish.id not in ready and wish.name not in self._unsayable
        )
        self._price = self._chosen.price(wish.spoken for wish in self._missing) if self._chosen else 0.0

    def _is_dear(self) -> bool:
        return self._price > self._limit + 1e-9

    def _patience(self) -> float | None:
        """How long until the next phrase may be made; None: not before something moves."""
        if not self._missing or not self._is_on or self._is_full or self._is_dear() or self._is_busy():
            return None
        if self._error is not None and not self._retry_at:
            return None
        return max(self._quiet_at, self._retry_at) - time.monotonic()

    def _is_due(self) -> bool:
        patience = self._patience()
        return patience is not None and patience <= 0

    async def _wait(self, seconds: float | None) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._moved.wait()
        except TimeoutError:
            return

    def _cancel(self) -> None:
        if self._batch is not None:
            self._batch.cancel()

    async def _work(self) -> None:
        """Make what is missing, until somebody stirs."""
        chosen = self._chosen
        assert chosen is not None
        try:
            async with self._talk(chosen) as synthesizer:
                while self._is_known and self._chosen is chosen and self._is_due():
                    await self._make(synthesizer, self._missing[0])
        except FishCaptionError as error:
            self._fail(error)
        except Exception:  # noqa: BLE001  a crash boundary: what is made ahead must not end what is spoken
            _log.exception("a bug ended the making of phrases")
            self._fail(FishCaptionError("Something went wrong inside fishcaption."))

    async def _make(self, synthesizer: Synthesizer, wish: _Wish) -> None:
        try:
            rendered = await render(synthesizer, wish.spoken)
        except InputError:
            self._unsayable.add(wish.name)
            self._count(self.ready)
            return
        keep = frozenset(other.name for other in self._wishes)
        if not await asyncio.to_thread(self._renders.save, wish.name, rendered, keep):
            self._is_full = True
            return
        self._error, self._failures, self._retry_at = None, 0, 0.0
        self._count(self.ready | {other.id for other in self._wishes if other.name == wish.name})
        self._on_change()

    def _fail(self, error: FishCaptionError) -> None:
        _log.info("a phrase was not made ready: %s", type(error).__name__)
        self._error = error
        self._retry_at = 0.0
        if error.retryable or isinstance(error, VoiceProcessError | StorageError):
            delay = self._retry_delays[min(self._failures, len(self._retry_delays) - 1)]
            self._failures += 1
            self._retry_at = time.monotonic() + delay


@asynccontextmanager
async def talk_of(
    speech: SpeechSystem, chosen: Chosen, today: Callable[[], date | None] = no_day
) -> AsyncIterator[Synthesizer]:
    """A conversation for phrases, beside those of live speech: it takes no socket that they have ready."""
    from fishcaption.core.models import usable
    from fishcaption.fish.live import Live, Patience

    if chosen.model and not speech.key:
        raise Unauthorized("A Fish Audio voice needs a key.", hint="Enter your key.")
    if chosen.model:
        usable(chosen.model, on=today(), agreed=chosen.agreed)
    patience = Patience(retry_delays=(0.5,))
    async with Live(partial(speech.endpoint, chosen.model), patience=patience) as live:
        yield live.synthesizer(
            chosen.voice, rate=chosen.rate, latency=chosen.latency, pronunciations=chosen.pronunciations
        )


# -- the bank as the window has it ------------------------------------------------------------------------


class PhraseDesk:
    """`PhraseService`. It can be used as soon as it is made; what takes time is done by `run`.

        desk = PhraseDesk(reader, settings)          # its keys speak from now on
        task = tasks.create_task(desk.run(house))    # once the house is entered; cancelled before it is left
        desk.use(settings, rules)                    # at every change
        desk.stirred()                               # at keys: somebody is about to speak
        await desk.close()

    ``mended`` are sentences about what was wrong with the bank on disk.
    """

    def __init__(
        self,
        speaker: Speaker,
        settings: Settings,
        *,
        path: Path | None = None,
        renders: Renders | None = None,
        quiet_seconds: float = QUIET_SECONDS,
        today: Callable[[], date | None] = no_day,
    ) -> None:
        self._speaker = speaker
        self._today = today
        self._settings = settings
        self._rules: Rules | None = None
        self._path = path or phrases_path()
        self._renders = renders or Renders(renders_dir())
        loaded = load(self._path)
        self._bank = self._saved = loaded.bank
        self._removed: set[str] = set()  # texts that are to be gone from what stands aside, too
        self.mended = loaded.mended
        self.on_error: Callable[[FishCaptionError], None] | None = None
        self._quiet_seconds = quiet_seconds
        self._house: SpeechSystem | None = None
        self._key = ""  # the one that was there when it was tried last
        self._renderer: Renderer | None = None
        self._chosen: Chosen | None = None
        self._changed = asyncio.Event()  # the bank is not as it was saved
        self._works: asyncio.Queue[Callable[[], Coroutine[Any, Any, None]]] = asyncio.Queue()
        self._subscribers: list[Callable[[], None]] = []

    # -- what the program asks ---------------------------------------------------------------------

    async def run(self, speech: SpeechSystem) -> None:
        """Render, save, read files, until cancelled. The house is entered."""
        self._house, self._key = speech, speech.key
        renderer = self._renderer = Renderer(
            self._renders,
            talk=partial(talk_of, speech, today=self._today),
            is_busy=self._is_busy,
            on_change=self._tell,
            quiet_seconds=self._quiet_seconds,
        )
        # only now: what was removed may be put back until the program ends
        texts = [phrase.spoken for phrase in self._bank.phrases]
        await asyncio.to_thread(self._renders.forget_others, texts)
        self._want()
        unsubscribe = self._speaker.subscribe(renderer.stirred)
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(renderer.run())
                tasks.create_task(self._save_all())
                while True:
                    tasks.create_task((await self._works.get())())
        finally:
            unsubscribe()
            self._renderer = None

    def use(self, settings: Settings, rules: Rules | None = None) -> None:
        """Who speaks, and how, from now on; None: the rules stay."""
        before, self._settings = (_of_interest(self._settings), self._rules), settings
        self._rules = rules if rules is not None else self._rules
        if before != (_of_interest(settings), self._rules):
            self._chosen = None
            self._want()

    def stirred(self) -> None:
        """A key was pressed, or somebody is about to speak."""
        if self._renderer is None or self._house is None:
            return
        self._renderer.stirred()
        if self._house.key != self._key:  # what was refused without it may be had now
            self._key = self._house.key
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
        if not self._settings.off_record:
            self._take(self._bank.used(number))
        return spoken

    def say(self, shown: str, said: str = "") -> int:
        """See `PhraseService`."""
        return self._say(Phrase("", shown, "" if said == shown else said))

    def progress(self) -> Progress:
        """See `PhraseService`."""
        if self._renderer is None:
            return Progress(Ahead.LOOKING, 0, len(self._bank.phrases), voice=self._settings.voice)
        return self._renderer.progress()

    def ready(self) -> frozenset[str]:
        """See `PhraseService`."""
        return self._renderer.ready if self._renderer is not None else frozenset()

    def retry(self) -> None:
        """See `PhraseService`."""
        if self._renderer is not None:
            self._renderer.retry()

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        """See `PhraseService`."""
        self._subscribers.append(callback)
        return lambda: self._subscribers.remove(callback)

    def read_file(self, path: Path, on_done: Callable[[Imported | FishCaptionError], None]) -> None:
        """See `PhraseService`."""
        self._answer(partial(_read_file, path), on_done)

    def write_file(self, path: Path, on_done: Callable[[Path | FishCaptionError], None]) -> None:
        """See `PhraseService`."""
        self._answer(partial(_write_file, path, self._bank), on_done)

    # -- inside ------------------------------------------------------------------------------------

    def _say(self, phrase: Phrase) -> int:
        chosen = self._choice()
        if chosen is not None:
            said = chosen.said(phrase.spoken)
            rendered = self._renders.load(chosen.name(phrase.spoken, said))
            if rendered is not None:
                shown = as_shown(phrase, said, rendered._replace(voice=chosen.voice))
                return self._speaker.speak_ready(phrase.shown, shown)
        return self._speaker.speak(phrase.shown, said=phrase.said)

    def _choice(self) -> Chosen | None:
        if self._chosen is None:
            try:
                self._chosen = chosen_of(self._settings, self._rules, day=self._today())
            except InputError:  # told where it is spoken with
                return None
        return self._chosen

    def _want(self) -> None:
        if self._renderer is None:
            return
        chosen, settings = self._choice(), self._settings
        is_agreed = chosen is not None and chosen.offer == settings.phrases_paid
        by_key = sorted(self._bank.search(), key=lambda phrase: not phrase.key)
        self._renderer.want(
            chosen,
            tuple(by_key),
            is_on=settings.phrases_ahead,
            limit=settings.phrases_paid_dollars if is_agreed else 0.0,
        )

    def _is_busy(self) -> bool:
        snapshot = self._speaker.snapshot()
        is_typed = snapshot.current is not None and snapshot.current.live
        return is_typed or bool(snapshot.waiting) or snapshot.state not in (State.IDLE, State.FAILED)

    def _take(self, bank: Bank) -> None:
        if bank != self._bank:
            self._removed |= _texts(self._bank) - _texts(bank)
            self._bank = bank
            self._changed.set()
            self._tell()

    def _tell(self) -> None:
        for callback in tuple(self._subscribers):
            callback()

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

    def _answer(
        self, work: Callable[[], _Answer], on_done: Callable[[_Answer | FishCaptionError], None]
    ) -> None:
        async def answered() -> None:
            result: _Answer | FishCaptionError
            try:
                result = await answer(work, _silent_file, seconds=_FILE_SECONDS)
            except FishCaptionError as error:
                result = error
            on_done(result)

        self._works.put_nowait(answered)


def _texts(bank: Bank) -> set[str]:
    return {text for phrase in bank.phrases for text in (phrase.shown, phrase.said)}


def _of_interest(settings: Settings) -> tuple[object, ...]:
    """What of the settings changes the phrases: others change by the dozen."""
    return (
        settings.voice,
        settings.model,
        settings.model_agreed,
        settings.latency,
        settings.phrases_ahead,
        settings.phrases_paid,
        settings.phrases_paid_dollars,
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
