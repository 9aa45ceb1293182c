"""The profiles dialog. Each profile has its own window, settings, draft, history and phrases.

To switch means to open the other profile's window; both can be open side by side.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QListWidget,
    QListWidgetItem,
    QMessageBox,
    QVBoxLayout,
    QWidget,
)

from fishcaption.core.errors import FishCaptionError
from fishcaption.store import profiles
from fishcaption.ui.widgets.controls import FlowBox, FlowRow, StatusLine
from fishcaption.ui.widgets.dialog_parts import ask, resize_by_text, text_button
from fishcaption.ui.widgets.fields import LineField
from fishcaption.ui.widgets.labels import Label

if TYPE_CHECKING:
    from fishcaption.ui.feature import Host

_NAME = Qt.ItemDataRole.UserRole


class ProfilesDialog(QDialog):
    """A list of profiles, a field for a name, and buttons for both."""

    open_asked = Signal(str)  # the window of this profile; empty: of the one without a name

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Profiles"))
        about = Label(self.tr("Each profile has its own window, settings, draft, history and phrases."))
        about.setWordWrap(True)
        self._list = QListWidget()
        self._list.setAccessibleName(self.tr("Profiles"))
        self._list.currentItemChanged.connect(self._on_row)
        self._list.itemActivated.connect(self._on_open)
        self._name = LineField()
        self._name.setAccessibleName(self.tr("Name of a profile"))
        self._name.setPlaceholderText(self.tr("A name, such as Work"))
        self._name.returnPressed.connect(self._on_create)
        self._open = text_button(self.tr("Open its window"), self._on_open)
        self._create = text_button(self.tr("New profile with this name"), self._on_create)
        self._rename = text_button(self.tr("Rename it"), self._on_rename)
        self._delete = text_button(self.tr("Delete it…"), self._on_delete)
        row = FlowRow()
        for button in (self._open, self._create, self._rename, self._delete):
            row.addWidget(button)
        self._status = StatusLine()
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.button(QDialogButtonBox.StandardButton.Close).setAutoDefault(False)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        for widget in (about, self._list, self._name, FlowBox(row), self._status, buttons):
            column.addWidget(widget)
        resize_by_text(self, 52, 40)
        self._list.setWordWrap(True)
        self._fill(profiles.current())

    def told(self) -> str:
        """Return the words of the status line."""
        return self._status.text()

    def listed(self) -> list[str]:
        """Return the listed names; the main profile comes first, with an empty name."""
        return [self._list.item(row).data(_NAME) for row in range(self._list.count())]

    def _fill(self, chosen: str) -> None:
        self._list.clear()
        for name in ("", *profiles.names()):
            words = name or self.tr("Main profile, without a name")
            if name == profiles.current():
                words = self.tr("{name} — this window").format(name=words)
            item = QListWidgetItem(words, self._list)
            item.setData(_NAME, name)
            if name == chosen:
                self._list.setCurrentItem(item)
        if self._list.currentRow() < 0:
            self._list.setCurrentRow(0)

    def _chosen(self) -> str:
        item = self._list.currentItem()
        return str(item.data(_NAME)) if item is not None else ""

    def _on_row(self) -> None:
        is_own = self._chosen() == profiles.current()
        self._open.setEnabled(not is_own)
        for button in (self._rename, self._delete):
            button.setEnabled(bool(self._chosen()) and not is_own)

    def _on_open(self) -> None:
        if self._chosen() != profiles.current():
            self.open_asked.emit(self._chosen())
            self.accept()

    def _on_create(self) -> None:
        def create() -> None:
            name = profiles.create(self._name.text().strip())
            self._fill(name)
            self._status.tell(self.tr("“{name}” was created. You can open its window now.").format(name=name))
            self._open.setFocus()

        self._try(create)

    def _on_rename(self) -> None:
        def rename() -> None:
            name = profiles.rename(self._chosen(), self._name.text().strip())
            self._fill(name)
            self._status.tell(self.tr("It is now called “{name}”.").format(name=name))

        self._try(rename)

    def _on_delete(self) -> None:
        words = self.tr("Delete “{name}” with its settings, history and phrases? This cannot be undone.")
        words = words.format(name=self._chosen())
        box = ask(self.tr("Profiles"), words, self.tr("Delete it"), self, self._delete_chosen)
        box.setIcon(QMessageBox.Icon.Warning)

    def _delete_chosen(self) -> None:
        def delete() -> None:
            name = self._chosen()
            profiles.delete(name)
            self._fill("")
            self._status.tell(self.tr("“{name}” was deleted.").format(name=name))

        self._try(delete)

    def _try(self, act: Callable[[], None]) -> None:
        try:
            act()
        except FishCaptionError as exc:
            self._status.tell(f"{exc} {exc.hint}".strip())


def open_profiles(host: Host) -> None:
    """Open the dialog of the profiles."""
    dialog = ProfilesDialog(host.window)
    dialog.open_asked.connect(host.services.profiles.open_profile)
    dialog.open()
