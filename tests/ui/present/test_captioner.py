"""Captions only: what is typed is shown to the audience by the mode, and nothing is spoken."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt

from fishcaption.captions.display import Display
from fishcaption.core.audience import TWO_LINES, OutletConfig
from fishcaption.core.speech import Fate
from fishcaption.ui.present.captioner import Captioner, due
from tests.ui.conftest import Desk
from tests.ui.present.fake_audience import FakeAudienceService
from tests.ui.present.fake_script import FakeScript, script

CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
ALT = Qt.KeyboardModifier.AltModifier


class Booth:
    """A window in which somebody types captions, and an outlet."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.seen: list[str] = []
        self.audience.audience.subscribe(TWO_LINES, self._on_display)
        self.seen.clear()
        desk.press(Qt.Key.Key_L, CTRL | SHIFT)

    @property
    def audience(self) -> FakeAudienceService:
        found = self.desk.services.audience_service
        assert isinstance(found, FakeAudienceService)
        return found

    @property
    def captioner(self) -> Captioner:
        return self.desk._feature(Captioner)

    def _on_display(self, display: Display) -> None:
        self.seen.append(" ".join(display.cue.lines) if display.cue is not None else "")


@pytest.fixture
def open_booth(open_desk: Callable[..., Desk]) -> Callable[..., Booth]:
    return lambda **changes: Booth(open_desk(has_show=True, **changes))


@pytest.mark.parametrize(
    ("mode", "typed", "shown"),
    [
        ("enter", "Hello there. How", ""),
        ("sentence", "Hello", ""),
        ("sentence", "Hello there. How", "Hello there."),
        ("sentence", "Hello there. How are you? ", "Hello there. How are you?"),
        ("sentence", "It costs 3.5 euros", ""),
        ("word", "Hello the", "Hello"),
        ("word", "Hel", ""),
        ("type", "Hello the", "Hello the"),
    ],
)
def test_how_much_is_shown_before_enter(mode: str, typed: str, shown: str) -> None:
    assert due(typed, mode, "en") == shown  # type: ignore[arg-type]  # they are modes


def test_on_enter_the_text_is_shown_and_nothing_is_spoken(open_booth: Callable[..., Booth]) -> None:
    booth = open_booth()
    booth.desk.type("Good evening")
    assert booth.seen == []
    booth.desk.type("\n")
    assert booth.seen == ["Good evening"]
    assert booth.desk.editor.text() == ""
    assert "Good evening" in booth.desk.transcript.toPlainText()
    assert [entry.fate for entry in booth.desk.transcript._entries.values()] == [Fate.SHOWN]
    booth.desk.type("everybody.\n")
    assert booth.seen[-1] == "everybody."
    assert "speak" not in booth.desk.reader.calls
    assert "begin_live" not in booth.desk.reader.calls


def test_as_it_is_typed_with_corrections(open_booth: Callable[..., Booth]) -> None:
    booth = open_booth(speak_mode="type")
    booth.desk.type("Helo")
    for _ in range(2):
        booth.desk.press(Qt.Key.Key_Backspace)
    booth.desk.type("llo")
    assert booth.seen == ["H", "He", "Hel", "Helo", "Hel", "He", "Hel", "Hell", "Hello"]
    booth.desk.type("\nNext")
    assert booth.seen[-1] == "Next"
    assert booth.desk.reader.calls == []


def test_by_the_sentence(open_booth: Callable[..., Booth]) -> None:
    booth = open_booth(speak_mode="sentence")
    booth.desk.type("One two. Three")
    assert booth.seen == ["One two."]
    booth.desk.type(" four")
    booth.desk.type("\n")
    assert booth.seen == ["One two.", "One two. Three four"]


def test_the_voice_speaks_again_when_it_is_switched_off(open_booth: Callable[..., Booth]) -> None:
    booth = open_booth()
    assert booth.captioner.switch.isChecked()
    assert booth.desk.window.transport.speak.text() == "Show"
    assert booth.desk.status.startswith("Captions only")
    booth.captioner.switch.click()
    assert not booth.captioner.switch.isChecked()
    assert booth.desk.window.transport.speak.text() == "Speak"
    booth.desk.type("Hello.\n")
    assert booth.desk.reader.at_ear.text == "Hello."


