"""Who says what in the text that is typed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from fishcaption.app.services.speaking.cast import CastService
from fishcaption.core.speech import Voice
from fishcaption.core.voices.presets import Preset, Presets
from fishcaption.store.journal import Writer
from fishcaption.ui.widgets.speakers_dialog import SpeakersDialog
from tests.ui.conftest import Desk
from tests.ui.fakes import HIBARI

HEART = Voice("embedded", "heart", "Heart", ("en",))


@pytest.fixture
def cast(tmp_path: Path) -> Iterator[CastService]:
    writer = Writer()
    yield CastService(tmp_path / "cast.json", writer, lambda error: None, lambda: (HIBARI, HEART))
    writer.close()


def test_names_and_scripts_of_the_draft_get_voices(
    open_desk: Callable[..., Desk], cast: CastService, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = open_desk(cast=cast)
    desk.window.text_workspace.take_text("ANNA: Привет.\nBOB: Hello.\nNote: no name.")
    desk.window.commands.run("text.speakers")
    (dialog,) = desk.window.findChildren(SpeakersDialog)
    assert list(dialog.choices) == ["ANNA", "BOB", "Cyrillic letters"]
    picked: list[Callable[[Voice], None]] = []
    monkeypatch.setattr(dialog._host, "pick_voice", lambda current, parent, on_done: picked.append(on_done))
    dialog.choices["BOB"].click()
    picked.pop()(HEART)
    dialog.choices["Cyrillic letters"].click()
    picked.pop()(HIBARI)
    assert dialog.choices["BOB"].accessibleName() == "Voice of BOB: Heart, on this computer"
    dialog.says_names.click()
    assert (cast.speakers(), cast.scripts()) == ({"BOB": HEART}, {"Cyrillic": HIBARI})
    assert cast.says_names()
    dialog.resets["BOB"].click()
    assert cast.speakers() == {}


def test_a_text_without_names_says_how_to_write_them(
    open_desk: Callable[..., Desk], cast: CastService
) -> None:
    desk = open_desk(cast=cast)
    desk.window.commands.run("text.speakers")
    assert "ANNA: Hello." in desk.banner.text()
    assert not desk.window.findChildren(SpeakersDialog)


RUSSIAN = Voice("embedded", "kolibri", "Kolibri", ("ru",))


def test_letters_that_the_voice_cannot_say_are_told_before_they_are_left_out(
    open_desk: Callable[..., Desk], cast: CastService
) -> None:
    desk = open_desk(cast=cast)
    desk.window.text_workspace.take_text("He said Привет.")
    desk.press(Qt.Key.Key_Return)
    assert "Hibari cannot say the Cyrillic letters in this text." in desk.banner.text()
    assert not desk.reader.utterances
    desk.press(Qt.Key.Key_End)  # a second Enter at once is a bouncing key
    desk.press(Qt.Key.Key_Return)
    assert [given.text for given in desk.reader.utterances.values()] == ["He said Привет."]


def test_one_key_has_a_voice_say_them_that_can(open_desk: Callable[..., Desk], tmp_path: Path) -> None:
    writer = Writer()
    cast = CastService(tmp_path / "cast.json", writer, lambda error: None, lambda: (HIBARI, RUSSIAN))
    desk = open_desk(cast=cast)
    desk.window.text_workspace.take_text("He said Привет.")
    desk.press(Qt.Key.Key_Return)
    assert desk.banner.labels()[0].startswith("Have that voice say them")
    desk.press(Qt.Key.Key_F6, Qt.KeyboardModifier.ShiftModifier)
    assert cast.scripts() == {"Cyrillic": RUSSIAN}
    assert [given.text for given in desk.reader.utterances.values()] == ["He said Привет."]
    writer.close()


def test_a_speaker_may_have_a_preset_and_is_told_when_it_is_gone(
    open_desk: Callable[..., Desk], tmp_path: Path
) -> None:
    writer = Writer()
    preset = Preset("p", "R & B", HEART, "", speed=1.5)
    there = [Presets((preset,))]
    path = tmp_path / "cast.json"
    cast = CastService(path, writer, lambda error: None, lambda: (HEART,), lambda: there[-1])
    desk = open_desk(cast=cast)
    desk.change(presets=there[0])
    desk.window.text_workspace.take_text("ANNA: Hello.")
    desk.window.commands.run("text.speakers")
    (dialog,) = desk.window.findChildren(SpeakersDialog)
    menu = dialog.presets["ANNA"].menu()
    assert menu is not None
    (entry,) = menu.actions()
    entry.trigger()
    assert cast.speakers() == {"ANNA": preset}
    assert dialog.choices["ANNA"].text() == "R & B: Heart, on this computer"
    there.append(Presets())
    dialog._fill()
    assert "preset is gone" in dialog.choices["ANNA"].text()
    dialog.resets["ANNA"].click()
    assert cast.speakers() == {}
    dialog.reject()
    writer.close()
