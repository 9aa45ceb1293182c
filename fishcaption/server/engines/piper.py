"""Piper's voices: neural, in some forty languages, each a model of 20 to 130 MB that the user has fetched.

eSpeak NG, in its own process, says how words are pronounced; the model runs on our onnxruntime. It is a VITS:
its graph rounds up how many frames each phoneme lasts, and those are made one more output, so word times are
exact. Where a graph has no such node, they are estimated.

The signs and their order are those of Piper's documentation: a mark of the beginning, each phoneme followed
by a pad, and a mark of the end.
"""

from __future__ import annotations

import logging
import threading
import unicodedata
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Final

import numpy as np

from fishcaption.core.normalization.pauses import pause_after
from fishcaption.core.speech import Span, WordTime
from fishcaption.server.engines.base import (
    EngineText,
    RenderedPiece,
    Samples,
    Trimmed,
    Uttered,
    estimated,
    place,
    trim,
)
from fishcaption.server.engines.espeak_process import Clause, EspeakProcess
from fishcaption.server.engines.onnx_model import FLOAT, outputs_of, refusals, session, with_output
from fishcaption.server.engines.piper_voices import PiperConfig, PiperVoice, voice_of
from fishcaption.server.offline import folder

logger = logging.getLogger(__name__)

_GAIN: Final = 1.0
_MOST_LOADED: Final = 2  # models in memory: a medium one takes some 100 MB
_MOST_BYTES: Final = 300 << 20  # of a model
_MOST_SIGNS: Final = 4000  # of one piece: a sentence has some 300
_ROUNDED_UP: Final = "Ceil"  # the operator whose output is each phoneme's number of frames
_ALIKE: Final = 0.5  # of 1: phonemes of the same word, in a sentence and by itself
_PAD, _BEGIN, _END = "_", "^", "$"
_MARKS: Final = frozenset(".,:;!?")


@dataclass(frozen=True, slots=True)
class _Model:
    voice: PiperVoice
    config: PiperConfig
    session: Any
    knows_times: bool


@dataclass(frozen=True, slots=True)
class _Said:
    """The signs of a piece for the model, and the range of them that says each of its words."""

    ids: list[int]
    words: list[tuple[int, int]]


class PiperEngine:
    """Piper as a `base.VoiceEngine`. Its voices are named by the keys of their models."""

    def __init__(self) -> None:
        self._one_at_a_time = threading.Lock()
        # both guarded by the lock
        self._models: OrderedDict[str, _Model] = OrderedDict()
        self._process: EspeakProcess | None = None

    def load(self) -> None:
        """Models are read when they first speak, in a second or two."""

    def close(self) -> None:
        """End the process of eSpeak NG, and let go of the models."""
        with self._one_at_a_time:
            self._models.clear()
            self._end_process()

    def render(self, own_name: str, reading: EngineText, speed: float) -> RenderedPiece:
        """Say it. Raises OSError or StorageError for a voice that is not there any more, or is broken."""
        with self._one_at_a_time:
            model = self._model(own_name)
            said = self._said(model.config, reading)
        if not said.words:
            return RenderedPiece(np.zeros(0, np.float32), ())
        raw, lengths = _run(model, said.ids, speed)
        sound = trim(raw, model.config.rate, _GAIN, pause_after(reading.text, speed))
        if lengths is None:
            return RenderedPiece(sound.samples, estimated(reading, sound))
        return RenderedPiece(sound.samples, _exact(reading, said, lengths, sound))

    # -- guarded by the lock -----------------------------------------------------------------------

    def _model(self, key: str) -> _Model:
        voice = voice_of(key)
        if voice is None:
            self._models.pop(key, None)
            raise OSError("The files of this voice are not there any more.")
        model = self._models.get(key)
        if model is None or model.voice.found != voice.found:
            model = self._models[key] = _loaded(voice)
        self._models.move_to_end(key)
        while len(self._models) > _MOST_LOADED:
            self._models.popitem(last=False)
        return model

    def _said(self, config: PiperConfig, reading: EngineText) -> _Said:
        if not config.espeak:
            return _by_letters(config, reading)
        clauses = self._phonemes(config, reading.text)
        groups = _groups(reading, clauses)
        said = _Said([*_ids(config, _BEGIN)], [(0, 0)] * len(reading.words))
        for clause, span in zip(clauses, groups, strict=True):
            words = [reading.text[word.start : word.end] for word, _ in reading.words[span.start : span.end]]
            phonemes = _plain(clause.phonemes)
            alone = self._phonemes(config, "\n\n".join(words)) if words else []
            places = _matched(phonemes, [_plain(one.phonemes) for one in alone], len(words))
            _add(said, config, phonemes, span, places)
            _add_mark(said, config, reading.text, clause.end)
        said.ids.extend(_ids(config, _END))
        del said.ids[_MOST_SIGNS:]
        return said

    def _phonemes(self, config: PiperConfig, text: str) -> list[Clause]:
        """Have eSpeak NG say how a text is pronounced. Raises OSError; the next piece starts it again."""
        if self._process is None:
            self._process = EspeakProcess()
        try:
            return self._process.phonemes(config.espeak, text)
        except OSError:
            self._end_process()
            raise

    def _end_process(self) -> None:
        if self._process is not None:
            self._process.close()
            self._process = None


