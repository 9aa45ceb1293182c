"""The process of the audience's page.

    python -m fishcaption.captions.page.main      lines in, events out; the first line is the configuration

A line begins with a letter that says what it is; the rest is JSON:

    C{…}   configuration: options, secrets, names of this computer, and how the show stands; once, and first
    S{…}   a message for the readers, which is sent as it is
    O{…}   what operators are shown

Events are lines of JSON on standard output: ready, shown, readers, command, trouble. Secrets come by standard
input only, so that no list of processes shows them. The process ends when its standard input does: whoever
started it is gone.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import queue
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any, Final

from fishcaption import logs

LONGEST_LINE: Final = 1024 * 1024
_MOST_EVENTS: Final = 1_000  # that wait for the app to take them
_LAST_WORDS_SECONDS: Final = 1.0
_FILES: Final = 12_000
_BLOCK: Final = 65_536
# websockets would take 128 headers of 8 kB each from anybody
_HEADERS: Final = {"WEBSOCKETS_MAX_NUM_HEADERS": "64", "WEBSOCKETS_MAX_LINE_LENGTH": "4096"}

Event = dict[str, Any]


class Events:
    """Writes events to a pipe from a thread of its own: an app that does not read delays no reader."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._waiting: queue.Queue[Event | None] = queue.Queue(_MOST_EVENTS)
        self._thread = threading.Thread(target=self._write, name="events", daemon=True)
        self._thread.start()

    def tell(self, event: Event) -> None:
        """Write an event soon; it is dropped where too many wait."""
        with contextlib.suppress(queue.Full):
            self._waiting.put_nowait(event)

    def close(self) -> None:
        """Wait until the events are written, but not for an app that takes none."""
        with contextlib.suppress(queue.Full):
            self._waiting.put_nowait(None)
        self._thread.join(_LAST_WORDS_SECONDS)

    def _write(self) -> None:
        with contextlib.suppress(OSError):  # the app is gone, as standard input will tell
            while (event := self._waiting.get()) is not None:
                line = json.dumps(event).encode() + b"\n"
                while line:
                    line = line[os.write(self._descriptor, line) :]


def lines(descriptor: int) -> Iterator[bytes]:
    """Yield the lines of a pipe as they come; one that is too long is left out."""
    rest = b""
    is_too_long = False
    while data := os.read(descriptor, _BLOCK):
        *whole, rest = (rest + data).split(b"\n")
        for line in whole:
            if not is_too_long and len(line) <= LONGEST_LINE:
                yield line
            is_too_long = False
        if len(rest) > LONGEST_LINE:
            rest, is_too_long = b"", True


def main() -> int:
    """Serve the page until standard input ends."""
    handler = logs.Paced(sys.stderr)
    handler.setFormatter(logs.WithoutWords("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    os.environ.update(_HEADERS)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # of the terminal: whoever started this ends it in order
    _open_many_files()
    events = Events(1)
    incoming = lines(0)
    configuration = json.loads(next(incoming, b"C{}")[1:])
    try:
        asyncio.run(_serve(configuration, incoming, events.tell))
    finally:
        events.close()
    return 0


async def _serve(
    configuration: dict[str, Any], incoming: Iterator[bytes], tell: Callable[[Event], None]
) -> None:
    from fishcaption.captions.page.access import Keys
    from fishcaption.captions.page.options import PageOptions
    from fishcaption.captions.page.server import PageServer, context_of

    if not configuration:
        return
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(_report)
    options = PageOptions(**configuration["options"])
    keys = Keys(
        configuration["readers_key"],
        configuration["operator_key"],
        options.is_control_public,
        frozenset(configuration["names"]),
    )
    try:
        context = context_of(options)
    except (OSError, ValueError):
        tell({"ev": "trouble", "what": "certificate"})
        return
    server = PageServer(options, keys, tell)
    until = asyncio.Event()
    server.begin(configuration["address"], configuration["past"], configuration["view"])
    server.publish(configuration["newest"])

    def take(line: bytes) -> None:
        if line[:1] == b"S":
            server.publish(line[1:].decode())
        elif line[:1] == b"O":
            server.show_operator(json.loads(line[1:]))

    def read() -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed: serving has failed
            for line in incoming:
                loop.call_soon_threadsafe(take, line)
            loop.call_soon_threadsafe(until.set)

    threading.Thread(target=read, name="standard input", daemon=True).start()
    try:
        await server.run(until, context)
    except OSError as error:
        tell({"ev": "trouble", "what": "port", "errno": error.errno})


def _report(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Log what a callback raised; asyncio's own message could hold the callback's arguments."""
    logging.getLogger(__name__).error("A bug", exc_info=context.get("exception"))


def _open_many_files() -> None:
    """Raise the limit of open files as far as allowed: each reader is one."""
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _FILES if hard == resource.RLIM_INFINITY else min(_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with contextlib.suppress(OSError, ValueError):  # a system that allows less than it says
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


if __name__ == "__main__":
    sys.exit(main())
