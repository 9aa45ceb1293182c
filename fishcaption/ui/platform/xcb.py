"""The X server, for what Qt does not offer: global keys, and the window in front.

It uses libxcb and libxcb-keysyms through ctypes. Qt's X11 plugin loads both anyway: nothing more to install,
and no other licence. Unlike in Xlib, each error is returned to its caller, and not to a global handler that
Qt may have set, too. The connection is our own: its events are read only here.
"""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

SHIFT, LOCK, CONTROL = 1, 2, 4
_BAD_ACCESS = 10  # another program holds the grab
_KEY_PRESS, _KEY_RELEASE, _CLIENT_MESSAGE, _MAPPING_NOTIFY = 2, 3, 33, 34
_ASYNC = 1
_SUBSTRUCTURE = 0x80000 | 0x100000  # what a window manager listens to on the root window
_SOURCE_PAGER = 2  # asked for by the user, not by the program: window managers obey
_ANY, _PARENT = 0, 2


class _Cookie(ctypes.Structure):
    _fields_ = (("sequence", ctypes.c_uint),)


class _Screens(ctypes.Structure):
    _fields_ = (("data", ctypes.POINTER(ctypes.c_uint32)), ("rem", ctypes.c_int), ("index", ctypes.c_int))


class _Event(ctypes.Structure):
    """xcb_key_press_event_t; the other kinds share its beginning."""

    _fields_ = (
        ("kind", ctypes.c_uint8),
        ("detail", ctypes.c_uint8),
        ("sequence", ctypes.c_uint16),
        ("time", ctypes.c_uint32),
        ("windows", ctypes.c_uint32 * 3),
        ("places", ctypes.c_int16 * 4),
        ("state", ctypes.c_uint16),
        ("same_screen", ctypes.c_uint8),
        ("padding", ctypes.c_uint8),
    )


@dataclass(frozen=True, slots=True)
class KeyEvent:
    """A grabbed key went down or up. ``moment`` is in milliseconds of the server's clock, which wraps."""

    keycode: int
    modifiers: int
    moment: int
    is_press: bool


class XError(Exception):
    """There is no X server, or it is gone."""


class Taken(Exception):
    """Another program has grabbed this key."""


