"""A microphone, opened at what it can: int16 mono blocks at 48 kHz come out, and what was lost is counted."""

from __future__ import annotations

import math
import queue
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import soxr

from fishcaption.audio.devices import Device, DeviceChoice, read_devices
from fishcaption.audio.recorder.flac_file import RATE
from fishcaption.core.errors import AudioDeviceError

BLOCK_SECONDS = 0.02

LATENCY_SECONDS = 0.1
"""The device keeps so much for us while the machine is busy; what is new is handed over as it comes."""

START_SECONDS = 6.0
"""A Bluetooth headset may take seconds to give its first sound."""

SILENT_SECONDS = 2.0
"""A device that calls for so long no more is gone: not every host tells."""

TAIL_SECONDS = 0.2
"""A device that is being stopped may have nothing more to give."""

MOST_WAITING_SECONDS = 60.0
"""A disk that does not take the sound for longer loses some of it: memory has an end."""

_GONE = b"gone"
_STOPPED = b"stopped"

Samples = npt.NDArray[np.int16]


class Converter:
    """Frames of a device as int16 mono at 48 kHz: mixed down, resampled. Bit-exact where nothing is to do."""

    def __init__(self, rate: int, channels: int) -> None:
        self._channels = channels
        self._stream = soxr.ResampleStream(rate, RATE, 1, dtype="int16") if rate != RATE else None

    def convert(self, pcm: bytes) -> Samples:
        """Return what can be told of the next frames; a resampler keeps some back."""
        samples = np.frombuffer(pcm, "<i2")
        if self._channels > 1:
            # rint: cut off, quiet sound would sink to zero
            samples = np.rint(samples.reshape(-1, self._channels).mean(axis=1)).astype(np.int16)
        return self._resampled(samples, is_last=False)

    def end(self) -> Samples:
        """Return what was kept back."""
        return self._resampled(np.zeros(0, np.int16), is_last=True)

    def _resampled(self, samples: Samples, *, is_last: bool) -> Samples:
        if self._stream is None:
            return samples
        resampled: Samples = self._stream.resample_chunk(samples, last=is_last)
        return resampled


def way_to_open(is_accepted: Callable[[int, int], bool], device: Device) -> tuple[int, int] | None:
    """Return the (rate, channels) at which a device is opened; None if it takes none of what we can use.

    48 kHz mono is best. A change of the channels costs less than one of the rate.
    """
    ways = [(rate, channels) for rate in (RATE, device.rate, 44_100, 16_000) for channels in (1, 2)]
    if device.channels > 2:
        ways += [(rate, device.channels) for rate in (RATE, device.rate)]
    return next((way for way in ways if is_accepted(*way)), None)


class Microphone:
    """An open stream. Raises AudioDeviceError if there is no such device, or it cannot be opened.

    Never closed: a device that hangs would keep us. The process ends, and with it the stream.
    """

    def __init__(self, sounddevice: Any, choice: DeviceChoice | None) -> None:
        self.lost_frames = 0  # at 48 kHz
        self._queue: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._tail_blocks: int | None = None  # that are still to be taken; None: no end is in sight
        self._frames = 0  # of the device
        self._first_at: float | None = None
        index, device = _choose(sounddevice, choice)
        self.name = device.name
        extra = None
        if sys.platform == "win32" and "WASAPI" in device.hostapi:
            extra = sounddevice.WasapiSettings(auto_convert=True)

        def is_accepted(rate: int, channels: int) -> bool:
            try:
                sounddevice.check_input_settings(index, channels, "int16", extra, rate)
            except (sounddevice.PortAudioError, ValueError):
                return False
            return True

        way = way_to_open(is_accepted, device)
        if way is None:
            raise _closed(device.name)
        self._rate, channels = way
        self.converter = Converter(*way)
        try:
            self._stream = sounddevice.RawInputStream(
                samplerate=self._rate,
                blocksize=round(self._rate * BLOCK_SECONDS),
                device=index,
                channels=channels,
                dtype="int16",
                latency=LATENCY_SECONDS,
                extra_settings=extra,
                callback=self._take,
                finished_callback=lambda: self._queue.put(_GONE),
            )
            self._stream.start()
        except sounddevice.PortAudioError as error:
            raise _closed(device.name) from error

    def stop(self) -> None:
        """Let the blocks end with what is being said now; for another thread to call."""
        self._queue.put(_STOPPED)

    def next_block(self) -> Samples | None:
        """Return the next frames at 48 kHz; None after `stop`. Blocks.

        Raises AudioDeviceError if the microphone is gone.
        """
        while True:
            if self._tail_blocks == 0:
                return None
            try:
                block = self._queue.get(timeout=self._patience())
            except queue.Empty:
                block = _GONE
            if block is _STOPPED:
                # what was said before is still on its way
                tail = min(1.0, float(self._stream.latency)) / BLOCK_SECONDS
                self._tail_blocks = 1 + math.ceil(tail)
            elif block is not _GONE:
                if self._tail_blocks is not None:
                    self._tail_blocks -= 1
                return self.converter.convert(block)
            elif self._tail_blocks is not None:
                return None
            else:
                raise self._gone()

    def _patience(self) -> float:
        if self._tail_blocks is not None:
            return TAIL_SECONDS
        return START_SECONDS if self._first_at is None else SILENT_SECONDS

    def _gone(self) -> AudioDeviceError:
        if self._first_at is None:
            return AudioDeviceError(
                f'The microphone "{self.name}" gives no sound.',
                hint="Plug it in again, choose another one, or close the program that uses it.",
            )
        return AudioDeviceError(
            f'The microphone "{self.name}" is gone.', hint="What was recorded until then is kept."
        )

    def _take(self, data: Any, frames: int, _times: Any, status: Any) -> None:
        """Put the frames aside: called in PortAudio's thread."""
        now = time.perf_counter()
        if self._first_at is None:
            self._first_at = now - frames / self._rate
        if status.input_overflow:
            # nobody tells how many: what the clock has gone ahead, and at least this much
            ahead = round((now - self._first_at) * self._rate) - self._frames - frames
            lost = max(frames, ahead)
            self._frames += lost
            self._lose(lost)
        self._frames += frames
        if self._queue.qsize() * BLOCK_SECONDS > MOST_WAITING_SECONDS:
            self._lose(frames)
        else:
            self._queue.put(bytes(data))

    def _lose(self, frames: int) -> None:
        self.lost_frames += round(frames * RATE / self._rate)


def _choose(sounddevice: Any, choice: DeviceChoice | None) -> tuple[int, Device]:
    devices = read_devices(sounddevice, "input")
    if not devices:
        raise AudioDeviceError("There is no microphone.", hint="Plug one in, and record again.")
    if choice is None:
        return next((entry for entry in devices if entry[1].is_default), devices[0])
    for index, device in devices:
        if device.name == choice.name and choice.hostapi in ("", device.hostapi):
            return index, device
    raise AudioDeviceError(
        f'The microphone "{choice.name}" is not there.', hint="Plug it in, or choose another one."
    )


def _closed(name: str) -> AudioDeviceError:
    return AudioDeviceError(
        f'The microphone "{name}" cannot be opened.',
        hint="Another program may be using it alone: close that, or choose another microphone.",
    )
