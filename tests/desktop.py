"""A screen made of software, private to one test: a real X server, a window manager, a session bus, hands.

    with Desktop(tmp_path) as desktop:
        process = subprocess.Popen([...], env=desktop.environment)
        desktop.wait_for_window("fishcaption")
        desktop.type("Hello")
        desktop.key("Return")

Linux only; `missing` says what is not there. Everything started is ended by its pid.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

PACKAGES = "xvfb openbox xdotool dbus x11-utils imagemagick"  # what Debian and Ubuntu call them
START_SECONDS = 20.0
_LOOK_SECONDS = 0.02


class DesktopError(Exception):
    """The screen does not do what was asked."""


def missing() -> str:
    """Say why no desktop can be had on this machine; empty where it can."""
    if sys.platform != "linux":
        return "the private screen runs on Linux only"
    absent = [
        tool for tool in ("Xvfb", "openbox", "xdotool", "dbus-daemon", "import") if not shutil.which(tool)
    ]
    return f"{', '.join(absent)} missing: apt-get install {PACKAGES}" if absent else ""


class Desktop:
    """The screen, from entering to leaving. ``environment`` is for the programs that are to stand on it."""

    def __init__(self, folder: Path, *, width: int = 1280, height: int = 800) -> None:
        self._folder = folder
        self._size = f"{width}x{height}x24"
        self._processes: list[subprocess.Popen[bytes]] = []
        self.environment: Mapping[str, str] = {}

    def __enter__(self) -> Self:
        self._folder.mkdir(parents=True, exist_ok=True)
        try:
            self._begin()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for process in reversed(self._processes):
            process.terminate()
        for process in reversed(self._processes):
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(5)
            if process.stdout is not None:
                process.stdout.close()

    def _begin(self) -> None:
        runtime = self._folder / "run"
        runtime.mkdir(mode=0o700, exist_ok=True)
        base = {**os.environ, "XDG_RUNTIME_DIR": str(runtime), "QT_QPA_PLATFORM": "xcb"}
        base.pop("WAYLAND_DISPLAY", None)
        read, write = os.pipe()
        try:
            self._start(
                [
                    "Xvfb",
                    "-displayfd",
                    str(write),
                    "-screen",
                    "0",
                    self._size,
                    "-nolisten",
                    "tcp",
                    "-noreset",  # else it begins anew when the first to look leaves, under the window manager
                ],
                base,
                pass_fds=(write,),
            )
        finally:
            os.close(write)
        with os.fdopen(read) as told:
            number = told.readline().strip()
        if not number:
            raise DesktopError("Xvfb did not start")
        base["DISPLAY"] = f":{number}"
        bus = self._start(
            ["dbus-daemon", "--session", "--nofork", "--print-address"], base, stdout=subprocess.PIPE
        )
        assert bus.stdout is not None
        base["DBUS_SESSION_BUS_ADDRESS"] = bus.stdout.readline().decode().strip()
        self.environment = base
        self._start(["openbox"], base)
        # a window manager that is there says so on the root window
        self.wait(
            lambda: b"0x" in self._run("xprop", "-root", "_NET_SUPPORTING_WM_CHECK"), "the window manager"
        )

    def leave(self) -> None:
        """End the X server under the programs that stand on it."""
        self._processes[0].kill()

    def type(self, text: str, *, key_ms: int = 12) -> None:
        """Type the text into the window that has the focus, ``key_ms`` between two keys."""
        self._run("xdotool", "type", "--delay", str(key_ms), "--", text)

    def key(self, *names: str) -> None:
        """Press keys or chords by X's names: ``Return``, ``ctrl+r``."""
        self._run("xdotool", "key", "--delay", "30", *names)

    def wait_for_window(self, title: str) -> int:
        """Wait until a window of that title is shown, give it the focus; return its number."""
        found: list[int] = []

        def is_there() -> bool:
            done = self._try("xdotool", "search", "--onlyvisible", "--name", title)
            found[:] = [int(line) for line in done.stdout.split()]
            return bool(found)

        self.wait(is_there, f"a window called {title!r}")
        self._run("xdotool", "windowactivate", "--sync", str(found[-1]))
        return found[-1]

    def picture(self, path: Path, window: int | None = None) -> None:
        """Write a picture of the window of that number, or of the whole screen."""
        self._run("import", "-window", "root" if window is None else str(window), str(path))

    def wait(self, is_true: Callable[[], bool], what: str, seconds: float = START_SECONDS) -> None:
        """Look until it is true. Raises DesktopError in time."""
        end = time.monotonic() + seconds
        pause = threading.Event()
        while not is_true():
            if time.monotonic() > end:
                raise DesktopError(f"waited {seconds:g} s in vain for {what}")
            pause.wait(_LOOK_SECONDS)

    def _start(
        self,
        command: list[str],
        environment: Mapping[str, str],
        *,
        stdout: int = subprocess.DEVNULL,
        pass_fds: tuple[int, ...] = (),
    ) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=subprocess.DEVNULL,
            pass_fds=pass_fds,
        )
        self._processes.append(process)
        return process

    def _try(self, *command: str) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(command, env=self.environment, capture_output=True, timeout=60, check=False)

    def _run(self, *command: str) -> bytes:
        done = self._try(*command)
        if done.returncode:
            raise DesktopError(f"{command[0]} failed: {done.stderr.decode(errors='replace').strip()}")
        return done.stdout
