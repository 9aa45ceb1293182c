"""How the sound's own processes are started: with this Python and this package, wherever it lies."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import fishcaption
from fishcaption.core.secrecy import without_keys


def command(module: str) -> list[str]:
    """Return the command that runs a module of ours; what lies in the current folder is not imported."""
    return [sys.executable, "-P", "-m", module]


def environment() -> dict[str, str]:
    """Return an environment without keys in which the module is found, also from a bare checkout."""
    root = str(Path(fishcaption.__file__).parents[1])
    others = os.environ.get("PYTHONPATH")
    path = os.pathsep.join([root, others] if others else [root])
    # numpy's threads would only wait
    return {**without_keys(os.environ), "PYTHONPATH": path, "OPENBLAS_NUM_THREADS": "1"}


def flags(*, is_urgent: bool = False) -> int:
    """Return Windows' flags: no console window; ``is_urgent``: before other programs. 0 elsewhere."""
    if sys.platform == "win32":
        return subprocess.CREATE_NO_WINDOW | (subprocess.HIGH_PRIORITY_CLASS if is_urgent else 0)
    else:  # noqa: RET505  a checker for another platform sees one branch only
        return 0
