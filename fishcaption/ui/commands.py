"""Every command of the program: what it is called, what it does, and the keys it has.

A key belongs to one command. Who has it is decided in this order: the keys that never change (Esc stops),
what the user gave in the settings, what was given elsewhere by the user (a phrase's key), the keymap we come
with. Whoever comes later goes without it; `holder` tells who has it, so that a conflict can be shown before
it is made.

A key without a modifier that types something (a letter, the blank) is the user's wish only, save for the
blank; it acts where nobody has a use for it: never in a text, nor on a button that has the focus.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from enum import Enum
from typing import NamedTuple

from PySide6.QtCore import QKeyCombination, QObject, Qt, Signal
from PySide6.QtGui import QAction, QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QWidget

from fishcaption.ui.platform.keyboard_layouts import meant


class Group(Enum):
    """What a command is about; lists of commands are in this order."""

    SPEAK = "Speaking"
    WAITING = "Waiting texts"
    TEXT = "Writing"
    PHRASES = "Phrases"
    VOICE = "Voice and sound"
    CALLS = "Calls"
    WINDOW = "Window and settings"
    HELP = "Help"


def _always() -> bool:
    return True


class Action(NamedTuple):
    """One command. `id` is for ever: settings are saved under it.

    `keys` are in Qt's portable spelling ("Ctrl+Shift+R"). `always` are keys that it has for ever, and that
    act in `where` if that is said ("in the editor"): they are told, and nobody else gets them. `is_given`
    says that `keys` are the user's own choice, such as a phrase's, and go before our keymap. `enabled` is
    asked when commands are listed; `act` itself copes with being called at any time.
    """

    id: str
    words: str
    act: Callable[[], None]
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


def portable(text: str) -> str:
    """The key in the one spelling that is compared and saved; empty if it is none, or more than one."""
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
    """The key as the user's keyboard and system call it."""
    native = QKeySequence.fromString(key).toString(QKeySequence.SequenceFormat.NativeText)
    return native.replace("Return", "Enter")


def types(key: str) -> bool:
    """Whether the key, pressed in a text, writes something."""
    combination = _combination(QKeySequence.fromString(key))
    if combination.keyboardModifiers() & ~Qt.KeyboardModifier.ShiftModifier:
        return False
    # what has no sign of its own lies above Unicode in Qt's numbers
    return int(combination.key().value) < 0x0100_0000


def _combination(sequence: QKeySequence) -> QKeyCombination:
    first: QKeyCombination = sequence[0]  # type: ignore[index]  # the stubs do not know it can be asked
    return first


class Match(NamedTuple):
    """How well a command fits what was typed: smaller is better."""

    rank: int
    place: int


