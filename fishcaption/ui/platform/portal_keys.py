"""Global keys on Wayland, through the desktop's portal org.freedesktop.portal.GlobalShortcuts.

The desktop asks the user for the keys; those we name are only a wish. Answers come at any time, as signals on
the session bus. They are read through jeepney, which the keyring library needs on Linux anyway. Tested
against a portal of our own in the tests, not on a real desktop.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from jeepney import DBusAddress, HeaderFields, MatchRule, Message, MessageType, message_bus, new_method_call
from jeepney.io.blocking import DBusConnection, open_dbus_connection
from PySide6.QtCore import QCoreApplication, QKeyCombination, QObject, QSocketNotifier, Qt, QTimer

ANSWER_MS = 10_000
"""Seconds within which the desktop must answer; it may then ask the user, who may take longer."""

_MODIFIERS = Qt.KeyboardModifier
Pressed = Callable[[str], None]
Refused = Callable[[Mapping[str, str]], None]

_NAME, _PATH = "org.freedesktop.portal.Desktop", "/org/freedesktop/portal/desktop"
_SHORTCUTS = DBusAddress(_PATH, bus_name=_NAME, interface="org.freedesktop.portal.GlobalShortcuts")

_KEY_NAMES = {
    Qt.Key.Key_Return: "Return",
    Qt.Key.Key_Enter: "KP_Enter",
    Qt.Key.Key_Space: "space",
    Qt.Key.Key_Tab: "Tab",
    Qt.Key.Key_Backspace: "BackSpace",
    Qt.Key.Key_Escape: "Escape",
    Qt.Key.Key_Insert: "Insert",
    Qt.Key.Key_Delete: "Delete",
    Qt.Key.Key_Pause: "Pause",
    Qt.Key.Key_ScrollLock: "Scroll_Lock",
    Qt.Key.Key_Print: "Print",
    Qt.Key.Key_Home: "Home",
    Qt.Key.Key_End: "End",
    Qt.Key.Key_PageUp: "Page_Up",
    Qt.Key.Key_PageDown: "Page_Down",
    Qt.Key.Key_Left: "Left",
    Qt.Key.Key_Right: "Right",
    Qt.Key.Key_Up: "Up",
    Qt.Key.Key_Down: "Down",
    Qt.Key.Key_Period: "period",
    Qt.Key.Key_Comma: "comma",
}


def trigger(combination: QKeyCombination) -> str:
    """Return the key in the portal's spelling ("CTRL+SHIFT+F10"); empty if it has no name there."""
    key = combination.key()
    if Qt.Key.Key_F1 <= key <= Qt.Key.Key_F35:
        name = f"F{key - Qt.Key.Key_F1 + 1}"
    elif key in _KEY_NAMES:
        name = _KEY_NAMES[key]
    elif key < 0x80 and chr(key).isalnum():
        name = chr(key).lower()
    else:
        return ""
    held = combination.keyboardModifiers()
    chord = [
        word
        for flag, word in (
            (_MODIFIERS.ControlModifier, "CTRL"),
            (_MODIFIERS.AltModifier, "ALT"),
            (_MODIFIERS.ShiftModifier, "SHIFT"),
            (_MODIFIERS.MetaModifier, "LOGO"),
        )
        if held & flag
    ]
    return "+".join([*chord, name])


