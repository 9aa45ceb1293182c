"""Key combinations on keyboards without Latin letters: a key is then known by its place.

A Russian or Greek keyboard has no R for Ctrl+Shift+R. A Hebrew one has it with Shift, so that Qt takes
Ctrl+Shift+R for Ctrl+R. The French 1 needs Shift. If the user also has a Latin layout, Qt finds the right
key; otherwise the place of the key on an American keyboard decides, as in other programs. A Latin letter
always means itself.
"""

from __future__ import annotations

import sys

from PySide6.QtCore import QCoreApplication, QKeyCombination, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent

_ROWS = {2: "1234567890-=", 16: "QWERTYUIOP[]", 30: "ASDFGHJKL;'`", 43: "\\ZXCVBNM,./"}
_PLACES = {code: sign for first, row in _ROWS.items() for code, sign in enumerate(row, first)}
_FIRST = {"linux": 8, "win32": 0}  # where systems begin to count keys; on others Qt knows better
_CHORD = (
    Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier
)
_ALT_GR = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier  # as Windows tells of it


def meant(event: QKeyEvent) -> QKeyCombination | None:
    """Return the combination at the same place of an American keyboard; None if the key is Latin anyway.

    A combination with Shift is returned as it is where only Shift makes the letter Latin: Qt misses it.
    """
    modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    if not modifiers & _CHORD or modifiers & Qt.KeyboardModifier.GroupSwitchModifier:
        return None
    if modifiers & _CHORD == _ALT_GR and event.text().isprintable():
        return None
    if modifiers & Qt.KeyboardModifier.ShiftModifier and Qt.Key.Key_A <= event.key() <= Qt.Key.Key_Z:
        return QKeyCombination(modifiers, Qt.Key(event.key()))
    sign = _sign(event)
    if not sign or not (is_foreign(event) or sign.isdecimal()) or event.key() == ord(sign):
        return None
    return QKeyCombination(modifiers, Qt.Key(ord(sign)))


def is_foreign(event: QKeyEvent) -> bool:
    """Return whether the key writes a letter that no American keyboard has."""
    return 0x7F < event.key() < 0x0100_0000


def send_as(combination: QKeyCombination) -> None:
    """Send this combination to the widget with the focus, for what fields do themselves, such as Paste."""
    target = QGuiApplication.focusObject()
    if target is not None:
        key, modifiers = combination.key(), combination.keyboardModifiers()
        QCoreApplication.sendEvent(target, QKeyEvent(QKeyEvent.Type.KeyPress, key, modifiers))


def _sign(event: QKeyEvent) -> str:
    """Return the character of the key on an American keyboard; empty if the system hides its place."""
    first = _FIRST.get(sys.platform)
    return "" if first is None else _PLACES.get(event.nativeScanCode() - first, "")
