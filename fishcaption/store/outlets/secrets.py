"""The secrets of outlets, such as the links of meetings: in the system's keyring, each by its outlet's id.

As in `store.keys`, every function may block: call them in a thread, and wait no longer than there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from secrets import token_urlsafe
from typing import Final

from fishcaption.core.errors import StorageError
from fishcaption.store.keys import SERVICE, Secret, keyrings, translated

_SECRET: Final = Secret(
    "the outlet's link or password", "It is used until the program ends. To keep it, install a keyring."
)
_MADE_BYTES: Final = 16


def find(outlet: str, names: Iterable[str]) -> dict[str, str]:
    """Return the secrets of an outlet that are in the keyring, by name. Raises StorageError."""
    found: dict[str, str] = {}
    for backend in keyrings("read", _SECRET):
        for name in names:
            with translated("read", _SECRET):
                secret = backend.get_password(SERVICE, _account(outlet, name))
            if secret:
                found.setdefault(name, secret)
    return found


def new(names: Iterable[str]) -> dict[str, str]:
    """Return a new secret for each of these names, of those that the program makes."""
    return {name: token_urlsafe(_MADE_BYTES) for name in names}


def save(outlet: str, secrets: Mapping[str, str]) -> None:
    """Keep these secrets of an outlet, by name; an empty one is removed. Raises StorageError."""
    backends = keyrings("saved", _SECRET)
    if not backends and any(secrets.values()):
        raise StorageError("This system has no keyring to keep a link or password in.", hint=_SECRET.hint)
    for name, secret in secrets.items():
        if secret:
            with translated("saved", _SECRET):
                backends[0].set_password(SERVICE, _account(outlet, name), secret)
    forget(outlet, [name for name, secret in secrets.items() if not secret])


def forget(outlet: str, names: Iterable[str]) -> None:
    """Take these secrets of an outlet out of the keyring, where they are in it. Raises StorageError."""
    backends = keyrings("removed", _SECRET)
    from keyring.errors import PasswordDeleteError

    for backend in backends:
        for name in names:
            with translated("removed", _SECRET), suppress(PasswordDeleteError):  # none was there
                backend.delete_password(SERVICE, _account(outlet, name))


def _account(outlet: str, name: str) -> str:
    return f"outlet/{outlet}/{name}"
