"""One event loop for the window and for asyncio, and what Qt writes by itself beside our files."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar, cast

from PySide6.QtCore import QSettings
from shiboken6 import delete, isValid

from fishcaption.store.places import config_root

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from PySide6.QtWidgets import QApplication

_Answer = TypeVar("_Answer")


def event_loop(application: QApplication) -> asyncio.AbstractEventLoop:
    """Return a loop that is Qt's and asyncio's in one. Its blocking work is done in daemon threads.

    It takes nothing from other threads once it is closed: a call that comes back just then would reach a
    QObject of qasync's that is gone, and crash the process.
    """
    os.environ["QT_API"] = "pyside6"  # qasync tries other bindings first
    import qasync

    class Loop(qasync.QEventLoop):  # type: ignore[misc]  # it has no types
        def __init__(self) -> None:
            self._closing = threading.RLock()
            self._has_daemons = False
            super().__init__(application)

        def run_in_executor(
            self, executor: Executor | None, callback: Callable[..., _Answer], *args: Any
        ) -> asyncio.Future[_Answer]:
            if executor is None and not self._has_daemons:
                from fishcaption.blocking import use_daemons  # 2 % of the start; nothing blocks before it

                use_daemons()
                self._has_daemons = True
            return cast("asyncio.Future[_Answer]", super().run_in_executor(executor, callback, *args))

        def call_soon_threadsafe(
            self, callback: Callable[..., object], *args: Any, context: Any = None
        ) -> None:
            with self._closing:
                if not self.is_closed():  # nobody waits for it any more; an error would only be logged
                    super().call_soon_threadsafe(callback, *args, context=context)

        def close(self) -> None:
            """Close, and end qasync's timers here: what was cancelled still has one until it is due.

            Else they would end with the last reference to the loop, which may be another thread's.
            """
            with self._closing:
                super().close()
                if isValid(self._timer):
                    delete(self._timer)

    return cast("asyncio.AbstractEventLoop", Loop())


def qt_writes_with_us() -> None:
    """Have Qt write what it remembers by itself, the folders seen in file dialogs, beside our settings.

    Else it makes a file of its own in the user's folder; Windows and macOS have a store of theirs for it.
    """
    QSettings.setPath(QSettings.Format.NativeFormat, QSettings.Scope.UserScope, str(config_root()))
