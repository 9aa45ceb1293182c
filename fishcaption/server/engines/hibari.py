"""The default embedded voice: hibari-tts, a neural English voice of 8 MB, 100 times faster than real time.

Its network predicts how long each phoneme lasts, but does not return it; here the model's own graph gets one
more output, so word times are exact and nothing is computed twice. Positions are in frames of 24 kHz.

Built from hibari's parts, not its class, whose constructor would load the model a second time. The names of
these parts and of the graph's node are those of version 0.2.1, which is why that version is pinned.
"""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from fishcaption.core.normalization.pauses import pause_after
from fishcaption.core.speech import Span, WordTime
from fishcaption.core.text.segmentation import words
from fishcaption.server.engines.base import (
    EngineText,
    RenderedPiece,
    Samples,
    Trimmed,
    Uttered,
    place,
    proportional,
    spaced,
    trim,
)
from fishcaption.server.engines.onnx_model import INT64, refusals, with_output
from fishcaption.server.engines.onnx_model import session as session_of

logger = logging.getLogger(__name__)

_DURATIONS: Final = "/CumSum_output_0"  # [L] int64: the running total of 25 ms units at each phoneme
_LATE_SECONDS: Final = 0.03  # sound begins before its phonemes: 0 ms by a recogniser, 60 ms after a pause
_GAIN: Final = 2.0  # it peaks at a third to a half of full scale


@dataclass(frozen=True, slots=True)
class _Model:
    session: Any
    g2p: Any
    vocabulary: Mapping[str, int]
    knows_times: bool


class HibariEngine:
    """hibari as a `base.VoiceEngine`. One voice: the one that is in the package."""

    def __init__(self) -> None:
        self._loading = threading.Lock()
        # written once, under the lock
        self._model: _Model | None = None

    def load(self) -> None:
        """Read model, lexicon and tagger: 0.4 s of CPU, most of it JSON."""
        self._loaded()

    def _loaded(self) -> _Model:
        if self._model is None:
            with self._loading:
                if self._model is None:
                    self._model = _load()
        return self._model

    def close(self) -> None:
        """Nothing runs beside this process."""

    def render(self, own_name: str, reading: EngineText, speed: float) -> RenderedPiece:
        """Say it; 12 words take about 40 ms."""
        from hibari import dsp

        model = self._loaded()
        text = spaced(_escaped(reading.text))
        phonemes, spoken = _phonemes(model, text.rstrip("\n"))
        if not phonemes:
            return RenderedPiece(np.zeros(0, np.float32), ())
        ids = np.asarray([[0, *phonemes, 0]], np.int64)
        *spectrum, cumulative = _run(model, ids, speed)
        # A seed for the noise in it: the same text sounds the same, bit for bit.
        raw: Samples = dsp.synth(*(part[0] for part in spectrum), np.random.default_rng(0))
        sound = trim(raw, dsp.SR, _GAIN, pause_after(text, speed))
        if cumulative is None or not spoken:
            words_ = proportional(reading, sound.speech_end)
        else:
            words_ = _exact(model, reading, spoken, cumulative, sound, _LATE_SECONDS / speed * dsp.SR)
        return RenderedPiece(sound.samples, words_)


def _load() -> _Model:
    import onnxruntime
    from hibari.g2p import ASSETS, G2P
    from hibari.voices import DEFAULT, voice_path

    # Builds that write into Windows' own trace do not read the variable that `fishcaption` sets.
    onnxruntime.disable_telemetry_events()
    data = Path(voice_path(DEFAULT)).read_bytes()
    try:
        # Two threads were half as fast on two busy cores.
        session = session_of(onnxruntime, with_output(data, _DURATIONS, INT64))
        knows_times = True
    except refusals(onnxruntime):
        logger.warning("This model does not tell word times; they will be estimated.")
        session = session_of(onnxruntime, data)
        knows_times = False
    vocabulary = json.loads(Path(ASSETS, "vocab.json").read_text("utf-8"))
    model = _Model(session, G2P(), vocabulary, knows_times)
    # The first run allocates; better now than in the first sentence.
    _run(model, np.asarray([[0, *_phonemes(model, "Ready.")[0], 0]], np.int64), 1.0)
    return model


