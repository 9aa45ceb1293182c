"""Control of a show over HTTP: what an operator may command, and what is shown to them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, Literal, NamedTuple, Protocol, get_args, runtime_checkable

from fishcaption.core.untrusted import one_line

Action = Literal["next", "previous", "repeat", "jump", "black", "freeze", "stop"]
ACTIONS: Final[tuple[Action, ...]] = get_args(Action)
LONGEST_VALUE: Final = 200


class Command(NamedTuple):
    """A command of the operator's.

    ``value`` is, for jump, the number of a cue or words of it; for black and freeze "on", "off", or empty
    for the other way round.
    """

    action: Action
    value: str = ""


class OutletLine(NamedTuple):
    """State of one outlet, as the operator's page lists it. ``light``: a value of `captions.outlet.Light`."""

    name: str
    light: str
    words: str


class OperatorView(NamedTuple):
    """Everything that the operator's page shows.

    ``number`` counts the cues from 1; 0: none was spoken. ``is_open``: there is a script to go through.
    """

    is_open: bool = False
    script: str = ""  # its name
    current: str = ""
    following: str = ""
    number: int = 0
    total: int = 0
    is_black: bool = False
    is_frozen: bool = False
    is_paused: bool = False
    is_rehearsal: bool = False
    left_seconds: float = 0.0
    words: str = ""  # of the last command that could not be done: why
    outlets: tuple[OutletLine, ...] = ()


@runtime_checkable
class Controllable(Protocol):
    """An outlet with an operator's page: it passes commands on, and shows how the show stands."""

    on_command: Callable[[Command], None] | None
    """Called in the loop's thread with each command; it returns at once. None: none are taken."""

    def show_operator(self, view: OperatorView, /) -> None:
        """Show this to the operator from now on. Returns at once."""
        ...


def command(action: object, value: object) -> Command | None:
    """Return a command that came from elsewhere; None if there is no such command."""
    if action not in ACTIONS or not isinstance(value, str):
        return None
    return Command(action, one_line(value, LONGEST_VALUE))


def refusal(action: str, query: Mapping[str, str], view: Mapping[str, object]) -> str:
    """Return why a command makes no sense now, as a sentence; empty if it does. ``view`` is as JSON."""
    if action in ("black", "freeze"):
        wanted = query.get("to", "")
        return "" if wanted in ("", "on", "off") else "“to” is on or off."
    if action in ("next", "previous", "repeat", "jump") and not view.get("is_open"):
        return "No script is open."
    if action == "jump" and not query.get("to", "").strip():
        return "Jump needs “to”: the number of a cue, or words of it."
    return ""


def as_json(view: OperatorView) -> dict[str, object]:
    """Return the view as values of JSON, with every text bounded."""
    told: dict[str, object] = view._asdict()
    for name in ("script", "current", "following", "words"):
        told[name] = one_line(str(told[name]), 500)
    told["left_seconds"] = round(view.left_seconds)
    told["outlets"] = [
        {"name": one_line(line.name, 60), "light": line.light, "words": one_line(line.words, 300)}
        for line in view.outlets[:30]
    ]
    return told
