"""A hand on the keyboard and an eye on the screen of a private X server, exact to less than a millisecond.

Keys are sent by the server's test extension; pixels are asked of the server, which has drawn what it answers
with. Times are of `time.perf_counter`. Linux only.
"""

from __future__ import annotations

import ctypes
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[np.uint32]  # 0x00RRGGBB

_EVERY_PLANE = ctypes.c_ulong(-1)
_Z_PIXMAP = 2


class _Image(ctypes.Structure):
    """The beginning of XImage."""

    _fields_ = (
        ("width", ctypes.c_int),
        ("height", ctypes.c_int),
        ("xoffset", ctypes.c_int),
        ("format", ctypes.c_int),
        ("data", ctypes.POINTER(ctypes.c_uint32)),
        ("byte_order", ctypes.c_int),
        ("bitmap_unit", ctypes.c_int),
        ("bitmap_bit_order", ctypes.c_int),
        ("bitmap_pad", ctypes.c_int),
        ("depth", ctypes.c_int),
        ("bytes_per_line", ctypes.c_int),
        ("bits_per_pixel", ctypes.c_int),
    )


class Screen:
    """The display of that name. For one thread."""

    def __init__(self, display: str) -> None:
        self._x: Any = ctypes.CDLL("libX11.so.6")
        self._test: Any = ctypes.CDLL("libXtst.so.6")
        self._x.XOpenDisplay.restype = ctypes.c_void_p
        self._x.XDefaultRootWindow.restype = ctypes.c_ulong
        self._x.XGetImage.restype = ctypes.POINTER(_Image)
        self._x.XStringToKeysym.restype = ctypes.c_ulong
        self._display = ctypes.c_void_p(self._x.XOpenDisplay(display.encode()))
        if self._display.value is None:
            raise OSError(f"there is no display {display}")
        self._root = ctypes.c_ulong(self._x.XDefaultRootWindow(self._display))
        self._unfocused = self._focus()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._x.XCloseDisplay(self._display)

    def press(self, *names: str) -> float:
        """Press these keys together and let them go; when the last of them went down."""
        codes = [self._code(name) for name in names]
        for code in codes:
            self._test.XTestFakeKeyEvent(self._display, code, 1, 0)
        pressed = time.perf_counter()
        for code in reversed(codes):
            self._test.XTestFakeKeyEvent(self._display, code, 0, 0)
        self._x.XFlush(self._display)
        return pressed

    def has_focus(self) -> bool:
        """Whether keys go to another window than when no program was there."""
        return self._focus() != self._unfocused

    def line(self, x: int, y: int, width: int) -> Pixels:
        """A line of pixels as they are shown now."""
        image = self._x.XGetImage(self._display, self._root, x, y, width, 1, _EVERY_PLANE, _Z_PIXMAP)
        if not image:
            raise OSError("the screen cannot be read there")
        pixels = np.ctypeslib.as_array(image.contents.data, (width,)) & np.uint32(0xFFFFFF)
        self._x.XDestroyImage(image)
        return pixels

    def wait(
        self, is_so: Callable[[], bool], timeout_seconds: float = 20.0, look_seconds: float = 0.001
    ) -> float:
        """Look until something is so; when it was. Raises TimeoutError."""
        end = time.perf_counter() + timeout_seconds
        while True:
            found, now = is_so(), time.perf_counter()
            if found:
                return now
            if now > end:
                raise TimeoutError("it does not come about on the screen")
            _pause(look_seconds)

    def _focus(self) -> int:
        window, mode = ctypes.c_ulong(0), ctypes.c_int(0)
        self._x.XGetInputFocus(self._display, ctypes.byref(window), ctypes.byref(mode))
        return window.value

    def _code(self, name: str) -> int:
        symbol = self._x.XStringToKeysym(name.encode())
        code = int(self._x.XKeysymToKeycode(self._display, ctypes.c_ulong(symbol)))
        if not code:
            raise ValueError(f"no key is called {name}")
        return code


def _pause(seconds: float) -> None:
    time.sleep(seconds)  # noqa: TID251  the screen tells nobody that it has changed