def _run(model: _Model, ids: NDArray[np.int64], speed: float) -> list[Any]:
    outputs: list[Any] = model.session.run(None, {"ids": ids, "speed": np.asarray([speed], np.float32)})
    return outputs if model.knows_times else [*outputs, None]


def _escaped(text: str) -> str:
    """Return the text without hibari's markup for pronunciation, ``[word](/phonemes/)``: as long."""
    return text.replace("](", ")(")


@dataclass(frozen=True, slots=True)
class _SpokenWord:
    """A word of the normalised text, and which of the model's inputs are its phonemes (one pad first)."""

    text: str
    start: int
    end: int


def _phonemes(model: _Model, text: str) -> tuple[list[int], list[_SpokenWord]]:
    from hibari.g2p.normalize import normalize

    tokens = model.g2p.tokenize(normalize(text))
    _name_letters(tokens)
    tokens = model.g2p.phonemize_tokens(tokens)
    ids: list[int] = []
    spoken: list[_SpokenWord] = []
    group: list[tuple[str, int, int]] = []  # tokens up to the next blank: text, and their places in ids
    for token in tokens:
        start = len(ids)
        ids += [model.vocabulary[sign] for sign in token.phonemes or "" if sign in model.vocabulary]
        group.append((token.text, start + 1, len(ids) + 1))
        if token.whitespace:
            spoken += _group_words(group)
            group = []
            if " " in model.vocabulary:
                ids.append(model.vocabulary[" "])
    return ids, [*spoken, *_group_words(group)]


def _name_letters(tokens: Sequence[Any]) -> None:
    """Tag a capital A inside a sentence as the letter ("A seven, B nine"), not as an article."""
    for before, token, after in zip(["", *tokens], tokens, [*tokens[1:], None], strict=False):
        if token.text != "A" or token.tag != "DT":
            continue
        follows = after.text if after else ""
        is_inside = bool(before) and (before.text[-1:].isalnum() or before.text == ",")
        if (is_inside and not follows.istitle()) or (len(follows) == 1 and follows.isupper()):
            token.tag = "NN"


def _group_words(group: Sequence[tuple[str, int, int]]) -> list[_SpokenWord]:
    """Return the words of tokens that stand together; a token of several is divided by letters."""
    text = "".join(part for part, _, _ in group)
    places: list[float] = []  # of each character's beginning
    for part, start, end in group:
        places += [start + (end - start) * n / len(part) for n in range(len(part))]
    places.append(float(group[-1][2]) if group else 0.0)
    found = []
    for span in words(text):
        start, end = round(places[span.start]), round(places[span.end])
        if end > start:
            found.append(_SpokenWord(text[span.start : span.end], start, end))
    return found


def _exact(
    model: _Model,
    reading: EngineText,
    spoken: Sequence[_SpokenWord],
    cumulative: Any,
    sound: Trimmed,
    late: float,
) -> tuple[WordTime, ...]:
    """Return word times from the phonemes' durations, which are ``late`` frames too late."""
    units = np.concatenate([[0.0], np.asarray(cumulative, np.float64).reshape(-1)])
    starts = units * (sound.raw_frames / units[-1]) - sound.first - late  # starts[i]: where input i begins
    uttered = []
    for word in spoken:
        start, end = np.clip([starts[word.start], starts[word.end]], sound.speech_start, sound.speech_end)
        uttered.append(Uttered(word.text, round(start), round(end)))
    expand = [_expanded(reading.text, span) for span, _ in reading.words]
    return place(reading, uttered, expand)


def _expanded(text: str, span: Span) -> int:
    """Return as how many words one word of the text would be said if it stood alone."""
    from hibari.g2p.normalize import normalize

    return len(words(normalize(text[span.start : span.end])))
