"""Pocket TTS by sherpa-onnx: English, in the voice of the user's own recordings, on this computer. An extra.

Not run with real weights: it is written against the interface of sherpa-onnx 2.0.1, as installed
(`OfflineTtsPocketModelConfig`, `GenerationConfig`), and tested with a double of it. The names of the model's
files are those of sherpa-onnx's own examples. It tells no word times; they are estimated. sherpa-onnx brings
a runtime of its own.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import Any, Final

import numpy as np

from fishcaption.core.normalization.pauses import pause_after
from fishcaption.core.voices.downloads import POCKET
from fishcaption.server.engines.base import (
    EngineText,
    RenderedPiece,
    Samples,
    estimated,
    spaced,
    trim,
)
from fishcaption.server.offline import folder

RATE: Final = 24_000
"""Frames a second of its sound."""
MODEL_FILES: Final = {
    "lm_flow": "lm_flow.int8.onnx",
    "lm_main": "lm_main.int8.onnx",
    "encoder": "encoder.onnx",
    "decoder": "decoder.int8.onnx",
    "text_conditioner": "text_conditioner.onnx",
    "vocab_json": "vocab.json",
    "token_scores_json": "token_scores.json",
}
"""The files of the archive, by the names that sherpa-onnx has for them."""

_GAIN: Final = 1.0
_MOST_REFERENCE_SECONDS: Final = 30
_KEPT_REFERENCES: Final = 4
_GO_ON: Final = 1  # what a callback returns; 0 ends the generation


class PocketEngine:
    """Pocket TTS as a `base.VoiceEngine`. Its voices are named by the folders of their recordings."""

    def __init__(self) -> None:
        self._one_at_a_time = threading.Lock()
        # all guarded by the lock
        self._model: Any = None
        self._references: OrderedDict[tuple[str, int], tuple[Samples, int]] = OrderedDict()
        self._is_closed = False

    def load(self) -> None:
        """The model is read when it first speaks: it takes 600 MB of memory."""

    def close(self) -> None:
        """End what is being said; it is not used any more."""
        self._is_closed = True

    def render(self, own_name: str, reading: EngineText, speed: float) -> RenderedPiece:
        """Say it. Raises OSError or StorageError where model or recordings are missing or broken."""
        text = spaced(reading.text).strip()
        if not reading.words:
            return RenderedPiece(np.zeros(0, np.float32), ())
        with self._one_at_a_time:
            raw = self._generated(own_name, text, speed)
        sound = trim(raw, RATE, _GAIN, pause_after(reading.text, speed))
        return RenderedPiece(sound.samples, estimated(reading, sound))

    # -- guarded by the lock -----------------------------------------------------------------------

    def _generated(self, own_name: str, text: str, speed: float) -> Samples:
        import sherpa_onnx

        if self._model is None:
            self._model = _loaded(sherpa_onnx)
        wanted = sherpa_onnx.GenerationConfig()
        wanted.reference_audio, wanted.reference_sample_rate = self._reference(own_name)
        wanted.speed = speed
        made = self._model.generate(text, wanted, self._on_part)
        if made.sample_rate != RATE:
            raise OSError(f"Pocket TTS made {made.sample_rate} frames a second, not {RATE}")
        samples: Samples = np.nan_to_num(np.asarray(made.samples, np.float32).reshape(-1))
        return samples

    def _on_part(self, _samples: Any, _progress: float) -> int:
        return 0 if self._is_closed else _GO_ON

    def _reference(self, name: str) -> tuple[Samples, int]:
        changed = folder.reference_changed(name)
        if (name, changed) not in self._references:
            self._references[name, changed] = _listened(name)
            while len(self._references) > _KEPT_REFERENCES:
                self._references.popitem(last=False)
        return self._references[name, changed]


def _loaded(sherpa_onnx: Any) -> Any:
    """Read the model. Raises OSError or StorageError if a file is missing or another one."""
    there = folder.place(POCKET.engine, POCKET.id)
    folder.check(there)
    files = {part: str(there / name) for part, name in MODEL_FILES.items()}
    config = sherpa_onnx.OfflineTtsConfig(
        model=sherpa_onnx.OfflineTtsModelConfig(
            pocket=sherpa_onnx.OfflineTtsPocketModelConfig(**files), num_threads=1, provider="cpu"
        )
    )
    if not config.validate():  # the library ends the process if it is given what is not valid
        raise OSError("The files of Pocket TTS are not complete.")
    return sherpa_onnx.OfflineTts(config)


def _listened(name: str) -> tuple[Samples, int]:
    """Return the recordings of a voice as one sound, and its rate. Raises OSError."""
    import soundfile

    parts: list[Samples] = []
    rate, room = 0, 0
    for path in folder.reference_files(name):
        try:
            with soundfile.SoundFile(path) as file:
                if rate == 0:
                    rate, room = file.samplerate, _MOST_REFERENCE_SECONDS * file.samplerate
                if file.samplerate == rate and room > 0:
                    part = file.read(room, dtype="float32", always_2d=True).mean(axis=1)
                    parts.append(np.asarray(part, np.float32))
                    room -= len(part)
        except soundfile.LibsndfileError as error:
            raise OSError(f"{path.name} is no recording.") from error
    if not parts:
        raise OSError("The recordings of this voice are not there any more.")
    return np.concatenate(parts), rate
