"""SubRip and WebVTT files become scripts.

The order of the entries is kept and their times are not followed: a presenter's key decides. How long an
entry stands is kept as the length of its cue. What is broken is told; its words stay.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal, NamedTuple

from fishcaption.core.script.cue_list import CueList
from fishcaption.core.script.model import Script
from fishcaption.core.text.incoming import cleaned
from fishcaption.core.text.tags import without_tags
from fishcaption.core.voices.speaker_names import named_line, recognized

Kind = Literal["srt", "vtt"]

_CLOCK: Final = r"(?:(\d{1,4})\s?:\s?)?(\d{1,2})\s?:\s?(\d{1,2})(?:\s?[,.]\s?(\d{1,3}))?"
_TIMES: Final = re.compile(rf"[^\d\n]{{0,3}}{_CLOCK}\s*-+>\s*{_CLOCK}(?!\d)")
_ARROW: Final = re.compile(r"-+>")
_NEAR_TIME: Final = re.compile(r"\d\s*[:.,]?\s*-+>|-+>\s*\d")
_POSITION: Final = re.compile(r"\{\\[a-zA-Z0-9][^{}\n]{0,200}\}|\{/?[ibu]\}|\{[yYcCfFsS]:[^{}\n]{0,40}\}")
_TAG: Final = re.compile(
    r"</?(?:[biusv]|c|font|ruby|rt|rp|lang|span)(?:[.\s][^<>\n]{0,200})?>|<[\d:.]{5,20}>", re.I
)
_READING: Final = re.compile(r"<rt>[^<>]{0,200}(?:</rt>|(?=</ruby>))", re.I)
_VOICE: Final = re.compile(r"<v(?:\.[^\s<>]{0,80})?(?:[ \t]+([^<>\n]{0,200}))?>", re.I)
_DASHED: Final = re.compile(r"[-–—‐]\s?\S")
_DENSE: Final = re.compile("[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\u0e00-\u0eff]")
_NO_TEXT: Final = re.compile(r"(NOTE|STYLE|REGION)(?:[ \t]|$)")
_MOST_TOLD: Final = 20


class _Line(NamedTuple):
    """A line of text; ``number`` counts from 1."""

    number: int
    is_behind_gap: bool  # an empty line stands before it
    text: str


@dataclass
class _Entry:
    """An entry as it stands in the file."""

    has_time: bool = False
    start_seconds: float | None = None  # None: the times cannot be used
    seconds: float | None = None
    lines: list[_Line] = field(default_factory=list)

    def drop_name(self, kind: Kind) -> None:
        """Drop the number or the name of the entry that follows, which stands right before its time."""
        last = self.lines[-1] if self.lines else None
        if last is not None and (last.text.isdecimal() or (kind == "vtt" and last.is_behind_gap)):
            self.lines.pop()

    def blocks(self) -> list[list[_Line]]:
        """Return the lines, divided at empty lines; the first block is the entry's own text."""
        found: list[list[_Line]] = []
        for line in self.lines:
            if line.is_behind_gap or not found:
                found.append([])
            found[-1].append(line)
        return found


class _Said(NamedTuple):
    """A text with its speaker, as far as the file marks one."""

    text: str
    seconds: float | None = None
    speaker: str = ""


def script_of(text: str, kind: Kind, name: str = "", *, language: str = "en") -> Script:
    """Return the script of a file in SubRip or WebVTT. Raises InputError for too many cues."""
    told: list[str] = []
    found: list[_Said | str] = []  # a string is a note
    for item in _items(text.split("\n"), kind, told):
        if isinstance(item, str):
            found.append(item)
            continue
        for index, block in enumerate(item.blocks()):
            is_own = item.has_time and index == 0
            if not is_own:
                told.append(
                    f"Line {block[0].number}: this text has no time of its own. It is a cue without a length."
                )
            found += _said([line.text for line in block], item.seconds if is_own else None, kind)
    cues = CueList(language=language)
    _fill(cues, found)
    for sentence in told[:_MOST_TOLD]:
        cues.tell(sentence)
    if len(told) > _MOST_TOLD:
        cues.tell(f"{len(told) - _MOST_TOLD} more places are like these.")
    return cues.script(name)


class TimedText(NamedTuple):
    """The text of an entry and when it stands."""

    start_seconds: float
    end_seconds: float
    lines: tuple[str, ...]


