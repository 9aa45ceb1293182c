"""The dialog for global keys: one row for each act, with its problem beside it."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QKeySequenceEdit,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from fishcaption.ui.platform.global_keys import ACTS, SUGGESTED, GlobalKeys
from fishcaption.ui.widgets.controls import announce
from fishcaption.ui.widgets.dialog_parts import scrolled, text_button
from fishcaption.ui.widgets.labels import Label


class GlobalKeysDialog(QDialog):
    """Every change is used at once; `changed` emits the keys, to be saved."""

    changed = Signal(object)  # act -> key

    def __init__(self, keys: GlobalKeys, chosen: Mapping[str, str], parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Global keys"))
        self._keys = keys
        self._chosen = dict(chosen)
        self._edits: dict[str, QKeySequenceEdit] = {}
        self._notes: dict[str, Label] = {}
        about = Label(self._about())
        about.setWordWrap(True)
        grid = QGridLayout()
        grid.setColumnStretch(1, 1)
        grid.setVerticalSpacing(8)
        for line, act in enumerate(ACTS):
            self._add_row(grid, 3 * line, act)
        suggest = text_button(self.tr("Use the suggested keys"), self._on_suggest)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.addButton(suggest, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.rejected.connect(self.reject)
        inner = QWidget()
        rows = QVBoxLayout(inner)
        rows.addWidget(about)
        rows.addLayout(grid)
        rows.addStretch(1)
        scroll = scrolled(inner)
        column = QVBoxLayout(self)
        column.addWidget(scroll)
        column.addWidget(buttons)
        self._show()
        suggest.setFocus()  # a field would record the next key, Esc too
        area = self.screen().availableGeometry()
        width = min(round(52 * self.font().pointSizeF()), area.width() - 40)
        # room for a complaint beside every key
        height = inner.heightForWidth(width) + 8 * self.fontMetrics().lineSpacing() + 80
        self.resize(width, min(height, area.height() - 80))
        keys.changed.connect(self._show_problems)
        self._show_problems()

    def _about(self) -> str:
        words = self.tr(
            "These keys work in every program, for example during a call. Other programs then do not get "
            "them. No key is set until you set it."
        )
        if why := self._keys.why_not():
            return f"{words} {why}"
        if self._keys.desktop_chooses():
            return f"{words} " + self.tr("On this desktop, the system asks you which keys to use.")
        return words

    def _add_row(self, grid: QGridLayout, line: int, act: str) -> None:
        words = {
            "speak": self.tr("Speak what is typed"),
            "stop": self.tr("Stop"),
            "quick_box": self.tr("Quick box"),
            "attention": self.tr("Attention sound"),
            "next": self.tr("Next cue of the script"),
        }[act]
        edit = QKeySequenceEdit()
        edit.setMaximumSequenceLength(1)
        edit.setMinimumHeight(44)
        edit.setAccessibleName(words)
        for field in edit.findChildren(QWidget):
            field.setAccessibleName(words)
        edit.setProperty("act", act)
        edit.editingFinished.connect(self._on_edited)
        clear = QToolButton()
        clear.setText(self.tr("None"))
        clear.setProperty("big", True)
        clear.setProperty("act", act)
        clear.setAccessibleName(self.tr("Remove the key for: {act}").format(act=words))
        clear.clicked.connect(self._on_cleared)
        label, note = Label(words), Label()
        label.setBuddy(edit)
        note.setWordWrap(True)
        note.hide()
        self._edits[act], self._notes[act] = edit, note
        for place, widget in enumerate((label, edit, clear)):
            grid.addWidget(widget, line, place)
        grid.addWidget(note, line + 1, 1, 1, 2)
        if act == "next":
            hint = Label(
                self.tr(
                    "For a remote or a pedal while another program has the focus. Not PageDown: your slides "
                    "would no longer get it. Have the remote send another key, such as Ctrl+Shift+F8."
                )
            )
            hint.setProperty("role", "hint")
            hint.setWordWrap(True)
            grid.addWidget(hint, line + 2, 1, 1, 2)

    def _show(self) -> None:
        for act, edit in self._edits.items():
            with QSignalBlocker(edit):
                edit.setKeySequence(QKeySequence(self._chosen.get(act, "")))

    def _show_problems(self) -> None:
        for act, note in self._notes.items():
            words = self._keys.problems.get(act, "")
            if words != note.text():
                # a sign before the words: not by colour alone
                note.setText(f"⚠ {words}" if words else "")
                if words:
                    announce(note, words)
            note.setVisible(bool(words))

    def _change(self, **chosen: str) -> None:
        wanted = {**self._chosen, **chosen}
        wanted = {act: key for act, key in wanted.items() if key}
        if wanted != self._chosen:
            self._chosen = wanted
            self._keys.hold(wanted)
            self._show()
            self._show_problems()
            self.changed.emit(wanted)

    def _on_edited(self) -> None:
        edit = self.sender()
        assert isinstance(edit, QKeySequenceEdit)
        key = edit.keySequence().toString(QKeySequence.SequenceFormat.PortableText)
        self._change(**{str(edit.property("act")): key})

    def _on_cleared(self) -> None:
        self._change(**{str(self.sender().property("act")): ""})

    def _on_suggest(self) -> None:
        self._change(**{act: key for act, key in SUGGESTED.items() if not self._chosen.get(act)})
