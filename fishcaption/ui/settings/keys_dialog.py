"""The keys dialog: every command with its keys. The user presses a new key instead of typing its name."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QKeyCombination, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QLineEdit,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from fishcaption.ui.commands import Action, Actions, Group, match, portable, spelled, types
from fishcaption.ui.widgets.controls import FlowBox, FlowRow, StatusLine
from fishcaption.ui.widgets.dialog_parts import list_row, text_button
from fishcaption.ui.widgets.fields import LineField
from fishcaption.ui.widgets.labels import Label, as_written

if TYPE_CHECKING:
    from fishcaption.ui.feature import Host
    from fishcaption.ui.ports import SettingsService

_ID = Qt.ItemDataRole.UserRole
_MODIFIERS = (
    Qt.Key.Key_Shift,
    Qt.Key.Key_Control,
    Qt.Key.Key_Alt,
    Qt.Key.Key_AltGr,
    Qt.Key.Key_Meta,
    Qt.Key.Key_Super_L,
    Qt.Key.Key_Super_R,
    Qt.Key.Key_CapsLock,
    Qt.Key.Key_NumLock,
    Qt.Key.Key_unknown,
)


class KeysDialog(QDialog):
    """The user chooses a command, clicks “Add a key” and presses the key. Changes are used at once."""

    def __init__(self, commands: Actions, settings: SettingsService, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Keys"))
        self._commands = commands
        self._settings = settings
        self._asked: tuple[str, str] | None = None  # a command, and a key that another one has
        about = Label(
            self.tr(
                "A command can have several keys: a combination such as Ctrl+K, or one single key. A "
                "single letter works only while no text field has the focus."
            )
        )
        about.setWordWrap(True)
        self._search = LineField()
        self._search.setPlaceholderText(self.tr("Search a command"))
        self._search.setAccessibleName(self._search.placeholderText())
        self._search.setClearButtonEnabled(True)
        self._list = QTreeWidget()
        self._list.setAccessibleName(self.tr("Commands and their keys"))
        self._list.setColumnCount(2)
        self._list.setHeaderLabels([self.tr("Command"), self.tr("Keys")])
        self._list.setRootIsDecorated(False)
        header = self._list.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        self._list.setUniformRowHeights(True)
        self._catch = _Catch()
        self._status = StatusLine()
        self._add = text_button(self.tr("Add a key…"))
        self._none = text_button(self.tr("Remove all keys"))
        self._usual = text_button(self.tr("Default keys"))
        self._take = text_button(self.tr("Move the key here"))
        self._take.hide()
        self._all_usual = text_button(self.tr("Reset all keys"))
        self._lay_out(about)
        self._fill()
        points = self.font().pointSizeF()
        room = parent.window().screen().availableSize() * 0.9
        self.resize(QSize(round(64 * points), round(52 * points)).boundedTo(room))

    def _lay_out(self, about: Label) -> None:
        row = FlowRow()
        for button in (self._add, self._take, self._none, self._usual):
            row.addWidget(button)
        below = FlowBox(row)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.addButton(self._all_usual, QDialogButtonBox.ButtonRole.ResetRole)
        buttons.button(QDialogButtonBox.StandardButton.Close).setAutoDefault(False)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        for widget in (about, self._search, self._list, self._catch, self._status, below, buttons):
            column.addWidget(widget)
        self._search.textChanged.connect(self._fill)
        self._list.currentItemChanged.connect(self._on_chosen)
        self._list.itemActivated.connect(self._on_add)
        self._catch.pressed_key.connect(self._on_key)
        self._catch.left.connect(self._on_left)
        self._add.clicked.connect(self._on_add)
        self._take.clicked.connect(self._on_take)
        self._none.clicked.connect(partial(self._on_keys, ()))
        self._usual.clicked.connect(self._on_usual)
        self._all_usual.clicked.connect(self._on_all_usual)

    def told(self) -> str:
        """Return the words of the status line: about the key that was pressed."""
        return self._status.text()

    def choose(self, name: str) -> None:
        """Select this command, as a click does."""
        for item in self._items():
            if item.data(0, _ID) == name:
                self._list.setCurrentItem(item)

    def shown(self) -> dict[str, str]:
        """Return the keys of every listed command, as shown."""
        return {str(item.data(0, _ID)): item.text(1) for item in self._items()}

    # -- inside ------------------------------------------------------------------------------------

    def _items(self) -> list[QTreeWidgetItem]:
        items = [self._list.topLevelItem(row) for row in range(self._list.topLevelItemCount())]
        return [item for item in items if item is not None and item.data(0, _ID)]

    def _fill(self) -> None:
        name = self._name()
        wanted = self._search.text()
        self._list.clear()
        group: Group | None = None
        for action in self._commands:
            if wanted.strip() and match(wanted, action.words) is None:
                continue
            if action.group is not group:
                group = action.group
                self._add_head(group)
            item = list_row(self._list, (action.words, ""), (self._keys(action), self.tr("no key")))
            item.setData(0, _ID, action.id)
            item.setToolTip(0, as_written(action.words))
            if action.id == name:
                self._list.setCurrentItem(item)
        if self._list.currentItem() is None and (items := self._items()):
            self._list.setCurrentItem(items[0])

    def _add_head(self, group: Group) -> None:
        name = self.tr(group.value)
        head = list_row(self._list, (name, ""), ("", name))
        head.setFlags(Qt.ItemFlag.NoItemFlags)
        head.setFirstColumnSpanned(True)
        font = head.font(0)
        font.setBold(True)
        head.setFont(0, font)
        head.setForeground(0, self.palette().placeholderText())

    def _keys(self, action: Action) -> str:
        keys = self._commands.spelled(action.id)
        is_local = action.where and (action.always or action.scope)
        return f"{keys}  ({action.where})" if keys and is_local else keys

    def _name(self) -> str:
        item = self._list.currentItem()
        return str(item.data(0, _ID) or "") if item is not None else ""

    def _own(self, name: str) -> tuple[str, ...]:
        """Return the command's keys that can be changed."""
        fixed = set(map(portable, self._commands[name].always))
        return tuple(key for key in self._commands.keys(name) if key not in fixed)

    def _on_chosen(self) -> None:
        self._forget_asked()
        name = self._name()
        for button in (self._add, self._none, self._usual):
            button.setEnabled(bool(name))
        if name:
            self._none.setEnabled(bool(self._own(name)))
            self._usual.setEnabled(self._own(name) != self._commands.ours(name))

    def _on_add(self) -> None:
        name = self._name()
        if name:
            self._forget_asked()
            self._status.tell(
                self.tr("Press a key or a combination for “{words}”.").format(
                    words=self._commands[name].words
                )
            )
            self._catch.begin(takes_esc=bool(self._commands[name].scope))

    def _on_key(self, key: str) -> None:
        name = self._name()
        if not name:
            return
        told = spelled(key)
        scope = self._commands[name].scope
        holder = self._commands.holder(key, scope)
        if self._commands.is_fixed(key, scope):
            owner = holder.words if holder is not None else ""
            self._status.tell(
                self.tr("{key} always does “{words}”. Choose another key.").format(key=told, words=owner)
            )
        elif holder is not None and holder.id == name:
            self._status.tell(self.tr("This command already has {key}.").format(key=told))
        elif holder is not None:
            self._asked = (name, key)
            self._take.show()
            self._take.setFocus()
            self._status.tell(
                self.tr("{key} now does “{words}”. Move it here?").format(key=told, words=holder.words)
            )
        else:
            self._give(name, key)

    def _on_take(self) -> None:
        if self._asked is not None:
            name, key = self._asked
            self._forget_asked()
            self._give(name, key)
            self._add.setFocus()

    def _give(self, name: str, key: str) -> None:
        self._use(self._commands.given(name, (*self._own(name), key)))
        words = self._commands[name].words
        told = self.tr("{key} now does “{words}”.").format(key=spelled(key), words=words)
        if types(key) and not self._commands[name].scope:
            told += " " + self.tr("In a text field it still types.")
        if key == portable("Esc"):
            told += " " + self.tr("It does not stop the voice there any more.")
        self._status.tell(told)
        self._add.setFocus()

    def _on_keys(self, keys: tuple[str, ...], _is_checked: bool = False) -> None:
        if name := self._name():
            self._use(self._commands.given(name, keys))

    def _on_usual(self) -> None:
        if name := self._name():
            self._on_keys(self._commands.ours(name))

    def _on_all_usual(self) -> None:
        self._use({})
        self._status.tell(self.tr("Every command has its default keys again."))

    def _on_left(self) -> None:
        self._status.tell("")

    def _use(self, keymap: dict[str, tuple[str, ...]]) -> None:
        self._settings.change(keys=keymap)
        for item in self._items():
            item.setText(1, self._keys(self._commands[item.data(0, _ID)]))
        self._on_chosen()

    def _forget_asked(self) -> None:
        self._asked = None
        self._take.hide()


