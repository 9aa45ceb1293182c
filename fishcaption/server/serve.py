"""`fishcaption serve`, and the embedded voice's own process: one server, started in two ways.

Started by hand, it serves until Ctrl+C, for developers who have no Fish Audio key. Started by the app
(``--shared``), it serves as long as some program holds a lease, and ends shortly afterwards. Any user of the
machine can connect; `gate` lets only those pass who have the key.

The socket listens before anything slow is imported: an early client waits in the queue. Standard output
has the address in its first line and, where no key was given, the key that was made in its second; all else
is on standard error.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import gc
import logging
import os
import secrets
import socket
import sys
import threading
from collections.abc import Callable, Sequence
from decimal import Decimal, InvalidOperation
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final

from fishcaption import logs
from fishcaption.server.voice_registry import ENGINES

if TYPE_CHECKING:
    from fishcaption.server.app import Leases
    from fishcaption.server.engines.base import VoiceEngine
    from fishcaption.server.library.clones import Clones

DEFAULT_PORT: Final = 8765
FIRST_LEASE_SECONDS: Final = 20.0
"""A shared server waits so long for its first lease."""
LINGER_SECONDS: Final = 1.0
"""It waits so long after its last lease: the next `say` of a script finds it still running."""
KEY_VARIABLE: Final = "FISHCAPTION_SERVE_KEY"
"""The environment variable that may hold the key to accept."""
_LONGEST_KEY: Final = 512
_FILES: Final = 8192  # that we want to be allowed to open: macOS gives a process 256, Linux 1,024
_QUEUE: Final = 1024  # connections that the system holds for us
_NO_MISTAKES: Final = ("ASGI callable returned without completing handshake", "Invalid UTF-8 sequence")


def main(argv: Sequence[str]) -> int:
    """Serve until ended; return the exit code: 0 ended as asked, 1 cannot listen, 2 usage."""
    options = _parser().parse_args(argv)
    try:
        given = options.key or options.key_file or _key_of_environment()
    except argparse.ArgumentTypeError as error:
        print(f"fishcaption serve: error: {KEY_VARIABLE}: {error}", file=sys.stderr)  # noqa: T201  # its own words
        return 2
    key = given or secrets.token_urlsafe(24)
    try:
        listener = _listen(options.port)
    except OSError as error:
        why = error.strerror or str(error)
        print(  # noqa: T201  # a command's own words
            f"fishcaption serve: port {options.port} cannot be used ({why}). --port 0 takes a free one.",
            file=sys.stderr,
        )
        return 1
    with listener:
        lines = [f"http://127.0.0.1:{listener.getsockname()[1]}", *([] if given else [key])]
        print(*lines, sep="\n", flush=True)  # noqa: T201  # what a program that starts us reads
        _configure_log(is_shared=options.shared is not None)
        if options.shared is None:
            _greet()
        with contextlib.suppress(KeyboardInterrupt):
            _serve(listener, options, key)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="fishcaption serve",
        description="Serve Fish Audio's API on this machine, spoken by the embedded voices: no account.",
        epilog="The first line of output is the address: the base URL for any Fish Audio client. A voice "
        "that a client makes is no copy: it is the default voice at another pitch and pace.",
    )
    parser.add_argument(
        "--port", type=_port, default=DEFAULT_PORT, help="0 takes a free port (default: %(default)s)"
    )
    keys = parser.add_mutually_exclusive_group()
    keys.add_argument(
        "--key",
        type=_key,
        help="the API key to accept, for every user of this machine to see among the processes; without any, "
        "one is made and printed on the second line",
    )
    keys.add_argument(
        "--key-file",
        type=_key_in,
        metavar="FILE",
        help=f"a file whose first line is the key; nobody else sees it. So it is with {KEY_VARIABLE} in the "
        "environment",
    )
    parser.add_argument(
        "--any-voice", action="store_true", help="let any voice id stand for the default voice"
    )
    parser.add_argument(
        "--credit",
        type=_credit,
        default=Decimal(1000),
        metavar="DOLLARS",
        help="the account's API credit; with 0 every model but s2.1-pro-free answers 402",
    )
    parser.add_argument(
        "--close-after-finish",
        action="store_true",
        help="close a socket after its first session, as Fish once did",
    )
    parser.add_argument("--shared", metavar="FILE", type=Path, help=argparse.SUPPRESS)
    return parser


def _port(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or int(text) > 65535:
        raise argparse.ArgumentTypeError("a port is a number from 0 to 65535")
    return int(text)


def _key(text: str) -> str:
    is_fit = 0 < len(text) <= _LONGEST_KEY and text.isascii() and text.isprintable() and " " not in text
    if not is_fit:
        raise argparse.ArgumentTypeError("a key is made of visible ASCII characters, without blanks")
    return text


def _key_in(name: str) -> str:
    try:
        with Path(name).open(encoding="utf-8-sig", errors="replace") as file:
            line = file.readline(_LONGEST_KEY + 2)
    except OSError as error:
        raise argparse.ArgumentTypeError(f"{name} cannot be read ({error.strerror or error})") from None
    return _key(line.strip())


def _key_of_environment() -> str:
    """Take the key out of the environment and return it; empty if there is none."""
    told = os.environ.pop(KEY_VARIABLE, "")
    return _key(told) if told else ""


def _listen(port: int) -> socket.socket:
    """Listen on loopback; nobody else may share the port."""
    # With the protocol named, asyncio switches Nagle's delay off; else an answer of two writes takes 40 ms.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if sys.platform == "win32":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:  # a port whose last user has just gone
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", port))
        listener.listen(_QUEUE)
    except OSError:
        listener.close()
        raise
    return listener


def _credit(text: str) -> Decimal:
    try:
        credit = Decimal(text)
    except InvalidOperation:
        raise argparse.ArgumentTypeError("a credit is a number of dollars") from None
    if not credit.is_finite() or credit < 0:
        raise argparse.ArgumentTypeError("a credit is a number of dollars, 0 or more")
    return credit


def _greet() -> None:
    print(  # noqa: T201  # a command's own words
        "Serving Fish Audio's API with the embedded voices. Standard output has the address"
        " (and the key, where none was given). Ctrl+C ends it.",
        file=sys.stderr,
    )


def _configure_log(*, is_shared: bool) -> None:
    form = "%(asctime)s %(levelname)s %(name)s: %(message)s" if is_shared else "%(levelname)s: %(message)s"
    handler = logs.Paced(sys.stderr)
    handler.setFormatter(logs.WithoutWords(form))
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    # uvicorn takes a handshake that we refuse, and text of a client that is none, for mistakes of ours.
    logging.getLogger("uvicorn.error").addFilter(lambda record: not str(record.msg).startswith(_NO_MISTAKES))


def _serve(listener: socket.socket, options: argparse.Namespace, key: str) -> None:
    # What is imported and read from here on are 200,000 objects that stay: looking for garbage among them
    # takes a third of the start. The collector comes back when all is loaded.
    gc.disable()
    engines = {name: engine.make() for name, engine in ENGINES.items()}
    threading.Thread(target=_load, args=(next(iter(engines.values())),), name="loading").start()
    from fishcaption.server.app import Leases, build
    from fishcaption.server.engines.pool import VoiceEngines
    from fishcaption.server.gate import Gate
    from fishcaption.server.terms import Terms
    from fishcaption.server.web_server import web_server

    async def serve() -> None:
        voices = VoiceEngines(engines, _workers())
        terms = Terms(key, options.credit, not options.close_after_finish, options.any_voice)
        leases = Leases() if options.shared else None
        # The app's own voices are what they are: only who develops against the protocol makes others.
        clones = None if options.shared else _clones()
        gate = Gate(key, most=most_waiting(_most_files()))
        server = web_server(build(voices, terms, leases, clones), listener, gate, backlog=_QUEUE)
        # Until here an error is one of this installation, and told in full; from here on it may hold a text.
        sys.excepthook = _report
        asyncio.get_running_loop().set_exception_handler(_report_in_loop)
        try:
            async with asyncio.TaskGroup() as tasks:
                watch = tasks.create_task(_end_when_unused(leases, server.end)) if leases else None
                await server.serve([listener])
                if watch:
                    watch.cancel()
        finally:
            voices.close()

    try:
        asyncio.run(serve())
    finally:
        if options.shared:
            _forget(options.shared, key)


def _report(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Log what ends the process, without its words."""
    logging.getLogger(__name__).critical("The server ended", exc_info=(kind, error, trace))


