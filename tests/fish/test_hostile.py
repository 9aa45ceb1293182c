"""A service that lies, floods, drips and never ends: an error in time, little memory, a loop that turns.

The loop's thread is measured in its own time, so that a busy machine does not count.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import sys
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from fishcaption.core.errors import FishCaptionError, PaymentRequired, ProtocolError
from fishcaption.core.speech import Delivery, Piece, Sound, Voice
from fishcaption.fish.endpoint import Endpoint
from fishcaption.fish.library import Library
from fishcaption.fish.live import Live, Patience
from tests.hostile_server import LIVE, RATE, REST, hostile

HASTY = Patience(
    open_seconds=0.5, first_audio_seconds=0.2, between_audio_seconds=0.2, retry_delays=(), give_up_seconds=1
)
MEMORY_MB = 64
HELD_SECONDS = 0.05
SPOKEN_SECONDS = {"friendly": 1.0, "odd_sound": 2.0, "large_sound": 80.0}
SLOW = {"growing_segments", "million_chunks", "tiny_frames"}


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with hostile() as url:
        yield url


class Beat:
    """How long the loop's thread works between two turns, at most."""

    def __init__(self) -> None:
        self.busiest = 0.0

    async def run(self) -> None:
        last = time.thread_time()
        while True:
            await asyncio.sleep(0)
            now = time.thread_time()
            self.busiest = max(self.busiest, now - last)
            last = now


@contextlib.asynccontextmanager
async def measured() -> AsyncIterator[None]:
    """Fails where what is done inside takes more memory or holds the loop for longer than it may."""
    gc.collect()
    before = _memory_mb(is_reset=True)
    beat = Beat()
    async with asyncio.TaskGroup() as tasks:
        beating = tasks.create_task(beat.run())
        try:
            yield
        finally:
            beating.cancel()
    assert beat.busiest < HELD_SECONDS
    assert _memory_mb(is_reset=False) - before < MEMORY_MB


def _memory_mb(*, is_reset: bool) -> float:
    if sys.platform != "linux":
        return 0.0
    if is_reset:
        Path("/proc/self/clear_refs").write_text("5", "ascii")
    status = Path("/proc/self/status").read_text("ascii")
    return next(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmHWM:"))


async def speak(url: str, patience: Patience = HASTY) -> float:
    """Have something said there; the seconds of sound that came."""
    frames = 0

    async def endpoint() -> Endpoint:
        return Endpoint(url, "a-key")

    async def pieces() -> AsyncIterator[Piece]:
        yield Piece(0, "Hello there, this is what is said. ")

    async def sink(delivery: Delivery) -> None:
        nonlocal frames
        if isinstance(delivery, Sound):
            frames += len(delivery.pcm) // 2

    async with Live(endpoint, patience=patience) as live:
        await live.synthesizer(Voice("fish", "v", "v"), rate=RATE).speak(pieces(), sink)
    return frames / RATE


async def voices(url: str) -> tuple[Voice, ...]:
    """List the voices there."""

    async def endpoint() -> Endpoint:
        return Endpoint(url, "a-key")

    async with Library(endpoint, timeout_seconds=0.5) as library:
        return tuple(entry.voice for entry in (await library.search()).entries)


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.slow) if name in SLOW else name for name in LIVE]
)
async def test_a_hostile_live_service_costs_little_and_ends(url: str, name: str) -> None:
    await speak(f"{url}/friendly")  # what is imported at first use is no fault of its
    async with measured():
        if name in SPOKEN_SECONDS:
            assert await speak(f"{url}/{name}") == pytest.approx(SPOKEN_SECONDS[name], abs=0.01)
            return
        with pytest.raises(FishCaptionError) as caught:
            async with asyncio.timeout(40):
                await speak(f"{url}/{name}")
    assert_fit_to_be_shown(caught.value)


@pytest.mark.slow
@pytest.mark.parametrize("name", REST)
async def test_a_hostile_list_of_voices_costs_little_and_ends(url: str, name: str) -> None:
    await voices(f"{url}/no_voices")
    async with measured():
        if name == "no_voices":
            assert await voices(f"{url}/{name}") == ()
            return
        with pytest.raises(FishCaptionError) as caught:
            async with asyncio.timeout(10):
                await voices(f"{url}/{name}")
    assert_fit_to_be_shown(caught.value)


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=pytest.mark.slow) if name.startswith(("endless", "slow")) else name
        for name in REST
    ],
)
async def test_a_handshake_that_is_none_costs_little_and_ends(url: str, name: str) -> None:
    """What answers instead of the live service: endless headers, bodies, redirections."""
    await speak(f"{url}/friendly")
    async with measured():
        with pytest.raises(FishCaptionError) as caught:
            async with asyncio.timeout(10):
                await speak(f"{url}/{name}")
    assert_fit_to_be_shown(caught.value)
    if name == "long_refusal":
        assert isinstance(caught.value, PaymentRequired)


def assert_fit_to_be_shown(error: FishCaptionError) -> None:
    told = f"{error} {error.hint}"
    assert told.isprintable()
    assert len(told) < 500


async def test_what_is_too_large_for_a_message_is_not_tried_again(url: str) -> None:
    """Another try would fill the memory again: it is the service's fault, and said so."""
    patience = Patience(retry_delays=(0,) * 5, open_seconds=1)
    with pytest.raises(ProtocolError, match="too large"):
        await speak(f"{url}/one_frame", patience)
