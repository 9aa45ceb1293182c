"""PySide reads no source of ours, and Qt's names stay its own."""

from __future__ import annotations

import subprocess
import sys

import pytest

_PROGRAM = """
import linecache, sys
if sys.argv[1] == "skip":
    from fishcaption.app.pyside import skip_source_scan
    skip_source_scan()
import PySide6.QtCore
from fishcaption.ui.shell import window
print(hasattr(window.Window, "setWindowTitle"), any("commands.py" in name for name in linecache.cache))
"""


@pytest.mark.parametrize(("way", "told"), [("skip", "True False"), ("as it is", "True True")])
def test_pyside_reads_no_source_of_what_is_imported(way: str, told: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM, way], capture_output=True, text=True, timeout=30, check=True
    )
    assert done.stdout.split() == told.split()
