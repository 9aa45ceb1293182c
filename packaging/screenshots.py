"""Make the pictures that the README and the pages for users show.

    PYTHONPATH=. .venv/bin/python packaging/screenshots.py [NAME...]

The real program stands on a private screen with a private sound card, is typed at, and is taken a picture of
while it speaks. Linux, with the test packages.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from typing import Any

import audience_pictures
import voice_pictures
from picture_stage import TARGET, program

from fishcaption.core.phrases.bank import starting

SAID = (
    "Good morning! I speak by computer.",
    "Could we sit by the window? It is brighter there, and I like the view.",
)
TYPED = "Thank you, that is very"
WAITING = ("How long is the way to the station?", "We have some time.", "I would like a cup of tea first.")
HEBREW = "שלום, אני מדבר בעזרת מחשב. please wait a moment, תודה!"

NOTES = (
    "from PySide6.QtWidgets import QApplication, QPlainTextEdit; app = QApplication();"
    "notes = QPlainTextEdit('Meeting, Thursday\\n\\n1. Last week\\n2. The new garden\\n3. Who brings cake?');"
    "notes.setWindowTitle('Another program'); font = notes.font(); font.setPointSize(16);"
    "notes.setFont(font); notes.showMaximized(); app.exec()"
)


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
    with program(theme="light", kept_audio_plain=True) as stage:
        stage.resize(1200, 740)
        stage.speak(SAID[:1])
        count = len(starting().phrases)
        stage.desktop.wait(
            lambda: len(list(stage.cache.glob("kept-audio/??/*"))) >= count, "the phrases", 240
        )
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
    **audience_pictures.PICTURES,
    **voice_pictures.PICTURES,
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
