"""The outlet that keeps a text file of the current caption alone, for programs that read one, such as OBS."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

from fishcaption.captions.display import Display
from fishcaption.captions.outlet import Light, OutletState, Tell
from fishcaption.captions.revealed import RevealedText
from fishcaption.core.audience import OutletConfig
from fishcaption.core.errors import StorageError

NAME: Final = "current caption.txt"
"""The file's name: always the same, so that another program is told once, and nobody's own file is hit."""

RETRY_SECONDS: Final = 5.0


class CurrentText:
    """Keeps the file the same as the display: emptied with it, and when the outlet ends.

    A reader finds either the old text or the new one, whole: a new file takes the old one's place. Where the
    system forbids that while somebody reads it (Windows), it is written in place, and tried again.
    """

    def __init__(
        self,
        config: OutletConfig,
        secrets: Mapping[str, str],
        tell: Tell,
        *,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._tell = tell
        self._clock = clock
        self._revealed = RevealedText(config.mode, config.layout.lines)
        self._path = Path(config.options["folder"]).expanduser() / NAME
        self._wanted = ""
        self._written: str | None = None
        self._wanted_at = 0.0
        self._news = asyncio.Event()
        self._lock = threading.Lock()  # a disk that hangs may keep a call that nobody waits for any more

    def show(self, display: Display, /) -> None:
        """Have the file hold this caption; only the newest one counts."""
        text = "\n".join(self._revealed.take(display))
        if text != self._wanted:
            self._wanted, self._wanted_at = text, self._clock()
            self._news.set()

    async def run(self) -> None:
        """Write the newest caption, until cancelled; then empty the file."""
        try:
            while True:
                problem = await self._write(self._wanted)
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._news.wait(), RETRY_SECONDS if problem else None)
                self._news.clear()
        finally:
            await asyncio.to_thread(self._replace, "")

    async def _write(self, text: str) -> bool:
        """Write this text; tell, and return whether there is a problem."""
        began = self._wanted_at
        error = await asyncio.to_thread(self._replace, text) if text != self._written else None
        if error is not None:
            self._written = None
            complaint = StorageError(
                f"{self._path} cannot be written: {error.strerror or error}.",
                hint="Choose another folder, or make room on the disk. It is tried again.",
            )
            self._tell(OutletState(Light.TROUBLE, f"{complaint} {complaint.hint}"))
            return True
        lag_seconds = max(0.0, self._clock() - began) if text and text != self._written else 0.0
        self._written = text
        line = " ".join(text.split("\n"))
        self._tell(OutletState(Light.ON, f"The caption is in {self._path}.", line, lag_seconds))
        return False

    def _replace(self, text: str) -> OSError | None:
        """Replace the file's text; return what prevents it."""
        data = text.encode("utf-8", "replace")
        beside = self._path.with_name(f".{NAME}.new")
        with self._lock:
            try:
                self._path.parent.mkdir(parents=True, exist_ok=True)
                beside.write_bytes(data)
                beside.replace(self._path)
            except PermissionError:
                return self._write_in_place(data, beside)
            except OSError as error:
                with suppress(OSError):
                    beside.unlink(missing_ok=True)
                return error
        return None

    def _write_in_place(self, data: bytes, beside: Path) -> OSError | None:
        with suppress(OSError):
            beside.unlink(missing_ok=True)
        try:
            with self._path.open("r+b") as file:
                file.write(data)
                file.truncate()
        except OSError as error:
            return error
        return None
