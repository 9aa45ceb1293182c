"""The voice picker: all voices in one list, found, heard and chosen by keys alone."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from fishcaption.core.errors import FishCaptionError, Unauthorized
from fishcaption.core.models import MODELS
from fishcaption.core.speech import EMBEDDED, FISH, Voice
from fishcaption.core.text.segmentation import segments
from fishcaption.core.untrusted import one_line
from fishcaption.core.voices.catalog import VoiceEntry, VoiceState, pasted_id, searched_words
from fishcaption.ui.editor.text_editor import Editor
from fishcaption.ui.voice_ports import Hearing
from fishcaption.ui.voices.picker.covers import Covers
from fishcaption.ui.voices.picker.filters import Filters
from fishcaption.ui.voices.picker.questions import Questions
from fishcaption.ui.voices.picker.table import Section, VoiceTable, key_of
from fishcaption.ui.voices.picker.view import VoiceView
from fishcaption.ui.voices.picker.words import about_words, reason_words
from fishcaption.ui.widgets.controls import FlowRow, StatusLine, announce
from fishcaption.ui.widgets.dialog_parts import resize_by_text, text_button
from fishcaption.ui.widgets.fields import LineField
from fishcaption.ui.widgets.labels import Label
from fishcaption.ui.widgets.longtext import showable

if TYPE_CHECKING:
    from fishcaption.store.voices.seen import Shelf
    from fishcaption.ui.feature import Host
    from fishcaption.ui.ports import ModelOffer
    from fishcaption.ui.voice_ports import VoiceService

MOST_TRIED = 300
"""Code points of the user's text that a voice says to try it."""

_TYPING_MS = 300  # the service is asked after such a pause in typing
_LONGEST_DRAFT = 20_000  # of which a start is taken
_MOST_CENTS_SHOWN = 0.1
_DESCRIPTION_LENGTH = 160
_LEAST_LINES = 24  # of the window's height, where the filters are shown at first
_TO_THE_LIST = (Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_PageDown, Qt.Key.Key_PageUp)


class Terms(NamedTuple):
    """Terms of Fish Audio's voices by the present settings: the model, its price in words, a note."""

    model: str
    cost: str
    note: str


