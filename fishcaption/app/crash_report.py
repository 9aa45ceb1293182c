"""The log file, and what should never happen: a bug is logged and told in the window, which lives on."""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Callable
from types import TracebackType

from fishcaption import terminal
from fishcaption.core.errors import FishCaptionError

_log = logging.getLogger(__name__)


class _LogFile(logging.Handler):
    """Writes to a small file of this user's, which is looked for when there is something to write."""

    def __init__(self) -> None:
        super().__init__()
        self._to: logging.Handler | None = None

    def emit(self, record: logging.LogRecord) -> None:
        if self._to is None:
            self._to = _log_file()
        self._to.handle(record)

    def close(self) -> None:
        if self._to is not None:
            self._to.close()
        super().close()


def _log_file() -> logging.Handler:
    from fishcaption import logs  # 2 % of the window's start

    handler: logging.Handler
    try:
        handler = logs.rotating(logs.folder() / "fishcaption.log")
    except OSError:  # a home that cannot be written to is no reason not to speak
        handler = logging.StreamHandler()
    handler.setFormatter(logs.WithoutWords("%(asctime)s %(levelname)s %(name)s %(message)s"))
    return handler


def log_to_file() -> None:
    """Write warnings and errors to the log file; no text that was typed is ever logged."""
    logging.basicConfig(level=logging.WARNING, handlers=[_LogFile()])


def report_bugs(tell: Callable[[FishCaptionError], None]) -> None:
    """Log every exception that nothing handles, here or in the running loop, and tell the window of it."""

    def report(error: BaseException) -> None:
        _log.error("a bug", exc_info=error)
        tell(
            FishCaptionError(
                "Something went wrong inside fishcaption. Your text is kept.",
                hint="You can go on. If it happens again, please report it with the log.",
            )
        )

    def on_exception(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        report(error)

    def on_loop_exception(loop: asyncio.AbstractEventLoop, context: dict[str, object]) -> None:
        error = context.get("exception")
        report(error if isinstance(error, BaseException) else RuntimeError(str(context.get("message"))))

    sys.excepthook = on_exception
    asyncio.get_running_loop().set_exception_handler(on_loop_exception)


def tell_terminal(error: FishCaptionError) -> None:
    """Tell the terminal and the log what goes wrong after the window is closed."""
    _log.warning("%s", error)
    terminal.err(f"fishcaption: {error}\n")
