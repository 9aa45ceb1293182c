"""The outlets' panel and its form: what is seen of an outlet, and what a form makes of its options."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit, QMessageBox, QPushButton

from fishcaption.captions.outlet import Light, OutletState
from fishcaption.captions.outlet_kind import Choice, OutletKind, OutletOption
from fishcaption.captions.outlets import outlet_kind
from fishcaption.core.audience import Layout, OutletConfig
from fishcaption.ui.present.outlets import dialog as outlet_dialog
from fishcaption.ui.present.outlets.address_dialog import AddressDialog, qr_pixmap
from fishcaption.ui.present.outlets.dialog import KindDialog, OutletDialog
from fishcaption.ui.present.outlets.panel import OutletsPanel, _Row
from fishcaption.ui.present.workspace import PresentWorkspace
from tests.ui.conftest import Desk
from tests.ui.present.fake_audience import FakeAudienceService

TAPE = OutletKind(
    "tape",
    "Paper tape",
    "Punches the captions into a tape.",
    "",
    "",
    (
        OutletOption("port", "Port", "Its name, such as COM3.", is_required=True),
        OutletOption("code", "Code", is_secret=True),
        OutletOption("rate", "Holes a second", shape="number", default="10", low=1, high=50),
        OutletOption("color", "Color", shape="choice", choices=(Choice("w", "White"), Choice("y", "Yellow"))),
        OutletOption("cut", "Cut at the end", shape="switch", default="yes"),
        OutletOption("head", "Head", shape="lines"),
        OutletOption("place", "Folder", shape="folder"),
    ),
    layout=Layout(32, 1),
    can_revise=False,
)


class Bench:
    """The panel of a window, and the form that is open."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        assert isinstance(desk.window.workspace, PresentWorkspace)
        self.panel: OutletsPanel = desk.window.workspace.show_panel.outlets

    @property
    def audience(self) -> FakeAudienceService:
        found = self.desk.services.audience_service
        assert isinstance(found, FakeAudienceService)
        return found

    def form(self) -> OutletDialog:
        return next(form for form in self.desk.window.findChildren(OutletDialog) if form.isVisible())

    def write(self, name: str, text: str) -> None:
        field = self.form().fields[name].findChild(QLineEdit)
        assert field is not None
        field.setText(text)

    def row(self, outlet: str) -> _Row:
        row = self.panel.row(outlet)
        assert isinstance(row, _Row)
        return row

    def seen(self, outlet: str) -> tuple[str, ...]:
        row = self.row(outlet)
        return row._sign.text(), row._name.text(), row._words.text(), row._last.text()


@pytest.fixture
def bench(open_desk: Callable[..., Desk], monkeypatch: pytest.MonkeyPatch) -> Bench:
    monkeypatch.setattr(outlet_dialog, "AUDIENCE_OUTLETS", (TAPE,))
    monkeypatch.setattr(outlet_dialog, "outlet_kind", {"tape": TAPE}.get)
    return Bench(open_desk(has_show=True, workspace="present"))


def added(bench: Bench) -> str:
    """Add an outlet as a user does; return its id."""
    bench.panel.add.click()
    (kinds,) = bench.desk.window.findChildren(KindDialog)
    assert kinds.list.item(0).text() == "Paper tape\nPunches the captions into a tape."
    kinds._go.click()
    bench.write("port", "COM3")
    bench.write("code", "sesame")
    bench.form()._on_save()
    (row,) = bench.audience.rows()
    return row.config.id


def test_an_outlet_is_added_by_its_form(bench: Bench) -> None:
    outlet = added(bench)
    (row,) = bench.audience.rows()
    assert row.config == OutletConfig(
        outlet,
        "tape",
        "Paper tape",
        is_on=True,
        layout=Layout(32, 1),
        options={"port": "COM3", "rate": "10", "color": "w", "cut": "yes", "head": "", "place": ""},
    )
    assert bench.audience.secrets == {outlet: {"code": "sesame"}}
    assert bench.seen(outlet)[:2] == ("◐ waiting", "Paper tape")


