"""A sound engine as the app sees it: a process, and two threads that talk with it.

The event loop never waits for the pipe. What is urgent (pause, flush, …) is written at once where the pipe
has room, else by the writing thread before anything else; audio waits its turn.
"""

from __future__ import annotations

import asyncio
import json
import os
import select
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from fishcaption import logs
from fishcaption.audio.child import command, environment, flags

Event = dict[str, Any]


class EngineProcess:
    """A running engine. Everything public is called on the event loop, which also gets the events."""

    def __init__(
        self,
        on_event: Callable[[EngineProcess, Event], None],
        on_end: Callable[[EngineProcess], None],
        log_file: Path | None,
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._on_event = on_event
        self._on_end = on_end
        self._log_file = log_file
        # written by the reading thread
        self.last_event_at: float | None = None
        # under `_waiting`
        self._waiting = threading.Condition()
        self._urgent: deque[bytes] = deque()
        self._ordered: deque[bytes] = deque()
        self._process: subprocess.Popen[bytes] | None = None
        self._is_closing = False
        self._is_killed = False
        self._writing = threading.Lock()  # of the pipe; never taken while `_waiting` is wanted
        self._thread = threading.Thread(target=self._live, name="sound engine", daemon=True)
        self._thread.start()

    def send(self, message: bytes) -> None:
        """Send in order: audio, and where clips begin and end."""
        with self._waiting:
            self._ordered.append(message)
            self._waiting.notify()

    def send_urgent(self, message: bytes) -> None:
        """Send before all that waits to be sent in order."""
        if self._write_now(message):
            return
        with self._waiting:
            self._urgent.append(message)
            self._waiting.notify()

    def drop_ordered(self) -> None:
        """Forget what waits to be sent in order."""
        with self._waiting:
            self._ordered.clear()

    def kill(self) -> None:
        """End the process at once, whatever it does."""
        with self._waiting:
            self._is_killed = True
            if self._process is not None:
                self._process.kill()

    def close(self) -> None:
        """Let the process end: what sounds fades out."""
        with self._waiting:
            self._is_closing = True
            self._waiting.notify()

    def join(self, timeout_seconds: float) -> bool:
        """Wait until it has ended; blocks, for another thread to call."""
        self._thread.join(timeout_seconds)
        return not self._thread.is_alive()

    @property
    def pid(self) -> int | None:
        """The process's id; None until it has one."""
        return self._process.pid if self._process is not None else None

    # the pipe

    def _write_now(self, message: bytes) -> bool:
        """Write in this thread, if that is sure not to wait; return whether it was done."""
        if not self._writing.acquire(blocking=False):
            return False
        try:
            process = self._process
            if process is None or process.stdin is None or self._urgent:
                return False
            pipe = process.stdin.fileno()
            if not _has_room(pipe, len(message)):
                return False
            os.write(pipe, message)
        except (OSError, ValueError):  # it has just ended, which the reading thread tells
            return False
        else:
            return True
        finally:
            self._writing.release()

    def _write(self, process: subprocess.Popen[bytes]) -> None:
        pipe = process.stdin
        assert pipe is not None
        try:
            while True:
                with self._waiting:
                    self._waiting.wait_for(lambda: self._urgent or self._ordered or self._is_closing)
                    if self._is_closing and not self._urgent:
                        return
                with self._writing:
                    with self._waiting:
                        queue = self._urgent or self._ordered
                        message = queue.popleft() if queue else b""
                    view = memoryview(message)
                    while view:
                        view = view[os.write(pipe.fileno(), view) :]
        except OSError:
            return
        finally:
            with self._writing:
                pipe.close()

    # the process

    def _live(self) -> None:
        try:
            log = logs.opened(self._log_file) if self._log_file is not None else None
            try:
                process = subprocess.Popen(
                    command("fishcaption.audio.engine.main"),
                    env=environment(),
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=log or subprocess.DEVNULL,
                    bufsize=0,
                    creationflags=flags(is_urgent=True),
                )
            finally:
                if log is not None:
                    log.close()
        except OSError:
            self._call(self._on_end, self)
            return
        with self._waiting:
            self._process = process
            if self._is_killed:
                process.kill()
        writer = threading.Thread(target=self._write, args=(process,), name="sound engine pipe", daemon=True)
        writer.start()
        assert process.stdout is not None
        with process.stdout as output:
            for line in _lines(output.fileno()):
                self.last_event_at = time.perf_counter()
                self._call(self._on_event, self, json.loads(line))
        process.wait()
        self.close()
        writer.join()
        self._call(self._on_end, self)

    def _call(self, function: Callable[..., None], *arguments: object) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(function, *arguments)


if sys.platform == "win32":

    def _has_room(pipe: int, size: int) -> bool:
        """Return False: Windows does not tell, so the writing thread writes."""
        return False

else:

    def _has_room(pipe: int, size: int) -> bool:
        """Return whether a write is sure not to wait; POSIX promises it up to PIPE_BUF bytes."""
        poll = select.poll()
        poll.register(pipe, select.POLLOUT)
        return size <= select.PIPE_BUF and poll.poll(0) == [(pipe, select.POLLOUT)]


def _lines(descriptor: int) -> Iterator[bytes]:
    """Yield the lines of a pipe as they come."""
    rest = b""
    while data := os.read(descriptor, 65_536):
        *lines, rest = (rest + data).split(b"\n")
        yield from lines
