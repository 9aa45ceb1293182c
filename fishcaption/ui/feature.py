"""A feature of the window: phrases, history, calls … It is loaded after the first paint, from the registry.

A feature gets a `Host`, adds its commands to it, and is told of looks and snapshots; of settings it is told
by `host.services.settings`. It knows no other feature and not the shell. `ui.shell.registry` lists the
features there are.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, SignalInstance
from PySide6.QtWidgets import QToolButton, QWidget

from fishcaption.core.errors import FishCaptionError
from fishcaption.core.speech import Snapshot, Voice
from fishcaption.store.settings import Loaded, Settings

if TYPE_CHECKING:
    from fishcaption.ui.commands import Actions
    from fishcaption.ui.ports import Services, Speaker, Stores
    from fishcaption.ui.widgets.theme import Look
    from fishcaption.ui.workspace import Workspace


class SidePanel(Protocol):
    """A panel beside the workspace; where the window is narrow, a page in it."""

    placed: SignalInstance  # it has come or gone: True if it is in sight

    def is_shown(self) -> bool:
        """Return whether the panel is in sight."""
        ...

    def toggle(self) -> None:
        """Show the panel, or hide it."""
        ...


class Host(Protocol):
    """What a feature or a dialog gets of the window it stands in."""

    @property
    def window(self) -> QWidget:
        """The window: the parent of dialogs."""
        ...

    @property
    def reader(self) -> Speaker:
        """The reader."""
        ...

    @property
    def services(self) -> Services:
        """Everything that takes time."""
        ...

    @property
    def stores(self) -> Stores | None:
        """What is kept on this machine; None: nothing is."""
        ...

    @property
    def commands(self) -> Actions:
        """The commands there are; features add theirs."""
        ...

    @property
    def workspace(self) -> Workspace:
        """The workspace that is shown."""
        ...

    @property
    def look(self) -> Look:
        """Colours and sizes."""
        ...

    @property
    def settings(self) -> Settings:
        """The settings as they are now."""
        ...

    def change(self, name: str, value: object) -> None:
        """Give a setting this value, everywhere and at once."""
        ...

    def replace_settings(self, loaded: Loaded) -> None:
        """Use the settings of a file from now on, and tell what had to be mended in it."""
        ...

    def choose_voice(self, voice: Voice) -> None:
        """Speak with this voice from now on."""
        ...

    def tell(self, error: FishCaptionError) -> None:
        """Show a failure in the banner."""
        ...

    def notice(self, words: str) -> None:
        """Show a sentence in the status line until something happens."""
        ...

    def offer(self, name: str, act: Callable[[str], None]) -> None:
        """Offer other features an act on a text, under a name such as "phrases.keep"."""
        ...

    def ask(self, name: str, text: str) -> bool:
        """Have what is offered under this name done with the text; return False if nobody offers it."""
        ...

    def refit(self) -> None:
        """Lay the window out anew: something has come, gone or changed its height."""
        ...

    def add_side(self, panel: QWidget, setting: str) -> SidePanel:
        """Have this panel beside the workspace. The setting of that name says whether it is shown."""
        ...

    def add_tool(self, command: str, words: str, icon: str) -> QToolButton:
        """Add a button for this command to the voice bar, to stand before those of the window."""
        ...


class Feature(QObject):
    """One feature. `host` is the window's side; the methods are called by it."""

    def __init__(self, host: Host) -> None:
        super().__init__(host.window)
        self.host = host

    def set_look(self, look: Look) -> None:
        """Draw in these colours and sizes."""

    def draw(self, snapshot: Snapshot, words: str) -> None:
        """Show where the reader is; `words` say the state."""

    def leave(self) -> None:
        """End: the window is closed."""
