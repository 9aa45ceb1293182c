"""Piper's voices: found without a restart, spoken with each word's time, left out where they are broken."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fishcaption.core.errors import InputError, StorageError
from fishcaption.server.engines import piper_voices
from fishcaption.server.engines.base import read, read_whole
from fishcaption.server.engines.onnx_model import outputs_of
from fishcaption.server.engines.piper import PiperEngine, _matched
from fishcaption.server.offline import folder
from fishcaption.server.voice_registry import installed_voices
from tests.server.engines import tiny_piper
from tests.server.engines.tiny_piper import RATE, UNIT, UNITS, put

KEY = "en_US-tiny-low"
TEXT = "One of the 42 cats can go, please."
SAID = ["wˈʌn", "ʌv", "ðə", "fˈɔːɹɾi tˈuː", "kˈæts", "kæn", "ɡˌoʊ", "plˈiːz"]
WORDS = ["One", "of", "the", "42", "cats", "can", "go", "please"]


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(folder.FOLDER_VARIABLE, str(tmp_path))
    return tmp_path / "own"


@pytest.fixture
def engine() -> Iterator[PiperEngine]:
    engine = PiperEngine()
    yield engine
    engine.close()


def found() -> list[str]:
    return [entry.voice.id for entry in installed_voices() if entry.engine == "piper"]


def test_a_voice_is_there_as_soon_as_its_files_are(own: Path) -> None:
    assert found() == []
    put(own)
    assert found() == [f"piper-{KEY}"]
    (entry,) = (entry for entry in installed_voices() if entry.engine == "piper")
    assert entry.voice.name == "Tiny (Piper, English, United States)"
    assert (entry.language, entry.rate, entry.says_any_script) == ("en", RATE, False)
    put(own, "ru_RU-tiny-low", language={"code": "ru_RU"}, espeak={"voice": "ru"})
    assert [entry.says_any_script for entry in installed_voices() if entry.engine == "piper"] == [False, True]
    (own / f"{KEY}.onnx").unlink()
    assert found() == ["piper-ru_RU-tiny-low"]


@pytest.mark.parametrize(
    "wrong",
    [
        b"", b"[]", b"{", b"{}", b"[" * 5000, b"\xff" * 100, b"x" * (2 << 20),
        json.dumps(tiny_piper.config(phoneme_id_map={"_": [0]})).encode(),
        json.dumps(tiny_piper.config(phoneme_id_map={**tiny_piper.IDS, "a": [-1]})).encode(),
        json.dumps(tiny_piper.config(audio={"sample_rate": 10**9})).encode(),
        json.dumps(tiny_piper.config(espeak={"voice": "klingonese"})).encode(),
        json.dumps(tiny_piper.config(phoneme_type="pinyin")).encode(),
        json.dumps(tiny_piper.config(inference={"noise_scale": "NaN"})).encode(),
    ],
)  # fmt: skip
@pytest.mark.logs("A voice cannot be used")
def test_a_broken_configuration_is_told_and_left_out(
    own: Path, wrong: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    put(own)
    put(own, "de_DE-broken-low")
    (own / "de_DE-broken-low.onnx.json").write_bytes(wrong)
    assert found() == [f"piper-{KEY}"]
    (broken,) = (voice for voice in piper_voices.voices() if voice.config is None)
    assert broken.why.startswith("de_DE-broken-low.onnx.json: ")
    assert "A voice cannot be used" in caplog.text


def test_each_word_has_the_time_of_its_own_phonemes(own: Path, engine: PiperEngine) -> None:
    put(own)
    made = engine.render(KEY, read(TEXT, "en"), 1.0)
    assert [TEXT[word.span.start : word.span.end] for word in made.words] == WORDS
    for word, following in pairwise(made.words):
        assert word.start_frame < word.end_frame <= following.start_frame
    # Each sign and each pad lasts 512 samples; "of the" is one word of the pronunciation, "42" two.
    signs = [(word.end_frame - word.start_frame) / (2 * UNITS * UNIT) for word in made.words]
    assert signs == [
        len(said) for said in ("wˈʌn", "ʌv", "ðə", "fˈɔːɹɾi tˈuː", "kˈæts", "kæn", "ɡˌoʊ", "plˈiːz")
    ]
    assert np.abs(made.samples).max() > 0.1


def test_without_times_of_the_model_they_are_estimated(own: Path, engine: PiperEngine) -> None:
    put(own, content=tiny_piper.model(tells_times=False))
    made = engine.render(KEY, read(TEXT, "en"), 1.0)
    assert [TEXT[word.span.start : word.span.end] for word in made.words] == WORDS
    assert outputs_of(tiny_piper.model(), "Ceil") == ("/Ceil_output_0",)


def test_of_several_speakers_the_first_speaks_and_letters_need_no_espeak(
    own: Path, engine: PiperEngine
) -> None:
    put(own, num_speakers=3)
    assert engine.render(KEY, read("Hello.", "en"), 1.0).words
    put(own, "uk_UK-letters-low", phoneme_type="text")
    made = engine.render("uk_UK-letters-low", read_whole("Ab cd."), 1.0)
    first, second = made.words
    assert second.start_frame - first.start_frame == 2 * UNITS * UNIT * len("Ab ")


def test_nothing_is_said_of_a_text_without_words(own: Path, engine: PiperEngine) -> None:
    put(own)
    for text in ("", "...", " \n"):
        assert engine.render(KEY, read(text, "en"), 1.0).words == ()


@pytest.mark.parametrize("content", [b"", b"no model", tiny_piper.model()[:-40], b"\x3a\xff\xff\xff\xff\x7f"])
def test_a_file_that_is_no_model_fails_in_words(own: Path, engine: PiperEngine, content: bytes) -> None:
    put(own, content=content)
    with pytest.raises(OSError, match="no model of a Piper voice"):
        engine.render(KEY, read("Hello.", "en"), 1.0)
    put(own)
    assert engine.render(KEY, read("Hello.", "en"), 1.0).words, "a new file is read"
    (own / f"{KEY}.onnx").unlink()
    with pytest.raises(OSError, match="not there any more"):
        engine.render(KEY, read("Hello.", "en"), 1.0)


def test_a_fetched_model_that_was_changed_is_not_loaded(own: Path, engine: PiperEngine) -> None:
    fetched = own.parent / "piper" / KEY
    put(fetched)
    folder.write_checksums(fetched)
    assert engine.render(KEY, read("Hello.", "en"), 1.0).words
    put(fetched, content=tiny_piper.model(tells_times=False))
    with pytest.raises(StorageError, match="not as it was fetched"):
        engine.render(KEY, read("Hello.", "en"), 1.0)


def test_a_configuration_is_named_by_its_key_where_it_has_no_name() -> None:
    value = {name: part for name, part in tiny_piper.config().items() if name not in ("dataset", "language")}
    found = piper_voices.config_of(json.dumps(value).encode(), "de_DE-my_voice-low")
    assert (found.name, found.language, found.espeak) == ("my voice", "de_DE", "en-US")
    with pytest.raises(InputError):
        piper_voices.config_of(b"0", KEY)


@given(st.binary(max_size=60))
def test_whatever_bytes_there_are_no_model_is_read_from_them(data: bytes) -> None:
    with suppress(ValueError):
        assert isinstance(outputs_of(data, "Ceil"), tuple)


@given(st.text("ab ", max_size=20), st.lists(st.text("ab", max_size=5), max_size=5), st.integers(1, 5))
def test_places_are_in_order_and_inside(phonemes: str, alone: list[str], count: int) -> None:
    edges = [edge for pair in _matched(phonemes, alone, count) for edge in pair]
    assert len(edges) == 2 * count
    assert all(0 <= first <= then <= len(phonemes) for first, then in pairwise([0, *edges]))
