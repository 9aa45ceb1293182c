"""The alarm on an event loop: at its moment, once, the last one set."""

from __future__ import annotations

import asyncio
import time

import pytest

from fishcaption.captions.alarm import LoopAlarm


async def test_it_rings_at_its_moment_and_not_from_within_set() -> None:
    alarm, rung = LoopAlarm(), asyncio.Event()
    due = time.perf_counter() + 0.03
    alarm.set(due, rung.set)
    await rung.wait()
    assert time.perf_counter() == pytest.approx(due, abs=0.05)
    rung.clear()
    alarm.set(due - 5, rung.set)
    assert not rung.is_set()
    await rung.wait()


async def test_only_the_last_one_set_rings_and_none_that_is_cleared() -> None:
    alarm = LoopAlarm()
    first, second, third = asyncio.Event(), asyncio.Event(), asyncio.Event()
    now = time.perf_counter()
    alarm.set(now + 0.01, first.set)
    alarm.set(now + 0.02, second.set)
    await second.wait()
    alarm.set(now, first.set)
    alarm.clear()
    alarm.set(time.perf_counter() + 0.02, third.set)
    await third.wait()
    assert not first.is_set()
