"""The list of the commands of a show: their words and keys, known before Present was first shown.

Imports little, because it is needed at every start: so that the commands stand in the lists, and their keys
can be learned. `show_commands` does what they say; until it is made, a command makes it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final, NamedTuple

from PySide6.QtCore import QCoreApplication

from fishcaption.ui.commands import Action, Group

SCOPE: Final = "script"
"""The scope of these commands: their keys act while the list of the script has the focus."""


class ShowAction(NamedTuple):
    """One command without its act."""

    words: str  # translated when the command is made
    keys: tuple[str, ...] = ()
    in_menu: bool = False


SHOW_ACTIONS: Final = {
    "next": ShowAction("Next: speak the next cue", ("Space", "Right", "PgDown", "F5", "Shift+F5")),
    "back": ShowAction("Back one cue", ("Left", "PgUp")),
    "repeat": ShowAction("Repeat this cue", ("R",)),
    "skip": ShowAction("Skip the next cue", ("S",)),
    "hold": ShowAction("Hold: Next does nothing until you press it again", ("H",)),
    "black": ShowAction("Black: the audience sees nothing", ("B", ".")),
    "freeze": ShowAction("Freeze what the audience sees", ("F",)),
    "go_to": ShowAction("Make the selected cue the next one", ("G",)),
    "find": ShowAction("Find a cue by its number or words", ("Ctrl+F",)),
    "mark": ShowAction("Set or remove a marker", ("F3",)),
    "next_marker": ShowAction("Go to the next marker", ("Ctrl+PgDown", "Ctrl+Right")),
    "previous_marker": ShowAction("Go to the previous marker", ("Ctrl+PgUp", "Ctrl+Left")),
    "mute": ShowAction("A person speaks: the keys show the captions, without a voice", ("M",)),
    "rehearse": ShowAction("Rehearse: nothing leaves this computer"),
    "prepare": ShowAction("Prepare: make the whole script ready ahead"),
    "edit": ShowAction("Edit the selected cue", ("F2",)),
    "recent": ShowAction("Open a script that was opened before", in_menu=True),
    "as_text": ShowAction("Edit the whole script as text", in_menu=True),
    "insert": ShowAction("Write a new cue below", ("Ctrl+Return", "Ins")),
    "delete": ShowAction("Delete the selected cues", ("Del",)),
    "paste": ShowAction("Paste cues below", ("Ctrl+V", "Shift+Ins")),
    "undo": ShowAction("Undo the last change of the script", ("Ctrl+Z",)),
    "speakers": ShowAction("Voices of the script's speakers", in_menu=True),
}


def show_action(
    name: str,
    act: Callable[[], object],
    enabled: Callable[[], bool],
    checked: Callable[[], bool] | None = None,
) -> Action:
    """Return the command with this name, which does this."""
    listed, tr = SHOW_ACTIONS[name], partial(QCoreApplication.translate, "ShowCommands")
    return Action(
        f"show.{name}", tr(listed.words), act, Group.SHOW, listed.keys, where=tr("in the script"),
        enabled=enabled, in_menu=listed.in_menu, checked=checked, scope=SCOPE,
    )  # fmt: skip


def show_actions(run: Callable[[str], object]) -> tuple[Action, ...]:
    """Return all of them for a window in which Present was not shown yet; `run` is given the id."""
    return tuple(show_action(name, partial(run, f"show.{name}"), _never) for name in SHOW_ACTIONS)


def _never() -> bool:
    return False
