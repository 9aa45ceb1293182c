"""Numbers of outlets that outlive the program: how far each is in the sequence of a service's captions."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from fishcaption.core.bounded_json import parsed
from fishcaption.core.errors import InputError, StorageError
from fishcaption.store import intact
from fishcaption.store.places import data_dir, write_whole

if TYPE_CHECKING:
    from fishcaption.store.journal import Writer

_WHAT: Final = "How far captions were sent"
_MOST_BYTES: Final = 1 << 20
_MOST_NAMES: Final = 500
_LONGEST_NAME: Final = 128
_MOST: Final = 2**53  # beyond it a service that reads numbers as JavaScript does cannot count


def sequence_numbers_path() -> Path:
    """Return the file of the numbers."""
    return data_dir() / "sequence-numbers.json"


class SequenceNumbers:
    """`captions.outlet.Numbers`. The file is read when this is made; ``on_error`` is called in any thread.

    The numbers that were set longest ago are forgotten once there are `_MOST_NAMES`. Another process of the
    program, such as `fishcaption say`, counts in the same file: each writes only what it has set itself.
    """

    def __init__(self, path: Path, writer: Writer, on_error: Callable[[StorageError], None]) -> None:
        self._path = path
        self._writer = writer
        self._on_error = on_error
        self._numbers, told = _load(path)
        self._own: set[str] = set()  # names of those that were set here
        if told:
            on_error(StorageError(told))

    def get(self, name: str, /) -> int:
        """Return the number that was set last; 0 if none was."""
        return self._numbers.get(name, 0)

    def set(self, name: str, number: int, /) -> None:
        """Have it on the disk soon."""
        self._numbers.pop(name, None)  # the newest is the last
        self._numbers[name] = number
        self._own.add(name)
        while len(self._numbers) > _MOST_NAMES:
            del self._numbers[next(iter(self._numbers))]
        self._writer.soon(str(self._path), self._write, self._on_error)

    def _write(self) -> None:
        """In the writer's thread."""
        own, known = self._own.copy(), self._numbers.copy()
        of_others, _ = _load(self._path)
        numbers = {name: number for name, number in of_others.items() if name not in own}
        numbers |= {name: number for name, number in known.items() if name in own}
        kept = dict(list(numbers.items())[-_MOST_NAMES:])
        write_whole(self._path, json.dumps(kept, indent=2).encode())


def _load(path: Path) -> tuple[dict[str, int], str]:
    content, told = intact.read(path, _WHAT, _MOST_BYTES)
    if content is None:
        return {}, told
    try:
        value = parsed(content)
    except InputError:
        value = None
    if not isinstance(value, dict):
        return {}, f"{_WHAT} could not be read. {intact.put_aside(path)}"
    numbers = {name: number for name, number in value.items() if _is_usable(name, number)}
    return dict(list(numbers.items())[-_MOST_NAMES:]), ""


def _is_usable(name: str, number: object) -> bool:
    return len(name) <= _LONGEST_NAME and type(number) is int and 0 <= number <= _MOST
