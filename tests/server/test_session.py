"""When buffered text is enough, and what two real engines make of a piece."""

from __future__ import annotations

from importlib.util import find_spec
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fishcaption.server.engines.base import RenderedPiece, VoiceEngine, read
from fishcaption.server.engines.hibari import HibariEngine
from fishcaption.server.engines.onnx_model import with_output
from fishcaption.server.engines.pico import PicoEngine
from fishcaption.server.request import BadRequest, Request, parse
from fishcaption.server.session import Chunker
from fishcaption.server.sound import louder
from fishcaption.server.voice_registry import ENGINES, installed_voices

SENTENCE = "The quick brown fox jumps over the lazy dog, again and again. "  # 62


def chunks(*pushed: str, latency: str = "normal", longest: int = 100, least: int = 50) -> list[str]:
    chunker = Chunker(Request(latency=latency, chunk_length=longest, min_chunk_length=least))
    return [chunk for text in pushed for chunk in chunker.push(text)]


@pytest.mark.parametrize(
    ("pushed", "latency", "expected"),
    [
        ([""], "normal", []),
        ([SENTENCE], "normal", []),
        ([SENTENCE, SENTENCE], "normal", [SENTENCE]),
        ([SENTENCE], "balanced", []),
        ([SENTENCE, "T"], "balanced", [SENTENCE]),
        (["Dr. Who. " * 6], "balanced", []),
        ([SENTENCE[:58]], "low", ["The quick brown fox jumps over the lazy dog, "]),
        (["Short, but not so short, that"], "low", ["Short, but not so short, "]),
        (["word " * 21], "normal", ["word " * 20]),
        (["x" * 250], "normal", ["x" * 100, "x" * 100]),
        (["a" * 60 + ", " + "b" * 60], "normal", ["a" * 60 + ", "]),
    ],
)
def test_what_is_ready_without_a_flush(pushed: list[str], latency: str, expected: list[str]) -> None:
    assert chunks(*pushed, latency=latency) == expected


@given(
    st.lists(st.text(alphabet="ab,.! \n日", max_size=80), max_size=12),
    st.sampled_from(["low", "normal", "balanced"]),
    st.integers(100, 300),
    st.integers(0, 100),
)
def test_chunks_are_the_text_whatever_its_parts(
    pushed: list[str], latency: str, longest: int, least: int
) -> None:
    chunker = Chunker(Request(latency=latency, chunk_length=longest, min_chunk_length=least))
    got = [chunk for text in pushed for chunk in chunker.push(text)] + list(chunker.flush())
    assert "".join(got) == "".join(pushed)
    assert all(len(chunk.rstrip()) <= longest for chunk in got)
    assert chunker.waiting == 0
    assert list(chunker.flush()) == []


def test_request_defaults_are_the_service_s() -> None:
    assert parse({"text": ""}) == Request(
        format="mp3", rate=44100, bitrate=128000, latency="normal", chunk_length=300, min_chunk_length=50
    )
    assert parse({"text": "", "format": "opus"}).rate == 48000
    assert parse({"text": None, "format": None} | {"text": "a", "sample_rate": 32000}).rate == 32000


@pytest.mark.parametrize("body", [None, 3, "text", [], {"text": 5}, {"text": "", "prosody": []}])
def test_what_is_no_request(body: object) -> None:
    with pytest.raises(BadRequest):
        parse(body)


def test_louder_is_louder_and_never_clips() -> None:
    tone = (0.5 * np.sin(np.arange(24000) * 0.05)).astype(np.float32)
    tone[:12000] *= 0.1
    raised = louder(tone, 10.0, 24000)
    assert np.abs(raised).max() <= 0.971
    assert np.abs(raised[:11000]).max() == pytest.approx(0.5, abs=0.01)
    assert np.abs(np.diff(raised)).max() < 0.05


# --- engines ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def hibari() -> HibariEngine:
    engine = HibariEngine()
    engine.load()
    return engine


@pytest.fixture(scope="module")
def pico() -> PicoEngine:
    return PicoEngine()


def spoken(
    engine: VoiceEngine, own_name: str, text: str, speed: float = 1.0
) -> tuple[RenderedPiece, list[str]]:
    rendered = engine.render(own_name, read(text, "en"), speed)
    return rendered, [text[word.span.start : word.span.end] for word in rendered.words]


