"""Labels that show text exactly as it is written.

Qt takes a text that looks like HTML for HTML: a voice's name or a service's error could then draw what it
likes, and could name a picture file whose reading never ends. So all labels come from this module, and tool
tips go through `as_written`; only `LinkLabel` shows a link. (`tests/test_house_rules.py` checks it.)
"""

from __future__ import annotations

from PySide6.QtGui import Qt
from PySide6.QtWidgets import QLabel, QWidget

_JOINER = "\u2060"  # has no width and breaks no line; after it nothing is taken for a tag or an entity


class Label(QLabel):
    """A label that never shows its text as markup."""

    def __init__(self, words: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setText(words)


class LinkLabel(QLabel):
    """Our own words with a link, which opens in the browser. No text from elsewhere goes into it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setText(html)
        self.setWordWrap(True)
        self.setOpenExternalLinks(True)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextBrowserInteraction)


def as_written(text: str) -> str:
    """Return the text for tool tips, whose format Qt cannot set: it looks the same, and is never markup."""
    if not Qt.mightBeRichText(text):
        return text
    return text.replace("<", f"<{_JOINER}").replace("&", f"&{_JOINER}")