def match(wanted: str, words: str) -> Match | None:
    """How `words` fit what was typed; None if they do not.

    Best where they begin with it, then where one of them does, then where each typed word begins one of them
    or stands in it, last where its letters begin words of theirs ("rl" is Repeat louder).
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
    """The commands of one window, and the keys they have now."""

    changed = Signal()  # keys or commands are others

    def __init__(self, window: QWidget, keymap: Mapping[str, tuple[str, ...]]) -> None:
        """`keymap` is what the user chose; commands it does not name keep ours."""
        super().__init__(window)
        self._window = window
        self._keymap = dict(keymap)
        self._actions: dict[str, Action] = {}
        self._shortcuts: dict[str, QAction] = {}
        self._owners: dict[str, str] = {}  # key -> command
        self._is_awake = False

    def wake(self) -> None:
        """Keys act from now on. Until then nothing is asked of Qt: a window is painted sooner so."""
        self._is_awake = True
        self._assign()

    # -- the commands ------------------------------------------------------------------------------

    def add(self, *actions: Action) -> None:
        """These can be called from now on, too. Several at once cost less than one by one."""
        for action in actions:
            assert action.id not in self._actions, action.id
            self._actions[action.id] = action
        self._assign()

    def remove(self, *ids: str) -> None:
        """These are gone; who is not there is no error."""
        for name in ids:
            self._actions.pop(name, None)
            if (shortcut := self._shortcuts.pop(name, None)) is not None:
                self._window.removeAction(shortcut)
                shortcut.deleteLater()
        self._assign()

    def replace(self, prefix: str, actions: tuple[Action, ...]) -> None:
        """`actions` take the place of all whose id begins with `prefix`."""
        self.remove(*(name for name in self._actions if name.startswith(prefix)))
        self.add(*actions)

    def __iter__(self) -> Iterator[Action]:
        """All, group by group."""
        order = {group: index for index, group in enumerate(Group)}
        return iter(sorted(self._actions.values(), key=lambda action: order[action.group]))

    def __getitem__(self, name: str) -> Action:
        return self._actions[name]

    def __contains__(self, name: object) -> bool:
        return name in self._actions

    def run(self, name: str) -> None:
        """Do it, as its key would."""
        self._actions[name].act()

    def run_if_there(self, name: str, _is_checked: bool = False) -> None:
        """Do it, as a button does whose command may not be there yet."""
        if name in self._actions:
            self.run(name)

    def run_by_key(self, name: str, modifiers: Qt.KeyboardModifier) -> None:
        """Do it, since Qt has found its key; but with Shift held what has that letter with Shift."""
        if modifiers & Qt.KeyboardModifier.ShiftModifier:
            plain = modifiers & ~Qt.KeyboardModifier.ShiftModifier
            for key in self.keys(name):
                chord = _combination(QKeySequence.fromString(key))
                is_letter = Qt.Key.Key_A <= chord.key() <= Qt.Key.Key_Z
                if is_letter and chord.keyboardModifiers() == plain:
                    shifted = QKeySequence(QKeyCombination(modifiers, chord.key())).toString()
                    if owner := self._owners.get(portable(shifted)):
                        self.run(owner)
                    return
        self.run(name)

    # -- the keys ----------------------------------------------------------------------------------

    def use(self, keymap: Mapping[str, tuple[str, ...]]) -> None:
        """The user's keys are these from now on."""
        if dict(keymap) != self._keymap:
            self._keymap = dict(keymap)
            self._assign()

    def keys(self, name: str) -> tuple[str, ...]:
        """The keys that do it now, the ones it always has last; portable."""
        action = self._actions[name]
        wanted = (*self._wanted(action), *map(portable, action.always))
        return tuple(dict.fromkeys(key for key in wanted if self._owners.get(key) == name))

    def spelled(self, name: str) -> str:
        """Its keys as people read them: “F8 or Ctrl+Space”; empty if there is none."""
        return self.tr(" or ").join(map(spelled, self.keys(name)))

    def told(self, name: str, words: str = "") -> str:
        """What it does with its keys in brackets: a button's tool tip. `words` instead of its own."""
        keys = self.spelled(name)
        words = words or self._actions[name].words
        return f"{words} ({keys})" if keys else words

    def holder(self, key: str) -> Action | None:
        """Who has this key now."""
        return self._actions.get(self._owners.get(portable(key), ""))

    def is_users(self, name: str) -> bool:
        """Whether the user chose its keys: they go before what is given elsewhere, such as a phrase's."""
        return name in self._keymap

    def is_fixed(self, key: str) -> bool:
        """Whether the key can be given to nobody else."""
        key = portable(key)
        return any(key in map(portable, action.always) for action in self._actions.values())

    def given(self, name: str, keys: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
        """The user's keymap in which this command has these keys, and no other command has them."""
        wanted = tuple(dict.fromkeys(key for key in map(portable, keys) if key and not self.is_fixed(key)))
        keymap = {
            other: tuple(key for key in have if key not in wanted) for other, have in self._keymap.items()
        }
        keymap[name] = wanted
        return {
            other: have
            for other, have in keymap.items()
            if other not in self._actions or have != self.ours(other)
        }

    def ours(self, name: str) -> tuple[str, ...]:
        """The keys it comes with."""
        return tuple(map(portable, self._actions[name].keys))

    def plain_key(self, event: QKeyEvent) -> bool:
        """A key that nobody wanted: do what the user made it do; whether it was one."""
        key = "" if event.isAutoRepeat() else _key_of(event)
        owner = self._owners.get(key)
        if not key or owner is None or not types(key):
            return False
        self.run(owner)
        return True

    def called_by(self, event: QKeyEvent) -> str:
        """The command whose key this is, of keys that type nothing; empty for none."""
        key = _key_of(event)
        owner = self._owners.get(key, "") if key and not types(key) else ""
        return owner or self.meant_by(event)

    def meant_by(self, event: QKeyEvent) -> str:
        """The command of the chord that stands there on a keyboard with Latin letters; empty for none."""
        chord = meant(event)
        return "" if chord is None else self._owners.get(portable(QKeySequence(chord).toString()), "")

    def _wanted(self, action: Action) -> tuple[str, ...]:
        keys = self._keymap.get(action.id, action.keys)
        return tuple(key for key in map(portable, keys) if key)

    def _assign(self) -> None:
        """Give every key to the first who may have it, and tell Qt."""
        if not self._is_awake:
            return
        ranks = sorted(self._actions.values(), key=self._rank)
        owners: dict[str, str] = {}
        for action in ranks:
            for key in map(portable, action.always):
                owners[key] = action.id
        for action in ranks:
            for key in self._wanted(action):
                owners.setdefault(key, action.id)
        self._owners = owners
        for action in ranks:
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
        """A key that a part of the window listens for itself."""
        return bool(action.where) and key in map(portable, action.always)


class _Runner:
    """Runs one command when its shortcut says so."""

    def __init__(self, actions: Actions, name: str) -> None:
        self._actions = actions
        self._name = name

    def __call__(self, _is_checked: bool = False) -> None:
        self._actions.run_by_key(self._name, QGuiApplication.keyboardModifiers())


def _key_of(event: QKeyEvent) -> str:
    """The key or chord as it is written; empty where it has no name."""
    if event.key() in (0, Qt.Key.Key_unknown):
        return ""
    modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    return portable(QKeySequence(QKeyCombination(modifiers, Qt.Key(event.key()))).toString())


def _twins(key: str) -> tuple[str, ...]:
    """Both keys that are called Enter."""
    if key.endswith("Return"):
        return key, key.removesuffix("Return") + "Enter"
    return (key,)
