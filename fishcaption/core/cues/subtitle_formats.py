"""Entries of subtitle files: SubRip and WebVTT."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

VTT_HEADER: Final = "WEBVTT\n\n"


def to_srt(number: int, start_seconds: float, end_seconds: float, lines: Iterable[str]) -> str:
    """Return one SubRip entry and the empty line behind it. ``number`` counts from 1.

    SubRip has no escapes, and players (FFmpeg, libass) read `<…>` as tags, and `{…}` and backslashes as
    commands of SubStation. So similar signs replace them, or a word joiner is put behind them.
    """
    return f"{number}\n{_span(start_seconds, end_seconds, ',')}\n{_without_commands(_shown(lines))}\n\n"


def to_vtt(start_seconds: float, end_seconds: float, lines: Iterable[str], *, speaker: str = "") -> str:
    """Return one WebVTT cue and the empty line behind it; a file begins with `VTT_HEADER`.

    A speaker's name is in a voice tag, which players may show or use for a style.
    """
    voice = f"<v {' '.join(_escaped(speaker).split())}>" if speaker.strip() else ""
    return f"{_span(start_seconds, end_seconds, '.')}\n{voice}{_escaped(_shown(lines))}\n\n"


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


# No line is broken at a no-break space.
_WORD: Final = re.compile(r"[\S\u00a0\u202f\u2007]+")
_TAG: Final = re.compile(r"<([^<>]*)>")
_BRACED: Final = re.compile(r"\{([^{}]*)\}")
_COMMAND: Final = re.compile(r"\\(?=\S)|&(?=#?\w+;)|--(?=>)")


def _without_commands(text: str) -> str:
    text = _BRACED.sub("｛\\1｝", _TAG.sub("‹\\1›", text))
    return _COMMAND.sub(lambda match: f"{match.group()}\u2060", text)


def _shown(lines: Iterable[str]) -> str:
    # An empty line ends an entry, and so would a line break that only some programs know.
    return "\n".join(" ".join(_WORD.findall(line)) or "\u00a0" for line in lines)


def _span(start_seconds: float, end_seconds: float, point: str) -> str:
    return f"{_time(start_seconds, point)} --> {_time(end_seconds, point)}"


def _time(seconds: float, point: str) -> str:
    milliseconds = max(0, round(seconds * 1000))
    minutes, rest = divmod(milliseconds, 60_000)
    return f"{minutes // 60:02}:{minutes % 60:02}:{rest // 1000:02}{point}{rest % 1000:03}"
