"""Alignment: finds the words of the text that the service's word times belong to.

The service tells when it says a word, but not the word's place in the text: its words lack punctuation and
some apostrophes, numbers may be spelled out, and Chinese comes by the character. So words are found by their
letters and digits, in order. If some are not found, the search goes on at the next place where text and times
agree; the words between have no times of their own.

Nothing here knows frames of the protocol or sockets; positions are those of `core.speech`.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence

from fishcaption.core.protocol.session import Chunk
from fishcaption.core.speech import Span, WordTime

_WINDOW_WORDS = 48
"""Words of the text ahead that are searched for a place where text and times agree again."""

_WINDOW_SEGMENTS = 12
"""Words of the service that may be without a match before that place, at most."""

# A match of a word of this many letters, at most this many words away, needs no next word to confirm it.
_LONE_LETTERS = 3
_LONE_WORDS = 4

_APOSTROPHES = "'’ʼ＇‘`´"
_ASCII_WORD = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9]|['`]+(?=[A-Za-z0-9]))*")

_STRETCH_LETTERS = 12
_QUICKEST_SECONDS = 0.015
"""Seconds a letter, at least: speech at double speed takes 0.03 s."""

_UNSURE_SECONDS = 0.1
"""Seconds by which the end of the newest word may still move; the service's grid is 0.08 s."""


def _stands_alone(character: str) -> bool:
    """Return whether the script has no blanks, so that each character may be a word of its own."""
    code = ord(character)
    return (
        0x0E00 <= code <= 0x0EFF  # Thai, Lao
        or 0x1000 <= code <= 0x109F  # Burmese
        or 0x1780 <= code <= 0x17FF  # Khmer
        or 0x2E80 <= code <= 0x9FFF  # Chinese characters, kana
        or 0xF900 <= code <= 0xFAFF
        or 0x20000 <= code <= 0x3FFFF
    )


def letters_of(text: str) -> str:
    """Return the letters and digits of a text, folded: the same for all ways of writing a word."""
    if text.isascii():
        return "".join(filter(str.isalnum, text.lower()))
    folded = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in folded if character.isalnum())


class _Letters:
    """The letters of a growing text, with the place of each and the beginnings and ends of words.

    Indexes always count from the text's first letter; letters far behind are forgotten.
    """

    def __init__(self, start: int) -> None:
        self._text = ""  # the letters from `_first` on, without the newest ones in `_letters`
        self._letters: list[str] = []  # are joined to `_text` when it is looked at
        self._places: list[int] = []  # the code point of each letter
        self._marked: dict[int, int] = {}  # by letter with marks behind it: the code point behind the marks
        self._first = 0
        self._edges = [0]  # sorted: letters at which a word begins or ends
        self.text_end = start

    @property
    def end(self) -> int:
        return self._first + len(self._places)

    def _joined(self) -> str:
        if self._letters:
            self._text += "".join(self._letters)
            self._letters.clear()
        return self._text

    def extend(self, text: str) -> None:
        if text.isascii():
            self._extend_ascii(text)
        else:
            self._extend_any(text)
        self.text_end += len(text)
        self._edge()

    def _edge(self) -> None:
        if self.end > self._edges[-1]:
            self._edges.append(self.end)

    def _add(self, letters: str, places: Iterable[int]) -> None:
        self._letters.append(letters)
        self._places.extend(places)

    def _extend_ascii(self, text: str) -> None:
        """Do the same as `_extend_any`, word by word."""
        for match in _ASCII_WORD.finditer(text):
            self._edge()
            start = self.text_end + match.start()
            word = match.group().lower()
            if word.isalnum():
                self._add(word, range(start, start + len(word)))
            else:
                places = [start + index for index, character in enumerate(word) if character.isalnum()]
                self._add(word.replace("'", "").replace("`", ""), places)

    def _extend_any(self, text: str) -> None:
        in_word = False
        for place, character in enumerate(text, self.text_end):
            letters = letters_of(character)
            if letters:
                if not in_word or _stands_alone(character):
                    self._edge()
                in_word = True
                self._add(letters, [place] * len(letters))
                if _stands_alone(character):
                    self._edge()
            elif in_word and unicodedata.category(character).startswith("M"):
                self._marked[self.end - 1] = place + 1
            elif character not in _APOSTROPHES:
                in_word = False

    def forget(self, before: int) -> None:
        """Drop the letters before this one."""
        count = before - self._first
        if count > 0:
            self._text = self._joined()[count:]
            del self._places[:count]
            self._marked = {letter: end for letter, end in self._marked.items() if letter >= before}
            del self._edges[: bisect_left(self._edges, before)]
            self._first = before

    def starts(self, letters: str, at: int) -> bool:
        return self._joined().startswith(letters, at - self._first)

    def find(self, letters: str, at: int, reach: int) -> int | None:
        """Return the first index in [at, reach) at which these letters stand; None if there is none."""
        found = self._joined().find(letters, at - self._first, reach + len(letters) - self._first)
        return None if found < 0 else found + self._first

    def is_edge(self, at: int) -> bool:
        index = bisect_left(self._edges, at)
        return index < len(self._edges) and self._edges[index] == at

    def edges(self, at: int, reach: int, count: int) -> Sequence[int]:
        low = bisect_left(self._edges, at)
        return self._edges[low : min(bisect_right(self._edges, reach), low + count)]

    def span(self, start: int, end: int) -> Span:
        """Return the place of the letters [start, end) in the text."""
        last = end - 1
        after = self._marked.get(last, self._places[last - self._first] + 1)
        return Span(self._places[start - self._first], after)

    def place(self, at: int) -> int:
        """Return the place of a letter; the text's end for the index after the last."""
        return self._places[at - self._first] if at < self.end else self.text_end


