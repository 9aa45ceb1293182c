"""A keyring for a program that a test starts: what the test has put into a file."""

from __future__ import annotations

import json
import os
from pathlib import Path

from keyring.backend import KeyringBackend

NAME = f"{__name__}.FileKeyring"
"""PYTHON_KEYRING_BACKEND's word for it."""
VARIABLE = "TEST_KEYRING_FILE"


class FileKeyring(KeyringBackend):
    """Passwords by account, in a JSON file that VARIABLE names."""

    priority = 5

    def get_password(self, service: str, username: str) -> str | None:
        found: str | None = _read().get(username)
        return found

    def set_password(self, service: str, username: str, password: str) -> None:
        put({**_read(), username: password})

    def delete_password(self, service: str, username: str) -> None:
        put({**_read(), username: ""})


def put(passwords: dict[str, str], path: Path | None = None) -> None:
    """Have the keyring hold these; another process may read it meanwhile."""
    path = path or _path()
    beside = path.with_suffix(".new")
    beside.write_text(json.dumps(passwords), "utf-8")
    beside.replace(path)


def _path() -> Path:
    return Path(os.environ[VARIABLE])


def _read() -> dict[str, str]:
    found: dict[str, str] = json.loads(_path().read_text("utf-8")) if _path().exists() else {}
    return found
