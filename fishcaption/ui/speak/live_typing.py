"""Live typing: the utterance that is spoken while it is still being typed in the editor.

The reader gets the whole text after each change. What it says about the text is drawn in the editor: what was
heard cannot be changed any more, what was only sent still can. The text stays in the editor until Enter ends
the utterance or Stop cuts it. A text that has failed stays there until it is tried again or given up.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from fishcaption.core.errors import FishCaptionError, InputError
from fishcaption.core.speech import Fate
from fishcaption.store.settings import SpeakMode
from fishcaption.ui.editor.text_editor import Editor
from fishcaption.ui.speak.price_check import PriceCheck
from fishcaption.ui.speak.transcript import Transcript

if TYPE_CHECKING:
    from fishcaption.core.timing.flush_policy import Kind
    from fishcaption.ui.ports import SettingsService, Speaker, SpeechService

_BEGIN_MS = 30  # between two looks whether the reader is imported
_LONG = 20_000  # UTF-16 units; a longer text is sent after the key is drawn


class LiveTyping(QObject):
    """One live utterance at most; this class alone begins, feeds and ends it."""

    failed = Signal(object)  # a FishCaptionError that the reader does not know of
    finished = Signal(str)  # all text of the utterance that was just ended

    def __init__(
        self,
        reader: Speaker,
        speech: SpeechService,
        editor: Editor,
        transcript: Transcript,
        price: PriceCheck,
        settings: SettingsService,
    ) -> None:
        super().__init__()
        self._reader = reader
        self._speech = speech
        self._editor = editor
        self._transcript = transcript
        self._price = price
        self._settings = settings
        self._number: int | None = None
        self._failed_text = ""  # all that was sent of an utterance that failed and can be tried again
        self._paid_for = 0  # code points from the start whose price was accepted
        self._waits_for_enter = False
        self._push_soon = QTimer(self, singleShot=True, interval=0)
        self._push_soon.timeout.connect(self._on_push)
        self._begin_soon = QTimer(self, singleShot=True, interval=_BEGIN_MS)
        self._begin_soon.timeout.connect(self._on_begin)

    def close(self) -> None:
        """Send no more text."""
        self._push_soon.stop()
        self._begin_soon.stop()

    # -- what others ask ---------------------------------------------------------------------------

    def number(self) -> int | None:
        """Return the live utterance's number; None: nothing is typed live."""
        return self._number

    def has_failed(self) -> bool:
        """Return whether the live text has failed, and waits to be tried again or given up."""
        return bool(self._failed_text)

    def will_begin(self) -> bool:
        """Return whether the typed text will be spoken as soon as the reader is imported."""
        return self._begin_soon.isActive()

    def unheard_text(self) -> str:
        """Return the editor's text without what was heard of it, or can no longer be stopped."""
        text = self._editor.text()
        if self._number is None:
            return text
        view = self._reader.utterance(self._number)
        return text[view.heard_end if self._failed_text else view.fixed_end :]

    # -- what others do ----------------------------------------------------------------------------

    def wait_for_enter(self, does_wait: bool = True) -> None:
        """Begin no utterance with the editor's text: it came from elsewhere, and Enter speaks it."""
        self._waits_for_enter = does_wait

    def follow_text(self) -> None:
        """The editor's text has changed: speak it if it is typed live, or begin to."""
        if self._number is None and self._editor.is_empty():
            self._waits_for_enter = False
        if not self._is_on() and not self._may_begin():
            return
        if not self._is_on() and not self._speech.is_ready():
            self._begin_soon.start()  # no key waits for an import
        elif self._is_on() and self._editor.document().characterCount() > _LONG:
            self._push_soon.start()
        else:
            self._feed()

    def finish(self, text: str) -> None:
        """End the utterance with this text; what is typed behind it is a new draft."""
        number = self._number
        assert number is not None
        self._push(text)
        self._number = None
        self._paid_for = 0
        self._reader.finish_live(number)
        self._transcript.follow_again()
        with self._editor.program_change():
            self._editor.take_text(text)
        self._transcript.show_utterance(self._reader.utterance(number))
        self.finished.emit(text)

    def end(self) -> None:
        """End the utterance where it can no longer be stopped; the rest of its text is a draft again."""
        if self._failed_text:
            self.give_up()
        elif self._number is not None:
            view = self._reader.utterance(self._number)
            if view.fixed_end:
                self.finish(view.text[: view.fixed_end])
            else:
                number, self._number = self._number, None
                self._reader.live_text(number, "")
                self._reader.skip(number)

    def prepare_stop(self) -> None:
        """Before Stop: what was not sent yet is a draft again, so that Repeat does not speak it."""
        if self._begin_soon.isActive():
            self._begin_soon.stop()
            self._waits_for_enter = True
        if self._number is not None and not self._failed_text:
            view = self._reader.utterance(self._number)
            self._push(view.text[: view.sent_end])

    def give_up(self) -> None:
        """Do not try a failed text again; what was not heard of it is a draft again."""
        if not self._failed_text:
            return
        assert self._number is not None
        view = self._reader.utterance(self._number)
        self._number, self._failed_text = None, ""
        with self._editor.program_change():
            self._editor.take_text(view.text[: view.heard_end])
        if view.heard_end:
            self._transcript.show_utterance(view, end=view.heard_end)

    def release_failed(self) -> None:
        """A failed text is tried again: it leaves the editor, and stands in the transcript from now on."""
        if not self._failed_text:
            return
        given, self._failed_text, self._number = self._failed_text, "", None
        with self._editor.program_change():
            self._editor.take_text(given)

    def draw(self) -> None:
        """Draw in the editor what became of its text."""
        if self._number is None or self._failed_text:
            return
        view = self._reader.utterance(self._number)
        if view.fate is Fate.CUT:
            # what was sent stands in the transcript; what was not is a draft again
            self._number = None
            self._editor.take_text(view.text[: view.sent_end])
            self._transcript.show_utterance(view, end=view.sent_end)
        elif view.fate is Fate.FAILED:
            # the text stays where it is until it is tried again
            self._failed_text = view.text
            self._editor.mark_given(view.text, len(view.text), len(view.text))
            self._editor.light(None)
        elif not self._price.is_asking():  # else the text is ahead of what the reader knows
            self._editor.mark_given(view.text, view.fixed_end, view.sent_end)
            self._editor.light(view.word)

    # -- inside ------------------------------------------------------------------------------------

    def _is_on(self) -> bool:
        return self._number is not None

    def _may_begin(self) -> bool:
        return (
            self._settings.current.speak_mode != "enter"
            and not self._waits_for_enter
            and not self._editor.is_reading()
            and not self._editor.is_empty()
        )

    def _feed(self) -> None:
        text = self._editor.text()
        if self._number is None:
            if not text.strip():
                return
            try:
                self._number = self._reader.begin_live(_kind(self._settings.current.speak_mode))
            except FishCaptionError as exc:
                self.failed.emit(exc)
                return
        if self._price.is_asking():
            return
        more = text[self._paid_for :]
        if more and self._price.is_too_dear(more):
            self._price.run_if_affordable(more, self._on_price_accepted)
        else:
            self._push(text)

    def _push(self, text: str) -> None:
        assert self._number is not None
        try:
            self._reader.live_text(self._number, text)
        except InputError as exc:
            self.failed.emit(exc)

    def _on_price_accepted(self) -> None:
        self._price.answered()
        text = self._editor.text()
        self._paid_for = len(text)
        self._push(text)

    def _on_begin(self) -> None:
        if self._number is None and not self._editor.is_empty():
            self.follow_text()

    def _on_push(self) -> None:
        if self._number is not None and not self._failed_text:
            self._feed()


def _kind(mode: SpeakMode) -> Kind:
    """Return how much of the text is voiced at a time."""
    from fishcaption.core.timing.flush_policy import Kind

    return Kind[{"sentence": "SENTENCES", "word": "WORDS"}.get(mode, "TYPED")]
