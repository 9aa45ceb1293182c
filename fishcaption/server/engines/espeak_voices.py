"""The languages of eSpeak NG, read from its data files as text, so that its library is not loaded."""

from __future__ import annotations

import re
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Final, NamedTuple

PACKAGE: Final = "espeakng_loader"
"""The extra that brings eSpeak NG: a library under GPL-3.0-or-later, which only its own process loads."""

_MOST_FILES: Final = 1000
_MOST_BYTES: Final = 100_000
_LINE: Final = re.compile(r"^(name|language|dictionary)\s+([^\n/]+?)\s*(?://.*)?$", re.MULTILINE)
_LANGUAGE: Final = re.compile(r"[a-z]{2,3}(-[a-z0-9]{1,8}){0,4}")

# Languages that nobody writes letters or books in: they would only make the list longer.
_LEFT_OUT: Final = frozenset({"piqd", "xex", "qdb", "sjn", "qya", "en-Shaw", "nci", "py"})


class Language(NamedTuple):
    """One language: ``voice`` is its name in eSpeak NG, ``code`` that of BCP 47, ``name`` in English."""

    voice: str
    code: str
    name: str


def data_folder() -> Path | None:
    """Return the folder of eSpeak NG's data; None where it is not installed."""
    found = find_spec(PACKAGE)
    if found is None or not found.submodule_search_locations:
        return None
    return Path(found.submodule_search_locations[0], "espeak-ng-data")


@cache
def languages() -> tuple[Language, ...]:
    """Return the languages that are installed, by their names; none if eSpeak NG is not."""
    folder = data_folder()
    if folder is None:
        return ()
    files = sorted((folder / "lang").rglob("*"))[:_MOST_FILES]
    found = [
        language for path in files if path.is_file() and (language := _language(path, folder)) is not None
    ]
    return tuple(sorted(found, key=lambda language: language.name.casefold()))


def _language(path: Path, data: Path) -> Language | None:
    if path.name in _LEFT_OUT:
        return None
    try:
        with path.open("rb") as file:
            told = dict(reversed(_LINE.findall(file.read(_MOST_BYTES).decode("utf-8", "replace"))))
    except OSError:
        return None
    code = told.get("language", "").split()[0:1]
    dictionary = told.get("dictionary", code[0].lower().split("-")[0] if code else "")
    if not (data / f"{dictionary}_dict").is_file():  # it would say nothing
        return None
    if not code or not _LANGUAGE.fullmatch(code[0].lower()) or not told.get("name"):
        return None
    return Language(path.name, code[0].lower(), told["name"][:60])