def test_hibari_s_model_tells_word_times(hibari: HibariEngine) -> None:
    rendered, heard = spoken(hibari, "heart", "It costs $15 at 9:30am, don't stop!")
    assert heard == ["It", "costs", "$15", "at", "9:30am", "don't", "stop"]
    assert all(before.end_frame <= after.start_frame for before, after in pairwise(rendered.words))
    lengths = {
        word: time.end_frame - time.start_frame for word, time in zip(heard, rendered.words, strict=True)
    }
    assert lengths["9:30am"] > 3 * lengths["at"]


def test_hibari_says_the_same_twice(hibari: HibariEngine) -> None:
    first, _ = spoken(hibari, "heart", "Same again.")
    second, _ = spoken(hibari, "heart", "Same again.")
    assert np.array_equal(first.samples, second.samples)


@pytest.mark.parametrize("speed", [0.7, 1.0])
def test_hibari_s_words_begin_where_their_sound_begins(hibari: HibariEngine, speed: float) -> None:
    """After a silence the next word's time and its sound agree."""
    rendered, _ = spoken(hibari, "heart", "Paper... Table... Garden... Doctor... Zebra...", speed)
    loudness = np.abs(rendered.samples)
    loud = loudness > 0.02 * loudness.max()
    quiet = round(0.09 * 24000)
    onsets = [n for n in np.flatnonzero(loud) if not loud[max(0, n - quiet) : n].any()]
    errors = [min(abs(word.start_frame - onset) for onset in onsets) for word in rendered.words]
    assert len(onsets) >= 5
    assert max(errors) < 0.08 * 24000


def test_hibari_without_word_times_estimates_them(
    hibari: HibariEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    import fishcaption.server.engines.hibari as module

    monkeypatch.setattr(module, "_DURATIONS", "/no_such_node")
    other = HibariEngine()
    with pytest.MonkeyPatch.context() as quiet:
        quiet.setattr(module.logger, "disabled", True)
        rendered, heard = spoken(other, "heart", "One two three four.")
    assert heard == ["One", "two", "three", "four"]
    exact, _ = spoken(hibari, "heart", "One two three four.")
    for guess, known in zip(rendered.words, exact.words, strict=True):
        assert abs(guess.start_frame - known.start_frame) < 0.35 * 24000


def test_hibari_s_markup_is_read_and_not_obeyed(hibari: HibariEngine) -> None:
    _, heard = spoken(hibari, "heart", "[word](/wˈʌn/) here")
    assert heard[0] == "word"
    assert heard[-1] == "here"
    assert len(heard) > 2


def test_an_output_is_added_to_a_model_without_a_parser() -> None:
    added = with_output(b"model", "/n", 7)
    assert added == b"model" + bytes.fromhex("3a0c620a0a022f6e12040a020807")


needs_pico = pytest.mark.skipif(find_spec("py_nanotts") is None, reason="py-nanotts has no wheel here")


@needs_pico
@pytest.mark.parametrize(
    ("own_name", "text"),
    [
        ("de-DE", "Guten Morgen, Welt."),
        ("fr-FR", "Bonjour, ça va?"),
        ("es-ES", "¿Qué tal?"),
        ("it-IT", "Ciao a tutti."),
    ],
)
def test_pico_speaks_its_languages_with_estimated_times(pico: PicoEngine, own_name: str, text: str) -> None:
    rendered, heard = spoken(pico, own_name, text)
    assert len(rendered.samples) > 8000
    assert 0.1 < np.abs(rendered.samples).max() < 0.98
    assert len(heard) >= 2
    assert rendered.words[-1].end_frame <= len(rendered.samples)


@needs_pico
def test_pico_does_not_obey_markup(pico: PicoEngine) -> None:
    rendered, _ = spoken(pico, "en-US", "<volume level='0'>Hello there</volume>")
    assert np.abs(rendered.samples).max() > 0.1


def test_every_registered_voice_names_the_engine_that_makes_it() -> None:
    """And no two voices have one id."""
    voices = [(name, voice) for name, engine in ENGINES.items() for voice in engine.voices()]
    assert all(voice.engine == name for name, voice in voices)
    assert len({voice.voice.id for _, voice in voices}) == len(voices)


@needs_pico
def test_both_engines_voices_are_there_and_the_default_is_first() -> None:
    voices = installed_voices()
    assert voices[0].voice.id == "heart"
    small = [one for one in voices if one.engine in ("hibari", "pico")]
    assert {one.language for one in small} == {"en", "de", "es", "fr", "it"}
    assert len({one.voice.id for one in voices}) == len(voices)
