"""Secrets of outlets: kept by their outlet's id, replaced one by one, and never shown."""

from __future__ import annotations

import keyring
import pytest
from keyring.backends import null

from fishcaption.core.errors import StorageError
from fishcaption.store import keys
from fishcaption.store.outlets import secrets
from tests.memory_keyring import LockedKeyring, MemoryKeyring
from tests.store.test_keys import _restored, memory

__all__ = ["_restored", "memory"]  # the fixtures


def test_the_secrets_of_an_outlet_are_kept_by_its_id(memory: MemoryKeyring) -> None:
    secrets.save("one", {"link": "https://example/1?token=a b", "password": "ß"})
    secrets.save("two", {"link": "https://example/2"})
    assert secrets.find("one", ("link", "password", "pin")) == {
        "link": "https://example/1?token=a b",
        "password": "ß",
    }
    secrets.save("one", {"password": ""})  # the link stays as it is
    assert secrets.find("one", ("link", "password")) == {"link": "https://example/1?token=a b"}
    secrets.forget("one", ("link", "password"))
    assert secrets.find("one", ("link", "password")) == {}
    assert secrets.find("two", ("link",)) == {"link": "https://example/2"}
    assert keys.find() is None


def test_a_keyring_that_is_locked_or_missing_is_told_without_the_secret() -> None:
    for backend in (LockedKeyring(), null.Keyring()):  # type: ignore[no-untyped-call]  # keyring's
        keyring.set_keyring(backend)
        with pytest.raises(StorageError) as raised:
            secrets.save("one", {"link": "https://example/secret"})
        told = f"{raised.value} {raised.value.hint}"
        assert "until the program ends" in told
        assert "secret" not in told
        assert "FISH_API_KEY" not in told
    assert secrets.find("one", ("link",)) == {}
    keyring.set_keyring(LockedKeyring())
    with pytest.raises(StorageError, match="could not be read"):
        secrets.find("one", ("link",))
