"""The interface between the server and its engines, and the work on text that every engine shares.

A `VoiceEngine` turns one piece of text (a sentence at most, `pieces` cuts them) into samples and the times
of its words. Work that all of them share lives here: the letters that a voice of Latin script can say and the
replacement of others, the trimming of silence, the level, and word times for an engine that has none of its
own.

Positions in text are code points of the piece that was given; positions in audio are frames at the engine's
rate.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from fishcaption.core.speech import Span, WordTime
from fishcaption.core.text.characters import plain_text
from fishcaption.core.text.segmentation import Segmenter, clause_ends, words

Samples = NDArray[np.float32]

MOST_WORDS: Final = 25
"""Words in a piece: 25 take about 90 ms, 300 without a full stop took 2 s."""

LONGEST_WORD: Final = 40
"""Letters of one word that are given to an engine whole; what is longer is no word, and is said in parts."""


@dataclass(frozen=True, slots=True)
class RenderedPiece:
    """The sound of one piece, mono, within -1 and 1, and when each of its words is heard in it."""

    samples: Samples
    words: tuple[WordTime, ...]


class VoiceEngine(Protocol):
    """One way of making speech. Its methods are called from worker threads, several at once."""

    def load(self) -> None:
        """Read what it needs from disk; called again it does nothing. Slow, so not on the event loop."""
        ...

    def render(self, own_name: str, reading: EngineText, speed: float) -> RenderedPiece:
        """Say it in the engine's voice of that name; 0.5 is half as fast, 2.0 twice. Silence is trimmed."""
        ...

    def close(self) -> None:
        """End what it runs beside this process, if anything; it is not used any more."""
        ...


# --- what is given to an engine --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class EngineText:
    """A piece of text as an engine is given it.

    ``text`` has no controls, but for the end of its line, and nothing in a script that the voice cannot say;
    ``words`` are those of ``text``, each with the words of the piece that it stands for (several where a run
    of another script is only named).
    """

    text: str
    words: tuple[tuple[Span, tuple[Span, ...]], ...]


# A script is named in the language of the voice; only English names which one it is.
_NAMED: Final = {
    "de": "fremde Schrift",
    "es": "otra escritura",
    "fr": "autre écriture",
    "it": "altra scrittura",
}
_IDEOGRAPHS: Final = ("CJK", "KANGXI", "BOPOMOFO")
_KANA: Final = ("HIRAGANA", "KATAKANA", "HALFWIDTH", "KATAKANA-HIRAGANA")
_SCRIPTS: Final = {"CYRILLIC": "Cyrillic", "HANGUL": "Korean"}


def _script(letter: str) -> str:
    """Return the first word of the letter's Unicode name, which is nearly always its script."""
    return unicodedata.name(letter, "unknown").split()[0]


def _fold(character: str) -> str:
    """One character for one: other alphabets' digits, wide and mathematical letters become plain ones."""
    if character < "\x80":
        return character if character >= " " else " "
    category = unicodedata.category(character)
    if category in ("Cc", "Cs", "Co", "Cn"):
        return " "
    if character > "\xff" and character.isdigit():  # circled and raised ones too, which hibari stumbles over
        return str(unicodedata.digit(character))
    if character == "µ":
        return character
    if character == "İ":  # its small form is two characters: hibari stumbles over that
        return "I"
    folded = unicodedata.normalize("NFKC", character)
    if len(folded) != 1:
        return character
    # Vietnamese and other rare letters are not in the engines' alphabets; the letter beneath the marks is.
    if folded >= "\u0180" and category[0] == "L" and _script(folded) == "LATIN":
        return unicodedata.normalize("NFD", folded)[0]
    return folded


def _foreign_letters(word: str) -> list[str]:
    """Return a word's letters that no Latin voice can say, if they are most of its letters; else none."""
    letters = [letter for letter in word if letter.isalpha() and letter != "µ"]
    foreign = [letter for letter in letters if _script(letter) != "LATIN"]
    return foreign if 2 * len(foreign) > len(letters) else []


def _script_name(letters: Sequence[str]) -> str:
    scripts = [_script(letter) for letter in letters]
    if any(script in _KANA for script in scripts):
        return "Japanese"
    if any(script in _IDEOGRAPHS for script in scripts):
        return "Chinese or Japanese"
    most = max(set(scripts), key=scripts.count)
    return _SCRIPTS.get(most, most.title())


