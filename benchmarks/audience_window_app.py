"""The audience's window alone, with captions at a steady pace: what painting them costs.

    python -m benchmarks.audience_window_app WORDS_PER_MINUTE SECONDS STYLE

Prints one line of JSON: CPU seconds of this process and of its seconds, the milliseconds of every paint, and
of every turn of the loop in which a word was drawn ahead, or the captions looked for. STYLE is that of
settings, as JSON.
"""

from __future__ import annotations

import json
import random
import sys
import time
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QApplication, QWidget

from fishcaption.captions.audience import Audience
from fishcaption.core.audience_style import ScreenIdentity, style_of
from fishcaption.core.speech import Fate, PlayerState, Snapshot, Span, State, UtteranceView, WordTime
from fishcaption.core.text.segmentation import words
from fishcaption.ui.alarm import QtAlarm
from fishcaption.ui.present.audience_canvas import AudienceCanvas
from fishcaption.ui.present.audience_window import AudienceWindow

_SETTLE_MS = 2000
_RATE = 44_100
_SYLLABLES = ("ba", "len", "ti", "mor", "sa", "gri", "fo", "den", "u", "cha", "vel", "no")


def new_words(count: int) -> str:
    """Sentences of words of which hardly one comes twice: none is drawn already."""
    chance = random.Random(5)
    found = ["".join(chance.choices(_SYLLABLES, k=chance.choice((1, 2, 2, 3)))) for _ in range(count)]
    return " ".join(f"{word}." if place % 12 == 11 else word for place, word in enumerate(found))


class Voice:
    """Says so many words a minute."""

    def __init__(self, words_per_minute: float) -> None:
        self.text = new_words(2000)
        self.spans = words(self.text)
        self._frames = round(_RATE * 60 / words_per_minute)
        self._timed = tuple(
            WordTime(span, place * self._frames, (place + 1) * self._frames)
            for place, span in enumerate(self.spans)
        )
        self.utterance, self._at = 1, -1

    def word_times(self, number: int, /) -> tuple[int, tuple[WordTime, ...]]:
        """Return the rate, and when each word sounds."""
        return _RATE, self._timed

    def heard_frames(self, number: int, /) -> int:
        """Return how much was said."""
        return self._at * self._frames

    def next(self) -> Snapshot:
        """One word more; after the last one of a text another text begins."""
        self._at += 1
        if self._at == len(self.spans):
            self._at, self.utterance = 0, self.utterance + 1
        span: Span = self.spans[self._at]
        view = UtteranceView(
            self.utterance, self.text, False, Fate.SPEAKING, len(self.text), span.start, span, None
        )
        return Snapshot(State.SPEAKING, None, view, (), 0.0, None, PlayerState("", True, None))


paints: list[float] = []
ahead: list[float] = []
ahead_cpu: list[float] = []
looks: list[float] = []


class Measured(AudienceCanvas):
    """Tells how long it takes."""

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint, and keep how long it took."""
        began = time.perf_counter()
        super().paintEvent(event)
        paints.append((time.perf_counter() - began) * 1e3)

    def _draw_ahead(self) -> None:
        began, cpu = time.perf_counter(), time.thread_time()
        super()._draw_ahead()
        ahead.append((time.perf_counter() - began) * 1e3)
        ahead_cpu.append((time.thread_time() - cpu) * 1e3)


def main(words_per_minute: float, seconds: float, style: Any) -> int:
    """Show captions for so long."""
    import fishcaption.ui.present.audience_window as module

    vars(module)["AudienceCanvas"] = Measured  # the window builds what it finds there
    application = QApplication(sys.argv[:1])
    operator = QWidget()
    window = AudienceWindow(operator)
    voice = Voice(words_per_minute)
    audience = Audience(voice, QtAlarm(window))
    window.set_style(style_of(style))
    window.appear(ScreenIdentity())
    audience.subscribe(style_of(style).layout(), window.show_display)
    pace = QTimer()
    pace.setTimerType(Qt.TimerType.PreciseTimer)
    pace.setInterval(round(60_000 / words_per_minute))

    def say() -> None:
        began = time.perf_counter()
        audience.look(voice.next())
        looks.append((time.perf_counter() - began) * 1e3)

    def begin() -> None:
        paints.clear()
        ahead.clear()
        ahead_cpu.clear()
        looks.clear()
        moment, cpu = time.perf_counter(), time.process_time()

        def end() -> None:
            spent = time.process_time() - cpu
            lasted = time.perf_counter() - moment
            told = {"cpu": spent, "seconds": lasted, "on": window.on_screen(), "ahead_cpu": ahead_cpu}
            sys.stdout.write(json.dumps({**told, "paints": paints, "ahead": ahead, "looks": looks}) + "\n")
            application.quit()

        QTimer.singleShot(round(seconds * 1000), end)

    pace.timeout.connect(say)
    pace.start()
    QTimer.singleShot(_SETTLE_MS, begin)
    return application.exec()


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]), float(sys.argv[2]), json.loads(sys.argv[3])))
