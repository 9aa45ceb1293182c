"""Waiting for something of a player that has no event."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


async def until(condition: Callable[[], bool], seconds: float = 10.0) -> None:
    """Look until something is so; for what nobody tells."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110  the player has no event to wait for
            await asyncio.sleep(0.005)
