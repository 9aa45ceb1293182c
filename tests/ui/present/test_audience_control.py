"""The commands for the audience's window, and its row among the outlets, on the operator's only screen."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from fishcaption.captions.outlet import Light
from fishcaption.captions.outlets import WINDOW
from fishcaption.core.audience import Layout, OutletConfig
from fishcaption.core.audience_style import PRESETS, AudienceStyle, ScreenIdentity
from fishcaption.ui.present.audience_control import AudienceWindowControl
from fishcaption.ui.present.audience_screens import ScreenDialog, identity
from fishcaption.ui.present.audience_window import AudienceWindow
from tests.ui.conftest import Desk
from tests.ui.present.fake_audience import FakeAudienceService

STRIP = AudienceStyle()._replace(area="strip")


@pytest.fixture
def service() -> FakeAudienceService:
    return FakeAudienceService()


@pytest.fixture
def here() -> ScreenIdentity:
    """The only screen, chosen by its user."""
    return identity(QApplication.primaryScreen())


@pytest.fixture
def desk(open_desk: Callable[..., Desk], service: FakeAudienceService, here: ScreenIdentity) -> Desk:
    return open_desk(audience=service, audience_screen=here, audience_style=STRIP)


def control(desk: Desk) -> AudienceWindowControl:
    return desk._feature(AudienceWindowControl)


def window(desk: Desk) -> AudienceWindow:
    found = control(desk).window
    assert found is not None
    return found


def test_a_command_shows_and_hides_the_window(desk: Desk, service: FakeAudienceService) -> None:
    desk.window.commands.run("audience.window")
    assert window(desk).isVisible()
    (row,) = service.rows()
    assert (row.config.kind, row.config.is_on, row.state.light) == (WINDOW, True, Light.ON)
    checked = desk.window.commands["audience.window"].checked
    assert checked is not None
    assert checked()
    desk.window.commands.run("audience.window")
    assert not window(desk).isVisible()
    assert [row.config.is_on for row in service.rows()] == [False]
    assert len(service.audience._subscribers) == 0


def test_captions_are_shown_while_it_is_on(desk: Desk, service: FakeAudienceService) -> None:
    service.audience.show_text("Nobody sees this.")
    desk.window.commands.run("audience.window")
    service.audience.show_text("Good evening, everybody.")
    shown = window(desk).canvas.display().cue
    assert shown is not None
    assert shown.lines == ("Good evening, everybody.",)
    (row,) = service.rows()
    assert row.state.last_line == "Good evening, everybody."
    desk.window.commands.run("audience.window")
    assert window(desk).canvas.display().cue is None


def test_black_and_freeze(desk: Desk, service: FakeAudienceService) -> None:
    run = desk.window.commands.run
    run("audience.window")
    service.audience.show_text("Good evening.")
    run("audience.black")
    assert window(desk).canvas.display().is_black
    run("audience.black")
    assert window(desk).canvas.display().cue is not None
    run("audience.freeze")
    service.audience.show_text("Not seen.")
    cue = window(desk).canvas.display().cue
    assert cue is not None
    assert cue.lines == ("Good evening.",)
    run("audience.freeze")
    cue = window(desk).canvas.display().cue
    assert cue is not None
    assert cue.lines == ("Not seen.",)


def test_the_style_is_used_at_once_and_the_row_has_its_lines(
    desk: Desk, service: FakeAudienceService
) -> None:
    desk.window.commands.run("audience.window")
    desk.change(audience_style=PRESETS["yellow"]._replace(columns=20, lines=1, mode="roll-up", area="strip"))
    service.audience.show_text("Twenty letters in a line and no more")
    cue = window(desk).canvas.display().cue
    assert cue is not None
    assert cue.lines == ("Twenty letters",)
    (row,) = service.rows()
    assert (row.config.layout, row.config.mode) == (Layout(20, 1), "roll-up")


def test_a_change_in_the_row_is_a_change_of_the_style(desk: Desk, service: FakeAudienceService) -> None:
    desk.window.commands.run("audience.window")
    (row,) = service.rows()
    service.set_up(row.config._replace(layout=Layout(200, 9), mode="word"), {})
    style = desk.window.settings.audience_style
    assert (style.columns, style.lines, style.mode) == (60, 3, "word")
    assert [row.config.layout for row in service.rows()] == [Layout(60, 3)]


def test_captions_come_later_by_the_delay_of_the_row(desk: Desk, service: FakeAudienceService) -> None:
    desk.window.commands.run("audience.window")
    (row,) = service.rows()
    service.set_up(row.config._replace(delay_seconds=60.0), {})
    service.audience.show_text("Later.")
    assert window(desk).canvas.display().cue is None
    service.set_up(row.config._replace(delay_seconds=0.0), {})
    assert window(desk).canvas.display().cue is not None


def test_an_outlet_that_was_on_is_on_at_the_next_start(
    open_desk: Callable[..., Desk], service: FakeAudienceService, here: ScreenIdentity
) -> None:
    service.configs["w"] = OutletConfig("w", WINDOW, "Hall", is_on=True)
    desk = open_desk(audience_screen=here, audience_style=STRIP)
    desk.services.audience_service = (
        service  # later than at a start: it would take the focus of this platform
    )
    started = AudienceWindowControl(desk.history.host)
    assert started.window is not None
    assert started.window.isVisible()
    service.remove("w")
    assert not started.window.isVisible()
    started.leave()


def test_a_second_outlet_of_its_kind_is_told_that_it_is_none(
    desk: Desk, service: FakeAudienceService
) -> None:
    desk.window.commands.run("audience.window")
    service.set_up(OutletConfig("second", WINDOW, "Hall", is_on=True), {})
    first, second = service.rows()
    assert first.state.light is Light.ON
    assert second.state.light is Light.TROUBLE
    assert "Remove this outlet" in second.state.words


def test_without_a_second_screen_nothing_is_shown_and_the_operator_is_told(
    open_desk: Callable[..., Desk], service: FakeAudienceService
) -> None:
    desk = open_desk(audience=service)
    desk.window.commands.run("audience.window")
    assert not window(desk).isVisible()
    assert "no second screen" in desk.banner.text()
    (row,) = service.rows()
    assert row.state.light is Light.TROUBLE
    assert "choose this screen" in row.state.words


def test_a_start_without_the_second_screen_is_told_in_the_row_alone(
    open_desk: Callable[..., Desk], service: FakeAudienceService
) -> None:
    service.configs["w"] = OutletConfig("w", WINDOW, "Hall", is_on=True)
    desk = open_desk(audience=service, audience_screen=ScreenIdentity("HDMI-1"))
    assert desk.banner.text() == ""
    (row,) = service.rows()
    assert row.state.light is Light.TROUBLE
    assert "HDMI-1 is not there" in row.state.words


def test_this_screen_is_chosen_for_a_strip(
    open_desk: Callable[..., Desk], service: FakeAudienceService, here: ScreenIdentity
) -> None:
    desk = open_desk(audience=service)
    desk.window.commands.run("audience.screen")
    (dialog,) = desk.window.findChildren(ScreenDialog)
    dialog.accept()
    assert desk.window.settings.audience_screen == here
    assert desk.window.settings.audience_style.area == "strip"
    shown = window(desk)
    assert shown.isVisible()
    assert shown.height() < QApplication.primaryScreen().geometry().height() / 2


def test_a_window_that_the_system_closes_is_off(desk: Desk, service: FakeAudienceService) -> None:
    desk.window.commands.run("audience.window")
    window(desk).close()
    assert [row.config.is_on for row in service.rows()] == [False]
    desk.window.commands.run("audience.window")
    assert window(desk).isVisible()


def test_it_ends_with_the_program(desk: Desk, service: FakeAudienceService) -> None:
    desk.window.commands.run("audience.window")
    shown = window(desk)
    desk.window.close()
    assert not shown.isVisible()
    assert [row.config.is_on for row in service.rows()] == [True], "it is on at the next start"
    assert len(service.audience._subscribers) == 0


def test_stop_works_where_the_system_gives_the_window_keys(desk: Desk) -> None:
    desk.window.commands.run("audience.window")
    desk.type("Speaking now.\n")
    handle = window(desk).windowHandle()
    QApplication.instance().focusWindowChanged.emit(handle)  # type: ignore[union-attr]  # there is one
    QTest.keyClick(handle, Qt.Key.Key_Escape)
    assert desk.reader.calls[-1] == "stop"
    assert window(desk).isVisible()
    QTest.keyClick(handle, Qt.Key.Key_Escape)
    assert window(desk).isVisible(), "Esc does not hide what the audience reads"