# --- the model -------------------------------------------------------------------------------------------


def _loaded(voice: PiperVoice) -> _Model:
    """Read a model. Raises OSError or StorageError for one that is broken."""
    import onnxruntime

    if voice.config is None:
        raise OSError(voice.why)
    if not voice.found.is_own:
        folder.check(voice.found.model.parent)
    onnxruntime.disable_telemetry_events()
    with voice.found.model.open("rb") as file:
        data = file.read(_MOST_BYTES + 1)
    try:
        if len(data) > _MOST_BYTES:
            raise ValueError("it is too large")
        rounded = outputs_of(data, _ROUNDED_UP)
        model = None
        if len(rounded) == 1:
            try:
                timed = session(onnxruntime, with_output(data, rounded[0], FLOAT))
                model = _Model(voice, voice.config, timed, knows_times=True)
            except refusals(onnxruntime):
                logger.warning("A Piper voice does not tell word times; they will be estimated.")
        return model or _Model(voice, voice.config, session(onnxruntime, data), knows_times=False)
    except _unusable(onnxruntime) as error:
        raise OSError(f"{voice.found.model.name} is no model of a Piper voice.") from error


def _unusable(onnxruntime: Any) -> tuple[type[Exception], ...]:
    return (ValueError, *refusals(onnxruntime))


def _run(model: _Model, ids: Sequence[int], speed: float) -> tuple[Samples, Any]:
    """Return the samples and how many units each sign lasts; None if the model does not tell."""
    noise, length, noise_of_lengths = model.config.scales
    given: dict[str, Any] = {
        "input": np.asarray([ids], np.int64),
        "input_lengths": np.asarray([len(ids)], np.int64),
        "scales": np.asarray([noise, length / speed, noise_of_lengths], np.float32),
    }
    if model.config.speakers > 1:
        given["sid"] = np.zeros(1, np.int64)
    outputs = model.session.run(None, given)
    samples: Samples = np.nan_to_num(np.asarray(outputs[0], np.float32).reshape(-1))
    lengths = np.asarray(outputs[-1], np.float64).reshape(-1) if model.knows_times else None
    is_whole = lengths is not None and len(lengths) == len(ids) and lengths.sum() > 0
    return samples, lengths if is_whole else None


# --- from text to signs ----------------------------------------------------------------------------------


def _ids(config: PiperConfig, sign: str) -> list[int]:
    """Return a sign's numbers with the pad that follows each sign but the end; none for one unknown to it."""
    numbers = config.ids.get(sign, ())
    return [*numbers, *config.ids[_PAD]] if numbers and sign != _END else [*numbers]


def _plain(phonemes: str) -> str:
    """Return phonemes without the marks of another language, "(en)", one code point for each sign."""
    parts, depth = [], 0
    for sign in unicodedata.normalize("NFD", phonemes):
        depth += (sign == "(") - (sign == ")")
        if depth == 0 and sign != ")":
            parts.append(sign)
    return " ".join("".join(parts).split())


