"""The outlets for an audience as the window uses them: real outlets on a real loop, with a keyring.

The outlets here record what they are shown; some misbehave in each way in which an outlet can.
"""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import keyring
import pytest

from fishcaption.app.services import audience as service_module
from fishcaption.app.services.audience import AudienceOutlets
from fishcaption.app.settings import SettingsStore
from fishcaption.captions import outlet_run
from fishcaption.captions.display import Display
from fishcaption.captions.outlet import Light, Numbers, OutletState, Tell
from fishcaption.captions.outlet_kind import OutletKind, OutletOption
from fishcaption.captions.track import CaptionTrack
from fishcaption.core.audience import Layout, OutletConfig
from fishcaption.core.errors import FishCaptionError
from fishcaption.core.speech import WordTime
from fishcaption.store.settings import Settings
from fishcaption.store.settings_file import exported, load, save
from fishcaption.tasks import ServiceTasks
from tests.captions.sound import TEXT, HeldAlarm, Sounding
from tests.memory_keyring import LockedKeyring, MemoryKeyring

PATIENCE_SECONDS = 10.0
SECRET = "https://meeting.example/captions?token=0123456789abcdef"


class Recorder:
    """An outlet that records what it is shown. It says its secret aloud, as a careless library might."""

    made: list[Recorder]

    def __init__(self, config: OutletConfig, secrets: Mapping[str, str], tell: Tell) -> None:
        self.config, self.secrets, self._tell = config, secrets, tell
        self.shown: asyncio.Queue[tuple[float, Display]] = asyncio.Queue()
        self.is_running = False
        self.ended = asyncio.Event()
        Recorder.made.append(self)

    def show(self, display: Display, /) -> None:
        self.shown.put_nowait((time.perf_counter(), display))
        if display.cue is not None:
            lag = time.perf_counter() - display.cue.moment
            self._tell(OutletState(Light.ON, "It works.", " ".join(display.cue.lines), lag))

    async def run(self) -> None:
        self.is_running = True
        link = self.secrets.get("link", "nobody")
        self._tell(OutletState(Light.ON, f"Connected to {link}. It says: token {link[-16:]}."))
        try:
            await asyncio.Event().wait()
        finally:
            self.is_running = False
            self.ended.set()

    async def text(self, wanted: str) -> tuple[float, Display]:
        """Wait until this text is shown."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                moment, display = await self.shown.get()
                if display.cue is not None and " ".join(display.cue.lines) == wanted:
                    return moment, display


class RaisesInRun(Recorder):
    async def run(self) -> None:
        raise ZeroDivisionError


class RaisesInShow(Recorder):
    def show(self, display: Display, /) -> None:
        raise ZeroDivisionError


class RaisesWhenMade(Recorder):
    def __init__(self, config: OutletConfig, secrets: Mapping[str, str], tell: Tell) -> None:
        raise ZeroDivisionError


class EndsByItself(Recorder):
    async def run(self) -> None: ...


class EndsInTrouble(Recorder):
    async def run(self) -> None:
        self._tell(OutletState(Light.TROUBLE, "There is no paper."))


class Floods(Recorder):
    async def run(self) -> None:
        while True:
            for number in range(100):
                self._tell(OutletState(Light.TROUBLE, f"{number} " + "x\n\x1b[2J" * 100_000))
            await asyncio.sleep(0)


class HangsAtItsEnd(Recorder):
    async def run(self) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            try:
                await asyncio.Event().wait()  # what it sends to clean up is never answered
            finally:
                self.ended.set()


class CleansUp(Recorder):
    """It takes its time to leave nothing behind."""

    def __init__(self, config: OutletConfig, secrets: Mapping[str, str], tell: Tell) -> None:
        super().__init__(config, secrets, tell)
        self.may_end = asyncio.Event()

    async def run(self) -> None:
        try:
            await super().run()
        finally:
            self.ended.clear()
            await self.may_end.wait()
            self.ended.set()


def kind(name: str, maker: str = "Recorder") -> OutletKind:
    return OutletKind(
        name,
        name.capitalize(),
        "",
        __name__,
        maker,
        (OutletOption("link", "Link", is_secret=True), OutletOption("port", "Port", default="80", longest=5)),
    )


KINDS = (
    kind("good"),
    kind("window")._replace(module=""),
    kind("run", "RaisesInRun"),
    kind("show", "RaisesInShow"),
    kind("make", "RaisesWhenMade"),
    kind("nowhere", "NoSuchClass"),
    kind("ends", "EndsByItself"),
    kind("trouble", "EndsInTrouble"),
    kind("floods", "Floods"),
    kind("hangs", "HangsAtItsEnd"),
    kind("cleans", "CleansUp"),
    kind("made")._replace(made_secrets=("one", "other")),
)


def config(outlet: str, of: str = "good", **rest: Any) -> OutletConfig:
    return OutletConfig(outlet, of, f"Outlet {outlet}", is_on=True, **rest)


class Silence:
    """Nothing is spoken: the captions come without sound."""

    def word_times(self, number: int, /) -> tuple[int, tuple[WordTime, ...]]:
        raise KeyError(number)

    def heard_frames(self, number: int, /) -> int:
        raise KeyError(number)


class NoNumbers:
    def get(self, name: str, /) -> int:
        return 0

    def set(self, name: str, number: int, /) -> None: ...


@dataclass
class Rows:
    """The service, and what its rows tell."""

    service: AudienceOutlets
    settings: SettingsStore

    def state(self, outlet: str) -> OutletState:
        return next(row.state for row in self.service.rows() if row.config.id == outlet)

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until this is so, woken by the service's subscription."""
        news = asyncio.Event()
        end = self.service.subscribe(news.set)
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not condition():
                await news.wait()
                news.clear()
        end()


