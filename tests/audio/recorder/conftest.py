"""A voice that speaks, for what is measured in recordings."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
import soxr

from fishcaption.server.engines.base import read
from fishcaption.server.engines.hibari import HibariEngine

RATE = 48_000
TEXTS = (
    "The harbour was quiet that morning, and nobody had opened the shop yet.",
    "I asked her twice whether the train would be late.",
    "She laughed, and said that it always is.",
    "Bring seventeen oranges, please, and do not forget the bread.",
)


@pytest.fixture(scope="session")
def speech() -> npt.NDArray[np.float32]:
    """Four sentences with half a second of silence before each and a whole one at the end, at 48 kHz."""
    engine = HibariEngine()
    parts = [np.zeros(12_000, np.float32)]
    for text in TEXTS:
        parts += [np.asarray(engine.render("", read(text, "en"), 1.0).samples), parts[0]]
    whole = np.asarray(soxr.resample(np.concatenate([*parts, parts[0]]), 24_000, RATE), np.float32)
    return np.asarray(whole * (0.8 / np.abs(whole).max()), np.float32)