def _report_in_loop(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Log what a callback raised; asyncio's own message could hold the callback's arguments."""
    logging.getLogger(__name__).error("A bug", exc_info=context.get("exception"))


def _load(engine: VoiceEngine) -> None:
    """Load the default voice, beside the imports of the server: much of it is done without Python's lock."""
    try:
        engine.load()
    finally:
        gc.freeze()
        gc.enable()


def _clones() -> Clones:
    """Return the voices that clients have made, of this and of earlier servers."""
    import platformdirs

    from fishcaption.server.library.clones import Clones

    return Clones(Path(platformdirs.user_data_dir("fishcaption", appauthor=False), "served-voices"))


def _workers() -> int:
    """Return how many threads speak: one core is left to the client and its sound."""
    return max(1, min(4, (os.cpu_count() or 2) - 1))


def most_waiting(files: int | None) -> int:
    """Return how many connections may wait without a key: at most a third of the files that may be open."""
    from fishcaption.server.gate import MOST_WAITING

    return MOST_WAITING if files is None else max(1, min(MOST_WAITING, files // 3))


def _most_files() -> int | None:
    """Raise the limit of open files as far as allowed, and return it; None: there is no limit."""
    try:
        import resource
    except ImportError:  # Windows
        return None
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _FILES if hard == resource.RLIM_INFINITY else min(_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with contextlib.suppress(OSError, ValueError):  # a system that allows less than it says
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
            soft = wanted
    return None if soft == resource.RLIM_INFINITY else soft


async def _end_when_unused(leases: Leases, end: Callable[[], None]) -> None:
    """Wait for the first lease, then until there is none for a while."""
    if await leases.until(lambda held: held > 0, FIRST_LEASE_SECONDS):
        while True:
            await leases.until(lambda held: held == 0)
            if not await leases.until(lambda held: held > 0, LINGER_SECONDS):
                break
    leases.close()
    end()


def _forget(path: Path, key: str) -> None:
    """Remove the file with this server's address, unless it already has another one's."""
    from filelock import FileLock, Timeout

    with contextlib.suppress(Timeout, OSError), FileLock(path.with_suffix(".lock"), timeout=0):
        if key in path.read_text("utf-8"):
            path.unlink()
