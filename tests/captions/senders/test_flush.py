"""A program that ends by itself waits for the last caption: until it was sent, or cannot be."""

from __future__ import annotations

import asyncio

import pytest

from fishcaption.captions.outlet import Flushing
from tests.captions.senders.peer import TOKEN, Fault, Service, serving
from tests.captions.senders.stage import QUICK, Running, running

KINDS = ("zoom", "youtube", "teams", "streamtext", "vmix", "http")


async def flushed(sender: Running, seconds: float = 10.0) -> bool:
    """Wait for the last caption; return whether that has an end."""
    assert isinstance(sender.outlet, Flushing)
    try:
        async with asyncio.timeout(seconds):
            await sender.outlet.flush()
    except TimeoutError:
        return False
    return True


@pytest.mark.parametrize("kind", KINDS)
async def test_what_was_shown_was_sent(kind: str) -> None:
    service = Service()
    async with serving(service) as address:
        options = {"address": address, "input": "Captions"} if kind == "vmix" else {}
        async with running(kind, f"{address}/x?signature={TOKEN}", options) as sender:
            assert await flushed(sender)
            assert not [request for request in service.got if request.method == "POST"]
            sender.show("One.")
            sender.show("Two.")
            assert await flushed(sender)
            texts = [request.text + request.target for request in service.got]
            assert any("Two." in text for text in texts)


async def test_typed_text_that_is_held_back_is_waited_for() -> None:
    service = Service()
    async with serving(service) as address:
        options = {"hold_words": "20"}
        async with running("teams", f"{address}/x?token={TOKEN}", options) as sender:
            sender.show("Typed.", is_settled=False)
            assert not await flushed(sender, 0.1)
            sender.show()
            assert await flushed(sender)
            assert [request.text for request in service.got] == ["Typed."]


@pytest.mark.parametrize(("fault", "is_over"), [(403, True), ("hang", False)])
async def test_a_service_that_refuses_is_not_waited_for_and_one_that_hangs_is(
    fault: Fault, is_over: bool
) -> None:
    service = Service()
    service.faults.extend([fault] * 10)
    async with serving(service) as address:
        pace = QUICK._replace(timeout_seconds=30.0, refused_seconds=30.0)
        async with running("teams", f"{address}/x?token={TOKEN}", pace=pace) as sender:
            sender.show("One.")
            await service.until(lambda: bool(service.got))
            assert await flushed(sender, 10.0 if is_over else 0.1) == is_over
