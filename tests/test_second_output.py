"""The window with a second output, as in a call: both devices hear the same, and the second may die."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import accessible, desktop, rig
from tests.desktop import Desktop
from tests.rig import Rig, Sink
from tests.test_end_to_end import RATE, SENTENCE, Program, altered, trimmed

pytestmark = [
    pytest.mark.slow,
    *(
        pytest.mark.skipif(bool(why), reason=why)
        for why in (rig.missing(), desktop.missing(), accessible.missing())
    ),
]

CALL = {"name": "Call", "host_api": "PulseAudio"}


@pytest.fixture
def screen(tmp_path: Path) -> Iterator[Desktop]:
    with Desktop(tmp_path / "screen") as screen:
        yield screen


@pytest.fixture
def sounds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    with Rig(tmp_path_factory.mktemp("rig"), [Sink("Speakers", RATE), Sink("Call", RATE)]) as sounds:
        yield sounds


def test_both_devices_hear_the_same_and_one_goes_on_without_the_other(
    screen: Desktop, sounds: Rig, tmp_path: Path
) -> None:
    with (
        sounds.listen("Speakers") as near,
        sounds.listen("Call") as far,
        Program(screen, tmp_path, sounds.variables, second_on=True, second_device=CALL) as program,
    ):
        voice = program.voice(SENTENCE)
        screen.type(SENTENCE)
        screen.key("Return")
        for recording in (near, far):
            began = recording.wait_for_sound(timeout=20)
            recording.wait_for_silence(1.0, began)
        assert altered(trimmed(near.samples()), voice) == ""
        assert altered(trimmed(far.samples()), voice) == ""
        sounds.unplug("Call", move_streams=False)
        heard = near.frames
        screen.key("ctrl+r")
        began = near.wait_for_sound(heard, timeout=20)
        near.wait_for_silence(1.0, began)
        assert altered(trimmed(near.samples()[heard:]), voice) == ""
        screen.wait(lambda: "second device" in program.words(), "the window to say so")
        assert program.close() == (0, "")
        settings = json.loads((tmp_path / "fishcaption_config_dir" / "settings.json").read_text())
        assert settings["second_device"] == CALL
