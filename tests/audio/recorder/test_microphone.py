"""How a microphone is opened that cannot do what is wanted, and what becomes of its frames; the meter."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from fishcaption.audio.devices import Device, DeviceChoice
from fishcaption.audio.recorder.main import Meter
from fishcaption.audio.recorder.microphone import Converter, Microphone, Samples, way_to_open
from fishcaption.core.errors import AudioDeviceError
from tests.audio.sounds import counted

RATE = 48_000


def wave(rate: int) -> npt.NDArray[np.int16]:
    """A second of 200 Hz, which begins at zero at any rate."""
    sine = 10_000 * np.sin(2 * np.pi * 200 * np.arange(rate) / rate)
    return np.asarray(np.rint(sine), np.int16)


def device(rate: int = 48_000, channels: int = 2) -> Device:
    return Device("Microphone", "ALSA", False, channels, rate)


@pytest.mark.parametrize(
    ("there", "accepted", "way"),
    [
        (device(), {(48_000, 1), (48_000, 2)}, (48_000, 1)),
        (device(), {(48_000, 2), (44_100, 1)}, (48_000, 2)),
        (device(44_100), {(44_100, 1), (16_000, 1)}, (44_100, 1)),
        (device(96_000), {(96_000, 2)}, (96_000, 2)),
        (device(8_000), {(8_000, 1)}, (8_000, 1)),
        (device(48_000, 8), {(48_000, 8)}, (48_000, 8)),
        (device(), {(22_050, 1)}, None),
    ],
)
def test_a_microphone_is_opened_at_what_it_can(
    there: Device, accepted: set[tuple[int, int]], way: tuple[int, int] | None
) -> None:
    assert way_to_open(lambda rate, channels: (rate, channels) in accepted, there) == way


def test_what_needs_no_change_is_exact() -> None:
    pcm = counted(4_800)
    assert Converter(RATE, 1).convert(pcm).tobytes() == pcm


@pytest.mark.parametrize(("rate", "channels"), [(44_100, 2), (16_000, 1), (48_000, 2), (96_000, 3)])
def test_other_rates_and_channels_become_48_khz_mono(rate: int, channels: int) -> None:
    pcm = np.repeat(wave(rate), channels).astype("<i2").tobytes()
    converter = Converter(rate, channels)
    block = rate // 50 * 2 * channels
    parts = [converter.convert(pcm[at : at + block]) for at in range(0, len(pcm), block)]
    whole = np.concatenate([*parts, converter.end()]).astype(float)
    assert len(whole) == pytest.approx(RATE, abs=2)
    wanted = wave(RATE).astype(float)
    middle = slice(RATE // 4, 3 * RATE // 4)
    assert np.abs(whole[middle] - wanted[: len(whole)][middle]).max() < 10


def test_a_rise_is_told_at_once_and_a_fall_after_40_ms() -> None:
    meter = Meter()
    quiet, loud = np.full(960, 100, np.int16), np.full(960, -32_768, np.int16)
    told = [meter.take(block) for block in (quiet, quiet, quiet, loud, quiet, quiet)]
    assert [level is not None for level in told] == [True, False, True, True, False, True]
    assert told[3] is not None
    assert (told[3]["peak"], told[3]["rms"], told[3]["is_clipped"]) == (1.0, 1.0, True)


def test_zeros_since_the_start_are_no_signal() -> None:
    meter = Meter()
    zeros = np.zeros(RATE, np.int16)
    assert [level["has_signal"] for _ in range(3) if (level := meter.take(zeros))] == [True, False, False]
    meter.take(np.ones(960, np.int16))
    assert meter.has_signal


class PortAudioError(Exception):
    """As sounddevice's."""


class Stream:
    """An input stream whose blocks the test gives."""

    latency = 0.04

    def __init__(self, options: dict[str, Any]) -> None:
        self.options = options

    def start(self) -> None:
        pass

    def give(self, pcm: bytes, *, overflow: bool = False) -> None:
        frames = len(pcm) // 2 // self.options["channels"]
        self.options["callback"](pcm, frames, None, SimpleNamespace(input_overflow=overflow))


class SoundDevice:
    """A PortAudio with one microphone, which can only what it is told."""

    PortAudioError = PortAudioError

    def __init__(self, rate: int, channels: int) -> None:
        self._way = (rate, channels)
        self.default = SimpleNamespace(hostapi=0)
        self.streams: list[Stream] = []

    def query_hostapis(self) -> list[dict[str, Any]]:
        return [{"name": "ALSA", "default_input_device": 0}]

    def query_devices(self) -> list[dict[str, Any]]:
        rate, channels = self._way
        device: dict[str, Any] = {"index": 0, "name": "Camera", "hostapi": 0}
        return [{**device, "max_input_channels": channels, "default_samplerate": rate}]

    def check_input_settings(self, index: int, channels: int, dtype: str, extra: object, rate: int) -> None:
        if (rate, channels) != self._way:
            raise PortAudioError("refused")

    def RawInputStream(self, **options: Any) -> Stream:
        self.streams.append(Stream(options))
        return self.streams[-1]


class Refusing(SoundDevice):
    """One whose microphone another program has."""

    def check_input_settings(self, *settings: object) -> None:
        raise PortAudioError("busy")


def blocks_of(microphone: Microphone) -> list[Samples]:
    """What comes until its end."""
    blocks = []
    while (block := microphone.next_block()) is not None:
        blocks.append(block)
    return blocks


def test_a_microphone_with_two_channels_at_another_rate_is_recorded_at_48_khz_mono() -> None:
    library = SoundDevice(44_100, 2)
    microphone = Microphone(library, None)
    (stream,) = library.streams
    assert (microphone.name, stream.options["blocksize"]) == ("Camera", 882)
    stereo = np.repeat(wave(44_100), 2).astype("<i2").tobytes()
    for at in range(0, len(stereo), 882 * 4):
        stream.give(stereo[at : at + 882 * 4])
    microphone.stop()
    blocks = blocks_of(microphone)
    whole = np.concatenate([*blocks, microphone.converter.end()]).astype(float)
    assert len(whole) == pytest.approx(RATE, abs=2)
    assert np.abs(whole[RATE // 4 : RATE // 2] - wave(RATE)[RATE // 4 : RATE // 2]).max() < 10
    assert microphone.lost_frames == 0


def test_what_the_device_lost_is_counted_at_least() -> None:
    library = SoundDevice(RATE, 1)
    microphone = Microphone(library, DeviceChoice("Camera"))
    (stream,) = library.streams
    stream.give(counted(960))
    stream.give(counted(960), overflow=True)
    assert microphone.lost_frames >= 960
    stream.give(counted(960))
    microphone.stop()
    assert sum(len(block) for block in blocks_of(microphone)) == 3 * 960


def test_what_is_said_while_stop_is_pressed_is_recorded() -> None:
    library = SoundDevice(RATE, 1)
    microphone = Microphone(library, None)
    (stream,) = library.streams
    microphone.stop()
    for _ in range(10):
        stream.give(counted(960))
    assert len(blocks_of(microphone)) == 3  # the device's latency, and a block


def test_a_device_that_ends_is_gone_and_one_that_can_nothing_is_not_opened() -> None:
    library = SoundDevice(RATE, 1)
    microphone = Microphone(library, None)
    (stream,) = library.streams
    stream.give(counted(960))
    stream.options["finished_callback"]()
    assert microphone.next_block() is not None
    with pytest.raises(AudioDeviceError, match='"Camera" is gone'):
        microphone.next_block()
    with pytest.raises(AudioDeviceError, match='"Camera" cannot be opened'):
        Microphone(Refusing(RATE, 1), None)