def timed_texts(text: str, kind: Kind) -> list[TimedText]:
    """Return the entries of a file with their times, in the file's order; those without usable times go."""
    found: list[TimedText] = []
    for item in _items(text.split("\n"), kind, []):
        if isinstance(item, str) or item.start_seconds is None or item.seconds is None:
            continue
        clean = _untagged if kind == "vtt" else _without_styles
        lines = tuple(
            shown for line in item.blocks()[:1] for raw in line if (shown := clean(raw.text).strip())
        )
        if lines:
            found.append(TimedText(item.start_seconds, item.start_seconds + item.seconds, lines))
    return found


def _items(lines: list[str], kind: Kind, told: list[str]) -> Iterator[_Entry | str]:
    """Yield the entries and, as strings, the comments."""
    entry = _Entry()
    is_behind_gap = True
    block = ""  # a block of WebVTT that holds no text: its kind
    for number, raw in enumerate(lines, 1):
        line = raw.strip()
        if not line:
            is_behind_gap, block = True, ""
            continue
        time = _time(line)
        if time is not None:
            entry.drop_name(kind)
            yield entry
            entry, block = _Entry(True, time.start_seconds, time.seconds), ""
            if time.problem:
                told.append(f"Line {number}: {time.problem}")
        else:
            if kind == "vtt" and is_behind_gap:
                opening = _NO_TEXT.match(line) if number > 1 else re.match("WEBVTT", line)
                block = opening[0].strip() if opening else ""
                line = line[4:].strip() if block == "NOTE" else line
            if not block:
                entry.lines.append(_Line(number, is_behind_gap, line))
            elif block == "NOTE" and line:
                yield line
        is_behind_gap = False
    yield entry


class _Time(NamedTuple):
    start_seconds: float | None
    seconds: float | None
    problem: str = ""


def _time(line: str) -> _Time | None:
    """Return the length that a line of times gives; None for a line of text."""
    if not _ARROW.search(line):
        return None
    match = _TIMES.match(line)
    if match is None:
        if _NEAR_TIME.search(line[:80]) is None:
            return None
        return _Time(None, None, "its times cannot be read. The text is a cue without a length.")
    parts = match.groups()
    start = _seconds(parts[:4])
    length = round(_seconds(parts[4:]) - start, 3)
    if length <= 0:
        return _Time(None, None, "it ends before it begins. The text is a cue without a length.")
    return _Time(start, length)


def _seconds(parts: Sequence[str | None]) -> float:
    hours, minutes, seconds, fraction = parts
    whole = int(hours or 0) * 3600 + int(minutes or 0) * 60 + int(seconds or 0)
    return whole + (int(fraction) / 10 ** len(fraction) if fraction else 0.0)


def _said(lines: Sequence[str], seconds: float | None, kind: Kind) -> list[_Said]:
    """Return the text of an entry, without tags and positions; one for each voice of WebVTT."""
    text = "\n".join(lines)
    if kind == "srt":
        return [_Said(_joined(_without_styles(text)), seconds)]
    first, *voices = _VOICE.split(text)
    found = [_Said(_joined(_untagged(first)))]
    for name, said in zip(voices[::2], voices[1::2], strict=True):
        found.append(_Said(_joined(_untagged(said)), None, _untagged(name or "")))
    spoken = [said for said in found if said.text]
    # Several voices in one entry: nobody knows how long each speaks.
    return [said._replace(seconds=seconds) for said in spoken] if len(spoken) == 1 else spoken


def _without_styles(text: str) -> str:
    return _TAG.sub("", _POSITION.sub("", text))


def _untagged(text: str) -> str:
    # an entity may stand for a control or for a tag of ours
    return without_tags(cleaned(html.unescape(_TAG.sub("", _VOICE.sub("", _READING.sub("", text))))))


def _joined(text: str) -> str:
    """Return an entry's lines as one: they are broken for a screen. A voice with a dash has its own line."""
    joined = ""
    for line in (line.strip() for line in text.split("\n")):
        if not joined or not line:
            joint = ""
        elif _DASHED.match(line):
            joint = "\n"
        else:
            joint = "" if _DENSE.match(joined[-1]) and _DENSE.match(line) else " "
        joined += joint + line
    return joined


def _fill(cues: CueList, found: Sequence[_Said | str]) -> None:
    """Add the texts, with the speakers that stand before a colon."""
    texts = [None if isinstance(item, str) or item.speaker else named_line(item.text) for item in found]
    names = recognized(line for line in texts if line is not None)
    for item, named in zip(found, texts, strict=True):
        if isinstance(item, str):
            cues.note(item)
        elif named is not None and named.name in names and named.text:
            cues.note(named.aside)
            cues.add(named.text, speaker=named.name, seconds=item.seconds)
        else:
            cues.add(item.text, speaker=item.speaker, seconds=item.seconds)
