"""Texts made ready ahead of their keys: rendered while nothing is spoken.

`Renderer` decides what is to be made and when. It never hinders live speech: one text at a time, none while
anything is spoken or the hands are at work, on a connection of its own.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Self

from fishcaption.app.services.rendering.sound import NothingSaid, RenderVoice, render, talk_of
from fishcaption.core.errors import (
    FishCaptionError,
    Forbidden,
    StorageError,
    VoiceProcessError,
)
from fishcaption.core.phrases.bank import Ahead, Progress
from fishcaption.core.speech import Rendered, State
from fishcaption.core.text.segmentation import speakable

if TYPE_CHECKING:
    from fishcaption.reader import Synthesizer
    from fishcaption.speech.system import SpeechSystem
    from fishcaption.store.kept_audio.kept_audio import KeptAudio
    from fishcaption.ui.ports import Speaker

_log = logging.getLogger(__name__)

QUIET_SECONDS = 3.0
"""So long nothing is spoken and no key pressed before a text is rendered."""

REST = 2.0
"""Live speech meets a render one time in three then, and an hour of a script is ready in six minutes."""

RETRY_DELAYS = (5.0, 20.0, 60.0, 300.0, 900.0)
"""Seconds until the next try where a voice cannot be reached; the last one for ever."""

_Found = tuple[tuple["_Wish", ...], frozenset[str], dict[tuple[int, str], tuple[str, str]]]
Talk = Callable[[RenderVoice], AbstractAsyncContextManager[Callable[[RenderVoice], "Synthesizer"]]]


@dataclass(frozen=True, slots=True)
class Wanted:
    """A text that is to be ready in a voice; None: nobody can speak it."""

    id: str
    text: str
    voice: RenderVoice | None


@dataclass(frozen=True, slots=True)
class _Wish:
    """A text that is to be ready: what its voice is given, the name of its sound, and what it costs."""

    id: str
    spoken: str
    name: str
    voice: RenderVoice
    price: float


def _given(voice: RenderVoice, text: str) -> tuple[str, str]:
    """Return what the voice is given for a text, and the name of its sound."""
    said = voice.said(text)
    return said.text, voice.name(said)


def _nothing() -> None:
    """Nothing is refused."""


def _ignore(number: str, rendered: Rendered) -> None:
    """Nobody wants to know."""


def _is_busy(speaker: Speaker) -> bool:
    """Return whether anything is being spoken, waits, or is being typed live."""
    snapshot = speaker.snapshot()
    is_typed = snapshot.current is not None and snapshot.current.live
    return is_typed or bool(snapshot.waiting) or snapshot.state not in (State.IDLE, State.FAILED)


class Renderer:
    """Makes texts ready, one at a time, while nobody speaks; `run` must be running.

    What is made goes into ``kept``, where ``owner`` pins what is wanted. ``talk`` opens a conversation with
    the voices of one model, for some texts in a row. ``is_busy`` tells whether anything is being spoken,
    waits, or is being typed live. ``on_change`` is called when `progress`
    or `ready` is another, ``on_made`` with each new sound. Behind a text that this computer has rendered it
    rests for ``rest`` times as long: who begins to speak then finds the processor free.
    """

    def __init__(
        self,
        kept: KeptAudio,
        *,
        owner: str,
        talk: Talk,
        is_busy: Callable[[], bool],
        on_change: Callable[[], None],
        on_made: Callable[[str, Rendered], None] = _ignore,
        quiet_seconds: float = QUIET_SECONDS,
        rest: float = 0.0,
        retry_delays: tuple[float, ...] = RETRY_DELAYS,
    ) -> None:
        self._kept = kept
        self._owner = owner
        self._talk = talk
        self._is_busy = is_busy
        self._on_change = on_change
        self._on_made = on_made
        self._quiet_seconds = quiet_seconds
        self._rest = rest
        self._retry_delays = retry_delays
        self._wanted: tuple[Wanted, ...] = ()
        self._voices: tuple[RenderVoice, ...] = ()  # of what is wanted
        self._is_on = True
        self._limit = 0.0  # dollars that all that is missing may cost
        self._refused: Callable[[], FishCaptionError | None] = _nothing
        self._is_known = False  # `_wishes` are of what is wanted
        self._wishes: tuple[_Wish, ...] = ()
        # by the voice's object and the text: what the voice is given, and the name of its sound
        self._said: dict[tuple[int, str], tuple[str, str]] = {}
        self._unsayable: set[str] = set()  # names of what the voice can say nothing of
        self._missing: tuple[_Wish, ...] = ()  # what is to be made, in its order
        self._price = 0.0  # of what is missing
        self._is_full = False
        self._refused_voices: set[int] = set()  # their objects: texts in other voices go first
        self._error: FishCaptionError | None = None
        self._failures = 0
        self._retry_at = 0.0
        self._quiet_at = time.monotonic() + quiet_seconds
        self._moved = asyncio.Event()
        self._batch: asyncio.Task[None] | None = None
        self._in_work: _Wish | None = None
        self.ready: frozenset[str] = frozenset()
        """Ids of the texts that sound at once in their voices."""
        self.silent: frozenset[str] = frozenset()
        """Ids of the texts of which their voices can say nothing."""

    @classmethod
    def beside(
        cls,
        speech: SpeechSystem,
        speaker: Speaker,
        kept: KeptAudio,
        *,
        owner: str,
        today: Callable[[], date | None],
        on_change: Callable[[], None],
        on_made: Callable[[str, Rendered], None] = _ignore,
        quiet_seconds: float = QUIET_SECONDS,
        rest: float = REST,
    ) -> Self:
        """Return one beside the live speech of this speaker. ``today`` is asked for what models cost."""
        return cls(
            kept,
            owner=owner,
            talk=partial(talk_of, speech, today=today),
            is_busy=partial(_is_busy, speaker),
            on_change=on_change,
            on_made=on_made,
            quiet_seconds=quiet_seconds,
            rest=rest,
        )

    def want(
        self,
        wanted: tuple[Wanted, ...],
        *,
        is_on: bool = True,
        limit: float = 0.0,
        refused: Callable[[], FishCaptionError | None] = _nothing,
    ) -> None:
        """Have these ready, the first ones first, for at most ``limit`` dollars.

        Not ``is_on``: only what is there already is told. ``refused`` returns why
        nothing that costs may be made at all. Texts of one voice share its object.
        """
        voices = tuple({id(one.voice): one.voice for one in wanted if one.voice is not None}.values())
        are_same = len(voices) == len(self._voices) and all(voice in self._voices for voice in voices)
        if not are_same or (is_on, limit) != (self._is_on, self._limit):
            if not are_same:
                self.ready = frozenset()
                self._refused_voices.clear()
            if not are_same or not is_on:
                self._cancel()
            self._error, self._failures, self._retry_at = None, 0, 0.0
        self._wanted, self._voices, self._is_on, self._limit = wanted, voices, is_on, limit
        self._refused = refused
        self._is_known = self._is_full = False
        self._moved.set()

    def stirred(self) -> None:
        """Somebody types or speaks: make nothing for a while."""
        self._quiet_at = time.monotonic() + self._quiet_seconds
        # what costs money or time of another's machine is made to its end, unless speech needs the way
        if self._batch is not None and (
            self._is_busy() or self._in_work is None or not self._in_work.voice.model
        ):
            self._cancel()
        self._moved.set()

    @property
    def goes_on(self) -> bool:
        """True if what failed is tried again without being asked for."""
        return self._error is not None and self._retry_at > 0

    @property
    def failing(self) -> str:
        """Id of the text that could not be made; empty if there is none."""
        return self._in_work.id if self._error is not None and self._in_work is not None else ""

    def retry(self) -> None:
        """Try again now what could not be done."""
        self._refused_voices.clear()
        self._error, self._failures, self._retry_at = None, 0, 0.0
        self._moved.set()

    def progress(self) -> Progress:
        """Return how many texts are ready, and what keeps the others from it."""
        if not self._is_known:
            state = Ahead.LOOKING
        elif not self._missing:
            state = Ahead.READY
        elif not self._is_on:
            state = Ahead.OFF
        elif self._price and (refused := self._refused()) is not None:
            return Progress(
                Ahead.FAILED, len(self.ready), len(self._wanted), price=self._price, error=refused
            )
        elif self._is_dear():
            state = Ahead.ASKING
        elif self._error is not None:
            state = Ahead.FAILED
        elif self._is_full:
            state = Ahead.FULL
        else:
            state = Ahead.WORKING if self._batch is not None else Ahead.RESTING
        return Progress(state, len(self.ready), len(self._wanted), price=self._price, error=self._error)

    async def follow(self, speaker: Speaker) -> None:
        """`run`; whenever something changes at this speaker's, it is looked whether there is quiet."""
        unsubscribe = speaker.subscribe(self.stirred)
        try:
            await self.run()
        finally:
            unsubscribe()

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
        wanted = self._wanted
        wishes, ready, said = await asyncio.to_thread(self._found, wanted)
        if wanted is self._wanted:
            if self._batch is not None and self._in_work is not None:  # it is told once it is made
                name = self._in_work.name
                ready -= {wish.id for wish in wishes if wish.name == name and wish.id not in self.ready}
            self._wishes, self._said = wishes, said
            self._unsayable |= {wish.name for wish in wishes if not speakable(wish.spoken)}
            self._count(ready)
            self._is_known = True
            self._on_change()

    def _found(self, wanted: tuple[Wanted, ...]) -> _Found:
        """In a thread."""
        from fishcaption.speech.kept_voice import unkept

        wishes: list[_Wish] = []
        known, said = self._said, dict[tuple[int, str], tuple[str, str]]()
        for one in wanted:
            if (voice := one.voice) is None:
                continue
            key = (id(voice), one.text)
            if key not in said:
                said[key] = known.get(key) or _given(voice, one.text)
            spoken, name = said[key]
            new = unkept(voice.shape, self._kept, spoken) if voice.model else ""
            wishes.append(_Wish(one.id, spoken, name, voice, voice.price((new,)) if new else 0.0))
        self._kept.pin(self._owner, [wish.name for wish in wishes])
        self._kept.ready(wish.name for wish in wishes)
        return tuple(wishes), frozenset(wish.id for wish in wishes if wish.name in self._kept), said

    def _count(self, ready: frozenset[str]) -> None:
        """These are ready: what is missing, and its price."""
        self.ready = ready
        self.silent = frozenset(wish.id for wish in self._wishes if wish.name in self._unsayable)
        missing = (wish for wish in self._wishes if wish.id not in ready and wish.name not in self._unsayable)
        self._missing = tuple(sorted(missing, key=lambda wish: id(wish.voice) in self._refused_voices))
        self._price = sum(wish.price for wish in self._missing)

    def _is_dear(self) -> bool:
        return self._price > self._limit + 1e-9

    def _patience(self) -> float | None:
        """Return the seconds until the next text may be made; None: not before something changes."""
        if not self._missing or not self._is_on or self._is_full or self._is_busy():
            return None
        if self._is_dear() or (self._price and self._refused() is not None):
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
        """Make missing sound until something changes. A bug in it must not end what is spoken."""
        (error,) = await asyncio.gather(self._make_missing(), return_exceptions=True)
        if isinstance(error, FishCaptionError):
            self._fail(error)
        elif isinstance(error, Exception):
            _log.error("a bug ended the making of sound", exc_info=error)
            self._fail(FishCaptionError("Something went wrong inside fishcaption."))
        elif error is not None:  # what it waited for was cancelled
            raise error

    async def _make_missing(self) -> None:
        self._in_work = wish = self._missing[0]
        model = wish.voice.model
        async with self._talk(wish.voice) as synthesizer_of:
            while self._is_known and self._is_due():
                self._in_work = wish = self._missing[0]
                if wish.voice.model != model:
                    return
                began = time.monotonic()
                await self._make(synthesizer_of(wish.voice), wish)
                if self._rest and not model:
                    await self._wait(self._rest * (time.monotonic() - began))

    async def _make(self, synthesizer: Synthesizer, wish: _Wish) -> None:
        try:
            rendered = await render(synthesizer, wish.spoken)
        except NothingSaid:
            self._unsayable.add(wish.name)
            self._count(self.ready)
            return
        if not await asyncio.to_thread(self._kept.save, wish.name, rendered):
            self._is_full = True
            return
        self._error, self._failures, self._retry_at = None, 0, 0.0
        same = {other.id for other in self._wishes if other.name == wish.name}
        self._count(self.ready | same)
        for number in same:
            self._on_made(number, rendered)
        self._on_change()

    def _fail(self, error: FishCaptionError) -> None:
        _log.info("a text was not made ready: %s", type(error).__name__)
        if isinstance(error, Forbidden) and self._in_work is not None:  # a voice that is gone stops no other
            self._refused_voices.add(id(self._in_work.voice))
            self._count(self.ready)
            if self._missing and id(self._missing[0].voice) not in self._refused_voices:
                return
        self._error = error
        self._retry_at = 0.0
        if error.retryable or isinstance(error, VoiceProcessError | StorageError):
            delay = self._retry_delays[min(self._failures, len(self._retry_delays) - 1)]
            self._failures += 1
            self._retry_at = time.monotonic() + delay
