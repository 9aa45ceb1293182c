"""The commands of the program: their words, acts and keys.

A key belongs to one command, the first that has it in this order: the keys that never change (Esc stops), the
user's keys in the settings, keys the user gave elsewhere (a phrase's key), our default keys. A later command
does not get it; `holder` returns the command that has a key, so that a conflict can be shown first.

A single key that types something (a letter, a digit) is never a default key, except the space key. It acts
only where no widget needs it: never in a text field, nor on a button that has the focus.

Commands of a *scope*, such as the list of a script, have keys of their own, single letters among them. They
act only while that part of the window has the focus, and go before all others there, even before Esc if the
user gives it to one of them: a presenter's remote has few keys.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from enum import Enum
from functools import lru_cache
from typing import NamedTuple

from PySide6.QtCore import QKeyCombination, QObject, Qt, Signal
from PySide6.QtGui import QAction, QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QWidget

from fishcaption.ui.platform.keyboard_layouts import meant

_MOST_EARLY = 8  # keys and buttons pressed in the first second


class Group(Enum):
    """The groups of commands; lists of commands are in this order."""

    SPEAK = "Speaking"
    WAITING = "Waiting texts"
    SHOW = "Presenting"
    TEXT = "Writing"
    PHRASES = "Phrases"
    VOICE = "Voice and sound"
    CALLS = "Calls"
    AUDIENCE = "Captions for an audience"
    WINDOW = "Window and settings"
    HELP = "Help"


def _always() -> bool:
    return True


class Action(NamedTuple):
    """One command. `id` never changes: settings are saved under it.

    `keys` are in Qt's portable spelling ("Ctrl+Shift+R"). `always` are keys that it always has; with `where`
    ("in the editor") they act only there. They are shown, and no other command gets them. `is_given` says
    that `keys` are the user's own choice, such as a phrase's, and go before our default keys. `enabled` is
    asked when commands are listed; `act` can be called at any time. `scope` is the name of the part of the
    window in which its keys act, and `where` says it in words.
    """

    id: str
    words: str
    act: Callable[[], object]
    group: Group
    keys: tuple[str, ...] = ()
    always: tuple[str, ...] = ()
    where: str = ""
    is_given: bool = False
    repeats: bool = False  # a key held down does it again and again
    enabled: Callable[[], bool] = _always
    is_listed: bool = True  # whether the palette shows it
    in_menu: bool = False  # whether the window's menu has it, too
    checked: Callable[[], bool] | None = None  # of what is on or off: asked when it is listed
    scope: str = ""


@lru_cache(1000)  # every key is asked for again whenever a command is added
def portable(text: str) -> str:
    """Return the key in the spelling that is compared and saved; empty if it is not exactly one key."""
    sequence = QKeySequence.fromString(text, QKeySequence.SequenceFormat.PortableText)
    if sequence.count() != 1:
        return ""
    combination = _combination(sequence)
    if combination.key() == Qt.Key.Key_unknown:
        return ""
    if combination.key() == Qt.Key.Key_Enter:
        combination = QKeyCombination(combination.keyboardModifiers(), Qt.Key.Key_Return)
    return QKeySequence(combination).toString(QKeySequence.SequenceFormat.PortableText)


def spelled(key: str) -> str:
    """Return the key's name on the user's keyboard and system."""
    native = QKeySequence.fromString(key).toString(QKeySequence.SequenceFormat.NativeText)
    return native.replace("Return", "Enter")


def types(key: str) -> bool:
    """Return whether the key types something in a text field."""
    combination = _combination(QKeySequence.fromString(key))
    if combination.keyboardModifiers() & ~Qt.KeyboardModifier.ShiftModifier:
        return False
    # what has no sign of its own lies above Unicode in Qt's numbers
    return int(combination.key().value) < 0x0100_0000


def _combination(sequence: QKeySequence) -> QKeyCombination:
    first: QKeyCombination = sequence[0]  # type: ignore[index]  # the stubs do not know it can be asked
    return first


class Match(NamedTuple):
    """The quality of a match between a command and the typed text: smaller is better."""

    rank: int
    place: int


def match(wanted: str, words: str) -> Match | None:
    """Return how well `words` match the typed text; None if they do not.

    Best: they begin with it. Then: one word begins with it. Then: each typed word is in one of the words.
    Last: its letters are the first letters of words ("rl" is Repeat louder).
    """
    wanted, words = wanted.casefold().strip(), words.casefold()
    if words.startswith(wanted):
        return Match(0, 0)
    found = f" {words}".find(f" {wanted}")
    if found >= 0:
        return Match(1, found)
    parts, typed = words.split(), wanted.split()
    if all(any(part.startswith(one) for part in parts) for one in typed):
        return Match(2, words.find(typed[0]))
    if all(one in words for one in typed):
        return Match(3, words.find(typed[0]))
    initials = "".join(part[0] for part in parts)
    if initials.startswith(wanted.replace(" ", "")):
        return Match(4, 0)
    return None


class Actions(QObject):
    """The commands of one window, and their current keys."""

    changed = Signal()  # keys or commands are others

    def __init__(self, window: QWidget, keymap: Mapping[str, tuple[str, ...]]) -> None:
        """`keymap` has the user's keys; commands that it does not name have our default keys."""
        super().__init__(window)
        self._window = window
        self._keymap = dict(keymap)
        self._actions: dict[str, Action] = {}
        self._shortcuts: dict[str, QAction] = {}
        self._owners: dict[tuple[str, str], str] = {}  # (scope, key) -> command
        self._is_awake = False
        self._is_held = False  # keys are given out once, after many commands were added
        self._is_complete = False
        self._early: list[str] = []  # keys, and ids of commands, that came before there were all commands

    def wake(self) -> None:
        """Let keys act from now on. Before that no shortcut is made, so that the window is painted sooner."""
        self._is_awake = True
        self._assign()

    def complete(self) -> None:
        """All commands are there: do what was asked for before."""
        self._is_complete = True
        early, self._early = self._early, []
        for asked in early:
            name = asked if asked in self._actions else self._owners.get(("", asked), "")
            if name:
                self.run(name)

    # -- the commands ------------------------------------------------------------------------------

    def add(self, *actions: Action) -> None:
        """Add commands. Several at once cost less than one by one."""
        for action in actions:
            assert action.id not in self._actions, action.id
            self._actions[action.id] = action
        self._assign()

    @contextmanager
    def together(self) -> Iterator[None]:
        """Give out keys once, at the end of the block: what is added in it has none before."""
        self._is_held = True
        try:
            yield
        finally:
            self._is_held = False
            self._assign()

    def remove(self, *ids: str) -> None:
        """Remove these commands; one that does not exist is no error."""
        for name in ids:
            self._actions.pop(name, None)
            if (shortcut := self._shortcuts.pop(name, None)) is not None:
                self._window.removeAction(shortcut)
                shortcut.deleteLater()
        self._assign()

    def replace(self, prefix: str, actions: tuple[Action, ...]) -> None:
        """Replace all commands whose id begins with `prefix` by `actions`."""
        self.remove(*(name for name in self._actions if name.startswith(prefix)))
        self.add(*actions)

    def __iter__(self) -> Iterator[Action]:
        """Yield all commands, group by group."""
        order = {group: index for index, group in enumerate(Group)}
        return iter(sorted(self._actions.values(), key=lambda action: order[action.group]))

    def __getitem__(self, name: str) -> Action:
        return self._actions[name]

    def __contains__(self, name: object) -> bool:
        return name in self._actions

    def run(self, name: str) -> None:
        """Run the command, as its key does."""
        self._actions[name].act()

    def run_if_there(self, name: str, _is_checked: bool = False) -> None:
        """Run the command; one that is not added yet is run when all are there, if it is one of them."""
        if name in self._actions:
            self.run(name)
        else:
            self._ask_early(name)

    def run_by_key(self, name: str, modifiers: Qt.KeyboardModifier) -> None:
        """Run the command whose key Qt has found; with Shift held, the one that has the key with Shift."""
        if modifiers & Qt.KeyboardModifier.ShiftModifier:
            plain = modifiers & ~Qt.KeyboardModifier.ShiftModifier
            for key in self.keys(name):
                chord = _combination(QKeySequence.fromString(key))
                is_letter = Qt.Key.Key_A <= chord.key() <= Qt.Key.Key_Z
                if is_letter and chord.keyboardModifiers() == plain:
                    shifted = QKeySequence(QKeyCombination(modifiers, chord.key())).toString()
                    if owner := self._owners.get(("", portable(shifted))):
                        self.run(owner)
                    return
        self.run(name)

    # -- the keys ----------------------------------------------------------------------------------

    def use(self, keymap: Mapping[str, tuple[str, ...]]) -> None:
        """Use these keys of the user from now on."""
        if dict(keymap) != self._keymap:
            self._keymap = dict(keymap)
            self._assign()

    def keys(self, name: str) -> tuple[str, ...]:
        """Return its current keys in portable spelling; the ones that never change come last."""
        action = self._actions[name]
        wanted = (*self._wanted(action), *map(portable, action.always))
        scope = action.scope
        return tuple(dict.fromkeys(key for key in wanted if self._owners.get((scope, key)) == name))

    def spelled(self, name: str) -> str:
        """Return its keys for people: “F8 or Ctrl+Space”; empty if there is none."""
        return self.tr(" or ").join(map(spelled, self.keys(name)))

    def told(self, name: str, words: str = "") -> str:
        """Return its words (or `words`) with its keys in brackets, for a button's tool tip."""
        keys = self.spelled(name)
        words = words or self._actions[name].words
        return f"{words} ({keys})" if keys else words

    def holder(self, key: str, scope: str = "") -> Action | None:
        """Return the command that has this key in this scope; None: no command has it."""
        return self._actions.get(self._owners.get((scope, portable(key)), ""))

    def is_users(self, name: str) -> bool:
        """Return whether the user chose its keys: they go before keys given elsewhere, such as a phrase's."""
        return name in self._keymap

    def is_fixed(self, key: str, scope: str = "") -> bool:
        """Return whether the key belongs to its command of this scope for ever."""
        key = portable(key)
        there = (action for action in self._actions.values() if action.scope == scope)
        return any(key in map(portable, action.always) for action in there)

    def given(self, name: str, keys: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
        """Return the user's keymap with these keys for this command, and for no other of its scope."""
        scope = self._actions[name].scope
        free = (key for key in map(portable, keys) if key and not self.is_fixed(key, scope))
        wanted = tuple(dict.fromkeys(free))
        keymap = {
            other: tuple(key for key in have if key not in wanted or self._scope(other) != scope)
            for other, have in self._keymap.items()
        }
        keymap[name] = wanted
        return {
            other: have
            for other, have in keymap.items()
            if other not in self._actions or have != self.ours(other)
        }

    def ours(self, name: str) -> tuple[str, ...]:
        """Return its default keys."""
        return tuple(map(portable, self._actions[name].keys))

    def plain_key(self, event: QKeyEvent) -> bool:
        """Run the command of a single key that no widget has used; return whether there was one."""
        key = "" if event.isAutoRepeat() else _key_of(event)
        owner = self._owners.get(("", key))
        if not key or owner is None or not types(key):
            return False
        self.run(owner)
        return True

    def early_key(self, event: QKeyEvent) -> bool:
        """Keep a chord that no widget has used until all commands are there; return whether that is ahead."""
        key = "" if event.isAutoRepeat() else _key_of(event)
        return bool(key) and not types(key) and self._ask_early(key)

    def scoped(self, event: QKeyEvent, scope: str) -> str:
        """Return the id of the command of this scope that has the key; empty for none."""
        return self._owners.get((scope, _key_of(event)), "")

    def called_by(self, event: QKeyEvent) -> str:
        """Return the id of the command with this key, if it types nothing; empty for none."""
        key = _key_of(event)
        owner = self._owners.get(("", key), "") if key and not types(key) else ""
        return owner or self.meant_by(event)

    def meant_by(self, event: QKeyEvent) -> str:
        """Return the id of the command of the key at this place of a Latin keyboard; empty for none."""
        chord = meant(event)
        return "" if chord is None else self._owners.get(("", portable(QKeySequence(chord).toString())), "")

    def _ask_early(self, asked: str) -> bool:
        is_early = not self._is_complete and len(self._early) < _MOST_EARLY
        if is_early:
            self._early.append(asked)
        return is_early

    def _scope(self, name: str) -> str | None:
        """Return the scope of a command; None for one that is added later, and keeps its keys till then."""
        return self._actions[name].scope if name in self._actions else None

    def _wanted(self, action: Action) -> tuple[str, ...]:
        keys = self._keymap.get(action.id, action.keys)
        return tuple(key for key in map(portable, keys) if key)

    def _assign(self) -> None:
        """Give each key to the first command that may have it, and set the shortcuts."""
        if not self._is_awake or self._is_held:
            return
        ranks = sorted(self._actions.values(), key=self._rank)
        owners: dict[tuple[str, str], str] = {}
        for action in ranks:
            for key in map(portable, action.always):
                owners[action.scope, key] = action.id
        for action in ranks:
            for key in self._wanted(action):
                owners.setdefault((action.scope, key), action.id)
        self._owners = owners
        for action in ranks:
            if not action.scope:  # its part of the window asks for it
                self._bind(action)
        self.changed.emit()

    def _rank(self, action: Action) -> int:
        if action.id in self._keymap:
            return 0
        return 1 if action.is_given else 2

    def _bind(self, action: Action) -> None:
        keys = [key for key in self.keys(action.id) if not types(key) and not self._is_in_place(action, key)]
        shortcut = self._shortcuts.get(action.id)
        if shortcut is None:
            if not keys:
                return
            shortcut = self._shortcuts[action.id] = QAction(self._window)
            shortcut.setShortcutContext(Qt.ShortcutContext.ApplicationShortcut)
            shortcut.setAutoRepeat(action.repeats)
            shortcut.triggered.connect(_Runner(self, action.id))
            self._window.addAction(shortcut)
        sequences = [QKeySequence.fromString(twin) for key in keys for twin in _twins(key)]
        if sequences != shortcut.shortcuts():
            shortcut.setShortcuts(sequences)

    @staticmethod
    def _is_in_place(action: Action, key: str) -> bool:
        """Return whether a part of the window handles this key itself."""
        return bool(action.where) and key in map(portable, action.always)


class _Runner:
    """Runs one command when its shortcut is pressed."""

    def __init__(self, actions: Actions, name: str) -> None:
        self._actions = actions
        self._name = name

    def __call__(self, _is_checked: bool = False) -> None:
        self._actions.run_by_key(self._name, QGuiApplication.keyboardModifiers())


def _key_of(event: QKeyEvent) -> str:
    """Return the key or combination in portable spelling; empty if it has no name."""
    if event.key() in (0, Qt.Key.Key_unknown):
        return ""
    modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    return portable(QKeySequence(QKeyCombination(modifiers, Qt.Key(event.key()))).toString())


def _twins(key: str) -> tuple[str, ...]:
    """Return the key, and for Enter both keys of that name."""
    if key.endswith("Return"):
        return key, key.removesuffix("Return") + "Enter"
    return (key,)
