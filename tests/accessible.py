"""What assistive technology is told of a program on the private screen: its widgets with their words.

The accessibility bus is read by the system's own Python, which has the bindings for it; a program tells it
everything only if ``ALWAYS_ON`` stands in its environment.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ALWAYS_ON = {"QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1"}
PACKAGES = "at-spi2-core gir1.2-atspi-2.0 python3-gi"  # what Debian and Ubuntu call them
_PYTHON = "/usr/bin/python3"


@dataclass(frozen=True, slots=True)
class Node:
    """One widget that is shown: what it is, what it is called, and the text in it.

    ``name`` is that of its label where it has none of its own. ``can_focus``: keys can be given to it.
    """

    role: str
    name: str
    text: str
    can_focus: bool


def missing() -> str:
    """Say why nothing can be read on this machine; empty where it can."""
    if sys.platform != "linux" or not Path(_PYTHON).exists():
        return "the accessibility bus is read on Linux only"
    asked = "import gi; gi.require_version('Atspi', '2.0')"
    done = subprocess.run([_PYTHON, "-c", asked], capture_output=True, check=False)
    return f"no accessibility bus: apt-get install {PACKAGES}" if done.returncode else ""


def shown(pid: int, environment: Mapping[str, str]) -> list[Node]:
    """The widgets of a process that are shown now, parents first; none before it has joined the bus."""
    done = subprocess.run(
        [_PYTHON, "-W", "ignore", str(Path(__file__)), str(pid)],
        env={**environment},
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    return [Node(*entry) for entry in json.loads(done.stdout)]


def _main(pid: int) -> None:
    import gi  # type: ignore[import-not-found]  # the system's, not ours

    gi.require_version("Atspi", "2.0")
    from gi.repository import Atspi, GLib  # type: ignore[import-not-found]  # as above

    found: list[tuple[str, str, str, bool]] = []

    def name(thing: Any) -> str:
        if own := thing.get_name():
            return str(own)
        label = Atspi.RelationType.LABELLED_BY
        labels = [r for r in thing.get_relation_set() if r.get_relation_type() == label]
        return " ".join(r.get_target(n).get_name() for r in labels for n in range(r.get_n_targets()))

    def look(thing: Any) -> None:
        try:
            states = thing.get_state_set()
            if not states.contains(Atspi.StateType.SHOWING):
                return
            text = thing.get_text_iface()
            words = Atspi.Text.get_text(text, 0, Atspi.Text.get_character_count(text)) if text else ""
            can_focus = states.contains(Atspi.StateType.FOCUSABLE)
            found.append((thing.get_role_name(), name(thing), words, can_focus))
            for index in range(thing.get_child_count()):
                look(thing.get_child_at_index(index))
        except GLib.Error:  # it has just gone
            return

    desktop = Atspi.get_desktop(0)
    for index in range(desktop.get_child_count()):
        program = desktop.get_child_at_index(index)
        if program is not None and program.get_process_id() == pid:
            for window in range(program.get_child_count()):
                look(program.get_child_at_index(window))
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    _main(int(sys.argv[1]))
