"""The app's side of the embedded voice: one process, shared by all programs of this user that speak.

A program that needs the voice holds a *lease*: an open connection to the server. The first lease starts the
process; the server ends shortly after the last one is closed, also if its program was killed. A lease that
breaks tells at once that the process is gone: then it is started again, but not for ever.

The server's address stands in a file that only this user can read; a lock makes sure that one program at a
time reads it and starts the process. When the process has died, another user may take its port: so the
program that answers there must prove that it has the key (`core.secrecy`), and is never sent it. Nothing slow
is imported here, and blocking work is done on threads: any event loop will do.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import re
import secrets
import socket
import stat
import subprocess
import sys
import tempfile
import threading
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from types import TracebackType
from typing import IO, Any, Final, Self

from fishcaption import __version__, logs
from fishcaption.core.errors import VoiceProcessError
from fishcaption.core.secrecy import PROOF_HEADER, claim, is_answer, without_keys
from fishcaption.core.speech import Voice
from fishcaption.server.voice_registry import installed_voices

RUNTIME_DIR_VARIABLE: Final = "FISHCAPTION_RUNTIME_DIR"
"""The environment variable that names another place for the file about the shared process."""

_START_SECONDS: Final = 30.0  # a cold disk and a busy machine; it takes about one
_AHEAD_SECONDS: Final = 0.25  # somebody else may be starting it
_CONNECT_SECONDS: Final = 3.0
_LAST_WORDS_SECONDS: Final = 3.0
_LONGEST_TOLD: Final = 4096  # of the file, and of the answer to who asks for a lease
_WITHOUT_XDG: Final = ("win32", "darwin")
_PACKAGE_ROOT: Final = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class _Address:
    port: int
    key: str = field(repr=False)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


def _address(url: object, key: object) -> _Address | None:
    """Return the address; None if it cannot be one of a server of ours."""
    if not isinstance(url, str) or not isinstance(key, str):
        return None
    found = re.fullmatch(r"http://127\.0\.0\.1:([1-9][0-9]{0,4})", url)
    if found is None or int(found[1]) > 65535 or not re.fullmatch(r"[\x21-\x7e]{1,512}", key):
        return None
    return _Address(int(found[1]), key)


class _Lease:
    """A connection that keeps the server alive, and breaks with it. `close` is for any thread."""

    def __init__(self, address: _Address, connection: socket.socket) -> None:
        self.address = address
        self._connection = connection

    def wait_lost(self) -> None:
        """Block until the server is gone or the lease is closed."""
        with contextlib.suppress(OSError):
            while self._connection.recv(64):
                pass

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._connection.shutdown(socket.SHUT_RDWR)
        self._connection.close()


class EmbeddedVoice:
    """The embedded voice's process: found or started when first needed, and held while this is open.

    ``runtime_dir`` is the folder of the file with its address; None: the system's folder for such files.
    After ``restarts`` losses within ``within_seconds`` it is not started again until that time has passed.
    """

    def __init__(
        self, *, runtime_dir: Path | None = None, restarts: int = 3, within_seconds: float = 60.0
    ) -> None:
        self._runtime_dir = runtime_dir
        self._restarts = restarts
        self._within_seconds = within_seconds
        self._losses: deque[float] = deque(maxlen=restarts + 1)
        self._address: _Address | None = None
        self._failure: VoiceProcessError | None = None
        self._wanted = asyncio.Event()
        self._changed = asyncio.Event()
        self._tasks = asyncio.TaskGroup()
        self._keeper: asyncio.Task[None] | None = None
        self._ahead: _Search | None = None

    def start_ahead(self) -> None:
        """Begin to find or start the process at once, before the voice is entered, and without an event loop.

        The result is used once the voice is entered; if it never is, the process ends with ours. Returns as
        soon as a process runs, usually within 30 ms: work of the caller would delay its start.
        """
        self._ahead = _Search(self._runtime_dir)
        self._ahead.begin()
        self._ahead.is_running.wait(_AHEAD_SECONDS)

    async def __aenter__(self) -> Self:
        await self._tasks.__aenter__()
        self._keeper = self._tasks.create_task(self._keep(), name="embedded voice")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._keeper is not None:
            self._keeper.cancel()
        # Without the error: the group would wrap what is not its own, and it goes on upwards by itself.
        await self._tasks.__aexit__(None, None, None)

    def voices(self) -> tuple[Voice, ...]:
        """Return the embedded voices of this machine, the default one first; needs no process."""
        return tuple(entry.voice for entry in installed_voices())

    def start(self) -> None:
        """Begin to find or start the process; returns at once."""
        if not self._is_given_up():
            self._wanted.set()

    async def endpoint(self) -> tuple[str, str]:
        """Wait until the server is there; return its address (``http://127.0.0.1:PORT``) and its key.

        Raises VoiceProcessError if it does not start, or has died too often lately.
        """
        self._failure = None if not self._is_given_up() else self._failure
        self.start()
        while self._address is None:
            if self._failure is not None:
                raise self._failure
            await self._changed.wait()
        return self._address.url, self._address.key

    # --- keeping it alive ------------------------------------------------------------------------------

    def _is_given_up(self) -> bool:
        return (
            self._address is None
            and len(self._losses) > self._restarts
            and monotonic() - self._losses[0] < self._within_seconds
        )

    def _tell(self) -> None:
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()

    async def _keep(self) -> None:
        while True:
            await self._wanted.wait()
            try:
                lease = await _found(self._next_search())
            except VoiceProcessError as error:
                self._lose(error)
                continue
            self._address, self._failure = lease.address, None
            self._tell()
            try:
                await asyncio.to_thread(lease.wait_lost)
            finally:
                lease.close()
            self._address = None
            self._lose(None)

    def _next_search(self) -> _Search:
        search, self._ahead = self._ahead, None
        if search is None:
            search = _Search(self._runtime_dir)
            search.begin()
        return search

    def _lose(self, error: VoiceProcessError | None) -> None:
        self._losses.append(monotonic())
        if error is None and not self._is_given_up():
            return
        self._failure = error or VoiceProcessError(
            f"The embedded voice stopped {len(self._losses)} times within {self._within_seconds:g} seconds.",
            hint=f"Try again in a minute. What went wrong stands in {log_file()}.",
        )
        self._wanted.clear()
        self._tell()


async def _found(search: _Search) -> _Lease:
    try:
        return await asyncio.wrap_future(search.found)
    except asyncio.CancelledError:
        search.abandon()  # a thread cannot be cancelled
        raise


# --- finding and starting, on a thread -------------------------------------------------------------------


class _Search:
    """One attempt to get a lease, on a thread of its own from `begin` on; `found` has the result.

    Sharing a running server takes milliseconds, starting one about a second. `found` raises
    VoiceProcessError. `abandon` is for any thread.
    """

    def __init__(self, runtime_dir: Path | None) -> None:
        self._runtime_dir = runtime_dir
        self.found: Future[_Lease] = Future()
        self.is_running = threading.Event()  # the process; or there is none, and `found` says why
        self._guard = threading.Lock()
        # both guarded
        self._connection: socket.socket | None = None
        self._is_abandoned = False

    def abandon(self) -> None:
        """End soon, and hold nothing: nobody wants the result any more."""
        with self._guard:
            self._is_abandoned = True
            if self._connection is not None:
                with contextlib.suppress(OSError):
                    self._connection.shutdown(socket.SHUT_RDWR)

    def begin(self) -> None:
        """Start the thread."""
        threading.Thread(target=self._run, name="embedded voice's start", daemon=True).start()

    def _run(self) -> None:
        if not self.found.set_running_or_notify_cancel():
            return
        try:
            self.found.set_result(self._lease())
        except VoiceProcessError as error:
            self.found.set_exception(error)
        finally:
            if not self.found.done():  # a bug, which the thread's own report tells; nobody waits in vain
                self.found.set_exception(
                    VoiceProcessError(
                        "The embedded voice cannot be started: fishcaption has a fault.",
                        hint="Run `fishcaption doctor`.",
                    )
                )
            self.is_running.set()

    def _lease(self) -> _Lease:
        from filelock import FileLock, Timeout

        try:
            place = _place(self._runtime_dir)
            with FileLock(place.with_suffix(".lock"), timeout=_START_SECONDS):
                found = _read(place)
                lease = self._hold(found, _CONNECT_SECONDS) if found else None
                return lease or self._start(place)
        except Timeout as error:
            raise VoiceProcessError(
                "Another program has been starting the embedded voice for too long.",
                hint="Close other windows of fishcaption, and try again.",
            ) from error
        except OSError as error:
            raise VoiceProcessError(
                f"The embedded voice cannot be started: {error.strerror or error}.",
                hint=f"Check the disk, or set {RUNTIME_DIR_VARIABLE} to a folder of yours.",
            ) from error

    def _start(self, place: Path) -> _Lease:
        with _opened_log() as log:
            process = subprocess.Popen(
                # -P: a file numpy.py in the user's folder is not numpy.
                [sys.executable, "-P", "-m", "fishcaption.server", "--port", "0", "--shared", str(place)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                env=_environment(),
                text=True,
                **_apart(),
            )
        self.is_running.set()
        # Whoever started it has to take note of its end, whenever that comes: else it stays a zombie.
        threading.Thread(target=process.wait, name="embedded voice's end", daemon=True).start()
        assert process.stdout is not None
        patience = threading.Timer(_START_SECONDS, process.kill)
        patience.daemon = True  # the program may have ended before
        patience.start()
        try:
            with process.stdout as output:
                address = _address(output.readline().strip(), output.readline().strip())
            lease = self._hold(address, _START_SECONDS) if address is not None else None
        finally:
            patience.cancel()
        if lease is None or address is None:
            if not self._is_abandoned:
                with contextlib.suppress(subprocess.TimeoutExpired):  # its last words are the reason
                    process.wait(_LAST_WORDS_SECONDS)
            process.kill()
            raise VoiceProcessError(
                "The embedded voice does not start.",
                hint=f"Run `fishcaption doctor`. What went wrong stands in {log_file()}.",
            )
        _write(place, address)
        return lease

    def _hold(self, address: _Address, patience_seconds: float) -> _Lease | None:
        """Return a lease of the server at this address; None if there is none, or it is about to end."""
        until = monotonic() + patience_seconds
        try:
            connection = socket.create_connection(("127.0.0.1", address.port), _CONNECT_SECONDS)
        except OSError:
            return None
        with self._guard:
            self._connection = connection
            if self._is_abandoned:
                connection.shutdown(socket.SHUT_RDWR)
        if _ask(connection, address.key, until):
            connection.settimeout(None)
            return _Lease(address, connection)
        connection.close()
        return None


def _ask(connection: socket.socket, key: str, until: float) -> bool:
    """Ask for a lease on a new connection; return whether a server that proved the key gave it.

    This is a minimal HTTP client.
    """
    nonce = secrets.token_urlsafe(24)
    request = f"GET /lease HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: {claim(key, nonce)}\r\n\r\n"
    answer = b""
    try:
        connection.settimeout(max(0.01, until - monotonic()))
        connection.sendall(request.encode("ascii"))
        while b"held\n" not in answer:
            connection.settimeout(max(0.01, until - monotonic()))
            if not (more := connection.recv(1024)) or len(answer) > _LONGEST_TOLD:
                return False
            answer += more
    except OSError:  # refused, reset, or no answer in time
        return False
    lines = answer.partition(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
    return lines[0].startswith("HTTP/1.1 200 ") and is_answer(headers.get(PROOF_HEADER, ""), key, nonce)


def _environment() -> dict[str, str]:
    """Return our environment without keys; it names the folder of this package, which may be a checkout."""
    path = os.pathsep.join(filter(None, [str(_PACKAGE_ROOT), os.environ.get("PYTHONPATH", "")]))
    return {**without_keys(os.environ), "PYTHONPATH": path}


def _apart() -> dict[str, Any]:
    """Return settings of Popen with which Ctrl+C in our terminal does not end a voice that others share."""
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW}
    return {"start_new_session": True}


# --- files -----------------------------------------------------------------------------------------------


def _place(runtime_dir: Path | None) -> Path:
    """Return the file with the address of this version's server, in a folder that only this user can enter.

    Another user may have made a folder of that name in a place where all can write, or the environment may be
    another user's: then a folder beside the logs is used. Raises VoiceProcessError if a folder that was named
    belongs to another user.
    """
    is_named = runtime_dir is not None or bool(os.environ.get(RUNTIME_DIR_VARIABLE))
    folder = runtime_dir or _runtime_dir()
    try:
        is_ours = _is_ours(folder)
    except OSError:
        if is_named:
            raise
        is_ours = False
    if not is_ours and not is_named:
        folder = logs.folder().with_name("run")
        is_ours = _is_ours(folder)
    if not is_ours:
        raise VoiceProcessError(
            f"The folder {folder} belongs to somebody else.",
            hint=f"Set {RUNTIME_DIR_VARIABLE} to a folder of yours.",
        )
    return folder / f"voice-{__version__}.json"


def _is_ours(folder: Path) -> bool:
    """Make the folder, closed to others; return whether it is this user's."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if sys.platform != "win32":
        status = folder.lstat()
        if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.getuid():
            return False
        if status.st_mode & 0o077:
            folder.chmod(0o700)
    return True


def _runtime_dir() -> Path:
    if named := os.environ.get(RUNTIME_DIR_VARIABLE):
        return Path(named)
    if sys.platform in _WITHOUT_XDG:
        import platformdirs

        return platformdirs.user_runtime_path("fishcaption", appauthor=False)
    # platformdirs would warn where there is none, or another user's, and name much the same place.
    session = Path(os.environ.get("XDG_RUNTIME_DIR", ""))
    with contextlib.suppress(OSError):
        if session.is_absolute() and session.stat().st_uid == os.getuid():
            return session / "fishcaption"
    return Path(tempfile.gettempdir(), f"fishcaption-{os.getuid()}")


def _read(place: Path) -> _Address | None:
    try:
        with place.open("rb") as file:
            told = json.loads(file.read(_LONGEST_TOLD))
    except (OSError, ValueError, RecursionError):
        return None
    return _address(told.get("url"), told.get("key")) if isinstance(told, dict) else None


def _write(place: Path, address: _Address) -> None:
    """Write the file, readable by this user only, and whole or not at all."""
    fresh = place.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump({"url": address.url, "key": address.key}, file)
    fresh.replace(place)


def log_file() -> Path:
    """Return the log of the process; it holds no text of the user's."""
    return logs.folder() / "voice.log"


@contextlib.contextmanager
def _opened_log() -> Iterator[IO[bytes] | int]:
    """Open the log to append to it; if it cannot be written, yield a device that drops all."""
    try:
        file = logs.opened(log_file())
    except OSError:
        yield subprocess.DEVNULL
        return
    with file:
        yield file