@dataclass
class Stage(Rows):
    told: list[FishCaptionError]
    bugs: list[dict[str, Any]]
    asked_for_numbers: list[None]

    async def light(self, outlet: str, wanted: Light) -> None:
        await self.until(lambda: self.state(outlet).light is wanted)

    async def running(self, outlet: str) -> Recorder:
        """Wait until the outlet runs; return it."""
        await self.light(outlet, Light.ON)
        return next(made for made in reversed(Recorder.made) if made.config.id == outlet)

    def show(self, text: str) -> None:
        self.service.audience.show_text(text)


@asynccontextmanager
async def stage(*outlets: OutletConfig, **settings: Any) -> AsyncIterator[Stage]:
    told: list[FishCaptionError] = []
    bugs: list[dict[str, Any]] = []
    asked: list[None] = []

    def numbers() -> Numbers:
        asked.append(None)
        return NoNumbers()

    asyncio.get_running_loop().set_exception_handler(lambda _loop, context: bugs.append(context))
    store = SettingsStore(Settings(outlets=outlets, **settings))
    async with asyncio.TaskGroup() as group:
        tasks = ServiceTasks(group)
        service = AudienceOutlets(Silence(), store, tasks, numbers, on_error=told.append, kinds=KINDS)
        yield Stage(service, store, told, bugs, asked)
        await service.close()
        tasks.cancel()


@pytest.fixture(autouse=True)
def memory() -> Iterator[MemoryKeyring]:
    Recorder.made = []
    before = keyring.get_keyring()
    backend = MemoryKeyring()
    keyring.set_keyring(backend)
    yield backend
    keyring.set_keyring(before)


# -- on and off ---------------------------------------------------------------------------------------------


async def test_what_is_on_is_shown_the_captions_and_what_is_off_is_not() -> None:
    async with stage(config("a"), config("b")._replace(is_on=False)) as made:
        outlet = await made.running("a")
        made.show("Good morning.")
        _, display = await outlet.text("Good morning.")
        assert display.cue is not None
        await made.until(lambda: made.state("a").last_line == "Good morning.")
        assert made.state("b") == OutletState(Light.OFF, "Off.")
        assert [row.config.id for row in made.service.rows()] == ["a", "b"]
        made.service.switch("b", is_on=True)
        other = await made.running("b")
        await other.text("Good morning.")  # what is shown now, at once
        made.service.switch("a", is_on=False)
        await asyncio.wait_for(outlet.ended.wait(), PATIENCE_SECONDS)
        made.show("Good night.")
        await other.text("Good night.")
        assert outlet.shown.empty()
        assert made.state("a").light is Light.OFF
        assert [outlet.is_on for outlet in made.settings.current.outlets] == [False, True]
    assert [outlet.is_running for outlet in Recorder.made] == [False, False]
    assert (made.bugs, made.told) == ([], [])


