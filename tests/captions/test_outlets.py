"""The outlets that `say` writes cues to: each opens, takes cues, and is an option of the command line."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from fishcaption.captions.outlets import CUE_OUTLETS, CueOutlet
from fishcaption.core.errors import StorageError


@pytest.mark.parametrize("outlet", CUE_OUTLETS, ids=[outlet.name for outlet in CUE_OUTLETS])
def test_an_outlet_takes_cues(outlet: CueOutlet, tmp_path: Path) -> None:
    path = tmp_path / "out"
    with outlet.open(path) as file:
        file.append(0.0, 1.0, ("Hello there.",))
        assert b"Hello there." in path.read_bytes()
    with pytest.raises(StorageError):
        outlet.open(tmp_path)


def test_the_command_line_offers_them_all() -> None:
    command = [sys.executable, "-m", "fishcaption", "say", "--help"]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert [outlet.name for outlet in CUE_OUTLETS if f"--{outlet.name} FILE" not in told] == []
