"""Global keys: keys that work while another program has the focus, for example Stop during a call.

Qt has none, so each platform has its own way:

    X11        libxcb's passive grabs (`ui.platform.xcb`); tested against an X server
    Wayland    the desktop's portal, if it has GlobalShortcuts (`ui.platform.portal_keys`); the desktop asks
               the user
    Windows    RegisterHotKey (`ui.platform.native_keys`)
    macOS      Carbon's RegisterEventHotKey (`ui.platform.native_keys`); it needs no permission

No key is set until the user sets one. A key that is not possible is told in words, and nothing else fails.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from PySide6.QtCore import QCoreApplication, QKeyCombination, QObject, QSocketNotifier, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeySequence

from fishcaption.ui.platform.xcb import CONTROL, LOCK, SHIFT, Connection, Taken, XError

ACTS = ("speak", "stop", "quick_box", "attention", "next")
"""The acts a global key can have, in the order in which they are shown."""

SUGGESTED: Mapping[str, str] = {
    "speak": "Ctrl+Shift+F9",
    "stop": "Ctrl+Shift+F10",
    "quick_box": "Ctrl+Shift+F11",
    "attention": "Ctrl+Shift+F12",
}
"""Suggested keys: few programs use them, and every keyboard layout has them in the same place.

Next has none: it speaks, and only who presents wants it."""

BOUNCE_MS = 200
"""A key pressed again so soon after its release is held down, bounces, or the hand trembles."""

_MODIFIERS = Qt.KeyboardModifier


class Backend(Protocol):
    """One platform's global keys. `why_not` is empty where they are possible."""

    why_not: str

    def hold(self, keys: Mapping[str, QKeyCombination]) -> Mapping[str, str]:
        """Take these keys and no others from now on; return for each act without a key the reason."""
        ...

    def close(self) -> None:
        """Release all keys."""
        ...


class GlobalKeys(QObject):
    """The global keys in use. ``pressed`` names an act; ``changed`` says that `problems` is different."""

    pressed = Signal(str)
    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.problems: Mapping[str, str] = {}
        self._keys: Mapping[str, str] = {}
        self._backend: Backend | None = None

    def why_not(self) -> str:
        """Return the reason why this desktop allows no global keys; empty where it does."""
        return self._platform().why_not

    def desktop_chooses(self) -> bool:
        """Return whether the desktop itself asks the user for the keys, and ours are only a wish."""
        return QGuiApplication.platformName().startswith("wayland")

    def hold(self, keys: Mapping[str, str]) -> None:
        """Take these keys (act to "Ctrl+Shift+F10"); `problems` says which are not possible, and why."""
        wanted = {act: key for act, key in keys.items() if act in ACTS and key}
        if wanted == self._keys or (not wanted and self._backend is None):
            return
        self._keys = wanted
        problems = {act: problem(key) for act, key in wanted.items()}
        for act, key in wanted.items():
            twin = next((other for other in wanted if other != act and wanted[other] == key), None)
            if twin is not None and ACTS.index(twin) < ACTS.index(act):
                problems[act] = self.tr("This key is used twice here.")
        good = {act: combination(key) for act, key in wanted.items() if not problems[act]}
        platform = self._platform()
        refused = {act: platform.why_not for act in good} if platform.why_not else platform.hold(good)
        self._tell({act: words for act, words in {**problems, **refused}.items() if words})

    def close(self) -> None:
        """Release every key to the other programs."""
        if self._backend is not None:
            self._backend.close()
            self._backend = None
        self._keys = {}

    def _platform(self) -> Backend:
        if self._backend is None:
            self._backend = _backend(self.pressed.emit, self._on_refused)
        return self._backend

    def _on_refused(self, refused: Mapping[str, str]) -> None:
        """The keyboard layout has changed, or the desktop has answered."""
        others = {act: words for act, words in self.problems.items() if act not in refused}
        self._tell({act: words for act, words in {**others, **refused}.items() if words})

    def _tell(self, problems: Mapping[str, str]) -> None:
        if problems != self.problems:
            self.problems = problems
            self.changed.emit()