async def test_without_an_outlet_nothing_is_made_or_read() -> None:
    async with stage(config("a")._replace(is_on=False)) as made:
        made.show("Good morning.")
        assert Recorder.made == []
        assert made.asked_for_numbers == []
        assert len(asyncio.all_tasks()) == 1


async def test_the_words_of_a_track_are_shown_as_they_are_heard() -> None:
    async with stage(config("a")) as made:
        outlet = await made.running("a")
        sound, alarm = Sounding(), HeldAlarm()
        made.service.follow(CaptionTrack(sound, alarm, clock=lambda: sound.now))
        sound.speak()
        heard = ""
        while heard != "Hello brave new world.":
            sound.now += 0.01
            alarm.ring(sound.now)
            await asyncio.sleep(0)
            while not outlet.shown.empty():
                _, display = outlet.shown.get_nowait()
                if display.cue is not None:
                    told, heard = heard, " ".join(display.cue.heard_lines())
                    assert TEXT.startswith(heard)
                    assert len(heard) >= len(told)


async def test_settings_from_a_file_are_used_at_once(tmp_path: Path) -> None:
    async with stage(config("a")) as made:
        outlet = await made.running("a")
        save(tmp_path / "settings.json", Settings(outlets=(config("b"),)))
        made.settings.replace(load(tmp_path / "settings.json").settings)
        await asyncio.wait_for(outlet.ended.wait(), PATIENCE_SECONDS)
        await made.running("b")
        assert [row.config.id for row in made.service.rows()] == ["b"]


# -- isolation ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("bad", "reports"),
    [("run", True), ("show", True), ("make", True), ("nowhere", True), ("ends", False), ("floods", False)],
)
async def test_one_that_fails_is_in_trouble_and_harms_nobody(bad: str, reports: bool) -> None:
    async with stage(config("bad", bad), config("a")) as made:
        outlet = await made.running("a")
        await made.light("bad", Light.TROUBLE)
        for number in range(20):
            made.show(f"Line {number}.")
            moment, display = await outlet.text(f"Line {number}.")
            assert display.cue is not None
            assert moment - display.cue.moment < 2.0
        assert made.state("a").light is Light.ON
        words = made.state("bad").words
        if bad != "floods":
            assert "Switch it off and on again." in words
        assert [type(context["exception"]) for context in made.bugs] == (
            [AttributeError if bad == "nowhere" else ZeroDivisionError] if reports else []
        )
        made.service.switch("bad", is_on=False)
        assert made.state("bad").light is Light.OFF
        made.service.switch("bad", is_on=True)
        await made.light("bad", Light.TROUBLE)  # it is tried again, and fails again
        assert len(made.bugs) == 2 * reports


async def test_one_that_ends_and_tells_why_is_believed() -> None:
    async with stage(config("bad", "trouble")) as made:
        await made.light("bad", Light.TROUBLE)
        assert made.state("bad").words == "There is no paper."


async def test_a_flood_of_states_calls_nobody_often_and_is_cut_to_a_line() -> None:
    async with stage(config("bad", "floods")) as made:
        calls: list[float] = []
        made.service.subscribe(lambda: calls.append(time.perf_counter()))
        await made.until(lambda: len(calls) == 4)
        gaps = [after - before for before, after in pairwise(calls)]
        assert min(gaps) > service_module.TOLD_SECONDS * 0.9
        words = made.state("bad").words
        assert len(words) <= 300
        assert words.isprintable()


async def test_one_that_hangs_at_its_end_is_cancelled_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outlet_run, "END_SECONDS", 0.01)
    async with stage(config("bad", "hangs"), config("a")) as made:
        await made.running("a")
        made.service.switch("bad", is_on=False)
        (hanging,) = [outlet for outlet in Recorder.made if outlet.config.id == "bad"]
        await asyncio.wait_for(hanging.ended.wait(), PATIENCE_SECONDS)
        made.show("Hello.")
        await Recorder.made[-1].text("Hello.")


async def test_the_program_ends_though_an_outlet_hangs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service_module, "_CLOSE_SECONDS", 0.01)
    async with asyncio.timeout(PATIENCE_SECONDS):
        async with stage(config("bad", "hangs"), config("a")) as made:
            await made.running("a")
            await made.service.close()
            assert [outlet.ended.is_set() for outlet in Recorder.made] == [True, True]
            assert made.state("a").light is Light.WAITING, "nothing begins again"


# -- a changed outlet ---------------------------------------------------------------------------------------


