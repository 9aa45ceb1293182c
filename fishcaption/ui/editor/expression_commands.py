"""The commands of the expression tags: one for each tag, and one that opens their palette."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from fishcaption.core.text.tags import TAGS
from fishcaption.ui.commands import Action, Group
from fishcaption.ui.editor.text_editor import Editor

if TYPE_CHECKING:
    from fishcaption.ui.feature import Host

_KEYS = {"whispering": ("Alt+W",), "laughing": ("Alt+L",), "break": ("Alt+B",)}
"""The tags that are used most have a key; the user can give one to each."""


class ExpressionCommands(QObject):
    """Puts expression tags into an editor."""

    def __init__(self, editor: Editor, host: Host) -> None:
        super().__init__(editor)
        self._editor = editor
        self._host = host
        tr, words = self.tr, self.tr("Expression: {tag}")
        host.commands.add(
            Action("text.expression", tr("Expression: whisper, laugh, pause…"), self._open, Group.TEXT,
                   ("Alt+T",), in_menu=True),
            *(
                Action(f"text.tag.{number}", words.format(tag=tag.name),
                       partial(editor.insert_tag, tag.char), Group.TEXT, _KEYS.get(tag.name, ()))
                for number, tag in enumerate(TAGS, 1)  # a tag keeps its place for good
            ),
        )  # fmt: skip

    def _open(self) -> None:
        from fishcaption.ui.editor.expression_palette import ExpressionPalette

        ExpressionPalette(self._editor, self._host.look).appear()
