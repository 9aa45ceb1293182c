"""The process of a recording: a microphone in, a FLAC file out.

    python -m fishcaption.audio.recorder.main      an order in, events out, each a JSON object a line

The order is `path` and `device` (name, host API; null: the default). What follows it on the standard input
means nothing: its end stops the recording. The file is finished even if nobody reads the events any more.

    opened   device: its name
    level    peak, rms: 0 to 1; is_clipped; has_signal: false once all was zero for so long
    ended    frames, lost; the error that ended it, if any: see `told_errors`
"""

from __future__ import annotations

import gc
import json
import os
import signal
import sys
import threading
from pathlib import Path
from typing import BinaryIO

import numpy as np

from fishcaption.audio.devices import DeviceChoice
from fishcaption.audio.engine import portaudio
from fishcaption.audio.recorder.flac_file import RATE, FlacFile
from fishcaption.audio.recorder.microphone import Microphone, Samples
from fishcaption.audio.recorder.told_errors import fields_of
from fishcaption.core.errors import AudioDeviceError, FishCaptionError

FULL_SCALE = 32_768
ZERO_SECONDS = 2.0
"""A microphone that hears anything at all is not at zero for so long."""

SHORTEST_SECONDS = 0.5
"""Of a recording that is shorter nothing can be said."""

LEVEL_FRAMES = RATE // 25
"""A level is told after so many frames, or at once if it rises: people see that late, and not a fall."""


class Meter:
    """The level of what is recorded, as it is told."""

    def __init__(self) -> None:
        self._frames = 0
        self._peak = 0
        self._squares = 0.0
        self._told_peak = 0
        self._zero_frames: int | None = 0  # since the start; None: something was heard

    @property
    def has_signal(self) -> bool:
        """False once all was zero for `ZERO_SECONDS` since the start."""
        return self._zero_frames is None or self._zero_frames < ZERO_SECONDS * RATE

    @property
    def is_all_zero(self) -> bool:
        """True while nothing but zero has come."""
        return self._zero_frames is not None

    def take(self, samples: Samples) -> dict[str, object] | None:
        """Return the level to be told now, if it is time."""
        if not len(samples):
            return None
        wide = samples.astype(np.int32)
        peak = int(np.abs(wide).max())
        self._peak = max(self._peak, peak)
        self._squares += float(np.square(wide, dtype=np.float64).sum())
        self._frames += len(samples)
        if peak:
            self._zero_frames = None
        elif self._zero_frames is not None:
            self._zero_frames += len(samples)
        if self._frames < LEVEL_FRAMES and self._peak <= self._told_peak:
            return None
        level = {
            "event": "level",
            "peak": self._peak / FULL_SCALE,
            "rms": (self._squares / self._frames) ** 0.5 / FULL_SCALE,
            "is_clipped": self._peak >= FULL_SCALE - 1,
            "has_signal": self.has_signal,
        }
        self._told_peak = self._peak
        self._frames = self._peak = 0
        self._squares = 0.0
        return level


class Events:
    """Tells the app, over a pipe; nobody, if the app is gone."""

    def __init__(self, descriptor: int) -> None:
        self._stream: BinaryIO | None = os.fdopen(descriptor, "wb", buffering=0)

    def tell(self, **fields: object) -> None:
        """Write an event. Levels are left out while the app takes none: the recording waits for nobody."""
        if self._stream is None:
            return
        if sys.platform != "win32":  # there, a minute's sound waits in the queue
            os.set_blocking(self._stream.fileno(), fields["event"] != "level")
        try:
            self._stream.write(json.dumps(fields).encode() + b"\n")  # below PIPE_BUF: whole or not at all
        except OSError:  # the app was killed: the file is what counts
            self._stream = None


def record(order: dict[str, object], orders: BinaryIO, events: Events) -> None:
    """Record until the orders end. Raises nothing: what goes wrong is told with the end."""
    frames = lost = 0
    error: FishCaptionError | None = None
    try:
        device = order["device"]
        choice = DeviceChoice(*device) if isinstance(device, list) else None
        microphone = Microphone(portaudio.imported(), choice)
        file = FlacFile(Path(str(order["path"])))
        signal.signal(signal.SIGTERM, lambda _number, _frame: microphone.stop())  # the user logs out
        threading.Thread(target=_stop_at_end, args=(orders, microphone), name="orders", daemon=True).start()
        events.tell(event="opened", device=microphone.name)
        meter = Meter()
        try:
            while (block := microphone.next_block()) is not None:
                file.write(block.tobytes())
                if level := meter.take(block):
                    events.tell(**level)
            file.write(microphone.converter.end().tobytes())
        finally:
            frames, lost = file.close(), microphone.lost_frames
        if frames >= RATE * SHORTEST_SECONDS and meter.is_all_zero:
            error = no_signal(microphone.name)
    except FishCaptionError as failed:
        error = failed
    events.tell(event="ended", frames=frames, lost=lost, **fields_of(error))


def no_signal(name: str) -> AudioDeviceError:
    """Return the error of a microphone that gave zeros only."""
    if sys.platform == "darwin":
        hint = "Allow it: System Settings, Privacy & Security, Microphone. Then start the program again."
    elif sys.platform == "win32":
        hint = "Allow it: Settings, Privacy & security, Microphone, desktop apps. Or it is switched off."
    else:
        hint = "It may be switched off, at the device or in the sound settings, or be another one."
    return AudioDeviceError(f'The microphone "{name}" gave complete silence: nothing was heard.', hint=hint)


def _stop_at_end(orders: BinaryIO, microphone: Microphone) -> None:
    while orders.read(4_096):
        pass
    microphone.stop()


def main() -> None:
    """Record for the process that started this one."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is the app's, which ends us
    if sys.platform != "win32":
        signal.signal(signal.SIGHUP, signal.SIG_IGN)  # the terminal was closed: the file is finished first
    events = Events(os.dup(1))
    os.dup2(2, 1)  # what a library prints is not an event
    portaudio.hurry()
    orders = os.fdopen(os.dup(0), "rb", buffering=0)
    order = json.loads(_line(orders))
    gc.freeze()
    gc.disable()  # a block must not wait for it
    record(order, orders, events)
    os._exit(0)  # a device that hangs would keep the interpreter


def _line(orders: BinaryIO) -> bytes:
    """Read the first line, and not a byte more."""
    line = b""
    while byte := orders.read(1):
        if byte == b"\n":
            break
        line += byte
    return line


if __name__ == "__main__":
    main()