async def test_a_changed_outlet_begins_anew_when_the_old_one_has_ended() -> None:
    async with stage(config("a")) as made:
        old = await made.running("a")
        made.service.set_up(config("a")._replace(options={"port": "81"}), {})
        await made.until(lambda: len(Recorder.made) == 2)
        assert old.ended.is_set()
        new = await made.running("a")
        assert new.config.options == {"port": "81"}
        made.show("Hello.")
        await new.text("Hello.")
        assert all(display.cue is None for _, display in [old.shown.get_nowait()])
        assert old.shown.empty()


async def test_an_outlet_may_take_its_time_to_clean_up_and_the_next_one_waits_for_it() -> None:
    async with stage(config("a", "cleans"), config("b")) as made:
        old = await made.running("a")
        assert isinstance(old, CleansUp)
        made.service.switch("a", is_on=False)
        for number in range(3):
            made.service.switch("b", is_on=bool(number % 2))
            made.service.switch("a", is_on=True)
            await asyncio.to_thread(time.perf_counter)
        assert made.state("a") == OutletState(Light.WAITING, "What it did before is ending.")
        assert not old.ended.is_set()
        old.may_end.set()
        new = await made.running("a")
        assert isinstance(new, CleansUp)
        assert new is not old
        assert old.ended.is_set()
        new.may_end.set()


async def test_name_and_delay_change_without_a_new_start_and_the_delay_is_kept() -> None:
    async with stage(config("a"), config("b")) as made:
        delayed, prompt = await made.running("a"), await made.running("b")
        made.service.set_up(config("a")._replace(name="Stage", delay_seconds=0.4), {})
        assert [outlet.is_running for outlet in Recorder.made] == [True, True]
        for number in range(3):
            made.show(f"Line {number}.")
            at_once, now = await prompt.text(f"Line {number}.")
            later, then = await delayed.text(f"Line {number}.")
            assert 0.3 < later - at_once < 5.0
            assert now.cue is not None
            assert then.cue is not None
            assert then.cue.moment - now.cue.moment == pytest.approx(0.4, abs=0.001)
        assert made.service.rows()[0].config.name == "Stage"
        assert made.state("a").lag_seconds < 0.35, "without the delay"
        assert len(Recorder.made) == 2


async def test_a_wrong_option_is_named_and_a_right_one_begins() -> None:
    async with stage(config("a", options={"port": "123456"})) as made:
        await made.light("a", Light.TROUBLE)
        assert "“Port” is too long." in made.state("a").words
        made.service.set_up(config("a", options={"port": "80"}), {})
        await made.running("a")
        assert made.bugs == []


async def test_what_cannot_be_set_up_changes_nothing_and_is_told() -> None:
    async with stage(*(config(str(number), "window") for number in range(50))) as made:
        before = made.settings.current
        made.service.set_up(config("0", layout=Layout(5000, 1)), {})
        assert "cannot be set up" in made.state("0").words
        made.service.set_up(config("one too many"), {"link": SECRET})
        assert "50 outlets" in str(made.told[-1])
        assert made.settings.current == before
        made.service.set_up(config("0", "window"), {})
        assert "cannot be set up" not in made.state("0").words


async def test_a_kind_of_a_newer_version_is_kept_and_told() -> None:
    async with stage(config("a", "holographic")) as made:
        assert made.state("a").light is Light.TROUBLE
        assert "Update it" in made.state("a").words
        made.service.switch("a", is_on=False)
        made.service.remove("a")
        assert made.service.rows() == ()


async def test_a_window_tells_its_state_itself() -> None:
    async with stage(config("a", "window")) as made:
        assert made.state("a").light is Light.WAITING
        made.service.tell("a", OutletState(Light.ON, "On the second screen."))
        await made.light("a", Light.ON)
        made.service.switch("a", is_on=False)
        assert made.state("a").light is Light.OFF
        made.service.switch("a", is_on=True)
        assert made.state("a").light is Light.WAITING


# -- secrets ------------------------------------------------------------------------------------------------


async def test_a_secret_that_the_program_makes_stays_the_same(memory: MemoryKeyring) -> None:
    found = []
    for _ in range(2):
        async with stage(config("a", "made")) as made:
            found.append((await made.running("a")).secrets)
            await made.until(lambda: len(memory.kept) == 2)
    assert found[0] == found[1]
    assert set(found[0]) == {"one", "other"}
    assert len(set(memory.kept.values())) == 2
    assert all(len(secret) >= 20 for secret in found[0].values())


