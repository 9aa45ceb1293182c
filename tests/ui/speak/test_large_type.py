"""The large-type view: the caption as it is heard, never the draft; as large as fits."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QGuiApplication
from PySide6.QtTest import QTest

from fishcaption.core.text.tags import TAGS
from fishcaption.ui.speak.large_type import LargeType, other_screen
from tests.ui.conftest import Desk

TEXT = (
    "The first sentence is short. The second one is rather long, so long that it needs more than one caption "
    "to be shown to the person opposite, who reads it. 👋🏽 The third one waves."
)


@pytest.fixture
def large(desk: Desk) -> tuple[Desk, LargeType]:
    desk.press(Qt.Key.Key_F11)
    view = desk.large
    assert view is not None
    desk.qtbot.waitUntil(view.isVisible)
    return desk, view


def hear(desk: Desk, point: int) -> None:
    desk.reader.hear(point)
    desk.look()


def test_it_shows_the_caption_at_the_ear(large: tuple[Desk, LargeType]) -> None:
    desk, view = large
    assert view.shown_text() == ""
    desk.editor.set_text(TEXT)
    assert view.shown_text() == ""
    desk.window.transport.speak.click()
    desk.look()
    assert view.shown_text() == ""
    hear(desk, 0)
    assert view.shown_text().startswith("The first")
    hear(desk, TEXT.index("rather"))
    assert "rather" in view.shown_text()
    hear(desk, TEXT.index("opposite"))
    assert "opposite" in view.shown_text()
    assert "rather" not in view.shown_text()


def test_the_draft_is_never_shown(large: tuple[Desk, LargeType]) -> None:
    desk, view = large
    desk.type("One two.\n")
    hear(desk, 0)
    desk.type("secret draft")
    hear(desk, 4)
    assert view.shown_text() == "One two."
    desk.reader.hear_all()
    desk.look()
    assert view.shown_text() == "One two.", "it stays for slow readers"


def test_what_is_typed_live_is_shown_as_it_is_heard(open_desk: Callable[..., Desk]) -> None:
    desk = open_desk(speak_mode="type")
    desk.press(Qt.Key.Key_F11)
    view = desk.large
    assert view is not None
    QTest.keyClicks(desk.editor, "Hello there")
    desk.reader.send(1, 6)
    desk.look()
    assert view.shown_text() == ""
    hear(desk, 0)
    assert "Hello" in view.shown_text()
    view.close()


def test_the_word_is_lit_right_after_an_emoji(large: tuple[Desk, LargeType]) -> None:
    desk, view = large
    desk.editor.set_text("Hi 👋🏽 there you.")
    desk.window.transport.speak.click()
    hear(desk, 6)
    assert view._lit is not None
    shown = view.shown_text().encode("utf-16-le")
    assert shown[2 * view._lit.start : 2 * view._lit.end].decode("utf-16-le") == "there"


def test_what_was_stopped_is_shown_as_far_as_it_was_heard(large: tuple[Desk, LargeType]) -> None:
    desk, view = large
    desk.type("One two three.\n")
    hear(desk, 8)
    desk.press(Qt.Key.Key_Escape)
    desk.look()
    assert view.shown_text() == "One two"
    assert view._lit is None


def test_keys_work_in_it(large: tuple[Desk, LargeType]) -> None:
    desk, view = large
    desk.type("One two three.\n")
    hear(desk, 4)
    view.activateWindow()
    desk.qtbot.waitUntil(view.isActiveWindow)
    desk.reader.calls.clear()
    desk.press(Qt.Key.Key_Space)
    desk.press(Qt.Key.Key_F8)
    desk.press(Qt.Key.Key_Escape)
    assert desk.reader.calls == ["pause", "resume", "stop"]
    desk.press(Qt.Key.Key_F11)
    assert desk.large is None


def test_it_can_be_opened_again(large: tuple[Desk, LargeType]) -> None:
    desk, first = large
    desk.window.voice_bar.large.click()
    assert not desk.window.findChildren(LargeType)
    desk.type("One two.\n")
    hear(desk, 0)
    assert first.shown_text() == "", "what is closed is not drawn"
    desk.window.voice_bar.large.click()
    second = desk.large
    assert second is not None
    assert second is not first
    second.close()


def test_the_type_is_as_large_as_fits(large: tuple[Desk, LargeType]) -> None:
    desk, view = large
    sizes = []
    for text in ("Yes.", TEXT):
        desk.editor.set_text(text)
        desk.window.transport.speak.click()
        while text not in desk.reader.at_ear.text:
            desk.reader.hear(len(desk.reader.at_ear.text))
        hear(desk, 0)
        points = view._points(760, 560)
        sizes.append(points)
        assert view._fits(points, 760, 560)
        assert not view._fits(points + 2, 760, 560)
    assert sizes[0] > sizes[1] > 30


def test_the_lit_word_is_painted(large: tuple[Desk, LargeType]) -> None:
    desk, view = large
    desk.type("One two.\n")
    hear(desk, 4)
    view.resize(600, 400)
    image = view.grab().toImage()
    lit = QColor(desk.window.look.colors.lit)
    columns = [x for x in range(image.width()) if image.pixelColor(x, image.height() // 2) == lit]
    assert columns
    assert min(columns) > image.width() // 2 - 150, "the second word, not the first"


def test_another_screen_is_taken_where_there_is_one() -> None:
    own = QGuiApplication.primaryScreen()
    assert other_screen("", own) is own
    assert other_screen(own.name(), own) is own
    assert other_screen("not there", own) is own


def test_opened_after_the_last_word_it_shows_what_was_heard(desk: Desk) -> None:
    desk.reader.speak("The end of it.")
    desk.reader.hear_all()
    desk.look()
    desk.press(Qt.Key.Key_F11)
    view = desk.large
    assert view is not None
    assert view.shown_text() == "The end of it."


def test_tags_are_never_shown_and_the_right_word_is_lit(large: tuple[Desk, LargeType]) -> None:
    desk, view = large
    tag = TAGS[0].char
    text = f"{tag} Hello {tag} there{tag}, you."
    desk.editor.set_text(text)
    desk.window.transport.speak.click()
    for word in ("Hello", "there", "you"):
        hear(desk, text.index(word))
        assert view.shown_text() == "Hello there, you."
        assert view._lit is not None
        lit = view.shown_text()[view._lit.start : view._lit.end]
        assert lit.startswith(word)
    assert desk.transcript.text() == text, "there they keep their places"
    width = desk.transcript.fontMetrics().horizontalAdvance("Hello  there, you. ")
    shown = desk.transcript.cursorRect(desk.transcript.range(len(text), len(text))).left()
    assert shown < width + 40, "and no room"
    desk.transcript.selectAll()
    desk.transcript.copy()
    assert QGuiApplication.clipboard().text() == "Hello there, you."