def combination(key: str) -> QKeyCombination:
    """Return the first key combination of a text such as "Ctrl+Shift+F10"."""
    first: QKeyCombination = QKeySequence(key)[0]  # type: ignore[index]  # the stubs lack the operator
    return first


def problem(key: str) -> str:
    """Return the reason why this cannot be a global key; empty where it can."""
    if QKeySequence(key).count() != 1 or combination(key).key() == Qt.Key.Key_unknown:
        return _tr("A global key is one key or one combination.")
    chord = combination(key)
    is_bare = not chord.keyboardModifiers() & ~(_MODIFIERS.ShiftModifier | _MODIFIERS.KeypadModifier)
    is_typed = chord.key() < 0x01000000 or chord.key() in _TYPING
    if is_bare and chord.key() in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
        return _tr("Slides and other programs need this key. Choose one such as Ctrl+Shift+F8.")
    if is_bare and is_typed:
        return _tr("Without Ctrl, Alt or Meta you could no longer type this.")
    return ""


_TYPING = {
    *(Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab, Qt.Key.Key_Backtab, Qt.Key.Key_Escape),
    *(Qt.Key.Key_Backspace, Qt.Key.Key_Delete, Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_Left),
    *(Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown),
}  # fmt: skip


def _tr(words: str) -> str:
    return QCoreApplication.translate("GlobalKeys", words)


Pressed = Callable[[str], None]
Refused = Callable[[Mapping[str, str]], None]


class _None:
    def __init__(self, why_not: str) -> None:
        self.why_not = why_not

    def hold(self, keys: Mapping[str, QKeyCombination]) -> Mapping[str, str]:
        return dict.fromkeys(keys, self.why_not)

    def close(self) -> None:
        pass


def _backend(pressed: Pressed, refused: Refused) -> Backend:
    platform = QGuiApplication.platformName()
    if platform == "xcb":
        try:
            return X11Keys(Connection(), pressed, refused)
        except XError as error:
            return _None(_tr("The X server does not allow global keys: {why}.").format(why=error))
    if platform.startswith("wayland"):
        from fishcaption.ui.platform.portal_keys import PortalKeys

        return PortalKeys(pressed, refused)
    if platform in ("windows", "cocoa"):
        from fishcaption.ui.platform import native_keys

        return native_keys.backend(platform, pressed)
    return _None(_tr("This desktop does not allow keys that work in every program."))


# -- X11 --------------------------------------------------------------------------------------------------

_NUM_LOCK, _SCROLL_LOCK = 0xFF7F, 0xFF14
_ALT, _META = (0xFFE9, 0xFFEA), (0xFFEB, 0xFFEC)

_KEYSYMS = {
    Qt.Key.Key_Escape: 0xFF1B,
    Qt.Key.Key_Tab: 0xFF09,
    Qt.Key.Key_Backspace: 0xFF08,
    Qt.Key.Key_Return: 0xFF0D,
    Qt.Key.Key_Enter: 0xFF8D,
    Qt.Key.Key_Insert: 0xFF63,
    Qt.Key.Key_Delete: 0xFFFF,
    Qt.Key.Key_Pause: 0xFF13,
    Qt.Key.Key_Print: 0xFF61,
    Qt.Key.Key_ScrollLock: 0xFF14,
    Qt.Key.Key_Menu: 0xFF67,
    Qt.Key.Key_Home: 0xFF50,
    Qt.Key.Key_Left: 0xFF51,
    Qt.Key.Key_Up: 0xFF52,
    Qt.Key.Key_Right: 0xFF53,
    Qt.Key.Key_Down: 0xFF54,
    Qt.Key.Key_PageUp: 0xFF55,
    Qt.Key.Key_PageDown: 0xFF56,
    Qt.Key.Key_End: 0xFF57,
    Qt.Key.Key_MediaPlay: 0x1008FF14,
    Qt.Key.Key_MediaStop: 0x1008FF15,
    Qt.Key.Key_MediaPrevious: 0x1008FF16,
    Qt.Key.Key_MediaNext: 0x1008FF17,
}


