"""The parts, built and joined, without a window: voices, sound, engine. The window and `say` share it.

A `House` is opened once; while it is open its reader runs. It closes in the order in which sound flows: the
reader first, then the sound, then the conversations with the voices, the embedded voice last.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from functools import partial
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, Self

from fishcaption.core.errors import InputError, Unauthorized
from fishcaption.core.protocol import DEFAULT_MODEL, model
from fishcaption.core.speech import Voice
from fishcaption.core.timeline import Pace
from fishcaption.reader import Player, Reader
from fishcaption.server.process import EmbeddedVoice
from fishcaption.store.kept import KeptAudio

if TYPE_CHECKING:
    from fishcaption.fish.live import Endpoint, Live

FISH_URL = "https://api.fish.audio"
EMBEDDED_RATE = 24000  # the neural voice's own
FISH_RATE = 44100  # the service's own: nothing is resampled there


class OwnedPlayer(Player, Protocol):
    """A player with a life of its own."""

    async def __aenter__(self) -> Self:
        """Start it."""
        ...

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End it; nothing of it is left."""
        ...


class House:
    """One player, one reader, and every voice there is."""

    def __init__(self, player: OwnedPlayer, *, key: str = "", latency: str = "balanced") -> None:
        """`key` is Fish Audio's, may be empty; `latency` the service's mode (low, balanced, normal)."""
        self.player = player
        self.embedded = EmbeddedVoice()
        self.key = key
        self._latency = latency
        self._paces: dict[Voice, Pace] = {}
        self.reader = Reader(player, make_kept=KeptAudio, pace_of=self._pace)
        self._lives: dict[str, Live] = {}
        self._talks = AsyncExitStack()
        self._stack = AsyncExitStack()
        self._reading: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(self.embedded)
            self.embedded.start()
            await stack.enter_async_context(self._talks)
            await stack.enter_async_context(self.player)
            tasks = await stack.enter_async_context(asyncio.TaskGroup())
            self._reading = tasks.create_task(self.reader.run())
            self._stack = stack.pop_all()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._reading is not None
        self._reading.cancel()
        await self._stack.__aexit__(kind, error, trace)

    async def choose(self, voice: Voice, model_name: str) -> None:
        """Speak with this voice from the next utterance on, and make ready for its first word.

        Raises InputError for an unknown model, Unauthorized where a Fish voice is chosen without a key.
        """
        if voice.provider == "embedded":
            live = await self._talk("", self._near_endpoint)
            self.reader.use(live.synthesizer(voice, rate=EMBEDDED_RATE), "embedded")
        else:
            if not self.key:
                raise Unauthorized(
                    "A Fish Audio voice needs a key.", hint="Enter your key, or choose an embedded voice."
                )
            chosen = model(model_name)
            live = await self._talk(model_name, partial(self._far_endpoint, model_name))
            synthesizer = live.synthesizer(voice, rate=FISH_RATE, latency=self._latency)
            self.reader.use(synthesizer, chosen.family)
        live.warm()

    async def _talk(self, name: str, endpoint: Callable[[], Awaitable[Endpoint]]) -> Live:
        """The pool of conversations of that name: a socket keeps its model for life, so one a model."""
        if name not in self._lives:
            from fishcaption.fish.live import Live

            self._lives[name] = await self._talks.enter_async_context(Live(endpoint))
        return self._lives[name]

    async def _near_endpoint(self) -> Endpoint:
        from fishcaption.fish.live import Endpoint

        url, key = await self.embedded.endpoint()
        return Endpoint(url, key, DEFAULT_MODEL)

    async def _far_endpoint(self, model_name: str) -> Endpoint:
        from fishcaption.fish.live import Endpoint

        return Endpoint(fish_url(), self.key, model_name)

    def _pace(self, voice: Voice) -> Pace:
        return self._paces.setdefault(voice, Pace())

    async def find_voice(self, wanted: str) -> Voice:
        """The voice of a name or id as a user writes it: an embedded one, or `fish:ID`, or a Fish id.

        Raises InputError that names the embedded voices where there is none.
        """
        embedded = self.embedded.voices()
        if not wanted:
            return embedded[0]
        for voice in embedded:
            if wanted.casefold() in (voice.id.casefold(), voice.name.casefold()):
                return voice
        number = wanted.removeprefix("fish:")
        if number != wanted or (len(number) == 32 and all(c in "0123456789abcdef" for c in number)):
            return Voice("fish", number, number)
        names = ", ".join(voice.id for voice in embedded)
        raise InputError(
            f"There is no voice “{wanted}”.", hint=f"Embedded voices: {names}. Fish voices: fish:ID."
        )


def fish_url() -> str:
    """Where Fish Audio is; FISHCAPTION_FISH_URL points elsewhere, at `fishcaption serve` for one."""
    return os.environ.get("FISHCAPTION_FISH_URL", FISH_URL)
