"""What is not in the first picture of the window is not imported before it is painted."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

PROGRAM = """
import sys
from PySide6.QtWidgets import QApplication
from fishcaption.app import program
from fishcaption.app.instance import LaunchRequest

painted = program.Window._on_first_paint

def on_first_paint(window):
    print(*sorted(name for name in sys.modules if name.startswith("fishcaption.")), flush=True)
    painted(window)
    window.close()

program.Window._on_first_paint = on_first_paint
program.window(LaunchRequest())
"""

LATER = (
    "fishcaption.app.services.sound_devices",
    "fishcaption.captions",
    "fishcaption.core.normalization",
    "fishcaption.core.phrases",
    "fishcaption.core.timing",
    "fishcaption.documents",
    "fishcaption.fish",
    "fishcaption.reader",
    "fishcaption.server",
    "fishcaption.speech",
    "fishcaption.store.history",
    "fishcaption.store.keys",
    "fishcaption.store.phrases",
    "fishcaption.ui.alarm",
    "fishcaption.ui.calls",
    "fishcaption.ui.feature",
    "fishcaption.ui.history",
    "fishcaption.ui.phrases",
    "fishcaption.ui.ports",
    "fishcaption.ui.present",
    "fishcaption.ui.settings",
    "fishcaption.ui.shell.features",
    "fishcaption.ui.voices",
)


def test_nothing_is_imported_for_what_is_not_painted_yet(tmp_path: Path) -> None:
    places = {
        f"FISHCAPTION_{name}_DIR": str(tmp_path / name) for name in ("RUNTIME", "CONFIG", "DATA", "CACHE")
    }
    environment = {**os.environ, **places, "ALSA_CONFIG_PATH": "/dev/null", "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], env=environment, capture_output=True, text=True, check=False
    )
    names = done.stdout.split()
    assert "fishcaption.ui.shell.window" in names, done.stderr
    assert "fishcaption.ui.speak.workspace" in names
    assert [name for name in names if name.startswith(LATER)] == []
