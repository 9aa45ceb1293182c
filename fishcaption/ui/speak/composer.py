"""What happens between editor, transcript and reader: the meaning of Enter, of typing and of Stop.

It owns no widget. It polls the reader at the screen's pace while something may be heard, else not at all.

A draft becomes an utterance in one of three ways: it *moves* to the transcript (Enter); it is *typed live*
and stays in the editor until Enter, what was heard of it fixed; or it is a pasted *document*, read in place.

A text that comes into the editor from elsewhere (the draft of last time, a parked one, one of the history)
waits there for Enter in every mode, however it is changed: nothing is spoken that was not asked for.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from fishcaption.core.errors import FishCaptionError, InputError
from fishcaption.core.speech import Fate, Snapshot, State, UtteranceView
from fishcaption.store.journal import Journal
from fishcaption.store.settings import Settings, SpeakMode
from fishcaption.ui.speak.editor import Editor
from fishcaption.ui.speak.exchange import Exchange
from fishcaption.ui.speak.transcript import Transcript

if TYPE_CHECKING:
    from pathlib import Path

    from fishcaption.core.timing.flush_policy import Kind
    from fishcaption.store.parked import Parked, ParkedText
    from fishcaption.ui.ports import Services, Speaker

_BEGIN_MS = 30  # until what speaks is asked again whether it is there
_LOOK_MS = 16  # the screen's pace
_KEEP_MS = 40  # after a key the draft goes to the journal: on disk within 250 ms also if the window is busy
_KEEP_LONG_MS = 150  # one of more than so many code points, which takes some ms to read
_KEEP_LONG = 100_000
_LONG_LIVE = 20_000  # units; a text of that length reaches the reader when the key is on the screen
_LONG_DRAFT = 1000  # code points; a draft of that length that was kept is taken for a document
_WARM_MS = 1000  # while somebody types, what speaks is told so often


class Later(Protocol):
    """Something that speaks by itself later, unless Stop comes before: another try, the text of a start."""

    def is_pending(self) -> bool:
        """Whether it would."""
        ...

    def end(self) -> None:
        """It does not happen by itself any more."""
        ...


class Composer(QObject):
    """Commands from keys and buttons go in; what to draw comes out as `looked`."""

    looked = Signal(object)  # a Snapshot
    failed = Signal(object)  # a FishCaptionError that the reader does not know of
    noticed = Signal(str)  # a sentence for the status line
    _journal_failed = Signal(object)  # from the journal's thread

    def __init__(
        self,
        reader: Speaker,
        services: Services,
        editor: Editor,
        transcript: Transcript,
        journal: Journal,
        settings: Settings,
    ) -> None:
        super().__init__()
        self._reader = reader
        self._services = services
        self._editor = editor
        self._transcript = transcript
        self._journal = journal
        self._settings = settings
        self.price_of: Callable[[str], float] = _free
        self.ask_price: Callable[[float, Callable[[], None]], None] | None = None
        self.history: Callable[[int], str | None] = _no_history  # 0 is the newest
        self.parked: Parked | None = None
        self.end_word: Callable[[], None] = _nothing  # no more is typed behind the last word
        self.later: list[Later] = []  # all that would still speak by itself; Stop ends it
        self.learn: Callable[[str], None] | None = None  # from what the user has written and had spoken
        self._live: int | None = None  # being typed in the editor
        self._live_failed = ""  # all that was given of it, if it failed: it waits for another try
        self._in_place: int | None = None  # being read, or last read, in the editor
        self._read_text = ""  # what was given to be read in place
        self._paid_for = 0  # code points of the live text whose price was accepted
        self._is_asking = False
        self._is_other = False  # the text whose price is asked does not do as the settings say
        self._is_drawing = False
        self._is_waiting = False  # the text in the editor waits for Enter, whatever the mode
        self._exchanged: Exchange | None = None  # the last
        self._walked: int | None = None  # the text in the editor is this one of the history, unchanged
        self._snapshot = reader.snapshot()
        self._failure: FishCaptionError | None = None  # the last one, and what it failed with
        self._failed_with: tuple[object, ...] = ()
        self._soon = self._timer(0, self._look)
        self._push_soon = self._timer(0, self._on_push)
        self._begin_soon = self._timer(_BEGIN_MS, self._on_begin)
        self._often = self._timer(_LOOK_MS, self._look, repeats=True)
        self._often.setTimerType(Qt.TimerType.PreciseTimer)
        self._keep_soon = self._timer(_KEEP_MS, self._on_keep)
        self._warmed = self._timer(_WARM_MS, _nothing)
        journal.on_error = self._journal_failed.emit
        self._journal_failed.connect(self.failed)
        self._unsubscribe = reader.subscribe(self._soon.start)
        editor.walk = self.walk
        editor.speak_asked.connect(self.speak)
        editor.pause_asked.connect(self.pause_or_resume)
        editor.refused.connect(self._on_refused)
        editor.nothing_came.connect(self._on_nothing_came)
        editor.textChanged.connect(self._on_text_changed)
        transcript.pause_asked.connect(self.pause_or_resume)
        reader.replace = settings.while_speaking == "replace"

    def close(self) -> None:
        """Look no more, have the draft on disk and close the journal."""
        self._unsubscribe()
        for timer in (
            self._soon,
            self._push_soon,
            self._begin_soon,
            self._often,
            self._keep_soon,
            self._warmed,
        ):
            timer.stop()
        self._keep()
        self._journal.close()

    def another_journal(self, path: Path) -> Journal:
        """A journal for a text that is written elsewhere, in step with the draft's."""
        return self._journal.another(path)

    def use(self, settings: Settings) -> None:
        """Behave as these settings say from now on."""
        self._settings = settings
        self._reader.replace = settings.while_speaking == "replace"

    def restore(self) -> bool:
        """Put the draft that was kept back into the empty editor; whether there was one."""
        text = self._journal.restore()
        if text:
            self._show_draft(text)
        return bool(text)

    # -- commands ----------------------------------------------------------------------------------

    def speak(self, *, other: bool = False) -> None:
        """Enter: speak the draft; say the rest of what is being typed, and end it; on no text, repeat.

        `other`: where the settings say that a new text waits, it replaces what is being spoken; and the other
        way round.
        """
        if self._is_asking or self._editor.is_reading():
            return
        self._editor.settle_composition()
        self.end_word()
        text = self._editor.text()
        if self._live_failed:
            self.noticed.emit(self.tr("Not spoken yet: try again first, or press Esc to go on writing."))
        elif self._live is not None:
            self._finish_live(text)
        elif not text.strip():
            self._speak_nothing()
        else:
            self._is_other = other
            self._if_affordable(text, self._speak_draft)

    def say(self, text: str) -> None:
        """Speak a text that does not stand in the editor; the draft stays as it is."""
        if not self._is_asking and text.strip():
            self._if_affordable(text, partial(self._say, text))

    def show(self, number: int) -> None:
        """Show an utterance that was given to the reader elsewhere, such as a phrase."""
        self._transcript.follow_again()
        self._show_again(number)
        self._look()

    def speak_other(self) -> None:
        """Speak, and do the other of waiting and replacing. As Enter, not while something is composed."""
        if not self._editor.is_composing():
            self.speak(other=True)

    def walk(self, step: int) -> bool:
        """Put an older text of the history (1) or a newer one (-1) into the editor, and empty it at the end.

        False where the editor holds a draft, which is not touched, or where there is no such text.
        """
        if self._editor.is_reading() or self._live is not None:
            return False
        if self._walked is None and not self._editor.is_empty():
            return False
        place = -1 if self._walked is None else self._walked
        if place + step < -1 or step == 0:
            return False
        text = "" if place + step == -1 else self.history(place + step)
        if text is None:
            return False
        self._show_draft(text)
        self._walked = place + step if place + step >= 0 else None
        return True

    def park(self) -> bool:
        """Hold that thought: put the draft aside. What is being typed live ends where it cannot be changed.

        False where there is no draft, or nowhere to keep it.
        """
        draft = self._draft()
        if self.parked is None or not draft.strip() or self._editor.is_reading():
            self.noticed.emit(
                self.tr("This text is being read. Press Esc to stop and change it.")
                if self._editor.is_reading()
                else self.tr("There is no draft to hold: type something first.")
            )
            return False
        self._exchange(draft, "", kept=self.parked.park(draft))
        return True

    def unpark(self, number: int) -> bool:
        """Have the parked draft of this id back in the editor; the draft that stands there is parked instead.

        False where it is gone, or a text is being read in the editor.
        """
        if self.parked is None or self._editor.is_reading():
            return False
        try:
            text = self.parked.take(number)
        except KeyError:
            return False
        self.bring(text, is_taken=True)
        return True

    def take_back(self, number: int) -> None:
        """Have what was not heard of an utterance back as the draft; one that stands there is parked."""
        if self._editor.is_reading():
            self._on_refused()
            return
        try:
            text = self._reader.take_back(number)
        except KeyError:  # it was just heard
            return
        self._look()
        if text.strip():
            self.bring(text, is_taken=True)

    def bring(self, text: str, *, is_taken: bool = False) -> None:
        """Put a text into the editor, to be written on or spoken with Enter; a draft there is parked.

        One undo takes both back. `is_taken`: it stands nowhere else, and is held when that is undone.
        """
        draft = self._draft()
        kept = None
        if draft.strip() and self._walked is None:
            if self.parked is not None:
                kept = self.parked.park(draft)
            else:
                text = f"{text}\n{draft}"
        self._exchange(draft, text, kept=kept, is_taken=is_taken)

    def take_text(self, text: str, *, speak: bool = False) -> None:
        """A text from outside comes into the editor, or is spoken at once beside what is written there.

        Where a text is being read in the editor, it is held. What is dear asks first.
        """
        if not text.strip():
            return
        is_free = not self._editor.is_reading() and not self._editor.text().strip()
        if speak and not is_free:
            self.say(text)
        elif self._editor.is_reading() and self.parked is not None:
            self.parked.park(text)
            self.noticed.emit(self.tr("A text has come in. It is held until you take it."))
        elif not self._editor.is_reading():
            self.bring(text)
            if speak:
                self.speak()

    def say_so_far(self) -> None:
        """Voice what was typed of the live text."""
        self._reader.say_so_far()

    def pause_or_resume(self) -> None:
        """Pause where something is heard or about to be; resume where it is paused."""
        if self._reader.snapshot().state is State.PAUSED:
            self._reader.resume()
        else:
            self._reader.pause()

    def stop(self) -> None:
        """Silence, whatever goes on; and nothing speaks by itself later. There is no other way to stop."""
        for later in self.later:
            if later.is_pending():
                later.end()
        if self._begin_soon.isActive():
            self._begin_soon.stop()
            self._is_waiting = True  # what was typed before there was a voice waits for Enter
        self._trim_live()
        self._reader.stop()
        if self._live_failed:
            self._give_up()
        self._look()

    def repeat(self, gain: float = 1.0) -> None:
        """The last utterance again, louder by this factor."""
        self._command(partial(self._reader.repeat, gain))

    def back(self) -> None:
        """To the start of this or the previous sentence."""
        self._command(self._reader.back)

    def forward(self) -> None:
        """To the start of the next sentence."""
        self._command(self._reader.forward)

    def retry(self, *, embedded: bool = False) -> None:
        """Say what the last failure left unsaid; what was being typed of it goes to the transcript.

        Where another model would say it than failed, its price is asked as if the text were given anew.
        """
        if embedded or self._speaks_with() == self._failed_with:
            self._retry(embedded)
        else:
            self._if_affordable(self._unsaid(), partial(self._retry, embedded=False))

    def _speaks_with(self) -> tuple[object, ...]:
        return self._settings.voice, self._settings.model, self._settings.model_agreed

    def _unsaid(self) -> str:
        """What the last failure left unsaid, as far as it is remembered."""
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
        self._is_asking = False
        if self._live_failed:
            given, self._live_failed, self._live = self._live_failed, "", None
            self._is_drawing = True
            self._editor.take_text(given)
            self._is_drawing = False
        self._command(self._services.retry_embedded if embedded else self._reader.retry)

    def is_idle(self) -> bool:
        """Whether there is nothing that Stop would stop."""
        is_speaking = self._reader.snapshot().state not in (State.IDLE, State.FAILED)
        will_speak = self._begin_soon.isActive() or any(later.is_pending() for later in self.later)
        return not (is_speaking or will_speak or self._live is not None or self._editor.is_reading())

    def look(self) -> None:
        """Draw anew what the reader says."""
        self._soon.start()

    def snapshot(self) -> Snapshot:
        """What was seen last."""
        return self._snapshot

    # -- speaking ----------------------------------------------------------------------------------

    def _command(self, act: Callable[[], None]) -> None:
        try:
            act()
        except FishCaptionError as exc:
            self.failed.emit(exc)
        self._transcript.follow_again()

    def _if_affordable(self, text: str, then: Callable[[], None]) -> None:
        price = self.price_of(text)
        if price <= self._settings.cost_limit or self.ask_price is None:
            then()
            return
        self._is_asking = True
        self.ask_price(price, then)

    def price_answered(self) -> None:
        """The question of the price is off the screen, whatever the answer."""
        self._is_asking = False

    def _speak_draft(self) -> None:
        self._is_asking = False
        text = self._editor.text()
        in_place = self._editor.is_document()
        replaces = not self._reader.replace if self._is_other else None
        try:
            number = self._reader.speak(text if in_place else text.strip(), replace=replaces)
        except FishCaptionError as exc:
            self.failed.emit(exc)
            return
        if not in_place and self._walked is None:
            self._learn(text)
        self._walked, self._is_waiting = None, False
        self._is_drawing = True
        if in_place:
            self._in_place, self._read_text = number, text
            self._editor.begin_reading(text)
        else:
            self._transcript.follow_again()
            self._transcript.show_utterance(self._reader.utterance(number))
            if self._settings.empty_on_speak:
                self._editor.take_text()
        self._is_drawing = False
        self._look()

    def _say(self, text: str, _is_checked: bool = False) -> None:
        self._is_asking = False
        try:
            number = self._reader.speak(text.strip())
        except FishCaptionError as exc:
            self.failed.emit(exc)
            return
        self.show(number)

    def _speak_nothing(self) -> None:
        """Speak on an empty editor: who begs pardon is answered. A second Enter by mistake is not."""
        current = self._snapshot.current
        if current is None or not self._settings.empty_repeats:
            self.noticed.emit(self.tr("There is nothing to speak yet: type something first."))
        elif self._snapshot.state in (State.IDLE, State.FAILED):
            self.repeat()
        else:
            self.noticed.emit(self.tr("Still speaking. Enter repeats it when it has ended."))

    def _finish_live(self, text: str) -> None:
        number = self._live
        assert number is not None
        self._push_live(text)
        self._live = None
        self._paid_for = 0
        self._reader.finish_live(number)
        self._learn(text)
        self._transcript.follow_again()
        self._is_drawing = True
        self._editor.take_text(text)
        self._is_drawing = False
        self._transcript.show_utterance(self._reader.utterance(number))
        self._look()

    def _learn(self, text: str) -> None:
        settings = self._settings
        if self.learn is not None and settings.learning and not settings.off_record:
            self.learn(text)

    def _type_live(self) -> None:
        """The editor's text has changed, and is spoken as it is typed."""
        text = self._editor.text()
        if self._live is None:
            if not text.strip():
                return
            try:
                self._live = self._reader.begin_live(_kind(self._settings.speak_mode))
            except FishCaptionError as exc:
                self.failed.emit(exc)
                return
        if self._is_asking:
            return
        if len(text) > self._paid_for and self.price_of(text[self._paid_for :]) > self._settings.cost_limit:
            self._if_affordable(text[self._paid_for :], self._accept_price)
            return
        self._push_live(text)

    def _accept_price(self) -> None:
        self._is_asking = False
        text = self._editor.text()
        self._paid_for = len(text)
        self._push_live(text)

    def _push_live(self, text: str) -> None:
        assert self._live is not None
        try:
            self._reader.live_text(self._live, text)
        except InputError as exc:
            self.failed.emit(exc)

    def _on_text_changed(self) -> None:
        if not self._warmed.isActive():
            self._warmed.start()
            self._services.warm()
        if not self._keep_soon.isActive():  # while keys go on coming it is kept as often
            is_long = self._editor.document().characterCount() > _KEEP_LONG
            self._keep_soon.start(_KEEP_LONG_MS if is_long else _KEEP_MS)
        if self._is_drawing or not self._editor.is_settled() or self._live_failed:
            return
        if self._has_exchanged():
            self._wait_for_enter(self._editor.text())
            self.noticed.emit("")  # what was told of it is no longer so
            return
        self._walked = None
        if self._editor.is_empty():
            self._is_waiting = False
        self._follow_text()

    def _follow_text(self) -> None:
        """Speak what is typed, where it is to be spoken so."""
        if self._live is not None or (
            self._settings.speak_mode != "enter"
            and not self._is_waiting
            and not self._editor.is_reading()
            and not self._editor.is_empty()
        ):
            if self._live is None and not self._services.is_ready():
                self._begin_soon.start()  # no key waits for an import
            elif self._live is not None and self._editor.document().characterCount() > _LONG_LIVE:
                self._push_soon.start()
            else:
                self._type_live()

    def _on_begin(self) -> None:
        if self._live is None and not self._is_drawing and not self._editor.is_empty():
            self._follow_text()

    def _on_push(self) -> None:
        if self._live is not None and not self._live_failed:
            self._type_live()

    def _on_nothing_came(self) -> None:
        self.noticed.emit(
            self.tr("Nothing was pasted: the clipboard is empty, or the program it is of does not answer.")
        )

    def _on_refused(self) -> None:
        if self._editor.is_reading():
            self.noticed.emit(self.tr("This text is being read. Press Esc to stop and change it."))
        else:
            self.noticed.emit(self.tr("What was heard cannot be changed. Go on writing after it."))

    # -- looking -----------------------------------------------------------------------------------

    def _look(self) -> None:
        """Draw what the reader says is so now."""
        snapshot = self._snapshot = self._reader.snapshot()
        if snapshot.error is not self._failure:
            self._failure, self._failed_with = snapshot.error, self._speaks_with()
        self._is_drawing = True
        self._draw_live()
        self._draw_in_place()
        current = snapshot.current
        if current is not None and current.id not in (self._live, self._in_place) and current.text:
            self._transcript.show_utterance(current)
            self._transcript.light(current.id, current.word)
        else:
            self._transcript.light(0, None)
        for number in self._transcript.unfinished():
            if current is None or number != current.id:
                self._show_again(number)
        self._is_drawing = False
        if snapshot.state in (State.CONNECTING, State.SPEAKING):
            if not self._often.isActive():
                self._often.start()
        else:
            self._often.stop()
        self.looked.emit(snapshot)

    def _show_again(self, number: int) -> None:
        try:
            self._transcript.show_utterance(self._reader.utterance(number))
        except KeyError:  # the reader remembers only so many
            return

    def _trim_live(self) -> None:
        """What was not sent goes on as a draft: it must not come back if what is stopped is repeated."""
        if self._live is not None and not self._live_failed:
            view = self._reader.utterance(self._live)
            self._push_live(view.text[: view.sent_end])

    def _give_up(self) -> None:
        """No other try of the live text that failed: what was not heard of it is a draft again."""
        assert self._live is not None
        view = self._reader.utterance(self._live)
        self._live, self._live_failed = None, ""
        self._is_drawing = True
        self._editor.take_text(view.text[: view.heard_end])
        self._is_drawing = False
        if view.heard_end:
            self._transcript.show_utterance(view, end=view.heard_end)

    def _draw_live(self) -> None:
        if self._live is None or self._live_failed:
            return
        view = self._reader.utterance(self._live)
        if view.fate is Fate.CUT:
            # what was sent is told in the transcript; what was not is a draft again
            self._live = None
            self._editor.take_text(view.text[: view.sent_end])
            self._transcript.show_utterance(view, end=view.sent_end)
        elif view.fate is Fate.FAILED:
            # the text stays where it is until it is tried again
            self._live_failed = view.text
            self._editor.hold(view.text, len(view.text), len(view.text))
            self._editor.light(None)
        elif not self._is_asking:  # else the text is ahead of what the reader knows
            self._editor.hold(view.text, view.fixed_end, view.sent_end)
            self._editor.light(view.word)

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
        """Repeat, Back or another try: in place if the text still stands there, else in the transcript."""
        if self._editor.text() == self._read_text:
            self._editor.begin_reading(self._read_text)
        else:
            self._in_place = None
            self._transcript.show_utterance(view)

    # -- the draft ---------------------------------------------------------------------------------

    def _draft(self) -> str:
        """What stands in the editor and was not heard."""
        text = self._editor.text()
        if self._live is None:
            return text
        view = self._reader.utterance(self._live)
        return text[view.heard_end if self._live_failed else view.fixed_end :]

    def _exchange(self, draft: str, text: str, *, kept: ParkedText | None, is_taken: bool = False) -> None:
        """Have this text in the place of the draft, as one step of undo."""
        self._end_live()
        self._is_drawing = True
        if self._editor.text() != draft:  # an undo does not bring back what was heard of it
            self._editor.set_text(draft)
        self._editor.exchange(text, pasted=len(text) > _LONG_DRAFT)
        self._is_drawing = False
        self._exchanged = Exchange(self.parked, draft, text, kept=kept, is_taken=is_taken)
        self._wait_for_enter(text)

    def _has_exchanged(self) -> bool:
        """Whether the last exchange has just been undone or redone."""
        if self._exchanged is None:
            return False
        has_exchanged = self._exchanged.look(self._editor)
        if self._exchanged.is_over:
            self._exchanged = None
        return has_exchanged

    def _end_live(self) -> None:
        """What is being typed live is so no more; what is heard of it or about to be goes on as it is."""
        if self._live_failed:
            self._give_up()
        elif self._live is not None:
            view = self._reader.utterance(self._live)
            if view.fixed_end:
                self._finish_live(view.text[: view.fixed_end])
            else:
                number, self._live = self._live, None
                self._reader.live_text(number, "")
                self._reader.skip(number)

    def _show_draft(self, text: str) -> None:
        self._is_drawing = True
        self._editor.set_text(text, pasted=len(text) > _LONG_DRAFT)
        self._is_drawing = False
        self._exchanged = None
        self._wait_for_enter(text)

    def _wait_for_enter(self, text: str) -> None:
        """This text has come into the editor from elsewhere."""
        self._walked = None
        self._is_waiting = bool(text)

    def _on_keep(self) -> None:
        if self._editor.is_settled():
            self._keep()
        else:  # a long paste is not hurried for it
            self._keep_soon.start()

    def _keep(self) -> None:
        self._keep_soon.stop()
        self._journal.keep(self._editor.text())

    def _timer(self, milliseconds: int, act: Callable[[], None], *, repeats: bool = False) -> QTimer:
        timer = QTimer(self)
        timer.setInterval(milliseconds)
        timer.setSingleShot(not repeats)
        timer.timeout.connect(act)
        return timer


def _free(_text: str) -> float:
    return 0.0


def _nothing() -> None:
    return


def _no_history(_place: int) -> None:
    return None


def _kind(mode: SpeakMode) -> Kind:
    """How the text of a live utterance comes."""
    from fishcaption.core.timing.flush_policy import Kind

    return Kind[{"sentence": "SENTENCES", "word": "WORDS"}.get(mode, "TYPED")]