class _Catch(QLineEdit):
    """Records the next key that is pressed; shown only while it waits for it."""

    pressed_key = Signal(str)  # in the portable spelling
    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setReadOnly(True)
        self._takes_esc = False
        self.setPlaceholderText(self.tr("Press a key…"))
        self.setAccessibleName(self.tr("The key that is pressed"))
        self.hide()

    def begin(self, *, takes_esc: bool) -> None:
        """Record the next key. `takes_esc`: Esc is a key like others; else it ends the recording."""
        self._takes_esc = takes_esc
        self.show()
        self.setFocus()

    def event(self, event: QEvent) -> bool:
        # no shortcut goes before it, and Tab is a key like others
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            self.keyPressEvent(event)
            return True
        return super().event(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if self.isVisible():
            self.hide()
            self.left.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        event.accept()
        if event.key() in _MODIFIERS or event.isAutoRepeat():
            return
        modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        key = portable(QKeySequence(QKeyCombination(modifiers, Qt.Key(event.key()))).toString())
        self.hide()
        if event.key() == Qt.Key.Key_Escape and not self._takes_esc:
            self.left.emit()
        elif key:
            self.pressed_key.emit(key)


def open_keys(host: Host) -> None:
    """Open the dialog of all keys."""
    dialog = KeysDialog(host.commands, host.services.settings, host.window)
    dialog.open()
