"""The registry: what it names is there, and what is added to it is in the window without another edit."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from types import ModuleType

import pytest
from PySide6.QtWidgets import QLabel

from fishcaption.core.speech import Snapshot
from fishcaption.ui.commands import Action, Group
from fishcaption.ui.feature import Feature, Host
from fishcaption.ui.shell import features, registry
from fishcaption.ui.shell.registry import DIALOGS, FEATURES, WORKSPACES, Dialog, Entry, deferred_modules
from fishcaption.ui.widgets.theme import Look
from tests.ui.conftest import Desk

ENTRIES = [*(workspace.made for workspace in WORKSPACES), *FEATURES, *(dialog.open for dialog in DIALOGS)]


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: f"{entry.module}:{entry.name}")
def test_what_an_entry_names_is_there(entry: Entry) -> None:
    assert callable(entry.load())


def test_the_list_itself_imports_no_feature() -> None:
    program = (
        "import sys, fishcaption.ui.shell.registry as registry;"
        "print(*[name for name in registry.deferred_modules() if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
    assert "fishcaption.ui.phrases.feature" in deferred_modules()


class Dictation(Feature):
    """A feature of tomorrow: a panel, a command, and all that a feature is told."""

    def __init__(self, host: Host) -> None:
        super().__init__(host)
        self.told: list[str] = []
        self.panel = QLabel("Dictation")
        host.track.subscribe(self.show)
        self.side = host.add_side(self.panel, "phrases_shown")
        host.add_tool("dictation.show", "Dictation", "menu")
        host.commands.add(Action("dictation.show", "Dictation", self.side.toggle, Group.TEXT, in_menu=True))

    def set_look(self, look: Look) -> None:
        self.told.append("look")

    def show(self, snapshot: Snapshot) -> None:
        self.told.append(snapshot.state.name)

    def leave(self) -> None:
        self.told.append("end")


@pytest.fixture
def tomorrow(monkeypatch: pytest.MonkeyPatch) -> list[Host]:
    """A module that is not there yet, and its entries; the hosts its dialog was opened with."""
    opened: list[Host] = []
    module = ModuleType("fishcaption.ui.dictation")
    vars(module).update(Dictation=Dictation, open_dictation=opened.append)
    monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.setattr(features, "FEATURES", (*FEATURES, Entry("dictation", "Dictation")))
    dialog = Dialog("dictation.set_up", "Set up dictation", Group.VOICE, Entry("dictation", "open_dictation"))
    monkeypatch.setattr(features, "DIALOGS", (*DIALOGS, dialog))
    return opened


def test_a_feature_is_added_by_its_entry(tomorrow: list[Host], open_desk: Callable[..., Desk]) -> None:
    desk = open_desk()
    desk.window.resize(1200, 740)
    assert desk.window.features is not None
    feature = desk.window.features.find(Dictation)
    assert isinstance(feature, Dictation)
    assert feature.panel.isVisible()
    desk.window.commands.run("dictation.show")
    assert not feature.panel.isVisible()
    desk.type("Hello.\n")
    desk.look()
    desk.window.close()
    assert feature.told[0] == "look"
    assert feature.told[-1] == "end"
    assert "CONNECTING" in feature.told


def test_a_dialog_is_added_by_its_entry(tomorrow: list[Host], open_desk: Callable[..., Desk]) -> None:
    desk = open_desk()
    desk.window.commands.run("dictation.set_up")
    (host,) = tomorrow
    assert host.settings is desk.window.settings
    assert host.workspace is desk.workspace


def test_a_feature_that_fails_at_the_end_keeps_no_other_from_ending(
    tomorrow: list[Host], open_desk: Callable[..., Desk], monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = open_desk()

    def fail() -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr(desk.history, "leave", fail)
    assert desk.window.features is not None
    feature = desk.window.features.find(Dictation)
    with pytest.raises(RuntimeError, match="a bug"):
        desk.window.close()
    assert feature.told[-1] == "end"
    monkeypatch.undo()
    desk.history.leave()


def test_one_feature_has_another_act_on_a_text_without_knowing_it(open_desk: Callable[..., Desk]) -> None:
    host = open_desk().history.host
    asked: list[str] = []
    assert not host.ask("dictation.learn", "Hello")
    host.offer("dictation.learn", asked.append)
    assert host.ask("dictation.learn", "Hello")
    assert asked == ["Hello"]


def test_words_of_dialogs_are_told_apart() -> None:
    assert len({dialog.id for dialog in registry.DIALOGS}) == len(DIALOGS)
    assert len({dialog.words for dialog in registry.DIALOGS}) == len(DIALOGS)
