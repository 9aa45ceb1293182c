"""One session: text in as it comes, frames of sound out, by Fish's rules. `app` carries them over sockets.

`Chunker` decides when buffered text is enough to be spoken. `ServerSession` speaks chunk after chunk, each
stretch in its speaker's voice, and says when its words are heard.
"""

from __future__ import annotations

import asyncio
import itertools
import re
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from contextlib import aclosing
from dataclasses import dataclass, replace
from time import perf_counter
from typing import Any, Final

import numpy as np

from fishcaption.core.text.segmentation import clause_ends, ends_sentence, speakable
from fishcaption.core.text.sentence_ends import LOOKED_AT
from fishcaption.server import sound
from fishcaption.server.delivery import Delivery, Stretch
from fishcaption.server.engines.base import MOST_WORDS, RenderedPiece, pieces, unsayable
from fishcaption.server.engines.pool import Speaker, VoiceEngines
from fishcaption.server.library.casting import Cast
from fishcaption.server.request import FASTEST, SLOWEST, BadRequest, Request

# --- text to chunks --------------------------------------------------------------------------------------

_SENTENCE_END: Final = re.compile(r"[.!?…]++[\"'”’»)\]]*+(?=\s)|[。！？]+|\n")
_BLANK: Final = re.compile(r"\s{1,400}")  # a chunk is short, whatever stands between its words
_CUE_END: Final = re.compile(r"[\[\]\n]|\|>")
_LONGEST_CUE: Final = 82
_EARLY_CLAUSE: Final = 16
"""Code points before a clause's end that are worth a first chunk where latency is "low"."""


class Chunker:
    """Cuts a session's text into chunks, each synthesized at once.

    Until a flush or a stop, text waits for ``chunk_length`` code points (latency "normal"), or for a
    sentence's end after ``min_chunk_length`` ("balanced"); with "low" the very first chunk may end with a
    clause.
    """

    def __init__(self, request: Request, language: str = "en") -> None:
        self._language = language
        self._longest = request.chunk_length
        self._least = request.min_chunk_length
        self._latency = request.latency
        self._buffer = ""
        self._is_first = True

    @property
    def waiting(self) -> int:
        """The number of code points that are in no chunk yet."""
        return len(self._buffer)

    def push(self, text: str) -> Iterator[str]:
        """Take text, verbatim; yield the chunks that are complete."""
        self._buffer += text
        at = 0
        while end := self._ready(at):
            yield self._buffer[at:end]
            at, self._is_first = end, False
        self._buffer = self._buffer[at:]

    def flush(self) -> Iterator[str]:
        """Yield all that is waiting."""
        rest, self._buffer = self._buffer, ""
        at = 0
        while at < len(rest):
            end = len(rest) if len(rest) - at <= self._longest else self._cut(rest, at)
            yield rest[at:end]
            at = end
        self._is_first = self._is_first and not rest

    def _ready(self, at: int) -> int:
        """Return the end of the chunk that begins at ``at``; 0 while it has none."""
        if len(self._buffer) - at > self._longest:
            return self._cut(self._buffer, at)
        if self._latency == "normal":
            return 0
        for match in _SENTENCE_END.finditer(self._buffer, at + self._least):
            after = _after_blanks(self._buffer, match.end())
            following = self._buffer[after : after + LOOKED_AT]
            if following and ends_sentence(self._buffer[at:after], following, language=self._language):
                return _outside_cue(self._buffer, at, after)
        if self._latency == "low" and self._is_first:
            clauses = clause_ends(self._buffer[at : at + self._longest])
            early = next((end for end in clauses if end >= _EARLY_CLAUSE), 0)
            return _outside_cue(self._buffer, at, at + early) if early else 0
        return 0

    def _cut(self, text: str, at: int) -> int:
        """Return the last good place in the longest chunk: the end of a sentence or clause, or a blank."""
        limit = at + self._longest
        window = text[at:limit]
        sentences = [match.end() for match in _SENTENCE_END.finditer(window)]
        blanks = [match.end() for match in _BLANK.finditer(window)]
        for ends in (sentences, clause_ends(window), blanks):
            good = [end for end in ends if end >= max(1, self._least)]
            if good:
                return _outside_cue(text, at, _after_blanks(text, at + good[-1]))
        return _outside_cue(text, at, limit)


