"""Number boxes, with hands on the keyboard: nothing is taken on the way, either mark is understood."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QLocale, QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractSpinBox, QApplication

from fishcaption.ui.settings.dialog import SettingsDialog
from fishcaption.ui.widgets.number_box import NumberBox
from tests.ui.conftest import Desk, commit

LOCALES = [
    QLocale(QLocale.Language.English, QLocale.Country.UnitedStates),
    QLocale(QLocale.Language.German, QLocale.Country.Germany),
    QLocale(QLocale.Language.German, QLocale.Country.Switzerland),
    QLocale(QLocale.Language.French, QLocale.Country.France),
    QLocale(QLocale.Language.Arabic, QLocale.Country.Egypt),
]
BOXES = {
    "speed": "Speed",
    "text_size": "Text size",
    "sentence_hold_seconds": "Wait before speaking",
    "lead_in_ms": "Silence before",
    "cost_limit": "Ask before",
    "captions_clear_seconds": "Keep the last caption",
    "day_limit": "Limit for a day",
    "month_limit": "Limit for a month",
    "kept_audio_megabytes": "Saved sound may take",
}


@pytest.fixture(params=LOCALES, ids=lambda locale: locale.name())
def locale(request: pytest.FixtureRequest) -> Iterator[QLocale]:
    before = QLocale()
    QLocale.setDefault(request.param)
    yield request.param
    QLocale.setDefault(before)


def boxes(desk: Desk) -> dict[str, NumberBox]:
    """Every number box of the window and of its settings, by the setting."""
    desk.window.voice_bar.settings.click()
    found = desk.window.findChildren(QAbstractSpinBox)
    assert all(isinstance(box, NumberBox) for box in found), "there are no others"
    named = {
        field: box
        for field, words in BOXES.items()
        for box in found
        if isinstance(box, NumberBox) and box.accessibleName().startswith(words)
    }
    assert len(found) == len(named) == len(BOXES)
    return named


def type_over(box: NumberBox, text: str) -> None:
    """Put other words in the place of what stands there, a key at a time."""
    box.setFocus()
    box.selectAll()
    for char in text:
        if char.isascii():
            QTest.keyClicks(box, char)
        else:
            commit(box.lineEdit(), char)


def told(desk: Desk) -> str:
    dialog = desk.window.findChild(SettingsDialog)
    assert isinstance(dialog, SettingsDialog)
    return f"{desk.status} {dialog.told()}"


TYPED: list[tuple[str, str, float]] = [
    ("speed", "1.7", 1.7), ("speed", "1,7", 1.7), ("speed", "１．７", 1.7), ("speed", "0.75", 0.8),
    ("speed", "12", 3.0), ("speed", "0", 0.5), ("speed", "1.7 ×", 1.7),
    ("cost_limit", "1,5", 1.5), ("cost_limit", "0.75", 0.75), ("cost_limit", "0,75", 0.75),
    ("cost_limit", "1.5", 1.5), ("cost_limit", "٠٫٧٥", 0.75), ("cost_limit", "$2,25", 2.25),
    ("cost_limit", "99999", 1000.0), ("cost_limit", "-3", 0.0), ("cost_limit", "1,000.00", 1000.0),
    ("text_size", "150", 150), ("text_size", "150 %", 150), ("text_size", "112,5", 112),
    ("text_size", "9", 80),
    ("sentence_hold_seconds", "2,5", 2.5), ("sentence_hold_seconds", "2.5", 2.5),
    ("lead_in_ms", "400", 400), ("lead_in_ms", "1.500", 1500), ("lead_in_ms", "1,500", 1500),
]  # fmt: skip


def test_what_is_typed_is_meant_in_every_country(open_desk: Callable[..., Desk], locale: QLocale) -> None:
    desk = open_desk()
    found = boxes(desk)
    for name, text, value in TYPED:
        before = getattr(desk.window.settings, name)
        type_over(found[name], text)
        assert getattr(desk.window.settings, name) == before, f"{text!r} was taken while it was typed"
        QTest.keyClick(found[name], Qt.Key.Key_Return)
        assert getattr(desk.window.settings, name) == pytest.approx(value), f"{text!r} in {name}"
        assert type(getattr(desk.window.settings, name)) is type(before)


def test_the_focus_that_goes_ends_the_typing_too(desk: Desk) -> None:
    box = desk.window.voice_bar.sound.speed
    type_over(box, "2.2")
    assert desk.window.settings.speed == 1.0
    desk.editor.setFocus()
    assert desk.window.settings.speed == 2.2


@pytest.mark.parametrize("text", ["", "abc", "1.2.3", "1,,5", "1e1", "½", "fast", "1 5", "²"])
def test_what_is_no_number_stays_to_be_seen_and_is_told(desk: Desk, text: str) -> None:
    box = boxes(desk)["cost_limit"]
    before, applied = desk.window.settings.cost_limit, len(desk.services.applied)
    type_over(box, text)
    if not text:
        box.lineEdit().clear()
        QTest.keyClick(box, Qt.Key.Key_Backspace)
    QTest.keyClick(box, Qt.Key.Key_Return)
    assert box.text() == f"${text}"
    assert f"“{text}” is not a number" in told(desk)
    assert desk.window.settings.cost_limit == before
    assert len(desk.services.applied) == applied
    type_over(box, "3")
    QTest.keyClick(box, Qt.Key.Key_Return)
    assert desk.window.settings.cost_limit == 3
    assert "is not a number" not in told(desk)
    assert box.text() == f"${QLocale().toString(3.0, 'f', 2)}"


def test_a_number_beyond_the_range_is_bounded_and_told(desk: Desk) -> None:
    box = boxes(desk)["speed"]
    type_over(box, "17")
    QTest.keyClick(box, Qt.Key.Key_Return)
    assert desk.window.settings.speed == 3.0
    assert "The highest value is 3.0 ×." in told(desk)


def test_arrows_go_on_from_the_value_that_holds(desk: Desk) -> None:
    box = desk.window.voice_bar.sound.speed
    type_over(box, "quick")
    QTest.keyClick(box, Qt.Key.Key_Return)
    QTest.keyClick(box, Qt.Key.Key_Up)
    assert box.text() == "1.1 ×"
    assert desk.window.settings.speed == 1.1
    type_over(box, "2")
    QTest.keyClick(box, Qt.Key.Key_Up)
    assert desk.window.settings.speed == 2.1
    type_over(box, "slow")
    desk.press(Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)  # the window's own key for slower
    assert box.text() == "2.0 ×"
    assert desk.window.settings.speed == 2.0


def test_esc_gives_the_value_back(desk: Desk) -> None:
    box = desk.window.voice_bar.sound.speed
    type_over(box, "2.9")
    QTest.keyClick(box, Qt.Key.Key_Escape)
    desk.editor.setFocus()
    assert box.text() == "1.0 ×"
    assert desk.window.settings.speed == 1.0


def test_what_is_being_typed_outlives_a_setting_that_comes_meanwhile(desk: Desk) -> None:
    box = desk.window.voice_bar.sound.speed
    type_over(box, "1.")
    desk.window.commands.run("window.larger")
    assert box.text() == "1. ×"


def test_a_wheel_that_passes_changes_nothing(desk: Desk) -> None:
    box = desk.window.voice_bar.sound.speed
    desk.editor.setFocus()
    middle = QPointF(box.rect().center())
    event = QWheelEvent(
        middle, box.mapToGlobal(middle), QPoint(), QPoint(0, 120), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(box, event)
    assert desk.window.settings.speed == 1.0
