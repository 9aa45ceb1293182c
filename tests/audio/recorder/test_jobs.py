"""Work on recordings: measured, cut, read; and files that are none. Each is done by a process of its own."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import soundfile
import soxr

from fishcaption.audio.recorder import jobs
from fishcaption.core.errors import FishCaptionError, InputError, StorageError
from fishcaption.core.voices.takes import Advice, advice_of
from tests.audio.recorder.conftest import RATE

pytestmark = pytest.mark.slow

Samples = npt.NDArray[np.float32]


def noise(speech: Samples, snr_db: float) -> Samples:
    """Pink noise, so far below the speech."""
    level = np.sqrt(np.square(speech[np.abs(speech) > 1e-4]).mean())
    spectrum = np.fft.rfft(np.random.default_rng(0).standard_normal(len(speech)))
    spectrum[1:] /= np.sqrt(np.arange(1, len(spectrum)))
    pink = np.fft.irfft(spectrum, len(speech))
    return np.asarray(pink * (level / np.sqrt(np.square(pink).mean()) * 10 ** (-snr_db / 20)), np.float32)


def spoiled(speech: Samples, how: str) -> Samples:
    clean = speech + noise(speech, 50)
    ways: dict[str, Callable[[], Samples]] = {
        "clean": lambda: clean,
        "noise 20 dB": lambda: speech + noise(speech, 20),
        "noise 10 dB": lambda: speech + noise(speech, 10),
        "clipped": lambda: np.clip(clean * 5, -1, 1) * np.float32(0.6),
        "quiet": lambda: clean * np.float32(0.02),
        "telephone": lambda: np.asarray(soxr.resample(soxr.resample(speech, RATE, 8_000), 8_000, RATE)),
        "noise alone": lambda: noise(speech, 20),
        "zeros": lambda: speech * 0,
    }
    return ways[how]()


@pytest.mark.parametrize(
    ("how", "advice"),
    [
        ("clean", ()),
        ("noise 20 dB", (Advice.NOISY,)),
        ("noise 10 dB", (Advice.VERY_NOISY,)),
        ("clipped", (Advice.CLIPPED,)),
        ("quiet", (Advice.QUIET,)),
        ("telephone", (Advice.NARROW,)),
        ("noise alone", (Advice.NO_SPEECH,)),
        ("zeros", (Advice.NO_SIGNAL,)),
    ],
)
def test_what_was_spoiled_is_found(
    speech: Samples, tmp_path: Path, how: str, advice: tuple[Advice, ...]
) -> None:
    path = tmp_path / "take.flac"
    soundfile.write(path, spoiled(speech, how), RATE)
    measures = jobs.check(path)
    assert advice_of(measures) == advice, measures
    assert measures.seconds == pytest.approx(len(speech) / RATE, abs=0.01)
    if how == "noise 20 dB":
        assert measures.snr_db == pytest.approx(20, abs=2)
    if how == "clean":
        assert measures.speech_start == pytest.approx(0.5, abs=0.2)
        assert measures.speech_end == pytest.approx(measures.seconds - 1.0, abs=0.3)


@pytest.mark.parametrize("name", ["a.wav", "a.flac", "a.mp3", "a.opus", "a.ogg", "a.aiff"])
def test_every_usual_file_is_read(speech: Samples, tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    stereo = np.stack([speech, speech], axis=1)
    subtype = {"a.opus": "OPUS"}.get(name)
    soundfile.write(path, stereo, RATE, format="OGG" if subtype else None, subtype=subtype)
    measures = jobs.check(path)
    assert measures.speech_seconds > 10
    rate, pcm = jobs.read(path)
    assert rate == RATE
    heard = np.frombuffer(pcm, "<i2") / 32_768
    assert np.corrcoef(heard[: len(speech)], speech)[0, 1] > 0.99


def test_a_part_is_cut_exactly(speech: Samples, tmp_path: Path) -> None:
    path, target = tmp_path / "take.wav", tmp_path / "part.flac"
    soundfile.write(path, speech, RATE)
    frames = jobs.cut(path, target, 1.0, 3.0, trims=False, levels=False)
    part, rate = soundfile.read(target, dtype="int16")
    assert (frames, len(part), rate) == (2 * RATE, 2 * RATE, RATE)
    whole, _ = soundfile.read(path, dtype="int16")
    ramp = round(0.005 * RATE)
    assert (part[ramp:-ramp] == whole[RATE + ramp : 3 * RATE - ramp]).all()
    assert (part[0], part[-1]) == (0, 0), "it does not click"


def test_silence_is_trimmed_and_the_voice_made_as_loud_as_usual(speech: Samples, tmp_path: Path) -> None:
    path = tmp_path / "take.flac"
    soundfile.write(path, spoiled(speech, "quiet"), RATE)
    frames = jobs.cut(path, path, 0.0, None, trims=True, levels=True)
    measures = jobs.check(path)
    assert measures.seconds == frames / RATE == pytest.approx(len(speech) / RATE - 1.4, abs=0.5)
    assert measures.speech_start < 0.3
    assert measures.loudness_lufs == pytest.approx(-20, abs=1)
    assert np.abs(soundfile.read(path)[0]).max() <= 10 ** (-1 / 20) + 1e-3
    assert sorted(tmp_path.iterdir()) == [path]


def test_what_a_killed_recorder_of_others_left_is_read(tmp_path: Path) -> None:
    """Its head tells no length, and libsndfile cannot seek in it."""
    path = tmp_path / "take.flac"
    program = (
        "import os, sys, soundfile; f = soundfile.SoundFile(sys.argv[1], 'w', 48000, 1); "
        "f.buffer_write(b'\\1\\2' * 96000, 'int16'); os.kill(os.getpid(), 9)"
    )
    subprocess.run([sys.executable, "-c", program, str(path)], check=False)
    assert soundfile.info(path).frames > 1e15
    assert jobs.check(path).seconds == pytest.approx(2.0, abs=0.2)
    assert jobs.cut(path, tmp_path / "part.flac", 0.5, 1.0, trims=False, levels=False) == RATE // 2


@pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="FFmpeg is not installed")
@pytest.mark.parametrize("name", ["voice.m4a", "film.mp4", "film.mov"])
def test_the_sound_of_films_and_telephones_is_decoded_by_the_users_own_program(
    speech: Samples, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    wav, path = tmp_path / "take.wav", tmp_path / name
    soundfile.write(wav, speech, RATE)
    subprocess.run(["ffmpeg", "-v", "error", "-i", str(wav), str(path)], check=True)
    assert jobs.check(path).speech_seconds > 10
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(InputError, match="can be sent as it is") as told:
        jobs.check(path)
    assert "ffmpeg" in told.value.hint


@pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="FFmpeg is not installed")
def test_a_film_without_sound_is_told(tmp_path: Path) -> None:
    path = tmp_path / "film.mp4"
    made = ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc=d=1:s=64x64", "-an", str(path)]
    subprocess.run(made, check=True)
    with pytest.raises(InputError, match="has no sound"):
        jobs.check(path)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("letter.wav", b"Dear all, this is a letter.\n" * 100, "no sound that can be read"),
        ("empty.wav", b"", "is empty"),
        ("letter.raw", b"no sound", "no sound that can be read"),
        ("cut.m4a", b"\0\0\0\x20ftypM4A " + b"\0" * 20, "has no sound"),
    ],
)
def test_what_is_no_sound_is_told(tmp_path: Path, name: str, content: bytes, words: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    for work in (jobs.check, jobs.read):
        with pytest.raises(InputError, match=words):
            work(path)
    with pytest.raises(InputError, match=words):
        jobs.cut(path, tmp_path / "part.flac", 0.0, None, trims=True, levels=True)
    assert sorted(tmp_path.iterdir()) == [path]


def test_what_is_too_large_or_too_long_is_refused_at_once(tmp_path: Path) -> None:
    path = tmp_path / "long.wav"
    with soundfile.SoundFile(path, "w", 8_000, 1) as file:
        file.seek(8_000 * 3_700)  # a hole: nothing is on the disk
        file.write(np.zeros(8_000, np.int16))
    with pytest.raises(InputError, match="longer than one hour"):
        jobs.check(path)
    with pytest.raises(InputError, match="longer than 15 minutes"):
        jobs.read(path)
    assert jobs.cut(path, tmp_path / "part.flac", 3_600.0, 3_601.0, trims=False, levels=False) == RATE
    huge = tmp_path / "huge.wav"
    with huge.open("wb") as hole:
        hole.truncate(5 * 1024**3)
    with pytest.raises(InputError, match="larger than 4 GB"):
        jobs.check(huge)


def test_files_that_are_not_there_and_folders_that_do_not_exist_are_told(
    speech: Samples, tmp_path: Path
) -> None:
    for path in (tmp_path / "none.wav", tmp_path):
        with pytest.raises(InputError):
            jobs.check(path)
    path = tmp_path / "take.wav"
    soundfile.write(path, speech[:RATE], RATE)
    with pytest.raises(StorageError, match=r"part\.flac cannot be written"):
        jobs.cut(path, tmp_path / "none" / "part.flac", 0.0, None, trims=False, levels=False)
    for start, words in [(5.0, "does not reach"), (1.0, "no sound in this part")]:
        with pytest.raises(InputError, match=words):
            jobs.cut(path, tmp_path / "part.flac", start, start + 1, trims=False, levels=False)
    assert sorted(tmp_path.iterdir()) == [path]
    with pytest.raises(InputError, match="end"):
        jobs.cut(path, tmp_path / "part.flac", 0.5, 0.5, trims=False, levels=False)


def test_a_program_that_cannot_start_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "take.wav"
    soundfile.write(path, np.zeros(RATE), RATE)
    for executable in ("/bin/false", str(tmp_path / "none")):
        monkeypatch.setattr(sys, "executable", executable)
        with pytest.raises(FishCaptionError):
            jobs.check(path)