def _outside_cue(text: str, at: int, end: int) -> int:
    """Return a chunk's end, moved before a cue in brackets, or a mark, that it would cut in two."""
    opening = max(text.rfind("[", at, end), text.rfind("<|", at, end))
    if opening < 0:
        return end
    closing = _CUE_END.search(text, opening + 1, opening + _LONGEST_CUE)
    if closing is None:  # there may be more of it to come
        return opening if at < opening and len(text) < opening + _LONGEST_CUE else end
    if closing.group() not in ("]", "|>") or closing.end() <= end:
        return end
    return opening if opening > at else closing.end()


def _after_blanks(text: str, at: int) -> int:
    match = _BLANK.match(text, at)
    return match.end() if match else at


# --- one session -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Frame:
    """Some sound of a session, and what is known of its chunk's words.

    ``segments`` is the whole snapshot of the chunk so far, (word, start, end) in seconds from the chunk's
    beginning; None where nothing is new. ``offset`` is where the chunk begins in the session, ``duration``
    its length so far, both in seconds; ``at`` is when the frame was ready, in milliseconds since the
    session began.
    """

    audio: bytes
    content: str
    seq: int
    offset: float
    duration: float
    segments: tuple[tuple[str, float, float], ...] | None
    at: float

    def event(self, with_timestamps: bool) -> dict[str, Any]:
        """Return the frame as the map that goes over the wire."""
        event: dict[str, Any] = {"event": "audio", "audio": self.audio, "time": self.at}
        if with_timestamps:
            event["content"] = self.content
            event["alignment"] = self._alignment()
            event["chunk_seq"] = self.seq
            event["chunk_audio_offset_sec"] = self.offset
        return event

    def _alignment(self) -> dict[str, Any] | None:
        if self.segments is None:
            return None
        segments = [{"text": text, "start": start, "end": end} for text, start, end in self.segments]
        return {"segments": segments, "audio_duration": self.duration}


_FIRST_SECONDS: Final = 0.08  # the first frame of a session is small: it is on its way at once
_FRAME_SECONDS: Final = 0.464  # what the service sends
_WORDLESS_SECONDS: Final = 0.25
_FIRST_WORDS: Final = {"low": 8, "balanced": MOST_WORDS, "normal": MOST_WORDS}