def _groups(reading: EngineText, clauses: Sequence[Clause]) -> list[Span]:
    """Return which words each clause has; the last one has the rest."""
    found, at = [], 0
    for number, clause in enumerate(clauses):
        first, is_last = at, number + 1 == len(clauses)
        while at < len(reading.words) and (is_last or reading.words[at][0].start < clause.end):
            at += 1
        found.append(Span(first, at))
    return found


def _places(spoken: Sequence[str]) -> list[tuple[int, int]]:
    """Return where each of these words is in the text of all of them, with a blank between two."""
    found, at = [], 0
    for word in spoken:
        found.append((at, at + len(word)))
        at += len(word) + 1
    return found


def _matched(phonemes: str, alone: Sequence[str], count: int) -> list[tuple[int, int]]:
    """Return where each word is in a clause's phonemes, by the phonemes that each has by itself.

    "42" is said as two words, and "of the" as one. ``alone`` need not be as many as the words; then the
    clause is shared out evenly.
    """
    if len(alone) != count:
        return [(len(phonemes) * n // count, len(phonemes) * (n + 1) // count) for n in range(count)]
    spoken = phonemes.split()
    if len(spoken) == count and all(map(_is_alike, spoken, alone)):
        return _places(spoken)
    whole = " ".join(alone)
    bounds: list[int] = []
    blocks = SequenceMatcher(None, whole, phonemes, autojunk=False).get_opcodes()
    for place_ in (edge for pair in _places(alone) for edge in pair):
        for _, a, b, c, d in blocks:
            if place_ <= b:
                bounds.append(c + min(d - c, round((place_ - a) * (d - c) / max(1, b - a))))
                break
        else:
            bounds.append(len(phonemes))
    return list(zip(bounds[::2], bounds[1::2], strict=True))


def _is_alike(spoken: str, alone: str) -> bool:
    return SequenceMatcher(None, spoken, alone, autojunk=False).ratio() >= _ALIKE


def _add(
    said: _Said, config: PiperConfig, phonemes: str, words: Span, places: Sequence[tuple[int, int]]
) -> None:
    """Append a clause's signs, and note which of them are those of each word."""
    starts = []
    for sign in phonemes:
        starts.append(len(said.ids))
        said.ids.extend(_ids(config, sign))
    starts.append(len(said.ids))
    for word, (first, last) in zip(range(words.start, words.end), places, strict=False):
        said.words[word] = (starts[min(first, len(phonemes))], starts[min(last, len(phonemes))])


def _add_mark(said: _Said, config: PiperConfig, text: str, end: int) -> None:
    """Append the mark with which a clause ends; the model has learned its tune."""
    mark = next((sign for sign in reversed(text[:end].rstrip()[-3:]) if sign in _MARKS), "")
    is_last = not text[end:].strip()
    said.ids.extend(_ids(config, mark or ("." if is_last else ",")))
    if not is_last:
        said.ids.extend(_ids(config, " "))


def _by_letters(config: PiperConfig, reading: EngineText) -> _Said:
    """Return the signs of a voice that was trained on letters."""
    said = _Said([*_ids(config, _BEGIN)], [])
    starts = []
    for letter in reading.text:
        starts.append(len(said.ids))
        for sign in unicodedata.normalize("NFD", letter.casefold()):
            said.ids.extend(_ids(config, sign))
    starts.append(len(said.ids))
    said.words.extend((starts[word.start], starts[word.end]) for word, _ in reading.words)
    said.ids.extend(_ids(config, _END))
    del said.ids[_MOST_SIGNS:]
    return said


# --- the words' times ------------------------------------------------------------------------------------


def _exact(reading: EngineText, said: _Said, lengths: Any, sound: Trimmed) -> tuple[WordTime, ...]:
    starts = np.concatenate([[0.0], np.cumsum(lengths)])
    starts = starts * (sound.raw_frames / starts[-1]) - sound.first
    last = len(starts) - 1
    uttered = []
    for (span, _), (first, end) in zip(reading.words, said.words, strict=True):
        start_frame, end_frame = np.clip(
            [starts[min(first, last)], starts[min(end, last)]], sound.speech_start, sound.speech_end
        )
        uttered.append(Uttered(reading.text[span.start : span.end], round(start_frame), round(end_frame)))
    return place(reading, uttered, [1] * len(uttered))
