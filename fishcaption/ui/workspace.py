"""A workspace: one arrangement of the window for one kind of use, such as Speak or Present.

The shell shows one workspace and knows only this interface. `ui.shell.registry` lists all workspaces; a new
one needs a folder and an entry there. The first of them, Speak, has more: the text that features read and
write (`TextWorkspace`), whether it is shown or not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from PySide6.QtCore import SignalInstance
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from fishcaption.core.speech import Snapshot
from fishcaption.store.journal import Journal
from fishcaption.store.settings import SpeakMode
from fishcaption.ui.commands import Action
from fishcaption.ui.widgets.theme import Look

if TYPE_CHECKING:
    from fishcaption.ui.feature import Host
    from fishcaption.ui.widgets.controls import TransportButton


class Later(Protocol):
    """Something that will speak by itself unless Stop ends it: a retry, a text given at the start."""

    def is_pending(self) -> bool:
        """Return whether it will speak by itself."""
        ...

    def end(self) -> None:
        """Do not speak by itself any more."""
        ...


class Playback(Protocol):
    """The acts behind the transport's commands. Each returns at once; failures arrive as a signal."""

    recorded: RecordedTexts | None  # asked before a draft is spoken whether the user has a recording of it

    later: list[Later]  # all that would still speak by itself; Stop ends it

    def speak(self) -> None:
        """Speak the draft."""
        ...

    def speak_other(self) -> None:
        """Speak the draft at once if the settings let it wait, or the other way round."""
        ...

    def say(self, text: str) -> None:
        """Speak this text; the draft stays as it is."""
        ...

    def say_so_far(self) -> None:
        """Speak what was typed of a live text so far."""
        ...

    def pause_or_resume(self) -> None:
        """Pause, or resume if it is paused."""
        ...

    def repeat(self, gain: float = 1.0) -> None:
        """Repeat the last utterance, louder by this factor."""
        ...

    def back(self) -> None:
        """Go to the start of this sentence, or of the one before."""
        ...

    def forward(self) -> None:
        """Go to the start of the next sentence."""
        ...

    def retry(self, *, embedded: bool = False) -> None:
        """Speak what the last failure left unsaid; `embedded`: with the voice on this computer."""
        ...

    def snapshot(self) -> Snapshot:
        """Return the last snapshot."""
        ...


class TypedCaptions(Protocol):
    """Takes what is typed while a person speaks, and the window only writes the captions."""

    def typed(self, text: str, mode: SpeakMode) -> None:
        """Take the draft as it is now; `mode` says how much of it is shown before Enter."""
        ...

    def ended(self, text: str, mode: SpeakMode) -> None:
        """Take the complete draft: the next one begins."""
        ...


class RecordedTexts(Protocol):
    """Texts that are phrases with the user's own recording."""

    def find(self, text: str) -> str:
        """Return what stands for the recording of exactly this text; empty: there is none."""
        ...

    def speak(self, number: str) -> int:
        """Have the recording heard; return the utterance's number. Raises FishCaptionError."""
        ...

    def ask(self, on_recording: Callable[[], None], on_voice: Callable[[], None]) -> None:
        """Ask the user which is to be heard; nothing is, if they want neither."""
        ...


