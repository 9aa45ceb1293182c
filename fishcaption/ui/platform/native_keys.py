"""Global keys on Windows and macOS, with ctypes. Written from the systems' documents; not tested there.

Windows posts WM_HOTKEY to the thread, where Qt's event loop gives it to a native event filter. macOS calls a
Carbon event handler in the application's own loop. Both report a key that another program has already.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractNativeEventFilter, QByteArray, QCoreApplication, QKeyCombination, Qt

if TYPE_CHECKING:
    from fishcaption.ui.platform.global_keys import Backend


_MODIFIERS = Qt.KeyboardModifier
Pressed = Callable[[str], None]


def backend(platform: str, pressed: Pressed) -> Backend:
    """Return the global keys of Qt's platform "windows" or "cocoa"."""
    return _WindowsKeys(pressed) if platform == "windows" else _MacKeys(pressed)


def _tr(words: str) -> str:
    return QCoreApplication.translate("GlobalKeys", words)


def _taken() -> str:
    return _tr("Another program already uses this key. Choose another one.")


def _unknown() -> str:
    return _tr("This keyboard has no such key.")


# -- Windows ----------------------------------------------------------------------------------------------

_WM_HOTKEY = 0x0312
_ALREADY_REGISTERED = 1409  # ERROR_HOTKEY_ALREADY_REGISTERED
_NO_REPEAT = 0x4000
_WINDOWS_MODIFIERS = (
    (_MODIFIERS.AltModifier, 1),
    (_MODIFIERS.ControlModifier, 2),
    (_MODIFIERS.ShiftModifier, 4),
    (_MODIFIERS.MetaModifier, 8),
)

VIRTUAL_KEYS = {
    Qt.Key.Key_Backspace: 0x08,
    Qt.Key.Key_Tab: 0x09,
    Qt.Key.Key_Return: 0x0D,
    Qt.Key.Key_Enter: 0x0D,
    Qt.Key.Key_Pause: 0x13,
    Qt.Key.Key_Escape: 0x1B,
    Qt.Key.Key_Space: 0x20,
    Qt.Key.Key_PageUp: 0x21,
    Qt.Key.Key_PageDown: 0x22,
    Qt.Key.Key_End: 0x23,
    Qt.Key.Key_Home: 0x24,
    Qt.Key.Key_Left: 0x25,
    Qt.Key.Key_Up: 0x26,
    Qt.Key.Key_Right: 0x27,
    Qt.Key.Key_Down: 0x28,
    Qt.Key.Key_Print: 0x2C,
    Qt.Key.Key_Insert: 0x2D,
    Qt.Key.Key_Delete: 0x2E,
    Qt.Key.Key_Menu: 0x5D,
    Qt.Key.Key_ScrollLock: 0x91,
    Qt.Key.Key_MediaNext: 0xB0,
    Qt.Key.Key_MediaPrevious: 0xB1,
    Qt.Key.Key_MediaStop: 0xB2,
    Qt.Key.Key_MediaPlay: 0xB3,
}
"""Windows' numbers of the keys other than letters, digits and F1 to F24."""


class _Message(ctypes.Structure):
    """MSG."""

    _fields_ = (
        ("window", ctypes.c_void_p),
        ("message", ctypes.c_uint),
        ("first", ctypes.c_size_t),
        ("second", ctypes.c_ssize_t),
        ("time", ctypes.c_ulong),
        ("x", ctypes.c_long),
        ("y", ctypes.c_long),
    )


class _WindowsKeys(QAbstractNativeEventFilter):
    why_not = ""

    def __init__(self, pressed: Pressed) -> None:
        super().__init__()
        self._pressed = pressed
        self._user: Any = ctypes.CDLL("user32", use_last_error=True)
        self._acts: dict[int, str] = {}
        application = QCoreApplication.instance()
        assert application is not None
        application.installNativeEventFilter(self)

    def hold(self, keys: Mapping[str, QKeyCombination]) -> Mapping[str, str]:
        self._let_go()
        refused = {}
        for number, (act, combination) in enumerate(keys.items(), 1):
            if not (key := self._key(combination.key())):
                refused[act] = _unknown()
                continue
            held = sum(bit for flag, bit in _WINDOWS_MODIFIERS if combination.keyboardModifiers() & flag)
            if self._user.RegisterHotKey(None, number, held | _NO_REPEAT, key):
                self._acts[number] = act
            elif (code := _last_error()) == _ALREADY_REGISTERED:
                refused[act] = _taken()
            else:
                refused[act] = _tr("Windows refuses this key (error {code}).").format(code=code)
        return refused

    def close(self) -> None:
        self._let_go()
        application = QCoreApplication.instance()
        if application is not None:
            application.removeNativeEventFilter(self)

    def nativeEventFilter(self, kind: QByteArray | bytes | bytearray | memoryview, message: int) -> object:
        told = _Message.from_address(int(message))
        if told.message == _WM_HOTKEY and told.first in self._acts:
            self._pressed(self._acts[told.first])
            return True, 0
        return False, 0

    def _key(self, key: Qt.Key) -> int:
        if Qt.Key.Key_F1 <= key <= Qt.Key.Key_F24:
            return 0x70 + key - Qt.Key.Key_F1
        if key in VIRTUAL_KEYS:
            return VIRTUAL_KEYS[key]
        if key >= 0x10000:
            return 0
        found: int = self._user.VkKeyScanW(ctypes.c_wchar(chr(key).lower()))
        # in the high byte what else must be held: such a sign is no key of its own
        return 0 if found & 0xFFFF == 0xFFFF or found >> 8 & 0xFF else found & 0xFF

    def _let_go(self) -> None:
        for number in self._acts:
            self._user.UnregisterHotKey(None, number)
        self._acts = {}


