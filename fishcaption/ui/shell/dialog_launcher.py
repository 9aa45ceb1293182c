"""What is opened over the window and imported only then: dialogs, pickers, the palette.

Each is opened with `open()`, deletes itself when it is closed, and says what was chosen through the signals
here, so that the window does not know the dialogs.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from fishcaption.core.speech import Voice
from fishcaption.store.settings import Settings
from fishcaption.ui.commands import Actions

if TYPE_CHECKING:
    from PySide6.QtWidgets import QMessageBox

    from fishcaption.ui.phrases.panel import PhraseService
    from fishcaption.ui.ports import Services
    from fishcaption.ui.settings.dialog import SettingsDialog
    from fishcaption.ui.settings.vocabulary import VocabularyService
    from fishcaption.ui.speak.editor import Editor
    from fishcaption.ui.widgets.theme import Look


class DialogLauncher(QObject):
    """Opens what is asked for, over `window`. `settings` is asked for those of the moment."""

    changed = Signal(str, object)  # a setting's name, and its value
    voice_chosen = Signal(object)  # a Voice
    replaced = Signal(object)  # Settings of a file, as they were loaded
    say_asked = Signal(str)
    phrase_asked = Signal(str)  # keep this as a phrase
    failed = Signal(object)  # a FishCaptionError

    def __init__(
        self, window: QWidget, services: Services, commands: Actions, settings: Callable[[], Settings]
    ) -> None:
        super().__init__(window)
        self._window = window
        self._services = services
        self._commands = commands
        self._settings = settings
        self._settings_dialog: SettingsDialog | None = None  # the one that was opened last

    def palette(self) -> None:
        """All commands, to be searched."""
        from fishcaption.ui.shell.command_palette import Palette

        Palette(self._commands, self._window).open()

    def keys(self) -> None:
        """All keys, to be changed."""
        from fishcaption.ui.settings.keys_dialog import KeysDialog

        dialog = KeysDialog(self._commands, self._window)
        dialog.changed.connect(self.changed)
        dialog.open()

    def voices(self) -> None:
        """The voices there are."""
        from fishcaption.ui.voices.picker import VoicePicker

        picker = VoicePicker(self._services.voices, self._settings().voice, self._window)
        picker.chosen.connect(self._on_voice)
        picker.key_asked.connect(self.key)
        picker.open()

    def key(self) -> None:
        """The Fish Audio key."""
        from fishcaption.ui.voices.account_dialogs import KeyDialog

        KeyDialog(self._services.account, self._window).open()

    def settings(self) -> None:
        """What is chosen once."""
        from fishcaption.ui.settings.dialog import SettingsDialog

        wanted = (
            "window.keys",
            "text.pronunciation",
            "text.abbreviations",
            "calls.window",
            "window.profiles",
        )
        commands = [(f"{self._commands[name].words}…", name) for name in wanted if name in self._commands]
        dialog = self._settings_dialog = SettingsDialog(self._settings(), self._window, commands=commands)
        dialog.changed.connect(self.changed)
        dialog.changed.connect(self._on_changed)
        dialog.replaced.connect(self.replaced)
        dialog.command_asked.connect(self._commands.run)
        dialog.try_signal_asked.connect(self._on_try_signal)
        dialog.open()

    def profiles(self) -> None:
        """The profiles, and their windows."""
        from fishcaption.ui.settings.profiles_dialog import ProfilesDialog

        dialog = ProfilesDialog(self._window)
        dialog.open_asked.connect(self._services.profiles.open_profile)
        dialog.open()

    def phrases(self, service: PhraseService, look: Look, number: str = "", *, keep: str = "") -> None:
        """The editor of phrases, at this one; or with this text as a new one."""
        from fishcaption.ui.phrases.editor import PhraseEditor

        editor = PhraseEditor(
            service, look, self._window, commands=self._commands, is_ahead=self._settings().phrases_ahead
        )
        editor.failed.connect(self.failed)
        editor.setting_changed.connect(self.changed)
        editor.open()
        if number:
            editor.choose(number)
        elif keep:
            editor.keep(keep)

    def wording(self, service: VocabularyService, page: int, sample: Callable[[], str]) -> None:
        """Pronunciation (0), abbreviations (1) or completion (2)."""
        from fishcaption.ui.settings.vocabulary_dialog import VocabularyDialog

        dialog = VocabularyDialog(service, self._settings(), sample(), self._window)
        dialog.changed.connect(self.changed)
        dialog.say_asked.connect(self.say_asked)
        dialog.show_page(page)
        dialog.open()

    def expression(self, editor: Editor, look: Look) -> None:
        """The palette of expression tags."""
        from fishcaption.ui.speak.expression_palette import ExpressionPalette

        ExpressionPalette(editor, look).appear()

    def price(self, dollars: float, on_yes: Callable[[], None]) -> QMessageBox:
        """Ask whether a text may cost this."""
        from fishcaption.ui.voices.account_dialogs import ask_price

        return ask_price(dollars, self._settings().model, self._window, on_yes)

    def ask(self, title: str, words: str, yes: str, on_yes: Callable[[], None]) -> None:
        """Ask before something is lost for good; the safe answer is the default."""
        from fishcaption.ui.widgets.dialog_parts import ask

        ask(title, words, yes, self._window, on_yes)

    def _on_changed(self) -> None:
        if self._settings_dialog is not None:
            self._settings_dialog.take(self._settings())

    def _on_try_signal(self) -> None:
        self._commands.run("speak.signal")

    def _on_voice(self, voice: Voice) -> None:
        self.voice_chosen.emit(voice)
