"""Fish Audio keys: in FISH_API_KEY or in the system's keyring, never in a file of ours, a log or an error.

There may be several (`core.account.named_keys`), each with an entry of its own in the keyring: some keyrings
bound the size of one (Windows: 1,280 characters).

Every function may block: for ever if a keyring's service is silent, or while the user types its password.
Call them in a thread and wait `ANSWER_SECONDS`; after that, tell the error of `silent`.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from fishcaption.core.account.named_keys import FIRST_KEY
from fishcaption.core.errors import FishCaptionError, InputError, StorageError

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

ENVIRONMENT = "FISH_API_KEY"
ANSWER_SECONDS = 15.0
SERVICE = "fishcaption"
"""The name under which all our secrets are in a keyring."""

_ACCOUNT = "fish-audio"
_ID_BYTES = 4
_WITHOUT_KEYRING = (
    "The key is used until the program ends. To keep it, set FISH_API_KEY or install a keyring."
)


class KeyPlace(Enum):
    """The place of a key."""

    NOWHERE = "nowhere"
    ENVIRONMENT = "environment"
    KEYRING = "keyring"
    SESSION = "session"  # in this program's memory only


@dataclass(frozen=True, slots=True)
class FoundKey:
    """A key and its place; no repr shows the key."""

    key: str = field(repr=False)
    place: KeyPlace


def checked(key: str) -> str:
    """Return the key if it has the form of one. Raises InputError, which does not quote it."""
    if not key:
        raise InputError("The key is empty.", hint="Copy it whole from the page where it was made.")
    if not key.isascii() or not key.isprintable() or " " in key:
        raise InputError(
            "The key holds a line break, a blank or another sign that no key has.",
            hint="Copy it again, alone, without the text around it.",
        )
    return key


def silent() -> StorageError:
    """Return the error for a keyring that has not answered in time."""
    return StorageError(
        "The system's keyring does not answer.",
        hint="If it asks for its password, enter that and try again. Or restart it, or put the key into the"
        f" environment as {ENVIRONMENT}.",
    )


def new_id() -> str:
    """Return an id for another key."""
    return secrets.token_hex(_ID_BYTES)


def find(id: str = FIRST_KEY) -> FoundKey | None:
    """Return the key of the environment, else that with this id of the keyring; None if there is neither.

    Raises InputError for a malformed key, StorageError if a keyring refuses to open.
    """
    if key := os.environ.get(ENVIRONMENT):
        return FoundKey(checked(key), KeyPlace.ENVIRONMENT)
    for backend in keyrings("read"):
        with translated("read"):
            key = backend.get_password(SERVICE, _account(id))
        if key:
            return FoundKey(checked(key), KeyPlace.KEYRING)
    return None


def save(key: str, id: str = FIRST_KEY) -> None:
    """Keep the key with this id in the keyring. Raises InputError, or StorageError if there is none."""
    key = checked(key)
    backends = keyrings("saved")
    if not backends:
        raise StorageError("This system has no keyring to keep the key in.", hint=_WITHOUT_KEYRING)
    with translated("saved"):
        backends[0].set_password(SERVICE, _account(id), key)


def forget(id: str = FIRST_KEY) -> None:
    """Take the key with this id out of the keyring; nothing happens if there is none. Raises StorageError."""
    backends = keyrings("removed")
    from keyring.errors import PasswordDeleteError

    for backend in backends:
        with translated("removed"):
            try:
                backend.delete_password(SERVICE, _account(id))
            except PasswordDeleteError:  # none was there
                continue


def _account(id: str) -> str:
    return f"{_ACCOUNT}:{id}" if id else _ACCOUNT


class Secret(NamedTuple):
    """A sort of secret in the words of errors: what it is, and what to do where it cannot be kept."""

    what: str
    hint: str


_FISH_KEY = Secret("the key", _WITHOUT_KEYRING)


def keyrings(wish: str, secret: Secret = _FISH_KEY) -> list[KeyringBackend]:
    """Return the system's keyrings, the best first, without those that keep nothing, or write plain text.

    Raises StorageError if the setting that names one is wrong; `wish` is a word of its sentence ("read").
    """
    with translated(wish, secret):
        import keyring  # which looks for the one that is named as soon as it is imported
        from keyring.backends import chainer, fail, null

        current = keyring.get_keyring()
        members = list(current.backends) if isinstance(current, chainer.ChainerBackend) else [current]
    return [
        backend
        for backend in members
        if not isinstance(backend, fail.Keyring | null.Keyring)
        # keyrings.alt installs itself as a plain text file, without asking
        and not type(backend).__module__.startswith("keyrings.alt")
    ]


@contextmanager
def translated(done: str, secret: Secret = _FISH_KEY) -> Iterator[None]:
    """Raise StorageError for whatever a keyring raises; `done` is a word of its sentence, as "read"."""
    try:
        yield
    except FishCaptionError:
        raise
    except Exception as exc:  # the boundary: backends are other people's code, with errors of their own
        raise StorageError(
            f"The system's keyring is locked or not there, and {secret.what} could not be {done}.",
            hint=secret.hint,
        ) from exc
