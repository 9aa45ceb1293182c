"""The address of an outlet for its readers: as a QR code to be scanned, and to be copied or opened.

The addresses hold a secret: they are shown to the operator, and written nowhere.
"""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QByteArray, QSize, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication, QPainter, QPixmap
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QVBoxLayout, QWidget

from fishcaption.captions.page import qr
from fishcaption.ui.widgets.controls import FlowBox, FlowRow, StatusLine
from fishcaption.ui.widgets.dialog_parts import scrolled, text_button
from fishcaption.ui.widgets.fields import LineField
from fishcaption.ui.widgets.labels import Label

_SHARE = 0.45  # of the screen's height is the code at most
_SIDE_LETTERS = 30  # of the code, in heights of a letter


class AddressDialog(QDialog):
    """Shows the readers' address of an outlet, and its page for the operator if it has one."""

    def __init__(self, name: str, address: str, operator_address: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(name)
        self._status = StatusLine()
        page = QWidget()
        column = QVBoxLayout(page)
        column.addWidget(_wrapped(self.tr("Readers scan this code, or open this address:")))
        room = parent.window().screen().availableSize()
        side = min(round(_SHARE * room.height()), _SIDE_LETTERS * self.fontMetrics().height())
        code = qr_pixmap(address, side)
        if code is not None:
            picture = Label()
            picture.setPixmap(code)
            picture.setAccessibleName(self.tr("QR code of the address"))
            column.addWidget(picture, 0, Qt.AlignmentFlag.AlignHCenter)
        self._add(column, self.tr("Address for readers"), address)
        if operator_address:
            words = self.tr("Your own page, with Next, Back and Black. Give this address to nobody else:")
            column.addWidget(_wrapped(words))
            self._add(column, self.tr("Address for the operator"), operator_address)
        column.addStretch(1)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        outer = QVBoxLayout(self)
        outer.addWidget(scrolled(page), 1)
        outer.addWidget(self._status)
        outer.addWidget(buttons)
        points = self.font().pointSizeF()
        wanted = QSize(round(44 * points), page.sizeHint().height() + 6 * self.fontMetrics().height())
        self.resize(wanted.boundedTo(room * 0.9))

    def told(self) -> str:
        """Return what was done last."""
        return self._status.text()

    def _add(self, column: QVBoxLayout, name: str, address: str) -> None:
        field = LineField()
        field.setText(address)
        field.setReadOnly(True)
        field.setCursorPosition(0)
        field.setAccessibleName(name)
        row = FlowRow()
        row.addWidget(text_button(self.tr("Copy"), partial(self._copy, address)))
        row.addWidget(text_button(self.tr("Open in the browser"), partial(self._open, address)))
        column.addWidget(field)
        column.addWidget(FlowBox(row))

    def _copy(self, address: str) -> None:
        QGuiApplication.clipboard().setText(address)
        self._status.tell(self.tr("The address was copied."))

    def _open(self, address: str) -> None:
        if not QDesktopServices.openUrl(QUrl(address)):
            self._status.tell(self.tr("No browser could be opened. Copy the address into one."))


def qr_pixmap(address: str, side: int) -> QPixmap | None:
    """Return the QR code of an address as a picture of this side; None for an address that is too long."""
    from PySide6.QtSvg import QSvgRenderer

    try:
        image = qr.svg(address)
    except ValueError:
        return None
    pixmap = QPixmap(side, side)
    pixmap.fill(Qt.GlobalColor.white)
    painter = QPainter(pixmap)
    QSvgRenderer(QByteArray(image.encode())).render(painter)
    painter.end()
    return pixmap


def _wrapped(words: str) -> Label:
    label = Label(words)
    label.setWordWrap(True)
    return label