def unsayable(text: str) -> str | None:
    """Return the name of the script if a voice of Latin script can say nothing of the text; else None.

    A text without any word (blanks, punctuation, emoji) has no script: None.
    """
    foreign: list[str] = []
    plain, _ = plain_text(text)
    for span in words(plain):
        word = "".join(map(_fold, plain[span.start : span.end]))
        letters = _foreign_letters(word)
        if not letters or _letter_name(letters):
            return None
        foreign += letters
    return _script_name(foreign) if foreign else None


def _letter_name(letters: Sequence[str]) -> str | None:
    """Return the name of a single Greek letter, of which formulas are full; None for other letters."""
    if len(letters) == 1 and _script(letters[0]) == "GREEK":
        return unicodedata.name(letters[0]).split()[-1].lower()
    return None


def read(text: str, language: str) -> EngineText:
    """Return a piece as a voice of this language (Latin script) can say it.

    A run of words in another script is replaced by the name of the script, so that listeners know that
    something stands there.
    """
    plain, places = plain_text(text)
    folded = "".join(map(_fold, plain))
    if "\n" in text[len(text.rstrip()) :]:
        folded = f"{folded[:-1]}\n"  # there is a pause at a line's end
    parts: list[str] = []
    spoken: list[tuple[Span, tuple[Span, ...]]] = []
    length = done = 0
    for run, letters in _runs(folded):
        if letters is None:
            continue
        parts.append(folded[done : run[0].start])
        length += len(parts[-1])
        name = f" {_letter_name(letters) or _NAMED.get(language, f'{_script_name(letters)} text')} "
        parts.append(name)
        spoken.append((Span(length, length + len(name)), tuple(run)))
        length, done = length + len(name), run[-1].end
    parts.append(folded[done:])
    whole = "".join(parts)
    found = _word_map(whole, spoken)
    if len(plain) != len(text):
        found = tuple(
            (span, tuple(Span(places[one.start], places[one.end]) for one in stands))
            for span, stands in found
        )
    return EngineText(whole, found)


def read_whole(text: str) -> EngineText:
    """Return a piece for an engine that reads every script by itself: only controls become blanks."""
    plain, places = plain_text(text)
    whole = "".join(
        " " if unicodedata.category(character) in ("Cc", "Cs", "Co", "Cn") else character
        for character in plain
    )
    found = _word_map(whole, [])
    if len(plain) != len(text):
        found = tuple(
            (span, tuple(Span(places[one.start], places[one.end]) for one in stands))
            for span, stands in found
        )
    return EngineText(whole, found)


def _runs(folded: str) -> Iterator[tuple[list[Span], list[str] | None]]:
    """Yield the words in order; consecutive words of other scripts are one run, with their letters."""
    run: list[Span] = []
    letters: list[str] = []
    for span in words(folded):
        foreign = _foreign_letters(folded[span.start : span.end])
        if foreign and not _letter_name(foreign):
            run.append(span)
            letters += foreign
            continue
        if run:
            yield run, letters
            run, letters = [], []
        yield [span], foreign or None
    if run:
        yield run, letters


def _word_map(
    whole: str, named: Sequence[tuple[Span, tuple[Span, ...]]]
) -> tuple[tuple[Span, tuple[Span, ...]], ...]:
    """Return every word of the whole with its places in the piece; ``named`` parts stand for others."""
    found: list[tuple[Span, tuple[Span, ...]]] = []
    waiting = list(named)
    shift = 0  # from a position in the whole to one in the piece, outside what is named
    for span in words(whole):
        while waiting and waiting[0][0].end <= span.start:
            shift = waiting[0][1][-1].end - waiting[0][0].end
            waiting.pop(0)
        if waiting and waiting[0][0].start <= span.start:
            found.append((span, waiting[0][1]))
        else:
            found.append((span, (Span(span.start + shift, span.end + shift),)))
    return tuple(found)


def pieces(text: str, language: str, first_words: int = MOST_WORDS) -> Iterator[Span]:
    """Cut a text into pieces that are said at once: sentences, and parts of long ones (`MOST_WORDS` words).

    ``first_words`` bounds the first one: the shorter it is, the sooner something is heard. Numbers and very
    long words count as several. A part without a word is left out: it has no sound.
    """
    segmenter = Segmenter(language)
    most = first_words
    for segment in [*segmenter.push(text), *segmenter.close()]:
        start, end = segment.start, segment.start + len(segment.text)
        units = [
            Span(start + at, min(start + at + LONGEST_WORD, start + word.end))
            for word in words(segment.text)
            for at in range(word.start, word.end, LONGEST_WORD)
        ]
        while units:
            fitting = _fitting(text, units, most)
            cut = _cut(text, units, fitting) if fitting < len(units) else end
            yield Span(start, cut)
            units = [unit for unit in units if unit.start >= cut]
            start, most = cut, MOST_WORDS


