"""The folder that holds all collections of recordings: where the user finds it, and what is in it."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import Final

from fishcaption.core.errors import InputError, StorageError
from fishcaption.store import profiles
from fishcaption.store.recordings.take_list import LIST_NAME

FOLDER: Final = "FISHCAPTION_RECORDINGS_DIR"
MOST_COLLECTIONS: Final = 500

_NAME: Final = "fishcaption voices"


def recordings_root() -> Path:
    """Return the folder of the collections: see `profiles.documents_folder`."""
    return profiles.documents_folder(FOLDER, _NAME)


def collection_folder(root: Path, name: str) -> Path:
    """Return the folder of a collection. Raises InputError for what cannot be the name of a folder."""
    return root / profiles.checked(name, "a collection of recordings")


def free_folder(root: Path, name: str) -> Path:
    """Return a folder for a new collection that is not there yet: ``NAME``, ``NAME 2`` …

    Raises InputError.
    """
    folder = collection_folder(root, name)
    for number in range(2, MOST_COLLECTIONS + 2):
        if not os.path.lexists(folder):
            return folder
        folder = root / f"{name} {number}"
    raise InputError(f"There are too many collections named “{name}”.", hint="Choose another name.")


def collections(root: Path) -> tuple[str, ...]:
    """Return the names of the collections, the one that was changed last first. Raises StorageError."""
    found: list[tuple[float, str]] = []
    try:
        with os.scandir(root) as entries:
            for entry in entries:
                with suppress(OSError):
                    if not entry.name.startswith(".") and entry.is_dir():
                        changed = Path(entry.path, LIST_NAME).stat().st_mtime
                        found.append((changed, entry.name))
                if len(found) >= MOST_COLLECTIONS:
                    break
    except FileNotFoundError:
        return ()
    except OSError as exc:
        raise StorageError(
            f"The folder of your recordings cannot be read: {exc.strerror or exc}.",
            hint=f"Check that {root} is a folder that you may open.",
        ) from exc
    return tuple(name for _, name in sorted(found, reverse=True))
