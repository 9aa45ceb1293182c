"""The key of kept audio in the system's keyring.

As in `store.keys`, every function may block: call them in a thread, and wait no longer than there.
"""

from __future__ import annotations

import base64
import binascii
import os
from contextlib import suppress
from typing import Final

from fishcaption.core.errors import StorageError
from fishcaption.store.keys import SERVICE, Secret, keyrings, translated
from fishcaption.store.places import PROFILE

KEY_BYTES: Final = 32

_ITEM: Final = "kept-audio"
_SECRET: Final = Secret(
    "the key of kept audio",
    "What is spoken is kept until the program ends. To keep it longer, install a keyring, or choose in the"
    " settings to save it without encryption.",
)


def find_or_make() -> bytes | None:
    """Return the key, made and saved at the first time; None if there is no keyring. Raises StorageError."""
    backends = keyrings("read", _SECRET)
    for backend in backends:
        with translated("read", _SECRET):
            kept = backend.get_password(SERVICE, _item())
        if kept:
            with suppress(binascii.Error, ValueError):
                key = base64.b64decode(kept, validate=True)
                if len(key) == KEY_BYTES:
                    return key
    if not backends:
        return None
    key = os.urandom(KEY_BYTES)
    with translated("saved", _SECRET):
        backends[0].set_password(SERVICE, _item(), base64.b64encode(key).decode())
        if backends[0].get_password(SERVICE, _item()) is None:  # it keeps nothing
            return None
    return key


def forget() -> None:
    """Take the key out of the keyring: what it encrypted is noise from then on. Raises StorageError."""
    backends = keyrings("removed", _SECRET)
    from keyring.errors import PasswordDeleteError

    for backend in backends:
        with translated("removed", _SECRET), suppress(PasswordDeleteError):  # none was there
            backend.delete_password(SERVICE, _item())


def silent() -> StorageError:
    """Return the error for a keyring that has not answered in time."""
    return StorageError("The system's keyring does not answer.", hint=_SECRET.hint)


def _item() -> str:
    """Return the item's name: each profile has a key of its own."""
    profile = os.environ.get(PROFILE, "")
    return f"{_ITEM}/{profile}" if profile else _ITEM
