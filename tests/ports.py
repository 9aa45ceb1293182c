"""Ports of this computer, and servers that tests start on them."""

from __future__ import annotations

import socket
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

_LOOK_SECONDS = 0.05


def free_port() -> int:
    """Return a port of loopback that nobody has now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start_listening(
    command: Sequence[str],
    port: int,
    log: Path,
    *,
    seconds: float,
    environment: Mapping[str, str] | None = None,
) -> subprocess.Popen[bytes]:
    """Start a server that writes to this log, and wait until it listens.

    Raises RuntimeError, with the end of the log, if it ends or does not listen within so many seconds.
    """
    with log.open("ab") as file:
        process = subprocess.Popen(command, env=environment, stdout=file, stderr=file)
    until = time.monotonic() + seconds
    while time.monotonic() < until and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return process
        threading.Event().wait(_LOOK_SECONDS)
    process.kill()
    process.wait()
    raise RuntimeError(log.read_text("utf-8", "replace")[-2000:])
