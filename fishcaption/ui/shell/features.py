"""The window's side of its features and dialogs: they are loaded from the registry, and told what is new.

A dialog is opened with `open()` by a function of its module, and deletes itself when it is closed.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QCoreApplication, QObject
from PySide6.QtWidgets import QSplitter, QToolButton, QWidget

from fishcaption.core.errors import FishCaptionError, StorageError
from fishcaption.core.speech import Voice
from fishcaption.store.settings import Settings
from fishcaption.store.settings_file import Loaded
from fishcaption.ui.commands import Action
from fishcaption.ui.shell.registry import DIALOGS, FEATURES, TEXT_WORKSPACE, Dialog

if TYPE_CHECKING:
    from fishcaption.captions.track import CaptionTrack
    from fishcaption.ui.commands import Actions
    from fishcaption.ui.feature import Feature, SidePanel
    from fishcaption.ui.ports import Services, Speaker, Stores
    from fishcaption.ui.shell.side_panel import Side
    from fishcaption.ui.shell.window import Window
    from fishcaption.ui.widgets.theme import Look
    from fishcaption.ui.workspace import TextWorkspace, Workspace


class WindowHost:
    """The window's side of features and dialogs: see `ui.feature.Host`."""

    def __init__(
        self,
        window: Window,
        reader: Speaker,
        services: Services,
        stores: Stores | None,
        track: CaptionTrack,
        sides: QSplitter,
    ) -> None:
        self._window = window
        self._reader = reader
        self._services = services
        self._stores = stores
        self._track = track
        self._splitter = sides
        self._offers: dict[str, Callable[[str], None]] = {}
        self.sides: list[Side] = []

    @property
    def window(self) -> QWidget:
        """The parent of dialogs."""
        return self._window

    @property
    def reader(self) -> Speaker:
        """The reader."""
        return self._reader

    @property
    def services(self) -> Services:
        """Everything that takes time."""
        return self._services

    @property
    def stores(self) -> Stores | None:
        """History and held texts; None if nothing is saved."""
        return self._stores

    @property
    def track(self) -> CaptionTrack:
        """The caption track: what is heard, for everybody who shows it."""
        return self._track

    @property
    def commands(self) -> Actions:
        """The commands there are."""
        return self._window.commands

    @property
    def workspace(self) -> Workspace:
        """The workspace that is shown."""
        return self._window.workspace

    @property
    def text_workspace(self) -> TextWorkspace:
        """The workspace with the text that is typed."""
        return self._window.text_workspace

    @property
    def look(self) -> Look:
        """Colours and sizes."""
        return self._window.look

    @property
    def settings(self) -> Settings:
        """The settings as they are now."""
        return self._window.settings

    def replace_settings(self, loaded: Loaded) -> None:
        """Use the settings of a file from now on."""
        self._services.settings.replace(loaded.settings)
        for words in loaded.mended:
            self._window.tell(StorageError(words))

    def choose_voice(self, voice: Voice) -> None:
        """Speak with this voice from now on."""
        self._services.settings.change(voice=voice)
        self.workspace.focus()

    def pick_voice(self, current: Voice, parent: QWidget, on_chosen: Callable[[Voice], None]) -> None:
        """Open the list of voices over a window."""
        from fishcaption.ui.voices.picker.dialog import pick

        pick(self, current, parent, on_chosen)

    def tell(self, error: FishCaptionError) -> None:
        """Show a failure in the banner."""
        self._window.tell(error)

    def notice(self, words: str) -> None:
        """Show a sentence in the status line."""
        self._window.notice(words)

    def show_text(self) -> bool:
        """Show the workspace with the text; return False if it is shown already."""
        if self.workspace is self.text_workspace:
            return False
        self._services.settings.change(workspace=TEXT_WORKSPACE)
        return True

    def offer(self, name: str, act: Callable[[str], None]) -> None:
        """Offer other features an act on a text."""
        self._offers[name] = act

    def ask(self, name: str, text: str) -> bool:
        """Have what is offered under this name done with the text."""
        act = self._offers.get(name)
        if act is not None:
            act(text)
        return act is not None

    def refit(self) -> None:
        """Lay the window out anew."""
        self._window.fit()

    def add_side(self, panel: QWidget, setting: str) -> SidePanel:
        """Have this panel beside the workspace."""
        from fishcaption.ui.shell.side_panel import Side

        self.sides.append(Side(self, self._splitter, panel, setting))
        return self.sides[-1]

    def add_tool(self, command: str, words: str, icon: str) -> QToolButton:
        """Add a button for this command to the voice bar."""
        return self._window.voice_bar.add_tool(command, words, icon, self.commands)


class Features(QObject):
    """The features of the window, from the first paint to its end."""

    def __init__(self, host: WindowHost) -> None:
        """The dialogs' commands and the early features are there from now on; `load` brings the rest."""
        super().__init__(host.window)
        self.host = host
        self._loaded: list[Feature] = []
        host.commands.add(*(self._action(dialog) for dialog in DIALOGS if dialog.is_there is None))
        self._make(is_early=True)

    def load(self) -> None:
        """Make all features; their modules are imported already."""
        host = self.host
        with host.commands.together():
            host.text_workspace.complete(host)
            late = (dialog for dialog in DIALOGS if dialog.is_there is not None and dialog.is_there(host))
            host.commands.add(*map(self._action, late))
            self._make(is_early=False)

    def _make(self, *, is_early: bool) -> None:
        for entry in FEATURES:
            if entry.is_early is is_early:
                self._loaded.append(entry.load()(self.host))

    def find(self, kind: type[QObject]) -> Any:
        """The feature of this class; None if there is none."""
        return next((feature for feature in self._loaded if isinstance(feature, kind)), None)

    def set_look(self, look: Look) -> None:
        """Pass the look on."""
        for feature in self._loaded:
            feature.set_look(look)

    def place_sides(self, width: int) -> None:
        """The window has this width: panels stand beside the workspace, or are pages in it."""
        for side in self.host.sides:
            side.place(width)

    def width_beside(self) -> int:
        """The pixels of the width that panels beside the workspace take."""
        return sum(side.width() for side in self.host.sides)

    def height_beside(self) -> int:
        """The least height of what stands beside the workspace."""
        return max((side.least_height() for side in self.host.sides), default=0)

    def leave(self) -> None:
        """End them all: the window is closed."""
        with ExitStack() as ending:  # whatever fails in one of them
            for feature in self._loaded:
                ending.callback(feature.leave)

    def _action(self, dialog: Dialog) -> Action:
        return Action(
            dialog.id,
            QCoreApplication.translate("Dialog", dialog.words),
            partial(self._open, dialog),
            dialog.group,
            dialog.keys,
            is_listed=dialog.is_listed,
            in_menu=dialog.in_menu,
        )

    def _open(self, dialog: Dialog) -> None:
        dialog.open.load()(self.host)
