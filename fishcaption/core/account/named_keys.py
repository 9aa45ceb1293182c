"""The keys of Fish Audio that a user has, by name. The keys themselves are in the system's keyring only."""

# annotations are not put off here: as text they would be compiled one by one, at every start
from typing import Final, NamedTuple

MOST_KEYS: Final = 50
LONGEST_NAME: Final = 60
FIRST_KEY: Final = ""
"""Id of the key that is there before any other is named."""


class NamedKey(NamedTuple):
    """A key's id, which is part of its place in the keyring, and the name that the user gave it."""

    id: str
    name: str


class NamedKeys(NamedTuple):
    """All keys that have a name, in the user's order, and the id of the one that is used."""

    keys: tuple[NamedKey, ...] = ()
    used: str = FIRST_KEY

    def name_of(self, id: str) -> str:
        """Return the name of the key with this id; empty if it has none."""
        return next((key.name for key in self.keys if key.id == id), "")

    def named(self, id: str, name: str) -> "NamedKeys":
        """Return the keys with this one under that name: a new one comes last."""
        if any(key.id == id for key in self.keys):
            return self._replace(
                keys=tuple(key._replace(name=name) if key.id == id else key for key in self.keys)
            )
        return self._replace(keys=(*self.keys, NamedKey(id, name)))

    def without(self, id: str) -> "NamedKeys":
        """Return the keys without this one; where it was used, the first of the others is."""
        keys = tuple(key for key in self.keys if key.id != id)
        used = self.used if self.used != id else (keys[0].id if keys else FIRST_KEY)
        return NamedKeys(keys, used)
