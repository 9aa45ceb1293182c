"""The page's process as the app sees it: a child, and two threads that talk with it.

No loop waits for a pipe.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import fishcaption
from fishcaption import logs
from fishcaption.core.bounded_json import parsed
from fishcaption.core.errors import InputError
from fishcaption.core.secrecy import without_keys

LONGEST_EVENT: Final = 4_096
MOST_LINES: Final = 500
"""Lines that wait for the process; one that takes none for so long hangs."""
_BLOCK: Final = 65_536

Event = dict[str, Any]


class PageProcess:
    """A running process of the page. Everything public is called on the event loop, which gets the events.

    ``on_end`` is called once, when the process has ended or could not be started.
    """

    def __init__(
        self,
        on_event: Callable[[PageProcess, Event], None],
        on_end: Callable[[PageProcess], None],
        log_file: Path | None = None,
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._on_event = on_event
        self._on_end = on_end
        self._log_file = log_file
        # under `_changed`
        self._changed = threading.Condition()
        self._lines: deque[bytes] = deque()
        self._process: subprocess.Popen[bytes] | None = None
        self._is_closing = False
        self._is_killed = False
        self._thread = threading.Thread(target=self._live, name="audience page", daemon=True)
        self._thread.start()

    def send(self, kind: str, text: str) -> None:
        """Send a line soon. A process that has left many lines hangs, and is killed."""
        with self._changed:
            if len(self._lines) >= MOST_LINES:
                self._kill()
                return
            self._lines.append(f"{kind}{text}\n".encode())
            self._changed.notify()

    def close(self) -> None:
        """Let the process end, once it has taken what was sent."""
        with self._changed:
            self._is_closing = True
            self._changed.notify()

    def kill(self) -> None:
        """End the process at once."""
        with self._changed:
            self._kill()

    def join(self, timeout_seconds: float) -> bool:
        """Wait until it has ended; blocks, for another thread to call."""
        self._thread.join(timeout_seconds)
        return not self._thread.is_alive()

    @property
    def pid(self) -> int | None:
        """The process's id; None until it has one."""
        return self._process.pid if self._process is not None else None

    # -- the threads ------------------------------------------------------------------------------------

    def _kill(self) -> None:
        self._is_killed = self._is_closing = True
        if self._process is not None:
            self._process.kill()
        self._changed.notify()

    def _live(self) -> None:
        process = self._started()
        if process is not None:
            with self._changed:
                self._process = process
                if self._is_killed:
                    process.kill()
            writer = threading.Thread(target=self._write, args=(process,), name="audience page's lines")
            writer.daemon = True
            writer.start()
            assert process.stdout is not None
            with process.stdout as output:
                self._read(output.fileno())
            process.wait()
            self.close()
            writer.join()
        self._call(self._on_end, self)

    def _started(self) -> subprocess.Popen[bytes] | None:
        root = str(Path(fishcaption.__file__).parents[1])  # it may be a checkout
        path = os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH", "")]))
        with contextlib.ExitStack() as stack:
            try:
                log = stack.enter_context(logs.opened(self._log_file)) if self._log_file is not None else None
                return subprocess.Popen(
                    # -P: a file json.py in the user's folder is not json
                    [sys.executable, "-P", "-m", "fishcaption.captions.page.main"],
                    env={**without_keys(os.environ), "PYTHONPATH": path},
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=log or subprocess.DEVNULL,
                    bufsize=0,
                    creationflags=_flags(),
                )
            except OSError:
                return None

    def _write(self, process: subprocess.Popen[bytes]) -> None:
        pipe = process.stdin
        assert pipe is not None
        with contextlib.suppress(OSError), pipe:
            while True:
                with self._changed:
                    self._changed.wait_for(lambda: self._lines or self._is_closing)
                    if not self._lines or self._is_killed:
                        return
                    line = self._lines.popleft()
                view = memoryview(line)
                while view:
                    view = view[os.write(pipe.fileno(), view) :]

    def _read(self, descriptor: int) -> None:
        rest = b""
        while data := os.read(descriptor, _BLOCK):
            *lines, rest = (rest + data).split(b"\n")
            rest = rest[: LONGEST_EVENT + 1]
            for line in lines:
                if len(line) <= LONGEST_EVENT and (event := _event(line)) is not None:
                    self._call(self._on_event, self, event)

    def _call(self, function: Callable[..., None], *arguments: object) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody wants to know
            self._loop.call_soon_threadsafe(function, *arguments)


def _flags() -> int:
    """Return Windows' flag for a process without a console window; 0 elsewhere."""
    if sys.platform == "win32":
        return subprocess.CREATE_NO_WINDOW
    else:  # noqa: RET505  a checker for another platform sees one branch only
        return 0


def _event(line: bytes) -> Event | None:
    """Return an event; None for a line that is none. The process is ours, but it talks with strangers."""
    try:
        event = parsed(line)
    except InputError:
        return None
    return event if isinstance(event, dict) else None