class ServerSession:
    """One conversation, start to finish: `push`, `flush` and `stop` as they come, `frames` beside them."""

    def __init__(
        self,
        engines: VoiceEngines,
        request: Request,
        cast: Cast,
        listen: Callable[[Cast], Awaitable[tuple[Speaker, ...]]],
        pay: Callable[[str], None],
    ) -> None:
        """``listen`` finds the speakers of a cast with recordings; ``pay`` gets each chunk that is spoken."""
        self._engines = engines
        self._request = request
        self._cast = cast
        self._listen = listen
        self._pay = pay
        self._speakers = cast.speakers
        self._chunker = Chunker(request, cast.entry.language)
        self._delivery = Delivery(cast.entry.language, len(cast.speakers))
        self._encoder = sound.encoder(request)
        # Cut when it is their turn, so that no long text holds up what else the loop does.
        self._coming: deque[Iterator[str]] = deque()
        self._waiting = 0
        self._is_stopped = False
        self._news = asyncio.Event()
        self._began = perf_counter()
        self._frames_done = 0  # at the request's rate, of the chunks before this one
        self._sizes = itertools.chain(
            [round(_FIRST_SECONDS * request.rate)], itertools.repeat(round(_FRAME_SECONDS * request.rate))
        )
        self._has_spoken = False
        self.push(request.text)

    @property
    def waiting(self) -> int:
        """The number of code points that were pushed and are not being spoken yet."""
        return self._waiting

    @property
    def waiting_bytes(self) -> int:
        """The size of the recordings that its voices are still to be made of."""
        return self._cast.waiting_bytes

    @property
    def is_stopped(self) -> bool:
        """True if no more text belongs to it."""
        return self._is_stopped

    @property
    def elapsed_ms(self) -> float:
        """Milliseconds since the session began."""
        return round((perf_counter() - self._began) * 1000, 3)

    def push(self, text: str) -> None:
        """Append text, verbatim."""
        self._waiting += len(text)
        self._take(self._chunker.push(text))

    def flush(self) -> None:
        """Have all that was pushed spoken now."""
        self._take(self._chunker.flush())

    def stop(self) -> None:
        """Have the rest spoken, and `frames` end; once is enough."""
        if not self._is_stopped:
            self._is_stopped = True
            self._take(self._chunker.flush())

    def _take(self, chunks: Iterator[str]) -> None:
        self._coming.append(chunks)
        self._news.set()

    async def _chunks(self) -> AsyncGenerator[str]:
        """Yield what is to be spoken, in order, until the session is stopped."""
        while True:
            while self._coming:
                for chunk in self._coming.popleft():
                    self._waiting -= len(chunk)
                    if chunk and not chunk.isspace():
                        yield chunk
                    await asyncio.sleep(0)  # others have their turn between two chunks
            if self._is_stopped:
                return
            self._news.clear()
            await self._news.wait()

    async def frames(self) -> AsyncGenerator[Frame]:
        """Yield the session's sound until it is stopped and all was said.

        A session without a single word is a short silence: clients take a session without sound for a
        failure. Raises BadRequest for a text that the voice cannot say, or what is no recording;
        SynthesisFailed.
        """
        seq = 0
        self._speakers = await self._listen(self._cast)
        async with aclosing(self._chunks()) as chunks:
            async for chunk in chunks:
                if seq and self._cast.is_cut:
                    continue
                self._pay(chunk)
                async for frame in self._speak(chunk, seq):
                    yield frame
                seq += 1
        if seq and not self._frames_done:
            silence = np.zeros(round(_WORDLESS_SECONDS * self._request.rate), np.float32)
            self._frames_done += len(silence)
            audio = await self._encode(silence)
            yield Frame(audio, "", seq - 1, 0.0, _WORDLESS_SECONDS, (), self.elapsed_ms)
        if tail := self._encoder.finish():
            offset = self._frames_done / self._request.rate
            yield Frame(tail, "", max(0, seq - 1), offset, 0.0, None, self.elapsed_ms)

    async def _speak(self, content: str, seq: int) -> AsyncGenerator[Frame]:
        text, stretches = self._delivery.read(content)
        self._check_script(text)
        rate = self._request.rate
        offset = self._frames_done / rate
        segments: list[tuple[str, float, float]] = []
        done = 0

        def frame(audio: bytes, snapshot: bool) -> Frame:
            known = tuple(segments) if snapshot else None
            return Frame(audio, content, seq, offset, done / rate, known, self.elapsed_ms)

        async with aclosing(self._rendered(text, stretches)) as parts:
            async for piece, rendered, own_rate in parts:
                segments += _segments(rendered, piece, own_rate, done / rate)
                is_new = bool(rendered.words)
                for block in sound.blocks(rendered.samples, own_rate, self._request, self._sizes):
                    done += len(block)
                    audio = await self._encode(block)
                    if audio or is_new:
                        yield frame(audio, is_new)
                        is_new = False
        self._frames_done += done
        yield frame(b"", True)

    async def _rendered(
        self, text: str, stretches: tuple[Stretch, ...]
    ) -> AsyncGenerator[tuple[str, RenderedPiece, int]]:
        """Yield the pieces of a chunk, in order, with sound and its rate; a pause is an empty piece."""
        request = self._request
        for stretch in stretches:
            speaker = self._speakers[stretch.speaker]
            entry = speaker.entry
            if stretch.pause:
                silence = np.zeros(round(stretch.pause / request.speed * entry.rate), np.float32)
                yield "", RenderedPiece(silence, ()), entry.rate
            said = text[stretch.start : stretch.end]
            speed = min(FASTEST, max(SLOWEST, request.speed * stretch.manner.speed))
            first_words = MOST_WORDS if self._has_spoken else _FIRST_WORDS[request.latency]
            for span in pieces(said, entry.language, first_words):
                piece = said[span.start : span.end]
                rendered = await self._engines.render(speaker, piece, speed)
                if stretch.manner.decibels:
                    gain = 10 ** (stretch.manner.decibels / 20)
                    rendered = replace(rendered, samples=sound.louder(rendered.samples, gain, entry.rate))
                yield piece, rendered, entry.rate
                self._has_spoken = True

    async def _encode(self, block: Any) -> bytes:
        if self._encoder.is_slow:
            return await self._engines.run(lambda: self._encoder.encode(block))
        return self._encoder.encode(block)

    def _check_script(self, text: str) -> None:
        """Refuse text of which the voice can say nothing. After some speech it is named instead."""
        if self._has_spoken or self._cast.entry.says_any_script or not speakable(text):
            return
        if script := unsayable(text):
            raise BadRequest(
                f"The voice {self._cast.entry.voice.name} cannot say {script} text. "
                "Choose a voice that speaks this language."
            )


def _segments(
    rendered: RenderedPiece, piece: str, rate: int, offset: float
) -> list[tuple[str, float, float]]:
    return [
        (
            piece[word.span.start : word.span.end],
            round(offset + word.start_frame / rate, 4),
            round(offset + word.end_frame / rate, 4),
        )
        for word in rendered.words
    ]
