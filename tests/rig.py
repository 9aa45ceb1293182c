"""A sound card made of software, private to one run; what it was given is read off sample by sample.

A PulseAudio daemon of our own (own directory, own socket) has null sinks for devices; an ALSA configuration
written for it makes each of them a device for PortAudio, under its own name, and hides all real ones. A
device can be pulled out, frozen and plugged in again, and the whole server killed. Linux only; see `missing`.

    with Rig(tmp_path, sinks=[Sink("Speakers", 24_000)]) as rig:
        subprocess.run([...], env=rig.environment)
        with rig.listen("Speakers") as recording:
            ...
            recording.wait_for_sound(timeout=2.0)

A microphone of software says what the test gives it, at the pace of the clock: see `Microphone`.

A sink plays exactly only what comes at its own rate: give it the rate of what will be played.
"""

from __future__ import annotations

import itertools
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Self

import numpy as np
import numpy.typing as npt

Samples = npt.NDArray[np.float32]

START_SECONDS = 10.0
PACKAGES = "pulseaudio pulseaudio-utils libasound2-plugins libportaudio2"  # what Debian and Ubuntu call them


class RigError(Exception):
    """The sound server does not do what was asked; the message holds the end of its log."""


def missing() -> str:
    """Say why no rig can be had on this machine; empty where it can."""
    if sys.platform != "linux":
        return "the private sound server runs on Linux only"
    absent = [tool for tool in ("pulseaudio", "parec") if shutil.which(tool) is None]
    return (
        f"{', '.join(absent)} missing: apt-get install --no-install-recommends {PACKAGES}" if absent else ""
    )


def wakeups(pid: int) -> int:
    """Count how often the threads of a process have waited for something, and so were woken again."""
    total = 0
    for status in Path(f"/proc/{pid}/task").glob("*/status"):
        found = re.search(r"^voluntary_ctxt_switches:\s+(\d+)", status.read_text(), re.MULTILINE)
        total += int(found[1]) if found else 0
    return total


@dataclass(frozen=True, slots=True)
class Sink:
    """A device to be made. ``rate`` in frames a second."""

    name: str
    rate: int = 24_000
    channels: int = 1


class Microphone:
    """A microphone of a rig, 48 kHz, int16, mono: it hears `pcm`, from when it is entered, then silence.

    ``started_at`` is `time.perf_counter` when its first frame sounded; frame n sounds n / 48000 s later.
    A server's source gives nothing at all while nothing is written to it: `hold` makes it do so.
    """

    RATE = 48_000
    _BLOCK = 480  # frames

    def __init__(self, fifo: Path, pcm: bytes) -> None:
        self._fifo = fifo
        self._pcm = pcm
        self._ending = threading.Event()
        self._is_held = threading.Event()
        self.started_at = 0.0
        self._started = threading.Event()
        self._thread = threading.Thread(target=self._write, name="rig microphone", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        self._started.wait(START_SECONDS)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ending.set()
        self._thread.join(5)

    def hold(self) -> None:
        """Give nothing any more, not even silence."""
        self._is_held.set()

    def _write(self) -> None:
        pipe = os.open(self._fifo, os.O_WRONLY)
        if sys.platform == "linux":
            with suppress(PermissionError):  # of this thread: what is late must be what records
                os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(4))
        try:
            self.started_at = time.perf_counter()
            self._started.set()
            block = 2 * self._BLOCK
            for number in itertools.count():
                if not self._is_held.is_set():
                    data = self._pcm[number * block : (number + 1) * block]
                    os.write(pipe, data.ljust(block, b"\0"))
                due = self.started_at + (number + 1) * self._BLOCK / self.RATE
                if self._ending.wait(max(0.0, due - time.perf_counter())):
                    return
        except BrokenPipeError:  # the server was killed, or the microphone unplugged
            return
        finally:
            os.close(pipe)


