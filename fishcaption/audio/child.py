"""Start processes for the sound: with this Python and this package, wherever the package lies."""

from __future__ import annotations

import atexit
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import fishcaption
from fishcaption.core.secrecy import without_keys

_asked: set[subprocess.Popen[bytes]] = set()  # that have not answered yet


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


def answer(
    command: Sequence[str], env: Mapping[str, str], timeout_seconds: float, given: bytes = b""
) -> subprocess.CompletedProcess[bytes]:
    """Run a command to its end, as `subprocess.run` does, and end it with this program. Blocks.

    It finds ``given`` on its standard input.
    Raises OSError where it cannot be run, TimeoutExpired where it takes too long.
    """
    with subprocess.Popen(
        command,
        env=env,
        stdin=subprocess.PIPE if given else subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        creationflags=flags(),
    ) as process:
        _asked.add(process)
        try:
            out, err = process.communicate(given or None, timeout=timeout_seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
        finally:
            _asked.discard(process)
    return subprocess.CompletedProcess(command, process.returncode, out, err)


@atexit.register
def _end() -> None:
    """End the commands that have not answered: the daemon threads that wait for them may be gone."""
    for process in tuple(_asked):
        process.kill()


def flags(*, is_urgent: bool = False) -> int:
    """Return Windows' flags: no console window; ``is_urgent``: before other programs. 0 elsewhere."""
    if sys.platform == "win32":
        return subprocess.CREATE_NO_WINDOW | (subprocess.HIGH_PRIORITY_CLASS if is_urgent else 0)
    else:  # noqa: RET505  a checker for another platform sees one branch only
        return 0