def _fitting(text: str, units: Sequence[Span], most: int) -> int:
    """Return how many units, at least one, are said as quickly as so many words."""
    cost = 0
    for count, unit in enumerate(units):
        digits = sum(map(str.isdigit, text[unit.start : unit.end]))
        cost += 1 + (unit.end - unit.start + 3 * digits) // 12
        if cost > most:
            return max(1, count)
    return len(units)


def _cut(text: str, units: Sequence[Span], fitting: int) -> int:
    """Return where to cut after at most so many units: at a clause's end in their second half, if any."""
    latest = units[fitting].start
    earliest = units[fitting // 2].start
    clauses = clause_ends(text[earliest:latest])
    return earliest + clauses[-1] if clauses else latest


_LONG_WORD: Final = re.compile(rf"([^\W_]{{{LONGEST_WORD}}})(?=[^\W_])")
_LONG_NUMBER: Final = re.compile(r"\d(?:[,.]?\d){15,}")


def spaced(text: str) -> str:
    """Put blanks into very long words, and between the digits of numbers too long to be amounts.

    The text becomes longer: for engines, after `read`. Numbers of more than 36 digits have no name in hibari.
    """
    text = _LONG_NUMBER.sub(lambda number: " ".join(filter(str.isdigit, number.group())), text)
    return _LONG_WORD.sub(r"\1 ", text)


# --- from the engine's words to the text's ---------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Uttered:
    """A word as the engine said it, and its frames: "9:30am" is uttered as "nine", "thirty", "A.M."."""

    text: str
    start_frame: int
    end_frame: int


def place(reading: EngineText, uttered: Sequence[Uttered], expand: Sequence[int]) -> tuple[WordTime, ...]:
    """Return the times of the piece's words. ``expand[i]``: the words that the engine says for word i.

    Words that were uttered as they are written are matched by their letters; what stands between two
    matches is shared out, by ``expand`` where it adds up, else by length.
    """
    written = [_letters(reading.text[span.start : span.end]) for span, _ in reading.words]
    said = [_letters(word.text) for word in uttered]
    times: list[tuple[int, int] | None] = [None] * len(written)
    for tag, a, b, c, d in SequenceMatcher(None, written, said, autojunk=False).get_opcodes():
        if tag == "equal":
            shares = [1] * (b - a)
        elif c == d:
            continue
        elif a == b:
            # "$5 million" is said with "dollars" at its end: sound of a word that is written as a sign.
            if a and (before := times[a - 1]) is not None:
                times[a - 1] = (before[0], uttered[d - 1].end_frame)
            continue
        else:
            shares = _shares(written[a:b], list(expand[a:b]), d - c)
        at = c
        for index, share in zip(range(a, b), shares, strict=True):
            if share:
                times[index] = (uttered[at].start_frame, uttered[at + share - 1].end_frame)
            at += share
    return _spread(reading, times)


def _letters(word: str) -> str:
    return "".join(letter for letter in word.casefold() if letter.isalnum())


def _shares(written: Sequence[str], expand: Sequence[int], said: int) -> list[int]:
    """Return how many of the said words belong to each written one; each belongs to one, in order."""
    if len(written) == said:
        return [1] * said
    if sum(expand) == said:
        return list(expand)
    total = sum(len(word) + 1 for word in written)
    bounds, done = [0], 0
    for word in written:
        done += len(word) + 1
        bounds.append(round(said * done / total))
    return [after - before for before, after in pairwise(bounds)]


def _spread(reading: EngineText, times: Sequence[tuple[int, int] | None]) -> tuple[WordTime, ...]:
    """Give the times of the reading's words to the piece's: a named run's is shared by all its words."""
    found: list[WordTime] = []
    index = 0
    while index < len(times):
        spans = reading.words[index][1]
        last = index
        while last + 1 < len(times) and reading.words[last + 1][1] == spans:
            last += 1
        known = [time for time in times[index : last + 1] if time is not None]
        if known:
            start, end = known[0][0], known[-1][1]
            edges = [start + (end - start) * n // len(spans) for n in range(len(spans) + 1)]
            found += [WordTime(span, edges[n], max(edges[n], edges[n + 1])) for n, span in enumerate(spans)]
        index = last + 1
    return tuple(found)


def shared_out(
    reading: EngineText, starts: Sequence[tuple[int, int]], end_frame: int
) -> tuple[WordTime, ...]:
    """Return word times for an engine that tells when it says some places of the text.

    ``starts`` are (code point of the reading, frame), both rising. The words between two places share the
    sound between them by their letters; words before the first belong to it.
    """
    times: list[tuple[int, int] | None] = []
    words_ = [span for span, _ in reading.words]
    at = 0
    for number, (_, frame) in enumerate(starts):
        is_last = number + 1 == len(starts)
        stop, stop_frame = (len(reading.text), end_frame) if is_last else starts[number + 1]
        group = []
        while at < len(words_) and (words_[at].start < stop or is_last):
            group.append(words_[at])
            at += 1
        total = sum(span.end - span.start for span in group)
        done = 0
        for span in group:
            first = frame + (stop_frame - frame) * done // total
            done += span.end - span.start
            times.append((first, max(first, frame + (stop_frame - frame) * done // total)))
    times += [None] * (len(words_) - len(times))
    return _spread(reading, times)


def moved(times: Sequence[WordTime], by: int, frames: int) -> tuple[WordTime, ...]:
    """Return the word times so many frames later, each within the sound's ``frames``."""
    return tuple(
        WordTime(
            word.span,
            min(max(0, word.start_frame + by), frames),
            min(max(0, word.end_frame + by), frames),
        )
        for word in times
    )


def proportional(reading: EngineText, frames: int) -> tuple[WordTime, ...]:
    """Estimate word times for an engine that tells none: each word gets a share of the sound by its letters.

    A digit counts as four letters and a mark between two words as two: near enough to light the right word.
    """
    weights: list[tuple[float, float]] = []  # of the gap before the word, and of the word
    before = 0
    for span, _ in reading.words:
        gap, word = reading.text[before : span.start], reading.text[span.start : span.end]
        marks = sum(mark in ",.;:!?…—–" for mark in gap)
        digits = sum(map(str.isdigit, word))
        weights.append((2.0 * marks, 1.0 + len(word) + 3.0 * digits))
        before = span.end
    total = sum(pause + length for pause, length in weights) or 1.0
    times: list[tuple[int, int] | None] = []
    at = 0.0
    for pause, length in weights:
        times.append((round(frames * (at + pause) / total), round(frames * (at + pause + length) / total)))
        at += pause + length
    return _spread(reading, times)


# --- sound -----------------------------------------------------------------------------------------------

_QUIET: Final = 10 ** (-50 / 20)  # of the piece's peak: softer is before or after the speech
_LEAD_SECONDS: Final = 0.07
_TAIL_SECONDS: Final = 0.03
_RAMP_SECONDS: Final = 0.005
_LOUDEST: Final = 0.97


@dataclass(frozen=True, slots=True)
class Trimmed:
    """A piece without its silence; `first` is the frame of the raw sound at which it begins."""

    samples: Samples
    raw_frames: int
    first: int
    speech_start: int
    speech_end: int


def estimated(reading: EngineText, sound: Trimmed) -> tuple[WordTime, ...]:
    """Return the word times of `proportional` in a piece as it was trimmed."""
    times = proportional(reading, sound.speech_end - sound.speech_start)
    return moved(times, sound.speech_start, sound.speech_end)


def trim(raw: Samples, rate: int, gain: float, pause_seconds: float) -> Trimmed:
    """Cut the silence off both ends, but for 70 ms before the first sound and a pause after the last.

    The gain is applied, lowered if it would clip. Sound that is silent altogether comes back empty.
    """
    loudness = np.abs(raw)
    peak = float(loudness.max(initial=0.0))
    if peak < 1e-4:
        return Trimmed(np.zeros(0, np.float32), len(raw), 0, 0, 0)
    loud = np.flatnonzero(loudness > peak * _QUIET)
    onset, end = int(loud[0]), int(loud[-1]) + 1
    first = max(0, onset - round(_LEAD_SECONDS * rate))
    last = min(len(raw), end + round(_TAIL_SECONDS * rate))
    sound = raw[first:last] * np.float32(min(gain, _LOUDEST / peak))
    ramp = np.linspace(0, 1, min(round(_RAMP_SECONDS * rate), len(sound) // 2), dtype=np.float32)
    if len(ramp):
        sound[: len(ramp)] *= ramp
        sound[-len(ramp) :] *= ramp[::-1]
    pause = np.zeros(max(0, round(pause_seconds * rate) - (last - end)), np.float32)
    return Trimmed(np.concatenate([sound, pause]), len(raw), first, onset - first, end - first)
