"""Make the pictures of the real window that the README shows: `.venv/bin/python packaging/screenshots.py`.

The real program stands on a private screen with a private sound card, is typed at, and is taken a picture of
while it speaks. Linux, with the test packages.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.desktop import Desktop
from tests.rig import Rig, Sink

TARGET = Path(__file__).parent.parent / "resources" / "screenshots"
SAID = (
    "Good morning! I speak by computer.",
    "Could we sit by the window? It is brighter there, and I like the view.",
)
LIT_SECONDS = 1.6  # into the last sentence: a word in its middle is lit


def main() -> int:
    """Make every picture."""
    TARGET.mkdir(exist_ok=True)
    for name, theme in (
        ("window", "light"),
        ("window-dark", "dark"),
        ("window-high-contrast", "high-contrast"),
    ):
        with tempfile.TemporaryDirectory() as folder:
            picture(Path(folder), name, theme)
    return 0


def picture(folder: Path, name: str, theme: str) -> None:
    """One picture of the speaking window in one theme."""
    homes = {
        variable: str(folder / variable.lower())
        for variable in ("FISHCAPTION_RUNTIME_DIR", "FISHCAPTION_CONFIG_DIR", "FISHCAPTION_DATA_DIR")
    }
    settings = Path(homes["FISHCAPTION_CONFIG_DIR"], "settings.json")
    settings.parent.mkdir()
    settings.write_text(json.dumps({"theme": theme}))
    with Rig(folder / "rig", sinks=[Sink("Speakers", 24_000)]) as rig, Desktop(folder / "screen") as desktop:
        environment = {**os.environ, **desktop.environment, **rig.environment, **homes}
        with subprocess.Popen([sys.executable, "-m", "fishcaption"], env=environment) as program:
            window = desktop.wait_for_window("fishcaption")
            with rig.listen("Speakers") as recording:
                for text in SAID:
                    start = recording.frames
                    desktop.type(text)
                    desktop.key("Return")
                    first = recording.wait_for_sound(start, 20)
                    if text is not SAID[-1]:
                        recording.wait_for_silence(1.0, first)
                desktop.type("Thank you, that is very")
                desktop.wait(lambda: recording.frames > first + LIT_SECONDS * recording.rate, "the word")
                desktop.picture(TARGET / f"{name}.png", window)
            program.terminate()


if __name__ == "__main__":
    sys.exit(main())
