"""The systems' own voices, with doubles of the systems: places in UTF-16, rates, voices that are gone."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from fishcaption.server.engines.base import EngineText, read_whole
from fishcaption.server.engines.system import macos, windows
from fishcaption.server.engines.system.word_places import code_points, piece_of
from fishcaption.server.voice_registry import ENGINES
from tests.server.engines import fake_mac

TEXT = "Guten 😀 Morgen zusammen."
WORDS = ["Guten", "Morgen", "zusammen"]


def said(reading: EngineText, words: Any) -> list[str]:
    return [reading.text[word.span.start : word.span.end] for word in words]


@given(st.text(max_size=20))
def test_each_unit_of_utf_16_has_its_code_point(text: str) -> None:
    places = code_points(text)
    assert len(places) == len(text.encode("utf-16-le", "surrogatepass")) // 2 + 1
    assert places[-1] == len(text)


@given(st.lists(st.tuples(st.integers(-5, 40), st.integers(-100, 30_000)), max_size=8))
def test_whatever_places_are_told_times_stay_in_order(starts: list[tuple[int, int]]) -> None:
    reading = read_whole("One two, three four.")
    made = piece_of(reading, np.full(24_000, 0.5, np.float32), 24_000, starts, 1.0)
    edges = [frame for word in made.words for frame in word[1:]]
    assert said(reading, made.words) == ["One", "two", "three", "four"]
    assert edges == sorted(edges)
    assert all(0 <= edge <= len(made.samples) for edge in edges)


# --- Windows ---------------------------------------------------------------------------------------------


class FakeReader:
    def __init__(self, content: bytes) -> None:
        self._content = content

    def __enter__(self) -> FakeReader:
        return self

    def __exit__(self, *_: object) -> None:
        """Closed."""

    async def load_async(self, count: int) -> None:
        assert count == len(self._content)

    def read_bytes(self, into: bytearray) -> None:
        into[:] = self._content


class FakeStream:
    def __init__(self, text: str, *, is_sound: bool = True) -> None:
        file = io.BytesIO()
        units = len(text.encode("utf-16-le")) // 2
        soundfile.write(file, np.full(160 * units, 0.5, np.float32), 16_000, format="WAV")
        self.content = file.getvalue() if is_sound else b"no sound"
        self.size = len(self.content)
        cues, unit = [], 0
        for word in text.split(" "):
            cues.append(
                SimpleNamespace(start_position_in_input=unit, start_time=timedelta(seconds=unit / 100))
            )
            unit += len(word.encode("utf-16-le")) // 2 + 1
        self.timed_metadata_tracks = [
            SimpleNamespace(id="SpeechSentence", cues=cues[:1]),
            SimpleNamespace(id="SpeechWord", cues=cues),
        ]

    def get_input_stream_at(self, _at: int) -> bytes:
        return self.content

    def __enter__(self) -> FakeStream:
        return self

    def __exit__(self, *_: object) -> None:
        """Closed."""


class FakeSynthesizer:
    all_voices = (
        SimpleNamespace(id="HKEY\\Voices\\KatjaM", display_name="Microsoft Katja", language="de-DE"),
    )

    def __init__(self) -> None:
        self.voice: Any = None
        self.options = SimpleNamespace(include_word_boundary_metadata=False, speaking_rate=1.0)

    async def synthesize_text_to_stream_async(self, text: str) -> FakeStream:
        assert self.voice is self.all_voices[0]
        assert self.options.include_word_boundary_metadata
        assert 0.5 <= self.options.speaking_rate <= 6
        return FakeStream(text, is_sound=text != "Broken.")

    def __enter__(self) -> FakeSynthesizer:
        return self

    def __exit__(self, *_: object) -> None:
        """Closed."""


@pytest.fixture
def winrt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    (tmp_path / "winrt").mkdir()
    (tmp_path / "winrt" / "__init__.py").write_text("")
    monkeypatch.syspath_prepend(str(tmp_path))
    for name in ("winrt.windows", "winrt.windows.media", "winrt.windows.storage"):
        monkeypatch.setitem(sys.modules, name, ModuleType(name))
    speech, streams = ModuleType("speechsynthesis"), ModuleType("streams")
    vars(speech)["SpeechSynthesizer"] = FakeSynthesizer
    vars(streams)["DataReader"] = FakeReader
    monkeypatch.setitem(sys.modules, "winrt.windows.media.speechsynthesis", speech)
    monkeypatch.setitem(sys.modules, "winrt.windows.storage.streams", streams)
    windows.voices.cache_clear()
    yield
    windows.voices.cache_clear()
    sys.modules.pop("winrt", None)


def test_a_voice_of_windows_tells_each_word(winrt: None) -> None:
    (entry,) = ENGINES["windows"].voices()
    assert (entry.voice.id, entry.voice.name) == ("windows-katjam", "Microsoft Katja (Windows)")
    assert entry.language == "de"
    engine, reading = windows.WindowsEngine(), read_whole(TEXT)
    made = engine.render(entry.own_name, reading, 9.0)
    assert said(reading, made.words) == WORDS
    # "Morgen" begins at UTF-16 unit 9, which is 0.09 s; the sound is brought to 24 kHz
    assert made.words[1].start_frame - made.words[0].start_frame == pytest.approx(
        0.09 * windows.RATE, abs=400
    )
    assert engine.render(entry.own_name, read_whole("..."), 1.0).words == ()
    with pytest.raises(OSError, match="not there any more"):
        engine.render("gone", reading, 1.0)
    with pytest.raises(OSError, match="no sound that is known"):
        engine.render(entry.own_name, read_whole("Broken."), 1.0)


# --- macOS -----------------------------------------------------------------------------------------------


@pytest.fixture
def mac(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[macos.MacEngine]:
    source = Path(fake_mac.__file__).read_text("utf-8")
    (tmp_path / "AVFoundation.py").write_text(source, "utf-8")
    (tmp_path / "Foundation.py").write_text("from AVFoundation import NSDate, NSRunLoop", "utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    macos.voices.cache_clear()
    engine = macos.MacEngine()
    yield engine
    engine.close()
    macos.voices.cache_clear()
    for name in ("AVFoundation", "Foundation"):
        sys.modules.pop(name, None)


def test_a_voice_of_macos_speaks_from_a_process_of_its_own(mac: macos.MacEngine) -> None:
    (entry,) = ENGINES["macos"].voices()
    assert (entry.voice.id, entry.voice.name) == ("macos-com.voice.anna", "Anna (macOS)")
    ENGINES["macos"].voices()
    assert sys.modules["AVFoundation"].AVSpeechSynthesizer.asked == 1, "the user is asked once"
    reading = read_whole(TEXT)
    made = mac.render(entry.own_name, reading, 3.0)
    assert said(reading, made.words) == WORDS
    # 9 UTF-16 units of 100 frames at 48 kHz are 450 frames at 24 kHz
    assert made.words[1].start_frame - made.words[0].start_frame == pytest.approx(450, abs=60)
    untold = read_whole("Nothing told.")
    assert said(untold, mac.render(entry.own_name, untold, 1.0).words) == ["Nothing", "told"]
    assert mac.render(entry.own_name, read_whole("..."), 1.0).words == ()
    with pytest.raises(OSError, match="no such voice"):
        mac.render("gone", reading, 1.0)
    assert mac.render(entry.own_name, reading, 1.0).words, "another process takes over"


def test_elsewhere_there_are_none(tmp_path: Path) -> None:
    if sys.platform == "linux":
        assert ENGINES["windows"].voices() == ENGINES["macos"].voices() == ()
