"""Fewer keys to press: abbreviations are expanded while typing, and words are suggested beside the editor.

The suggestions never take the focus or Enter. Tab inserts the first word while a word is being typed;
Alt+1 to Alt+5 and a click insert any. Words are looked up after the typed key is drawn.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QWidget

from fishcaption.ui.commands import Action, Group
from fishcaption.ui.editor.text_editor import Editor
from fishcaption.ui.widgets.controls import announce
from fishcaption.ui.widgets.labels import as_written

if TYPE_CHECKING:
    from fishcaption.ui.ports import SettingsService

MOST_SUGGESTIONS = 5
"""The number of suggestions, at most."""

_APOSTROPHES = str.maketrans("’‐", "'-")
_OPENING = "([{\"'“„«‘¿¡—–-/"


class Words(Protocol):
    """Finds the likeliest next words: `core.vocabulary.completion.Completion`."""

    def suggestions(self, text_before_cursor: str, count: int = 3) -> tuple[str, ...]:
        """Return the likeliest words, best first: for the word at the cursor, or the next one."""
        ...


class Expander(Protocol):
    """Expands the user's abbreviations: `core.vocabulary.abbreviations.Abbreviations`."""

    def expansion(self, text_before_cursor: str) -> tuple[int, str] | None:
        """Return (start, text): `text` replaces what is from `start` to the cursor. None: nothing does."""
        ...


class EditorCompletion(QObject):
    """Suggestions and abbreviations for one editor; `row` is the widget that shows suggestions.

    `words` and `abbreviations` can be set later. While one is None, nothing is suggested, or expanded.
    """

    def __init__(self, editor: Editor, settings: SettingsService) -> None:
        super().__init__(editor)
        self.words: Words | None = None
        self.abbreviations: Expander | None = None
        self.row = SuggestionRow()
        self._editor = editor
        self._settings = settings
        self._suggested: tuple[str, ...] = ()
        self._begun = 0  # code points before the cursor that the suggested words take the place of
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self._suggest)
        self.row.taken.connect(self._on_taken)
        editor.take_suggestion = self._take_by_tab
        editor.word_ended.connect(self._on_word_ended)
        editor.line_ending.connect(self.expand_end)
        editor.textChanged.connect(self._soon.start)
        editor.cursorPositionChanged.connect(self._soon.start)
        self._unsubscribe = settings.subscribe(lambda settings: settings.completion, self._on_completion)
        if not settings.current.completion:
            self.row.hide()

    def leave(self) -> None:
        """The window is closed: follow the settings no longer."""
        self._unsubscribe()

    def actions(self) -> tuple[Action, ...]:
        """The commands, for the registry."""
        return tuple(
            Action(
                f"text.offer{index + 1}",
                self.tr("Insert suggestion {number}").format(number=index + 1),
                partial(self._on_taken, index),
                Group.TEXT,
                (f"Alt+{index + 1}",),
                is_listed=False,
            )
            for index in range(MOST_SUGGESTIONS)
        )

    def take(self, index: int) -> bool:
        """Insert the suggestion; False if there is none, or it cannot be inserted there."""
        if not 0 <= index < len(self._suggested):
            return False
        before = self._editor.before_cursor()
        word, begun = self._suggested[index], _begun(before, self._suggested[index])
        parted = begun or not before or before[-1].isspace() or before[-1] in _OPENING
        return self._editor.complete(begun, word if parted else f" {word}")

    def expand_end(self) -> None:
        """Expand an abbreviation right before the cursor, as no more will be typed behind it."""
        self._expand(f"{self._editor.before_cursor()}\n", ended=1)

    def _on_completion(self, _before: bool, is_on: bool) -> None:
        self.row.setVisible(is_on)
        self._soon.start()

    def _on_taken(self, index: int) -> None:
        self.take(index)

    def _on_word_ended(self) -> None:
        self._expand(self._editor.before_cursor(), ended=0)

    def _expand(self, before: str, *, ended: int) -> None:
        if self.abbreviations is None or not self._settings.current.abbreviations:
            return
        found = self.abbreviations.expansion(before)
        if found is not None:
            start, text = found
            self._editor.replace_before(len(before) - ended - start, text[: len(text) - ended])

    def _take_by_tab(self) -> bool:
        """Insert the first suggestion while a word is being typed; otherwise Tab goes to the next control."""
        return bool(self._begun) and self.take(0)

    def _suggest(self) -> None:
        suggested: tuple[str, ...] = ()
        self._begun = 0
        if self.words is not None and self._settings.current.completion and self._editor.is_writable():
            before = self._editor.before_cursor()
            if not self._editor.textCursor().hasSelection() and before:
                suggested = self.words.suggestions(before, MOST_SUGGESTIONS)
                self._begun = min((_begun(before, word) for word in suggested), default=0)
        if suggested == self._suggested:
            return
        self._suggested = suggested
        self.row.show_words(suggested)
        if suggested and self._settings.current.completion_announced:
            announce(self._editor, ", ".join(suggested))


def _begun(before: str, word: str) -> int:
    """Return how many code points at the end of the text are the beginning of the word."""
    text, whole = (part.translate(_APOSTROPHES).casefold() for part in (before[-len(word) :], word))
    for length in range(min(len(text), len(whole)), 0, -1):
        if whole.startswith(text[-length:]) and not text[-length - 1 : -length].isalnum():
            return length
    return 0


class SuggestionRow(QWidget):
    """The suggestions, each a button with its number. It keeps its height while it is empty."""

    taken = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName(self.tr("Suggested words"))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        self._buttons = [self._button(index) for index in range(MOST_SUGGESTIONS)]
        for button in self._buttons:
            row.addWidget(button, 1)
        self.show_words(())

    def show_words(self, words: tuple[str, ...]) -> None:
        """Show these suggestions."""
        for index, button in enumerate(self._buttons):
            word = words[index] if index < len(words) else ""
            # an ampersand would be taken for the mark of a key
            button.setText(f"{index + 1}  {word.replace('&', '&&')}" if word else "")
            button.setAccessibleName(word or self.tr("No suggestion {number}").format(number=index + 1))
            button.setEnabled(bool(word))

    def words(self) -> tuple[str, ...]:
        """Return the shown suggestions."""
        return tuple(button.accessibleName() for button in self._buttons if button.isEnabled())

    def _button(self, index: int) -> QPushButton:
        button = QPushButton()
        button.setProperty("offer", True)
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        # as wide as the others whatever it says: a key lays nothing out anew
        button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        button.setToolTip(
            as_written(
                self.tr("Insert this word (Alt+{number})").format(number=index + 1)
                if index
                else self.tr("Insert this word (Tab, or Alt+1)")
            )
        )
        button.clicked.connect(partial(self._on_clicked, index))
        return button

    def _on_clicked(self, index: int) -> None:
        self.taken.emit(index)

    def sizeHint(self) -> QSize:
        return QSize(0, super().sizeHint().height())
