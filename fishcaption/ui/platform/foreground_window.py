"""The window in front, of any program: which one it is, and how to bring it back to the front.

X11 and Windows name the window, macOS the application. On Wayland no program may know or choose it. There,
and wherever a call fails, our window is only hidden, and the desktop chooses the next one: mostly the one
before.
"""

from __future__ import annotations

import ctypes
from typing import Any, Protocol

from PySide6.QtGui import QGuiApplication

from fishcaption.ui.platform.xcb import Connection, XError


class ForegroundWindow(Protocol):
    """Tells which window is in front. Handles are the platform's own; 0 means none."""

    def window(self) -> int:
        """Return the window that is in front now, of whatever program."""
        ...

    def bring(self, window: int) -> None:
        """Bring the window to the front and give it the focus; nothing happens if it is gone."""
        ...


class _Nobody:
    def window(self) -> int:
        return 0

    def bring(self, window: int) -> None:
        pass


class _X11:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def window(self) -> int:
        return self._connection.active_window()

    def bring(self, window: int) -> None:
        if window:
            self._connection.activate(window)


class _Windows:
    def __init__(self) -> None:
        self._user: Any = ctypes.CDLL("user32")
        self._user.GetForegroundWindow.restype = ctypes.c_void_p
        self._user.SetForegroundWindow.argtypes = [ctypes.c_void_p]

    def window(self) -> int:
        return self._user.GetForegroundWindow() or 0

    def bring(self, window: int) -> None:
        if window:
            self._user.SetForegroundWindow(window)


class _Mac:
    """Works through Objective-C's runtime. A handle is the application's process id."""

    _IGNORING_OTHERS = 2

    def __init__(self) -> None:
        self._objc: Any = ctypes.CDLL("/usr/lib/libobjc.A.dylib")
        ctypes.CDLL("/System/Library/Frameworks/AppKit.framework/AppKit")
        self._objc.objc_getClass.restype = ctypes.c_void_p
        self._objc.sel_registerName.restype = ctypes.c_void_p

    def window(self) -> int:
        space = self._send(self._class("NSWorkspace"), "sharedWorkspace")
        front = self._send(space, "frontmostApplication")
        return int(self._send(front, "processIdentifier", result=ctypes.c_int32) or 0) if front else 0

    def bring(self, window: int) -> None:
        if not window:
            return
        kind = self._class("NSRunningApplication")
        running = self._send(
            kind, "runningApplicationWithProcessIdentifier:", (ctypes.c_int32, window), result=ctypes.c_void_p
        )
        if running:
            self._send(running, "activateWithOptions:", (ctypes.c_ulong, self._IGNORING_OTHERS))

    def _class(self, name: str) -> int:
        found: int = self._objc.objc_getClass(name.encode())
        return found

    def _send(
        self, target: int, name: str, *arguments: tuple[Any, int], result: Any = ctypes.c_void_p
    ) -> Any:
        kinds = [ctypes.c_void_p, ctypes.c_void_p, *(kind for kind, _ in arguments)]
        # objc_msgSend is called as the method it finds: each call has its own prototype
        call = ctypes.CFUNCTYPE(result, *kinds)(("objc_msgSend", self._objc))
        return call(target, self._objc.sel_registerName(name.encode()), *(value for _, value in arguments))


def front() -> ForegroundWindow:
    """Return the foreground window of this desktop. The QApplication must exist."""
    platform = QGuiApplication.platformName()
    if platform == "windows":
        return _Windows()
    if platform == "cocoa":
        return _Mac()
    if platform == "xcb":
        try:
            return _X11(Connection())
        except XError:
            return _Nobody()
    return _Nobody()