def test_it_is_off_at_every_start_and_kept_nowhere(open_desk: Callable[..., Desk]) -> None:
    """Nobody who speaks with this program is mute because of what was switched on last week."""
    desk = open_desk(has_show=True)
    assert not desk._feature(Captioner).is_on()
    before = desk.services.settings.current
    desk.window.commands.run("captions.only")
    assert desk._feature(Captioner).is_on()
    assert desk.services.settings.current == before


def test_what_was_being_spoken_is_spoken_to_its_end(open_desk: Callable[..., Desk]) -> None:
    desk = open_desk(has_show=True, speak_mode="word")
    desk.type("Hello the")
    assert desk.reader.calls == ["begin_live"]
    desk.press(Qt.Key.Key_L, CTRL | SHIFT)
    assert desk.reader.calls == ["begin_live", "finish_live"]
    desk.type("re")
    assert desk.reader.calls == ["begin_live", "finish_live"]


@pytest.mark.parametrize(("clears", "left"), [(True, ""), (False, "One two three.")])
def test_stop_ends_captions_without_sound(open_booth: Callable[..., Booth], clears: bool, left: str) -> None:
    booth = open_booth()
    booth.audience.audience.stop_clears = clears
    booth.desk.type("One two three.\n")
    assert booth.seen == ["One two three."]
    booth.desk.press(Qt.Key.Key_Escape)
    assert booth.seen[-1] == left
    assert not booth.captioner._later.is_pending()  # else Esc would never close a dialog again


def test_keys_for_what_is_written_again_and_again(open_booth: Callable[..., Booth]) -> None:
    booth = open_booth()
    booth.desk.press(Qt.Key.Key_1, CTRL | ALT)
    assert booth.desk.status.startswith("No such name yet")
    booth.desk.type("ANNA: Hello.\nBEN: Good evening.\nANNA: Yes.\n")
    assert list(booth.captioner._typed.names) == ["ANNA", "BEN"]
    booth.desk.press(Qt.Key.Key_2, CTRL | ALT)
    booth.desk.press(Qt.Key.Key_U, CTRL | SHIFT)
    assert booth.desk.editor.text() == "BEN: [applause] "


def test_the_scripts_speakers_are_offered_behind_the_names_that_were_written(
    open_booth: Callable[..., Booth],
) -> None:
    booth = open_booth()
    service = booth.desk.services.script_service
    assert isinstance(service, FakeScript)
    service.set_script(script("CARL: Hello.", "ANNA: Hi.", "CARL: Bye.", "The end."))
    booth.desk.press(Qt.Key.Key_1, CTRL | ALT)
    booth.desk.press(Qt.Key.Key_3, CTRL | ALT)
    assert booth.desk.editor.text() == "CARL: "
    assert booth.desk.status.startswith("No such name yet")
    booth.desk.editor.set_text("")
    booth.desk.type("ANNA: Hello.\n")
    booth.desk.press(Qt.Key.Key_1, CTRL | ALT)
    booth.desk.press(Qt.Key.Key_2, CTRL | ALT)
    assert booth.desk.editor.text() == "ANNA: CARL: "


def test_captions_go_into_the_history_as_what_they_are(open_booth: Callable[..., Booth]) -> None:
    booth = open_booth()
    history = booth.desk.stores.history
    booth.desk.type("Good evening.\n")
    assert [(one.text, one.heard_end, one.fate) for one in history.entries()] == [
        ("Good evening.", 0, Fate.SHOWN)
    ]
    history.off_record = True
    booth.desk.type("A secret.\n")
    assert len(history.entries()) == 1


def test_the_switch_is_there_where_there_is_an_audience(open_desk: Callable[..., Desk]) -> None:
    desk = open_desk(has_show=True)
    switch, service = desk._feature(Captioner).switch, desk.services.audience_service
    assert not switch.isVisible()
    service.set_up(OutletConfig("a", "page", "Page"), {})
    assert switch.isVisible()
    service.remove("a")
    assert not switch.isVisible()
    desk.window.commands.run("captions.only")
    assert switch.isVisible()


def test_who_types_is_told_where_the_user_lets_it_be_known(open_booth: Callable[..., Booth]) -> None:
    booth = open_booth()
    booth.desk.type("Hi\n")
    assert booth.audience.typing[0] is True
    assert booth.audience.typing[-1] is False


def test_without_captions_there_is_no_switch(open_desk: Callable[..., Desk]) -> None:
    desk = open_desk()
    assert "captions.only" not in desk.window.commands
    assert not desk._feature(Captioner).is_on()
