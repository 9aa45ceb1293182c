"""The screen: Qt's application on it, or a sentence why there is none.

Where Qt finds no screen it ends the process by SIGABRT. It says so just before; then the process ends with a
sentence for people and exit code 1 instead. A normal start pays nothing for it, and nothing here has to know
what Qt does to find a screen.
"""

from __future__ import annotations

import logging
import os
import sys
from pathlib import Path
from typing import Final, NoReturn

import PySide6
from PySide6.QtCore import QtMsgType, qInstallMessageHandler
from PySide6.QtWidgets import QApplication

from fishcaption import terminal
from fishcaption.core.errors import FishCaptionError

_CODE: Final = FishCaptionError.exit_code
_LONGEST: Final = 200  # of what the environment and the system say is shown
_KINDS: Final = {"WAYLAND_DISPLAY": "wayland", "DISPLAY": "xcb"}
_SAY_WHERE: Final = (*_KINDS, "QT_QPA_PLATFORM", "QT_QPA_PLATFORM_PLUGIN_PATH", "QT_PLUGIN_PATH")
_GONE: Final = (
    "connection broke",
    "connection to the X server was lost",
)  # Qt's words; it ends by itself then
_WITHOUT: Final = "Without a screen, “fishcaption say” speaks."


class Screen:
    """The application on its screen. What Qt says goes to the log, and to the terminal what ends the process.

    Raises FishCaptionError where there is no screen, or ends the process with its exit code.
    """

    def __init__(self) -> None:
        self.is_gone = False  # that was told; nothing that comes after it is a bug of ours
        self._is_opening = True
        qInstallMessageHandler(self._hear)
        self.application = QApplication(sys.argv[:1])
        if not self.application.screens():
            raise no_screen()
        self._is_opening = False

    def leave(self) -> None:
        """End the process if the screen has gone: what Qt takes down without one may crash."""
        if self.is_gone:
            os._exit(_CODE)

    def _hear(self, kind: QtMsgType, _context: object, message: str) -> None:
        level = logging.INFO if kind in (QtMsgType.QtDebugMsg, QtMsgType.QtInfoMsg) else logging.WARNING
        logging.getLogger("qt").log(level, "%s", message)
        if kind == QtMsgType.QtFatalMsg and self._is_opening:
            _end(no_screen())
        if any(words in message for words in _GONE) and not self.is_gone:
            self.is_gone = True  # Qt says so several times, and ends the loop or the process
            terminal.err("fishcaption: The screen is gone, and the window with it. What was typed is kept.\n")


def _end(error: FishCaptionError) -> NoReturn:
    """End without Qt's abort; nothing is open yet that would have to be closed."""
    terminal.err(f"fishcaption: {error}\n  {error.hint}\n")
    os._exit(_CODE)


def no_screen() -> FishCaptionError:
    """Find out why there is no screen, where there is none."""
    if sys.platform != "linux":
        return FishCaptionError("Qt cannot open the screen.", hint=f"Log in to a desktop. {_WITHOUT}")
    plugins = Path(PySide6.__file__).parent / "Qt" / "plugins" / "platforms"
    chosen = [part.partition(":")[0] for part in os.environ.get("QT_QPA_PLATFORM", "").split(";") if part]
    there = [name for name in chosen if (plugins / f"libq{name}.so").exists()]
    told = [f"{name} is “{_shown(os.environ[name])}”" for name in _SAY_WHERE if os.environ.get(name)]
    if chosen and not there:
        return FishCaptionError(
            f"Qt knows no screen of that kind: {', '.join(told)}.",
            hint="Remove QT_QPA_PLATFORM from the environment, or set it to xcb or wayland.",
        )
    kinds = there or [kind for name, kind in _KINDS.items() if os.environ.get(name)]
    for kind in kinds:
        if why := _unloadable(plugins / f"libq{kind}.so"):
            return _library_missing(why)
    if not told:
        return FishCaptionError(
            "There is no screen: neither DISPLAY nor WAYLAND_DISPLAY is set.",
            hint=f"Start it in a desktop, or over ssh with “ssh -X”. {_WITHOUT}",
        )
    if "wayland" in kinds and not os.environ.get("XDG_RUNTIME_DIR"):
        told.append("XDG_RUNTIME_DIR, where Wayland's screen is looked for, is not set")
    return FishCaptionError(
        f"The screen cannot be opened: {', '.join(told)}.",
        hint=f"Start it from a terminal of the desktop, as the user who is logged in there. {_WITHOUT}",
    )


def _unloadable(plugin: Path) -> str:
    """Why the system cannot load Qt's part for a kind of screen; empty where it can."""
    import ctypes

    try:
        ctypes.CDLL(str(plugin))
    except OSError as error:
        return str(error)
    return ""


def _library_missing(why: str) -> FishCaptionError:
    from fishcaption.doctor import library_missing

    return library_missing(why)


def _shown(words: str) -> str:
    return words if len(words) <= _LONGEST else f"{words[:_LONGEST]}…"
