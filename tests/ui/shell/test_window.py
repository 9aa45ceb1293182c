"""The window around the text: failures and remedies, prices, settings, the draft on disk, names."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from time import monotonic, perf_counter
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLabel, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from fishcaption.core.errors import (
    AudioDeviceError,
    ConnectionLost,
    InputError,
    PaymentRequired,
    StorageError,
    Unauthorized,
)
from fishcaption.core.speech import PlayerState, Snapshot, State
from fishcaption.store.journal import Journal
from fishcaption.store.settings import OutputDevice, Settings
from fishcaption.ui.shell.window import Window
from fishcaption.ui.speak.workspace import SpeakWorkspace
from fishcaption.ui.widgets import controls
from fishcaption.ui.widgets.state_words import state_words
from tests.ui.conftest import Desk
from tests.ui.fakes import FISH, HIBARI, FakeReader, FakeServices

GONE = ConnectionLost("Fish Audio cannot be reached.", hint="Your text is kept. Check the network.")


def failing(desk: Desk, error: Exception = GONE) -> Desk:
    desk.type("Hello there.\n")
    desk.reader.hear(3)
    desk.reader.fail(error)  # type: ignore[arg-type]  # an error of our tree
    desk.look()
    return desk


# -- failures ----------------------------------------------------------------------------------------------


def test_a_failure_is_told_with_what_to_do_and_the_text_stays(open_desk: Callable[..., Desk]) -> None:
    desk = failing(open_desk(voice=FISH))
    assert desk.banner.text() == f"{GONE} {GONE.hint}"
    assert [label.partition(" (")[0] for label in desk.banner.labels()] == [
        "Speak it with the voice on this computer",
        "Try again",
    ]
    assert desk.transcript.text() == "Hello there."
    assert desk.services.retried_embedded == 0


def test_one_key_speaks_it_with_the_voice_on_this_computer(open_desk: Callable[..., Desk]) -> None:
    desk = failing(open_desk(voice=FISH))
    desk.press(Qt.Key.Key_F4)
    desk.look()
    assert desk.services.retried_embedded == 1
    assert desk.banner.text() == ""
    assert desk.reader.at_ear.text == "Hello there."
    assert desk.window.settings.voice == FISH


def test_one_key_tries_again(open_desk: Callable[..., Desk]) -> None:
    desk = failing(open_desk(voice=FISH))
    desk.press(Qt.Key.Key_F5)
    desk.look()
    assert desk.reader.calls[-1] == "retry"
    assert desk.banner.text() == ""


def test_the_keys_of_the_banner_do_nothing_without_one(desk: Desk) -> None:
    desk.press(Qt.Key.Key_F4)
    desk.press(Qt.Key.Key_F5)
    assert desk.reader.calls == []
    assert desk.services.retried_embedded == 0


def test_where_the_embedded_voice_failed_it_is_not_offered(desk: Desk) -> None:
    failing(desk)
    assert [label.partition(" (")[0] for label in desk.banner.labels()] == ["Try again"]


@pytest.mark.parametrize("error", [Unauthorized("The key is wrong."), PaymentRequired("There is no credit.")])
def test_a_wrong_key_can_be_mended_from_the_banner(
    open_desk: Callable[..., Desk], error: Exception, qtbot: QtBot
) -> None:
    desk = failing(open_desk(voice=FISH), error)
    assert desk.banner.labels()[-1] == "Enter a key…"


def test_a_message_can_be_hidden_until_there_is_another(open_desk: Callable[..., Desk]) -> None:
    desk = failing(open_desk(voice=FISH))
    desk.banner._close.click()
    desk.look()
    assert desk.banner.text() == ""
    desk.press(Qt.Key.Key_F5)
    desk.reader.fail(ConnectionLost("It broke again."))
    desk.look()
    assert desk.banner.text() == "It broke again."


def test_without_a_sound_device_the_window_says_so_and_works(desk: Desk) -> None:
    error = AudioDeviceError("There is no sound device.", hint="Plug one in; captions run meanwhile.")
    desk.reader.player = PlayerState("", False, error)
    desk.look()
    assert "no sound device" in desk.banner.text()
    desk.type("Hello.\n")
    desk.reader.hear(0)
    desk.look()
    assert desk.lit(desk.transcript) == ["Hello."]
    desk.reader.player = PlayerState("speakers", True, None)
    desk.look()
    assert desk.banner.text() == ""


def test_what_was_mended_in_the_settings_is_told_once(qtbot: QtBot, journal: Journal) -> None:
    window = Window(
        FakeReader(),
        FakeServices(),
        journal,
        notices=["The setting “theme” is the default again."],
    )
    qtbot.addWidget(window)
    assert "theme" in window.banner.text()


def test_what_happens_is_announced(open_desk: Callable[..., Desk], monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[tuple[str, bool]] = []

    def record(_widget: QWidget, text: str, *, urgent: bool = False) -> None:
        said.append((text, urgent))

    monkeypatch.setattr(controls, "announce", record)
    desk = open_desk(voice=FISH)
    desk.type("Hello there you.\n")
    desk.look()
    for point in (0, 6, 12):
        desk.reader.hear(point)
        desk.look()
    desk.reader.fail(GONE)
    desk.look()
    texts = [text for text, _ in said]
    assert texts.index("Connecting to Fish Audio…") < texts.index("Speaking: Energetic, Fish Audio.")
    assert texts.count("Speaking: Energetic, Fish Audio.") == 1, "the state is said, not every word"
    assert (f"{GONE} {GONE.hint}", True) in said


def test_announcing_is_something_that_qt_takes(desk: Desk) -> None:
    controls.announce(desk.window, "Hello", urgent=True)


@pytest.mark.parametrize("state", State)
def test_every_state_has_its_words(state: State) -> None:
    def tr(text: str) -> str:
        return text

    for voice in (HIBARI, FISH, None):
        snapshot = Snapshot(state, voice, None, (), 0.0, None, PlayerState("", False, None))
        assert state_words(snapshot, tr)
        if state is State.SPEAKING and voice is not None:
            assert voice.name in state_words(snapshot, tr)


# -- the price ---------------------------------------------------------------------------------------------


def price_box(desk: Desk) -> QMessageBox | None:
    boxes = [box for box in desk.window.findChildren(QMessageBox) if box.isVisible()]
    return boxes[0] if boxes else None


@pytest.fixture
def paid(open_desk: Callable[..., Desk]) -> Desk:
    return open_desk(voice=FISH, model="s2.1-pro", cost_limit=0.01)


def test_an_expensive_text_asks_first_and_no_leaves_it(paid: Desk) -> None:
    paid.editor.set_text("word " * 1000)
    paid.press(Qt.Key.Key_Return)
    box = price_box(paid)
    assert box is not None
    assert "$0.07" in box.text()
    assert paid.reader.calls == []
    paid.press(Qt.Key.Key_Return)
    assert paid.reader.calls == [], "the safe answer is the default"
    assert paid.editor.text() == "word " * 1000
    QTest.qWait(1)
    paid.editor._entered_at = None
    paid.window.transport.speak.click()
    box = price_box(paid)
    assert box is not None
    box.buttons()[0].click()
    assert paid.reader.calls == ["speak"]


def test_a_cheap_or_free_text_does_not_ask(open_desk: Callable[..., Desk], paid: Desk) -> None:
    paid.type("Hello.\n")
    assert paid.reader.calls == ["speak"]


@pytest.mark.parametrize(
    ("voice", "model"), [(FISH, "s2.1-pro-free"), (HIBARI, "s2.1-pro"), (FISH, "no-such")]
)
def test_what_is_free_does_not_ask(open_desk: Callable[..., Desk], voice: Any, model: str) -> None:
    desk = open_desk(voice=voice, model=model, cost_limit=0.0)
    desk.editor.set_text("word " * 1000)
    desk.press(Qt.Key.Key_Return)
    assert desk.reader.calls == ["speak"]


def test_typed_live_an_expensive_paste_waits_for_the_answer(open_desk: Callable[..., Desk]) -> None:
    desk = open_desk(voice=FISH, model="s2.1-pro", cost_limit=0.01, speak_mode="type")
    desk.type("Hi ")
    desk.paste("word " * 1000)
    assert desk.reader.at_ear.text == "Hi "
    box = price_box(desk)
    assert box is not None
    box.buttons()[0].click()
    assert desk.reader.at_ear.text == "Hi " + "word " * 1000
    desk.type("more")
    assert desk.reader.at_ear.text == "Hi " + "word " * 1000 + "more"
    assert price_box(desk) is None


def test_the_model_and_its_price_are_in_sight_with_a_fish_voice(open_desk: Callable[..., Desk]) -> None:
    desk = open_desk(voice=FISH)
    assert desk.window.voice_bar.model.isVisible()
    assert desk.window.voice_bar.model.currentText() == "s2.1-pro-free — free"
    desk.window.voice_bar.model.setCurrentIndex(1)
    desk.window.voice_bar.model.activated.emit(1)
    assert desk.services.applied[-1].model == "s2.1-pro"
    assert "1.5 ¢" in desk.window.voice_bar.model.currentText()


def test_with_an_embedded_voice_no_model_is_in_the_way(desk: Desk) -> None:
    assert not desk.window.voice_bar.model.isVisible()


# -- settings ----------------------------------------------------------------------------------------------


def test_volume_and_speed_are_applied_at_once(desk: Desk) -> None:
    desk.window.voice_bar.sound.volume.setValue(150)
    assert desk.services.applied[-1].volume == 1.5
    desk.window.voice_bar.sound.speed.setValue(1.7)
    assert desk.services.applied[-1].speed == 1.7
    assert desk.services.applied[-1].volume == 1.5


def test_devices_are_asked_for_when_the_list_is_opened(desk: Desk) -> None:
    box = desk.window.voice_bar.sound.device
    assert box.currentText() == "The system's sound device"
    box.showPopup()
    headset = OutputDevice("Headset", "ALSA")
    desk.services.answer("devices", (headset, OutputDevice("HDMI", "ALSA")))
    box.hidePopup()
    assert [box.itemText(row) for row in range(box.count())][1:] == ["Headset (ALSA)", "HDMI (ALSA)"]
    box.setCurrentIndex(1)
    box.activated.emit(1)
    assert desk.services.applied[-1].device == headset
    assert box.currentText() == "Headset (ALSA)"


def test_a_chosen_device_that_is_away_stays_chosen(open_desk: Callable[..., Desk]) -> None:
    headset = OutputDevice("Headset", "ALSA")
    desk = open_desk(device=headset)
    assert desk.window.voice_bar.sound.device.currentText() == "Headset (ALSA)"
    desk.window.voice_bar.sound.device.opened.emit()
    desk.services.answer("devices", ())
    assert desk.window.voice_bar.sound.device.currentData() == headset


def test_text_size_has_buttons_and_keys(desk: Desk) -> None:
    before = desk.editor.font().pointSizeF()
    desk.window.voice_bar.sound.larger.click()
    desk.press(Qt.Key.Key_Equal, Qt.KeyboardModifier.ControlModifier)
    assert desk.window.settings.text_size == 120
    assert desk.editor.font().pointSizeF() == pytest.approx(1.2 * before)
    assert desk.editor.document().defaultFont().pointSizeF() == pytest.approx(1.2 * before)
    desk.press(Qt.Key.Key_0, Qt.KeyboardModifier.ControlModifier)
    assert desk.editor.font().pointSizeF() == pytest.approx(before)


def test_settings_from_elsewhere_are_shown_and_not_changed_again(desk: Desk) -> None:
    given = Settings(voice=FISH, volume=0.5, speak_mode="type", theme="dark")
    desk.services.settings.replace(given)
    assert desk.services.applied == [given]
    assert desk.window.voice_bar.sound.volume.value() == 50
    assert desk.mode.buttons["type"].isChecked()
    assert "Energetic" in desk.window.voice_bar.voice.text()


@pytest.mark.parametrize("theme", ["light", "dark", "high-contrast", "system"])
@pytest.mark.parametrize("size", [100, 200])
def test_at_every_size_and_theme_nothing_is_cut(
    open_desk: Callable[..., Desk], theme: str, size: int
) -> None:
    desk = open_desk(theme=theme, text_size=size, voice=FISH, speak_mode="type")
    desk.window.resize(800, 600)
    QTest.qWait(20)
    body = desk.window.centralWidget()
    assert body is not None
    assert desk.window.width() <= 800
    for widget in body.findChildren(QAbstractButton):
        if widget.isVisible():
            assert widget.width() >= widget.sizeHint().width(), widget.text()
            box = widget.rect().translated(widget.mapTo(body, widget.rect().topLeft()))
            assert body.rect().contains(box), widget.text()
    for view in (desk.editor, desk.transcript):
        assert view.height() >= view.minimumHeight()


def test_the_targets_that_matter_are_large_enough(desk: Desk) -> None:
    for button in (
        desk.window.transport.speak,
        desk.window.transport.stop,
        desk.window.transport.pause,
        desk.window.transport.repeat,
    ):
        assert button.height() >= 44
        assert button.width() >= 44


# -- the draft ---------------------------------------------------------------------------------------------


def test_the_draft_is_on_disk_within_250_ms_of_the_last_key(desk: Desk, tmp_path: Path, qtbot: QtBot) -> None:
    path = tmp_path / "draft.txt"
    typed, took = "", []
    for word in ("Hello ", "👋 ", "there ", "you ", "all"):  # the best of five: the machine may be busy
        desk.type(word)
        typed += word
        began = perf_counter()
        # called at once, before `typed` changes
        qtbot.waitUntil(lambda: path.exists() and path.read_text("utf-8") == typed, timeout=5000)  # noqa: B023
        took.append(perf_counter() - began)
    assert min(took) < 0.25
    desk.press(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: path.read_text("utf-8") == "", timeout=5000)


def test_while_keys_go_on_the_draft_is_on_disk_every_second(desk: Desk, tmp_path: Path, qtbot: QtBot) -> None:
    path = tmp_path / "draft.txt"
    began = monotonic()
    while not path.exists():
        desk.type("x")
        QTest.qWait(20)
        assert monotonic() - began < 3
    assert path.read_text("utf-8").startswith("x")


def test_a_full_disk_is_told_and_the_text_stays(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    def full(_path: Path, _content: bytes) -> None:
        raise StorageError("The disk is full: draft.txt could not be saved.", hint="Free some space.")

    monkeypatch.setattr("fishcaption.store.journal.write_whole", full)
    desk.type("Hello")
    qtbot.waitUntil(lambda: "disk is full" in desk.banner.text(), timeout=5000)
    assert desk.editor.text() == "Hello"


CHILD = """
import sys
from pathlib import Path
from PySide6.QtCore import QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from fishcaption.store.journal import Journal
from fishcaption.ui.shell.window import Window
from fishcaption.ui.speak.workspace import SpeakWorkspace
from tests.ui.fakes import FakeReader, FakeServices
app = QApplication([])
journal = Journal(Path(sys.argv[1]))
window = Window(FakeReader(), FakeServices(), journal)
window.show()
QTest.qWaitForWindowActive(window)
QTest.keyClicks(window.workspace.editor, "not yet spoken")
def look():
    if journal.restore() == "not yet spoken":
        print("typed", flush=True)
