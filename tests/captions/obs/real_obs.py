"""A real OBS on a private screen, with its WebSocket server on, and a real receiver of its stream.

    with RealObs(folder, environment, port=…, stream_port=…) as obs:
        ...
        obs.kill()
        obs.start()

OBS renders in software. It listens on every address of the machine, so it has a password drawn by lot.
"""

from __future__ import annotations

import secrets
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.ports import free_port, start_listening

START_SECONDS = 60.0

_GLOBAL = """[General]
FirstRun=true
LastVersion=486539266
EnableAutoUpdates=false
[Basic]
Profile=Untitled
ProfileDir=Untitled
SceneCollection=Untitled
SceneCollectionFile=Untitled
[OBSWebSocket]
FirstLoad=false
ServerEnabled=true
ServerPort={port}
AlertsEnabled=false
AuthRequired=true
ServerPassword={password}
"""
_PROFILE = """[General]
Name=Untitled
[Output]
Mode=Simple
[SimpleOutput]
VBitrate=400
StreamEncoder=x264
[Video]
BaseCX=320
BaseCY=180
OutputCX=320
OutputCY=180
FPSCommon=10
"""
_SERVICE = (
    '{{"type":"rtmp_custom","settings":'
    '{{"server":"rtmp://127.0.0.1:{port}/live","key":"x","use_auth":false,"bwtest":false}}}}'
)


def missing() -> str:
    """Say why no OBS can be had on this machine; empty where it can."""
    if sys.platform != "linux":
        return "the private screen runs on Linux only"
    absent = [tool for tool in ("obs", "ffmpeg") if shutil.which(tool) is None]
    return "obs-studio and ffmpeg are not installed" if absent else ""


class RealObs:
    """OBS, from entering to leaving; it can be killed and started again."""

    def __init__(self, folder: Path, environment: Mapping[str, str], *, stream_port: int) -> None:
        self.port = free_port()
        self.password = secrets.token_hex(8)
        self._folder = folder
        self._environment = {**environment, "HOME": str(folder), "LIBGL_ALWAYS_SOFTWARE": "1"}
        self._environment.pop("XDG_CONFIG_HOME", None)
        self._process: subprocess.Popen[bytes] | None = None
        profile = folder / ".config/obs-studio/basic/profiles/Untitled"
        profile.mkdir(parents=True)
        (folder / ".config/obs-studio/global.ini").write_text(
            _GLOBAL.format(port=self.port, password=self.password), "utf-8"
        )
        (profile / "basic.ini").write_text(_PROFILE, "utf-8")
        (profile / "service.json").write_text(_SERVICE.format(port=stream_port), "utf-8")

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()

    def start(self) -> None:
        """Start it, and wait until it listens."""
        self._process = start_listening(
            ["obs", "--disable-updater", "--disable-missing-files-check", "--multi"],
            self.port,
            self._folder / "obs.log",
            seconds=START_SECONDS,
            environment=self._environment,
        )

    def kill(self) -> None:
        """Kill it, without a chance to say goodbye."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


class Receiver:
    """Takes a stream over RTMP into a file, and reads the closed captions back from it."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self._file = folder / "stream.ts"
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            ["ffmpeg", "-loglevel", "error", "-y", "-listen", "1", "-i", f"rtmp://127.0.0.1:{self.port}/live/x",
             "-c", "copy", str(self._file)],
            stdin=subprocess.DEVNULL,
        )  # fmt: skip
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def captions(self) -> str:
        """Return the closed captions of what has come so far, as SubRip."""
        read = subprocess.run(
            ["ffmpeg", "-loglevel", "error", "-f", "lavfi", "-i", f"movie={self._file}[out0+subcc]",
             "-map", "0:s", "-f", "srt", "-"],
            capture_output=True, check=False, timeout=60,
        )  # fmt: skip
        return read.stdout.decode("utf-8", "replace")
