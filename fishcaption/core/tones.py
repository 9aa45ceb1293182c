"""Sounds that are no speech: signals that draw attention, and the telephone's dialling tones.

Every sound is computed from a few numbers, always the same, as int16 mono frames at `RATE`. A signal is loud
from its first moment, mostly between 500 and 4000 Hz, where people hear best, and lasts 0.4 to 1.2 s. All
sounds begin and end in silence, so that they can be inserted anywhere.
"""

from __future__ import annotations

import math
import sys
from array import array
from collections.abc import Callable, Iterable, Iterator
from functools import cache

from fishcaption.core.errors import InputError

RATE = 24_000
PEAK = 0.89
"""Peak as a share of full scale: loud, with a decibel of headroom for a device's conversion."""

EDGE_SECONDS = 0.004

# --- signals --------------------------------------------------------------------------------------------

Wave = list[float]


def signal(name: str) -> tuple[int, bytes]:
    """Return (frames a second, int16 frames) of one of `SIGNALS`. Raises InputError for another name."""
    make = _MAKERS.get(name)
    if make is None:
        raise InputError("There is no such attention sound.")
    return RATE, _made(make)


@cache
def _made(make: Callable[[], Wave]) -> bytes:
    return _pcm(make())


def _bell() -> Wave:
    """A counter's bell, struck twice."""
    # partials of a struck bell: (multiple of the lowest, level, seconds until it is a third as loud)
    partials = ((1.0, 1.0, 0.5), (2.02, 0.7, 0.35), (3.01, 0.45, 0.22), (4.17, 0.4, 0.14), (5.43, 0.3, 0.09))
    wave = _silence(1.1)
    for at in (0.0, 0.24):
        for ratio, level, fade in partials:
            _ring(wave, at, 1046.5 * ratio, level, fade)
    return wave


def _chime() -> Wave:
    """Three rising notes of a marimba."""
    wave = _silence(1.0)
    for at, hertz in ((0.0, 784.0), (0.16, 987.8), (0.32, 1174.7)):
        for ratio, level, fade in ((1.0, 1.0, 0.3), (4.0, 0.35, 0.08), (9.2, 0.12, 0.03)):
            _ring(wave, at, hertz * ratio, level, fade)
    return wave


def _call() -> Wave:
    """Two tones in turn, like a pager."""
    wave: Wave = []
    for hertz in (1046.5, 784.0, 1046.5, 784.0):
        wave += _shaped(_tone(hertz, 0.2, (1.0, 0.0, 0.35, 0.0, 0.12)))
    return wave


def _knock() -> Wave:
    """Knuckles on a door, three times."""
    wave = _silence(0.62)
    for at in (0.0, 0.17, 0.34):
        for hertz, level, fade in ((330.0, 0.7, 0.04), (640.0, 1.0, 0.045), (1180.0, 0.9, 0.03)):
            _ring(wave, at, hertz, level, fade)
        for index, noise in enumerate(_noise(round(0.02 * RATE)), round(at * RATE)):
            wave[index] += 0.6 * noise * math.exp(-(index / RATE - at) / 0.004)
    return [math.tanh(1.5 * sample) for sample in wave]


def _horn() -> Wave:
    """A stadium's horn: three pipes that are slightly out of tune."""
    size = 2048
    harmonics = [(n, 1 / n**0.6) for n in range(1, 12)]
    period = [
        sum(level * math.sin(2 * math.pi * n * index / size + n * n) for n, level in harmonics)
        for index in range(size)
    ]
    steps = [hertz * size / RATE for hertz in (370.0, 466.2, 554.4)]
    wave = [
        math.tanh(0.5 * sum(period[int(step * index) % size] for step in steps))
        for index in range(round(0.9 * RATE))
    ]
    return _shaped(wave, attack_seconds=0.02)


def _whistle() -> Wave:
    """A whistle with two fingers: up, and up again higher."""
    wave: Wave = []
    for start, end, seconds in ((1300.0, 2300.0, 0.2), (1500.0, 2800.0, 0.3)):
        phase = 0.0
        note: Wave = []
        count = round(seconds * RATE)
        for index in range(count):
            phase += 2 * math.pi * (start + (end - start) * math.sin(math.pi / 2 * index / count)) / RATE
            note.append(math.sin(phase) + 0.15 * math.sin(2 * phase))
        wave += _shaped(note, attack_seconds=0.02) + _silence(0.05)
    return wave


_MAKERS: dict[str, Callable[[], Wave]] = {
    "bell": _bell,
    "chime": _chime,
    "call": _call,
    "knock": _knock,
    "whistle": _whistle,
    "horn": _horn,
}

SIGNALS = tuple(_MAKERS)
"""Names of the attention sounds."""

# --- dialling -------------------------------------------------------------------------------------------

