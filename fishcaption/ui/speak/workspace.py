"""The workspace Speak: the transcript above, the queue below it, and the editor.

It lays out transcript, queue, held texts, suggestions and editor; `composer` does what the user asks.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from fishcaption.core.errors import FishCaptionError, LimitReached
from fishcaption.core.speech import Snapshot
from fishcaption.store.journal import Journal
from fishcaption.store.settings import Settings
from fishcaption.ui.commands import Action, Group
from fishcaption.ui.editor.text_editor import Editor
from fishcaption.ui.speak.composer import Composer
from fishcaption.ui.speak.mode_switch import ModeSwitch
from fishcaption.ui.speak.transcript import Transcript
from fishcaption.ui.widgets.controls import StatusLine, TransportButton
from fishcaption.ui.widgets.theme import Look

if TYPE_CHECKING:
    from fishcaption.ui.feature import Host
    from fishcaption.ui.feature_ports import VocabularyService
    from fishcaption.ui.lazy_track import LazyTrack
    from fishcaption.ui.ports import Services, Speaker, Stores
    from fishcaption.ui.speak.completion import EditorCompletion
    from fishcaption.ui.speak.held_texts import HeldTextCommands
    from fishcaption.ui.speak.queue import QueueCommands, QueuePanel
    from fishcaption.ui.workspace import TypedCaptions


class SpeakWorkspace(QSplitter):
    """The workspace for typing and speaking: see `ui.workspace.TextWorkspace`."""

    looked = Signal(object)  # a Snapshot
    begun = Signal()
    failed = Signal(object)  # a FishCaptionError that the reader does not know of
    noticed = Signal(str)  # a sentence for the status line
    resized = Signal()
    buttons_changed = Signal()
    text_changed = Signal()

    def __init__(
        self,
        reader: Speaker,
        services: Services,
        journal: Journal,
        status: StatusLine,
        stores: Stores | None,
        track: LazyTrack,
    ) -> None:
        super().__init__(Qt.Orientation.Vertical)
        self._reader = reader
        self._services = services
        self._settings = services.settings
        self._stores = stores
        self._look: Look | None = None
        self._host: Host | None = None  # once the window was painted
        self._crowding = 0
        self._split_before: list[int] = []  # the heights before a page took the transcript's place
        self.editor = Editor()
        self.editor.setAccessibleName(self.tr("Text to speak"))
        self.transcript = Transcript()
        self.transcript.setAccessibleName(self.tr("Spoken text"))
        self.transcript.setPlaceholderText(self.tr("What you speak appears here."))
        self.mode = ModeSwitch()
        self.queue: QueuePanel | None = None
        self.waiting: QueueCommands | None = None
        self.held: HeldTextCommands | None = None
        self.completing: EditorCompletion | None = None
        self._build(status)
        self.composer = Composer(
            reader,
            services.speech,
            self.editor,
            self.transcript,
            journal,
            services.settings,
            services.models,
            track,
        )
        self.composer.price.ask = self._ask_price
        if stores is not None:
            self.composer.drafts.held = stores.held_texts
            self.composer.drafts.history = self._older
        self.composer.looked.connect(self.looked)
        self.composer.begun.connect(self.begun)
        self.composer.failed.connect(self.failed)
        self.composer.noticed.connect(self.noticed)
        self.editor.textChanged.connect(self.text_changed)
        self.mode.chosen.connect(self._on_mode)
        self._use_settings()
        self._settings.subscribe(_typing_of, self._use_settings)

    def _build(self, status: StatusLine) -> None:
        self._pages = QStackedWidget()
        self._pages.addWidget(self.transcript)
        upper = QWidget()
        self._above = QVBoxLayout(upper)
        self._above.setContentsMargins(0, 0, 0, 0)
        self._above.addWidget(self._pages, 1)
        lower = QWidget()
        self._below = QVBoxLayout(lower)
        self._below.setContentsMargins(0, 0, 0, 0)
        self._told = QWidget()
        self._switches: list[QWidget] = []
        self._told_row = QHBoxLayout(self._told)
        self._told_row.setContentsMargins(0, 0, 0, 0)
        self._told_row.addWidget(self.mode)
        self.place_status(status)
        self._below.addWidget(self._told)
        self._below.addWidget(self.editor, 1)
        self.addWidget(upper)
        self.addWidget(lower)
        self.setChildrenCollapsible(False)
        self.setHandleWidth(10)
        self.setSizes(list(self._settings.current.window_split) or [330, 390])

    # -- what the shell asks -----------------------------------------------------------------------

    @property
    def view(self) -> QWidget:
        """Return the widget that the shell shows."""
        return self

    @property
    def playback(self) -> Composer:
        """Return the acts behind the transport's buttons."""
        return self.composer

    def own_actions(self) -> tuple[Action, ...]:
        """Return the commands that can be used from the first paint on."""
        tr = self.tr
        return (
            Action("speak.mode", tr("Change when to speak: on Enter, by sentence, by word, as I type"),
                   self._on_next_mode, Group.SPEAK, ("Ctrl+M",)),
            Action("voice.for_script", tr("Have a voice that can say the letters that this one cannot"),
                   self.composer.use_script_voice, Group.VOICE, ("Shift+F6",),
                   enabled=self.composer.scripts.can_switch),
        )  # fmt: skip

    def buttons(self) -> Mapping[str, TransportButton | None]:
        """Return Show in place of Speak while only captions are written; else the transport's own."""
        if self.composer.captions is None:
            return {}
        words = self.tr("Show the text to the audience")
        return {"speak": TransportButton("speak.speak", words, self.tr("Show"), "text-cursor-input")}

    def controls(self) -> tuple[tuple[QWidget, ...], tuple[QWidget, ...]]:
        """Return the widgets before and after the transport's buttons in the order of the Tab key."""
        return (self.editor,), (*self.mode.controls(), *self._switches, self.transcript)

    def place_status(self, line: QWidget) -> None:
        """Show the status line above the editor."""
        self._told_row.insertWidget(0, line, 1)

    def give_typed_to(self, captions: TypedCaptions | None) -> None:
        """Give what is typed to this instead of the voice from now on; None: to the voice again."""
        self.composer.give_typed_to(captions)
        self._use_settings()
        self.buttons_changed.emit()

    def add_switch(self, switch: QWidget) -> None:
        """Add a switch beside the one that says when to speak."""
        self._switches.append(switch)
        self._told_row.addWidget(switch)

    def restore(self) -> bool:
        """Put the unsent text of last time back into the editor; return whether there was one."""
        return self.composer.drafts.restore()

    def complete(self, host: Host) -> None:
        """Add what comes after the first paint: queue, held texts, expression tags and suggestions."""
        self._host = host
        self._add_queue(host)
        if self._stores is not None:
            self._add_held(self._stores, host)
        from fishcaption.ui.editor.expression_commands import ExpressionCommands

        ExpressionCommands(self.editor, host)
        self.composer.scripts.cast = host.services.cast()
        if (vocabulary := host.services.vocabulary()) is not None:
            self._add_completion(vocabulary, host)
        self.set_crowding(self._crowding)

    def _use_settings(self, _before: object = None, _after: object = None) -> None:
        settings = self._settings.current
        self.editor.enter_speaks = settings.enter_speaks
        self.editor.join_pasted_lines = settings.join_pasted_lines
        self.mode.show_mode(settings.speak_mode)
        key = self.tr("Enter") if settings.enter_speaks else self.tr("Ctrl+Enter")
        self.editor.set_placeholder(
            self.mode.invitation(settings.speak_mode, key, is_shown=self.composer.captions is not None)
        )

    def set_look(self, look: Look) -> None:
        """Draw in these colours and sizes."""
        self._look = look
        with QSignalBlocker(self.editor):  # other looks are no other text
            for view in (self.editor, self.transcript):
                view.ensurePolished()  # it has the font of the style sheet then
                view.document().setDocumentMargin(10)
                view.setMinimumHeight(round(1.3 * view.fontMetrics().lineSpacing()) + 24)
        self.editor.set_colors(look.colors)
        self.transcript.set_look(look)
        if self.queue is not None:
            self.queue.set_look(look)
        if self.held is not None:
            self.held.row.set_look(look)

    def draw(self, snapshot: Snapshot) -> None:
        """Show the waiting texts."""
        if self.waiting is not None and self.waiting.draw(snapshot):
            self.resized.emit()

    def set_crowding(self, degree: int) -> None:
        """Hide what is rarely used."""
        self._crowding = degree
        if self.queue is not None:
            self.queue.set_small(degree >= 2)
        if self.held is not None:
            self.held.row.set_small(degree >= 2)
            self.held.row.set_room(degree < 6)
        if self.completing is not None:
            self.completing.row.setVisible(degree < 5 and self._settings.current.completion)

    def least_height(self, width: int) -> int:
        """Return the height it needs at this width."""
        if self._look is not None:
            beside = sum(one.sizeHint().width() + 8 for one in self._switches if not one.isHidden())
            self.mode.set_width(width - beside - round(220 * self._look.scale))
        page = self.shown_page()
        lowest = 0 if page is None else page.minimumSizeHint().height()
        parts = [max(lowest, self.transcript.minimumHeight()), self.editor.minimumHeight() + 10]
        parts.append(max(self._told.heightForWidth(width), self.mode.sizeHint().height()))
        self._told.setMinimumHeight(parts[-1])
        if self.completing is not None and not self.completing.row.isHidden():
            parts.append(self.completing.row.sizeHint().height())
        if self.queue is not None and not self.queue.isHidden():
            parts.append(self.queue.lowest(width))
            self.queue.setMinimumHeight(parts[-1])
        if self.held is not None and not self.held.row.isHidden():
            parts.append(self.held.row.heightForWidth(width))
        return sum(parts) + 8 * len(parts)

    def stop_if_busy(self) -> bool:
        """Stop speech; return False if there was nothing to stop."""
        if self.composer.is_idle():
            return False
        if self.waiting is not None:
            self.waiting.before_stop()
        self.composer.stop()
        return True

    def stop(self) -> None:
        """The first Esc stops speech. Another one drops the stopped texts and goes back to the editor."""
        if not self.stop_if_busy():
            if self.waiting is not None:
                self.waiting.forget_stopped()
            if self.shown_page() is not None:
                self._show(self.transcript)
            self.composer.stop()

    # -- pages -------------------------------------------------------------------------------------

    def show_page(self, page: QWidget) -> None:
        """Show this page in place of the transcript; if it is shown, show the transcript again."""
        if self._pages.currentWidget() is page:
            self._show(self.transcript)
            return
        self.add_page(page)
        self._show(page)
        page.setFocus()

    def shown_page(self) -> QWidget | None:
        """Return the page in place of the transcript."""
        page = self._pages.currentWidget()
        return None if page is self.transcript else page

    def add_page(self, page: QWidget) -> None:
        """Add a page that can be shown."""
        if self._pages.indexOf(page) < 0:
            self._pages.addWidget(page)

    def remove_page(self, page: QWidget) -> None:
        """Remove the page, so that it can stand elsewhere."""
        self._pages.removeWidget(page)

    def _show(self, page: QWidget) -> None:
        """Show a page in place of the transcript, as high as the editor allows."""
        self._pages.setCurrentWidget(page)
        if page is not self.transcript and not self._split_before:
            self._split_before = self.sizes()
            self.setSizes([sum(self._split_before), 0])
        elif page is self.transcript:
            if self._split_before:
                self.setSizes(self._split_before)
            self._split_before = []
            self.editor.setFocus()
        self.resized.emit()

    # -- the text ----------------------------------------------------------------------------------

    def uses_key(self, _event: QKeyEvent) -> bool:
        """Return False: keys mean here what they mean everywhere."""
        return False

    def focus(self) -> None:
        """Give the editor the focus."""
        self.editor.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def text(self, longest: int | None = None) -> str:
        """Return the draft; empty if it has more than `longest` code points."""
        is_long = longest is not None and self.editor.document().characterCount() > longest
        return "" if is_long else self.editor.text()

    def write(self, text: str) -> None:
        """Insert this text into the draft at the cursor."""
        self.editor.replace_before(0, text)
        self.editor.setFocus()

    def bring(self, text: str) -> None:
        """Put this text into the editor; a draft there is held."""
        self.composer.drafts.bring(text)
        self.editor.setFocus()

    def take_text(self, text: str, *, speak: bool = False) -> None:
        """Take a text from another program."""
        self.composer.take_text(text, speak=speak)

    def file_kinds(self) -> str:
        """Return the kinds of files that can be opened."""
        return self.tr("Texts (*.txt *.md *.text)") + ";;" + self.tr("All files (*)")

    def open_file(self, path: Path) -> None:
        """Take the text of this file as the draft; a draft that stands there is held."""
        from fishcaption.ui.speak.text_file import text_of

        try:
            text = text_of(path)
        except FishCaptionError as error:
            self.failed.emit(error)
            return
        if not text.strip():
            self.noticed.emit(self.tr("{name} is empty.").format(name=path.name))
            return
        self.take_text(text)
        self.focus()

    def show_utterance(self, number: int) -> None:
        """Show an utterance that was given to the reader elsewhere."""
        self.composer.show(number)

    def another_journal(self, path: Path) -> Journal:
        """Return a journal for a text that is written elsewhere; one thread writes both, in order."""
        return self.composer.drafts.another_journal(path)

    def kept_settings(self) -> dict[str, Any]:
        """Return the settings to save: the heights of transcript and editor."""
        return {"window_split": tuple(self._split_before or self.sizes())}

    def leave(self) -> None:
        """Save the draft."""
        with ExitStack() as ending:  # whatever fails
            ending.callback(self.composer.close)
            for part in (self.held, self.completing):
                if part is not None:
                    ending.callback(part.leave)

    def _ask_price(self, dollars: float, limit: LimitReached | None, on_yes: Callable[[], None]) -> None:
        from fishcaption.ui.speak.price_question import ask_price

        spending = self._services.spending
        if limit is not None and not spending.can_agree():
            self.composer.price.answered()
            self.failed.emit(limit)
            return

        def agreed() -> None:
            if limit is not None:
                spending.agree()
            on_yes()

        box = ask_price(dollars, self._settings.current.model, limit, self.window(), agreed)
        box.finished.connect(self.composer.price.answered)

    def _older(self, place: int) -> str | None:
        assert self._stores is not None
        entries = self._stores.history.entries()
        return entries[place].text if place < len(entries) else None

    # -- modes -------------------------------------------------------------------------------------

    def _on_mode(self, mode: str) -> None:
        self._settings.change(speak_mode=mode)
        self.editor.setFocus()

    def _on_next_mode(self) -> None:
        mode = self.mode.after(self._settings.current.speak_mode)
        self._settings.change(speak_mode=mode)
        self.noticed.emit(self.mode.words(mode) + ".")

    # -- what comes after the first paint ----------------------------------------------------------

    def _add_queue(self, host: Host) -> None:
        from fishcaption.ui.speak.queue import QueueCommands, QueuePanel

        queue = self.queue = QueuePanel()
        self._above.addWidget(queue)
        queue.faster_asked.connect(partial(host.commands.run, "voice.faster"))
        queue.set_look(host.look)
        self.waiting = QueueCommands(queue, self._reader, self.composer)
        host.commands.add(*self.waiting.actions())
        after = self.transcript.nextInFocusChain()
        order = (self.transcript, *queue.controls(), *(() if after is None else (after,)))
        for before, then in pairwise(order):
            QWidget.setTabOrder(before, then)

    def _add_held(self, stores: Stores, host: Host) -> None:
        from fishcaption.ui.speak.held_texts import HeldTextCommands

        held = self.held = HeldTextCommands(
            stores.held_texts, self.composer.drafts, lambda: self._settings.current.off_record, self
        )
        self._below.insertWidget(0, held.row)
        held.noticed.connect(self.noticed)
        held.resized.connect(self.resized)
        held.editor_asked.connect(self.focus)
        held.row.set_look(host.look)
        host.commands.add(*held.actions(), *self._history_actions())

    def _history_actions(self) -> tuple[Action, ...]:
        tr, where, walk = self.tr, self.tr("in the empty text"), self.composer.drafts.walk
        return (
            Action("text.older", tr("Older text from the history"), partial(walk, 1), Group.TEXT,
                   always=("Up",), where=where),
            Action("text.newer", tr("Newer text from the history"), partial(walk, -1), Group.TEXT,
                   always=("Down",), where=where),
        )  # fmt: skip

    def _add_completion(self, vocabulary: VocabularyService, host: Host) -> None:
        from fishcaption.ui.speak.completion import EditorCompletion

        completing = self.completing = EditorCompletion(self.editor, self._settings)
        completing.words = vocabulary
        self._below.addWidget(completing.row)
        completing.row.setVisible(self._settings.current.completion)
        self.composer.learn = vocabulary.learn
        self.composer.end_word = completing.expand_end
        host.commands.add(*completing.actions())
        vocabulary.subscribe(partial(self._on_vocabulary, vocabulary))
        self._on_vocabulary(vocabulary)

    def _on_vocabulary(self, vocabulary: VocabularyService) -> None:
        from fishcaption.core.vocabulary.abbreviations import Abbreviations

        if self.completing is not None:
            self.completing.abbreviations = Abbreviations(vocabulary.vocabulary().abbreviations)


def _typing_of(settings: Settings) -> tuple[object, ...]:
    """Return the settings of how a text is typed."""
    return settings.enter_speaks, settings.join_pasted_lines, settings.speak_mode
