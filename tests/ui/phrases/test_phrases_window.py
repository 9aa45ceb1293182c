"""Phrases in the whole window: their keys, what is found, what is kept as one."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from fishcaption.core.phrases.bank import Ahead, Progress
from fishcaption.core.speech import Fate
from fishcaption.ui.phrases.editor import PhraseEditor
from fishcaption.ui.phrases.panel import PhrasePanel
from tests.ui.conftest import Desk
from tests.ui.fake_phrases import FakePhrases
from tests.ui.fakes import FISH

CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def service() -> FakePhrases:
    return FakePhrases()


@pytest.fixture
def desk(open_desk: Callable[..., Desk], service: FakePhrases) -> Desk:
    desk = open_desk(has=(service, None))
    desk.window.resize(1100, 760)
    return desk


def panel(desk: Desk) -> PhrasePanel:
    (found,) = desk.window.findChildren(PhrasePanel)
    return found


def opened(desk: Desk) -> PhraseEditor:
    (found,) = desk.window.findChildren(PhraseEditor)
    return found


def test_a_key_speaks_while_the_text_is_being_written(desk: Desk, service: FakePhrases) -> None:
    desk.type("I was about to")
    desk.press(Qt.Key.Key_F2)
    desk.press(Qt.Key.Key_1, CTRL)
    assert service.spoken[0] == "Yes."
    assert service.spoken[1].startswith("Hello. I speak by computer")
    assert desk.editor.text() == "I was about to"
    assert desk.editor.hasFocus()


def test_keys_of_the_window_are_left_to_it(desk: Desk, service: FakePhrases) -> None:
    for key in (Qt.Key.Key_F4, Qt.Key.Key_F5, Qt.Key.Key_F8):
        desk.press(key)
    assert service.spoken == []


def test_a_phrase_is_found_from_the_text_and_the_hands_go_back(desk: Desk, service: FakePhrases) -> None:
    desk.press(Qt.Key.Key_K, CTRL)
    QTest.keyClicks(panel(desk)._search, "hay")
    QTest.keyClick(panel(desk)._search, Qt.Key.Key_Return)
    assert service.spoken == ["How are you?"]
    assert desk.editor.hasFocus()


def test_in_a_narrow_window_the_phrases_come_into_sight_when_they_are_looked_for(desk: Desk) -> None:
    desk.window.resize(560, 700)
    desk.qtbot.waitUntil(lambda: not panel(desk).isVisible())
    desk.press(Qt.Key.Key_K, CTRL)
    assert panel(desk).isVisible()
    assert panel(desk)._search.hasFocus()


def test_what_is_written_brings_phrases_like_it_to_the_front(desk: Desk) -> None:
    desk.type("than")
    desk.qtbot.waitUntil(lambda: panel(desk).shown()[0].shown == "Thank you.")


def test_the_draft_is_kept_as_a_phrase(desk: Desk, service: FakePhrases) -> None:
    desk.type("See you at the gate.")
    desk.window.commands.run("phrases.keep")
    assert service.kept.phrases[-1].shown == "See you at the gate."
    assert desk.editor.text() == "See you at the gate."
    opened(desk).close()


def test_what_was_said_is_kept_as_a_phrase(desk: Desk, service: FakePhrases) -> None:
    desk.stores.history.add("That was well said.", 19, Fate.HEARD, "Hibari")
    desk.press(Qt.Key.Key_H, CTRL)
    page = desk.history.page
    assert page is not None
    page._phrase.click()
    assert service.kept.phrases[-1].shown == "That was well said."
    opened(desk).close()


def test_a_price_that_is_agreed_to_is_a_setting(desk: Desk, service: FakePhrases) -> None:
    service.tell(Progress(Ahead.ASKING, 0, 32, FISH, price=0.0123, offer="s2.1-pro/x"))
    desk.qtbot.waitUntil(panel(desk)._offer.isVisible)
    panel(desk)._offer.click()
    settings = desk.services.applied[-1]
    assert (settings.phrases_paid, settings.phrases_paid_dollars) == ("s2.1-pro/x", 0.02)


def test_what_was_wrong_with_the_bank_is_told(open_desk: Callable[..., Desk]) -> None:
    desk = open_desk(has=(FakePhrases(mended=("The file of your phrases was broken.",)), None))
    assert "was broken" in desk.banner.text()
