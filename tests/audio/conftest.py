"""A rig for the tests that listen, and what was heard on it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.audio.sounds import counted
from tests.rig import Microphone, Rig, missing


@pytest.fixture
def rig(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[Rig]:
    """Devices "Speakers" and "Headphones", 24 kHz, for this test's processes only."""
    if reason := missing():
        pytest.skip(reason)
    where: Path = tmp_path_factory.mktemp("rig")
    with Rig(where) as running:
        for name, value in running.variables.items():
            monkeypatch.setenv(name, value)
        yield running


@pytest.fixture
def microphone(rig: Rig) -> Iterator[Microphone]:
    """A microphone "Microphone" of the rig, which hears counted frames for a minute."""
    with rig.plug_microphone("Microphone", counted(60 * Microphone.RATE)) as plugged:
        yield plugged
