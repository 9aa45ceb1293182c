"""The composer: what Enter, typing and Stop do between editor, transcript and reader.

It owns no widget. It draws what the caption track shows, when it is heard.

A draft becomes an utterance in one of three ways: it *moves* to the transcript (Enter); it is *typed live*
and stays in the editor until Enter, what was heard of it fixed (`live_typing`); or it is a pasted *document*,
read in place. What happens to a draft before that is in `drafts`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from fishcaption.core.errors import FishCaptionError
from fishcaption.core.speech import Fate, Snapshot, State, UtteranceView
from fishcaption.store.journal import Journal
from fishcaption.store.settings import WhileSpeaking
from fishcaption.ui.editor.text_editor import Editor
from fishcaption.ui.speak.drafts import Drafts
from fishcaption.ui.speak.live_typing import LiveTyping
from fishcaption.ui.speak.price_check import PriceCheck
from fishcaption.ui.speak.script_check import ScriptCheck
from fishcaption.ui.speak.transcript import Transcript

if TYPE_CHECKING:
    from fishcaption.ui.lazy_track import LazyTrack
    from fishcaption.ui.ports import ModelService, SettingsService, Speaker, SpeechService
    from fishcaption.ui.workspace import Later, RecordedTexts, TypedCaptions

_WARM_MS = 1000  # while somebody types, the voice's service is told this often


class Composer(QObject):
    """Receives commands from keys and buttons; emits `looked` with what to draw."""

    looked = Signal(object)  # a Snapshot
    begun = Signal()  # something new is to be spoken: what was told before is over
    failed = Signal(object)  # a FishCaptionError that the reader does not know of
    noticed = Signal(str)  # a sentence for the status line

    def __init__(
        self,
        reader: Speaker,
        speech: SpeechService,
        editor: Editor,
        transcript: Transcript,
        journal: Journal,
        settings: SettingsService,
        models: ModelService,
        track: LazyTrack,
    ) -> None:
        super().__init__()
        self._reader = reader
        self._speech = speech
        self._editor = editor
        self._transcript = transcript
        self._settings = settings
        self.price = PriceCheck(models)
        self.scripts = ScriptCheck(settings, self)
        self.live = LiveTyping(reader, speech, editor, transcript, self.price, settings)
        self.drafts = Drafts(editor, self.live, journal)
        self.end_word: Callable[[], None] = _nothing  # no more is typed behind the last word
        self.later: list[Later] = []  # all that would still speak by itself; Stop ends it
        self.captions: TypedCaptions | None = None  # takes what is typed, in place of the voice
        self._captioned = 0  # texts that it took
        self.recorded: RecordedTexts | None = None  # texts that are heard in the user's own recording
        self.learn: Callable[[str], None] | None = None  # from what the user has written and had spoken
        self._in_place: int | None = None  # being read, or last read, in the editor
        self._read_text = ""  # what was given to be read in place
        self._is_other = False  # the text whose price is asked does not do as the settings say
        self._snapshot = reader.snapshot()
        self._failure: FishCaptionError | None = None  # the last one, and what it failed with
        self._failed_with: tuple[object, ...] = ()
        self._warmed = QTimer(self, singleShot=True, interval=_WARM_MS)
        self._track = track
        track.subscribe(self._draw)
        self._connect()
        reader.replace = settings.current.while_speaking == "replace"
        settings.subscribe(lambda settings: settings.while_speaking, self._on_while_speaking)

    def _connect(self) -> None:
        self.live.failed.connect(self.failed)
        self.live.finished.connect(self._on_live_finished)
        self.drafts.failed.connect(self.failed)
        self.drafts.noticed.connect(self.noticed)
        editor = self._editor
        editor.walk = self.drafts.walk
        editor.speak_asked.connect(self.speak)
        editor.pause_asked.connect(self.pause_or_resume)
        editor.refused.connect(self._on_refused)
        editor.nothing_came.connect(self._on_nothing_came)
        editor.textChanged.connect(self._on_text_changed)
        self._transcript.pause_asked.connect(self.pause_or_resume)

    def close(self) -> None:
        """Save the draft and close the journal."""
        self.live.close()
        self._warmed.stop()
        self.drafts.close()

    # -- commands ----------------------------------------------------------------------------------

    def speak(self, *, other: bool = False) -> None:
        """Enter: speak the draft, or end the text that is typed live; without a text, repeat the last one.

        `other`: the opposite of the setting: the text replaces what is being spoken instead of waiting, or
        waits instead of replacing it.
        """
        if self.price.is_asking() or self._editor.is_reading():
            return
        self.begun.emit()
        self._editor.settle_composition()
        self.end_word()
        text = self._editor.text()
        if self.captions is not None:
            self._end_captioned(self.captions, text)
        elif self.live.has_failed():
            self.noticed.emit(
                self.tr("This text was not spoken. Try again first, or press Esc to go on writing.")
            )
        elif self.live.number() is not None:
            self.live.finish(text)
        elif not text.strip():
            self._speak_nothing()
        else:
            self._is_other = other
            if (refusal := self.scripts.refusal(text)) is not None:
                self.failed.emit(refusal)
            else:
                self._choose_sound(text)

    def say(self, text: str) -> None:
        """Speak a text that is not in the editor; the draft stays as it is."""
        if not self.price.is_asking() and text.strip():
            self.price.run_if_affordable(text, partial(self._say, text))

    def show(self, number: int) -> None:
        """Show an utterance that was given to the reader elsewhere, such as a phrase."""
        self._transcript.follow_again()
        self._show_again(number)
        self._look()

    def use_script_voice(self) -> None:
        """Have the offered voice say the letters that the chosen one cannot, and speak the text."""
        if self.scripts.use_offer():
            self.speak(other=self._is_other)

    def speak_other(self) -> None:
        """Speak with `other`. Like Enter, it does nothing while an input method composes."""
        if not self._editor.is_composing():
            self.speak(other=True)

    def take_back(self, number: int) -> None:
        """Put what was not heard of an utterance into the editor; a draft there is held."""
        if self._editor.is_reading():
            self._on_refused()
            return
        try:
            text = self._reader.take_back(number)
        except KeyError:  # it was just heard
            return
        self._look()
        if text.strip():
            self.drafts.bring(text, is_taken=True)

    def take_text(self, text: str, *, speak: bool = False) -> None:
        """Put a text from outside into the editor, or with `speak` speak it at once; a draft there stays.

        While a text is being read in the editor, it is held. Before an expensive text the user is asked.
        """
        if not text.strip():
            return
        is_free = not self._editor.is_reading() and not self._editor.text().strip()
        if speak and not is_free:
            self.say(text)
        elif self._editor.is_reading():
            self.drafts.hold_incoming(text)
        else:
            self.drafts.bring(text)
            if speak:
                self.speak()

    def say_so_far(self) -> None:
        """Speak what was typed of the live text so far."""
        self._reader.say_so_far()

    def pause_or_resume(self) -> None:
        """Pause, or resume if it is paused."""
        if self._reader.snapshot().state is State.PAUSED:
            self._reader.resume()
        else:
            self._reader.pause()

    def stop(self) -> None:
        """Stop everything: silence now, and nothing speaks by itself later. All ways to stop come here."""
        for later in self.later:
            if later.is_pending():
                later.end()
        self.live.prepare_stop()
        self._reader.stop()
        self.live.give_up()
        self._look()

    def repeat(self, gain: float = 1.0) -> None:
        """Repeat the last utterance, louder by this factor."""
        self._command(partial(self._reader.repeat, gain))

    def back(self) -> None:
        """Go to the start of this or the previous sentence."""
        self._command(self._reader.back)

    def forward(self) -> None:
        """Go to the start of the next sentence."""
        self._command(self._reader.forward)

    def retry(self, *, embedded: bool = False) -> None:
        """Speak what the last failure left unspoken; a text that was typed live goes to the transcript.

        If another model would speak it than the one that failed, its price is checked again.
        """
        self.begun.emit()
        if embedded or self._speaks_with() == self._failed_with:
            self._retry(embedded)
        else:
            self.price.run_if_affordable(self._unsaid(), partial(self._retry, embedded=False))

    def _speaks_with(self) -> tuple[object, ...]:
        settings = self._settings.current
        return settings.voice, settings.model, settings.model_agreed

    def _unsaid(self) -> str:
        """Return what the last failure left unspoken, as far as the reader remembers it."""
        found: list[str] = []
        view = self._reader.snapshot().current
        while view is not None:
            if view.fate is Fate.FAILED:
                found.append(view.text[view.heard_end :])
            try:
                view = self._reader.utterance(view.id + 1)
            except KeyError:  # that was the last one
                view = None
        return "".join(found)

    def _retry(self, embedded: bool) -> None:
        self.price.answered()
        self.live.release_failed()
        self._command(self._speech.retry_embedded if embedded else self._reader.retry)

    def is_idle(self) -> bool:
        """Return whether there is nothing that Stop would stop."""
        is_speaking = self._reader.snapshot().state not in (State.IDLE, State.FAILED)
        will_speak = self.live.will_begin() or any(later.is_pending() for later in self.later)
        return not (is_speaking or will_speak or self.live.number() is not None or self._editor.is_reading())

    def look(self) -> None:
        """Draw the reader's state soon."""
        self._track.look_soon()

    def snapshot(self) -> Snapshot:
        """Return the last snapshot."""
        return self._snapshot

    # -- speaking ----------------------------------------------------------------------------------

    def _choose_sound(self, text: str) -> None:
        """Speak the draft with the voice or, as the settings say, from the user's recording of it."""
        recorded, wish = self.recorded, self._settings.current.recorded_text
        spoken = partial(self.price.run_if_affordable, text, self._speak_draft)
        number = "" if recorded is None or self._editor.is_document() else recorded.find(text)
        if recorded is None or not number or wish == "voice":
            spoken()
        elif wish == "recording":
            self._speak_draft(partial(recorded.speak, number))
        else:
            recorded.ask(partial(self._speak_draft, partial(recorded.speak, number)), spoken)

    def _command(self, act: Callable[[], None]) -> None:
        try:
            act()
        except FishCaptionError as exc:
            self.failed.emit(exc)
        self._transcript.follow_again()

    def _speak_draft(self, speak: Callable[[], int] | None = None) -> None:
        self.price.answered()
        text = self._editor.text()
        in_place = self._editor.is_document()
        replaces = not self._reader.replace if self._is_other else None
        try:
            if speak is not None:
                number = speak()
            else:
                number = self._reader.speak(text if in_place else text.strip(), replace=replaces)
        except FishCaptionError as exc:
            self.failed.emit(exc)
            return
        if not in_place and not self.drafts.is_from_history():
            self._learn(text)
        self.drafts.was_spoken()
        with self._editor.program_change():
            if in_place:
                self._in_place, self._read_text = number, text
                self._editor.begin_reading(text)
            else:
                self._transcript.follow_again()
                self._transcript.show_utterance(self._reader.utterance(number))
                if self._settings.current.empty_on_speak:
                    self._editor.take_text()
        self._look()

    def give_typed_to(self, captions: TypedCaptions | None) -> None:
        """Give what is typed to this instead of the voice; what the voice was given is said to its end."""
        if captions is not None and self.live.number() is not None:
            self.live.finish(self._editor.text())
        self.captions = captions

    def _end_captioned(self, captions: TypedCaptions, text: str) -> None:
        """Enter where a person speaks: the draft is a caption, and moves to the transcript."""
        if not text.strip():
            return
        captions.ended(text, self._settings.current.speak_mode)
        self._learn(text)
        self.drafts.was_spoken()
        self._captioned += 1
        shown, end = text.strip(), len(text.strip())
        view = UtteranceView(-self._captioned, shown, False, Fate.SHOWN, end, end, None, None, shown_from=0)
        with self._editor.program_change():
            self._transcript.follow_again()
            self._transcript.show_utterance(view)
            self._editor.take_text()

    def _say(self, text: str, _is_checked: bool = False) -> None:
        self.price.answered()
        try:
            number = self._reader.speak(text.strip())
        except FishCaptionError as exc:
            self.failed.emit(exc)
            return
        self.show(number)

    def _speak_nothing(self) -> None:
        """Enter on an empty editor repeats the last text, but not while it is still spoken."""
        current = self._snapshot.current
        if current is None or not self._settings.current.empty_repeats:
            self.noticed.emit(self.tr("There is nothing to speak yet: type something first."))
        elif self._snapshot.state in (State.IDLE, State.FAILED):
            self.repeat()
        else:
            self.noticed.emit(self.tr("Still speaking. Enter repeats it when it has ended."))

    def _on_live_finished(self, text: str) -> None:
        self._learn(text)
        self._look()

    def _on_while_speaking(self, _before: WhileSpeaking, after: WhileSpeaking) -> None:
        self._reader.replace = after == "replace"

    def _learn(self, text: str) -> None:
        if self.learn is not None:
            self.learn(text)

    def _on_text_changed(self) -> None:
        if not self._warmed.isActive():
            self._warmed.start()
            self._speech.warm()
        self.drafts.save_soon()
        if self._editor.is_program_change() or not self._editor.is_settled() or self.live.has_failed():
            return
        if self.captions is not None:
            self.captions.typed(self._editor.text(), self._settings.current.speak_mode)
            return
        if self.drafts.was_written_on():
            self.noticed.emit("")  # what was told of it is no longer so
        else:
            self.live.follow_text()

    def _on_nothing_came(self) -> None:
        self.noticed.emit(
            self.tr(
                "Nothing was pasted: the clipboard is empty, or the program you copied from does not answer."
            )
        )

    def _on_refused(self) -> None:
        if self._editor.is_reading():
            self.noticed.emit(self.tr("This text is being read. Press Esc to stop and change it."))
        else:
            self.noticed.emit(self.tr("What was heard cannot be changed. Go on writing after it."))

    # -- looking -----------------------------------------------------------------------------------

    def _look(self) -> None:
        """Draw the reader's state."""
        self._track.look()

    def _draw(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        if snapshot.error is not self._failure:
            self._failure, self._failed_with = snapshot.error, self._speaks_with()
        with self._editor.program_change():
            self.live.draw()
            self._draw_in_place()
            self._draw_transcript(snapshot.current)
        self.looked.emit(snapshot)

    def _show_again(self, number: int) -> None:
        try:
            self._transcript.show_utterance(self._reader.utterance(number))
        except KeyError:  # the reader remembers only so many
            return

    def _draw_transcript(self, current: UtteranceView | None) -> None:
        is_shown_here = current is not None and current.id not in (self.live.number(), self._in_place)
        if current is not None and is_shown_here and current.text:
            self._transcript.show_utterance(current)
            self._transcript.light(current.id, current.word)
        else:
            self._transcript.light(0, None)
        for number in self._transcript.unfinished():
            if current is None or number != current.id:
                self._show_again(number)

    def _draw_in_place(self) -> None:
        if self._in_place is None:
            return
        try:
            view = self._reader.utterance(self._in_place)
        except KeyError:
            self._in_place = None
            return
        goes_on = view.fate in (Fate.WAITING, Fate.SPEAKING)
        if goes_on and not self._editor.is_reading():
            self._read_again(view)
        if self._in_place is not None:
            self._editor.light(view.word if goes_on else None)
            if not goes_on and self._editor.is_reading():
                self._editor.release()

    def _read_again(self, view: UtteranceView) -> None:
        """Repeat, Back or another try: read in place if the text is still there, else in the transcript."""
        if self._editor.text() == self._read_text:
            self._editor.begin_reading(self._read_text)
        else:
            self._in_place = None
            self._transcript.show_utterance(view)


def _nothing() -> None:
    return