class Recording:
    """Everything one device was given, from `Rig.listen` on, with the time each part of it came.

    Times are `time.perf_counter` seconds. The monitor hands on what the sink plays within 5 to 10 ms.
    """

    def __init__(self, process: subprocess.Popen[bytes], rate: int, channels: int) -> None:
        self.rate = rate
        self._channels = channels
        self._process = process
        # written by the thread, under `_came`
        self._came = threading.Condition()
        self._chunks: list[Samples] = []
        self._frames = 0
        self._arrivals: list[tuple[int, float]] = []  # (frames so far, when the last of them came)
        self._ended = False
        self._thread = threading.Thread(target=self._read, name="rig recording", daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        """Return once the monitor delivers."""
        self._wait(lambda: self._frames > 0, START_SECONDS, "the monitor delivers nothing")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stop listening; what was recorded stays readable."""
        self._process.terminate()
        self._process.wait(5)
        self._thread.join(5)
        if self._process.stdout is not None:
            self._process.stdout.close()

    @property
    def frames(self) -> int:
        """How many frames the device has played since the recording began."""
        with self._came:
            return self._frames

    def samples(self, start: int = 0) -> Samples:
        """Return a copy of what was played from frame ``start`` on; the first channel."""
        with self._came:
            chunks = list(self._chunks)
        whole = np.concatenate(chunks) if chunks else np.zeros(0, np.float32)
        return whole[start:]

    def time_of(self, frame: int) -> float:
        """When ``frame`` sounded."""
        with self._came:
            arrivals = list(self._arrivals)
        index = int(np.searchsorted([frames for frames, _ in arrivals], frame, side="right"))
        frames, came = arrivals[min(index, len(arrivals) - 1)]
        return came - (frames - 1 - frame) / self.rate

    @property
    def began_at(self) -> float:
        """When the first frame sounded: to a millisecond, as the arrival that was delayed least tells it."""
        with self._came:
            return min(came - frames / self.rate for frames, came in self._arrivals)

    def frame_at(self, moment: float) -> int:
        """Which frame sounded at ``moment``."""
        with self._came:
            arrivals = list(self._arrivals)
        index = int(np.searchsorted([came for _, came in arrivals], moment))
        frames, came = arrivals[min(index, len(arrivals) - 1)]
        return max(0, frames - 1 - round((came - moment) * self.rate))

    def wait_for_sound(self, start: int = 0, timeout: float = 5.0) -> int:
        """Wait for the first sample at or after frame ``start`` that is not silence; return its frame."""
        found = -1
        seen = start

        def sounded() -> bool:
            nonlocal found, seen
            fresh = self._since(seen)
            loud = np.flatnonzero(fresh)
            if len(loud):
                found = seen + int(loud[0])
            seen += len(fresh)
            return found >= 0

        self._wait(sounded, timeout, "no sound")
        return found

    def wait_for_silence(self, seconds: float = 0.3, start: int = 0, timeout: float = 30.0) -> int:
        """Wait until the last ``seconds``, none before ``start``, were silent; return where they begin."""
        length = round(seconds * self.rate)
        quiet_from = start
        seen = start

        def quiet() -> bool:
            nonlocal quiet_from, seen
            fresh = self._since(seen)
            loud = np.flatnonzero(fresh)
            if len(loud):
                quiet_from = seen + int(loud[-1]) + 1
            seen += len(fresh)
            return seen - quiet_from >= length

        self._wait(quiet, timeout, "it does not fall silent")
        return quiet_from

    def wait_frames(self, frames: int, timeout: float = 30.0) -> None:
        """Wait until so many frames were recorded in all."""
        self._wait(lambda: self._frames >= frames, timeout, f"fewer than {frames} frames came")

    def _since(self, start: int) -> Samples:
        # called with `_came` held; walks back from the newest chunk, so that waiting costs what is new
        at = self._frames
        fresh: list[Samples] = []
        for chunk in reversed(self._chunks):
            if at <= start:
                break
            at -= len(chunk)
            fresh.append(chunk)
        if not fresh:
            return np.zeros(0, np.float32)
        return np.concatenate(fresh[::-1])[max(0, start - at) :]

    def _wait(self, done: Callable[[], bool], timeout: float, complaint: str) -> None:
        with self._came:
            if not self._came.wait_for(lambda: done() or self._ended, timeout):
                raise RigError(f"{complaint} within {timeout} s")
            if self._ended and not done():
                raise RigError(f"{complaint}: the recording ended")

    def _read(self) -> None:
        output = self._process.stdout
        assert output is not None
        width = 4 * self._channels
        rest = b""
        while data := os.read(output.fileno(), 65_536):
            came = time.perf_counter()
            data = rest + data
            whole = len(data) // width * width
            rest = data[whole:]
            chunk = np.frombuffer(data[:whole], "<f4")[:: self._channels].copy()
            with self._came:
                if len(chunk):
                    self._chunks.append(chunk)
                    self._frames += len(chunk)
                    self._arrivals.append((self._frames, came))
                self._came.notify_all()
        with self._came:
            self._ended = True
            self._came.notify_all()


class Rig:
    """A private sound server with devices made of software."""

    def __init__(self, where: Path, sinks: Sequence[Sink] = (Sink("Speakers"), Sink("Headphones"))) -> None:
        self._where = where.absolute()
        self._to_plug = tuple(sinks)
        self._sinks: dict[str, Sink] = {}
        self._microphones: set[str] = set()
        self._daemon: subprocess.Popen[bytes] | None = None
        if len(str(self._native)) > 100:  # sun_path holds 108 bytes
            raise RigError(f"{where} is too long a path for a socket")

    def __enter__(self) -> Self:
        """Start the server and plug the devices in."""
        if reason := missing():
            raise RigError(reason)
        self._where.mkdir(parents=True, exist_ok=True)
        self._where.chmod(0o700)
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill(gently=True)

    @property
    def environment(self) -> Mapping[str, str]:
        """`os.environ` with what makes PortAudio, PulseAudio's clients and SDL see our devices only."""
        return {**os.environ, **self.variables}

    @property
    def variables(self) -> Mapping[str, str]:
        """Only the variables that differ from `os.environ`."""
        return {
            "ALSA_CONFIG_PATH": str(self._where / "asound.conf"),
            "PULSE_SERVER": f"unix:{self._native}",
            "PULSE_COOKIE": str(self._where / "cookie"),
            "SDL_AUDIODRIVER": "pulseaudio",
        }

    # the server

    def start(self) -> None:
        """Start the server (again), with the devices it was made with."""
        for stale in (self._native, self._command):
            stale.unlink(missing_ok=True)
        script = self._where / "start.pa"
        script.write_text(
            f"load-module module-native-protocol-unix auth-anonymous=1 socket={self._native}\n"
            f"load-module module-cli-protocol-unix socket={self._command}\n"
        )
        daemon = [
            *("pulseaudio", "-n", f"--file={script}", "--daemonize=no", "--use-pid-file=no"),
            *("--exit-idle-time=-1", "--disallow-exit=yes", "--realtime=yes", "--high-priority=yes"),
            "--log-target=stderr",
        ]
        if shutil.which("setpriv"):
            daemon = [
                "setpriv",
                "--pdeathsig",
                "KILL",
                *daemon,
            ]  # a test run that is killed leaves none behind
        with (self._where / "log").open("ab") as log:
            self._daemon = subprocess.Popen(
                daemon, env=self._own_environment(), stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        with suppress(PermissionError):  # what is late must be what is listened to, not what listens
            os.sched_setscheduler(self._daemon.pid, os.SCHED_RR, os.sched_param(4))
        self._until(lambda: self._native.exists() and self._answers(), "the server does not answer")
        self._sinks.clear()
        for sink in self._to_plug:
            self.plug(sink)

    def kill(self, *, gently: bool = False) -> None:
        """End the server at once, as a crash does; every device is gone."""
        daemon, self._daemon = self._daemon, None
        if daemon is None:
            return
        if gently:
            daemon.terminate()
            try:
                daemon.wait(3)
            except subprocess.TimeoutExpired:
                pass
            else:
                return
        daemon.kill()
        daemon.wait(3)

    def hang(self) -> None:
        """Let the server answer nobody any more; `wake` ends it."""
        self._signal(signal.SIGSTOP)

    def wake(self) -> None:
        """Let it answer again."""
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        if self._daemon is not None:
            self._daemon.send_signal(number)

    # the devices

    def plug(self, sink: Sink) -> None:
        """Plug a device in. Its name is an ALSA device from now on."""
        self._tell(
            f"load-module module-null-sink sink_name={sink.name} rate={sink.rate} channels={sink.channels} "
            "format=float32le norewinds=1"
        )
        self._until(lambda: sink.name in self._tell("list-sinks"), f"{sink.name} does not appear")
        self._sinks[sink.name] = sink
        self._write_alsa()

    def unplug(self, name: str, *, move_streams: bool = True) -> None:
        """Pull a device out. Its streams go to another device, as desktops do, or die with it."""
        del self._sinks[name]
        self._write_alsa()  # who looks for it again must not find it while it goes
        if not move_streams:
            self.end_streams(name)
        for index, block in self._blocks("list-sinks"):
            if f"name: <{name}>" in block:
                module = re.search(r"module: (\d+)", block)
                assert module is not None, (index, block)
                self._tell(f"unload-module {module[1]}")
        self._until(lambda: f"name: <{name}>" not in self._tell("list-sinks"), f"{name} does not go")

    def plug_microphone(self, name: str, pcm: bytes) -> Microphone:
        """Plug a microphone in, which hears this. Enter the result, or it gives nothing."""
        fifo = self._where / f"{name}.fifo"
        self._tell(
            f"load-module module-pipe-source source_name={name} file={fifo} format=s16le "
            f"rate={Microphone.RATE} channels=1"
        )
        self._until(lambda: f"name: <{name}>" in self._tell("list-sources"), f"{name} does not appear")
        self._microphones.add(name)
        self._write_alsa()
        return Microphone(fifo, pcm)

    def unplug_microphone(self, name: str) -> None:
        """Pull a microphone out; who records from it hears nothing more."""
        self._microphones.discard(name)
        self._write_alsa()
        for index, block in self._blocks("list-source-outputs"):
            if re.search(f"source: .*<{name}>", block):
                self._tell(f"kill-source-output {index}")
        for index, block in self._blocks("list-sources"):
            if f"name: <{name}>" in block:
                module = re.search(r"module: (\d+)", block)
                assert module is not None, (index, block)
                self._tell(f"unload-module {module[1]}")

    def end_streams(self, name: str) -> None:
        """End what plays on a device; the device stays."""
        for stream in self._streams(name):
            self._tell(f"kill-sink-input {stream}")

    def freeze(self, name: str) -> None:
        """Let a device take no more samples, as a headset out of range does."""
        self._tell(f"suspend-sink {name} 1")

    def thaw(self, name: str) -> None:
        """Let it take samples again."""
        self._tell(f"suspend-sink {name} 0")

    def make_default(self, name: str) -> None:
        """Choose the device that "default" means."""
        self._tell(f"set-default-sink {name}")

    def streams(self, name: str) -> int:
        """How many streams are connected to a device."""
        return len(self._streams(name))

    def listen(self, name: str) -> Recording:
        """Begin to record what a device plays. Enter the result before you rely on it."""
        sink = self._sinks[name]
        process = subprocess.Popen(
            [
                *("parec", f"--device={name}.monitor", "--format=float32le", f"--rate={sink.rate}"),
                *(f"--channels={sink.channels}", "--latency-msec=5", "--raw"),
            ],
            env=self._own_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
        )
        return Recording(process, sink.rate, sink.channels)

    # how

    @property
    def _native(self) -> Path:
        return self._where / "native"

    @property
    def _command(self) -> Path:
        return self._where / "cli"

    def _own_environment(self) -> dict[str, str]:
        kept = {key: os.environ[key] for key in ("PATH", "LANG", "LD_LIBRARY_PATH") if key in os.environ}
        return {**kept, "HOME": str(self._where), "XDG_RUNTIME_DIR": str(self._where), **self.variables}

    def _write_alsa(self) -> None:
        server = f'type pulse server "unix:{self._native}"'
        lines = [
            f'pcm.{name} {{ {server} device "{name}" hint {{ show on description "{name}" }} }}'
            for name in (*self._sinks, *sorted(self._microphones))
        ]
        lines += [f"{kind}.!default {{ {server} }}" for kind in ("pcm", "ctl")]
        part = self._where / "asound.conf.part"
        part.write_text("\n".join(lines) + "\n")
        part.replace(self._where / "asound.conf")

    def _streams(self, name: str) -> list[str]:
        return [
            index
            for index, block in self._blocks("list-sink-inputs")
            if re.search(f"sink: .*<{name}>", block)
        ]

    def _blocks(self, question: str) -> list[tuple[str, str]]:
        """Split a list the server tells into (index, text) of each entry."""
        parts = re.split(r"^\s*\*?\s*index: (\d+)$", self._tell(question), flags=re.MULTILINE)
        return list(zip(parts[1::2], parts[2::2], strict=True))

    def _tell(self, line: str) -> str:
        """Give the server one command of its own command line; return what it says."""
        with socket.socket(socket.AF_UNIX) as wire:
            wire.settimeout(5)
            wire.connect(str(self._command))
            wire.sendall(line.encode() + b"\n")
            wire.shutdown(socket.SHUT_WR)
            with wire.makefile("rb") as answer:
                return _read_all(answer)

    def _answers(self) -> bool:
        try:
            return "name:" in self._tell("list-modules")
        except OSError:
            return False

    def _until(self, done: Callable[[], bool], complaint: str) -> None:
        end = time.monotonic() + START_SECONDS
        pause = threading.Event()
        while not done():
            ended = self._daemon is None or self._daemon.poll() is not None
            if ended or time.monotonic() > end:
                log = (self._where / "log").read_text(errors="replace")[-2000:]
                raise RigError(f"{complaint}:\n{log}")
            pause.wait(0.005)


def _read_all(answer: IO[bytes]) -> str:
    return answer.read().decode(errors="replace")
