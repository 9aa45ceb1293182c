"""The program's window, and a bare one beside it, as `benchmarks.window` looks into them.

    python -m benchmarks.window_app PROGRAM        fishcaption | bare

Runs the program as `fishcaption` does, takes orders as JSON lines on standard input and answers each with one
on standard output. What is looked into: when keys came in and when what they changed had been painted, how
long the loop stood still, where words stand on the screen. Times are of `time.perf_counter`.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, QObject, QPoint, QSocketNotifier, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QTextCursor
from PySide6.QtWidgets import QMainWindow, QPlainTextEdit, QWidget

from fishcaption.core.errors import FishCaptionError

Answer = Callable[[Any], None]

Starved = dict[str, float]

_DRAWN_MS = 100  # the window draws what has come as soon as it can


def starved(*processes: int) -> Starved:
    """For how many seconds in all each thread of the processes had work and no processor; Linux tells."""
    found: Starved = {}
    for process in processes:
        for thread in Path(f"/proc/{process}/task").iterdir():
            with contextlib.suppress(OSError):  # it has just ended
                found[thread.name] = int((thread / "schedstat").read_bytes().split()[1]) / 1e9
    return found


def longest(before: Starved, after: Starved) -> float:
    """How long the thread was kept waiting, between two looks, that was so the longest."""
    return max(after[thread] - before.get(thread, 0.0) for thread in after)


class Watch(QObject):
    """Looks at a window from inside, and takes orders."""

    def __init__(self, window: QMainWindow, editor: QPlainTextEdit) -> None:
        super().__init__(window)
        self.window = window
        self.editor = editor
        self.painted: list[tuple[float, Starved]] = []  # for each key, when what it changed was
        self._watched = (os.getpid(), int(os.environ["SCREEN_PROCESS"]))
        self._keys = 0  # that came in and are not painted yet
        self._is_painted = False
        self._input = b""
        self._beat = QTimer(self)
        self._beat.setTimerType(Qt.TimerType.PreciseTimer)
        self._beat.timeout.connect(self._on_beat)
        self._last_beat: tuple[float, Starved] = (0.0, {})
        self._longest = (0.0, 0.0)
        editor.installEventFilter(self)
        editor.viewport().installEventFilter(self)
        os.set_blocking(0, False)
        self._orders = QSocketNotifier(0, QSocketNotifier.Type.Read, self)
        self._orders.activated.connect(self._on_input)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Note when keys come to the editor."""
        if event.type() == QEvent.Type.KeyPress and watched is self.editor:
            self._keys += 1
            self._is_painted = False
        elif event.type() == QEvent.Type.Paint:
            self._is_painted = True
        return False

    def on_updated(self) -> None:
        """What was to be painted has been, and is with the screen."""
        if self._keys and self._is_painted:
            self.painted += [(time.perf_counter(), starved(*self._watched))] * self._keys
            self._keys = 0

    def _on_beat(self) -> None:
        now, (last, before) = time.perf_counter(), self._last_beat
        after = starved(os.getpid())
        self._longest = (
            max(self._longest[0], now - last),
            max(self._longest[1], now - last - longest(before, after)),
        )
        self._last_beat = (time.perf_counter(), after)

    # -- orders ------------------------------------------------------------------------------------

    def _on_input(self) -> None:
        more = os.read(0, 1 << 20)
        if not more:  # whoever gives orders is gone
            self._orders.setEnabled(False)
            self.window.close()
        self._input += more
        *lines, self._input = self._input.split(b"\n")
        for line in lines:
            order = json.loads(line)
            act: Callable[..., Any] = getattr(self, "do_" + order.pop("do"))
            try:
                act(_answer, **order)
            except FishCaptionError as error:
                _answer(f"refused: {error}")

    def do_keys(self, answer: Answer) -> None:
        """When keys were painted since the last answer; with each, how long we and the screen starved."""
        painted, self.painted = self.painted, []
        answer(painted)

    def do_beat(self, answer: Answer, on: bool) -> None:
        """Begin or end to look for stalls; the longest of the loop, by the clock and less what it starved."""
        self._last_beat = (time.perf_counter(), starved(os.getpid()))
        if on:
            self._longest = (0.0, 0.0)
            self._beat.start(3)
        else:
            self._beat.stop()
        answer(self._longest)

    def do_clipboard(self, answer: Answer, text: str) -> None:
        """Have a text on the clipboard."""
        QGuiApplication.clipboard().setText(text)
        answer(None)

    def do_middle(self, answer: Answer) -> None:
        """Put the cursor into the middle of the text, and that into view."""
        cursor = self.editor.textCursor()
        cursor.setPosition(self.editor.document().characterCount() // 2)
        self.editor.setTextCursor(cursor)
        answer(None)

    def do_clear(self, answer: Answer) -> None:
        """Have no text in the editor."""
        self.editor.clear()
        answer(None)

    def do_end(self, answer: Answer) -> None:
        """Close the window."""
        answer(None)
        self.window.close()


class ProgramWatch(Watch):
    """What only our window has."""

    def __init__(self, window: Any, reader: Any, services: Any) -> None:
        super().__init__(window, window.text_workspace.editor)
        self._services = services
        self._audience: AudienceWatch | None = None
        self._transcript = window.text_workspace.transcript
        self._composer = window.text_workspace.composer
        self._reader = reader
        self._feeding = QTimer(self)
        self._feeding.setTimerType(Qt.TimerType.PreciseTimer)

    def do_speak(self, answer: Answer, text: str) -> None:
        """Speak a text as somebody does who does not type it."""
        answer(self._reader.speak(text))

    def do_voice(self, answer: Answer, provider: str, id: str) -> None:
        """Choose a voice, as in the picker."""
        from fishcaption.core.speech import VOICE_KINDS, Voice

        self._services.settings.change(voice=Voice(VOICE_KINDS[provider].provider, id, id, ("en",)))
        answer(True)

    def do_stop(self, answer: Answer) -> None:
        """Silence."""
        self._composer.stop()
        answer(None)

    def do_state(self, answer: Answer) -> None:
        """Where the reader is, and what stands in the editor."""
        snapshot = self._reader.snapshot()
        current = snapshot.current
        answer(
            {
                "state": snapshot.state.value,
                "fate": current and current.fate.value,
                "sent_end": current and current.sent_end,
                "heard_end": current and current.heard_end,
                "is_open": snapshot.player.open,
                "editor": len(self._editor_text()),
                "is_reading": self._composer._editor.is_reading(),
            }
        )

    def _editor_text(self) -> str:
        text: str = self._composer._editor.text()
        return text

    def do_words(self, answer: Answer, document: bool = False) -> None:
        """Where each word of the transcript, or of the document, stands on the screen.

        [start and end in the text, left and right, top and bottom]
        """
        view = self._composer._editor if document else self._transcript
        number = self._reader.snapshot().current.id
        text = self._reader.utterance(number).text
        entry = None if document else self._transcript._entries[number]
        found = []
        for start, end in _words(text):
            places = [
                view.place(point) if entry is None else self._transcript._place_of(entry, point)
                for point in (start, end)
            ]
            cursor = QTextCursor(view.document())
            corners = []
            for place in places:
                cursor.setPosition(place)
                corners.append(view.cursorRect(cursor))
            left = view.viewport().mapToGlobal(QPoint(corners[0].left(), corners[0].top()))
            right = view.viewport().mapToGlobal(QPoint(corners[1].left(), corners[1].bottom()))
            found.append([start, end, left.x(), right.x(), left.y(), right.y()])
        answer(found)

    def do_pipe(self, answer: Answer, token: str, count: int, a_second: float, window: int) -> None:
        """Append tokens to a live utterance; for each run of `window` of them the CPU of the loop."""
        from fishcaption.core.timing.flush_policy import Kind

        number = self._reader.begin_live(Kind.PIPED)
        began, given = time.perf_counter(), 0
        spent = [time.thread_time()]

        def tell() -> None:
            shown = len(self._transcript.text()), len(self._reader.utterance(number).text)
            answer({"cpu": [later - sooner for sooner, later in pairwise(spent)], "shown": shown})

        def feed() -> None:
            nonlocal given
            while given < min(count, (time.perf_counter() - began) * a_second):
                # no window appends: a pipe is `say`'s
                self._reader._reader.append(number, f"{token} " if (given + 1) % 12 else f"{token}. ")
                given += 1
                if given % window == 0:
                    spent.append(time.thread_time())
            if given >= count:
                self._feeding.stop()
                self._feeding.timeout.disconnect()
                self._reader.finish_live(number)
                QTimer.singleShot(_DRAWN_MS, tell)

        self._feeding.timeout.connect(feed)
        self._feeding.start(5)

    # -- a script ----------------------------------------------------------------------------------

    def do_script(self, answer: Answer, texts: list[str]) -> None:
        """Use a script with these cues."""
        from fishcaption.core.script.model import Script, ScriptCue

        cues = tuple(ScriptCue(number, text) for number, text in enumerate(texts, 1))
        self._services.script().set_script(Script(f"{len(texts)} cues", cues))
        answer(None)

    def do_prepare(self, answer: Answer) -> None:
        """Have the script prepared."""
        self._services.script().prepare()
        answer(None)

    def do_cancel(self, answer: Answer) -> None:
        """Have it prepared no more."""
        self._services.script().cancel_preparing()
        answer(None)

    def do_show(self, answer: Answer) -> None:
        """How far preparing is, and the script's length in seconds."""
        view = self._services.script().view()
        answer(
            {
                "preparation": view.preparation.value,
                "prepared": view.prepared,
                "length": view.spoken_seconds + view.left_seconds,
            }
        )

    def do_audience(self, answer: Answer) -> None:
        """Show captions in the audience's window."""
        from fishcaption.ui.present.audience_control import AudienceWindowControl

        control = self.window.features.find(AudienceWindowControl)  # type: ignore[attr-defined]  # ours
        control.show()
        self._audience = AudienceWatch(control.window)
        answer(None)

    def do_painted(self, answer: Answer) -> None:
        """When the audience's window was painted since the last answer."""
        assert self._audience is not None
        painted, self._audience.painted = self._audience.painted, []
        answer(painted)


class AudienceWatch(QObject):
    """Notes when the audience's window has been painted."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.painted: list[float] = []
        for widget in (window, *window.findChildren(QWidget)):
            widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """What is painted is with the screen once the work at hand is done."""
        if event.type() == QEvent.Type.Paint:
            QTimer.singleShot(0, lambda: self.painted.append(time.perf_counter()))
        return False


def _words(text: str) -> list[tuple[int, int]]:
    from fishcaption.core.text.segmentation import words

    return [(span.start, span.end) for span in words(text)]


def _answer(value: Any) -> None:
    sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()


# --- the programs ----------------------------------------------------------------------------------------


def fishcaption() -> None:
    """Our window, watched."""
    from fishcaption.app.pyside import skip_source_scan

    skip_source_scan()
    from fishcaption.app import program as app
    from fishcaption.app.instance import LaunchRequest
    from fishcaption.ui.shell.window import Window

    class Watched(Window):
        def __init__(self, reader: Any, *arguments: Any, **options: Any) -> None:
            super().__init__(reader, *arguments, **options)
            self._watch = ProgramWatch(self, reader, arguments[0])

        def event(self, event: QEvent) -> bool:
            done = super().event(event)
            if event.type() == QEvent.Type.UpdateRequest:
                self._watch.on_updated()
            return done

    vars(app)["Window"] = Watched  # the program builds what it finds there
    sys.exit(app.window(LaunchRequest()))


def bare() -> None:
    """A bare editor window on a loop of qasync."""
    import asyncio

    os.environ["QT_API"] = "pyside6"
    import qasync
    from PySide6.QtWidgets import QApplication

    class Bare(QMainWindow):
        def __init__(self) -> None:
            super().__init__()
            self.setWindowTitle("bare")
            editor = QPlainTextEdit()
            self.setCentralWidget(editor)
            bar = self.addToolBar("bar")
            for name in ("Speak", "Pause", "Stop"):
                bar.addAction(name)
            self.statusBar().showMessage("Ready.")
            self.resize(940, 720)
            self.closed = asyncio.Event()
            if "--watch" in sys.argv:
                self._watch = Watch(self, editor)

        def event(self, event: QEvent) -> bool:
            done = super().event(event)
            if event.type() == QEvent.Type.Close:
                self.closed.set()
            elif event.type() == QEvent.Type.UpdateRequest and "--watch" in sys.argv:
                self._watch.on_updated()
            return done

    async def live() -> None:
        window = Bare()
        window.show()
        await window.closed.wait()

    application = QApplication(sys.argv[:1])
    application.setQuitOnLastWindowClosed(False)
    with asyncio.Runner(loop_factory=lambda: qasync.QEventLoop(application)) as runner:
        runner.run(live())


if __name__ == "__main__":
    {"fishcaption": fishcaption, "bare": bare}[sys.argv[1]]()
