"""The phrases in the window: their panel beside the text, their editor, and their commands."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QTimer

from fishcaption.core.errors import StorageError
from fishcaption.ui.commands import Action, Group
from fishcaption.ui.feature import Feature, Host
from fishcaption.ui.feature_ports import PhraseService
from fishcaption.ui.phrases.panel import PhrasePanel
from fishcaption.ui.phrases.recorded_texts import RecordedPhrases
from fishcaption.ui.widgets.theme import Look

_FOLLOW_MS = 150  # after a key, phrases like the draft come first
_FOLLOWED = 80  # code points; a draft longer than that is like no phrase


class PhrasesFeature(Feature):
    """`panel` is None where there is no phrase bank."""

    def __init__(self, host: Host) -> None:
        super().__init__(host)
        self.panel: PhrasePanel | None = None
        self._follow_soon = QTimer(self)
        self._follow_soon.setSingleShot(True)
        self._follow_soon.setInterval(_FOLLOW_MS)
        self._follow_soon.timeout.connect(self._on_follow)
        if (service := host.services.phrases()) is not None:
            self._add(service)

    def _add(self, service: PhraseService) -> None:
        host = self.host
        panel = self.panel = PhrasePanel(service, host.services.settings)
        self._side = host.add_side(panel, "phrases_shown")
        self._button = host.add_tool("phrases.show", self.tr("Phrases"), "message-square-quote")
        self._button.setCheckable(True)
        self._side.placed.connect(self._button.setChecked)
        panel.spoken.connect(host.text_workspace.show_utterance)
        panel.failed.connect(host.tell)
        panel.into_text_asked.connect(host.text_workspace.write)
        panel.edit_asked.connect(partial(self._on_edit, service))
        panel.left.connect(host.text_workspace.focus)
        panel.show_asked.connect(self._side.toggle)
        panel.add_keys(host.commands)
        recorded = RecordedPhrases(service, host.services.settings, host.window)
        host.text_workspace.playback.recorded = recorded
        host.commands.add(
            Action("phrases.keep", self.tr("Save this text as a phrase"), partial(self._on_keep, service),
                   Group.PHRASES, enabled=self._has_text),
            Action("phrases.show", self.tr("Phrases"), self._side.toggle, Group.PHRASES,
                   ("Ctrl+Shift+K",), in_menu=True, checked=self._side.is_shown),
        )  # fmt: skip
        host.offer("phrases.keep", partial(self._keep, service))
        host.text_workspace.text_changed.connect(self._follow_soon.start)
        if service.mended:
            host.tell(StorageError(" ".join(service.mended)))

    def set_look(self, look: Look) -> None:
        """Draw in these colours and sizes."""
        if self.panel is not None:
            self.panel.set_look(look)

    def leave(self) -> None:
        """Clean up: the window is closed."""
        if self.panel is not None:
            self.panel.leave()

    def _has_text(self) -> bool:
        return bool(self.host.text_workspace.text())

    def _on_follow(self) -> None:
        if self.panel is not None:
            self.panel.follow(self.host.text_workspace.text(_FOLLOWED))

    def _on_edit(self, service: PhraseService, number: str) -> None:
        self._open(service, number=number)

    def _on_keep(self, service: PhraseService) -> None:
        if self._has_text():
            self._keep(service, self.host.text_workspace.text())

    def _keep(self, service: PhraseService, text: str) -> None:
        self._open(service, keep=text)

    def _open(self, service: PhraseService, number: str = "", keep: str = "") -> None:
        """Open the phrase editor at this phrase, or with this text as a new phrase."""
        from fishcaption.ui.phrases.editor import PhraseEditor

        host = self.host
        editor = PhraseEditor(service, host.services.settings, host.look, host.window, commands=host.commands)
        editor.failed.connect(host.tell)
        editor.open()
        if number:
            editor.choose(number)
        elif keep:
            editor.keep(keep)