def test_a_secret_is_hidden_and_stays_as_it_is_where_nothing_is_typed(bench: Bench) -> None:
    outlet = added(bench)
    bench.row(outlet).set_up.click()
    field = bench.form().fields["code"].findChild(QLineEdit)
    assert field is not None
    assert field.echoMode() is QLineEdit.EchoMode.Password
    assert field.text() == ""
    bench.form().delay.setValue(3.0)
    bench.form()._on_save()
    assert bench.audience.rows()[0].config.delay_seconds == 3.0
    assert bench.audience.secrets == {outlet: {"code": "sesame"}}


@pytest.mark.parametrize(
    ("field", "text", "told"),
    [
        ("port", " ", "“Port” is empty. Its name, such as COM3."),
        ("rate", "51", "“Holes a second” must be a number from 1 to 50."),
    ],
)
def test_what_cannot_be_used_is_said_and_nothing_is_set_up(
    bench: Bench, field: str, text: str, told: str
) -> None:
    bench.panel.add.click()
    bench.desk.window.findChildren(KindDialog)[0]._go.click()
    bench.write("port", "COM3")
    bench.write(field, text)
    bench.form()._on_save()
    assert bench.form().told() == told
    assert bench.audience.rows() == ()


def test_it_is_removed_after_a_question(bench: Bench) -> None:
    outlet = added(bench)
    bench.row(outlet).set_up.click()
    bench.form()._on_remove()
    question = next(box for box in bench.desk.window.findChildren(QMessageBox) if box.isVisible())
    assert bench.audience.rows()
    next(button for button in question.buttons() if button.text() == "Remove").click()
    assert bench.audience.rows() == ()
    assert bench.audience.secrets == {}
    assert bench.panel._none.isVisible()


def test_a_kind_that_this_version_does_not_know_can_be_removed(bench: Bench) -> None:
    bench.audience.set_up(OutletConfig("x", "hologram", "Hologram"), {})
    bench.row("x").set_up.click()
    bench.form()._on_remove_agreed()
    assert bench.audience.rows() == ()


@pytest.mark.parametrize(
    ("state", "seen"),
    [
        (OutletState(Light.ON, "Two readers.", "and so on"), ("● on", "Two readers.", "and so on")),
        (
            OutletState(Light.TROUBLE, "The tape is torn. Mend it.", "last\nline", 2.34),
            ("▲ trouble", "The tape is torn. Mend it.", "2.3 s late: last line"),
        ),
        (OutletState(Light.OFF, ""), ("○ off", "", "")),
        (OutletState(Light.ON, "<b>bold</b>", "x" * 5000), ("● on", "<b>bold</b>", "x" * 200)),
    ],
)
def test_the_row_shows_light_words_last_line_and_lag(
    bench: Bench, state: OutletState, seen: tuple[str, str, str]
) -> None:
    outlet = added(bench)
    bench.audience.tell(outlet, state)
    sign, _, words, last = bench.seen(outlet)
    assert (sign, words, last) == seen


def test_the_address_is_shown_as_a_code_and_copied(bench: Bench) -> None:
    outlet = added(bench)
    assert not bench.row(outlet).address.isVisible()
    address = "http://192.0.2.7:8765/?key=sesame"
    bench.audience.tell(outlet, OutletState(Light.ON, "", address=address, operator_address=address + "!"))
    bench.row(outlet).address.click()
    (dialog,) = bench.desk.window.findChildren(AddressDialog)
    fields = [field.text() for field in dialog.findChildren(QLineEdit)]
    assert fields == [address, address + "!"]
    copies = [button for button in dialog.findChildren(QPushButton) if button.text() == "Copy"]
    copies[1].click()
    assert QApplication.clipboard().text() == address + "!"
    assert dialog.told() == "The address was copied."