class Connection:
    """A connection to the X server of ``display``, or of the environment. Raises XError."""

    def __init__(self, display: str | None = None) -> None:
        try:
            self._xcb: Any = ctypes.CDLL("libxcb.so.1")
            self._keysyms: Any = ctypes.CDLL("libxcb-keysyms.so.1")
        except OSError as error:
            raise XError(str(error)) from error
        self._free: Any = ctypes.CDLL(None).free
        self._free.argtypes = [ctypes.c_void_p]
        self._declare()
        number = ctypes.c_int(0)
        self._c = ctypes.c_void_p(
            self._xcb.xcb_connect(display.encode() if display else None, ctypes.byref(number))
        )
        if self._xcb.xcb_connection_has_error(self._c):
            self._xcb.xcb_disconnect(self._c)
            raise XError(f"there is no X server {display or os.environ.get('DISPLAY', '')}".strip())
        screens = self._xcb.xcb_setup_roots_iterator(ctypes.c_void_p(self._xcb.xcb_get_setup(self._c)))
        for _ in range(number.value):
            self._xcb.xcb_screen_next(ctypes.byref(screens))
        self.root = int(screens.data[0])
        self._symbols = ctypes.c_void_p(self._keysyms.xcb_key_symbols_alloc(self._c))

    def _declare(self) -> None:
        xcb, pointer, u8, u16, u32 = (
            self._xcb,
            ctypes.c_void_p,
            ctypes.c_uint8,
            ctypes.c_uint16,
            ctypes.c_uint32,
        )
        for name, result, *arguments in (
            ("xcb_connect", pointer, ctypes.c_char_p, pointer),
            ("xcb_disconnect", None, pointer),
            ("xcb_connection_has_error", ctypes.c_int, pointer),
            ("xcb_get_file_descriptor", ctypes.c_int, pointer),
            ("xcb_get_setup", pointer, pointer),
            ("xcb_setup_roots_iterator", _Screens, pointer),
            ("xcb_flush", ctypes.c_int, pointer),
            ("xcb_poll_for_event", ctypes.POINTER(_Event), pointer),
            ("xcb_intern_atom", _Cookie, pointer, u8, u16, ctypes.c_char_p),
            ("xcb_get_property", _Cookie, pointer, u8, u32, u32, u32, u32, u32),
            ("xcb_get_property_value", pointer, pointer),
            ("xcb_get_property_value_length", ctypes.c_int, pointer),
            ("xcb_get_selection_owner", _Cookie, pointer, u32),
            ("xcb_get_input_focus", _Cookie, pointer),
            ("xcb_set_input_focus", _Cookie, pointer, u8, u32, u32),
            ("xcb_get_modifier_mapping", _Cookie, pointer),
            ("xcb_send_event", _Cookie, pointer, u8, u32, u32, ctypes.c_char_p),
            ("xcb_grab_key_checked", _Cookie, pointer, u8, u32, u16, u8, u8, u8),
            ("xcb_ungrab_key", _Cookie, pointer, u8, u32, u16),
            ("xcb_request_check", pointer, pointer, _Cookie),
        ):
            function = getattr(xcb, name)
            function.restype, function.argtypes = result, arguments
        asked = (
            "intern_atom",
            "get_property",
            "get_selection_owner",
            "get_input_focus",
            "get_modifier_mapping",
        )
        for name in asked:
            function = getattr(xcb, f"xcb_{name}_reply")
            function.restype, function.argtypes = pointer, [pointer, _Cookie, pointer]
        keysyms = self._keysyms
        keysyms.xcb_key_symbols_alloc.restype, keysyms.xcb_key_symbols_alloc.argtypes = pointer, [pointer]
        keysyms.xcb_key_symbols_free.argtypes = [pointer]
        keysyms.xcb_key_symbols_get_keycode.restype = ctypes.POINTER(u8)
        keysyms.xcb_key_symbols_get_keycode.argtypes = [pointer, u32]
        keysyms.xcb_key_symbols_get_keysym.restype = u32
        keysyms.xcb_key_symbols_get_keysym.argtypes = [pointer, u8, ctypes.c_int]
        keysyms.xcb_refresh_keyboard_mapping.argtypes = [pointer, pointer]

    def close(self) -> None:
        """End the connection; every grab ends with it."""
        if self._c.value is not None:
            self._keysyms.xcb_key_symbols_free(self._symbols)
            self._xcb.xcb_disconnect(self._c)
            self._c = ctypes.c_void_p(None)

    def fileno(self) -> int:
        """Return the file descriptor that is readable when `events` has something to return."""
        return int(self._xcb.xcb_get_file_descriptor(self._c))

    def is_broken(self) -> bool:
        """Return whether the connection to the X server is lost."""
        return bool(self._xcb.xcb_connection_has_error(self._c))

    # -- keys --------------------------------------------------------------------------------------

    def keycodes(self, keysym: int) -> list[tuple[int, int]]:
        """Return the keys that give this symbol, each with the modifiers it needs: none, or Shift."""
        found = self._keysyms.xcb_key_symbols_get_keycode(self._symbols, keysym)
        if not found:
            return []
        codes = []
        for index in range(256):
            if not (code := int(found[index])):
                break
            plain = self._keysyms.xcb_key_symbols_get_keysym(self._symbols, code, 0)
            codes.append((code, 0 if plain == keysym else SHIFT))
        self._free(found)
        return codes

    def modifier(self, *keysyms: int) -> int:
        """Return the modifier bit of a key with one of these symbols; 0 if none has one."""
        codes = {code for keysym in keysyms for code, _ in self.keycodes(keysym)}
        reply = self._xcb.xcb_get_modifier_mapping_reply(
            self._c, self._xcb.xcb_get_modifier_mapping(self._c), None
        )
        if not reply:
            return 0
        width = ctypes.c_uint8.from_address(reply + 1).value
        held = ctypes.string_at(reply + 32, 8 * width)
        self._free(reply)
        for index in range(8):
            if codes & set(held[index * width : (index + 1) * width]):
                return 1 << index
        return 0

    def grab(self, keycode: int, modifiers: int) -> None:
        """Get this key from now on, whatever window has the focus. Raises Taken."""
        cookie = self._xcb.xcb_grab_key_checked(self._c, 0, self.root, modifiers, keycode, _ASYNC, _ASYNC)
        error = self._xcb.xcb_request_check(self._c, cookie)
        if error:
            code = ctypes.c_uint8.from_address(error + 1).value
            self._free(error)
            if code == _BAD_ACCESS:
                raise Taken
            raise XError(f"the X server refuses the key: error {code}")

    def ungrab(self, keycode: int, modifiers: int) -> None:
        """Release this key to the other programs."""
        self._xcb.xcb_ungrab_key(self._c, keycode, self.root, modifiers)
        self._xcb.xcb_flush(self._c)

    def events(self) -> Iterator[KeyEvent | None]:
        """Return the events of grabbed keys; None means that the keyboard layout has changed."""
        while event := self._xcb.xcb_poll_for_event(self._c):
            kind, seen = event.contents.kind & 0x7F, event.contents
            happened: KeyEvent | None = None
            if kind == _MAPPING_NOTIFY:
                self._keysyms.xcb_refresh_keyboard_mapping(self._symbols, event)
            elif kind in (_KEY_PRESS, _KEY_RELEASE):
                happened = KeyEvent(seen.detail, seen.state, seen.time, kind == _KEY_PRESS)
            self._free(event)
            if happened is not None or kind == _MAPPING_NOTIFY:
                yield happened

    # -- windows -----------------------------------------------------------------------------------

    def active_window(self) -> int:
        """Return the window in front (asking the window manager), else the one with the focus; 0: none."""
        told = self._property(self.root, self._atom("_NET_ACTIVE_WINDOW"))
        if told:
            return told[0]
        reply = self._xcb.xcb_get_input_focus_reply(self._c, self._xcb.xcb_get_input_focus(self._c), None)
        if not reply:
            return 0
        window = ctypes.c_uint32.from_address(reply + 8).value
        self._free(reply)
        return 0 if window in (0, 1, self.root) else window

    def activate(self, window: int) -> None:
        """Bring a window to the front and give it the focus; nothing happens if it is gone."""
        active = self._atom("_NET_ACTIVE_WINDOW")
        if active in self._property(self.root, self._atom("_NET_SUPPORTED")):
            fields: Sequence[int] = (_SOURCE_PAGER, 0, 0, 0, 0)
            message = bytes((_CLIENT_MESSAGE, 32, 0, 0)) + b"".join(
                value.to_bytes(4, sys.byteorder) for value in (window, active, *fields)
            )
            self._xcb.xcb_send_event(self._c, 0, self.root, _SUBSTRUCTURE, message)
        else:
            self._xcb.xcb_set_input_focus(self._c, _PARENT, window, 0)
        self._xcb.xcb_flush(self._c)

    def has_owner(self, selection: str) -> bool:
        """Return whether a program owns this selection."""
        cookie = self._xcb.xcb_get_selection_owner(self._c, self._atom(selection))
        reply = self._xcb.xcb_get_selection_owner_reply(self._c, cookie, None)
        if not reply:
            return False
        owner = ctypes.c_uint32.from_address(reply + 8).value
        self._free(reply)
        return owner != 0

    def _atom(self, name: str) -> int:
        cookie = self._xcb.xcb_intern_atom(self._c, 0, len(name), name.encode())
        reply = self._xcb.xcb_intern_atom_reply(self._c, cookie, None)
        if not reply:
            return 0
        atom = ctypes.c_uint32.from_address(reply + 8).value
        self._free(reply)
        return atom

    def _property(self, window: int, atom: int) -> list[int]:
        cookie = self._xcb.xcb_get_property(self._c, 0, window, atom, _ANY, 0, 1024)
        reply = self._xcb.xcb_get_property_reply(self._c, cookie, None)
        if not reply:
            return []
        count = self._xcb.xcb_get_property_value_length(reply) // 4
        values = (ctypes.c_uint32 * count).from_address(self._xcb.xcb_get_property_value(reply))
        found = [int(value) for value in values] if count else []
        self._free(reply)
        return found
