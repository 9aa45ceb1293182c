"""Entries as the bytes of a file, by format."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

from fishcaption.captions.files.shown_entries import Entry
from fishcaption.core.cues.subtitle_formats import VTT_HEADER, to_srt, to_vtt
from fishcaption.core.cues.transcript_formats import to_json_line, to_text_line


class EntryFormat(NamedTuple):
    """A format: the option that chooses it, its ending, the beginning of its files, and its entries.

    ``entry`` is called with an entry, its number from 1 on, and whether its speaker is another one.
    """

    option: str
    name: str
    ending: str
    header: bytes
    entry: Callable[[Entry, int, bool], str]

    def encoded(self, entry: Entry, number: int, *, is_new_speaker: bool) -> bytes:
        """Return the bytes of one entry."""
        return self.entry(entry, number, is_new_speaker).encode("utf-8", "replace")


def _srt(entry: Entry, number: int, is_new_speaker: bool) -> str:
    return to_srt(number, *_times(entry), _named(entry, is_new_speaker))


def _vtt(entry: Entry, number: int, is_new_speaker: bool) -> str:
    return to_vtt(*_times(entry), entry.lines, speaker=entry.speaker)


def _txt(entry: Entry, number: int, is_new_speaker: bool) -> str:
    return to_text_line(_named(entry, is_new_speaker))


def _jsonl(entry: Entry, number: int, is_new_speaker: bool) -> str:
    return to_json_line(
        *_times(entry), entry.lines, entry.words, speaker=entry.speaker, language=entry.language
    )


def _times(entry: Entry) -> tuple[float, float]:
    return entry.start_seconds, entry.end_seconds


def _named(entry: Entry, is_new_speaker: bool) -> tuple[str, ...]:
    """Return the lines, behind the speaker's name where somebody else speaks than before."""
    if not (entry.speaker and is_new_speaker):
        return entry.lines
    return (f"{entry.speaker}: {entry.lines[0]}", *entry.lines[1:])


FORMATS: Final = (
    EntryFormat("srt", "SubRip (.srt)", ".srt", b"", _srt),
    EntryFormat("vtt", "WebVTT (.vtt)", ".vtt", VTT_HEADER.encode(), _vtt),
    EntryFormat("txt", "Plain text (.txt)", ".txt", b"", _txt),
    EntryFormat("words", "JSON with the time of each word (.jsonl)", ".jsonl", b"", _jsonl),
)
