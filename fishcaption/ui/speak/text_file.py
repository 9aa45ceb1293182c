"""The text of a file that the user opens, in whatever encoding it was written."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QCoreApplication

from fishcaption.core.errors import InputError, StorageError
from fishcaption.core.text.incoming import encoding_of
from fishcaption.store.intact import content_of
from fishcaption.ui.widgets.fields import plain

_MOST_BYTES = 8 << 20


def text_of(path: Path) -> str:
    """Return the file's text without control characters. Raises StorageError; InputError if it is no text."""
    tr = partial(QCoreApplication.translate, "Open")
    try:
        content = content_of(path, _MOST_BYTES)
    except OSError as error:
        words = tr("{name} could not be read: {why}.").format(name=path.name, why=error.strerror or error)
        raise StorageError(words) from None
    text = _decoded(content)
    if "\0" in text:
        words = tr("{name} is not a text file.").format(name=path.name)
        raise InputError(words, hint=tr("Save it as plain text (.txt) first, or copy and paste its text."))
    return plain(text)


def _decoded(content: bytes) -> str:
    """As every text from elsewhere; what is not that is what Windows wrote in western Europe."""
    encoding = encoding_of(content, is_whole=True) or "utf-8"
    try:
        return content.decode(encoding, "strict" if encoding.startswith("utf-8") else "replace")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")
