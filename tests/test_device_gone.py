"""A chosen device that is pulled out: nothing is told as heard that was not, and the words go on there."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import accessible, desktop, rig
from tests.desktop import Desktop
from tests.rig import Rig, Sink
from tests.test_end_to_end import RATE, SENTENCE, STORY, Program, altered, trimmed

pytestmark = [
    pytest.mark.slow,
    *(
        pytest.mark.skipif(bool(why), reason=why)
        for why in (rig.missing(), desktop.missing(), accessible.missing())
    ),
]

HEADSET = {"name": "Headset", "host_api": "ALSA"}


@pytest.fixture
def screen(tmp_path: Path) -> Iterator[Desktop]:
    with Desktop(tmp_path / "screen") as screen:
        yield screen


@pytest.fixture
def sounds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    with Rig(tmp_path_factory.mktemp("rig"), [Sink("Speakers", RATE), Sink("Headset", RATE)]) as sounds:
        sounds.make_default("Speakers")
        yield sounds


def told(tmp_path: Path) -> list[tuple[str, str]]:
    """The history on disk: what became of which text."""
    path = tmp_path / "fishcaption_data_dir" / "history.jsonl"
    entries = [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
    return [(entry["fate"], entry["text"]) for entry in entries]


@pytest.mark.parametrize("rescue", ["plug", "key"])
def test_words_go_on_where_they_were(screen: Desktop, sounds: Rig, tmp_path: Path, rescue: str) -> None:
    other = "Headset" if rescue == "plug" else "Speakers"
    with Program(screen, tmp_path, sounds.variables, device=HEADSET) as program:
        voice = program.voice(STORY)
        with sounds.listen("Headset") as before, sounds.listen("Speakers") as elsewhere:
            screen.type(STORY)
            screen.key("Return")
            began = before.wait_for_sound(timeout=20)
            before.wait_frames(began + 3 * RATE)
            sounds.unplug("Headset", move_streams=False)
            screen.wait(lambda: "Waiting for the sound device" in program.words(), "the window to say so")
            assert not elsewhere.samples().any()
            assert told(tmp_path) == []
            first = trimmed(before.samples())
        if rescue == "plug":
            sounds.plug(Sink("Headset", RATE))
        with sounds.listen(other) as after:
            if rescue == "key":
                screen.key("alt+d")
            resumed = after.wait_for_sound(timeout=20)
            after.wait_for_silence(1.5, resumed)
            second = trimmed(after.samples())
        screen.wait(lambda: told(tmp_path) == [("heard", STORY)], "the history")
        assert program.close() == (0, "")
    missed = len(voice) - len(first) - len(second)
    # plugged in again, the recorder may come some tenths after the device
    assert -0.3 * RATE < missed < (0.6 if rescue == "plug" else 0.05) * RATE
    assert altered(second[-RATE:], voice[-RATE:]) == ""


def test_what_is_spoken_before_the_device_is_there_waits_for_it(
    screen: Desktop, sounds: Rig, tmp_path: Path
) -> None:
    sounds.unplug("Headset", move_streams=False)
    with Program(screen, tmp_path, sounds.variables, device=HEADSET) as program:
        voice = program.voice(SENTENCE)
        screen.type(SENTENCE)
        screen.key("Return")
        screen.wait(lambda: "Waiting for the sound device" in program.words(), "the window to say so")
        assert "Alt+D" in program.words()
        assert told(tmp_path) == []
        with sounds.listen("Speakers") as recording:
            screen.key("alt+d")
            began = recording.wait_for_sound(timeout=20)
            recording.wait_for_silence(1.0, began)
            assert altered(trimmed(recording.samples()), voice) == ""
        screen.wait(lambda: told(tmp_path) == [("heard", SENTENCE)], "the history")
        assert program.close() == (0, "")
        settings = json.loads((tmp_path / "fishcaption_config_dir" / "settings.json").read_text())
        assert settings["device"] == {"name": "", "host_api": ""}


def test_what_only_the_dummy_plays_is_kept_as_shown(screen: Desktop, sounds: Rig, tmp_path: Path) -> None:
    sounds.plug(Sink("auto_null", RATE))  # what the servers put in the place of the last device
    sounds.make_default("auto_null")
    with Program(screen, tmp_path, sounds.variables) as program:
        screen.type(SENTENCE)
        screen.key("Return")
        screen.wait(lambda: told(tmp_path) == [("shown", SENTENCE)], "the history")
        screen.wait(lambda: "There is no sound device" in program.words(), "the window to say so")
        assert "was shown, not heard" in program.words()
        sounds.make_default("Speakers")
        with sounds.listen("Speakers") as recording:
            screen.wait(lambda: "There is no sound device" not in program.words(), "the device")
            screen.key("ctrl+r")
            recording.wait_for_sound(timeout=20)
        screen.wait(lambda: told(tmp_path)[-1] == ("heard", SENTENCE), "the history")
        assert program.close() == (0, "")
