"""Those who are told of changes: when, in which order, and what a bug of theirs costs (nothing)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from fishcaption.core.errors import FishCaptionError
from fishcaption.core.speech import Fate, State, UtteranceView
from tests.reader.test_reader import Stage, stage

__all__ = ["stage"]


class Bug(Exception):
    """A subscriber's own."""


@pytest.fixture
async def reported() -> AsyncIterator[list[dict[str, object]]]:
    """Return what the event loop's exception handler gets."""
    found: list[dict[str, object]] = []
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _, context: found.append(context))
    yield found
    loop.set_exception_handler(None)


def fail(*_: object) -> None:
    raise Bug


async def test_a_bug_in_a_subscriber_is_the_loop_s_to_report_and_ends_nothing(
    stage: Stage, reported: list[dict[str, object]]
) -> None:
    told: list[UtteranceView] = []
    first = stage.reader.speak("One two.")
    second = stage.reader.speak("Three four.")
    stage.reader.subscribe(fail)
    stage.reader.subscribe_ended(fail)
    stage.reader.subscribe_ended(told.append)
    await stage.hear(1.5)
    assert stage.state() is State.SPEAKING
    await stage.hear(5)
    assert stage.heard() == "One two Three four"
    assert [(view.id, view.fate, view.error) for view in told] == [
        (first, Fate.HEARD, None),
        (second, Fate.HEARD, None),
    ]
    assert stage.reader.snapshot().error is None
    assert {type(context["exception"]) for context in reported} == {Bug}


async def test_a_command_is_done_before_it_is_told_of_and_returns_although_a_subscriber_fails(
    stage: Stage, reported: list[dict[str, object]]
) -> None:
    seen: list[tuple[State, tuple[int, ...]]] = []

    def look() -> None:
        snapshot = stage.reader.snapshot()
        seen.append((snapshot.state, snapshot.waiting))

    stage.reader.subscribe(fail)
    stage.reader.subscribe(look)
    stage.reader.speak("One two.")
    second = stage.reader.speak("Three.")
    assert seen == [(State.CONNECTING, ()), (State.CONNECTING, (second,))]
    stage.reader.speak("Four.", replace=True)
    assert seen[2:] == [(State.CONNECTING, ())], "the stop of what is replaced is no look of its own"
    stage.reader.stop()
    assert seen[3:] == [(State.IDLE, ())]
    assert len(reported) == 4


async def test_ends_are_told_in_order_before_the_look(stage: Stage) -> None:
    told: list[object] = []
    stage.reader.subscribe(lambda: told.append("look"))
    stage.reader.subscribe_ended(lambda view: told.append(view.id))
    numbers = [stage.reader.speak(text) for text in ("One.", "Two.", "Three.")]
    told.clear()
    stage.reader.stop()
    assert told == [*numbers, "look"]


async def test_a_subscriber_may_give_a_command(stage: Stage) -> None:
    """As one who says the next line of a script when the one before it has ended."""
    lines = ["Two.", "Three."]
    told: list[str] = []

    def go_on(view: UtteranceView) -> None:
        told.append(view.text)
        if lines:
            stage.reader.speak(lines.pop(0))

    stage.reader.subscribe_ended(go_on)
    stage.reader.speak("One.")
    await stage.hear(1)
    stage.reader.stop()
    await stage.hear(5)
    assert told == ["One.", "Two.", "Three."]
    assert stage.heard() == "One Three"


async def test_no_subscriber_is_called_inside_the_engine_s_own_work(stage: Stage) -> None:
    """Whatever changes beside a command is told by a callback of the event loop, in no task."""
    tasks: list[asyncio.Task[object] | None] = []
    stage.reader.speak("One two.")
    stage.reader.subscribe(lambda: tasks.append(asyncio.current_task()))
    stage.reader.subscribe_ended(lambda _: tasks.append(asyncio.current_task()))
    await stage.hear(3)
    assert tasks
    assert set(tasks) == {None}


async def test_a_bug_in_the_watch_over_the_ear_is_told_and_the_next_text_is_heard(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(clip: int, frame: int | None = None) -> bool:
        raise ZeroDivisionError

    with monkeypatch.context() as patch, caplog.at_level("CRITICAL"):
        patch.setattr(stage.ear, "reach", broken)
        number = stage.reader.speak("One.")
        await stage.hear(1)
    view = stage.reader.utterance(number)
    assert view.fate is Fate.FAILED
    assert isinstance(view.error, FishCaptionError)
    stage.reader.speak("Two.")
    await stage.hear(1)
    assert stage.heard().endswith("Two")
