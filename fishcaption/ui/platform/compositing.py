"""Compositing: a window can be seen through, or it is black instead."""

from __future__ import annotations

from PySide6.QtGui import QGuiApplication

from fishcaption.ui.platform.xcb import Connection, XError

_COMPOSITOR = "_NET_WM_CM_S0"  # the selection that the compositor of the first X screen owns


def is_composited() -> bool:
    """Return whether what is below a see-through window is seen. Only on X11 it may be not."""
    if QGuiApplication.platformName() != "xcb":
        return True
    try:
        connection = Connection()
    except XError:
        return True
    try:
        return connection.has_owner(_COMPOSITOR)
    finally:
        connection.close()
