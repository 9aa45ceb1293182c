"""Themes: every pair of text and ground at 7:1, every frame and mark at 3:1; icons are there and tinted."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication

from fishcaption import ui
from fishcaption.store.settings import Theme
from fishcaption.ui.widgets import assets
from fishcaption.ui.widgets.theme import Colors, Look, colors, framed

THEMES: tuple[Theme, ...] = ("light", "dark", "high-contrast")


def luminance(color: str) -> float:
    """WCAG's relative luminance."""
    parts = (QColor(color).redF(), QColor(color).greenF(), QColor(color).blueF())
    linear = [part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4) for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


TEXTS = [
    ("text", "window"),
    ("text", "base"),
    ("text", "button"),
    ("text", "hover"),
    ("muted", "window"),
    ("muted", "base"),
    ("on_accent", "accent"),
    ("accent", "base"),
    ("danger", "button"),
    ("on_danger", "danger"),
    ("on_lit", "lit"),
    ("on_sent", "sent"),
    ("on_notice", "notice"),
]
MARKS = [
    ("border", "window"),
    ("border", "base"),
    ("focus", "window"),
    ("focus", "base"),
    ("danger", "window"),
]


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("ink", "ground"), TEXTS)
def test_text_can_be_read(theme: Theme, ink: str, ground: str) -> None:
    found = colors(theme)
    assert contrast(getattr(found, ink), getattr(found, ground)) >= 7


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("mark", "ground"), MARKS)
def test_marks_can_be_seen(theme: Theme, mark: str, ground: str) -> None:
    found = colors(theme)
    assert contrast(getattr(found, mark), getattr(found, ground)) >= 3


@pytest.mark.parametrize("theme", THEMES)
def test_frames_that_qt_draws_can_be_seen(theme: Theme) -> None:
    found = colors(theme)
    drawn = framed(found).color(QPalette.ColorRole.Window).darker(140).name()
    assert contrast(drawn, found.window) >= 3


def test_the_system_s_theme_is_one_of_ours(qapp: QApplication) -> None:
    assert colors("system") in [colors(theme) for theme in THEMES]


@pytest.mark.parametrize("theme", THEMES)
def test_the_style_sheet_knows_every_name(qapp: QApplication, theme: Theme) -> None:
    Look(theme, 100)
    assert "@" not in qapp.styleSheet()


def test_changing_the_look_is_told(qapp: QApplication) -> None:
    look = Look("light", 100)
    assert not look.change("light", 100)
    assert look.change("dark", 100)
    assert look.change("dark", 150)
    assert QApplication.font().pointSizeF() == pytest.approx(look.font().pointSizeF())
    Look("light", 100)


def test_icons_are_tinted(qapp: QApplication) -> None:
    look = Look("light", 100)
    image = look.pixmap("play", "#ff0000", 32).toImage()
    seen = {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())}
    assert "#ff0000" in seen


def test_every_icon_that_is_named_is_there_and_no_other() -> None:
    """What is drawn is in the resources, and what is in the resources is drawn."""
    source = "".join(path.read_text("utf-8") for path in Path(ui.__path__[0]).rglob("*.py"))
    there = {path.stem for path in assets.path("icons").glob("*.svg")} - {"fishcaption"}
    assert {name for name in there if f'"{name}"' in source} == there


def test_a_missing_file_is_told() -> None:
    with pytest.raises(FileNotFoundError, match="install fishcaption again"):
        assets.path("icons/none.svg")


def test_every_theme_says_every_colour() -> None:
    for theme in THEMES:
        assert all(QColor(getattr(colors(theme), name)).isValid() for name in Colors._fields)
