"""One call at a moment, on Qt's loop: `captions.track.Alarm`."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QTimer


class QtAlarm:
    """Rings to a millisecond, never too early. It ends with the object that owns it."""

    def __init__(self, owner: QObject) -> None:
        self._timer = QTimer(owner, singleShot=True, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._on_time)
        self._act: Callable[[], object] | None = None

    def set(self, moment: float, act: Callable[[], object], /) -> None:
        """See `captions.track.Alarm.set`."""
        self._act = act
        self._timer.start(max(0, math.ceil((moment - time.perf_counter()) * 1000)))

    def clear(self) -> None:
        """See `captions.track.Alarm.clear`."""
        self._act = None
        self._timer.stop()

    def _on_time(self) -> None:
        act, self._act = self._act, None
        if act is not None:
            act()
