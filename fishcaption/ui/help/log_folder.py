"""The folder of the log, in which stands what went wrong; the words of the user never stand there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QUrl
from PySide6.QtGui import QDesktopServices

from fishcaption import logs

if TYPE_CHECKING:
    from fishcaption.ui.feature import Host


def open_log(host: Host) -> None:
    """Open the folder of the log in the system's file manager, and say in the window where it is."""
    tr = QCoreApplication.translate
    folder = logs.folder()
    if not folder.is_dir():
        host.notice(tr("Log", "There is no log: nothing has gone wrong yet."))
        return
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))
    host.notice(tr("Log", "The log is in {folder}").format(folder=folder))
