"""The loop that is Qt's and asyncio's: what is left of it when it is closed."""

from __future__ import annotations

import asyncio
import gc
import threading
from functools import partial

from PySide6.QtWidgets import QApplication

from fishcaption.app.event_loop import event_loop


def test_its_timers_end_with_it_whoever_holds_it_last(qapp: QApplication) -> None:
    """Qt warns of a timer that another thread ends, and such a warning fails every test."""
    held: list[asyncio.AbstractEventLoop] = []

    async def cancel_one() -> None:
        loop = asyncio.get_running_loop()
        loop.call_later(60, print).cancel()
        held.append(loop)

    qapp.setQuitOnLastWindowClosed(False)  # as the program has it
    with asyncio.Runner(loop_factory=partial(event_loop, qapp)) as runner:
        runner.run(cancel_one())
    qapp.setQuitOnLastWindowClosed(True)
    del runner

    def let_go() -> None:
        held.clear()
        gc.collect()

    thread = threading.Thread(target=let_go)
    thread.start()
    thread.join()
