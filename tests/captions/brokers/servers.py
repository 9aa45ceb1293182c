"""Real brokers on loopback, private to one test: a NATS server with JetStream and WebSocket, and Mosquitto.

with NatsServer(folder) as server:
    ...
    server.kill()
    server.start()
"""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.ports import free_port, start_listening

CONFIGURATIONS = Path(__file__).parents[3] / "packaging" / "brokers"
START_SECONDS = 20.0


def missing(program: str, package: str) -> str:
    """Say why there is no such broker on this machine; empty where there is."""
    if sys.platform != "linux":
        return "the brokers' packages are Debian's"
    found = shutil.which(program) or shutil.which(f"/usr/sbin/{program}")
    return "" if found else f"{package} is not installed"


class _Server:
    """A broker, from entering to leaving; what it keeps stays over a kill."""

    program: str
    port: int

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()

    def _arguments(self) -> list[str]:
        raise AssertionError

    def start(self) -> None:
        """Start it, and wait until it listens."""
        program = shutil.which(self.program) or f"/usr/sbin/{self.program}"
        command = [program, *self._arguments()]
        self._process = start_listening(command, self.port, self._folder / "log", seconds=START_SECONDS)

    def kill(self) -> None:
        """Kill it, without a chance to say goodbye."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


class NatsServer(_Server):
    """A NATS server with the configuration that the documentation gives."""

    program = "nats-server"

    def __init__(self, folder: Path, *, origin: str = "https://captions.example") -> None:
        super().__init__(folder)
        self.port, self.web_port = free_port(), free_port()
        self.password = secrets.token_hex(8)
        self._write(
            "nats.conf",
            {
                "0.0.0.0:4222": f"127.0.0.1:{self.port}",
                "0.0.0.0:8080": f"127.0.0.1:{self.web_port}",
                "/var/lib/nats": str(folder / "kept"),
                "CHANGE-ME": self.password,
                "https://captions.example": origin,
            },
        )

    def _write(self, name: str, values: Mapping[str, str]) -> None:
        """Write the configuration of this name with these values."""
        text = (CONFIGURATIONS / name).read_text("utf-8")
        for written, value in values.items():
            assert written in text, written
            text = text.replace(written, value)
        (self._folder / name).write_text(text, "utf-8")

    def _arguments(self) -> list[str]:
        return ["-c", str(self._folder / "nats.conf")]


class NatsHub(NatsServer):
    """The server in the middle, from which leaves take the captions."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.leaf_port = free_port()
        self._write(
            "nats-hub.conf",
            {
                "0.0.0.0:7422": f"127.0.0.1:{self.leaf_port}",
                "/var/lib/nats": str(folder / "kept"),
                "CHANGE-ME-TOO": self.password,
            },
        )

    def _arguments(self) -> list[str]:
        return ["-c", str(self._folder / "nats-hub.conf")]


class NatsLeaf(NatsServer):
    """A server for readers, which takes the captions from the one in the middle."""

    def __init__(self, folder: Path, hub: NatsHub, *, origin: str) -> None:
        super().__init__(folder, origin=origin)
        self._write(
            "nats-leaf.conf",
            {
                "127.0.0.1:4222": f"127.0.0.1:{self.port}",
                "0.0.0.0:8080": f"127.0.0.1:{self.web_port}",
                "hub.captions.example:7422": f"127.0.0.1:{hub.leaf_port}",
                "CHANGE-ME-TOO": hub.password,
                'https://captions.example"': f'{origin}"',
            },
        )

    def _arguments(self) -> list[str]:
        return ["-c", str(self._folder / "nats-leaf.conf")]


class Mosquitto(_Server):
    """A Mosquitto with the configuration that the documentation gives."""

    program = "mosquitto"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.port = free_port()
        self.password = secrets.token_hex(8)
        passwords = folder / "passwords"
        passwords.touch(mode=0o600)
        subprocess.run(["mosquitto_passwd", "-b", str(passwords), "fishcaption", self.password], check=True)
        text = (CONFIGURATIONS / "mosquitto.conf").read_text("utf-8")
        for name, value in {
            "listener 1883 0.0.0.0": f"listener {self.port} 127.0.0.1",
            "/etc/mosquitto/passwords": str(passwords),
            "/etc/mosquitto/readers": str(CONFIGURATIONS / "mosquitto-readers"),
            "/var/lib/mosquitto/": f"{folder}/",
        }.items():
            assert name in text, name
            text = text.replace(name, value)
        if os.geteuid() == 0:
            text += "user root\n"  # else it becomes one who may not read the test's folder
        (folder / "mosquitto.conf").write_text(text, "utf-8")

    def _arguments(self) -> list[str]:
        return ["-c", str(self._folder / "mosquitto.conf")]
