"""Open…: a text file comes into the workspace."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QFileDialog

from fishcaption.core.errors import InputError, StorageError
from fishcaption.core.text.incoming import encoding_of
from fishcaption.store.intact import content_of
from fishcaption.ui.widgets.fields import plain

if TYPE_CHECKING:
    from fishcaption.ui.feature import Host

_MOST_BYTES = 8 << 20


def open_text(host: Host) -> None:
    """Have a text file chosen, and read it."""
    tr = partial(QCoreApplication.translate, "Open")
    kinds = tr("Texts (*.txt *.md *.text)") + ";;" + tr("All files (*)")
    chooser = QFileDialog(host.window, tr("Open a text"), "", kinds)
    chooser.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    chooser.setFileMode(QFileDialog.FileMode.ExistingFile)
    chooser.fileSelected.connect(partial(read_into, host))
    chooser.open()


def read_into(host: Host, path: str) -> None:
    """Take the text of this file as the draft; a draft that stands there is held."""
    tr = partial(QCoreApplication.translate, "Open")
    name = Path(path).name
    try:
        content = content_of(Path(path), _MOST_BYTES)
    except OSError as error:
        words = tr("{name} could not be read: {why}.").format(name=name, why=error.strerror or error)
        host.tell(StorageError(words))
        return
    text = _decoded(content)
    if "\0" in text:
        words = tr("{name} is not a text file.").format(name=name)
        host.tell(
            InputError(words, hint=tr("Save it as plain text (.txt) first, or copy and paste its text."))
        )
    elif not text.strip():
        host.notice(tr("{name} is empty.").format(name=name))
    else:
        host.workspace.take_text(plain(text))
        host.workspace.focus_text()


def _decoded(content: bytes) -> str:
    """As every text from elsewhere; what is not that is what Windows wrote in western Europe."""
    encoding = encoding_of(content, is_whole=True) or "utf-8"
    try:
        return content.decode(encoding, "strict" if encoding.startswith("utf-8") else "replace")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")
