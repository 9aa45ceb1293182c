"""What another user of the machine can do to the voice, and what comes to them.

`benchmarks.hostile` measures the same for a minute.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from time import monotonic

import pytest

from fishcaption.core.models import DEFAULT_MODEL
from fishcaption.core.speech import Delivery, Piece, Sound, Voice
from fishcaption.fish.endpoint import Endpoint
from fishcaption.fish.live import Live
from fishcaption.server import process as module
from fishcaption.server.process import EmbeddedVoice
from tests.neighbour import last_word, neighbour
from tests.server.conftest import end_shared, servers

pytestmark = [pytest.mark.slow, pytest.mark.timeout(90)]

SECRET = "Nobody else may hear this sentence."


@pytest.fixture
async def voice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[EmbeddedVoice]:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    async with EmbeddedVoice(runtime_dir=tmp_path / "run") as voice:
        yield voice
    end_shared(tmp_path / "run")


async def said(voice: EmbeddedVoice, text: str) -> int:
    """Have it said on a connection of its own; the bytes of sound."""
    heard = 0

    async def endpoint() -> Endpoint:
        url, key = await voice.endpoint()
        return Endpoint(url, key, DEFAULT_MODEL, shares_key=True)

    async def pieces() -> AsyncIterator[Piece]:
        yield Piece(0, text)

    async def sink(delivery: Delivery) -> None:
        nonlocal heard
        if isinstance(delivery, Sound):
            heard += len(delivery.pcm)

    async with Live(endpoint) as live:
        await live.synthesizer(Voice("embedded", "heart", "Heart"), rate=24000).speak(pieces(), sink)
    return heard


async def test_2_000_connections_without_a_key_keep_nobody_out(voice: EmbeddedVoice) -> None:
    url, _ = await voice.endpoint()
    written = module.log_file().stat().st_size
    with neighbour("crowd", url.rpartition(":")[2], 2000) as crowd:
        until = monotonic() + 6
        while monotonic() < until:
            async with asyncio.timeout(5):
                assert await said(voice, "Hello.") > 10_000
        assert (await asyncio.to_thread(last_word, crowd))["opened"] > 1000
    assert module.log_file().stat().st_size - written < 10_000


async def test_who_takes_the_dead_voice_s_port_is_told_neither_key_nor_text(
    voice: EmbeddedVoice, tmp_path: Path
) -> None:
    url, key = await voice.endpoint()
    with neighbour("squat", url.rpartition(":")[2]) as squatter:
        assert squatter.stdout is not None
        await asyncio.to_thread(squatter.stdout.readline)  # it tries for the port
        (server,) = servers(tmp_path / "run")
        server.kill()
        assert await said(voice, SECRET) > 10_000
        told = (await asyncio.to_thread(last_word, squatter))["told"]
    assert key not in told
    assert not any(word in told for word in SECRET.split())
