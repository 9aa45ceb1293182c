"""The live voice: an utterance's pieces go out as they come, and its sound goes to the sink as it comes.

One utterance is one or more sessions on one or more sockets, and nobody outside notices: a new session begins
after hands have rested, after each piece where only `finish` tells whose sound it was, and wherever a
connection was lost. Frames and code points are the utterance's own throughout.

The rule of this file: a piece is taken off `_pieces` only when its sound is known to have been delivered.
What is on it when a session begins is said in that session.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Self

from fishcaption.core.errors import (
    ConnectionLost,
    FishCaptionError,
    ProtocolError,
    RateLimited,
    ServiceError,
    SynthesisError,
)
from fishcaption.core.models import model
from fishcaption.core.protocol.frames import text_parts
from fishcaption.core.protocol.requests import Pronunciation, TTSRequest
from fishcaption.core.protocol.session import Audio, Finish
from fishcaption.core.speech import Aligned, Covered, Delivery, Family, Latency, Piece, Sound, Voice
from fishcaption.core.text.tags import marks_before, words_only
from fishcaption.core.timing.alignment import AlignmentTracker
from fishcaption.fish.endpoint import Endpoint, system_tls
from fishcaption.fish.sockets import Patience, Socket, Sockets

if TYPE_CHECKING:
    import ssl

__all__ = ["Endpoint", "Live", "LiveVoice", "Patience"]

Sink = Callable[[Delivery], Awaitable[None]]

_SETTLED_SECONDS = 1.0
"""A connection that breaks after so long a silence cut no word."""

_MOST_TICK_SECONDS = 1.0

_MOST_SURPRISES = 2
"""So many sockets may have died at rest, unnoticed; more is a service that hangs up on us."""

_MOST_AHEAD_BYTES = 16_000_000
"""Three minutes of audio: more than the text that is sent ahead of the ear can become."""

_MOST_REPEATS = 1
"""A piece is said twice rather than lost; where the second time ends like the first, a third would too."""

_SAID_SECONDS_A_CHARACTER = 0.003
"""A twentieth of what people take: of a text that broke off before that, nothing was said."""

_MOST_CHATTER = 4
"""Times as long as silence: a service that sends everything but what is owed is as good as silent."""

_MOST_SECONDS_A_CHARACTER = 1.0  # Chinese takes a quarter of it
_MOST_SECONDS = 60.0
_MOST_MESSAGES_A_CHARACTER = 200  # the service sends two a second
_MOST_MESSAGES = 1000
"""What a session may be sent for each character of its text, and beside that: more is sent without end."""

_FRAME_BYTES = 64
"""What a frame that is kept costs beside what it holds."""

_MOST_PIECES = 32
"""More are kept only if none of them is known to have been delivered."""


class Live:
    """Sockets to one service, and voices that speak through them. An async context manager.

    ``endpoint`` is asked at every connection. `synthesizer` gives a voice for as long as the context lasts.
    """

    def __init__(
        self,
        endpoint: Callable[[], Awaitable[Endpoint]],
        *,
        patience: Patience | None = None,
        tls: Callable[[], ssl.SSLContext] = system_tls,
    ) -> None:
        self._patience = patience or Patience()
        self._sockets = Sockets(endpoint, self._patience, tls)

    async def __aenter__(self) -> Self:
        await self._sockets.__aenter__()
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self._sockets.__aexit__(*exc)

    def warm(self) -> None:
        """Have a socket ready for the next utterance; returns at once."""
        self._sockets.warm()

    def synthesizer(
        self,
        voice: Voice,
        *,
        rate: int = 44100,
        speed: float = 1.0,
        volume: float = 0.0,
        latency: Latency = "balanced",
        chunk_length: int = 100,
        pronunciations: tuple[Pronunciation, ...] = (),
    ) -> LiveVoice:
        """The voice, at ``rate`` frames a second.

        ``volume`` is in dB. ``chunk_length`` is how much text the service says in one go where a piece is
        longer: more makes bursts with gaps. ``pronunciations`` are sounds
        (`core.normalization.rules.Rules.sent`). Raises
        InputError for values that the service does not take.
        """
        request = TTSRequest(
            reference_id=voice.id or None,
            format="pcm",
            sample_rate=rate,
            speed=speed,
            volume=volume,
            latency=latency,
            chunk_length=chunk_length,
            pronunciation_dictionary=(pronunciations,) if pronunciations else (),
        )
        return LiveVoice(voice, request, self._sockets, self._patience)


class LiveVoice:
    """A `reader.Synthesizer` over live sockets. Made by `Live.synthesizer`."""

    def __init__(self, voice: Voice, request: TTSRequest, sockets: Sockets, patience: Patience) -> None:
        self._voice = voice
        self._request = request
        self._sockets = sockets
        self._patience = patience

    @property
    def voice(self) -> Voice:
        """Who speaks."""
        return self._voice

    @property
    def rate(self) -> int:
        """Frames a second."""
        return self._request.rate

    async def speak(self, pieces: AsyncIterator[Piece], sink: Sink) -> None:
        """Voice the pieces; see `reader.Synthesizer.speak`.

        Raises one error of our tree: what the service refused, or ConnectionLost or SynthesisError after the
        tries that `Patience` allows. What the iterator or the sink raises comes out as it is.
        """
        await _Utterance(self._request, self._sockets, self._patience, pieces, sink).run()


class _Talk:
    """One session on one socket, from its start to its finish or loss."""

    __slots__ = (
        "ahead",
        "awaits_sound",
        "failure",
        "family",
        "frames",
        "has_answered",
        "is_held",
        "is_stopping",
        "last_came",
        "last_news",
        "last_sent",
        "messages",
        "reading",
        "sent_end",
        "socket",
        "start",
        "tracker",
    )

    def __init__(self, socket: Socket, rate: int, text_start: int, first_frame: int) -> None:
        now = asyncio.get_running_loop().time()
        self.socket = socket
        self.family = model(socket.endpoint.model).family  # which marks are not said, and have no times
        self.tracker = AlignmentTracker(rate, text_start=text_start, first_frame=first_frame)
        self.start = text_start
        self.sent_end = text_start  # the utterance's text before this has been said or sent
        self.frames = 0
        self.messages = 0  # of any kind
        self.has_answered = False  # a frame has come
        self.is_stopping = False  # stop has been sent
        self.is_held = False  # the sink keeps us waiting: silence is our own doing
        self.awaits_sound = False  # something to say has been flushed, and no audio has come since
        self.last_sent = now
        self.last_came = now
        self.last_news = now  # sound, or times of words
        self.failure: FishCaptionError | None = None  # why we cut the connection ourselves
        self.ahead: deque[bytes | str] = deque()  # frames read while the sink held us for long
        self.reading: asyncio.Task[None] | None = None  # what reads them


class _Utterance:
    """One call of `speak`: tasks for the text, the sound and the clock, which live and die together."""

    def __init__(
        self,
        request: TTSRequest,
        sockets: Sockets,
        patience: Patience,
        source: AsyncIterator[Piece],
        sink: Sink,
    ) -> None:
        self._request = request
        self._sockets = sockets
        self._patience = patience
        self._source = source
        self._sink = sink
        self._pieces: deque[Piece] = deque()  # given to us, and not known to have been delivered
        self._has_ended = False  # the source has no more
        self._said_end = 0  # a session begins here, unless its first piece begins later
        self._frames = 0  # delivered
        self._talk: _Talk | None = None
        self._has_work = asyncio.Event()
        self._is_sent = asyncio.Event()
        self._writing = asyncio.Lock()
        self._surprises = 0  # sockets in a row that had died at rest
        self._repeats = 0  # how often in a row the same text has sounded, and the session was lost
        # since the last word that got through
        self._failures = 0
        self._failing_since = 0.0
        self._failed_at = -1

    async def run(self) -> None:
        try:
            async with _Plainly(), asyncio.TaskGroup() as tasks:
                watching = tasks.create_task(self._watch())
                tasks.create_task(self._take_pieces())
                await self._converse()
                watching.cancel()
        except asyncio.CancelledError:
            # Who stops mostly speaks again; the handshake begins when the stop is over.
            self._sockets.warm()
            raise

    # --- text ----------------------------------------------------------------------------------------------

    async def _take_pieces(self) -> None:
        async for piece in self._source:
            if not piece.text:
                continue
            self._pieces.append(piece)
            if self._talk is None:
                self._has_work.set()
            else:
                await self._write()
                self._forget_delivered()
            # What is not asked for yet can still be taken back.
            while self._is_behind():
                self._is_sent.clear()
                await self._is_sent.wait()
        self._has_ended = True
        await self._write()
        self._has_work.set()

    def _forget_delivered(self) -> None:
        """In a session that goes on for hours, pieces must not pile up."""
        if self._talk is not None and len(self._pieces) > _MOST_PIECES:
            self._drop_pieces(self._talk.tracker.sounded(self._talk.frames))

    def _drop_pieces(self, end: int) -> None:
        while self._pieces and _end(self._pieces[0]) <= end:
            self._pieces.popleft()

    def _is_behind(self) -> bool:
        """Whether something we were given has not been sent; of a session per piece, has not been said."""
        if not self._pieces:
            return False
        talk = self._talk
        return talk is None or talk.socket.is_piecewise or talk.sent_end < _end(self._pieces[-1])

    async def _write(self, *, rests: bool = False) -> None:
        """Send what has not been sent yet, and stop after the last; ``rests``: stop here."""
        async with self._writing:
            talk = self._talk
            if talk is None or talk.is_stopping:
                return
            try:
                while (piece := self._next_to_send(talk)) is not None:
                    if not await self._write_piece(talk, piece):
                        return
                if talk.socket.is_piecewise or self._has_ended or rests:
                    talk.is_stopping = True
                    talk.last_sent = asyncio.get_running_loop().time()
                    await talk.socket.send(talk.socket.session.stop())
            except ConnectionLost:
                # The receiving half sees it too, and mends it: what is on `_pieces` is not forgotten.
                return
            finally:
                self._is_sent.set()

    def _next_to_send(self, talk: _Talk) -> Piece | None:
        if talk.socket.is_piecewise and self._pieces and talk.sent_end >= _end(self._pieces[0]):
            return None
        found = None
        for piece in reversed(self._pieces):
            if _end(piece) <= talk.sent_end:
                break
            found = piece
        return found

    async def _write_piece(self, talk: _Talk, piece: Piece) -> bool:
        """False: the session has ended meanwhile."""
        socket, session = talk.socket, talk.socket.session
        text = piece.text if piece.start >= talk.sent_end else piece.text[talk.sent_end - piece.start :]
        words = words_only(text, talk.family)
        now = asyncio.get_running_loop().time
        at = 0
        for part in text_parts(text):
            await socket.send(session.text(part))
            talk.last_sent = now()
            talk.tracker.extend(words[at : at + len(part)])
            at += len(part)
            if self._talk is not talk:
                return False
        await socket.send(session.flush())
        talk.sent_end = _end(piece)
        talk.awaits_sound = talk.awaits_sound or any(map(str.isalnum, words))
        return self._talk is talk

    # --- sound ---------------------------------------------------------------------------------------------

    async def _converse(self) -> None:
        self._sockets.warm()
        while True:
            while not self._pieces:
                if self._has_ended:
                    return
                self._has_work.clear()
                await self._has_work.wait()
            try:
                await self._hold_session()
            except (ConnectionLost, ServiceError) as error:
                await self._decide_on(error)

    async def _hold_session(self) -> None:
        socket = await self._sockets.take()
        start = max(self._said_end, self._pieces[0].start)
        talk = _Talk(socket, self._request.rate, start, self._frames)
        is_finished = False
        try:
            await socket.send(socket.session.start(self._request))
            self._talk = talk
            async with _Plainly(), asyncio.TaskGroup() as halves:
                halves.create_task(self._receive(talk))
                await self._write()
                # Now is the time to have a second one ready: for Stop, and for a loss.
                self._sockets.warm()
            is_finished = True
        except ConnectionLost as error:
            await self._lose(talk, is_failure=talk.failure is not None)
            if talk.failure is not None:
                raise talk.failure from error
            self._surprises = 0 if talk.has_answered else self._surprises + 1
            if not socket.has_rested or not 0 < self._surprises <= _MOST_SURPRISES:
                raise
            # It had closed while it rested, and nobody noticed: another one, without a word.
        except ServiceError:
            await self._lose(talk, is_failure=True)
            raise
        finally:
            self._talk = None
            self._is_sent.set()
            if not is_finished:
                socket.abandon()
        if is_finished:
            self._surprises = 0
            self._sockets.give_back(socket)
            if talk.frames and not talk.tracker.informed and not socket.is_piecewise:
                self._sockets.tells_no_times(socket.endpoint)
            await self._deliver_covered(talk.sent_end)
            self._is_sent.set()

    async def _receive(self, talk: _Talk) -> None:
        try:
            await self._receive_all(talk)
        finally:
            # At once: the other half must not write to a session that is over.
            self._talk = None

    async def _receive_all(self, talk: _Talk) -> None:
        socket, sink, tracker = talk.socket, self._sink, talk.tracker
        read = socket.session.receive
        now = asyncio.get_running_loop().time
        while True:
            frame = await _next_frame(talk)
            talk.messages += 1
            if talk.messages > _MOST_MESSAGES + _MOST_MESSAGES_A_CHARACTER * self._length(talk):
                raise _endless()
            if isinstance(frame, str):
                continue
            event = read(frame)
            talk.has_answered = True
            if isinstance(event, Audio):
                talk.is_held = True
                if event.data:
                    talk.awaits_sound = False
                    frames = len(event.data) // 2
                    talk.frames += frames
                    self._frames += frames
                    talk.last_news = now()
                    seconds = _MOST_SECONDS + _MOST_SECONDS_A_CHARACTER * self._length(talk)
                    if talk.frames > seconds * self._request.rate:
                        raise _endless()
                    await sink(Sound(event.data))
                if event.chunk is not None:
                    content = words_only(event.chunk.content, talk.family)
                    if words := tracker.observe(replace(event.chunk, content=content)):
                        talk.last_news = now()
                        await sink(Aligned(words))
                talk.is_held = False
            elif isinstance(event, Finish):
                if tracker.is_cut_short(talk.frames):
                    raise SynthesisError(
                        "The service ended before the text did.", hint="Try again in a moment."
                    )
                return
            talk.last_came = now()

    def _length(self, talk: _Talk) -> int:
        """Characters that the session was given, or is being given."""
        return max(talk.sent_end, _end(self._pieces[-1]) if self._pieces else 0) - talk.start

    # --- loss ----------------------------------------------------------------------------------------------

    async def _lose(self, talk: _Talk, *, is_failure: bool) -> None:
        """The session was lost, or the service has failed in it: find where the next one begins."""
        quiet = asyncio.get_running_loop().time() - talk.last_came
        is_settled = quiet >= _SETTLED_SECONDS and not talk.awaits_sound and not talk.is_stopping
        at = self._word_start(
            talk.tracker.sounded(talk.frames, settled=is_settled, failed=is_failure), talk.family
        )
        if talk.frames:
            await self._deliver_covered(at)
            said_seconds = _SAID_SECONDS_A_CHARACTER * (talk.sent_end - talk.start)
            if at > talk.start:
                self._repeats = int(is_failure and at < talk.sent_end)
            elif talk.frames >= said_seconds * self._request.rate:
                self._repeats += 1

    def _word_start(self, at: int, family: Family) -> int:
        """The place, or before it the quotation mark or bracket that opens the word, and its marks."""
        for piece in self._pieces:
            if piece.start < at < _end(piece):
                text, index = piece.text, at - piece.start
                while index and not text[index - 1].isspace() and not text[index - 1].isalnum():
                    index -= 1
                return piece.start + marks_before(text, index, family)
        return at

    async def _deliver_covered(self, end: int) -> None:
        """All text before ``end`` has its sound in what was delivered."""
        self._said_end = end
        self._drop_pieces(end)
        if end:
            await self._sink(Covered(end, self._frames))

    async def _decide_on(self, error: FishCaptionError) -> None:
        """Wait before the next try, or raise the error."""
        now = asyncio.get_running_loop().time()
        if self._said_end > self._failed_at:
            self._failures, self._failing_since, self._failed_at = 0, now, self._said_end
        delays = self._patience.retry_delays
        if (
            not error.retryable
            or self._repeats > _MOST_REPEATS
            or self._failures >= len(delays)
            or now - self._failing_since > self._patience.give_up_seconds
        ):
            raise error
        delay = delays[self._failures]
        self._failures += 1
        if isinstance(error, RateLimited):
            self._sockets.drop_idle()
            delay = max(delay, self._patience.rate_limited_seconds)
        if delay:
            await asyncio.sleep(delay)

    # --- clock ---------------------------------------------------------------------------------------------

    async def _watch(self) -> None:
        """End the session of hands that rest, cut one that has gone silent, and read on in a long pause.

        One timer for all of it: a timer per frame would cost more than the frame.
        """
        patience = self._patience
        shortest = min(patience.idle_seconds, patience.first_audio_seconds, patience.between_audio_seconds)
        now = asyncio.get_running_loop().time
        async with asyncio.TaskGroup() as tasks:
            while True:
                await asyncio.sleep(min(shortest / 5, _MOST_TICK_SECONDS))
                talk = self._talk
                if talk is None:
                    continue
                if talk.is_held:
                    if talk.reading is None and now() - talk.last_came >= patience.held_seconds:
                        talk.reading = tasks.create_task(_read_ahead(talk))
                elif self._is_silent(talk, now()):
                    talk.failure = SynthesisError(
                        "The voice's service has gone silent.", hint="Try again, or choose another voice."
                    )
                    talk.socket.abandon()
                elif (
                    not talk.is_stopping
                    and not self._writing.locked()
                    and now() - talk.last_sent >= patience.idle_seconds
                ):
                    # In a task of its own: on a network that hangs, writing does too, and the clock must not.
                    tasks.create_task(self._write(rests=True))

    def _is_silent(self, talk: _Talk, now: float) -> bool:
        patience = self._patience
        quiet = now - max(talk.last_sent, talk.last_came)
        newsless = now - max(talk.last_sent, talk.last_news)
        for is_owed, seconds in (
            (talk.awaits_sound or self._writing.locked(), patience.first_audio_seconds),
            (talk.is_stopping, patience.between_audio_seconds),
        ):
            if is_owed:
                return quiet >= seconds or newsless >= _MOST_CHATTER * seconds
        return False


def _endless() -> ProtocolError:
    return ProtocolError(
        "The voice's service goes on sending without end.", hint="Choose another voice or model."
    )


async def _next_frame(talk: _Talk) -> bytes | str:
    """The frame that is next, of those that were read in a pause or of those that come."""
    if talk.reading is not None:
        await _end_task(talk.reading)
        talk.reading = None
    if talk.ahead:
        await asyncio.sleep(0)  # there may be thousands, and no sink that waits
        return talk.ahead.popleft()
    return await talk.socket.receive()


async def _read_ahead(talk: _Talk) -> None:
    """Read on while a user's pause lasts: pings that nobody reads are not answered, and end a connection."""
    size = 0
    try:
        while size < _MOST_AHEAD_BYTES:
            frame = await talk.socket.receive()
            talk.ahead.append(frame)
            size += len(frame) + _FRAME_BYTES
    except (ConnectionLost, ProtocolError):
        return  # who receives meets it too, after what was read


