"""When texts are made ready, in which voice, for how much: the real speech system, voices and files."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from itertools import groupby
from pathlib import Path

import pytest

from fishcaption.app.services.rendering.renderer import Renderer, Wanted
from fishcaption.app.services.rendering.sound import RenderVoice, render_voice_of, talk_of
from fishcaption.core.errors import Forbidden, PaymentRequired, ServiceError
from fishcaption.core.normalization.rules import Replacement, Rules
from fishcaption.core.phrases.bank import Ahead, Progress
from fishcaption.core.speech import State, Voice
from fishcaption.reader import Synthesizer
from fishcaption.store.kept_audio.kept_audio import KeptAudio
from fishcaption.store.settings import Settings
from tests.app.services.rendering.speaking import FISH, FREE, PAID, Speaking, speaking
from tests.kept_sound import opened_store
from tests.live_server import said
from tests.server.conftest import end_shared

EMBEDDED_VOICE = Voice("embedded", "heart", "Heart", ("en",))
ON_FREE = render_voice_of(Settings(voice=FISH, model=FREE))
ON_PAID = render_voice_of(Settings(voice=FISH, model=PAID))
EMBEDDED = render_voice_of(Settings(voice=EMBEDDED_VOICE))
OTHER = render_voice_of(Settings(voice=replace(FISH, id="another"), model=FREE))
FOR_EVER = 3600.0


async def eventually(is_true: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        for _ in range(100_000):
            if is_true():
                return
            await asyncio.sleep(0.001)


def wanted(voice: RenderVoice, *texts: str) -> tuple[Wanted, ...]:
    return tuple(Wanted(str(number), text, voice) for number, text in enumerate(texts, 1))


class Stage:
    """A renderer that is running, beside a reader that may speak."""

    def __init__(self, made: Speaking, renders: KeptAudio, **options: object) -> None:
        self.made = made
        self.server, self.reader = made.server, made.system.reader
        self.renders = renders
        self.states: list[Ahead] = []
        talk = options.pop("talk", partial(talk_of, made.system))
        self.renderer = Renderer(
            renders,
            owner="phrases",
            talk=talk,  # type: ignore[arg-type]  # of the tests
            is_busy=lambda: self.reader.snapshot().state not in (State.IDLE, State.FAILED),
            on_change=self._on_change,
            **{"quiet_seconds": 0.0, "retry_delays": (0.02, FOR_EVER), **options},  # type: ignore[arg-type]  # as above
        )
        self.reader.subscribe(self.renderer.stirred)

    def _on_change(self) -> None:
        self.states.append(self.renderer.progress().state)

    async def until(self, *states: Ahead) -> Progress:
        await eventually(lambda: self.renderer.progress().state in states)
        return self.renderer.progress()

    async def anew(self, *states: Ahead) -> Progress:
        """After another `want`."""
        await self.until(Ahead.LOOKING)
        return await self.until(*states)

    def hold(self) -> None:
        """Have the service say nothing for an hour, on the connections to come."""
        self.server.be(first_seconds=FOR_EVER)

    def go_on(self) -> None:
        self.server.be(first_seconds=0.0)


@asynccontextmanager
async def staged(
    folder: Path, monkeypatch: pytest.MonkeyPatch, *, most_bytes: int = 1 << 20, **options: object
) -> AsyncIterator[Stage]:
    async with speaking(monkeypatch) as made:
        stage = Stage(made, opened_store(folder, most_bytes=most_bytes), **options)
        async with asyncio.TaskGroup() as tasks:
            task = tasks.create_task(stage.renderer.run())
            yield stage
            task.cancel()


@pytest.fixture
async def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Stage]:
    async with staged(tmp_path, monkeypatch) as made:
        yield made


async def test_texts_are_made_one_after_another_in_their_order_and_kept(stage: Stage) -> None:
    texts = ("Yes.", "No.", "I need help.")
    stage.renderer.want(wanted(ON_FREE, *texts))
    progress = await stage.until(Ahead.READY)
    assert stage.made.said() == list(texts)
    assert (progress.ready, progress.total) == (3, 3)
    assert stage.renderer.ready == {"1", "2", "3"}
    assert len([talk for talk in stage.server.talks if talk.sessions]) == 1, "one conversation"
    for text in texts:
        found = stage.renders.load(ON_FREE.name(ON_FREE.said(text)))
        assert found is not None
        assert said(found.pcm) == text
    stage.renderer.want(wanted(ON_FREE, "No.", "Thank you."))
    assert (await stage.anew(Ahead.READY)).total == 2
    assert stage.made.said()[3:] == ["Thank you."]


@pytest.mark.parametrize(("chosen", "made"), [(EMBEDDED, ["Yes."]), (ON_FREE, ["Yes.", "No.", "Help!"])])
async def test_this_computer_rests_behind_each_text_and_a_service_need_not(
    chosen: RenderVoice, made: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with speaking(monkeypatch) as spoken:
        stage = Stage(
            spoken, opened_store(tmp_path), rest=1e9, talk=lambda one: talk_of(spoken.system, ON_FREE)
        )
        async with asyncio.TaskGroup() as tasks:
            task = tasks.create_task(stage.renderer.run())
            stage.renderer.want(wanted(chosen, "Yes.", "No.", "Help!"))
            await eventually(lambda: stage.renderer.progress().ready == len(made))
            await asyncio.sleep(0.05)
            assert spoken.said() == made
            task.cancel()


async def test_a_voice_that_is_gone_is_told_and_stops_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with speaking(monkeypatch) as spoken:

        @asynccontextmanager
        async def talk(voice: RenderVoice) -> AsyncIterator[Callable[[RenderVoice], Synthesizer]]:
            async with talk_of(spoken.system, voice) as synthesizer_of:

                def of(one: RenderVoice) -> Synthesizer:
                    if one is OTHER:
                        raise Forbidden("“Ben” cannot speak.")
                    return synthesizer_of(one)

                yield of

        stage = Stage(spoken, opened_store(tmp_path), talk=talk)
        async with asyncio.TaskGroup() as tasks:
            task = tasks.create_task(stage.renderer.run())
            stage.renderer.want((*wanted(OTHER, "Yes."), Wanted("2", "No.", ON_FREE)))
            progress = await stage.until(Ahead.FAILED)
            assert (progress.ready, str(progress.error)) == (1, "“Ben” cannot speak.")
            assert stage.renderer.ready == {"2"}
            assert stage.renderer.failing == "1"
            task.cancel()


async def test_nothing_is_made_while_something_is_to_be_spoken(stage: Stage) -> None:
    number = stage.reader.speak("A text that somebody hears.")
    stage.reader.pause()
    stage.renderer.want(wanted(ON_FREE, "Yes.", "No."))
    await stage.until(Ahead.RESTING)
    await eventually(lambda: stage.made.said() == ["A text that somebody hears."])
    assert stage.renderer.progress().state is Ahead.RESTING
    stage.reader.resume()
    await stage.reader.ended(number)
    await stage.until(Ahead.READY)
    assert stage.made.said()[1:] == ["Yes.", "No."]


async def test_who_begins_to_speak_has_the_voice_at_once(stage: Stage) -> None:
    stage.hold()
    stage.renderer.want(wanted(ON_FREE, "Yes.", "No."))
    await eventually(lambda: stage.made.said() == ["Yes."])
    stage.go_on()
    number = stage.reader.speak("Hello there.")
    async with asyncio.timeout(3):  # a service that says nothing is left much later
        await eventually(lambda: stage.server.talks[0].closed is not None)
    assert stage.renderer.progress().ready == 0
    await stage.reader.ended(number)
    await stage.until(Ahead.READY)
    assert sorted(stage.made.said()) == ["Hello there.", "No.", "Yes.", "Yes."]


async def test_a_key_does_not_interrupt_what_costs_money(stage: Stage) -> None:
    stage.server.be(first_seconds=0.2)
    stage.renderer.want(wanted(ON_PAID, "Yes."), limit=1.0)
    await eventually(lambda: stage.made.said() == ["Yes."])
    stage.renderer.stirred()
    assert stage.renderer.progress().ready == 0
    await stage.until(Ahead.READY)
    assert stage.made.said() == ["Yes."], "it was not begun again"


@pytest.mark.slow
async def test_a_key_interrupts_what_costs_this_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, own_runtime: None
) -> None:
    async with staged(tmp_path / "sound", monkeypatch, quiet_seconds=0.3) as stage:
        stage.renderer.want(wanted(EMBEDDED, "Yes."))
        await stage.until(Ahead.WORKING)
        stage.renderer.stirred()
        await stage.until(Ahead.RESTING)
        assert stage.renderer.progress().ready == 0
        await stage.until(Ahead.READY)
        states = [state for state, _ in groupby(stage.states)]
        assert states == [Ahead.RESTING, Ahead.WORKING, Ahead.RESTING, Ahead.WORKING, Ahead.READY]


@pytest.fixture
def own_runtime(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("FISHCAPTION_RUNTIME_DIR", str(tmp_path / "run"))
    yield
    end_shared(tmp_path / "run")


async def test_hands_at_work_are_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with staged(tmp_path, monkeypatch, quiet_seconds=0.2) as stage:
        stage.renderer.stirred()
        stage.renderer.want(wanted(ON_FREE, "Yes."))
        began = asyncio.get_running_loop().time()
        await stage.until(Ahead.READY)
        assert asyncio.get_running_loop().time() - began >= 0.19


async def test_money_is_asked_for_and_kept_to(stage: Stage) -> None:
    texts = wanted(ON_PAID, "Yes.", "No.", "I need help.")
    stage.renderer.want(texts)
    progress = await stage.until(Ahead.ASKING)
    assert progress.price == pytest.approx(19 * 15 / 1_000_000)
    stage.renderer.want(texts, limit=progress.price / 2)
    await stage.anew(Ahead.ASKING)
    assert stage.made.said() == []
    stage.renderer.want(texts, limit=progress.price)
    await stage.anew(Ahead.READY)
    assert stage.renderer.progress().price == 0.0


async def test_what_is_free_is_not_asked_for(stage: Stage) -> None:
    stage.renderer.want(wanted(ON_FREE, "Yes."))
    assert (await stage.until(Ahead.READY, Ahead.ASKING)).state is Ahead.READY


async def test_another_voice_begins_anew_and_the_first_ones_sound_is_kept(stage: Stage) -> None:
    stage.renderer.want(wanted(ON_FREE, "Yes."))
    await stage.until(Ahead.READY)
    stage.renderer.want(wanted(OTHER, "Yes."))
    assert stage.renderer.ready == frozenset()
    await stage.anew(Ahead.READY)
    voices = [request["reference_id"] for talk in stage.server.talks for request in talk.requests]
    assert voices == [FISH.id, "another"]
    stage.renderer.want(wanted(ON_FREE, "Yes."))
    await stage.anew(Ahead.READY)
    assert stage.made.said() == ["Yes.", "Yes."]


@pytest.mark.slow
async def test_after_a_loss_it_is_tried_again_and_the_user_can_shorten_the_wait(stage: Stage) -> None:
    stage.server.be(status=503)
    stage.renderer.want(wanted(ON_FREE, "Yes.", "No."))
    assert isinstance((await stage.until(Ahead.FAILED)).error, ServiceError)
    tries = len(stage.server.refused)
    await eventually(lambda: stage.states.count(Ahead.FAILED) == 3)  # it failed, began again, and failed
    assert len(stage.server.refused) == 2 * tries
    stage.server.be(status=0)
    stage.renderer.retry()
    assert (await stage.until(Ahead.READY)).error is None
    assert stage.made.said() == ["Yes.", "No."]
    assert len(stage.server.refused) == 2 * tries, "the next wait was an hour"


async def test_what_no_patience_helps_waits_for_the_user(stage: Stage) -> None:
    stage.server.be(status=402)
    stage.renderer.want(wanted(ON_FREE, "Yes."))
    assert isinstance((await stage.until(Ahead.FAILED)).error, PaymentRequired)
    tries = len(stage.server.refused)
    stage.server.be(status=0)
    stage.renderer.want(wanted(ON_FREE, "Yes."), is_on=False)
    await stage.anew(Ahead.OFF)
    assert (stage.made.said(), len(stage.server.refused)) == ([], tries)
    stage.renderer.want(wanted(ON_FREE, "Yes."))
    await stage.anew(Ahead.READY)


async def test_one_text_that_cannot_be_said_does_not_hold_up_the_others(stage: Stage) -> None:
    stage.renderer.want(wanted(ON_FREE, "…", "\u8001\u8005", "Yes."))
    progress = await stage.until(Ahead.READY)
    assert (progress.ready, progress.total) == (1, 3)


@pytest.mark.logs("a bug ended the making of sound")
async def test_a_bug_ends_no_more_than_this(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bugs = [ZeroDivisionError()]

    @asynccontextmanager
    async def talk(chosen: RenderVoice) -> AsyncIterator[object]:
        if bugs:
            raise bugs.pop()
        async with talk_of(opened.made.system, chosen) as synthesizer_of:
            yield synthesizer_of

    async with staged(tmp_path, monkeypatch, talk=talk) as opened:
        opened.renderer.want(wanted(ON_FREE, "Yes."))
        assert "inside fishcaption" in str((await opened.until(Ahead.FAILED)).error)
        opened.renderer.retry()
        await opened.until(Ahead.READY)


async def test_a_full_cache_ends_it_and_keeps_what_is_in_use(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with staged(tmp_path, monkeypatch, most_bytes=1200) as stage:
        stage.renderer.want(wanted(ON_FREE, "Yes.", "No.", "Maybe.", "Well."))
        progress = await stage.until(Ahead.FULL)
        assert 0 < progress.ready < 4


async def test_other_rules_of_saying_make_it_anew(stage: Stage) -> None:
    other = replace(ON_FREE, rules=Rules(replacements=(Replacement("Qt", "cute"),)))
    stage.renderer.want(wanted(ON_FREE, "Qt is here."))
    await stage.until(Ahead.READY)
    stage.renderer.want(wanted(other, "Qt is here."))
    await stage.anew(Ahead.READY)
    assert stage.made.said() == ["Qt is here.", "cute is here."]