def test_the_code_is_black_on_white_and_there_is_none_for_too_long_an_address(
    qapp: QApplication,
) -> None:
    pixmap = qr_pixmap("http://192.0.2.7:8765/?key=sesame", 330)
    assert pixmap is not None
    image = pixmap.toImage()
    assert image.pixelColor(2, 2).name() == "#ffffff"
    dark = sum(image.pixelColor(x, y).lightness() < 50 for x in range(0, 330, 3) for y in range(0, 330, 3))
    assert 0.2 < dark / 110**2 < 0.6
    assert qr_pixmap("http://192.0.2.7/" + "x" * 1000, 330) is None


def test_it_is_switched_on_and_off_while_running(bench: Bench) -> None:
    outlet = added(bench)
    switch = bench.row(outlet).switch
    assert (switch.text(), switch.isChecked()) == ("On", True)
    switch.click()
    assert not bench.audience.rows()[0].config.is_on
    assert (switch.text(), switch.isChecked()) == ("Off", False)
    switch.click()
    assert bench.audience.rows()[0].config.is_on


def test_rows_stand_in_the_order_of_the_outlets(bench: Bench) -> None:
    for name in "abc":
        bench.audience.set_up(OutletConfig(name, "tape", name.upper()), {})
    bench.audience.remove("a")
    bench.audience.set_up(OutletConfig("d", "tape", "D"), {})
    rows = [bench.panel._column.indexOf(bench.panel.row(name)) for name in "bcd"]
    assert rows == sorted(rows)


def test_one_line_has_the_lights_of_all_outlets(bench: Bench) -> None:
    workspace = bench.desk.window.workspace
    assert isinstance(workspace, PresentWorkspace)
    lights = workspace.show_panel.lights
    assert not lights.isVisible()
    for name in ("a", "b", "c", "d", "e"):
        bench.audience.set_up(OutletConfig(name, "tape", f"Tape {name}", is_on=True), {})
    assert lights.isVisible()
    assert lights.text() == "◐\N{NO-BREAK SPACE}Waiting: Tape a, Tape b, Tape c, …"
    for name in ("a", "b"):
        bench.audience.tell(name, OutletState(Light.ON, "It punches."))
    bench.audience.tell("c", OutletState(Light.TROUBLE, "It is torn. Mend it."))
    bench.audience.switch("d", is_on=False)
    told = "▲ Trouble: Tape c   ◐ Waiting: Tape e   ● Outlets on: 2"
    assert lights.text().replace("\N{NO-BREAK SPACE}", " ") == told
    for name in ("a", "b", "c", "e"):
        bench.audience.switch(name, is_on=False)
    assert not lights.isVisible()


@pytest.mark.parametrize("text_size", [100, 200])
def test_the_form_shows_how_captions_come_in_full(
    open_desk: Callable[..., Desk], monkeypatch: pytest.MonkeyPatch, text_size: int
) -> None:
    monkeypatch.setattr(outlet_dialog, "AUDIENCE_OUTLETS", (TAPE,))
    bench = Bench(open_desk(has_show=True, workspace="present", text_size=text_size))
    bench.panel.add.click()
    (kinds,) = bench.desk.window.findChildren(KindDialog)
    kinds._go.click()
    mode = bench.form().mode
    longest = max(mode.fontMetrics().horizontalAdvance(mode.itemText(row)) for row in range(mode.count()))
    assert mode.width() > longest


def test_how_captions_come_is_chosen_where_the_outlet_can_change_what_it_has_sent(bench: Bench) -> None:
    kind = outlet_kind("http")
    assert kind is not None
    form = OutletDialog(kind, kind.new("own"), bench.desk.window, is_new=True)
    assert not form.mode.isEnabled()
    choice = form.fields["what"].findChild(QComboBox)
    assert choice is not None
    choice.setCurrentIndex(choice.findData("newest"))
    assert form.mode.isEnabled()
    assert form._cannot_revise.isHidden()
    form.close()
