"""The speech system on a silent player, with the honest live server as Fish Audio's service."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import NamedTuple

import pytest

from fishcaption.audio.silent import SilentPlayer
from fishcaption.core.speech import Voice
from fishcaption.speech.system import SpeechSystem
from fishcaption.store.kept_audio.kept_audio import KeptAudio
from tests.live_server import LiveServer, Manner

FISH = Voice("fish", "802e3bc2b27e49c2995d23ef70e6ac89", "Energetic", ("en",))
FREE, PAID = "s2.1-pro-free", "s2.1-pro"
KEY = "a-key"


class Speaking(NamedTuple):
    """The service, and the speech system that uses it."""

    server: LiveServer
    system: SpeechSystem

    def said(self) -> list[str]:
        """Return what the service was given, one text for each session."""
        return [text for talk in self.server.talks for text in talk.sessions]


@asynccontextmanager
async def speaking(
    monkeypatch: pytest.MonkeyPatch, *, key: str = KEY, kept: KeptAudio | None = None
) -> AsyncIterator[Speaking]:
    """Have a service that speaks quickly, and a speech system that speaks with it."""
    async with LiveServer(Manner(characters_a_second=300, key=KEY)) as server:
        monkeypatch.setenv("FISHCAPTION_FISH_URL", server.url)
        async with SpeechSystem(SilentPlayer(), key=key, kept=kept) as system:
            system.choose(FISH, FREE)
            yield Speaking(server, system)