def _last_error() -> int:
    found: int = getattr(ctypes, "get_last_error")()  # noqa: B009  a checker for another system has no such name
    return found


# -- macOS ------------------------------------------------------------------------------------------------

_SIGNATURE = int.from_bytes(b"fish")
_KEYBOARD = int.from_bytes(b"keyb")  # kEventClassKeyboard
_HOT_KEY_PRESSED = 5
_DIRECT_OBJECT = int.from_bytes(b"----")
_HOT_KEY_ID = int.from_bytes(b"hkid")
_EXISTS = -9878  # eventHotKeyExistsErr
# Qt calls Command Control there, and Control Meta
_CARBON_MODIFIERS = (
    (_MODIFIERS.ControlModifier, 0x0100),
    (_MODIFIERS.ShiftModifier, 0x0200),
    (_MODIFIERS.AltModifier, 0x0800),
    (_MODIFIERS.MetaModifier, 0x1000),
)

KEY_CODES = {
    **{ord(sign): code for code, sign in enumerate("ASDFHGZXCV")},
    **dict(zip(map(ord, "BQWERYT1234"), range(11, 22), strict=True)),
    **dict(zip(map(ord, "65=97-80]OU[IP"), range(22, 36), strict=True)),
    **dict(zip(map(ord, "LJ'K;\\,/NM."), range(37, 48), strict=True)),
    ord("`"): 50,
    Qt.Key.Key_Return: 36,
    Qt.Key.Key_Tab: 48,
    Qt.Key.Key_Space: 49,
    Qt.Key.Key_Backspace: 51,
    Qt.Key.Key_Escape: 53,
    Qt.Key.Key_Enter: 76,
    Qt.Key.Key_Home: 115,
    Qt.Key.Key_PageUp: 116,
    Qt.Key.Key_Delete: 117,
    Qt.Key.Key_End: 119,
    Qt.Key.Key_PageDown: 121,
    Qt.Key.Key_Left: 123,
    Qt.Key.Key_Right: 124,
    Qt.Key.Key_Down: 125,
    Qt.Key.Key_Up: 126,
    **dict(
        zip(
            range(Qt.Key.Key_F1, Qt.Key.Key_F20 + 1),
            (122, 120, 99, 118, 96, 97, 98, 100, 101, 109, 103, 111, 105, 107, 113, 106, 64, 79, 80, 90),
            strict=True,
        )
    ),
}
"""macOS' numbers of the keys: places on the keyboard, named after the US layout."""


class _KeyId(ctypes.Structure):
    _fields_ = (("signature", ctypes.c_uint32), ("number", ctypes.c_uint32))


class _EventKind(ctypes.Structure):
    _fields_ = (("group", ctypes.c_uint32), ("kind", ctypes.c_uint32))


_HANDLER = ctypes.CFUNCTYPE(ctypes.c_int32, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p)


class _MacKeys:
    why_not = ""

    def __init__(self, pressed: Pressed) -> None:
        self._pressed = pressed
        self._carbon: Any = ctypes.CDLL("/System/Library/Frameworks/Carbon.framework/Carbon")
        self._carbon.GetApplicationEventTarget.restype = ctypes.c_void_p
        self._carbon.UnregisterEventHotKey.argtypes = [ctypes.c_void_p]
        self._carbon.RemoveEventHandler.argtypes = [ctypes.c_void_p]
        self._target = ctypes.c_void_p(self._carbon.GetApplicationEventTarget())
        self._held: dict[int, tuple[str, ctypes.c_void_p]] = {}
        self._on_event = _HANDLER(self._heard)  # Carbon keeps only its address
        self._handler = ctypes.c_void_p()
        kind = _EventKind(_KEYBOARD, _HOT_KEY_PRESSED)
        self._carbon.InstallEventHandler(
            self._target,
            self._on_event,
            ctypes.c_ulong(1),
            ctypes.byref(kind),
            None,
            ctypes.byref(self._handler),
        )

    def hold(self, keys: Mapping[str, QKeyCombination]) -> Mapping[str, str]:
        self._let_go()
        refused = {}
        for number, (act, combination) in enumerate(keys.items(), 1):
            if (key := KEY_CODES.get(combination.key())) is None:
                refused[act] = _unknown()
                continue
            held = sum(bit for flag, bit in _CARBON_MODIFIERS if combination.keyboardModifiers() & flag)
            made = ctypes.c_void_p()
            status = self._carbon.RegisterEventHotKey(
                ctypes.c_uint32(key),
                ctypes.c_uint32(held),
                _KeyId(_SIGNATURE, number),
                self._target,
                ctypes.c_uint32(0),
                ctypes.byref(made),
            )
            if status == 0:
                self._held[number] = (act, made)
            elif ctypes.c_int32(status).value == _EXISTS:
                refused[act] = _taken()
            else:
                refused[act] = _tr("macOS refuses this key (error {code}).").format(code=status)
        return refused

    def close(self) -> None:
        self._let_go()
        self._carbon.RemoveEventHandler(self._handler)

    def _heard(self, _chain: int, event: int, _data: int) -> int:
        found = _KeyId()
        self._carbon.GetEventParameter(
            ctypes.c_void_p(event),
            ctypes.c_uint32(_DIRECT_OBJECT),
            ctypes.c_uint32(_HOT_KEY_ID),
            None,
            ctypes.c_ulong(ctypes.sizeof(found)),
            None,
            ctypes.byref(found),
        )
        if found.signature == _SIGNATURE and found.number in self._held:
            self._pressed(self._held[found.number][0])
        return 0

    def _let_go(self) -> None:
        for _, made in self._held.values():
            self._carbon.UnregisterEventHotKey(made)
        self._held = {}
