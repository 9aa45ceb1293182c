"""Recordings from a microphone of a real sound server, and what may happen to them."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import astuple
from pathlib import Path

import numpy as np
import numpy.typing as npt
import psutil
import pytest
import soundfile

from fishcaption.audio.child import command, environment
from fishcaption.audio.devices import DeviceChoice, inputs
from fishcaption.audio.recorder.capture import Captured, CapturedLevel, RecordingProcess
from fishcaption.core.errors import AudioDeviceError, StorageError
from tests.audio.sounds import CYCLE
from tests.rig import Microphone, Rig

if sys.platform == "linux":
    import fcntl

pytestmark = pytest.mark.slow

RATE = Microphone.RATE
CHOICE = DeviceChoice("Microphone", "ALSA")
SECONDS = 20.0


class Take:
    """A recording in a thread of its own, and the levels that were told."""

    def __init__(self, path: Path, device: DeviceChoice | None = CHOICE) -> None:
        self.path = path
        self._changed = threading.Condition()
        self.levels: list[CapturedLevel] = []
        self.process = RecordingProcess(path, device, self._take)
        self.result: Future[Captured] = Future()
        threading.Thread(target=self._run, name="take").start()

    def wait(self, is_enough: Callable[[list[CapturedLevel]], bool]) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: is_enough(self.levels) or self.result.done(), SECONDS)

    def wait_levels(self, more: int) -> None:
        there = len(self.levels)
        self.wait(lambda levels: len(levels) >= there + more)

    def _take(self, level: CapturedLevel) -> None:
        with self._changed:
            self.levels.append(level)
            self._changed.notify_all()

    def _run(self) -> None:
        try:
            result = self.process.run()
        except (AudioDeviceError, StorageError) as error:
            self.result.set_exception(error)
        else:
            self.result.set_result(result)
        with self._changed:
            self._changed.notify_all()


def until(condition: Callable[[], bool]) -> None:
    """Look until something is so; for a file, which tells nobody that it grows."""
    pause, end = threading.Event(), time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < end
        pause.wait(0.05)


def samples(path: Path) -> npt.NDArray[np.int64]:
    read, rate = soundfile.read(path, dtype="int16")
    assert rate == RATE
    return np.asarray(read, np.int64)


def is_unbroken(read: npt.NDArray[np.int64]) -> bool:
    """Return whether each counted frame follows the one before."""
    return bool(((read[1:] - read[:-1]) % CYCLE == 1).all()) and 0 not in read


def test_every_frame_is_in_the_file_as_it_was_heard(microphone: Microphone, tmp_path: Path) -> None:
    take = Take(tmp_path / "take.flac")
    take.wait_levels(60)
    take.process.stop()
    captured = take.result.result(SECONDS)
    assert captured.lost_frames == 0
    assert captured.frames > RATE
    read = samples(take.path)
    assert len(read) == captured.frames
    assert is_unbroken(read)
    if sys.platform != "win32":
        assert stat.S_IMODE(take.path.stat().st_mode) == 0o600


def test_a_kill_in_mid_take_leaves_a_whole_file(microphone: Microphone, tmp_path: Path) -> None:
    take = Take(tmp_path / "take.flac")
    take.wait_levels(75)
    assert take.process.pid is not None
    psutil.Process(take.process.pid).kill()
    with pytest.raises(AudioDeviceError, match="unexpectedly"):
        take.result.result(SECONDS)
    read = samples(take.path)
    assert len(read) > RATE / 2
    assert is_unbroken(read)


def test_a_stop_before_it_has_begun_is_one(microphone: Microphone, tmp_path: Path) -> None:
    take = Take(tmp_path / "take.flac")
    take.process.stop()
    captured = take.result.result(SECONDS)
    assert captured.lost_frames == 0
    assert captured.frames < RATE


@pytest.mark.skipif(sys.platform == "win32", reason="Windows stops no process")
def test_a_user_who_logs_out_has_the_recording(microphone: Microphone, tmp_path: Path) -> None:
    take = Take(tmp_path / "take.flac")
    take.wait_levels(30)
    assert take.process.pid is not None
    psutil.Process(take.process.pid).terminate()
    captured = take.result.result(SECONDS)
    read = samples(take.path)
    assert len(read) == captured.frames
    assert is_unbroken(read)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows stops no process")
def test_an_app_that_takes_no_levels_holds_nothing_up(microphone: Microphone, tmp_path: Path) -> None:
    """Its pipe is full at once; the file grows, and the end is told."""
    path = tmp_path / "take.flac"
    recorder = subprocess.Popen(
        command("fishcaption.audio.recorder.main"),
        env=environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert recorder.stdin is not None
    assert recorder.stdout is not None
    with recorder.stdout as events:
        if sys.platform == "linux":
            fcntl.fcntl(events, fcntl.F_SETPIPE_SZ, 4_096)
        recorder.stdin.write(
            json.dumps({"path": str(path), "device": list(astuple(CHOICE))}).encode() + b"\n"
        )
        recorder.stdin.flush()
        until(lambda: path.exists() and path.stat().st_size > 18_000)  # 3 s
        recorder.stdin.close()
        last = json.loads(events.read().splitlines()[-1])
    assert recorder.wait(5) == 0
    assert (last["event"], last["lost"], last["kind"]) == ("ended", 0, "")
    read = samples(path)
    assert len(read) == last["frames"]
    assert is_unbroken(read)


def test_the_recording_is_finished_when_the_program_is_killed(microphone: Microphone, tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from fishcaption.audio.devices import DeviceChoice; "
        "from fishcaption.audio.recorder.capture import RecordingProcess as R; "
        "R(Path(sys.argv[1]), DeviceChoice('Microphone'), lambda level: print('.', flush=True)).run()"
    )
    path = tmp_path / "take.flac"
    app = subprocess.Popen([sys.executable, "-c", program, str(path)], stdout=subprocess.PIPE)
    assert app.stdout is not None
    with app.stdout:
        for _ in range(60):
            app.stdout.readline()
        (recorder,) = psutil.Process(app.pid).children()
        before = soundfile.info(path).frames
        app.send_signal(signal.SIGKILL)
        app.wait(5)
        recorder.wait(5)
    read = samples(path)
    assert len(read) >= before > 0
    assert is_unbroken(read)


def test_a_microphone_that_is_unplugged_ends_the_take_and_keeps_it(
    rig: Rig, microphone: Microphone, tmp_path: Path
) -> None:
    take = Take(tmp_path / "take.flac")
    take.wait_levels(30)
    rig.unplug_microphone("Microphone")
    with pytest.raises(AudioDeviceError, match="is gone") as told:
        take.result.result(SECONDS)
    assert "kept" in told.value.hint
    assert is_unbroken(samples(take.path)[: RATE // 4])


def test_a_microphone_that_falls_dumb_ends_the_take(microphone: Microphone, tmp_path: Path) -> None:
    take = Take(tmp_path / "take.flac")
    take.wait_levels(30)
    microphone.hold()
    with pytest.raises(AudioDeviceError, match="is gone"):
        take.result.result(SECONDS)
    assert len(samples(take.path)) > RATE / 4


def test_zeros_alone_are_told_while_and_after_they_are_recorded(rig: Rig, tmp_path: Path) -> None:
    with rig.plug_microphone("Microphone", b""):
        take = Take(tmp_path / "take.flac")
        take.wait(lambda levels: bool(levels) and not levels[-1].has_signal)
        assert take.levels[0].has_signal
        take.process.stop()
        with pytest.raises(AudioDeviceError, match="silence") as told:
            take.result.result(SECONDS)
    assert told.value.hint
    assert not samples(take.path).any()


def test_a_disk_that_is_full_keeps_what_it_took(
    microphone: Microphone, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if sys.platform == "win32":
        return
    import resource

    small = 6_000  # bytes: counted frames are packed to less than one bit each
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (small, before[1]))
    try:
        take = Take(tmp_path / "take.flac")
        with pytest.raises(StorageError, match=r"take\.flac cannot be written") as told:
            take.result.result(SECONDS)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert "room" in told.value.hint
    read = samples(take.path)
    assert len(read) > RATE / 4
    assert is_unbroken(read)


def test_the_level_follows_the_sound(rig: Rig, tmp_path: Path) -> None:
    quiet = np.full(3 * RATE, 3_277, "<i2")
    loud = np.full(2 * RATE, -32_768, "<i2")
    with rig.plug_microphone("Microphone", np.concatenate([quiet, loud]).tobytes()):
        take = Take(tmp_path / "take.flac")
        take.wait(lambda levels: bool(levels) and levels[-1].is_clipped)
        take.process.stop()
        take.result.result(SECONDS)
    first = take.levels[2]
    assert first.peak == pytest.approx(0.1, rel=0.01)
    assert first.rms == pytest.approx(0.1, rel=0.01)
    assert not first.is_clipped
    assert max(level.peak for level in take.levels) == 1.0


def test_a_file_that_is_there_is_never_written_over(microphone: Microphone, tmp_path: Path) -> None:
    path = tmp_path / "take.flac"
    path.write_bytes(b"dear")
    with pytest.raises(StorageError, match="already"):
        Take(path).result.result(SECONDS)
    assert path.read_bytes() == b"dear"


def test_an_unknown_microphone_and_a_broken_system_are_told(
    rig: Rig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "take.flac"
    with pytest.raises(AudioDeviceError, match='"Studio" is not there'):
        Take(path, DeviceChoice("Studio")).result.result(SECONDS)
    monkeypatch.setenv("ALSA_CONFIG_PATH", os.devnull)
    with pytest.raises(AudioDeviceError, match="PortAudio"):
        Take(path).result.result(SECONDS)
    assert not path.exists()


def test_the_microphones_are_listed(rig: Rig, microphone: Microphone) -> None:
    assert CHOICE in [device.choice for device in inputs()]
