"""Who says what in the text that is typed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from fishcaption.app.services.speaking.cast import CastService
from fishcaption.core.speech import Voice
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