class _ChunkWords:
    """The words of one chunk as known so far. ``start`` and ``end`` are letters of the text."""

    def __init__(self, chunk: Chunk, start: int, end: int | None) -> None:
        self.seq = chunk.seq
        self.offset = chunk.offset
        self.content = chunk.content
        self.start = start
        self.end = end
        self.segments: tuple[tuple[str, float, float], ...] = ()
        self.keys: list[str] = []
        self.matches: list[tuple[int, int] | None] = []
        self.told: dict[int, WordTime] = {}  # by the letter at which the word begins
        self.certain = 0  # matches before this index stay when the snapshot grows
        self.unchanged = 0  # segments before this index have not changed since they were told

    @property
    def matched_end(self) -> int:
        return max((match[1] for match in self.matches if match is not None), default=self.start)


class AlignmentTracker:
    """Follows one session: its text as it is sent, and the word times of its frames.

    ``text_start`` is the place of the session's text in the utterance, ``first_frame`` the number of audio
    frames that the utterance had before the session, ``rate`` frames a second.
    """

    def __init__(self, rate: int, *, text_start: int = 0, first_frame: int = 0) -> None:
        self._rate = rate
        self._text_start = text_start
        self._first_frame = first_frame
        self._letters = _Letters(text_start)
        # text whose letters are read only when the service tells times of it
        self._unread: list[str] = []
        # the newest chunk, and the one before it
        self._chunks: list[_ChunkWords] = []

    @property
    def informed(self) -> bool:
        """True if the service has told anything about its place in the text."""
        return any(chunk.content or chunk.segments for chunk in self._chunks)

    def extend(self, text: str) -> None:
        """Append to the session's text. No word goes on from one call to the next."""
        self._unread.append(text)

    def _read(self) -> None:
        for text in self._unread:
            self._letters.extend(text)
        self._unread.clear()

    def observe(self, chunk: Chunk) -> tuple[WordTime, ...]:
        """Take the chunk of one frame; return the word times that are new or have changed."""
        self._read()
        words = self._words_of(chunk)
        if words is None or chunk.segments is None or chunk.segments == words.segments:
            return ()
        self._match(words, chunk.segments)
        return self._news(words)

    def sounded(self, frames: int, *, settled: bool = False, failed: bool = False) -> int:
        """Return where to go on in the utterance's text if only the session's first ``frames`` frames came.

        They hold all sound of the text before that place. ``settled`` is true if the voice had been silent
        for a while and has nothing more to say that we know of: then the newest word is complete. ``failed``
        is true if the service says that no more comes: then the end of the newest word will not be corrected.
        """
        self._read()
        at = self._sounded_letters(frames, 0.0 if settled or failed else _UNSURE_SECONDS)
        if settled and self._chunks and self._chunks[-1].end == self._letters.end:
            at = self._letters.end
        return self._letters.place(at) if at else self._text_start

    def begin_frame(self, place: int) -> int | None:
        """Return the utterance's frame at which the word at this place of its text begins; None: not told."""
        for words in reversed(self._chunks):
            for (_, start, _), match in zip(words.segments, words.matches, strict=True):
                if match is not None and self._letters.place(match[0]) == place:
                    return self._frame(words.offset + start)
        return None

    def is_cut_short(self, frames: int) -> bool:
        """Return whether a session that claims to be finished cannot have said the end of its text.

        Words may have no times. So a long stretch must be without times, and the audio too short to say it.
        """
        self._read()
        at = self._sounded_letters(frames, 0.0)
        letters = self._letters.end - at
        if not self.informed or letters < _STRETCH_LETTERS:
            return False
        last = self._chunks[-1]
        ends = [
            segment[2]
            for segment, match in zip(last.segments, last.matches, strict=True)
            if match is not None
        ]
        left = self._first_frame + frames - self._frame(last.offset + max(ends, default=0.0))
        return left < letters * _QUICKEST_SECONDS * self._rate

    # --- matching ----------------------------------------------------------------------------------------

    def _words_of(self, chunk: Chunk) -> _ChunkWords | None:
        """Return the chunk's words so far; a newer chunk closes the one before. None: it is too old."""
        for words in reversed(self._chunks):
            if words.seq == chunk.seq:
                if chunk.content and chunk.content != words.content:
                    words.content = chunk.content
                    words.start, words.end = self._bounds(chunk.content, words.start)
                    words.certain = 0
                return words
        start = 0
        if self._chunks:
            newest = self._chunks[-1]
            if chunk.seq < newest.seq:
                return None
            start = newest.end if newest.end is not None else newest.matched_end
        words = _ChunkWords(chunk, *self._bounds(chunk.content, start))
        self._chunks = [*self._chunks[-1:], words]
        self._letters.forget(self._chunks[0].start)
        return words

    def _bounds(self, content: str, start: int) -> tuple[int, int | None]:
        """Return the letters [start, end) of a chunk with this content, at or behind ``start``."""
        key = letters_of(content)
        if not key:
            return start, None
        edges = self._letters.edges(start, self._letters.end, _WINDOW_WORDS)
        found = self._letters.find(key, start, edges[-1] if edges else start)
        return (start, None) if found is None else (found, found + len(key))

    def _match(self, words: _ChunkWords, segments: tuple[tuple[str, float, float], ...]) -> None:
        """Find the places of the segments; if the snapshot only grew, keep the certain ones."""
        old = words.segments
        kept = 0
        while kept < min(words.certain, len(segments)) and segments[kept][0] == old[kept][0]:
            kept += 1
        words.unchanged = 0
        while words.unchanged < kept and segments[words.unchanged] == old[words.unchanged]:
            words.unchanged += 1
        keys = words.keys[:kept] + [letters_of(segment[0]) for segment in segments[kept:]]
        matches = words.matches[:kept]
        at = next((match[1] for match in reversed(matches) if match is not None), words.start)
        reach = self._letters.end if words.end is None else words.end
        certain = kept
        index = kept
        while index < len(keys):
            if not keys[index] or not self._fits(keys, index, at, reach):
                resumed = self._resume(keys, index, at, reach)
                if resumed is None:
                    skipped = min(_WINDOW_SEGMENTS, len(keys) - index)
                    matches += [None] * skipped
                    index += skipped
                    continue
                matches += [None] * (resumed[0] - index)
                index, at = resumed
            end = at + len(keys[index])
            if matches and matches[-1] is not None:
                certain = index
            matches.append((at, end))
            at = end
            index += 1
        words.segments, words.keys, words.matches, words.certain = segments, keys, matches, certain

    def _fits(self, keys: list[str], index: int, at: int, reach: int) -> bool:
        """Return whether the segment, or it and the next ones, reach from this letter to a word's end."""
        while index < len(keys) and keys[index]:
            end = at + len(keys[index])
            if end > reach or not self._letters.starts(keys[index], at):
                return False
            if self._letters.is_edge(end):
                return True
            at = end
            index += 1
        return False

    def _resume(self, keys: list[str], index: int, at: int, reach: int) -> tuple[int, int] | None:
        """Return the nearest segment and letter at which text and times agree again; None: none is near."""
        edges = self._letters.edges(at, reach, _WINDOW_WORDS)
        best: tuple[int, int, int] | None = None
        for skipped, segment in enumerate(range(index, min(index + _WINDOW_SEGMENTS, len(keys)))):
            if best is not None and skipped >= best[0]:
                break
            if not keys[segment]:
                continue
            for jumped, edge in enumerate(edges):
                cost = skipped + jumped
                if best is not None and cost >= best[0]:
                    break
                if self._fits(keys, segment, edge, reach) and self._is_believed(
                    keys, segment, edge, reach, cost
                ):
                    best = (cost, segment, edge)
                    break
        return None if best is None else best[1:]

    def _is_believed(self, keys: list[str], segment: int, at: int, reach: int, cost: int) -> bool:
        """Return whether the next word agrees as well; a last word must be near, and not short."""
        end = at + len(keys[segment])
        if segment + 1 < len(keys) and end < reach:
            return self._fits(keys, segment + 1, end, reach)
        return end == reach or (cost <= _LONE_WORDS and len(keys[segment]) >= _LONE_LETTERS)

    def _news(self, words: _ChunkWords) -> tuple[WordTime, ...]:
        news = []
        for index in range(words.unchanged, len(words.segments)):
            match = words.matches[index]
            if match is None:
                continue
            _, start, end = words.segments[index]
            word = WordTime(
                self._letters.span(*match), self._frame(words.offset + start), self._frame(words.offset + end)
            )
            if words.told.get(match[0]) != word:
                words.told[match[0]] = word
                news.append(word)
        return tuple(news)

    def _frame(self, seconds: float) -> int:
        return self._first_frame + round(seconds * self._rate)

    # --- what has sounded --------------------------------------------------------------------------------

    def _sounded_letters(self, frames: int, unsure_seconds: float) -> int:
        """Return the letter to go on from; 0: nothing is known to have sounded."""
        heard = self._first_frame + frames
        at = 0
        for words in self._chunks:
            if self._frame(words.offset) > heard:
                return at
            at = words.start
            is_newest = words is self._chunks[-1]
            unsure = round(unsure_seconds * self._rate) if is_newest else 0
            for index, ((_, _, end), match) in enumerate(zip(words.segments, words.matches, strict=True)):
                if match is None:
                    continue
                is_last = index + 1 == len(words.segments)
                if self._frame(words.offset + end) + (unsure if is_last else 0) > heard:
                    return at
                at = match[1]
        return at
