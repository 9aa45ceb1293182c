"""Repeat after a kill and another start: the sound that was heard, though the voice cannot speak any more."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import numpy as np
import psutil
import pytest

from tests import desktop
from tests.desktop import Desktop
from tests.rig import Rig, RigError, Sink
from tests.test_end_to_end import Program, trimmed

pytestmark = pytest.mark.slow


@pytest.mark.skipif(bool(desktop.missing()), reason=desktop.missing())
def test_what_was_heard_is_repeated_after_a_kill(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    kept = tmp_path / "cache" / "kept-audio"
    history = tmp_path / "fishcaption_data_dir" / "history.jsonl"
    with (
        Desktop(tmp_path_factory.mktemp("screen")) as screen,
        Rig(tmp_path_factory.mktemp("rig"), [Sink("Speakers", 24_000)]) as speakers,
    ):
        program = Program(
            screen, tmp_path, speakers.variables, kept_audio_plain=True, phrases_ahead=False, linger_seconds=0
        )
        program.environment["FISHCAPTION_CACHE_DIR"] = str(kept.parent)
        heard = []
        with speakers.listen("Speakers") as recording:
            with program:
                since = recording.frames
                screen.type("I keep this sentence.")
                screen.key("Return")
                began = recording.wait_for_sound(since, 30.0)
                recording.wait_for_silence(0.5, began)
                heard.append(trimmed(recording.samples(since)))
                screen.wait(lambda: len(list(kept.glob("??/*"))) == 1, "the sound on the disk", 20)
                screen.wait(lambda: history.exists() and "sentence" in history.read_text(), "the history", 20)
                program.process.kill()
                program.process.wait(20)
            with program:
                since = recording.frames
                for child in psutil.Process(program.process.pid).children(recursive=True):
                    if "fishcaption.server" in child.cmdline():
                        child.kill()
                for _ in range(30):  # until the sound on the disk is opened
                    screen.key("ctrl+r")
                    with suppress(RigError):
                        began = recording.wait_for_sound(since, 1.0)
                        break
                recording.wait_for_silence(0.5, began)
                heard.append(trimmed(recording.samples(since)))
                assert program.close() == (0, "")
        first, again = heard
        frames = min(len(first), len(again))
        assert abs(len(first) - len(again)) < 0.1 * len(first)
        np.testing.assert_array_equal(first[-frames:], again[-frames:])
