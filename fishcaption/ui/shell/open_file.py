"""Open…: a file comes into the workspace that is shown."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QFileDialog

if TYPE_CHECKING:
    from fishcaption.ui.feature import Host


def open_file(host: Host) -> None:
    """Have a file chosen, and open it."""
    title = QCoreApplication.translate("Open", "Open a text")
    workspace = host.workspace
    chooser = QFileDialog(host.window, title, "", workspace.file_kinds())
    chooser.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    chooser.setFileMode(QFileDialog.FileMode.ExistingFile)
    chooser.fileSelected.connect(lambda path: workspace.open_file(Path(path)))
    chooser.open()
