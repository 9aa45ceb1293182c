"""A desktop's portal for the tests: org.freedesktop.portal.GlobalShortcuts on a session bus.

    python -m tests.ui.portal ADDRESS [refuse | none | silent]

Says "ready", then tells each BindShortcuts as a line of JSON; a line on standard input is the name of a
shortcut that the user presses.
"""

from __future__ import annotations

import json
import selectors
import sys

from jeepney import (
    DBusAddress,
    HeaderFields,
    MessageType,
    message_bus,
    new_error,
    new_method_return,
    new_signal,
)
from jeepney.io.blocking import open_dbus_connection

NAME, PATH = "org.freedesktop.portal.Desktop", "/org/freedesktop/portal/desktop"


def main(address: str, manner: str = "") -> None:
    connection = open_dbus_connection(address)
    connection.send_and_get_reply(message_bus.RequestName(NAME))
    emitter = DBusAddress(PATH, interface="org.freedesktop.portal.GlobalShortcuts")
    session = ""
    looks = selectors.DefaultSelector()
    looks.register(connection.sock, selectors.EVENT_READ)
    looks.register(0, selectors.EVENT_READ)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    while True:
        for key, _ in looks.select():
            if key.fd == 0:
                line = sys.stdin.readline().strip()
                if not line:
                    return
                connection.send(new_signal(emitter, "Activated", "osta{sv}", (session, line, 0, {})))
                continue
            message = connection.receive()
            fields = message.header.fields
            if message.header.message_type is not MessageType.method_call:
                continue
            member = fields[HeaderFields.member]
            sender = fields[HeaderFields.sender].removeprefix(":").replace(".", "_")
            if manner == "silent":
                continue
            if manner == "none":
                connection.send(new_error(message, "org.freedesktop.DBus.Error.UnknownMethod"))
                continue
            if member == "Close":
                sys.stdout.write('"closed"\n')
                sys.stdout.flush()
                connection.send(new_method_return(message))
                continue
            token = message.body[-1]["handle_token"][1]
            request = f"{PATH}/request/{sender}/{token}"
            connection.send(new_method_return(message, "o", (request,)))
            results: dict[str, object] = {}
            if member == "CreateSession":
                session = f"{PATH}/session/{sender}/{message.body[0]['session_handle_token'][1]}"
                results = {"session_handle": ("s", session)}
            else:
                asked = {name: {k: v for k, (_, v) in told.items()} for name, told in message.body[1]}
                sys.stdout.write(json.dumps(asked) + "\n")
                sys.stdout.flush()
                given = [(name, told) for name, told in message.body[1] if name != "speak"]
                results = {"shortcuts": ("a(sa{sv})", given)}
            code = 1 if manner == "refuse" and member == "BindShortcuts" else 0
            to = DBusAddress(request, interface="org.freedesktop.portal.Request")
            connection.send(new_signal(to, "Response", "ua{sv}", (code, results)))


if __name__ == "__main__":
    main(*sys.argv[1:])
