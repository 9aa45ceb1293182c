"""Keys: found, saved, forgotten; refused in the wrong form or the wrong keyring; never shown."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends import chainer, fail, null

from fishcaption.core.errors import InputError, StorageError
from fishcaption.store import keys
from tests.memory_keyring import LockedKeyring, MemoryKeyring

KEY = "0123456789abcdef0123456789abcdef"


class PlaintextKeyring(MemoryKeyring):
    __module__ = "keyrings.alt.file"


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    before = keyring.get_keyring()
    yield
    keyring.set_keyring(before)


@pytest.fixture
def memory() -> MemoryKeyring:
    backend = MemoryKeyring()
    keyring.set_keyring(backend)
    return backend


def test_a_key_is_saved_found_and_forgotten(memory: MemoryKeyring) -> None:
    assert keys.find() is None
    keys.save(KEY)
    found = keys.find()
    assert found is not None
    assert (found.key, found.place) == (KEY, keys.KeyPlace.KEYRING)
    keys.forget()
    keys.forget()
    assert keys.find() is None


def test_each_key_has_a_place_of_its_own(memory: MemoryKeyring) -> None:
    other = keys.new_id()
    keys.save(KEY)
    keys.save(KEY[::-1], other)
    found = [keys.find(), keys.find(other)]
    assert [one.key for one in found if one is not None] == [KEY, KEY[::-1]]
    keys.forget(other)
    assert keys.find(other) is None
    assert keys.find() is not None
    assert keys.new_id() != other


def test_the_environment_goes_first(memory: MemoryKeyring, monkeypatch: pytest.MonkeyPatch) -> None:
    keys.save("x" * 32)
    monkeypatch.setenv("FISH_API_KEY", KEY)
    found = keys.find()
    assert found is not None
    assert (found.key, found.place) == (KEY, keys.KeyPlace.ENVIRONMENT)


@pytest.mark.parametrize(
    "key", ["", " ", f"{KEY}\n", f"\n{KEY}", f"a {KEY}", f"{KEY}\x00", "schlüssel", "a\tb"]
)
def test_a_malformed_key_is_refused_without_being_quoted(memory: MemoryKeyring, key: str) -> None:
    with pytest.raises(InputError) as raised:
        keys.save(key)
    assert raised.value.hint
    assert KEY not in f"{raised.value!r} {raised.value} {raised.value.hint}"
    assert not memory.kept


def test_a_malformed_key_of_the_environment_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FISH_API_KEY", KEY + "\n")
    with pytest.raises(InputError):
        keys.find()


def test_a_key_shows_in_no_repr(memory: MemoryKeyring) -> None:
    keys.save(KEY)
    assert KEY not in repr(keys.find())


@pytest.mark.parametrize("kind", [fail.Keyring, null.Keyring, PlaintextKeyring])
def test_where_there_is_no_keyring_nothing_is_written_and_it_is_told(kind: type[KeyringBackend]) -> None:
    backend = kind()
    keyring.set_keyring(backend)
    assert keys.find() is None
    with pytest.raises(StorageError) as raised:
        keys.save(KEY)
    assert "until the program ends" in raised.value.hint
    if isinstance(backend, PlaintextKeyring):
        assert not backend.kept


def test_a_locked_keyring_is_told() -> None:
    keyring.set_keyring(LockedKeyring())
    with pytest.raises(StorageError, match="locked"):
        keys.find()
    with pytest.raises(StorageError) as raised:
        keys.save(KEY)
    assert KEY not in str(raised.value) + str(raised.value.__cause__)


def test_of_several_keyrings_the_plain_text_one_is_never_used(monkeypatch: pytest.MonkeyPatch) -> None:
    plain, real = PlaintextKeyring(), MemoryKeyring()
    monkeypatch.setattr(chainer.ChainerBackend, "backends", [plain, real])
    keyring.set_keyring(chainer.ChainerBackend())  # type: ignore[no-untyped-call]  # see above
    keys.save(KEY)
    assert not plain.kept
    assert real.kept


ASKED = """
from fishcaption.core.errors import StorageError
from fishcaption.store import keys
from tests.memory_keyring import LockedKeyring, MemoryKeyring
for act in (keys.find, keys.forget, lambda: keys.save("0123456789abcdef")):
    try:
        act()
    except StorageError as error:
        print(error, error.hint)
"""


@pytest.mark.parametrize("named", ["nothing", "no.such.Keyring", "json.JSONDecoder"])
def test_a_keyring_that_is_named_wrongly_is_told(named: str) -> None:
    """It is looked for when `keyring` is imported: only another process can tell."""
    environment = {**os.environ, "PYTHON_KEYRING_BACKEND": named}
    done = subprocess.run(
        [sys.executable, "-c", ASKED], env=environment, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count("keyring") >= 3, done.stdout


def test_a_keyring_may_raise_whatever_it_likes() -> None:
    class OddKeyring(MemoryKeyring):
        def get_password(self, service: str, username: str) -> str | None:
            raise OSError(f"about {KEY}")

    keyring.set_keyring(OddKeyring())
    with pytest.raises(StorageError) as raised:
        keys.find()
    assert KEY not in str(raised.value)
