"""The dialog of the Fish Audio keys: a list by name, and a form for another one. Open it with `open()`."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from fishcaption.core.account.named_keys import LONGEST_NAME, NamedKeys
from fishcaption.core.errors import ConnectionLost, FishCaptionError, InputError
from fishcaption.store.keys import KeyPlace, checked
from fishcaption.ui.account_ports import AccountService, KeyReport
from fishcaption.ui.widgets.controls import FlowBox, FlowRow, StatusLine
from fishcaption.ui.widgets.dialog_parts import ask, resize_by_text, scrolled, text_button
from fishcaption.ui.widgets.fields import LineField
from fishcaption.ui.widgets.labels import Label, LinkLabel
from fishcaption.ui.widgets.state_words import dollar_words

if TYPE_CHECKING:
    from fishcaption.store.settings import Settings
    from fishcaption.ui.feature import Host
    from fishcaption.ui.ports import SettingsService

KEY_PAGE = "https://fish.audio/app/api-keys"

_ID = Qt.ItemDataRole.UserRole


class KeysDialog(QDialog):
    """Takes Fish Audio keys, checks them with the service, saves them in the keyring, and chooses one."""

    saved = Signal()

    def __init__(self, account: AccountService, settings: SettingsService, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Fish Audio keys"))
        self._account = account
        self._settings = settings
        self._is_gone = False
        self._unchecked = ""  # a key that the service could not be asked about
        self._replaced: str | None = None  # id of the key whose place the next one takes
        about = LinkLabel(
            self.tr(
                "The voices of Fish Audio need a key of your own. "
                'Make one at <a href="{page}">{page}</a>, copy it and paste it below. '
                "It is saved in the keyring of this system, never in a file."
            ).format(page=KEY_PAGE)
        )
        about.setAccessibleName(self.tr("Where to make a key"))
        self._status = StatusLine()
        buttons = QDialogButtonBox()
        buttons.addButton(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        page = QWidget()
        inner = QVBoxLayout(page)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.addWidget(about)
        inner.addWidget(self._known())
        inner.addWidget(self._form())
        inner.addStretch(1)
        column = QVBoxLayout(self)
        column.addWidget(scrolled(page), 1)
        column.addWidget(self._status)
        column.addWidget(buttons)
        resize_by_text(self, 48, 46)
        self._end = settings.subscribe(_keys_of, self._on_keys)
        self._fill()
        self._key.setFocus()
        account.key_place(self._on_place)

    def _known(self) -> QWidget:
        self._list = QListWidget()
        self._list.setAccessibleName(self.tr("Your keys"))
        self._list.setMaximumHeight(round(10 * self.font().pointSizeF()))
        self._list.setWordWrap(True)
        self._list.setResizeMode(QListWidget.ResizeMode.Adjust)
        self._list.currentItemChanged.connect(self._on_row)
        self._list.itemActivated.connect(self._on_use)
        self._use = text_button(self.tr("Use this key"), self._on_use)
        self._rename = text_button(self.tr("Rename"), self._on_rename)
        self._replace = text_button(self.tr("Replace…"), self._on_replace)
        self._forget = text_button(self.tr("Remove…"), self._on_forget)
        row = FlowRow()
        for button in (self._use, self._rename, self._replace, self._forget):
            row.addWidget(button)
        self._known_keys = QWidget()
        column = QVBoxLayout(self._known_keys)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._list)
        column.addWidget(FlowBox(row))
        return self._known_keys

    def _form(self) -> QWidget:
        self._name = LineField()
        self._name.setMaxLength(LONGEST_NAME)
        self._name.setAccessibleName(self.tr("Name of the key"))
        self._name.setPlaceholderText(self.tr("A name, such as Work"))
        self._key = LineField()
        self._key.setEchoMode(QLineEdit.EchoMode.Password)
        self._key.setAccessibleName(self.tr("Key"))
        self._key.setPlaceholderText(self.tr("Paste the key here"))
        self._key.textChanged.connect(self._on_edited)
        self._key.returnPressed.connect(self._on_check)
        self._show = QToolButton()
        self._show.setText(self.tr("Show"))
        self._show.setCheckable(True)
        self._show.setAccessibleName(self.tr("Show the key"))
        self._show.toggled.connect(self._on_show)
        self._is_kept = QCheckBox(self.tr("Save it in the keyring"))
        self._is_kept.setChecked(True)
        self._is_kept.setToolTip(self.tr("Otherwise it is used until the program ends."))
        self._save = QPushButton(self.tr("Check and save"))
        self._save.setDefault(True)
        self._save.clicked.connect(self._on_check)
        form = QWidget()
        column = QVBoxLayout(form)
        column.setContentsMargins(0, 0, 0, 0)
        row = QHBoxLayout()
        row.addWidget(self._key, 1)
        row.addWidget(self._show)
        last = QHBoxLayout()
        last.addWidget(self._is_kept)
        last.addStretch(1)
        last.addWidget(self._save)
        self._wish = Label(self.tr("Add a key"))
        self._wish.setBuddy(self._key)
        column.addWidget(self._wish)
        column.addWidget(self._name)
        column.addLayout(row)
        column.addLayout(last)
        return form

    def status(self) -> str:
        """Return the words of the status line."""
        return self._status.text()

    def listed(self) -> list[str]:
        """Return the words of the listed keys."""
        return [self._list.item(row).text() for row in range(self._list.count())]

    # -- the list ----------------------------------------------------------------------------------

    def _on_keys(self, _before: NamedKeys, _after: NamedKeys) -> None:
        self._fill()

    def _fill(self) -> None:
        known, chosen = self._settings.current.fish_keys, self._chosen()
        self._list.clear()
        for key in known.keys:
            words = key.name
            if key.id == known.used:
                words = self.tr("{name} — used now").format(name=key.name)
            item = QListWidgetItem(words, self._list)
            item.setData(_ID, key.id)
            if key.id == (known.used if chosen is None else chosen):
                self._list.setCurrentItem(item)
        self._known_keys.setVisible(bool(known.keys))
        self._on_row()

    def _chosen(self) -> str | None:
        item = self._list.currentItem()
        return str(item.data(_ID)) if item is not None else None

    def _on_row(self) -> None:
        chosen = self._chosen()
        self._use.setEnabled(chosen is not None and chosen != self._settings.current.fish_keys.used)
        for button in (self._rename, self._replace, self._forget):
            button.setEnabled(chosen is not None)

    def _on_use(self) -> None:
        if (chosen := self._chosen()) is not None:
            self._account.use_key(chosen, self._on_place)

    def _on_rename(self) -> None:
        name, chosen = self._name.text().strip(), self._chosen()
        if chosen is None:
            return
        if not name:
            self._status.tell(self.tr("Type the new name below, then press Rename."))
            self._name.setFocus()
            return
        self._account.rename_key(chosen, name)
        self._name.clear()
        self._status.tell(self.tr("The key is called “{name}” now.").format(name=name))

    def _on_replace(self) -> None:
        self._replaced = self._chosen()
        name = self._settings.current.fish_keys.name_of(self._replaced or "")
        self._wish.setText(self.tr("A new key for “{name}”").format(name=name))
        self._name.hide()
        self._is_kept.hide()
        self._key.setFocus()

    def _on_forget(self) -> None:
        if (chosen := self._chosen()) is None:
            return
        name = self._settings.current.fish_keys.name_of(chosen)
        words = self.tr(
            "Remove the key “{name}” from this computer? It stays valid at Fish Audio. Voices that you made "
            "with it need it."
        )
        ask(
            self.tr("Remove a key"),
            words.format(name=name),
            self.tr("Remove"),
            self,
            partial(self.forget, chosen),
        )

    def forget(self, id: str) -> None:
        """Remove the key with this id: the user has agreed."""
        if not self._is_gone:
            self._account.forget_key(id, self._on_place)

    def _on_place(self, place: KeyPlace | FishCaptionError) -> None:
        if self._is_gone:
            return
        if isinstance(place, FishCaptionError):
            self._tell_error(place)
            return
        words = {
            KeyPlace.NOWHERE: self.tr("No key is set yet."),
            KeyPlace.ENVIRONMENT: self.tr(
                "The key in FISH_API_KEY is used. A key saved here would not be used."
            ),
            KeyPlace.KEYRING: self.tr("The key that is used is saved in the keyring."),
            KeyPlace.SESSION: self.tr("A key is used until the program ends. It is not saved."),
        }
        self._status.tell(words[place])

    # -- another key -------------------------------------------------------------------------------

    def _on_edited(self) -> None:
        self._unchecked = ""
        self._save.setText(self.tr("Check and save"))

    def _on_show(self, is_shown: bool) -> None:
        self._key.setEchoMode(QLineEdit.EchoMode.Normal if is_shown else QLineEdit.EchoMode.Password)

    def _on_check(self) -> None:
        try:
            key = checked(self._key.text().strip())
        except InputError as exc:
            self._tell_error(exc)
            return
        self._save.setEnabled(False)
        if key == self._unchecked:
            self._keep(key)
            return
        self._status.tell(self.tr("Checking this key at Fish Audio…"))
        self._unchecked = key
        self._account.check_key(key, self._on_checked)

    def _on_checked(self, report: KeyReport | FishCaptionError) -> None:
        if self._is_gone:
            return
        if isinstance(report, ConnectionLost):
            self._save.setEnabled(True)
            self._save.setText(self.tr("Save without checking"))
            self._tell_error(report)
            return
        if isinstance(report, FishCaptionError):
            self._save.setEnabled(True)
            self._unchecked = ""
            self._tell_error(report)
            return
        if not self._unchecked:  # another one was typed meanwhile
            self._save.setEnabled(True)
            self._status.tell(self.tr("Press “Check and save” for the key that stands there now."))
            return
        credit = (
            ""
            if report.credit is None
            else self.tr(" Your credit is {dollars}.").format(dollars=dollar_words(report.credit))
        )
        self._status.tell(self.tr("The key works.") + credit)
        self._keep(self._unchecked)

    def _keep(self, key: str) -> None:
        if self._replaced is not None:
            self._account.replace_key(self._replaced, key, self._on_saved)
        else:
            name = self._name.text().strip()
            self._account.add_key(name, key, self._on_saved, is_kept=self._is_kept.isChecked())

    def _on_saved(self, place: KeyPlace | FishCaptionError) -> None:
        if self._is_gone:
            return
        self._save.setEnabled(True)
        self.saved.emit()
        if isinstance(place, FishCaptionError):  # a StorageError: it is in use all the same
            self._tell_error(place)
        else:
            self.accept()

    def _tell_error(self, error: FishCaptionError) -> None:
        self._status.tell(f"{error} {error.hint}".strip())

    def done(self, result: int) -> None:
        self._is_gone = True
        self._end()
        self._key.clear()
        super().done(result)


def _keys_of(settings: Settings) -> NamedKeys:
    return settings.fish_keys


def open_keys(host: Host) -> None:
    """Open the dialog of the Fish Audio keys."""
    KeysDialog(host.services.account, host.services.settings, host.window).open()
