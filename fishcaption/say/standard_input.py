"""Standard input, read as it arrives: a program's tokens, given to callbacks on the running loop."""

from __future__ import annotations

import asyncio
import os
import sys
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from fishcaption.core.errors import InputError
from fishcaption.core.text.incoming import Incoming
from fishcaption.core.text.tags import without_tags

if TYPE_CHECKING:
    from fishcaption.core.normalization.markdown_stream import MarkdownStream

_READ_BYTES: Final = 1 << 16
_GATHER_SECONDS: Final = 0.05  # tokens are read together while nobody waits for them


class StandardInput:
    """Reads standard input in a thread, from `listen` on; calls back on the running loop.

    ``take`` is called with each part of the text, the number of bytes that were read for it, and True for the
    last one. ``failed`` is called before that if reading fails. With ``is_plain``, Markdown becomes plain
    text. While ``is_unhurried`` returns True, parts are read together.
    """

    def __init__(
        self,
        take: Callable[[str, int, bool], None],
        failed: Callable[[InputError], None],
        is_unhurried: Callable[[], bool],
        *,
        is_plain: bool,
    ) -> None:
        self._take = take
        self._failed = failed
        self._is_unhurried = is_unhurried
        self._plain = self._markdown() if is_plain else None
        self._loop = asyncio.get_running_loop()
        self._resting: asyncio.TimerHandle | None = None

    @staticmethod
    def _markdown() -> MarkdownStream:
        from fishcaption.core.normalization.markdown_stream import MarkdownStream  # slow, and seldom needed

        return MarkdownStream()

    def listen(self) -> None:
        """Start the thread that reads."""
        # a daemon: a read that waits for a slow program cannot be called off
        threading.Thread(target=self._read, name="standard input", daemon=True).start()

    def _read(self) -> None:
        incoming = Incoming()
        rest = threading.Event()
        while True:
            error: InputError | None = None
            try:
                data = os.read(sys.stdin.fileno(), _READ_BYTES)
            except OSError as exc:
                data = b""  # what came before is said
                error = InputError(f"Standard input cannot be read: {exc.strerror or exc}.")
            text = without_tags(incoming.push(data) if data else incoming.close())
            try:
                if error is not None:
                    self._loop.call_soon_threadsafe(self._failed, error)
                self._loop.call_soon_threadsafe(self._arrived, text, len(data))
            except RuntimeError:  # the loop is closed: nobody listens any more
                return
            if not data:
                return
            if self._is_unhurried():
                rest.wait(_GATHER_SECONDS)

    def _arrived(self, text: str, read_bytes: int) -> None:
        if self._plain is not None:
            if self._resting is not None:
                self._resting.cancel()
            text = self._plain.push(text)
            if read_bytes:
                self._resting = self._loop.call_later(self._plain.rest_seconds, self._rested, self._plain)
            else:
                text += self._plain.close()
        self._take(text, read_bytes, not read_bytes)

    def _rested(self, plain: MarkdownStream) -> None:
        if text := plain.rest():
            self._take(text, 0, False)