async def _end_task(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.wait([task])


class _Plainly:
    """Around a TaskGroup: lets one error out as itself, rather than in a group.

    Of several of our tree the first; a group that holds a bug beside others stays a group.
    """

    async def __aenter__(self) -> None:
        self._cancelling = _this_task().cancelling()

    async def __aexit__(self, kind: object, group: BaseException | None, traceback: object) -> None:
        if not isinstance(group, BaseExceptionGroup):
            return
        # Before Python 3.13 a group that a task's error has ended does not take back that it cancelled us. On
        # 3.11.2, which is Debian 12's, no timeout in this task would become a TimeoutError any more.
        while _this_task().cancelling() > self._cancelling:
            _this_task().uncancel()
        leaves = list(_leaves(group))
        if len(leaves) == 1 or all(isinstance(leaf, FishCaptionError) for leaf in leaves):
            raise leaves[0] from leaves[0].__cause__


def _this_task() -> asyncio.Task[object]:
    task = asyncio.current_task()
    assert task is not None
    return task


def _leaves(group: BaseExceptionGroup[BaseException]) -> list[BaseException]:
    found: list[BaseException] = []
    for error in group.exceptions:
        found += _leaves(error) if isinstance(error, BaseExceptionGroup) else [error]
    return found


def _end(piece: Piece) -> int:
    return piece.start + len(piece.text)
