"""A watch over the system's default device: is it the sound server's dummy, which nobody hears?

PulseAudio and PipeWire put a "Dummy Output" in the place of the last device that goes: a stream plays on into
it, at the pace of a real one, and PortAudio cannot tell. `pactl subscribe` tells when that may have changed.
"""

from __future__ import annotations

import asyncio
import atexit
import os
import subprocess
import sys
import threading
from collections.abc import Callable

from fishcaption.audio import call_devices as calls
from fishcaption.core.errors import AudioDeviceError

NAME = "auto_null"
"""The dummy's name in both servers."""


class DummyWatch:
    """Calls back on the running loop when the default device becomes a dummy (True), or no dummy (False).

    Without such a server it never calls. `close` ends it and waits for nothing.
    """

    def __init__(self, on_change: Callable[[bool], None]) -> None:
        self._loop = asyncio.get_running_loop()
        self._on_change = on_change
        self._lock = threading.Lock()
        # under `_lock`
        self._process: subprocess.Popen[bytes] | None = None
        self._is_closed = not (sys.platform == "linux" and calls.has_server())
        # of the thread
        self._is_dummy = False
        if not self._is_closed:
            atexit.register(self.close)
            threading.Thread(target=self._run, name="default device", daemon=True).start()

    def close(self) -> None:
        """End the watch."""
        atexit.unregister(self.close)
        with self._lock:
            self._is_closed = True
            if self._process is not None:
                self._process.kill()

    def _run(self) -> None:
        with self._lock:
            if self._is_closed:
                return
            try:
                process = self._process = subprocess.Popen(
                    ["pactl", "subscribe"],
                    env={**os.environ, "LC_ALL": "C.UTF-8"},
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                )
            except OSError:
                return
        with process:
            assert process.stdout is not None
            self._look()
            for line in process.stdout:
                # "Event 'change' on server #4294967295", "Event 'remove' on sink #3"
                if b" on server " in line or (b" on sink #" in line and b"'change'" not in line):
                    self._look()

    def _look(self) -> None:
        try:
            is_dummy = calls.default_sink() == NAME
        except AudioDeviceError:  # it is just ending, and nothing is known
            return
        if is_dummy != self._is_dummy and not self._loop.is_closed():
            self._is_dummy = is_dummy
            self._loop.call_soon_threadsafe(self._on_change, is_dummy)
