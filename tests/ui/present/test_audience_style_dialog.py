"""The dialog for the audience's style: every value can be changed, seen at once, and taken back."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QColorDialog, QComboBox, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from fishcaption.core.audience_style import LIMITS, PRESETS, AudienceStyle
from fishcaption.ui.present.audience_style_dialog import SAMPLES, AudienceStyleDialog, ColorButton, busy_slide
from fishcaption.ui.widgets.controls import Tick
from fishcaption.ui.widgets.number_box import NumberBox


@pytest.fixture
def dialog(qtbot: QtBot) -> AudienceStyleDialog:
    made = AudienceStyleDialog(AudienceStyle(), None)
    qtbot.addWidget(made)
    made.show()
    return made


def changes(dialog: AudienceStyleDialog) -> list[AudienceStyle]:
    found: list[AudienceStyle] = []
    dialog.changed.connect(found.append)
    return found


def test_every_value_of_the_style_can_be_changed(dialog: AudienceStyleDialog) -> None:
    for box in dialog.findChildren(NumberBox):
        before = dialog.style_shown()
        box.setValue(box.value() + box.singleStep() * (1 if box.value() < box.maximum() else -1))
        assert dialog.style_shown() != before, box.accessibleName()
    for combo in dialog.findChildren(QComboBox):
        if combo is not dialog._script:
            combo.setCurrentIndex((combo.currentIndex() + 1) % combo.count())
            combo.activated.emit(combo.currentIndex())
    for button in dialog.findChildren(ColorButton):
        button._on_selected(QColor("#123456"))
    for tick in dialog.findChildren(Tick):
        tick.box.click()
    changed, usual = dialog.style_shown(), AudienceStyle()
    same = [name for name in usual._fields if getattr(changed, name) == getattr(usual, name)]
    assert same == []


def test_presets_come_first_and_fill_the_form(dialog: AudienceStyleDialog) -> None:
    told = changes(dialog)
    buttons = [button for button in dialog.findChildren(QPushButton) if not isinstance(button, ColorButton)]
    for button, (name, style) in list(zip(buttons, PRESETS.items(), strict=False))[::-1]:
        button.click()
        assert dialog.style_shown() == style, name
        for box in dialog.findChildren(NumberBox):
            assert box.value() in [float(getattr(style, entry)) for entry in NUMBERS], box.accessibleName()
        colors = {button.text() for button in dialog.findChildren(ColorButton)}
        assert {style.text_color, style.background_color} <= colors
    assert told == list(PRESETS.values())[::-1]


NUMBERS = list(LIMITS)


def test_the_preview_shows_the_style(dialog: AudienceStyleDialog) -> None:
    before = dialog.canvas.grab().toImage()
    dialog.use(PRESETS["yellow"])
    assert dialog.canvas.grab().toImage() != before
    dialog.use(PRESETS["yellow"]._replace(lines=1, columns=20))
    cue = dialog.canvas.display().cue
    assert cue is not None
    assert len(cue.lines) == 1
    assert len(cue.lines[0]) <= 20


@pytest.mark.parametrize("script", SAMPLES)
def test_the_preview_has_a_text_in_many_scripts(dialog: AudienceStyleDialog, script: str) -> None:
    place = dialog._script.findData(script)
    dialog._script.setCurrentIndex(place)
    dialog._script.activated.emit(place)
    cue = dialog.canvas.display().cue
    assert cue is not None
    assert cue.language == SAMPLES[script][0]
    assert "".join(cue.lines[0].split())[:8] in "".join(SAMPLES[script][1].split())


def test_lines_that_roll_up_fill_the_preview(dialog: AudienceStyleDialog) -> None:
    dialog.use(AudienceStyle()._replace(mode="roll-up", lines=3, columns=16))
    assert len(dialog.canvas._rolled) == 2


@pytest.mark.parametrize(
    ("style", "words"),
    [
        (PRESETS["outline"], "Contrast 21.0 to 1: easy to read over every picture."),
        (AudienceStyle()._replace(background_opacity_percent=60), "over a light picture: it can be read"),
        (AudienceStyle()._replace(background="none"), "Warning: contrast 1.0 to 1 over a light picture"),
        (AudienceStyle()._replace(background="none", text_color="#000000"), "over a dark picture"),
    ],
)
def test_a_sentence_says_how_well_it_can_be_read(
    dialog: AudienceStyleDialog, style: AudienceStyle, words: str
) -> None:
    dialog.use(style)
    assert words in dialog.verdict.text()


def test_as_it_was(dialog: AudienceStyleDialog) -> None:
    told = changes(dialog)
    dialog.use(PRESETS["light"])
    dialog.use(PRESETS["light"]._replace(lines=1))
    (undo,) = [button for button in dialog.findChildren(QPushButton) if button.text() == "Undo all changes"]
    undo.click()
    assert dialog.style_shown() == AudienceStyle() == told[-1]


def test_a_colour_is_chosen(dialog: AudienceStyleDialog, qtbot: QtBot) -> None:
    told = changes(dialog)
    button = dialog.findChildren(ColorButton)[0]
    assert button.accessibleName() == "Colour of the letters: #ffffff"
    button.setFocus()
    QTest.keyClick(button, Qt.Key.Key_Space)
    (chooser,) = button.findChildren(QColorDialog)
    chooser.setCurrentColor(QColor("#ffcc00"))
    chooser.accept()
    assert told[-1].text_color == "#ffcc00"
    assert button.accessibleName() == "Colour of the letters: #ffcc00"


def test_a_wrong_number_is_told_and_changes_nothing(dialog: AudienceStyleDialog) -> None:
    box = next(box for box in dialog.findChildren(NumberBox) if box.accessibleName().startswith("Size"))
    box.setFocus()
    box.lineEdit().setText("huge")
    QTest.keyClick(box, Qt.Key.Key_Return)
    assert dialog.style_shown() == AudienceStyle()
    assert "is not a number" in dialog._status.text()


def test_every_field_has_a_label(dialog: AudienceStyleDialog) -> None:
    buddies = {label.buddy() for label in dialog.findChildren(QLabel)}
    fields_shown = [
        *dialog.findChildren(NumberBox),
        *dialog.findChildren(QComboBox),
        *dialog.findChildren(ColorButton),
    ]
    assert [field for field in fields_shown if field not in buddies] == []


def test_the_busy_slide_is_light_and_dark() -> None:
    slide = busy_slide(QSize(320, 180)).toImage()
    shades = [slide.pixelColor(x, y).lightness() for x in range(0, 320, 7) for y in range(0, 180, 7)]
    assert min(shades) < 40
    assert max(shades) > 240