class VoicePicker(QDialog):
    """A list of voices to choose from. Open it with `open()`.

    ``tried_text`` returns the user's own text that a voice can say to be tried.
    """

    chosen = Signal(object)  # a Voice
    key_asked = Signal()
    own_asked = Signal()
    recording_asked = Signal()
    more_asked = Signal()

    def __init__(
        self,
        voices: VoiceService,
        current: Voice,
        parent: QWidget,
        *,
        terms: Terms,
        tried_text: Callable[[], str],
        faint: QColor,
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Choose a voice"))
        self._voices = voices
        self._current = current
        self._terms = terms
        self._tried_text = tried_text
        self._is_gone = False
        self._embedded: tuple[VoiceEntry, ...] = ()
        self._shelf: Shelf | None = None
        self._sounding: VoiceEntry | None = None
        self._agreed: tuple[str, str] | None = None  # the voice and the text whose price was told
        costs: dict[str, str] = {EMBEDDED.provider: self.tr("free"), FISH.provider: terms.cost}
        self._questions = Questions(voices, self)
        self._table = VoiceTable(current, costs, self)
        self._covers = Covers(voices, self)
        self._build(faint)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_TYPING_MS)
        self._soon.setTimerType(Qt.TimerType.PreciseTimer)
        self._soon.timeout.connect(self._ask)
        self._connect()
        self.destroyed.connect(self._on_destroyed)
        voices.embedded_voices(self._on_embedded)
        voices.shelf(self._on_shelf)
        if current.kind.is_remote and current.id:
            voices.look_up(current, self._on_current)
        self._ask()

    def voices(self) -> list[Voice]:
        """Return the listed voices, in order."""
        return [entry.voice for entry in self._table.entries()]

    def note(self) -> str:
        """Return what is told about the list."""
        return self._note.text()

    # -- how it looks ------------------------------------------------------------------------------

    def _build(self, faint: QColor) -> None:
        self._search = LineField()
        self._search.setPlaceholderText(self.tr("Search: a name, or the id or link of a voice"))
        self._search.setAccessibleName(self.tr("Search voices"))
        self._search.installEventFilter(self)
        self._filters = Filters()
        self._filters_shown = QPushButton(self.tr("Filters"))
        self._filters_shown.setCheckable(True)
        self._filters_shown.setAutoDefault(False)
        self._filters_shown.toggled.connect(self._filters.setVisible)
        self._list = VoiceView(self._table, self._covers, faint)
        self._warning = Label()
        self._warning.setWordWrap(True)
        self._warning.setProperty("role", "trouble")
        self._warning.hide()
        self._note = StatusLine()
        self._note.setProperty("role", "hint")
        self._details = Label()
        self._details.setWordWrap(True)
        self._details.setMinimumHeight(2 * self._details.fontMetrics().lineSpacing())
        self._details.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeading)
        self._hear = text_button(self.tr("Hear sample"), self._on_hear)
        self._hear.setToolTip(self.tr("Space in the list, or Ctrl+Space"))
        self._like_this = text_button(self.tr("Like this"), self._on_like_this)
        self._like_this.setToolTip(self.tr("Your own text, spoken by this voice (Ctrl+L)"))
        self._favourite = text_button(self.tr("Favourite"), self._on_favourite)
        self._favourite.setToolTip(self.tr("Keep this voice at the top (Ctrl+D)"))
        self._key = text_button(self.tr("Enter a Fish Audio key…"), self._on_key)
        self._key.hide()
        self._own = text_button(self.tr("My voices…"), self._on_own)
        self._record = text_button(self.tr("Make your own voice…"), self._on_record)
        self._choose = text_button(self.tr("Use this voice"), self._on_choose)
        self._choose.setProperty("role", "primary")
        self._lay_out()
        self._show_details(None)

    def _lay_out(self) -> None:
        cancel = text_button(self.tr("Cancel"), self.reject)
        row = FlowRow()
        more = text_button(self.tr("More on this computer…"), self._on_more)
        more.setToolTip(self.tr("Voices for other languages, without a network"))
        for button in (
            self._hear,
            self._like_this,
            self._favourite,
            self._own,
            self._record,
            more,
            self._key,
        ):
            row.addWidget(button)
        for button in (cancel, self._choose):
            row.add_right(button)
        column = QVBoxLayout(self)
        top = QHBoxLayout()
        top.addWidget(self._search, 1)
        top.addWidget(self._filters_shown)
        column.addLayout(top)
        column.addWidget(self._filters)
        column.addWidget(self._warning)
        column.addWidget(self._list, 1)
        column.addWidget(self._details)
        column.addWidget(self._note)
        column.addLayout(row)
        resize_by_text(self, 66, 66)
        has_room = self.height() > _LEAST_LINES * self.fontMetrics().lineSpacing()
        self._filters.setVisible(has_room)
        self._filters_shown.setChecked(has_room)

    def _connect(self) -> None:
        self._search.textChanged.connect(self._on_search)
        self._filters.changed.connect(self._on_search)
        self._list.chosen.connect(self._on_chosen)
        self._list.heard.connect(self._on_hear)
        self._list.typed.connect(self._on_typed)
        self._list.moved.connect(self._show_details)
        self._list.wants_more.connect(self._questions.more)
        self._questions.begun.connect(self._on_begun)
        self._questions.found.connect(self._on_found)
        self._questions.own_found.connect(partial(self._table.set_section, Section.OWN))
        self._questions.changed.connect(self._tell)
        for keys, act in (
            ("Ctrl+Space", self._on_hear),
            ("Ctrl+L", self._on_like_this),
            ("Ctrl+D", self._on_favourite),
        ):
            QShortcut(QKeySequence(keys), self, act)

    def _show_details(self, entry: VoiceEntry | None) -> None:
        self._agreed = None
        can_speak = entry is not None and entry.state.can_speak
        self._hear.setEnabled(can_speak)
        self._like_this.setEnabled(can_speak)
        self._choose.setEnabled(can_speak)
        self._favourite.setEnabled(entry is not None)
        self._draw_buttons()
        if entry is None:
            self._details.setText("")
            return
        parts = [reason_words(entry, self.tr)]
        if entry.voice.kind.has_models and entry.state.can_speak:
            words = self.tr("It speaks with {model} ({cost}).")
            parts += (words.format(model=self._terms.model, cost=self._terms.cost), self._terms.note)
        if entry.uses:
            parts.append(self.tr("Used {count} times.").format(count=f"{entry.uses:,}"))
        parts.append(one_line(entry.description, _DESCRIPTION_LENGTH))
        self._details.setText(showable(" ".join(part for part in parts if part)) or about_words(entry))

    def _draw_buttons(self) -> None:
        entry = self._list.current()
        is_liked = entry is not None and self._table.is_favourite(entry)
        self._favourite.setText(self.tr("No favourite any more") if is_liked else self.tr("Favourite"))
        is_sounding = self._sounding is not None
        self._hear.setText(self.tr("Stop the sound") if is_sounding else self.tr("Hear sample"))
        self._hear.setEnabled(is_sounding or (entry is not None and entry.state.can_speak))

    def _tell(self) -> None:
        """Say how the search stands."""
        asked = self._questions
        self._key.setVisible(asked.needs_key)
        error = asked.error
        if asked.is_asking:
            self._note.tell(self.tr("Loading the voices of Fish Audio…"))
        elif error is not None:
            words = f"{error} {error.hint}".strip()
            if asked.is_offline and not isinstance(error, Unauthorized):
                words += " " + self.tr("Shown are voices that were seen before.")
            self._note.tell(words)
        elif not self._table.entries():
            pasted = pasted_id(self._search.text())
            self._note.tell(
                self.tr("Fish Audio has no voice with this id, or it is private.")
                if pasted
                else self.tr("No voice matches. Search for something else.")
            )
        elif asked.is_cut_short:
            self._note.tell(
                self.tr("Fish Audio shows no more of these voices. Narrow the search: a name, a filter.")
            )
        elif asked.needs_key:
            self._note.tell(self.tr("You can look around. A voice of Fish Audio needs a key to speak."))
        elif asked.total is not None and asked.total > 1:
            self._note.tell(self.tr("{count} voices in the library.").format(count=f"{asked.total:,}"))
        else:
            self._note.tell("")

    # -- asking ------------------------------------------------------------------------------------

    def _ask(self) -> None:
        self._questions.ask(self._filters.query(self._search.text()))

    def _on_search(self) -> None:
        self._questions.drop()  # the answer that is coming is for an old question
        self._agreed = None
        self._lay_local()
        self._soon.start()

    def _on_begun(self) -> None:
        self._table.set_section(Section.OWN, ())
        self._table.set_section(Section.LIBRARY, ())
        self._table.set_title(self.tr("Fish Audio's library"))
        self._lay_local()

    def _on_found(self, entries: tuple[VoiceEntry, ...]) -> None:
        if self._questions.is_offline:
            self._table.set_title(self.tr("Seen before at Fish Audio"))
        self._questions.note_new(self._table.append(entries))
        self._keep_a_row()

    def _on_embedded(self, answer: tuple[Voice, ...] | FishCaptionError) -> None:
        if self._is_gone:
            return
        if isinstance(answer, FishCaptionError):
            self._warn(f"{answer} {answer.hint}".strip())
        else:
            self._embedded = tuple(map(VoiceEntry, answer))
            self._lay_local()

    def _on_shelf(self, answer: Shelf | FishCaptionError) -> None:
        if self._is_gone:
            return
        if isinstance(answer, FishCaptionError):
            self._warn(f"{answer} {answer.hint}".strip())
        else:
            self._shelf = answer
            self._table.set_favourites(entry.voice for entry in answer.favourites)
            self._lay_local()
            self._draw_buttons()

    def _on_current(self, answer: VoiceEntry | FishCaptionError) -> None:
        if self._is_gone or isinstance(answer, FishCaptionError):
            return
        self._table.replace(answer)
        if not answer.state.can_speak or answer.state is VoiceState.RETIRING:
            words = self.tr("Your voice “{name}”: {reason} No other voice takes its place by itself.")
            reason = reason_words(answer, self.tr)
            self._warn(words.format(name=showable(self._current.name), reason=reason))

    def _warn(self, words: str) -> None:
        self._warning.setText(words)
        self._warning.show()
        announce(self._warning, words, urgent=True)

    def _lay_local(self) -> None:
        """List what needs no service: what is liked, used, and on this computer, as far as it matches."""
        query = self._filters.query(self._search.text())
        words = query.title.casefold().split()

        def matches(entry: VoiceEntry) -> bool:
            searched = searched_words(entry)
            speaks = not query.languages or any(
                language.partition("-")[0] in query.languages for language in entry.voice.languages
            )
            tags = {tag.casefold() for tag in entry.tags}
            return (
                all(word in searched for word in words)
                and speaks
                and all(tag.casefold() in tags for tag in query.all_tags)
                and (entry.is_licensed or not query.is_licensed)
            )

        shelf = self._shelf
        self._table.set_section(
            Section.FAVOURITES, tuple(filter(matches, shelf.favourites)) if shelf is not None else ()
        )
        self._table.set_section(
            Section.RECENT, tuple(filter(matches, shelf.recent)) if shelf is not None else ()
        )
        self._table.set_section(Section.EMBEDDED, tuple(filter(matches, self._embedded)))
        self._keep_a_row()

    def _keep_a_row(self) -> None:
        """Have a current row: the chosen voice's, else the first."""
        if self._list.current() is not None:
            return
        row = self._table.row_of(self._current)
        if row is None:
            row = next((row for row in range(3) if self._table.entry(row) is not None), None)
        if row is not None:
            self._list.select(row)

    # -- what is done with a voice -------------------------------------------------------------------

    def _on_hear(self) -> None:
        if self._sounding is not None:
            self._voices.hush()
            return
        entry = self._list.current()
        if entry is not None and self._can_speak(entry):
            self._begin_sound(entry)
            self._voices.hear(entry, partial(self._on_hearing, entry))

    def _on_like_this(self) -> None:
        entry = self._list.current()
        if entry is None or not self._can_speak(entry):
            return
        text = self._tried_text().strip() or self.tr("Hello. This is how I sound when I read you a sentence.")
        price = self._voices.price_of(entry.voice, text)
        asked = (entry.id, text)
        if price > 0 and self._agreed != asked:
            self._agreed = asked
            cents = max(100 * price, _MOST_CENTS_SHOWN)
            words = self.tr("This costs about {cents:.1f} ¢. Press “Like this” again to hear it.")
            self._note.tell(words.format(cents=cents))
            return
        self._agreed = None
        self._begin_sound(entry)
        self._voices.try_text(entry, text, partial(self._on_hearing, entry))

    def _begin_sound(self, entry: VoiceEntry) -> None:
        self._sounding = entry
        self._draw_buttons()
        self._note.tell(self.tr("{name}: preparing the sound…").format(name=showable(entry.voice.name)))

    def _on_hearing(self, entry: VoiceEntry, state: Hearing | FishCaptionError) -> None:
        if self._is_gone or entry is not self._sounding:
            return
        if state is Hearing.SOUNDING:
            words = self.tr("You hear {name}. Esc stops.")
            self._note.tell(words.format(name=showable(entry.voice.name)))
        elif state is Hearing.ENDED or isinstance(state, FishCaptionError):
            self._sounding = None
            self._draw_buttons()
            if isinstance(state, FishCaptionError):
                self._note.tell(f"{state} {state.hint}".strip())
                self._key.setVisible(isinstance(state, Unauthorized) or self._questions.needs_key)
            else:
                self._tell()

    def _on_favourite(self) -> None:
        entry, shelf = self._list.current(), self._shelf
        if entry is None or shelf is None:
            return
        is_liked = not self._table.is_favourite(entry)
        others = tuple(one for one in shelf.favourites if key_of(one.voice) != key_of(entry.voice))
        self._shelf = shelf._replace(favourites=(entry, *others) if is_liked else others)
        self._table.set_favourites(one.voice for one in self._shelf.favourites)
        self._draw_buttons()
        words = self.tr("{name} is a favourite.") if is_liked else self.tr("{name} is no favourite any more.")
        self._note.tell(words.format(name=showable(entry.voice.name)))
        self._voices.set_favourite(entry, is_liked, self._on_kept)

    def _on_kept(self, error: FishCaptionError | None) -> None:
        if error is not None and not self._is_gone:
            self._warn(f"{error} {error.hint}".strip())

    def _on_choose(self) -> None:
        entry = self._list.current()
        if entry is not None:
            self._on_chosen(entry)

    def _on_chosen(self, entry: VoiceEntry) -> None:
        if self._can_speak(entry):
            self._voices.used(entry)
            self.chosen.emit(entry.voice)
            self.accept()

    def _can_speak(self, entry: VoiceEntry) -> bool:
        """Return whether the voice can be used; if not, say why."""
        if not entry.state.can_speak:
            self._note.tell(reason_words(entry, self.tr))
        return entry.state.can_speak

    def _on_key(self) -> None:
        self.reject()
        self.key_asked.emit()

    def _on_own(self) -> None:
        self.reject()
        self.own_asked.emit()

    def _on_record(self) -> None:
        self.reject()
        self.recording_asked.emit()

    def _on_more(self) -> None:
        self.reject()
        self.more_asked.emit()

    def _on_typed(self, letters: str) -> None:
        self._search.setFocus()
        self._search.insert(letters)

    # -- Qt ----------------------------------------------------------------------------------------

    def _on_destroyed(self) -> None:
        self._is_gone = True

    def done(self, result: int) -> None:
        if not self._is_gone:
            self._is_gone = True
            self._soon.stop()
            self._covers.end()
            self._questions.drop()
            self._voices.hush()
            self._voices.leave()
        super().done(result)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """In the search field, Up and Down move in the list, and Enter chooses the selected voice."""
        if watched is self._search and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in _TO_THE_LIST and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
                self._list.setFocus()
                self._list.keyPressEvent(event)
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._on_choose()
                return True
        return super().eventFilter(watched, event)