async def test_a_secret_is_in_the_keyring_and_nowhere_else(
    memory: MemoryKeyring, caplog: pytest.LogCaptureFixture
) -> None:
    async with stage() as made:
        made.service.set_up(config("a"), {"link": SECRET})
        outlet = await made.running("a")
        assert outlet.secrets == {"link": SECRET}
        assert made.state("a").words == "Connected to …. It says: token …."
        assert "0123456789abcdef" not in exported(made.settings.current)
        made.service.set_up(config("a", options={"port": "81"}), {})  # the secret stays as it is
        await made.until(lambda: len(Recorder.made) == 2)
    assert list(memory.kept.values()) == [SECRET]
    assert "0123456789abcdef" not in caplog.text
    async with stage(config("a")) as made:  # the next start
        outlet = await made.running("a")
        assert outlet.secrets == {"link": SECRET}
        made.service.set_up(config("a"), {"link": ""})
        await made.until(lambda: len(Recorder.made) == 4)
        assert Recorder.made[-1].secrets == {}
    async with stage(config("a")) as made:
        assert (await made.running("a")).secrets == {}
    assert memory.kept == {}


async def test_a_removed_outlet_leaves_no_secret(memory: MemoryKeyring) -> None:
    async with stage() as made:
        made.service.set_up(config("a"), {"link": SECRET})
        outlet = await made.running("a")
        made.service.remove("a")
        assert made.service.rows() == ()
        await asyncio.wait_for(outlet.ended.wait(), PATIENCE_SECONDS)
        # it is asked for in a thread; the next keyring's answer comes behind it
        while memory.kept:
            await asyncio.to_thread(time.perf_counter)
    assert made.told == []


async def test_without_a_keyring_a_secret_is_used_until_the_end_and_the_row_says_so() -> None:
    keyring.set_keyring(LockedKeyring())
    async with stage() as made:
        made.service.set_up(config("a"), {"link": SECRET})
        outlet = await made.running("a")
        assert outlet.secrets == {"link": SECRET}
        await made.until(lambda: "until the program ends" in made.state("a").words)
        assert made.state("a").light is Light.ON
    async with stage(config("a")) as made:
        await made.light("a", Light.TROUBLE)
        assert "keyring" in made.state("a").words


async def test_a_keyring_that_does_not_answer_delays_no_other_outlet() -> None:
    unlocked = threading.Event()

    class Asking(MemoryKeyring):
        def get_password(self, service: str, username: str) -> str | None:
            unlocked.wait(20)
            return SECRET

    keyring.set_keyring(Asking())
    async with stage() as made:
        made.service.set_up(config("b"), {"link": "given-now"})
        made.service.set_up(config("a"), {})
        other = await made.running("b")
        made.show("Hello.")
        await other.text("Hello.")
        assert made.state("a").light is Light.WAITING
        unlocked.set()
        assert (await made.running("a")).secrets == {"link": SECRET}


# -- the settings of the captions ---------------------------------------------------------------------------


async def test_typing_is_shown_only_where_the_user_lets_the_audience_know() -> None:
    async with stage(config("a")) as made:
        outlet = await made.running("a")
        made.service.set_typing(is_typing=True)
        made.show("Hello.")
        _, display = await outlet.text("Hello.")
        assert not display.is_typing
        made.settings.change(captions_typing=True)
        assert (await outlet.shown.get())[1].is_typing
        made.settings.change(captions_typing=False)
        assert not (await outlet.shown.get())[1].is_typing


async def test_the_audience_behaves_as_the_settings_say() -> None:
    async with stage(captions_clear_seconds=7.0, captions_stop_clears=False) as made:
        audience = made.service.audience
        assert (audience.clear_seconds, audience.stop_clears) == (7.0, False)
        made.settings.change(captions_clear_seconds=0.0, captions_stop_clears=True)
        assert (audience.clear_seconds, audience.stop_clears) == (0.0, True)


async def test_the_settings_of_outlets_can_be_read_by_a_person() -> None:
    async with stage(config("a", options={"port": "80"})) as made:
        content = json.loads(exported(made.settings.current))
        assert content["outlets"][0]["kind"] == "good"
        assert content["outlets"][0]["options"] == {"port": "80"}
