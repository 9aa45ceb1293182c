"""The journal of the draft: what stands in the editor and was not spoken is on disk before it can be lost.

One thread of its own writes, so that a slow disk never holds the window; it always writes the newest text and
skips what was overtaken. The file is plain UTF-8 for a person to find, and whole at every moment.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from fishcaption.core.errors import StorageError
from fishcaption.store.places import data_dir, write_whole


def draft_path() -> Path:
    """The file of the draft."""
    return data_dir() / "draft.txt"


class Journal:
    """Keeps one text on disk. The writer begins with the first `keep` and ends with `close`.

    `on_error` is called from the writer's thread, once for each run of failures; the text stays in memory and
    the next `keep` tries again.
    """

    def __init__(self, path: Path, on_error: Callable[[StorageError], None] | None = None) -> None:
        self.on_error = on_error
        self._path = path
        self._ready = threading.Condition()
        self._writer: threading.Thread | None = None
        # guarded by _ready
        self._text: str | None = None  # what is to be written next
        self._writing = False
        self._closing = False

    def restore(self) -> str:
        """The text that was kept last; empty if there is none or it cannot be read."""
        try:
            return self._path.read_bytes().decode("utf-8", "replace")
        except OSError:
            return ""

    def keep(self, text: str) -> None:
        """Have this text on disk soon instead of the one before. Returns at once."""
        with self._ready:
            if self._closing:
                raise RuntimeError("the journal is closed")
            self._text = text
            if self._writer is None:
                self._writer = threading.Thread(target=self._write, name="draft journal", daemon=True)
                self._writer.start()
            self._ready.notify_all()

    def flush(self, timeout: float | None = None) -> bool:
        """Wait until what was kept was written or failed; False if `timeout` seconds were too few."""
        with self._ready:
            return self._ready.wait_for(lambda: self._text is None and not self._writing, timeout)

    def close(self) -> None:
        """Write what is still to be written, then end the thread."""
        with self._ready:
            self._closing = True
            self._ready.notify_all()
        if self._writer is not None:
            self._writer.join()
            self._writer = None

    def _write(self) -> None:
        has_failed = False
        while True:
            with self._ready:
                self._ready.wait_for(lambda: self._text is not None or self._closing)
                if self._text is None:
                    return
                text, self._text = self._text, None
                self._writing = True
            try:
                write_whole(self._path, text.encode("utf-8", "replace"))
                has_failed = False
            except StorageError as exc:
                if not has_failed and self.on_error is not None:
                    self.on_error(exc)
                has_failed = True
            finally:
                with self._ready:
                    self._writing = False
                    self._ready.notify_all()