class Workspace(Protocol):
    """The middle of the window. All but the first are made from a `Host`."""

    begun: SignalInstance  # something new is to be spoken: what was told before is over
    failed: SignalInstance  # a FishCaptionError that the reader does not know of
    noticed: SignalInstance  # a sentence for the status line
    resized: SignalInstance  # it needs another height
    buttons_changed: SignalInstance  # `buttons` returns others now

    @property
    def view(self) -> QWidget:
        """Return the widget that the shell shows."""
        ...

    def own_actions(self) -> tuple[Action, ...]:
        """Return its commands that can be used as soon as it is made."""
        ...

    def buttons(self) -> Mapping[str, TransportButton | None]:
        """Return the transport's buttons that are not Speak's, by name; None: it has no such button."""
        ...

    def controls(self) -> tuple[tuple[QWidget, ...], tuple[QWidget, ...]]:
        """Return the widgets before and after the transport's buttons in the order of the Tab key."""
        ...

    def place_status(self, line: QWidget) -> None:
        """Show the status line, of which the window has one: it goes from workspace to workspace."""
        ...

    def set_look(self, look: Look) -> None:
        """Draw in these colours and sizes."""
        ...

    def draw(self, snapshot: Snapshot) -> None:
        """Show the reader's state. Called while it is shown, and when it comes into sight."""
        ...

    def set_crowding(self, degree: int) -> None:
        """Hide what is rarely used: nothing at 0, all of it at 6."""
        ...

    def least_height(self, width: int) -> int:
        """Return the height in pixels that it needs at this width."""
        ...

    def uses_key(self, event: QKeyEvent) -> bool:
        """Return whether the key has a meaning of its own where the focus is, before all other meanings."""
        ...

    def focus(self) -> None:
        """Give the focus to what the user works with."""
        ...

    def file_kinds(self) -> str:
        """Return the kinds of files that can be opened, as Qt's file dialog takes them."""
        ...

    def open_file(self, path: Path) -> None:
        """Open this file; what is wrong with it is told."""
        ...

    def kept_settings(self) -> dict[str, Any]:
        """Return the settings of its layout, to be saved when the window is closed."""
        ...

    def leave(self) -> None:
        """Save what is not saved, and stop drawing: the window is closed."""
        ...


class TextWorkspace(Workspace, Protocol):
    """The workspace with the text that is typed: the draft, what was spoken, and who speaks it.

    It stops speech for all workspaces, whichever is shown: there is one Stop.
    """

    looked: SignalInstance  # a Snapshot: something is to be drawn
    text_changed: SignalInstance  # the draft is another

    def complete(self, host: Host) -> None:
        """Add what is not needed for the first paint. Called once, after it."""
        ...

    @property
    def playback(self) -> Playback:
        """Return the acts behind the transport's commands."""
        ...

    def restore(self) -> bool:
        """Put the unsent text of last time back into the editor; return whether there was one."""
        ...

    def stop_if_busy(self) -> bool:
        """Stop speech; return False if there was nothing to stop."""
        ...

    def stop(self) -> None:
        """Stop; if there is nothing to stop, close what is open over the text."""
        ...

    def show_page(self, page: QWidget) -> None:
        """Show a page in place of the transcript; hide it if it is shown already."""
        ...

    def shown_page(self) -> QWidget | None:
        """Return the page that `show_page` shows, if there is one."""
        ...

    def add_page(self, page: QWidget) -> None:
        """Add a page that can be shown."""
        ...

    def remove_page(self, page: QWidget) -> None:
        """Remove the page, so that it can stand elsewhere."""
        ...

    def text(self, longest: int | None = None) -> str:
        """Return the draft; empty if it has more than `longest` code points."""
        ...

    def write(self, text: str) -> None:
        """Insert this text into the draft at the cursor."""
        ...

    def bring(self, text: str) -> None:
        """Put this text into the editor, to be edited, or spoken with Enter; a draft there is held."""
        ...

    def take_text(self, text: str, *, speak: bool = False) -> None:
        """Put a text from another program into the editor, or speak it at once."""
        ...

    def give_typed_to(self, captions: TypedCaptions | None) -> None:
        """Give what is typed to this instead of the voice from now on; None: to the voice again."""
        ...

    def add_switch(self, switch: QWidget) -> None:
        """Add a switch beside the one that says when to speak."""
        ...

    def show_utterance(self, number: int) -> None:
        """Show an utterance that the reader was given elsewhere, such as a phrase."""
        ...

    def another_journal(self, path: Path) -> Journal:
        """Return a journal for a text that is written elsewhere; one thread writes both, in order."""
        ...