def terms_of(model: str, offers: tuple[ModelOffer, ...], cost_of: Callable[[ModelOffer], str]) -> Terms:
    """Return the terms of a model; without a price where it is not offered any more."""
    offer = next((offer for offer in offers if offer.name == model), None)
    clauses = MODELS[model].note.split("; ") if model in MODELS else []
    note = next((clause for clause in clauses if "train" in clause), "")
    note = f"{note[:1].upper()}{note[1:]}." if note else ""
    return Terms(model, cost_of(offer) if offer is not None else "", note)


def start_of(text: str) -> str:
    """Return the first sentences of a text, at most `MOST_TRIED` code points."""
    start = text.strip()[: MOST_TRIED + 1]
    if len(start) <= MOST_TRIED:
        return start
    whole = segments(start)[:-1]  # the last one is cut off
    return ("".join(whole) or start[:MOST_TRIED].rpartition(" ")[0] or start[:MOST_TRIED]).strip()


def pick(host: Host, current: Voice, parent: QWidget, on_chosen: Callable[[Voice], None]) -> VoicePicker:
    """Open the picker over a window; `on_chosen` gets the voice, if one is chosen."""
    from fishcaption.ui.widgets.state_words import cost_words

    def tried_text() -> str:
        workspace = host.text_workspace
        editor = workspace.view.findChild(Editor)
        selected = editor.selected_text() if isinstance(editor, Editor) else ""
        return start_of(selected or workspace.text(_LONGEST_DRAFT))

    picker = VoicePicker(
        host.services.voices,
        current,
        parent,
        terms=terms_of(
            host.settings.model,
            host.services.models.offers(),
            partial(cost_words, tr=partial(QCoreApplication.translate, "VoicePicker")),
        ),
        tried_text=tried_text,
        faint=QColor(host.look.colors.muted),
    )
    picker.chosen.connect(on_chosen)
    picker.key_asked.connect(partial(host.commands.run, "window.key"))
    picker.own_asked.connect(partial(host.commands.run_if_there, "voice.own"))
    picker.recording_asked.connect(partial(host.commands.run_if_there, "voice.record"))
    picker.more_asked.connect(partial(host.commands.run, "voice.offline"))
    picker.open()
    return picker


def open_picker(host: Host) -> None:
    """Open the list of voices for the voice that speaks."""
    pick(host, host.settings.voice, host.window, host.choose_voice)
