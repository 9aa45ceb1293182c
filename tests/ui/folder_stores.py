"""History and held texts in a folder, as a window is given them."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from fishcaption.store.held_texts import HeldTexts
from fishcaption.store.history import History


class FolderStores(NamedTuple):
    """`ui.ports.Stores`, of real files."""

    history: History
    held_texts: HeldTexts

    @classmethod
    def of(cls, folder: Path) -> FolderStores:
        """Return those of this folder."""
        return cls(History(folder / "history.jsonl"), HeldTexts(folder / "parked.jsonl"))
