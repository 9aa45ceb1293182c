"""The real program on a private screen with a private sound card, typed at, and taken pictures of.

Linux, with the test packages.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

from tests.desktop import Desktop
from tests.rig import Recording, Rig, Sink

TARGET = Path(__file__).parent.parent / "resources" / "screenshots"
HALL = (1280, 0, 960, 540)
"""The audience's monitor, on the right of the operator's: left, top, width, height."""

_LIT_SECONDS = 1.6  # into the last sentence: a word in its middle is lit


class Stage:
    """The program on its screen, and its ear."""

    def __init__(self, desktop: Desktop, recording: Recording, folder: Path, cache: Path) -> None:
        self.folder = folder
        self.cache = cache
        self.desktop = desktop
        self.recording = recording
        self.window = desktop.wait_for_window("^fishcaption")

    def resize(self, width: int, height: int) -> None:
        """Give the window this size, in the middle of the screen."""
        number = str(self.window)
        self._hand("windowsize", "--sync", number, str(width), str(height))
        self._hand("windowmove", number, str((1280 - width) // 2), str(max(0, (800 - height) // 2 - 10)))
        self.rest(0.5)

    def speak(self, texts: Sequence[str]) -> int:
        """Type and speak them one after the other; the frame at which the last begins to sound."""
        for text in texts:
            start = self.recording.frames
            self.desktop.type(text)
            self.desktop.key("Return")
            first = self.recording.wait_for_sound(start, 20)
            if text is not texts[-1]:
                self.recording.wait_for_silence(1.0, first)
        return first

    def wait_for_word(self, first: int) -> None:
        """Until a word in the middle of what sounds is lit."""
        end = first + _LIT_SECONDS * self.recording.rate
        self.desktop.wait(lambda: self.recording.frames > end, "the word")

    def rest(self, seconds: float) -> None:
        """Let what is being drawn be drawn."""
        end = self.recording.frames + round(seconds * self.recording.rate)
        self.desktop.wait(lambda: self.recording.frames > end, "the drawing")

    def take(self, name: str, *, is_whole_screen: bool = False, part: str = "") -> None:
        """Take the picture of the window or the screen, or of a part of it: WIDTHxHEIGHT+LEFT+TOP."""
        path = TARGET / f"{name}.png"
        self.desktop.picture(path, None if is_whole_screen else self.window)
        if part:
            subprocess.run(["convert", path, "-crop", part, "+repage", path], check=True)
        shrink(path)

    def _hand(self, *command: str) -> None:
        subprocess.run(["xdotool", *command], env=self.desktop.environment, check=True)


@contextmanager
def program(
    size: tuple[int, int] = (1280, 800),
    *,
    has_hall: bool = False,
    said: bytes = b"",
    variables: Mapping[str, str] = {},
    prepare: Callable[[Path], None] = lambda data: None,
    **settings: Any,
) -> Iterator[Stage]:
    """The program of a user with these settings on a screen of that size, its window in front.

    ``has_hall``: there is a second monitor, for an audience, on the right. ``said``: a microphone hears this
    (int16, mono, 48 kHz). ``variables`` are for its environment. ``prepare``
    is given the folder of its data before it starts.
    """
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        names = (
            "FISHCAPTION_RUNTIME_DIR",
            "FISHCAPTION_CONFIG_DIR",
            "FISHCAPTION_DATA_DIR",
            "FISHCAPTION_CACHE_DIR",
            "FISHCAPTION_RECORDINGS_DIR",
        )
        homes = {variable: str(folder / variable.lower()) for variable in names}
        written = Path(homes["FISHCAPTION_CONFIG_DIR"], "settings.json")
        written.parent.mkdir()
        written.write_text(json.dumps(settings))
        Path(homes["FISHCAPTION_DATA_DIR"]).mkdir()
        prepare(Path(homes["FISHCAPTION_DATA_DIR"]))
        width = size[0] + HALL[2] * has_hall
        with (
            Rig(folder / "rig", sinks=[Sink("Speakers", 24_000)]) as rig,
            rig.plug_microphone("Microphone", said) if said else nullcontext(),
            Desktop(folder / "screen", width=width, height=size[1]) as desktop,
        ):
            if has_hall:
                _plug(desktop.environment, "Desk", (0, 0, *size), "screen")
                _plug(desktop.environment, "Hall", HALL, "none")
            environment = {**os.environ, **desktop.environment, **rig.environment, **homes, **variables}
            with (
                subprocess.Popen([sys.executable, "-m", "fishcaption"], env=environment) as running,
                rig.listen("Speakers") as recording,
            ):
                try:
                    yield Stage(desktop, recording, folder, Path(homes["FISHCAPTION_CACHE_DIR"]))
                finally:
                    running.terminate()


def shrink(path: Path, most_colors: int = 128) -> None:
    """Write a picture with few colours, which is all that a window has."""
    colors = ["+dither", "-colors", str(most_colors), "-strip", "-define", "png:compression-level=9"]
    subprocess.run(["convert", path, *colors, f"PNG8:{path}"], check=True)


def _plug(environment: Mapping[str, str], name: str, place: tuple[int, ...], output: str) -> None:
    left, top, width, height = place
    where = f"{width}/{width // 4}x{height}/{height // 4}+{left}+{top}"
    subprocess.run(["xrandr", "--setmonitor", name, where, output], env=dict(environment), check=True)
