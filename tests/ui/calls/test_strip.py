"""The strip: what it shows, where it stands, and that it leaves the focus where it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton
from pytestqt.qtbot import QtBot

from fishcaption.core.speech import Fate, PlayerState, Snapshot, Span, State, UtteranceView
from fishcaption.store.settings import Theme
from fishcaption.ui.calls.strip import MARGIN, Strip
from fishcaption.ui.widgets.theme import Look

TEXT = "Could we sit by the window? It is brighter there, and I like the view."


def snapshot(word: str = "", text: str = TEXT, state: State = State.SPEAKING) -> Snapshot:
    start = text.find(word) if word else -1
    span = Span(start, start + len(word)) if word else None
    fate = Fate.SPEAKING if state in (State.SPEAKING, State.PAUSED) else Fate.HEARD
    view = UtteranceView(1, text, False, fate, len(text), max(0, start), span, None)
    return Snapshot(state, None, view, (), 0.0, None, PlayerState("", True, None))


@pytest.fixture
def make(qtbot: QtBot) -> Iterator[Callable[..., Strip]]:
    def make(place: tuple[int, ...] = (), theme: Theme = "light", size: int = 100) -> Strip:
        strip = Strip(place)
        qtbot.addWidget(strip)
        strip.set_look(Look(theme, size))
        strip.appear()
        return strip

    yield make
    Look("light", 100)


def test_it_shows_the_words_that_are_heard_and_lights_the_one_at_the_ear(make: Callable[..., Strip]) -> None:
    strip = make()
    strip.draw(snapshot("sit"))
    assert (strip.shown_text(), strip._heard.lit()) == ("Could we sit by the window?", "sit")
    strip.draw(snapshot("brighter"))
    assert "brighter" in strip.shown_text()
    assert strip._heard.lit() == "brighter"


def test_a_pause_keeps_the_words_and_the_end_tells_the_state(make: Callable[..., Strip]) -> None:
    strip = make()
    strip.draw(snapshot("sit"))
    strip.draw(snapshot("sit", state=State.PAUSED))
    assert strip._heard.lit() == "sit"
    assert strip._pause.text() == "Resume"
    strip.draw(snapshot(state=State.IDLE))
    assert (strip.shown_text(), strip._heard.lit()) == ("Ready: no voice.", "")
    assert strip._pause.text() == "Pause"
    assert not strip._pause.isEnabled()


def test_tags_are_not_shown_and_the_right_word_is_lit(make: Callable[..., Strip]) -> None:
    strip = make()
    text = f"I {chr(0xE100)} like \U0001f600 this view."
    strip.draw(snapshot("view", text))
    assert strip.shown_text() == "I like \U0001f600 this view."
    assert strip._heard.lit() == "view"


def test_every_button_is_large_and_named(make: Callable[..., Strip]) -> None:
    strip = make()
    for button in strip.findChildren(QAbstractButton):
        assert button.height() >= 44, button.accessibleName()
        assert button.width() >= 44, button.accessibleName()
        assert button.accessibleName()


def test_its_buttons_ask(make: Callable[..., Strip], qtbot: QtBot) -> None:
    strip = make()
    strip.draw(snapshot("sit"))
    for button, signal in (
        (strip._stop, strip.stop_asked),
        (strip._pause, strip.pause_asked),
        (strip._repeat, strip.repeat_asked),
        (strip._quick, strip.quick_box_asked),
        (strip._close, strip.closed),
    ):
        with qtbot.waitSignal(signal):
            QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def test_a_click_on_the_grip_goes_round_the_corners(make: Callable[..., Strip], qtbot: QtBot) -> None:
    strip = make()
    places: list[tuple[int, int]] = []
    strip.moved.connect(places.append)
    for _ in range(4):
        QTest.mouseClick(strip._grip, Qt.MouseButton.LeftButton)
    assert len(set(places)) == len({x for x, _ in places}) * len({y for _, y in places}) == 4
    area = QGuiApplication.primaryScreen().availableGeometry()
    assert (MARGIN, MARGIN) in places
    assert all(area.contains(QPoint(*place)) for place in places)


def test_it_is_dragged_but_not_by_a_trembling_hand(make: Callable[..., Strip], qtbot: QtBot) -> None:
    strip = make((40, 60))
    places: list[tuple[int, int]] = []
    strip.moved.connect(places.append)

    def drag(way: QPoint) -> None:
        QTest.mousePress(strip._heard, Qt.MouseButton.LeftButton, pos=QPoint(10, 10))
        QTest.mouseMove(strip._heard, QPoint(10, 10) + way)
        QTest.mouseRelease(strip._heard, Qt.MouseButton.LeftButton, pos=QPoint(10, 10))

    drag(QPoint(6, 6))
    assert places == []
    assert strip.pos() == QPoint(40, 60)
    drag(QPoint(30, 60))
    assert places == [(70, 120)]


def test_arrow_keys_move_it_and_never_off_the_screen(make: Callable[..., Strip], qtbot: QtBot) -> None:
    strip = make((40, 60))
    with qtbot.waitSignal(strip.moved):
        QTest.keyClick(strip, Qt.Key.Key_Right)
    assert strip.pos() == QPoint(64, 60)
    for _ in range(9):
        QTest.keyClick(strip, Qt.Key.Key_Up)
    assert strip.pos() == QPoint(64, 0)


def test_a_place_on_a_screen_that_is_gone_is_not_used(make: Callable[..., Strip]) -> None:
    strip = make((90_000, -4_000))
    area = QGuiApplication.primaryScreen().availableGeometry()
    assert area.contains(strip.frameGeometry())


@pytest.mark.parametrize("size", [100, 200, 300])
def test_it_fits_the_screen_at_every_size(make: Callable[..., Strip], size: int) -> None:
    strip = make(size=size)
    strip.draw(snapshot("view"))
    area = QGuiApplication.primaryScreen().availableGeometry()
    assert area.contains(strip.frameGeometry())
    assert strip._stop.width() >= strip._stop.sizeHint().width()


def test_wayland_is_told_the_truth(make: Callable[..., Strip], monkeypatch: pytest.MonkeyPatch) -> None:
    assert not make()._note.isVisible()
    monkeypatch.setattr(QGuiApplication, "platformName", staticmethod(lambda: "wayland"))
    strip = make()
    assert strip._note.isVisible()
    assert "Wayland" in strip._note.text()


def test_a_state_without_words_at_the_ear_keeps_the_line(make: Callable[..., Strip]) -> None:
    """Between two words there is none; the line must not flicker."""
    strip = make()
    strip.draw(snapshot("sit"))
    between = snapshot("sit")
    assert between.current is not None
    strip.draw(between._replace(current=between.current._replace(word=None)))
    assert strip.shown_text() == "Could we sit by the window?"
