"""An operator elsewhere: sees how the show stands, and commands it. The outlets' service is the real one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from fishcaption.app.services.audience import AudienceOutlets
from fishcaption.app.services.operator_control import AGAIN_SECONDS, OperatorControl
from fishcaption.app.settings import SettingsStore
from fishcaption.captions.display import Display
from fishcaption.captions.outlet import Light, OutletState, Tell
from fishcaption.captions.outlet_kind import OutletKind
from fishcaption.captions.page.control import ACTIONS, Command, OperatorView, OutletLine
from fishcaption.captions.page.outlet import CaptionPage
from fishcaption.core.audience import OutletConfig
from fishcaption.core.errors import FishCaptionError, InputError
from fishcaption.core.script.model import Script, ScriptCue
from fishcaption.core.subscribers import Subscribers
from fishcaption.store.settings import Settings
from fishcaption.tasks import ServiceTasks
from fishcaption.ui.audience_ports import ShowView
from tests.app.services.test_audience import NoNumbers, Silence

PATIENCE_SECONDS = 10
SCRIPT = Script("play.txt", (ScriptCue(7, "One."), ScriptCue(8, "*Two.*"), ScriptCue(9, "Three.", "ANNA")))


class Tablet:
    """An outlet with an operator's page."""

    made: list[Tablet]

    def __init__(self, config: OutletConfig, secrets: Mapping[str, str], tell: Tell) -> None:
        self.on_command: Callable[[Command], None] | None = None
        self.views: asyncio.Queue[OperatorView] = asyncio.Queue()
        self._tell = tell
        Tablet.made.append(self)

    def show(self, display: Display, /) -> None: ...

    def show_operator(self, view: OperatorView, /) -> None:
        self.views.put_nowait(view)

    async def run(self) -> None:
        self._tell(OutletState(Light.ON, "It works."))
        await asyncio.Event().wait()

    async def view(self, is_wanted: Callable[[OperatorView], bool]) -> OperatorView:
        """Wait until the operator is shown this."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not is_wanted(view := await self.views.get()):
                pass
        return view

    def command(self, action: Any, value: str = "") -> None:
        assert self.on_command is not None
        self.on_command(Command(action, value))


class Deaf:
    """An outlet without such a page."""

    def __init__(self, config: OutletConfig, secrets: Mapping[str, str], tell: Tell) -> None:
        self._tell = tell

    def show(self, display: Display, /) -> None: ...

    async def run(self) -> None:
        self._tell(OutletState(Light.ON, "It works."))
        await asyncio.Event().wait()


@dataclass
class Play:
    """A script that takes down what it is told."""

    did: list[object] = field(default_factory=list)
    shown: ShowView = field(default_factory=lambda: ShowView(SCRIPT, 7, 8, left_seconds=12.4))
    subscribers: Subscribers[[]] = field(default_factory=Subscribers)
    error: FishCaptionError | None = None

    def view(self) -> ShowView:
        return self.shown

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        return self.subscribers.add(callback)

    def speak_next(self) -> None:
        if self.error is not None:
            raise self.error
        self.did.append("next")

    def back(self) -> None:
        self.did.append("back")

    def repeat(self) -> None:
        self.did.append("repeat")

    def go_to(self, cue: int) -> None:
        self.did.append(cue)

    def find(self, wanted: str) -> ScriptCue | None:
        return next((cue for cue in SCRIPT.cues if wanted in cue.text), None)


@dataclass
class Stage:
    service: AudienceOutlets
    control: OperatorControl
    play: Play
    told: list[FishCaptionError]
    stopped: list[None]
    asked: list[Play]  # the script, as often as it was asked for
    now: float = 0.0

    async def tablet(self) -> Tablet:
        for outlet in ("a", "b"):
            await until_on(self.service, outlet)
        return Tablet.made[-1]


async def until_on(service: AudienceOutlets, outlet: str) -> None:
    """Wait until this outlet works."""
    news = asyncio.Event()
    end = service.subscribe(news.set)
    async with asyncio.timeout(PATIENCE_SECONDS):
        while all(row.config.id != outlet or row.state.light is not Light.ON for row in service.rows()):
            await news.wait()
            news.clear()
    end()


@asynccontextmanager
async def stage(*, play: Play | None = None, has_page: bool = True) -> AsyncIterator[Stage]:
    Tablet.made = []
    kinds = tuple(OutletKind(name.lower(), name, "", __name__, name) for name in ("Tablet", "Deaf"))
    outlets = (
        OutletConfig("a", "tablet", "Page", is_on=has_page),
        OutletConfig("b", "deaf", "Zoom", is_on=True),
    )
    told: list[FishCaptionError] = []
    stopped: list[None] = []
    async with asyncio.TaskGroup() as group:
        tasks = ServiceTasks(group)
        service = AudienceOutlets(
            Silence(),
            SettingsStore(Settings(outlets=outlets)),
            tasks,
            NoNumbers,
            on_error=told.append,
            kinds=kinds,
        )
        found = play or Play()
        asked: list[Play] = []

        def find() -> Play:
            asked.append(found)
            return found

        made: Stage
        control = OperatorControl(
            service, find, stop=lambda: stopped.append(None), on_error=told.append, clock=lambda: made.now
        )
        made = Stage(service, control, found, told, stopped, asked)
        yield made
        await service.close()
        tasks.cancel()


async def test_the_operator_sees_the_script_and_all_outlets() -> None:
    async with stage() as made:
        tablet = await made.tablet()
        view = await tablet.view(lambda view: all(line.light == "on" for line in view.outlets))
        assert view == OperatorView(
            is_open=True,
            script="play.txt",
            current="One.",
            following="*Two.*",
            number=1,
            total=3,
            left_seconds=12.0,
            outlets=(OutletLine("Page", "on", "It works."), OutletLine("Zoom", "on", "It works.")),
        )
        made.play.shown = ShowView(SCRIPT, 9, None)
        made.play.subscribers.tell()
        view = await tablet.view(lambda view: view.number == 3)
        assert (view.current, view.following) == ("ANNA: Three.", "")


async def test_commands_go_to_the_script_and_to_the_one_stop() -> None:
    async with stage() as made:
        tablet = await made.tablet()
        for command in (("next",), ("previous",), ("repeat",), ("jump", "Three"), ("stop",)):
            tablet.command(*command)
        assert made.play.did == ["next", "back", "repeat", 9]
        assert made.stopped == [None]
        assert made.told == []


async def test_a_second_press_skips_nothing() -> None:
    async with stage() as made:
        tablet = await made.tablet()
        for moment in (0.0, AGAIN_SECONDS - 0.01, AGAIN_SECONDS + 0.01):
            made.now = moment
            tablet.command("next")
        assert made.play.did == ["next", "next"]


@pytest.mark.parametrize(("action", "shown"), [("black", "is_black"), ("freeze", "is_frozen")])
async def test_black_and_freeze_are_switched_and_seen_wherever_they_are_switched(
    action: str, shown: str
) -> None:
    async with stage() as made:
        tablet = await made.tablet()
        audience = made.service.audience
        seen = []
        for value in ("", "", "on", "on", "off"):
            tablet.command(action, value)
            seen.append(getattr(audience, shown))
        assert seen == [True, False, True, True, False]
        await tablet.view(lambda view: not getattr(view, shown))
        (audience.set_black if action == "black" else audience.set_frozen)(True)  # by a key of the window
        await tablet.view(lambda view: bool(getattr(view, shown)))


async def test_what_cannot_be_done_is_told_here_and_there_until_the_next_command() -> None:
    async with stage() as made:
        tablet = await made.tablet()
        tablet.command("jump", "no such words")
        view = await tablet.view(lambda view: bool(view.words))
        assert view.words == str(made.told[0]) == "No cue has this number or these words."
        made.play.error = InputError("The voice is missing.", hint="Choose one.")
        tablet.command("next")
        await tablet.view(lambda view: view.words == "The voice is missing. Choose one.")
        tablet.command("repeat")
        await tablet.view(lambda view: not view.words)
        made.play.error, made.play.shown = None, made.play.shown._replace(is_held=True)
        tablet.command("next")
        await tablet.view(lambda view: view.words.startswith("Hold is on"))
        assert "next" not in made.play.did


async def test_the_script_is_asked_for_once_and_only_where_there_is_an_operators_page() -> None:
    async with stage(has_page=False) as made:
        await until_on(made.service, "b")
        assert made.asked == []
        made.service.switch("a", is_on=True)
        await until_on(made.service, "a")
        made.service.switch("a", is_on=False)
        made.service.switch("a", is_on=True)
        await until_on(made.service, "a")
        assert made.asked == [made.play]
        await Tablet.made[-1].view(lambda view: view.is_open)


async def test_in_an_empty_script_picture_and_stop_can_be_commanded_and_none_is_open() -> None:
    async with stage(play=Play(shown=ShowView(Script()))) as made:
        tablet = await made.tablet()
        for action in ACTIONS:
            tablet.command(action)
        assert made.service.audience.is_black
        assert made.stopped == [None]
        view = await tablet.view(lambda view: view.is_black)
        assert not view.is_open


def test_the_page_is_such_an_outlet() -> None:
    from fishcaption.captions.page.control import Controllable

    page = CaptionPage(OutletConfig("a", "page", "Page"), {}, lambda state: None)
    assert isinstance(page, Controllable)