class PortalKeys(QObject):
    """The shortcuts of one session with the portal; each `hold` begins a new session."""

    def __init__(self, pressed: Pressed, refused: Refused, bus: str = "SESSION") -> None:
        super().__init__()
        self.why_not = ""
        self._pressed = pressed
        self._refused = refused
        self._keys: Mapping[str, QKeyCombination] = {}
        self._waiting: dict[str, str] = {}  # a request's path -> what was asked
        self._calls: dict[int, str] = {}  # serial -> what was asked
        self._session = ""
        self._count = 0
        self._bus: DBusConnection | None = None
        self._silence = QTimer(self)
        self._silence.setSingleShot(True)
        self._silence.timeout.connect(self._on_silence)
        try:
            self._bus = open_dbus_connection(bus)
        except (OSError, KeyError, ValueError) as error:
            self.why_not = _tr("The desktop cannot be asked, because there is no session bus: {why}.").format(
                why=error
            )
            return
        for interface, member in (("Request", "Response"), ("GlobalShortcuts", "Activated")):
            rule = MatchRule(
                type="signal", interface=f"org.freedesktop.portal.{interface}", member=member, sender=_NAME
            )
            self._send(message_bus.AddMatch(rule))
        self._notifier = QSocketNotifier(self._bus.sock.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._on_readable)

    def hold(self, keys: Mapping[str, QKeyCombination]) -> Mapping[str, str]:
        if self._bus is None:
            return dict.fromkeys(keys, self.why_not)
        self._keys = keys
        self._end_session()
        if keys:
            token = self._request("create")
            options = {"handle_token": ("s", token), "session_handle_token": ("s", f"{token}_session")}
            self._send(new_method_call(_SHORTCUTS, "CreateSession", "a{sv}", (options,)), "create")
            self._silence.start(ANSWER_MS)
        return {}

    def close(self) -> None:
        if self._bus is not None:
            self._end_session()
            self._notifier.setEnabled(False)
            self._bus.close()
            self._bus = None

    # -- the conversation --------------------------------------------------------------------------

    def _bind(self) -> None:
        shortcuts = []
        for act, combination in self._keys.items():
            fields = {"description": ("s", _described(act))}
            if wish := trigger(combination):
                fields["preferred_trigger"] = ("s", wish)
            shortcuts.append((act, fields))
        options = {"handle_token": ("s", self._request("bind"))}
        body = (self._session, shortcuts, "", options)
        self._send(new_method_call(_SHORTCUTS, "BindShortcuts", "oa(sa{sv})sa{sv}", body), "bind")

    def _end_session(self) -> None:
        self._waiting.clear()
        self._silence.stop()
        if self._session:
            session = DBusAddress(self._session, bus_name=_NAME, interface="org.freedesktop.portal.Session")
            self._send(new_method_call(session, "Close"))
            self._session = ""

    def _request(self, what: str) -> str:
        """Return a token for a request, and wait for its answer from now on."""
        assert self._bus is not None
        self._count += 1
        token = f"fishcaption_{self._count}"
        sender = str(self._bus.unique_name).removeprefix(":").replace(".", "_")
        self._waiting[f"{_PATH}/request/{sender}/{token}"] = what
        return token

    def _send(self, message: Message, what: str = "") -> None:
        assert self._bus is not None
        serial = next(self._bus.outgoing_serial)
        if what:
            self._calls[serial] = what
        self._bus.send(message, serial=serial)

    def _on_readable(self) -> None:
        while self._bus is not None:
            try:
                message = self._bus.receive(timeout=0)
            except TimeoutError:
                return
            except OSError:  # the session has ended
                self._notifier.setEnabled(False)
                return
            self._take(message)

    def _take(self, message: Message) -> None:
        fields = message.header.fields
        if message.header.message_type is MessageType.signal:
            if fields.get(HeaderFields.member) == "Activated" and message.body[0] == self._session:
                self._pressed(str(message.body[1]))
            elif what := self._waiting.pop(str(fields.get(HeaderFields.path)), ""):
                self._answered(what, *message.body)
            return
        what = self._calls.pop(int(fields.get(HeaderFields.reply_serial, -1)), "")
        if what and message.header.message_type is MessageType.error:
            self._give_up(_tr("This desktop has no portal for global keys (GlobalShortcuts)."))
        elif what and str(message.body[0]) not in self._waiting:
            # a portal of before version 0.9 chooses the path of the request itself
            self._waiting[str(message.body[0])] = what

    def _on_silence(self) -> None:
        self._give_up(
            _tr("The desktop's portal for global keys does not answer. Log in again to restart it.")
        )

    def _give_up(self, why: str) -> None:
        self._silence.stop()
        self.why_not = why
        self._refused(dict.fromkeys(self._keys, why))

    def _answered(self, what: str, code: int, results: Mapping[str, Any]) -> None:
        self._silence.stop()
        if code:
            words = _tr("The use of these keys was not allowed.")
            self._refused(dict.fromkeys(self._keys, words))
        elif what == "create":
            self.why_not = ""
            self._session = str(results["session_handle"][1])
            self._bind()
        else:
            bound = {entry[0] for entry in results.get("shortcuts", ("", []))[1]}
            none = _tr("The desktop set no key for this.")
            self._refused({act: "" if act in bound else none for act in self._keys})


def _tr(words: str) -> str:
    return QCoreApplication.translate("GlobalKeys", words)


def _described(act: str) -> str:
    return {
        "speak": _tr("Speak what is typed"),
        "stop": _tr("Stop speaking"),
        "quick_box": _tr("Type a few words to speak"),
        "attention": _tr("Attention sound"),
        "next": _tr("Speak the next cue of the script"),
    }.get(act, act)
