"""Make the pictures of the real window that the README shows.

    PYTHONPATH=. .venv/bin/python packaging/screenshots.py [NAME...]

The real program stands on a private screen with a private sound card, is typed at, and is taken a picture of
while it speaks. Linux, with the test packages.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from fishcaption.core.phrases.bank import starting
from tests.desktop import Desktop
from tests.rig import Recording, Rig, Sink

TARGET = Path(__file__).parent.parent / "resources" / "screenshots"
SAID = (
    "Good morning! I speak by computer.",
    "Could we sit by the window? It is brighter there, and I like the view.",
)
TYPED = "Thank you, that is very"
WAITING = ("How long is the way to the station?", "We have some time.", "I would like a cup of tea first.")
HEBREW = "שלום, אני מדבר בעזרת מחשב. please wait a moment, תודה!"
LIT_SECONDS = 1.6  # into the last sentence: a word in its middle is lit

NOTES = (
    "from PySide6.QtWidgets import QApplication, QPlainTextEdit; app = QApplication();"
    "notes = QPlainTextEdit('Meeting, Thursday\\n\\n1. Last week\\n2. The new garden\\n3. Who brings cake?');"
    "notes.setWindowTitle('Another program'); font = notes.font(); font.setPointSize(16);"
    "notes.setFont(font); notes.showMaximized(); app.exec()"
)


class Stage:
    """The program on its screen, and its ear."""

    def __init__(self, desktop: Desktop, recording: Recording, cache: Path) -> None:
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
        end = first + LIT_SECONDS * self.recording.rate
        self.desktop.wait(lambda: self.recording.frames > end, "the word")

    def rest(self, seconds: float) -> None:
        """Let what is being drawn be drawn."""
        end = self.recording.frames + round(seconds * self.recording.rate)
        self.desktop.wait(lambda: self.recording.frames > end, "the drawing")

    def take(self, name: str, *, is_whole_screen: bool = False) -> None:
        """Take the picture."""
        self.desktop.picture(TARGET / f"{name}.png", None if is_whole_screen else self.window)

    def _hand(self, *command: str) -> None:
        subprocess.run(["xdotool", *command], env=self.desktop.environment, check=True)


@contextmanager
def program(size: tuple[int, int] = (1280, 800), **settings: Any) -> Iterator[Stage]:
    """The program of a user with these settings on a screen of that size, its window in front."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        names = (
            "FISHCAPTION_RUNTIME_DIR",
            "FISHCAPTION_CONFIG_DIR",
            "FISHCAPTION_DATA_DIR",
            "FISHCAPTION_CACHE_DIR",
        )
        homes = {variable: str(folder / variable.lower()) for variable in names}
        written = Path(homes["FISHCAPTION_CONFIG_DIR"], "settings.json")
        written.parent.mkdir()
        written.write_text(json.dumps(settings))
        with (
            Rig(folder / "rig", sinks=[Sink("Speakers", 24_000)]) as rig,
            Desktop(folder / "screen", width=size[0], height=size[1]) as desktop,
        ):
            environment = {**os.environ, **desktop.environment, **rig.environment, **homes}
            with (
                subprocess.Popen([sys.executable, "-m", "fishcaption"], env=environment) as running,
                rig.listen("Speakers") as recording,
            ):
                yield Stage(desktop, recording, Path(homes["FISHCAPTION_CACHE_DIR"]))
                running.terminate()


def speaking(name: str, **settings: Any) -> None:
    """The window while it speaks, more being typed."""
    with program(**settings) as stage:
        if settings.get("text_size", 100) > 100:
            stage.resize(1240, 760)
        first = stage.speak(SAID)
        stage.desktop.type(TYPED)
        stage.wait_for_word(first)
        stage.take(name)


def phrases(name: str) -> None:
    """The phrase bank beside the text, all of it made ready."""
    with program(theme="light") as stage:
        stage.resize(1200, 740)
        stage.speak(SAID[:1])
        count = len(starting().phrases)
        stage.desktop.wait(lambda: len(list(stage.cache.rglob("*.*"))) >= count, "the phrases", 240)
        stage.rest(2.0)
        stage.take(name)


def queue(name: str) -> None:
    """Several texts that wait their turn."""
    with program(theme="light") as stage:
        first = stage.speak(SAID)
        for text in WAITING:
            stage.desktop.type(text, key_ms=2)
            stage.desktop.key("Return")
        stage.wait_for_word(first)
        stage.take(name)


def strip(name: str) -> None:
    """The strip above another program's window."""
    with program((960, 420), theme="light", strip_on=True, strip_place=[120, 300]) as stage:
        first = stage.speak(SAID)
        with subprocess.Popen([sys.executable, "-c", NOTES], env=stage.desktop.environment) as other:
            stage.desktop.wait_for_window("^Another program$")
            stage.wait_for_word(first)
            stage.take(name, is_whole_screen=True)
            other.terminate()


def right_to_left(name: str) -> None:
    """Hebrew with some English in it, being written."""
    with program(theme="light") as stage:
        stage.speak(SAID[:1])
        stage.desktop.type(HEBREW)
        stage.rest(1.0)
        stage.take(name)


def audience_styles(name: str) -> None:
    """Every preset of the audience's captions over a busy slide, in four scripts: one row a preset."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from PySide6.QtCore import QSize
    from PySide6.QtGui import QPainter, QPixmap
    from PySide6.QtWidgets import QApplication

    from fishcaption.core.audience_style import PRESETS
    from fishcaption.ui.present.audience_canvas import USUAL_SCREEN, AudienceCanvas
    from fishcaption.ui.present.audience_style_dialog import Sample, busy_slide

    application = QApplication.instance() or QApplication([])
    size, gap = QSize(384, 216), 4
    scripts = ("Latin", "Arabic", "Japanese", "Thai")
    whole = QPixmap(len(scripts) * (size.width() + gap) - gap, len(PRESETS) * (size.height() + gap) - gap)
    whole.fill("white")
    painter = QPainter(whole)
    for row, style in enumerate(PRESETS.values()):
        for column, script in enumerate(scripts):
            canvas = AudienceCanvas()
            canvas.picture(USUAL_SCREEN, busy_slide(size))
            canvas.resize(size)
            Sample(canvas).show(style, script)
            painter.drawPixmap(column * (size.width() + gap), row * (size.height() + gap), canvas.grab())
    painter.end()
    whole.save(str(TARGET / f"{name}.png"))
    application.processEvents()


PICTURES: dict[str, Callable[[str], None]] = {
    **{
        "window" + "".join(f"-{part}" for part in (theme, size) if part): (
            lambda name, theme=theme, size=size: speaking(  # type: ignore[misc]  # a loop's own
                name, theme=theme or "light", text_size=int(size or 100)
            )
        )
        for theme in ("", "dark", "high-contrast")
        for size in ("", "200")
    },
    "phrases": phrases,
    "queue": queue,
    "strip": strip,
    "right-to-left": right_to_left,
    "audience-styles": audience_styles,
}


def main() -> int:
    """Make the pictures that are named, or all."""
    TARGET.mkdir(exist_ok=True)
    for name in sys.argv[1:] or PICTURES:
        sys.stderr.write(f"{name}\n")
        PICTURES[name](name)
    return 0


if __name__ == "__main__":
    sys.exit(main())
