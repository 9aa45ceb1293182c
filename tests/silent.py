"""Peers that take every question and never answer: a session bus, and a keyring service on it.

    with Bus() as bus, SilentService(bus.address, "org.freedesktop.secrets") as service:
        subprocess.run([...], env={**os.environ, **bus.environment})
        service.asked.wait(5)        # it was asked, and has said nothing

`python -m tests.silent ADDRESS NAME` is the service's process: it owns the name, writes a line for each call
that comes to it, and answers none.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
from types import TracebackType
from typing import Self

from tests.checkout import ROOT

MISSING = "" if shutil.which("dbus-daemon") else "dbus-daemon missing: apt-get install dbus"
KEYRING = "org.freedesktop.secrets"


class Bus:
    """A session bus of the test's own."""

    KEYRING = "keyring.backends.SecretService.Keyring"
    """PYTHON_KEYRING_BACKEND's word for the keyring on the bus."""

    def __enter__(self) -> Self:
        self._daemon = subprocess.Popen(
            ["dbus-daemon", "--session", "--nofork", "--print-address"], stdout=subprocess.PIPE, text=True
        )
        assert self._daemon.stdout is not None
        self.address = self._daemon.stdout.readline().strip()
        # a program on this bus keeps its keys where the bus says
        self.environment = {
            "DBUS_SESSION_BUS_ADDRESS": self.address,
            "PYTHON_KEYRING_BACKEND": self.KEYRING,
        }
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._daemon.kill()
        self._daemon.communicate()


class SilentService:
    """Owns a name on the bus while entered; ``asked`` is set at the first call, ``calls`` are all of them."""

    def __init__(self, address: str, name: str) -> None:
        self._command = [sys.executable, "-m", "tests.silent", address, name]
        self.asked = threading.Event()
        self.calls: list[str] = []

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(self._command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == "ready\n"
        self._reading = threading.Thread(target=self._read, daemon=True)
        self._reading.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._reading.join()
        self._process.communicate()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self.calls.append(line.strip())
            self.asked.set()


def _main(address: str, name: str) -> None:
    from jeepney import HeaderFields, MessageType, message_bus
    from jeepney.io.blocking import open_dbus_connection

    connection = open_dbus_connection(address)
    connection.send_and_get_reply(message_bus.RequestName(name))
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    while True:
        message = connection.receive()
        if message.header.message_type is MessageType.method_call:
            sys.stdout.write(f"{message.header.fields[HeaderFields.member]}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    _main(*sys.argv[1:])
