"""The engines at work: which voices they have, and the threads on which they make sound for all sessions."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple, TypeVar

from fishcaption.server.engines.base import RenderedPiece, VoiceEngine, read, read_whole
from fishcaption.server.library.character import AS_IT_IS, Character
from fishcaption.server.voice_registry import VoiceEntry, installed_voices

logger = logging.getLogger(__name__)

_Result = TypeVar("_Result")
_SPEEDS = (0.35, 3.0)  # that an engine is asked for


class SynthesisFailed(Exception):
    """An engine's failure on a piece of text; ``str()`` holds nothing of the text."""


class Speaker(NamedTuple):
    """An embedded voice, at a pitch and pace."""

    entry: VoiceEntry
    character: Character = AS_IT_IS


class VoiceEngines:
    """The voices and their engines, and the threads on which they work, shared by all sessions.

    One piece is one job, and a session asks for its next piece after its last was sent: so sessions take
    turns.
    """

    def __init__(self, engines: Mapping[str, VoiceEngine], workers: int) -> None:
        self._engines = engines
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="voice")

    @property
    def entries(self) -> tuple[VoiceEntry, ...]:
        """The voices, as they are installed now; the default one first."""
        return tuple(entry for entry in installed_voices() if entry.engine in self._engines)

    async def run(self, work: Callable[[], _Result]) -> _Result:
        """Do it on one of the threads, in turn."""
        return await self._begin(work)

    async def render(self, speaker: Speaker, text: str, speed: float) -> RenderedPiece:
        """Have a piece spoken. Raises SynthesisFailed: an engine's bug ends one session, not all."""
        entry, character = speaker
        engine = self._engines[entry.engine]
        asked = min(_SPEEDS[1], max(_SPEEDS[0], character.engine_speed(speed)))

        def made() -> RenderedPiece:
            reading = read_whole(text) if entry.says_any_script else read(text, entry.language)
            return character.of(engine.render(entry.own_name, reading, asked), entry.rate)

        rendering = self._begin(made)
        try:
            await asyncio.wait([rendering])
        finally:
            rendering.cancel()  # nobody waits for it any more
        if (error := rendering.exception()) is not None:
            logger.error("The engine %s failed", entry.engine, exc_info=error)
            raise SynthesisFailed(f"The voice {entry.voice.name} failed on this text.")
        return rendering.result()

    def _begin(self, work: Callable[[], _Result]) -> asyncio.Future[_Result]:
        return asyncio.get_running_loop().run_in_executor(self._pool, work)

    def close(self) -> None:
        """Take no more work; what is being done is finished."""
        self._pool.shutdown(wait=False, cancel_futures=True)
        for engine in self._engines.values():
            engine.close()
