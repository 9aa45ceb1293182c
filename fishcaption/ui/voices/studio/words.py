"""Lengths, checks and advice in words: what was found in a recording, and what would help."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from functools import partial

from PySide6.QtCore import QCoreApplication

from fishcaption.core.errors import FishCaptionError
from fishcaption.core.voices.takes import Advice, TakeMeasures, advice_of

ENOUGH_SECONDS = (60.0, 120.0)
"""So much makes a good voice; the least that is worth a try is a single take."""

_tr = partial(QCoreApplication.translate, "Studio")


def error_words(error: FishCaptionError) -> str:
    """Return what went wrong and what to do."""
    return f"{error} {error.hint}".strip()


def length_words(seconds: float) -> str:
    """Return a length as people say it: “17 s”, “1 min 20 s”."""
    whole = round(seconds)
    if whole < 60:
        return _tr("{seconds} s").format(seconds=whole)
    minutes, rest = divmod(whole, 60)
    if not rest:
        return _tr("{minutes} min").format(minutes=minutes)
    return _tr("{minutes} min {seconds} s").format(minutes=minutes, seconds=rest)


def amount_words(seconds: float, count: int) -> str:
    """Return how much is kept, and how much is enough."""
    if not count:
        return _tr("Nothing is recorded yet. 1 to 2 minutes are enough, in pauses as long as you like.")
    length = length_words(seconds)
    if seconds < ENOUGH_SECONDS[0]:
        return _tr("{length} are kept; 1 to 2 minutes are enough.").format(length=length)
    if seconds <= ENOUGH_SECONDS[1]:
        return _tr("{length} are kept. That is enough; up to 2 minutes may sound better.").format(
            length=length
        )
    return _tr("{length} are kept. That is plenty.").format(length=length)


def check_words(measures: TakeMeasures) -> str:
    """Return the verdict on a take in a few words, for a list."""
    found = advice_of(measures)
    return _short()[found[0]] if found else _tr("good")


def advice_words(measures: TakeMeasures) -> str:
    """Return what would make a take better; a warning, and never a reason to refuse it."""
    found = advice_of(measures)
    if not found:
        return _tr("Good: clear, loud enough, and the room is quiet.")
    said = " ".join(map(_advised, found[:3]))
    if found[0] in (Advice.NO_SIGNAL, Advice.NO_SPEECH):
        return said
    return _tr("{advice} You can use it as it is.").format(advice=said)


def room_words(measures: TakeMeasures) -> str:
    """Return what was found about the microphone and the room."""
    found = [advice for advice in advice_of(measures) if advice is not Advice.SHORT]
    if found:
        return " ".join(map(_advised, found[:3]))
    if measures.snr_db is None:
        return _tr("Your voice is heard well. Be silent for some seconds, too: then the room can be judged.")
    return _tr("Your voice is heard well, nothing is too loud, and the room is quiet. You can begin.")


def no_signal_words(system: str = sys.platform) -> str:
    """Return what to do where the microphone gives nothing at all, on this system."""
    return _tr("The microphone gives no sound at all.") + " " + _permission(system)


def joined(lines: Iterable[str]) -> str:
    """Return the sentences that are not empty, one after the other."""
    return " ".join(filter(None, lines))


def _permission(system: str) -> str:
    if system == "darwin":
        return _tr(
            "Open System Settings, Privacy & Security, Microphone, and allow it for this program. "
            "Then start the program again."
        )
    if system == "win32":
        return _tr(
            "Open Settings, Privacy & security, Microphone, and allow desktop apps to use it. "
            "Is there a switch on the microphone, too?"
        )
    return _tr(
        "Open the sound settings of the system: is this microphone muted, or another one chosen? "
        "Is there a switch on it, or on the headset?"
    )


def _short() -> dict[Advice, str]:
    return {
        Advice.NO_SIGNAL: _tr("no sound at all"),
        Advice.NO_SPEECH: _tr("no voice found"),
        Advice.CLIPPED: _tr("too loud in places"),
        Advice.VERY_NOISY: _tr("very noisy"),
        Advice.SHORT: _tr("short"),
        Advice.QUIET: _tr("quiet"),
        Advice.NARROW: _tr("muffled"),
        Advice.NOISY: _tr("some noise"),
    }


def _advised(advice: Advice) -> str:
    words: dict[Advice, Callable[[], str]] = {
        Advice.NO_SIGNAL: no_signal_words,
        Advice.NO_SPEECH: lambda: _tr(
            "No voice was found in it. Is it the right microphone? Speak towards it, and record again."
        ),
        Advice.CLIPPED: lambda: _tr(
            "It is too loud in places. Move a little away from the microphone, or turn it down."
        ),
        Advice.VERY_NOISY: lambda: _tr(
            "There is much noise. Close windows and doors, switch off fans, move closer to the microphone."
        ),
        Advice.SHORT: lambda: _tr("It is short: 15 to 20 seconds are best, from 10 on it helps."),
        Advice.QUIET: lambda: _tr("It is quiet. Move closer to the microphone, or turn it up."),
        Advice.NARROW: lambda: _tr(
            "It sounds as if through a telephone. A headset by cable sounds clearer than one by Bluetooth."
        ),
        Advice.NOISY: lambda: _tr("There is some noise. Moving closer to the microphone helps most."),
    }
    return words[advice]()
