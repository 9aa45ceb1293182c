"""The page where texts are read aloud: the text in large type, the level, and one button for all.

Space or a switch is enough: it records, stops, and shows the next text. Other keys of the page: P plays the
take, R records it again, N and B go to the next and previous text.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from fishcaption.core.errors import FishCaptionError
from fishcaption.ui.recording_ports import InputDevice
from fishcaption.ui.voices.studio.level_meter import Heard, LevelMeter
from fishcaption.ui.voices.studio.reading_field import ReadingField
from fishcaption.ui.voices.studio.session import Phase
from fishcaption.ui.voices.studio.words import (
    advice_words,
    error_words,
    joined,
    length_words,
    no_signal_words,
    room_words,
)
from fishcaption.ui.widgets.controls import Choice, FlowBox, FlowRow, StatusLine, announce
from fishcaption.ui.widgets.dialog_parts import text_button
from fishcaption.ui.widgets.labels import Label

if TYPE_CHECKING:
    from fishcaption.core.voices.takes import TakeMeasures
    from fishcaption.ui.recording_ports import Level, RecordingsService
    from fishcaption.ui.voices.studio.session import Session
    from fishcaption.ui.widgets.theme import Look

_TEST_MS = 8_000  # a test of the microphone ends by itself after that
_TRIMMED_SECONDS = 0.6  # of silence before or after the voice: more is worth a button


class ReadPage(QWidget):
    """Draws a `Session`, and gives it its commands. `play` plays the last take."""

    own_text_asked = Signal()
    language_chosen = Signal(str)
    microphone_chosen = Signal(object)  # an InputDevice
    test_began = Signal()  # playback must stop

    def __init__(
        self, session: Session, service: RecordingsService, play: Callable[[], None], look: Look
    ) -> None:
        super().__init__()
        self._session = session
        self._service = service
        self._play_take = play
        self._is_testing = False
        self._is_gone = False
        self._devices: tuple[InputDevice, ...] = ()
        self._build(look)
        self._connect()
        self._end_test_soon = QTimer(self)
        self._end_test_soon.setSingleShot(True)
        self._end_test_soon.setInterval(_TEST_MS)
        self._end_test_soon.timeout.connect(service.stop)
        self.refresh_microphones()
        self.draw()

    # -- building ----------------------------------------------------------------------------------

    def _build(self, look: Look) -> None:
        self._microphone = Choice()
        self._microphone.setAccessibleName(self.tr("Microphone"))
        self._microphone.addItem(self.tr("The system's microphone"))
        self._microphone.setMinimumContentsLength(18)
        self._test = text_button(self.tr("Test the microphone"))
        self._language = Choice()
        self._language.setAccessibleName(self.tr("Language of the texts"))
        self._language.setMinimumContentsLength(9)
        self._own = text_button(self.tr("Your own text…"), self.own_text_asked.emit)
        self._title = Label()
        self._title.setProperty("role", "hint")
        self._title.setWordWrap(True)
        self._text = ReadingField(look)
        self._text.setAccessibleName(self.tr("Text to read aloud"))
        self._meter = LevelMeter()
        self._meter.set_colors(look.colors)
        self.button = text_button("", big=True)
        self.button.setProperty("role", "primary")
        self.button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.button.setAutoDefault(True)  # Enter is a switch, too
        self._play = text_button(self.tr("Play"), self._play_take)
        self._again = text_button(self.tr("Record again"), self._session.record)
        self._trim = text_button(self.tr("Trim the silence"), self._session.trim)
        self._back = text_button(self.tr("Previous text"))
        self._next = text_button(self.tr("Next text"))
        self._status = StatusLine()
        row = FlowRow()
        for widget in (Label(self.tr("Microphone:")), self._microphone, self._test):
            row.addWidget(widget)
        for widget in (Label(self.tr("Language:")), self._language, self._own):
            row.addWidget(widget)
        acts = FlowRow()
        for button in (self._play, self._again, self._trim, self._back, self._next):
            acts.addWidget(button)
        column = QVBoxLayout(self)
        column.addWidget(self._title)
        column.addWidget(self._text, 1)
        column.addWidget(self.button)
        column.addWidget(self._meter)
        column.addWidget(FlowBox(acts))
        column.addWidget(self._status)
        column.addWidget(FlowBox(row))
        self.setTabOrder(self.button, self._play)

    def _connect(self) -> None:
        self.button.clicked.connect(self._on_button)
        self._test.clicked.connect(self._on_test)
        self._microphone.activated.connect(self._on_microphone)
        self._language.activated.connect(self._on_language)
        self._back.clicked.connect(lambda: self._session.step(-1))
        self._next.clicked.connect(lambda: self._session.step(1))
        self._meter.on_changed = self._on_heard
        self._session.changed.connect(self.draw)
        self._session.leveled.connect(self._meter.show_level)
        self._session.failed.connect(self.tell_error)

    def show_languages(self, languages: tuple[tuple[str, str], ...], chosen: str) -> None:
        """Show these languages, (code, name), and that one as chosen."""
        self._language.clear()
        for code, name in languages:
            self._language.addItem(name, code)
        self.choose_language(chosen)

    def choose_language(self, language: str) -> None:
        """Show this language as the chosen one."""
        self._language.setCurrentIndex(max(0, self._language.findData(language)))

    # -- drawing -----------------------------------------------------------------------------------

    def draw(self) -> None:
        """Show the session as it is."""
        session, text = self._session, self._session.text
        phase = session.phase
        count = len(session.texts)
        if text is not None:
            title = self.tr("Text {number} of {count}").format(number=session.place + 1, count=count)
            self._title.setText(f"{title}: {text.title}" if text.title else title)
            shown = text.text
        elif count:
            self._title.setText(self.tr("All texts are read"))
            shown = self.tr("All {count} texts are read. Thank you! Read more whenever you like.")
            shown = shown.format(count=count)
        else:
            self._title.setText(self.tr("There are no texts in this language"))
            shown = self.tr("Choose “Your own text…”, and read what you like.")
        self._text.show_text(shown)
        self._draw_button(phase)
        is_done = phase is Phase.DONE and session.take is not None
        is_busy = session.is_busy or self._is_testing
        self._play.setEnabled(is_done)
        self._again.setEnabled(is_done)
        self._trim.setEnabled(is_done and _has_silence(session.measures))
        self._back.setEnabled(not is_busy and session.place > 0)
        self._next.setEnabled(not is_busy and session.place < count - 1)
        for widget in (self._microphone, self._language, self._own):
            widget.setEnabled(not is_busy)
        self._test.setEnabled(not session.is_busy)
        self._test.setText(self.tr("Stop the test") if self._is_testing else self.tr("Test the microphone"))
        self._draw_status(phase)

    def _draw_button(self, phase: Phase) -> None:
        words = {
            Phase.READY: self.tr("Record"),
            Phase.RECORDING: self.tr("Stop"),
            Phase.SAVING: self.tr("Saving…"),
            Phase.DONE: self.tr("Go on to the next text"),
            Phase.FINISHED: self.tr("Begin again at the first text"),
        }[phase]
        role = "danger" if phase is Phase.RECORDING else "primary"
        if self.button.property("role") != role:
            self.button.setProperty("role", role)
            self.button.style().unpolish(self.button)
            self.button.style().polish(self.button)
        self.button.setText(words)
        # it stays enabled while it saves: it would lose the focus, and a switch would do nothing
        self.button.setEnabled(self._session.text is not None or phase is not Phase.READY)
        if phase is Phase.RECORDING:
            if self._status.text():
                self._meter.begin()
        elif not self._is_testing:
            self._meter.rest()

    def _draw_status(self, phase: Phase) -> None:
        session = self._session
        if self._is_testing:
            return
        if phase is Phase.RECORDING:
            # not announced: a screen reader would be heard in the recording
            self._status.setText(self.tr("Recording. Read the text aloud; Space stops."))
        elif phase is Phase.DONE and session.take is not None:
            length = length_words(session.take.seconds)
            saved = self.tr("{length} are saved.").format(length=length)
            if session.measures is None:
                state = self.tr("It could not be checked. Space goes on.")
                self._status.tell(
                    joined((saved, state if session.is_unchecked else self.tr("Checking…"))), saved
                )
            else:
                lost = (
                    self.tr("The computer was too busy, and a part is missing.")
                    if session.lost_frames
                    else ""
                )
                go_on = self.tr("Space goes on.")
                self._status.tell(joined((saved, lost, advice_words(session.measures), go_on)))
        elif phase is Phase.READY and session.text is not None:
            self._status.tell(
                self.tr("Press Space, read the text aloud as you would say it, and press Space again.")
            )
        elif phase is Phase.FINISHED:
            self._status.tell(
                self.tr("The takes are in the next page. Say in the last one whose voice it is.")
            )

    def tell_error(self, error: FishCaptionError) -> None:
        """Say what went wrong, and what to do."""
        self._status.tell(error_words(error))

    def tell(self, words: str) -> None:
        """Say something below the buttons."""
        self._status.tell(words)

    def leave(self) -> None:
        """The window is closed."""
        self._is_gone = True
        self._end_test_soon.stop()

    # -- microphones -------------------------------------------------------------------------------

    def refresh_microphones(self) -> None:
        """Ask which microphones there are now."""
        self._service.microphones(self._on_microphones)

    def _on_microphones(self, answer: tuple[InputDevice, ...] | FishCaptionError) -> None:
        if self._is_gone:
            return
        if isinstance(answer, FishCaptionError):
            self.tell_error(answer)
            return
        self._devices = answer
        while self._microphone.count() > 1:
            self._microphone.removeItem(1)
        names = [device.name for device in answer]
        for device in answer:
            is_double = names.count(device.name) > 1
            self._microphone.addItem(f"{device.name} ({device.host_api})" if is_double else device.name)
        if not answer:
            self.tell(
                self.tr("No microphone was found. Connect one, and open this window again; or add files.")
            )
        elif self._session.device in answer:
            self._microphone.setCurrentIndex(1 + answer.index(self._session.device))
        elif self._session.device.name:
            words = self.tr("“{name}” is not connected. The system's microphone is used instead.")
            self.tell(words.format(name=self._session.device.name))
            self._session.device = InputDevice()
            self._microphone.setCurrentIndex(0)
        self._microphone.fit_popup()

    def _on_microphone(self, row: int) -> None:
        self._session.device = self._devices[row - 1] if 0 < row <= len(self._devices) else InputDevice()
        self.microphone_chosen.emit(self._session.device)

    def _on_language(self, row: int) -> None:
        self.language_chosen.emit(str(self._language.itemData(row)))

    # -- the test ----------------------------------------------------------------------------------

    def _on_test(self) -> None:
        if self._is_testing:
            self._service.stop()
            return
        self.test_began.emit()
        self._is_testing = True
        self._meter.begin()
        self._status.setText(
            self.tr("Be silent for three seconds; then say a sentence as loud as you will read.")
        )
        self._service.try_microphone(self._session.device, self._on_test_level, self._on_tested)
        self._end_test_soon.start()
        self.draw()

    def _on_test_level(self, level: Level) -> None:
        if not self._is_gone and self._is_testing:
            self._meter.show_level(level)

    def _on_tested(self, answer: TakeMeasures | FishCaptionError) -> None:
        if self._is_gone:
            return
        self._end_test_soon.stop()
        self._is_testing = False
        self.draw()
        if isinstance(answer, FishCaptionError):
            self.tell_error(answer)
        else:
            self.tell(room_words(answer))

    # -- the one key -------------------------------------------------------------------------------

    def _on_button(self) -> None:
        if self._is_testing:
            self._service.stop()
            return
        self._session.press()

    def _on_heard(self, heard: Heard, _words: str) -> None:
        """Say at once that nothing is heard: the recording is lost anyway."""
        if heard is Heard.NOTHING:
            words = no_signal_words()
            self._status.setText(words)
            announce(self, words, urgent=True)

    # -- Qt ----------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        acts: dict[int, Callable[[], object]] = {
            Qt.Key.Key_Space: self._on_button,
            Qt.Key.Key_P: self._play.click,
            Qt.Key.Key_R: self._again.click,
            Qt.Key.Key_N: self._next.click,
            Qt.Key.Key_B: self._back.click,
        }
        act = acts.get(event.key())
        if act is None or event.isAutoRepeat() or event.modifiers() & ~Qt.KeyboardModifier.ShiftModifier:
            super().keyPressEvent(event)
        else:
            act()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.button.setFocus()


def _has_silence(measures: TakeMeasures | None) -> bool:
    if measures is None or measures.speech_seconds <= 0:
        return False
    after = measures.seconds - measures.speech_end
    return max(measures.speech_start, after) > _TRIMMED_SECONDS
