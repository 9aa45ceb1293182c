"""Keep PySide from reading the source of every module that is imported after it."""

from __future__ import annotations

import sys

import PySide6.QtCore  # noqa: F401  its function is there once it is imported


def skip_source_scan() -> None:
    """Have PySide look through no source of the modules that are imported from now on.

    It looks for its own name there: a module that uses it may have chosen another spelling of Qt's names
    (``from __feature__ import …``). No module of ours does. The scan took 8 % of the start and kept every
    source in memory; see napari/napari issue 8584. Does nothing where PySide has no such function any more.
    """
    feature = sys.modules.get("shibokensupport.feature")
    if hasattr(feature, "_mod_uses_pyside"):
        vars(feature)["_mod_uses_pyside"] = _uses_it


def _uses_it(_module: object) -> bool:
    """Give every module PySide's default: Qt's own names."""
    return True
