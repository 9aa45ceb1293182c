"""“Make your own voice” with the real program, a microphone of a real sound server, and Space alone.

The program is killed while somebody reads, and ended while somebody reads: what was said is on disk.
"""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile

from fishcaption.store.recordings import collection
from fishcaption.store.recordings.collection import CollectionView
from fishcaption.ui.voices.studio.session import STEADY_MS
from tests import accessible, desktop, rig
from tests.desktop import Desktop
from tests.rig import Microphone, Rig
from tests.test_end_to_end import TITLE, Program

pytestmark = [
    pytest.mark.slow,
    *(
        pytest.mark.skipif(bool(why), reason=why)
        for why in (rig.missing(), desktop.missing(), accessible.missing())
    ),
]

WINDOW = "^Make your own voice$"


@pytest.fixture
def screen(tmp_path: Path) -> Iterator[Desktop]:
    with Desktop(tmp_path / "screen") as screen:
        yield screen


@pytest.fixture
def sounds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    with Rig(tmp_path_factory.mktemp("rig")) as sounds:
        yield sounds


def humming(seconds: int) -> bytes:
    """Something to be heard."""
    moments = np.arange(seconds * Microphone.RATE) / Microphone.RATE
    return (8_000 * np.sin(2 * np.pi * 220 * moments)).astype(np.int16).tobytes()


class Reader:
    """Somebody who reads aloud, and has one key."""

    def __init__(self, program: Program, folder: Path) -> None:
        self.program, self.screen, self.folder = program, program.screen, folder
        self._seen_at = 0.0  # when the words of the last press were there

    def open(self) -> None:
        self.screen.wait(lambda: "phrases" in self.program.words(), "what comes after the first paint")
        self.screen.key("ctrl+shift+p")
        self.screen.wait_for_window("^Commands$")
        self.screen.type("make your own")
        self.screen.key("Return")
        self.screen.wait_for_window(WINDOW)

    def press(self, until: str) -> None:
        """Press Space; then the window says this. A person reads what it says before the next press."""
        self.screen.wait(lambda: time.monotonic() - self._seen_at > 2 * STEADY_MS / 1000, "the hand")
        self.screen.key("space")
        self.screen.wait(lambda: until in self.program.words(), until)
        self._seen_at = time.monotonic()

    def read(self, bytes_more: int = 60_000) -> Path:
        """Record until so much is on disk; return the file that grows."""
        before = {path: path.stat().st_size for path in self.folder.glob("*.flac")}
        self.press("Recording. Read the text aloud")

        def grown() -> list[Path]:
            return [
                path
                for path in self.folder.glob("*.flac")
                if path.stat().st_size > before.get(path, 0) + bytes_more
            ]

        self.screen.wait(lambda: bool(grown()), "a recording on disk")
        return grown()[0]

    def view(self) -> CollectionView:
        return collection.load(self.folder)


def test_space_alone_records_and_neither_a_kill_nor_the_end_costs_what_was_said(
    screen: Desktop, sounds: Rig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FISHCAPTION_RECORDINGS_DIR", str(tmp_path / "voices"))
    folder = tmp_path / "voices" / "My voice"
    with (
        sounds.plug_microphone("Microphone", humming(300)),
        Program(
            screen, tmp_path, {**sounds.variables, "FISHCAPTION_RECORDINGS_DIR": str(tmp_path / "voices")}
        ) as program,
    ):
        reader = Reader(program, folder)
        reader.open()
        reader.press("Text 1 of")
        first = reader.read()
        reader.press("are saved.")
        (take,) = reader.view().kept
        assert take.seconds > 0.5
        assert soundfile.info(first).frames == pytest.approx(take.seconds * Microphone.RATE, abs=500)
        reader.press("Text 2 of")
        second = reader.read()
        program.process.send_signal(signal.SIGKILL)
        program.process.wait(10)
        assert soundfile.info(second).frames > 0.4 * Microphone.RATE
        program.process = program.start()
        program.window = screen.wait_for_window(TITLE)
        reader.open()
        screen.wait(lambda: "Text 2 of" in program.words(), "the place where it was left")
        assert "A recording was cut off last time" in program.words()
        assert all(take.text for take in reader.view().takes), "its words are known"
        screen.wait(lambda: reader.view().takes[1].seconds > 0.4, "its length")
        third = reader.read()
        program.process.send_signal(signal.SIGTERM)
        assert program.process.wait(30) == 0
        assert program.complaints() == ""
        screen.wait(lambda: soundfile.info(third).frames > 0.4 * Microphone.RATE, "the recording")
        assert len(reader.view().takes) == 3