KEYS = "123A456B789C*0#D"
"""Keys of ITU-T Q.23, row by row; today's telephones have no fourth column, but the tones do."""

LOW_HERTZ = (697.0, 770.0, 852.0, 941.0)
HIGH_HERTZ = (1209.0, 1336.0, 1477.0, 1633.0)
TONE_SECONDS = 0.1
PAUSE_SECONDS = 0.1
WAIT_SECONDS = 2.0
"""Seconds of a comma, as with modems: wait for the other side."""

TWIST_DECIBELS = 2.0
"""Decibels by which the high tone is louder: long lines weaken it more."""

_IGNORED = " -./()"


def dial(
    keys: str, *, tone_seconds: float = TONE_SECONDS, pause_seconds: float = PAUSE_SECONDS
) -> tuple[int, bytes]:
    """Return (frames a second, int16 frames) of a number's dialling tones.

    Signs that only part digits (blanks, points, hyphens, slashes, brackets) are left out; a comma waits. Each
    key sounds for ``tone_seconds`` and is followed by ``pause_seconds``; a receiver needs 40 ms of each
    (ITU-T Q.24). Raises InputError for any other sign, or if no key is left.
    """
    wave = array("h")
    high = PEAK / (1 + 10 ** (-TWIST_DECIBELS / 20))
    low = PEAK - high
    pause = array("h", bytes(2 * round(pause_seconds * RATE)))
    for key in keys.upper():
        if key in _IGNORED:
            continue
        if key == ",":
            wave.frombytes(bytes(2 * round(WAIT_SECONDS * RATE)))
            continue
        place = KEYS.find(key)
        if place < 0:
            raise InputError("Only 0 to 9, *, #, A to D and commas have dialling tones.")
        both = zip(
            _tone(LOW_HERTZ[place // 4], tone_seconds, (low,)),
            _tone(HIGH_HERTZ[place % 4], tone_seconds, (high,)),
            strict=True,
        )
        wave.extend(_frames(_shaped([one + other for one, other in both])))
        wave.extend(pause)
    if not wave:
        raise InputError("There is no key to dial.")
    return RATE, _bytes(wave)


# --- waves ----------------------------------------------------------------------------------------------


def _silence(seconds: float) -> Wave:
    return [0.0] * round(seconds * RATE)


def _tone(hertz: float, seconds: float, harmonics: Iterable[float]) -> Wave:
    """Return a steady tone; ``harmonics`` are the levels of its first, second, … harmonic."""
    steps = [(2 * math.pi * hertz * n / RATE, level) for n, level in enumerate(harmonics, 1) if level]
    return [
        sum(level * math.sin(step * index) for step, level in steps) for index in range(round(seconds * RATE))
    ]


def _ring(wave: Wave, at_seconds: float, hertz: float, level: float, fade_seconds: float) -> None:
    """Add a tone that is struck and fades out."""
    # A recurrence: each sample follows from the two before it, in a sixth of the time of sin and exp.
    step = 2 * math.pi * hertz / RATE
    shrink = math.exp(-1 / (fade_seconds * RATE))
    turn = 2 * shrink * math.cos(step)
    before, now = 0.0, level * shrink * math.sin(step)
    square = shrink * shrink
    first = round(at_seconds * RATE)
    for index in range(first + 1, min(len(wave), first + round(7 * fade_seconds * RATE))):
        wave[index] += now
        before, now = now, turn * now - square * before


def _noise(count: int) -> Iterator[float]:
    """Yield samples of noise between -1 and 1, always the same."""
    state = 1
    for _ in range(count):
        state = (1_103_515_245 * state + 12_345) & 0x7FFF_FFFF
        yield state / 0x4000_0000 - 1.0


def _shaped(wave: Wave, attack_seconds: float = EDGE_SECONDS) -> Wave:
    """Fade the wave in and out: half a cosine at each end."""
    for seconds, indexes in (
        (attack_seconds, range(len(wave))),
        (EDGE_SECONDS, range(len(wave) - 1, -1, -1)),
    ):
        count = round(seconds * RATE)
        for step, index in zip(range(count), indexes, strict=False):
            wave[index] *= 0.5 - 0.5 * math.cos(math.pi * step / count)
    return wave


def _pcm(wave: Wave) -> bytes:
    """Return the wave at the peak level, faded out at its end."""
    last = round(10 * EDGE_SECONDS * RATE)
    for step in range(last):
        wave[-1 - step] *= step / last
    scale = PEAK / max(abs(sample) for sample in wave)
    return _bytes(_frames(scale * sample for sample in wave))


def _frames(wave: Iterable[float]) -> array[int]:
    return array("h", [round(32_767 * sample) for sample in wave])


def _bytes(frames: array[int]) -> bytes:
    if sys.byteorder == "big":
        frames = array("h", frames)
        frames.byteswap()
    return frames.tobytes()
