"""Captions in OBS's text source and in its stream, before an OBS that is honest about its faults."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

import pytest

from fishcaption.captions.display import Display
from fishcaption.captions.obs.outlet import ObsOutlet
from fishcaption.captions.outlet import Light
from fishcaption.core.audience import OutletConfig
from tests.captions import outlets
from tests.captions.obs.fake_obs import FakeObs
from tests.captions.outlets import Row, cue, running

PASSWORD = "between us"
SOURCE = "Captions"


def config(port: int, **options: str) -> OutletConfig:
    return outlets.config(
        "obs", {"port": str(port), "source": SOURCE, "in_stream": "yes", **options}, mode="pop-on"
    )


async def until(obs: FakeObs, is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(10), obs.changed:
        await obs.changed.wait_for(is_so)


async def test_a_source_that_is_missing_is_made_and_always_holds_the_newest_caption() -> None:
    row = Row()
    async with FakeObs(PASSWORD) as obs:
        outlet = ObsOutlet(config(obs.port), {"password": PASSWORD}, row.tell)
        async with running(outlet):
            outlet.show(Display(cue(1, "Hello there,", "everybody.")))
            await until(obs, lambda: obs.sources.get(SOURCE) == "Hello there,\neverybody.")
            outlet.show(Display(cue(2, "Good evening.")))
            await until(obs, lambda: obs.sources[SOURCE] == "Good evening.")
            outlet.show(Display())
            await until(obs, lambda: obs.sources[SOURCE] == "")
    assert row.last.light is Light.ON
    assert row.last.last_line == "Good evening."


async def test_word_by_word_shows_what_was_heard() -> None:
    async with FakeObs() as obs:
        obs.sources[SOURCE] = "old"
        outlet = ObsOutlet(config(obs.port)._replace(mode="word"), {}, Row().tell)
        async with running(outlet):
            outlet.show(Display(cue(1, "Hello there", heard=1)))
            await until(obs, lambda: obs.sources[SOURCE] == "Hello")


async def test_the_stream_is_given_each_caption_once_in_its_own_characters() -> None:
    async with FakeObs() as obs:
        outlet = ObsOutlet(config(obs.port), {}, Row().tell)
        async with running(outlet):
            outlet.show(Display(cue(1, "“Čau”, řekla", "ona", heard=1)))
            outlet.show(Display(cue(1, "“Čau”, řekla", "ona", heard=2)))
            outlet.show(Display())
            await until(obs, lambda: obs.captions[-1:] == [""])
    assert obs.captions == ["“Cau”, rekla\nona", ""]


async def test_a_typed_caption_is_corrected_before_the_stream_has_it() -> None:
    async with FakeObs() as obs:
        outlet = ObsOutlet(config(obs.port), {}, Row().tell)
        async with running(outlet):
            outlet.show(Display(cue(1, "Helo there", is_settled=False)))
            await until(obs, lambda: obs.sources.get(SOURCE) == "Helo there")
            outlet.show(Display(cue(1, "Hello there", is_settled=False)))
            outlet.show(Display())
            await until(obs, lambda: obs.captions[-1:] == [""])
    assert obs.captions == ["Hello there", ""]


async def test_letters_that_closed_captions_lack_are_told() -> None:
    row = Row()
    async with FakeObs() as obs:
        outlet = ObsOutlet(config(obs.port), {}, row.tell)
        async with running(outlet):
            outlet.show(Display(cue(1, "日本語")))
            await until(obs, lambda: bool(obs.captions))
            await row.told(lambda state: "?" in state.words)
            assert obs.captions[0] == "?"
            assert obs.sources[SOURCE] == "日本語"


async def test_without_a_stream_that_is_said_and_is_no_trouble() -> None:
    row = Row()
    async with FakeObs() as obs:
        obs.is_streaming = False
        outlet = ObsOutlet(config(obs.port), {}, row.tell)
        async with running(outlet):
            outlet.show(Display(cue(1, "Hello.")))
            await row.told(lambda state: "when it streams" in state.words)
    assert {state.light for state in row.states} == {Light.ON}


async def test_an_obs_that_is_killed_and_started_again_has_the_last_caption_again() -> None:
    row = Row()
    async with FakeObs() as obs:
        port = obs.port
        outlet = ObsOutlet(config(port), {}, row.tell, retry_seconds=(0.01,))
        async with running(outlet):
            outlet.show(Display(cue(1, "Before.")))
            await until(obs, lambda: obs.sources.get(SOURCE) == "Before.")
            await obs.kill()
            await row.told(lambda state: state.light is Light.WAITING)
            outlet.show(Display(cue(2, "Meanwhile.")))
            async with FakeObs(port=port) as again:
                again.sources[SOURCE] = ""
                await until(again, lambda: again.sources[SOURCE] == "Meanwhile.")
                assert again.captions == []  # it would be in the wrong place of the stream


async def test_a_wrong_password_is_told_with_what_to_do() -> None:
    row = Row()
    async with FakeObs(PASSWORD) as obs:
        outlet = ObsOutlet(config(obs.port), {"password": "wrong"}, row.tell, retry_seconds=(0.01,))
        async with running(outlet):
            await row.told(lambda state: state.light is Light.TROUBLE)
    assert "password" in row.last.words
    assert "wrong" not in row.last.words


async def test_a_source_that_obs_does_not_make_is_told() -> None:
    row = Row()
    async with FakeObs() as obs:
        obs.can_make = False
        outlet = ObsOutlet(config(obs.port), {}, row.tell)
        async with running(outlet):
            outlet.show(Display(cue(1, "Hello.")))
            await row.told(lambda state: state.light is Light.TROUBLE)
        assert SOURCE in next(state.words for state in row.states if state.light is Light.TROUBLE)


async def test_the_source_is_empty_after_the_end() -> None:
    async with FakeObs() as obs:
        outlet = ObsOutlet(config(obs.port), {}, Row().tell)
        async with running(outlet):
            outlet.show(Display(cue(1, "Hello.")))
            await until(obs, lambda: obs.sources.get(SOURCE) == "Hello.")
        assert obs.sources[SOURCE] == ""


async def test_an_obs_that_does_not_answer_any_more_does_not_hold_up_the_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("fishcaption.captions.obs.outlet._LEAVE_SECONDS", 0.05)
    async with FakeObs() as obs:
        outlet = ObsOutlet(config(obs.port), {}, Row().tell)
        async with running(outlet):
            outlet.show(Display(cue(1, "Hello.")))
            await until(obs, lambda: obs.sources.get(SOURCE) == "Hello.")
            obs.is_deaf = True
            outlet.show(Display(cue(2, "Is anybody there?")))


async def test_no_caption_is_in_any_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    async with FakeObs() as obs:
        outlet = ObsOutlet(config(obs.port), {}, Row().tell)
        async with running(outlet):
            outlet.show(Display(cue(1, "Nobody else's business.")))
            await until(obs, lambda: bool(obs.sources.get(SOURCE)))
    assert "business" not in caplog.text


async def test_at_the_end_of_a_show_it_is_known_when_obs_has_everything() -> None:
    row = Row()
    async with FakeObs() as obs, asyncio.timeout(10):
        outlet = ObsOutlet(config(obs.port), {}, row.tell, retry_seconds=(60.0,))
        await outlet.flush()  # nobody is there to wait for
        async with running(outlet):
            await row.told(lambda state: state.light is Light.ON)
            outlet.show(Display(cue(1, "Good night.", is_settled=False)))
            outlet.show(Display())
            await outlet.flush()
            assert obs.captions == ["Good night.", ""]
            obs.is_deaf = True
            outlet.show(Display(cue(2, "Is anybody there?")))
            async with asyncio.TaskGroup() as tasks:
                waiting = tasks.create_task(outlet.flush())
                await asyncio.sleep(0)
                assert not waiting.done()
                await obs.kill()
