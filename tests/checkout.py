"""The files of this checkout, as far as they are the project's: with git or without."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
_FOLDERS = (".ci", "docs", "fishcaption", "tests", "benchmarks", "packaging", "resources")
_MADE = {"__pycache__"}


def project_files(*suffixes: str) -> Iterator[Path]:
    """Every file of the project, or those with one of the suffixes."""
    inside = (path for folder in _FOLDERS for path in (ROOT / folder).rglob("*"))
    for path in (*ROOT.iterdir(), *inside):
        if path.is_file() and not _MADE & set(path.parts) and (not suffixes or path.suffix in suffixes):
            yield path
