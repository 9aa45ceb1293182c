"""Paths of the program's files: beside the package in a checkout, inside it in a wheel or a bundle."""

from __future__ import annotations

from pathlib import Path

import fishcaption

_PACKAGE = Path(fishcaption.__file__).parent


def path(name: str) -> Path:
    """Return the path of a resource (`name` has slashes). FileNotFoundError: the installation is broken."""
    for folder in (_PACKAGE / "_resources", _PACKAGE.parent / "resources"):
        found = folder / name
        if found.exists():
            return found
    raise FileNotFoundError(f"the program's file {name} is missing; install fishcaption again")
