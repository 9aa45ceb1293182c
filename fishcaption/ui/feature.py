"""A feature of the window: phrases, history, calls … It is loaded after the first paint, from the registry.

A feature gets a `Host`, adds its commands to it, and gets looks; it follows settings through
`host.services.settings` and what is heard through `host.track`. It knows no other feature and not the shell.
`ui.shell.registry` lists all features.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, SignalInstance
from PySide6.QtWidgets import QToolButton, QWidget

from fishcaption.core.errors import FishCaptionError
from fishcaption.core.speech import Voice
from fishcaption.store.settings import Settings
from fishcaption.store.settings_file import Loaded

if TYPE_CHECKING:
    from fishcaption.captions.track import CaptionTrack
    from fishcaption.ui.commands import Actions
    from fishcaption.ui.ports import Services, Speaker, Stores
    from fishcaption.ui.widgets.theme import Look
    from fishcaption.ui.workspace import TextWorkspace, Workspace


class SidePanel(Protocol):
    """A panel beside the workspace; in a narrow window, a page in the workspace."""

    placed: SignalInstance  # it has come or gone: True if it is in sight

    def is_shown(self) -> bool:
        """Return whether the panel is in sight."""
        ...

    def toggle(self) -> None:
        """Show the panel, or hide it."""
        ...


class Host(Protocol):
    """A feature's or dialog's access to its window."""

    @property
    def window(self) -> QWidget:
        """Return the window, which is the parent of dialogs."""
        ...

    @property
    def reader(self) -> Speaker:
        """Return the reader."""
        ...

    @property
    def services(self) -> Services:
        """Return the services, for everything that takes time."""
        ...

    @property
    def stores(self) -> Stores | None:
        """Return the history and held texts; None: nothing is saved."""
        ...

    @property
    def track(self) -> CaptionTrack:
        """Return the caption track: what is heard, for everybody who shows it."""
        ...

    @property
    def commands(self) -> Actions:
        """Return the commands; features add theirs."""
        ...

    @property
    def workspace(self) -> Workspace:
        """Return the shown workspace."""
        ...

    @property
    def text_workspace(self) -> TextWorkspace:
        """Return the workspace with the text that is typed, which need not be the shown one."""
        ...

    @property
    def look(self) -> Look:
        """Return the colours and sizes."""
        ...

    @property
    def settings(self) -> Settings:
        """Return the current settings."""
        ...

    def replace_settings(self, loaded: Loaded) -> None:
        """Use the settings of a file from now on, and tell the user what was wrong in it."""
        ...

    def choose_voice(self, voice: Voice) -> None:
        """Speak with this voice from now on."""
        ...

    def pick_voice(self, current: Voice, parent: QWidget, on_chosen: Callable[[Voice], None]) -> None:
        """Open the list of voices over a window; `on_chosen` gets the voice that the user chooses, if any."""
        ...

    def tell(self, error: FishCaptionError) -> None:
        """Show an error in the banner."""
        ...

    def notice(self, words: str) -> None:
        """Show a sentence in the status line, until the state changes."""
        ...

    def show_text(self) -> bool:
        """Show the workspace with the text; return False if it is shown already."""
        ...

    def offer(self, name: str, act: Callable[[str], None]) -> None:
        """Offer other features an act on a text, under a name such as "phrases.keep"."""
        ...

    def ask(self, name: str, text: str) -> bool:
        """Run the act that another feature offers under this name; False if there is none."""
        ...

    def refit(self) -> None:
        """Fit the layout: something was shown, hidden, or changed its height."""
        ...

    def add_side(self, panel: QWidget, setting: str) -> SidePanel:
        """Add a panel beside the workspace. The setting with this name says whether it is shown."""
        ...

    def add_tool(self, command: str, words: str, icon: str) -> QToolButton:
        """Add a button for this command to the voice bar, before the window's own buttons."""
        ...


class Feature(QObject):
    """One feature. The window calls its methods; `host` is its access to the window."""

    def __init__(self, host: Host) -> None:
        super().__init__(host.window)
        self.host = host

    def set_look(self, look: Look) -> None:
        """Draw in these colours and sizes."""

    def leave(self) -> None:
        """Clean up: the window is closed."""