def keysym(key: Qt.Key) -> int:
    """Return X's number (keysym) of the key; 0 if none is known."""
    if Qt.Key.Key_F1 <= key <= Qt.Key.Key_F35:
        return 0xFFBE + key - Qt.Key.Key_F1
    if key in _KEYSYMS:
        return _KEYSYMS[key]
    if key >= 0x01000000:
        return 0
    point = ord(chr(key).lower()) if len(chr(key).lower()) == 1 else key
    return point if point < 0x100 else 0x01000000 + point


class X11Keys(QObject):
    """Passive grabs on the root window. They work with every lock key and keyboard layout."""

    why_not = ""

    def __init__(self, connection: Connection, pressed: Pressed, refused: Refused) -> None:
        super().__init__()
        self._x = connection
        self._pressed = pressed
        self._refused = refused
        self._keys: Mapping[str, QKeyCombination] = {}
        self._grabbed: dict[tuple[int, int], str] = {}  # (key code, modifiers) -> act
        self._released_at: dict[int, int] = {}  # key code -> the server's milliseconds
        self._notifier = QSocketNotifier(connection.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._on_readable)

    def hold(self, keys: Mapping[str, QKeyCombination]) -> Mapping[str, str]:
        self._keys = keys
        self._let_go()
        alt, meta = self._x.modifier(*_ALT), self._x.modifier(*_META)
        locks = {LOCK, self._x.modifier(_NUM_LOCK), self._x.modifier(_SCROLL_LOCK)} - {0}
        refused = {}
        for act, combination in keys.items():
            refused[act] = self._grab(act, combination, alt, meta, sorted(locks))
        self._on_readable()  # events may have come with the answers
        return {act: words for act, words in refused.items() if words}

    def close(self) -> None:
        self._notifier.setEnabled(False)
        self._x.close()

    def _grab(self, act: str, combination: QKeyCombination, alt: int, meta: int, locks: list[int]) -> str:
        held = combination.keyboardModifiers()
        wanted = 0
        for flag, modifier in (
            (_MODIFIERS.ShiftModifier, SHIFT),
            (_MODIFIERS.ControlModifier, CONTROL),
            (_MODIFIERS.AltModifier, alt),
            (_MODIFIERS.MetaModifier, meta),
        ):
            if held & flag:
                if not modifier:
                    return _tr("This keyboard has no such key.")
                wanted |= modifier
        codes = self._x.keycodes(symbol) if (symbol := keysym(combination.key())) else []
        if not codes:
            return _tr("This keyboard has no such key.")
        for code, shift in codes:
            try:
                self._grab_under_locks(act, code, wanted | shift, locks)
            except Taken:
                return _tr("Another program already uses this key. Choose another one.")
            except XError as error:
                return str(error)
        return ""

    def _grab_under_locks(self, act: str, code: int, modifiers: int, locks: list[int]) -> None:
        """Grab the key with every lock on and off: for X, Num Lock makes it a different combination."""
        done = []
        try:
            for chosen in range(1 << len(locks)):
                locked = sum(lock for bit, lock in enumerate(locks) if chosen >> bit & 1)
                self._x.grab(code, modifiers | locked)
                done.append(modifiers | locked)
        except Taken:
            for grabbed in done:
                self._x.ungrab(code, grabbed)
            raise
        self._grabbed |= {(code, grabbed): act for grabbed in done}

    def _let_go(self) -> None:
        for code, modifiers in self._grabbed:
            self._x.ungrab(code, modifiers)
        self._grabbed = {}

    def _on_readable(self) -> None:
        has_new_layout = False
        for event in self._x.events():
            if event is None:
                has_new_layout = True
            elif not event.is_press:
                self._released_at[event.keycode] = event.moment
            # bits 13 and 14 tell the layout's group
            elif act := self._grabbed.get((event.keycode, event.modifiers & 0xFF)):
                before = self._released_at.get(event.keycode)
                if before is None or (event.moment - before) & 0xFFFFFFFF >= BOUNCE_MS:
                    self._pressed(act)
        if self._x.is_broken():
            self._notifier.setEnabled(False)
        elif has_new_layout:
            refused = self.hold(self._keys)
            self._refused({act: refused.get(act, "") for act in self._keys})
