"""Pocket TTS with a double of its library: the user's recordings are what it imitates, and no word times."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from fishcaption.core.errors import StorageError
from fishcaption.server.engines.base import read
from fishcaption.server.engines.pocket import MODEL_FILES, RATE, PocketEngine
from fishcaption.server.offline import folder
from fishcaption.server.voice_registry import ENGINES
from tests.server.engines import fake_sherpa


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(folder.FOLDER_VARIABLE, str(tmp_path / "voices"))
    monkeypatch.setitem(sys.modules, "sherpa_onnx", fake_sherpa)
    model = folder.place("pocket", "pocket-tts")
    model.mkdir(parents=True)
    for name in MODEL_FILES.values():
        (model / name).write_bytes(name.encode())
    folder.write_checksums(model)
    return tmp_path


def recorded(path: Path, seconds: float, rate: int = 48_000, level: float = 0.2) -> Path:
    soundfile.write(path, np.full(round(seconds * rate), level, np.float32), rate, format="FLAC")
    return path


def test_a_voice_imitates_the_users_recordings(place: Path) -> None:
    assert ENGINES["pocket"].voices() == ()
    takes = [recorded(place / f"{n}.flac", seconds) for n, seconds in enumerate((20.0, 20.0))]
    folder.put_reference("Mine", takes)
    (entry,) = ENGINES["pocket"].voices()
    assert (entry.voice.id, entry.own_name, entry.rate) == ("pocket-Mine", "Mine", RATE)
    engine = PocketEngine()
    made = engine.render("Mine", read("Hello there, friend.", "en"), 2.0)
    assert [word.span for word in made.words] == [(0, 5), (6, 11), (13, 19)]
    assert np.abs(made.samples).max() > 0.1
    ((text, asked),) = engine._model.asked
    assert (text, asked.speed, asked.reference_sample_rate) == ("Hello there, friend.", 2.0, 48_000)
    assert len(asked.reference_audio) == 30 * 48_000, "at most so much is imitated"
    folder.put_reference("Mine", [recorded(place / "new.flac", 5.0, level=0.4)])
    engine.render("Mine", read("Hello.", "en"), 1.0)
    assert engine._model.asked[-1][1].reference_audio[0] == pytest.approx(0.4, abs=0.01)
    assert engine.render("Mine", read("...", "en"), 1.0).words == ()
    folder.remove_reference("Mine")
    assert ENGINES["pocket"].voices() == ()
    with pytest.raises(OSError, match="reference"):
        engine.render("Mine", read("Hello.", "en"), 1.0)
    assert takes[0].exists(), "the recordings stay"


def test_what_is_broken_is_told(place: Path) -> None:
    text = place / "text.flac"
    text.write_text("no sound")
    folder.put_reference("Text", [text])
    with pytest.raises(OSError, match="no recording"):
        PocketEngine().render("Text", read("Hello.", "en"), 1.0)
    model = folder.place("pocket", "pocket-tts")
    (model / "vocab.json").write_bytes(b"another")
    with pytest.raises(StorageError, match="not as it was fetched"):
        PocketEngine().render("Text", read("Hello.", "en"), 1.0)
    (model / folder.CHECKSUMS).unlink()
    (model / "vocab.json").unlink()
    with pytest.raises(OSError, match="not complete"):
        PocketEngine().render("Text", read("Hello.", "en"), 1.0)
