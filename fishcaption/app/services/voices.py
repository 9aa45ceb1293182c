"""The voices there are: those of this computer, and Fish Audio's."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from fishcaption.core.errors import FishCaptionError
from fishcaption.core.models import DEFAULT_MODEL
from fishcaption.core.speech import Voice
from fishcaption.core.voices.catalog import VoicePage, VoiceQuery
from fishcaption.fish.endpoint import Endpoint
from fishcaption.fish.library import Library
from fishcaption.speech.system import fish_url
from fishcaption.ui.voice_ports import FishVoices

if TYPE_CHECKING:
    from fishcaption.app.lazy_reader import LazySpeech
    from fishcaption.tasks import ServiceTasks


class Voices:
    """`ui.ports.VoiceService`."""

    def __init__(self, speech: LazySpeech, tasks: ServiceTasks) -> None:
        self._speech = speech
        self._tasks = tasks

    def embedded_voices(self, on_done: Callable[[tuple[Voice, ...] | FishCaptionError], None]) -> None:
        """Answer with the voices that need no account."""

        async def voices() -> tuple[Voice, ...]:
            return self._speech.system.embedded.voices()

        self._tasks.answer(voices, on_done)

    def fish_voices(
        self, search: str, page: int, on_done: Callable[[FishVoices | FishCaptionError], None]
    ) -> None:
        """Answer with one page of Fish Audio's voices, the user's own with the first."""
        self._tasks.answer(partial(self._fish_voices, search, page), on_done)

    async def _fish_voices(self, search: str, page: int) -> FishVoices:
        async def endpoint() -> Endpoint:
            return Endpoint(fish_url(), self._speech.system.key, DEFAULT_MODEL)

        async with Library(endpoint) as library:
            public = await library.search(VoiceQuery(search, page, sort="task_count"))
            own = await library.search(VoiceQuery(search, is_own=True)) if page == 1 else VoicePage((), False)
        return FishVoices(_speaking(own), _speaking(public), public.has_more)


def _speaking(page: VoicePage) -> tuple[Voice, ...]:
    return tuple(entry.voice for entry in page.entries if entry.state.can_speak)
