"""One window for each profile: who starts second hands what it was given to the window that is open.

The window listens at a local socket that only its user can open, under a name nobody can guess, which it
leaves as a note with the profile it holds (`store.profiles.Claim`). One line of JSON goes there, one comes
back.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from time import monotonic
from types import TracebackType
from typing import TYPE_CHECKING, NamedTuple, Self

from fishcaption import terminal
from fishcaption.core.errors import FishCaptionError
from fishcaption.store.profiles import Claim

if TYPE_CHECKING:
    from PySide6.QtNetwork import QLocalSocket

PATIENCE_SECONDS = 10.0  # a window that has just been started listens within 1 s, also on a small machine
SLOW_SECONDS = 1.5  # then whoever waits is told
_LOOK_SECONDS = 0.05
_STEP_MS = 200
_BOUND_BYTES = 1 << 28
_TAKEN = b"taken\n"


class LaunchRequest(NamedTuple):
    """The text and settings that a start was given: text for the editor or to be spoken, exported settings.

    `token` is the desktop's leave for the window to come to the front (XDG_ACTIVATION_TOKEN).
    """

    text: str = ""
    speak: bool = False
    settings: str = ""
    token: str = ""


def hold_or_give(claim: Claim, given: LaunchRequest) -> bool:
    """Hold the profile (True), or give this to the window that holds it (False). Blocks; imports QtNetwork.

    Says on standard error what is waited for, after `SLOW_SECONDS`. Raises FishCaptionError where the profile
    is held and nobody answers within `PATIENCE_SECONDS`.
    """
    patience = _Patience()
    pause = threading.Event()
    while not claim.take():
        if _send(claim.note(), given, patience):
            return False
        if patience.is_over():
            raise FishCaptionError(
                "fishcaption is open already, but its window does not answer.",
                hint="Nothing was handed over. Close that window, or end its process, and start again.",
            )
        pause.wait(_LOOK_SECONDS)  # it is about to listen, or about to end
    return True


class _Patience:
    """One time for all of it, and a word on standard error where it becomes long."""

    def __init__(self) -> None:
        self._begun = monotonic()
        self._is_told = False

    def is_over(self) -> bool:
        """Return whether the time to wait is over."""
        waited = monotonic() - self._begun
        if waited > SLOW_SECONDS and not self._is_told:
            self._is_told = True
            terminal.err("fishcaption: it is open already; waiting for its window to answer…\n")
        return waited > PATIENCE_SECONDS

    def wait(self, socket: QLocalSocket, is_ready: Callable[[int], bool]) -> bool:
        """Return whether it is ready in time: asked in steps, as Qt's waiting lets no other thread run."""
        while not self.is_over():
            if is_ready(_STEP_MS):
                return True
            if socket.state() is socket.LocalSocketState.UnconnectedState:
                return False
        return False


class InstanceServer:
    """While entered, what later starts were given is handed to `on_given`, in the loop of this window."""

    def __init__(self, claim: Claim, on_given: Callable[[LaunchRequest], None]) -> None:
        from PySide6.QtNetwork import QLocalServer

        self._claim = claim
        self._on_given = on_given
        self._server = QLocalServer()
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._on_connection)

    def __enter__(self) -> Self:
        from PySide6.QtNetwork import QLocalServer

        if left := self._claim.note():
            QLocalServer.removeServer(left)  # of a window that was killed
        if self._server.listen(f"fishcaption-{os.urandom(8).hex()}"):
            self._claim.leave(self._server.fullServerName())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._claim.leave("")
        self._server.close()

    def _on_connection(self) -> None:
        while (connection := self._server.nextPendingConnection()) is not None:
            received = bytearray()
            connection.disconnected.connect(connection.deleteLater)
            connection.readyRead.connect(partial(self._on_ready, connection, received))
            self._on_ready(connection, received)

    def _on_ready(self, connection: QLocalSocket, received: bytearray) -> None:
        received += connection.readAll().data()
        if len(received) > _BOUND_BYTES:
            connection.abort()
        elif received.endswith(b"\n"):
            given = _given(bytes(received))
            received.clear()
            if given is not None:
                self._on_given(given)
                connection.write(_TAKEN)
            connection.disconnectFromServer()


def _given(line: bytes) -> LaunchRequest | None:
    """Return the request in a line; None for a line that no start of ours has written."""
    try:
        raw = json.loads(line)
        given = LaunchRequest(**raw)
    except (ValueError, TypeError, RecursionError):
        return None
    texts = (given.text, given.settings, given.token)
    is_ours = isinstance(given.speak, bool) and all(isinstance(text, str) for text in texts)
    return given if is_ours else None


def _send(place: str, given: LaunchRequest, patience: _Patience) -> bool:
    """Hand it to who listens there; False if nobody does, or not in time."""
    if not place or not _is_ours(place):
        return False
    from PySide6.QtNetwork import QLocalSocket

    socket = QLocalSocket()
    socket.connectToServer(place)
    if not patience.wait(socket, socket.waitForConnected):
        return False
    socket.write(json.dumps(given._asdict()).encode() + b"\n")
    while socket.bytesToWrite():
        if not patience.wait(socket, socket.waitForBytesWritten):
            return False
    answer = b""
    while not answer.endswith(b"\n") and patience.wait(socket, socket.waitForReadyRead):
        answer += socket.readAll().data()
    socket.disconnectFromServer()
    return answer == _TAKEN


def _is_ours(place: str) -> bool:
    """Return whether this user made the socket: nobody else gets to read what was typed."""
    if sys.platform == "win32":
        return True  # the note names it, and only this user can write the note
    try:
        return Path(place).lstat().st_uid == os.getuid()
    except OSError:
        return False