timer = QTimer()
timer.timeout.connect(look)
timer.start(10)
app.exec()
"""


def test_after_kill_9_the_draft_is_back(qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "draft.txt"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(
        [sys.executable, "-c", CHILD, str(path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"typed\n"
        child.send_signal(getattr(signal, "SIGKILL", signal.SIGTERM))
    window = Window(FakeReader(), FakeServices(), Journal(path))
    qtbot.addWidget(window)
    workspace = window.workspace
    assert isinstance(workspace, SpeakWorkspace)
    assert workspace.editor.text() == "not yet spoken"
    assert "back" in window._status_line.text()
    workspace.composer.speak()
    assert workspace.transcript.text() == "not yet spoken"


def test_closing_while_speaking_keeps_the_draft_and_says_so_once(
    desk: Desk, qtbot: QtBot, tmp_path: Path
) -> None:
    desk.type("One two.\n")
    desk.reader.hear(2)
    desk.type("draft")
    closed: list[bool] = []
    desk.window.closed.connect(lambda: closed.append(True))
    desk.window.close()
    desk.window.close()
    assert closed == [True]
    assert (tmp_path / "draft.txt").read_text("utf-8") == "draft"
    assert desk.services.applied[-1].window_geometry
    assert len(desk.services.applied[-1].window_split) == 2
    looks = desk.reader.looks
    desk.reader.changed()
    QTest.qWait(40)
    assert desk.reader.looks == looks


@pytest.mark.parametrize("failing", ["settings", "journal", "held", "features"])
def test_it_closes_whatever_fails_before(
    open_desk: Callable[..., Desk], monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    desk = open_desk()
    window = desk.window
    desk.type("draft")

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("a bug")

    broken, name = {
        "settings": (desk.services.settings, "change"),
        "journal": (desk.journal, "flush"),
        "held": (desk.held, "leave"),
        "features": (window.features, "leave"),
    }[failing]
    real = getattr(broken, name)
    monkeypatch.setattr(broken, name, fail)
    if failing == "journal":
        monkeypatch.setattr(desk.journal, "close", fail)
    closed: list[bool] = []
    window.closed.connect(lambda: closed.append(True))
    with pytest.raises(RuntimeError, match="a bug"):
        window.close()
    assert closed == [True]
    assert not window.isVisible()
    monkeypatch.undo()
    if name == "leave":
        real()
    elif failing == "journal":
        desk.journal.close()
    assert desk.journal.restore() == "draft"


def test_what_is_wrong_with_files_is_told_until_it_is_dismissed(desk: Desk) -> None:
    for number in range(6):
        desk.window.tell(StorageError(f"File {number} is broken."))
    desk.window.tell(StorageError("File 1 is broken."))
    assert desk.banner.text() == "File 0 is broken. File 1 is broken. File 2 is broken. File 3 is broken."
    desk.type("Hello.\n")
    assert "File 0" in desk.banner.text(), "it was not seen, because something is said"
    desk.banner._close.click()
    assert desk.banner.text() == "File 4 is broken. File 5 is broken."
    desk.banner._close.click()
    assert desk.banner.text() == ""
    desk.window.tell(StorageError("File 0 is broken again."))
    assert desk.banner.text() == "File 0 is broken again."


def test_what_is_dismissed_hides_nothing_else_and_does_not_come_back(desk: Desk) -> None:
    desk.reader.player = PlayerState("", False, AudioDeviceError("No sound."))
    desk.type("Hello.\n")
    desk.reader.fail(ConnectionLost("The line is gone."))
    desk.window.tell(StorageError("A file is broken."))
    desk.window.tell(InputError("A key is wrong."))
    told = []
    for _ in range(6):
        desk.look()
        told.append(desk.banner.text())
        desk.banner._close.click()
    assert told == ["The line is gone.", "A key is wrong.", "A file is broken.", "No sound.", "", ""]


def test_the_window_stands_where_it_stood(
    open_desk: Callable[..., Desk], qtbot: QtBot, tmp_path: Path
) -> None:
    desk = open_desk()
    desk.window.resize(700, 555)
    desk.window.close()
    settings = desk.services.applied[-1]
    window = Window(FakeReader(), FakeServices(None, settings), Journal(tmp_path / "other.txt"))
    qtbot.addWidget(window)
    window.show()
    assert (window.width(), window.height()) == (700, 555)


def test_a_geometry_that_is_none_does_no_harm(open_desk: Callable[..., Desk]) -> None:
    desk = open_desk(window_geometry="é not base64", window_split=(1, 2, 3))
    assert desk.window.isVisible()


# -- accessibility -----------------------------------------------------------------------------------------


def test_every_control_has_a_name_and_can_be_reached_by_tab(open_desk: Callable[..., Desk]) -> None:
    desk = open_desk(voice=FISH, speak_mode="type")
    controls_seen = 0
    for widget in desk.window.findChildren(QWidget):
        if widget.isVisible() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
            interface = QAccessible.queryAccessibleInterface(widget)
            name = interface.text(QAccessible.Text.Name)
            if widget.parent() and isinstance(widget.parentWidget(), QComboBox):
                continue
            controls_seen += 1
            assert any(char.isalpha() for char in name), f"{widget} {name!r}"
    assert controls_seen >= 15


def test_tab_goes_from_the_text_to_what_is_done_with_it(desk: Desk) -> None:
    desk.type("Hello.\n")
    desk.reader.hear(0)
    desk.look()
    order = [
        desk.window.transport.speak,
        desk.window.transport.stop,
        desk.window.transport.pause,
        desk.window.transport.back,
    ]
    for widget in order:
        desk.press(Qt.Key.Key_Tab)
        assert QApplication.focusWidget() is widget


def test_pictures_have_words(desk: Desk) -> None:
    for label in desk.window.findChildren(QLabel):
        if label.isVisible() and not label.pixmap().isNull():
            assert label.accessibleName()
