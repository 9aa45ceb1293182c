"""The dialog of the Fish Audio key. Open it with `open()`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from fishcaption.core.errors import ConnectionLost, FishCaptionError, InputError
from fishcaption.store.keys import KeyPlace, checked
from fishcaption.ui.account_ports import AccountService, KeyReport
from fishcaption.ui.widgets.controls import StatusLine
from fishcaption.ui.widgets.fields import LineField
from fishcaption.ui.widgets.labels import LinkLabel

if TYPE_CHECKING:
    from fishcaption.ui.feature import Host

KEY_PAGE = "https://fish.audio/app/api-keys"


class KeyDialog(QDialog):
    """Takes a Fish Audio key, checks it with the service, and saves it in the keyring."""

    saved = Signal()

    def __init__(self, account: AccountService, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Fish Audio key"))
        self._account = account
        self._is_gone = False
        self._unchecked = ""  # a key that the service could not be asked about
        about = LinkLabel(
            self.tr(
                "The voices of Fish Audio need a key of your own. "
                'Make one at <a href="{page}">{page}</a>, copy it and paste it below. '
                "It is saved in the keyring of this system, never in a file."
            ).format(page=KEY_PAGE)
        )
        about.setAccessibleName(self.tr("Where to make a key"))
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
        self._status = StatusLine()
        self._save = QPushButton(self.tr("Check and save"))
        self._save.setDefault(True)
        self._save.clicked.connect(self._on_check)
        self._forget = QPushButton(self.tr("Forget the saved key"))
        self._forget.setAutoDefault(False)
        self._forget.clicked.connect(self._on_forget)
        self._forget.hide()
        buttons = QDialogButtonBox()
        buttons.addButton(self._save, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.addButton(self._forget, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.addButton(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        row = QHBoxLayout()
        row.addWidget(self._key, 1)
        row.addWidget(self._show)
        column = QVBoxLayout(self)
        column.addWidget(about)
        column.addLayout(row)
        column.addWidget(self._status)
        column.addWidget(buttons)
        self.setMinimumWidth(round(44 * self.font().pointSizeF()))
        self._key.setFocus()
        account.key_place(self._on_place)

    def status(self) -> str:
        """Return the words of the status line."""
        return self._status.text()

    def _on_place(self, place: KeyPlace | FishCaptionError) -> None:
        if self._is_gone:
            return
        if isinstance(place, FishCaptionError):
            self._tell_error(place)
            return
        self._forget.setVisible(place is KeyPlace.KEYRING)
        words = {
            KeyPlace.NOWHERE: self.tr("No key is set yet."),
            KeyPlace.ENVIRONMENT: self.tr(
                "The key in FISH_API_KEY is used. A key saved here would not be used."
            ),
            KeyPlace.KEYRING: self.tr("A key is saved in the keyring. A new one takes its place."),
            KeyPlace.SESSION: self.tr("A key is used until the program ends. It is not saved."),
        }
        self._status.tell(words[place])

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
            self._account.save_key(key, self._on_saved)
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
        credit = (
            ""
            if report.credit is None
            else self.tr(" Your credit is ${credit:.2f}.").format(credit=report.credit)
        )
        self._status.tell(self.tr("The key works.") + credit)
        self._account.save_key(self._unchecked, self._on_saved)

    def _on_saved(self, place: KeyPlace | FishCaptionError) -> None:
        if self._is_gone:
            return
        self._save.setEnabled(True)
        self.saved.emit()
        if isinstance(place, FishCaptionError):  # a StorageError: it is in use all the same
            self._tell_error(place)
        else:
            self.accept()

    def _on_forget(self) -> None:
        self._account.forget_key(self._on_place)

    def _tell_error(self, error: FishCaptionError) -> None:
        self._status.tell(f"{error} {error.hint}".strip())

    def done(self, result: int) -> None:
        self._is_gone = True
        self._key.clear()
        super().done(result)


def open_key(host: Host) -> None:
    """Open the dialog of the Fish Audio key."""
    KeyDialog(host.services.account, host.window).open()
