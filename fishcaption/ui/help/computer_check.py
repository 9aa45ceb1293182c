"""The check of this computer: runs `fishcaption doctor` in a process of its own, and shows what it says."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QProcess, QSize, Qt
from PySide6.QtGui import QFont, QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QPlainTextEdit, QVBoxLayout, QWidget

from fishcaption.ui.widgets.controls import StatusLine
from fishcaption.ui.widgets.dialog_parts import text_button

if TYPE_CHECKING:
    from fishcaption.ui.feature import Host


class ComputerCheck(QDialog):
    """Shows what the check finds while it runs. Closing it ends the check."""

    def __init__(self, parent: QWidget, command: tuple[str, ...] = ()) -> None:
        """`command` is run instead of the check."""
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Check this computer"))
        self._status = StatusLine()
        self._status.tell(self.tr("Checking. This takes some seconds…"))
        self._report = QPlainTextEdit()
        self._report.setReadOnly(True)
        self._report.setProperty("role", "report")
        self._report.setTabChangesFocus(True)
        self._report.setLineWrapMode(QPlainTextEdit.LineWrapMode.WidgetWidth)
        self._report.setAccessibleName(self.tr("What was found"))
        font = QFont(self.font())
        font.setFamilies([QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont).family()])
        self._report.setFont(font)
        self._copy = text_button(self.tr("Copy"), self._on_copy)
        self._copy.setEnabled(False)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.addButton(self._copy, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addWidget(self._status)
        column.addWidget(self._report, 1)
        column.addWidget(buttons)
        wanted = QSize(round(62 * self.font().pointSizeF()), round(42 * self.font().pointSizeF()))
        self.resize(wanted.boundedTo(parent.window().screen().availableSize() * 0.9))
        # not a child of the dialog: it must be able to end after it
        self._process = QProcess(QCoreApplication.instance())
        self._process.setProcessChannelMode(QProcess.ProcessChannelMode.MergedChannels)
        self._process.readyReadStandardOutput.connect(self._on_output)
        self._process.finished.connect(self._on_finished)
        self._process.errorOccurred.connect(self._on_error)
        program, *arguments = command or _doctor()
        self._process.start(program, arguments)

    def report(self) -> str:
        """Return what was found so far."""
        return self._report.toPlainText()

    def status(self) -> str:
        """Return the line above the report."""
        return self._status.text()

    def done(self, result: int) -> None:
        self._process.readyReadStandardOutput.disconnect(self._on_output)
        self._process.finished.disconnect(self._on_finished)
        self._process.errorOccurred.disconnect(self._on_error)
        if self._process.state() is QProcess.ProcessState.NotRunning:
            self._process.deleteLater()
        else:
            self._process.finished.connect(self._process.deleteLater)
            self._process.kill()
        super().done(result)

    def _on_output(self) -> None:
        text = bytes(self._process.readAllStandardOutput().data()).decode("utf-8", "replace")
        self._report.setPlainText(self._report.toPlainText() + text)

    def _on_finished(self) -> None:
        self._copy.setEnabled(True)
        self._status.tell(
            self.tr("Done: speaking works on this computer.")
            if self._process.exitCode() == 0
            else self.tr("Done: something is missing. See the lines that begin with FIX.")
        )

    def _on_error(self, error: QProcess.ProcessError) -> None:
        if error is QProcess.ProcessError.FailedToStart:
            self._status.tell(self.tr("The check could not be started."))

    def _on_copy(self) -> None:
        QGuiApplication.clipboard().setText(self.report())


def open_check(host: Host) -> None:
    """Check this computer, and show what is found."""
    ComputerCheck(host.window).open()


def _doctor() -> tuple[str, ...]:
    itself = () if getattr(sys, "frozen", False) else ("-m", "fishcaption")
    return (sys.executable, *itself, "doctor")
