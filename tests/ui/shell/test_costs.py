"""Limits for spending: told in the banner, asked before a text, shown with the credit."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from PySide6.QtWidgets import QMessageBox

from fishcaption.core.errors import ConnectionLost, LimitReached, PaymentRequired
from fishcaption.ui.account_ports import CreditReport, SpendingReport, SpentRow, WebPlan
from fishcaption.ui.voices.costs import CostsDialog
from tests.ui.conftest import Desk
from tests.ui.fakes import FISH
from tests.ui.shell.test_models import press

DAY = date(2026, 12, 1)
REACHED = LimitReached("Your limit of $1.00 for today is reached.", hint="A free model costs nothing.")
CREDIT = CreditReport(-0.36, WebPlan("plus", 250_000), datetime(2026, 12, 1, 14, 5))
LOCAL = "Speak it with the voice on this computer (F4)"


def paid(open_desk: Callable[..., Desk]) -> Desk:
    return open_desk(voice=FISH, model="s2.1-pro", today=lambda: DAY)


def test_a_limit_that_is_reached_offers_to_go_on_today(open_desk: Callable[..., Desk]) -> None:
    desk = paid(open_desk)
    desk.type("Hello.\n")
    desk.services.limit_reached = REACHED
    desk.reader.fail(REACHED)
    desk.look()
    assert "$1.00 for today" in desk.banner.text()
    assert desk.banner.labels() == (LOCAL, "Go on today", "Costs…")
    press(desk, "Go on today")
    assert desk.services.limit(0.0) is None
    assert desk.reader.calls[-1] == "retry"


def test_a_limit_that_stops_offers_only_what_costs_nothing(open_desk: Callable[..., Desk]) -> None:
    desk = paid(open_desk)
    desk.services.settings.change(at_limit="stop")
    desk.type("Hello.\n")
    desk.reader.fail(REACHED)
    desk.look()
    assert desk.banner.labels() == (LOCAL, "Costs…")


def test_a_text_over_the_limit_asks_before_it_is_spoken(open_desk: Callable[..., Desk]) -> None:
    desk = paid(open_desk)
    desk.services.limit_reached = REACHED
    desk.type("Hello.\n")
    assert desk.reader.calls == []
    box = desk.window.findChild(QMessageBox)
    assert isinstance(box, QMessageBox)
    assert "$1.00 for today" in box.text()
    next(button for button in box.buttons() if button.text() == "Speak it").click()
    assert desk.reader.calls == ["speak"]
    assert desk.services.limit_reached is None


def test_a_text_over_a_limit_that_stops_stays_in_the_editor_and_says_why(
    open_desk: Callable[..., Desk],
) -> None:
    desk = paid(open_desk)
    desk.services.settings.change(at_limit="stop")
    desk.services.limit_reached = REACHED
    desk.type("Hello.\n")
    assert desk.reader.calls == []
    assert desk.editor.text().strip() == "Hello."
    assert "$1.00 for today" in desk.banner.text()


def test_a_payment_that_is_missing_is_told_with_both_figures(open_desk: Callable[..., Desk]) -> None:
    desk = paid(open_desk)
    desk.type("Hello.\n")
    desk.reader.fail(PaymentRequired("There is no API credit.", hint="Buy some."))
    desk.look()
    assert desk.services.pending("credit") == [()]
    desk.services.answer("credit", CREDIT)
    assert "API credit: −$0.36" in desk.banner.text()
    assert "Web plan: plus" in desk.banner.text()
    assert desk.services.pending("credit") == [], "asked once"


def test_the_costs_show_the_credit_the_spending_and_the_limits(open_desk: Callable[..., Desk]) -> None:
    desk = paid(open_desk)
    desk.services.settings.change(day_limit=1.0)
    desk.window.commands.run("window.costs")
    dialog = desk.window.findChild(CostsDialog)
    assert isinstance(dialog, CostsDialog)
    desk.services.answer("credit", CREDIT)
    row = SpentRow(DAY, "s2.1-pro", "Home", 12_000, 0.18)
    desk.services.answer("report", SpendingReport(0.18, 3.4, (row, row._replace(key_name=""))))
    for words in ("−$0.36, asked at 14:05", "$0.18 today, $3.40 this month", "$1.00 a day", "you are asked"):
        assert words in dialog.words()
    assert [cells[1:] for cells in dialog.rows()] == [
        ("s2.1-pro", "Home", "12,000", "$0.18"),
        ("s2.1-pro", "", "12,000", "$0.18"),
    ]
    dialog._ask_credit()
    desk.services.answer("credit", ConnectionLost("No answer.", hint="Check the network."))
    assert "No answer. Check the network." in dialog.words()
