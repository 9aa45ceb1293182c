"""A model that may not be used as it is: asked once, with prices; nothing stops, nothing begins to cost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox

from fishcaption.core.errors import ModelUnavailable, PaymentRequired
from fishcaption.store.settings import Settings
from tests.ui.conftest import Desk
from tests.ui.fakes import FISH, HIBARI

FREE = "s2.1-pro-free"
BEFORE = date(2026, 11, 30)
AFTER = date(2026, 12, 1)
NEXT_YEAR = date(2027, 1, 1)

PAID = "Use s2.1-pro (1.5 ¢ a thousand letters)"
GO_ON = f"Go on with {FREE} (up to 1.5 ¢ a thousand letters)"
VOICE = "Choose a voice…"


@pytest.mark.parametrize(
    ("model", "day", "words", "offers"),
    [
        (FREE, BEFORE, "", ()),
        ("s2.1-pro", NEXT_YEAR, "", ()),
        (FREE, AFTER, "announced as free until 30 November 2026", (PAID, GO_ON, VOICE)),
        ("s1", NEXT_YEAR, "ended on 31 December 2026", (PAID, VOICE)),
        ("s9-pro", BEFORE, "There is no model called 's9-pro'", (f"Use {FREE} (free)", PAID, VOICE)),
        ("", AFTER, "There is no model called ''", (PAID, VOICE)),
        ("<b>" * 99, AFTER, "There is no model called '<b>", (PAID, VOICE)),
    ],
)
def test_it_is_asked_at_the_start_with_prices(
    open_desk: Callable[..., Desk], model: str, day: date, words: str, offers: tuple[str, ...]
) -> None:
    """The window opens and can be typed in, whatever the settings name."""
    desk = open_desk(voice=FISH, model=model, today=lambda: day)
    assert words in desk.banner.text()
    assert desk.banner.text() or not words
    assert desk.banner.labels() == offers
    assert desk.window.voice_bar.model.currentData() == model
    desk.type("Hello.\n")
    assert desk.reader.calls == ["speak"]


def test_with_a_voice_on_this_computer_nothing_is_asked(open_desk: Callable[..., Desk]) -> None:
    desk = open_desk(voice=HIBARI, model="s9-pro", today=lambda: AFTER)
    assert desk.banner.text() == ""


def press(desk: Desk, label: str) -> None:
    """Press that button of the banner."""
    layout = desk.banner._remedies
    buttons: list[Any] = [layout.itemAt(place).widget() for place in range(layout.count())]
    next(button for button in buttons if button.text() == label).click()


@pytest.mark.parametrize(
    ("label", "chosen"), [(PAID, ("s2.1-pro", "")), (GO_ON, (FREE, FREE))], ids=["paid", "on"]
)
def test_the_answer_is_kept_and_not_asked_for_again(
    open_desk: Callable[..., Desk], label: str, chosen: tuple[str, str]
) -> None:
    desk = open_desk(voice=FISH, model=FREE, today=lambda: AFTER)
    press(desk, label)
    settings = desk.services.applied[-1]
    assert (settings.model, settings.model_agreed) == chosen
    assert desk.banner.text() == ""
    desk.services.settings.change(speed=1.5)
    assert desk.banner.text() == ""


def test_a_question_that_was_put_away_comes_back_only_when_it_is_spoken(
    open_desk: Callable[..., Desk],
) -> None:
    desk = open_desk(voice=FISH, model=FREE, today=lambda: AFTER)
    desk.banner._close.click()
    desk.services.settings.change(speed=1.5)
    assert desk.banner.text() == ""
    desk.type("Hello.\n")
    desk.reader.fail(ModelUnavailable("It may cost."))
    desk.look()
    assert PAID in desk.banner.labels()


def test_until_it_is_answered_one_key_speaks_with_the_voice_on_this_computer(
    open_desk: Callable[..., Desk],
) -> None:
    desk = open_desk(voice=FISH, model=FREE, today=lambda: AFTER)
    desk.type("Hello.\n")
    desk.reader.fail(ModelUnavailable("It may cost."))
    desk.look()
    assert desk.banner.labels() == (
        "Speak it with the voice on this computer (F4)",
        PAID,
        GO_ON,
        VOICE,
    )
    desk.press(Qt.Key.Key_F4)
    assert desk.services.retried_embedded == 1
    assert all(settings.model == FREE for settings in desk.services.applied)


def test_what_failed_is_spoken_with_the_model_that_was_chosen(open_desk: Callable[..., Desk]) -> None:
    desk = open_desk(voice=FISH, model=FREE, today=lambda: AFTER)
    desk.type("Hello.\n")
    desk.reader.fail(ModelUnavailable("It may cost."))
    desk.look()
    press(desk, PAID)
    assert desk.services.applied[-1].model == "s2.1-pro"
    assert desk.reader.calls == ["speak", "retry"]


@pytest.mark.parametrize("way", ["banner", "list"])
def test_a_long_text_that_was_free_asks_for_its_price_before_it_is_tried_again(
    open_desk: Callable[..., Desk], way: str
) -> None:
    """It had been given to a model that cost nothing, so nobody had asked."""
    desk = open_desk(voice=FISH, model=FREE, today=lambda: BEFORE, cost_limit=0.01)
    desk.editor.set_text("word " * 1000)
    desk.press(Qt.Key.Key_Return)
    desk.reader.fail(PaymentRequired("No credit."))
    desk.look()
    if way == "banner":
        press(desk, PAID)
    else:
        desk.window.voice_bar.model.setCurrentIndex(desk.window.voice_bar.model.findData("s2.1-pro"))
        desk.window.voice_bar.model.activated.emit(desk.window.voice_bar.model.currentIndex())
        desk.press(Qt.Key.Key_F5)
    assert desk.reader.calls == ["speak"]
    (box,) = desk.window.findChildren(QMessageBox)
    assert "s2.1-pro costs about $0.07" in box.text()
    box.buttons()[0].click()
    assert desk.reader.calls == ["speak", "retry"]


@pytest.mark.parametrize(
    ("model", "day", "offers"),
    [
        (FREE, BEFORE, {PAID}),
        (FREE, AFTER, {PAID}),
        ("s2.1-pro", BEFORE, {f"Use {FREE} (free)"}),
        ("s2.1-pro", AFTER, set()),
        ("drama-3-preview", BEFORE, {f"Use {FREE} (free)", PAID}),
    ],
)
def test_a_refused_model_offers_others(
    open_desk: Callable[..., Desk], model: str, day: date, offers: set[str]
) -> None:
    desk = open_desk(voice=FISH, model=model, model_agreed=model, today=lambda: day)
    desk.type("Hello.\n")
    desk.reader.fail(PaymentRequired("No credit."))
    desk.look()
    assert {label for label in desk.banner.labels() if label.startswith(("Use", "Go on"))} == offers


def test_a_model_of_the_list_is_chosen_with_its_price_in_sight(open_desk: Callable[..., Desk]) -> None:
    desk = open_desk(voice=FISH, model="s2.1-pro", today=lambda: NEXT_YEAR)
    model = desk.window.voice_bar.model
    listed = [model.itemText(index) for index in range(model.count())]
    assert listed[0] == f"{FREE} — up to 1.5 ¢ a thousand letters"
    assert not any("s1 " in words for words in listed)
    desk.window.voice_bar.model.setCurrentIndex(0)
    desk.window.voice_bar.model.activated.emit(0)
    settings: Settings = desk.services.applied[-1]
    assert (settings.model, settings.model_agreed) == (FREE, FREE)
    assert desk.banner.text() == ""


def test_what_may_cost_is_counted_as_if_it_did(open_desk: Callable[..., Desk]) -> None:
    desk = open_desk(voice=FISH, model=FREE, model_agreed=FREE, today=lambda: AFTER, cost_limit=0.01)
    desk.editor.set_text("word " * 1000)
    desk.press(Qt.Key.Key_Return)
    assert desk.reader.calls == []
    assert len(desk.window.findChildren(QMessageBox)) == 1
