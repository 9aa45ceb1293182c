"""An utterance on live sockets: its pieces go out as they come, and its sound goes to the sink as it comes.

One utterance is one or more sessions on one or more sockets, and nobody outside notices: a new session begins
after the typist has rested, after each piece if only `finish` tells which piece a sound belongs to, and
after a connection was lost. Frames and code points are the utterance's own throughout.

The rule of this file: a piece is taken off `_pieces` only when its sound is known to have been delivered.
What is on it when a session begins is said in that session.
"""

from __future__ import annotations

import asyncio
import re
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace

from fishcaption.core.errors import (
    ConnectionLost,
    FishCaptionError,
    RateLimited,
    ServiceError,
    SynthesisError,
)
from fishcaption.core.protocol.frames import text_parts
from fishcaption.core.protocol.requests import TTSRequest
from fishcaption.core.protocol.session import Audio, Finish
from fishcaption.core.speech import Aligned, Covered, Delivery, Family, Piece, Sound
from fishcaption.core.text.tags import marks_before
from fishcaption.fish.live_session import LiveSession
from fishcaption.fish.sockets import Patience, Socket, Sockets, no_answer
from fishcaption.fish.ungrouped import Ungrouped

_SPEAKER = re.compile(r"<\|speaker:\d+\|>")

Sink = Callable[[Delivery], Awaitable[None]]

_SETTLED_SECONDS = 1.0
"""A connection that breaks after such a silence has cut no word."""

_MOST_TICK_SECONDS = 1.0

_MOST_SURPRISES = 2
"""So many idle sockets may have died unnoticed; if more die, the service hangs up on us."""

_MOST_REPEATS = 1
"""A piece is said twice rather than lost; where the second time ends like the first, a third would too."""

_SAID_SECONDS_A_CHARACTER = 0.003
"""A twentieth of the time that people take: of a text that broke off sooner, nothing was said."""

_MOST_PIECES = 32
"""More are kept only if none of them is known to have been delivered."""


class LiveUtterance:
    """One call of `speak`: tasks for the text, the sound and the clock, which start and end together."""

    def __init__(
        self,
        request: TTSRequest,
        sockets: Sockets,
        patience: Patience,
        source: AsyncIterator[Piece],
        sink: Sink,
        on_sent: Callable[[int], None],
    ) -> None:
        self._on_sent = on_sent
        self._request = request
        self._sockets = sockets
        self._patience = patience
        self._source = source
        self._sink = sink
        self._pieces: deque[Piece] = deque()  # given to us, and not known to have been delivered
        self._has_ended = False  # the source has no more
        self._speaker = ""  # the mark of who speaks before the first of them, where there are several
        self._said_end = 0  # a session begins here, unless its first piece begins later
        self._frames = 0  # delivered
        self._session: LiveSession | None = None
        self._has_work = asyncio.Event()
        self._is_sent = asyncio.Event()
        self._writing = asyncio.Lock()
        self._has_lost = False  # a session, of whose sound the next one says the end again
        self._surprises = 0  # sockets in a row that had died at rest
        self._repeats = 0  # how often in a row the same text has sounded, and the session was lost
        # since the last word that got through
        self._failures = 0
        self._failing_since = 0.0
        self._failed_at = -1

    async def run(self) -> None:
        """Speak it to its end. Raises one error of our tree, or what the source or the sink raised."""
        try:
            async with Ungrouped(), asyncio.TaskGroup() as tasks:
                watching = tasks.create_task(self._watch())
                tasks.create_task(self._take_pieces())
                await self._converse()
                watching.cancel()
        except asyncio.CancelledError:
            # After Stop, users usually speak again; the handshake begins when the stop is over.
            self._sockets.warm()
            raise

    # --- text ----------------------------------------------------------------------------------------------

    async def _take_pieces(self) -> None:
        async for piece in self._source:
            if not piece.text:
                continue
            self._pieces.append(piece)
            if self._session is None:
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
        """Drop pieces that were delivered: in a session that goes on for hours, they must not pile up."""
        if self._session is not None and len(self._pieces) > _MOST_PIECES:
            self._drop_pieces(self._session.tracker.sounded(self._session.frames))

    def _drop_pieces(self, end: int) -> None:
        while self._pieces and _end(self._pieces[0]) <= end:
            self._speaker = _last_speaker(self._pieces.popleft().text, self._speaker)

    def _is_behind(self) -> bool:
        """True if a piece has not been sent yet, or, with a session per piece, has not been said yet."""
        if not self._pieces:
            return False
        session = self._session
        return session is None or session.socket.is_piecewise or session.sent_end < _end(self._pieces[-1])

    async def _write(self, *, rests: bool = False) -> None:
        """Send what has not been sent yet, and stop after the last; ``rests``: stop here."""
        async with self._writing:
            session = self._session
            if session is None or session.is_stopping:
                return
            try:
                while (piece := self._next_to_send(session)) is not None:
                    if not await self._write_piece(session, piece):
                        return
                if session.socket.is_piecewise or self._has_ended or rests:
                    session.is_stopping = True
                    session.sent()
                    await session.socket.send(session.socket.session.stop())
            except ConnectionLost:
                # The receiving half sees it too, and mends it: what is on `_pieces` is not forgotten.
                return
            finally:
                self._is_sent.set()

    def _next_to_send(self, session: LiveSession) -> Piece | None:
        if session.socket.is_piecewise and self._pieces and session.sent_end >= _end(self._pieces[0]):
            return None
        found = None
        for piece in reversed(self._pieces):
            if _end(piece) <= session.sent_end:
                break
            found = piece
        return found

    async def _write_piece(self, session: LiveSession, piece: Piece) -> bool:
        """Send a piece, or what is left of it; return False if the session has ended meanwhile."""
        socket, protocol = session.socket, session.socket.session
        text = piece.text if piece.start >= session.sent_end else piece.text[session.sent_end - piece.start :]
        words = session.words(text)
        # What is flushed by itself, and each new session, may begin with the first voice.
        if (mark := self._speaker_at(_end(piece) - len(text))) and not text.startswith("<|"):
            await socket.send(protocol.text(mark))
            self._on_sent(len(mark))
        at = 0
        for part in text_parts(text):
            await socket.send(protocol.text(part))
            self._on_sent(len(part.encode("utf-8", "replace")))
            session.sent()
            session.tracker.extend(words[at : at + len(part)])
            at += len(part)
            if self._session is not session:
                return False
        await socket.send(protocol.flush())
        session.sent_end = _end(piece)
        session.awaits_sound = session.awaits_sound or any(map(str.isalnum, words))
        return self._session is session

    def _speaker_at(self, place: int) -> str:
        """Return the mark of who speaks at a place of the text; empty where there is one voice."""
        speaker = self._speaker
        for piece in self._pieces:
            if piece.start >= place:
                break
            speaker = _last_speaker(piece.text[: place - piece.start], speaker)
        return speaker

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
        socket = await self._take_socket()
        start = max(self._said_end, self._pieces[0].start)
        session = LiveSession(socket, self._request.rate, start, self._frames)
        is_finished = False
        try:
            if self._has_lost and start:
                self._has_lost = False
                await self._sink(Covered(start, self._frames))
            await socket.send(socket.session.start(self._request))
            self._session = session
            async with Ungrouped(), asyncio.TaskGroup() as halves:
                halves.create_task(self._receive(session))
                await self._write()
                # Now is the time to have a second one ready: for Stop, and for a loss.
                self._sockets.warm()
            is_finished = True
        except ConnectionLost as error:
            await self._lose(session, is_failure=session.failure is not None)
            if session.failure is not None:
                raise session.failure from error
            self._surprises = 0 if session.has_answered else self._surprises + 1
            if not socket.has_rested or not 0 < self._surprises <= _MOST_SURPRISES:
                raise
            # It had closed while it rested, and nobody noticed: another one, without a word.
        except ServiceError:
            await self._lose(session, is_failure=True)
            raise
        finally:
            self._session = None
            self._is_sent.set()
            if not is_finished:
                socket.abandon()
        if is_finished:
            self._surprises = 0
            self._sockets.give_back(socket)
            if session.frames and not session.tracker.informed and not socket.is_piecewise:
                self._sockets.tells_no_times(socket.endpoint)
            await self._deliver_covered(session.sent_end)
            self._is_sent.set()

    async def _take_socket(self) -> Socket:
        try:
            async with asyncio.timeout(self._patience.take_seconds):
                return await self._sockets.take()
        except TimeoutError as error:
            raise no_answer() from error

    async def _receive(self, session: LiveSession) -> None:
        try:
            await self._receive_all(session)
        finally:
            # At once: the other half must not write to a session that is over.
            self._session = None

    async def _receive_all(self, session: LiveSession) -> None:
        while True:
            frame = await session.next_frame()
            session.message_came(self._length(session))
            if isinstance(frame, str):
                continue
            event = session.socket.session.receive(frame)
            session.has_answered = True
            if isinstance(event, Audio):
                session.is_held = True
                await self._deliver(session, event)
                session.is_held = False
            elif isinstance(event, Finish):
                if session.tracker.is_cut_short(session.frames):
                    raise SynthesisError(
                        "The service ended before the text did.", hint="Try again in a moment."
                    )
                return
            session.came()

    async def _deliver(self, session: LiveSession, audio: Audio) -> None:
        """Give the sink what a frame holds: sound, times of words, or both."""
        if audio.data:
            frames = len(audio.data) // 2
            self._frames += frames
            session.sound_came(frames, self._length(session))
            await self._sink(Sound(audio.data))
        if audio.chunk is not None:
            content = session.words(audio.chunk.content)
            if words := session.tracker.observe(replace(audio.chunk, content=content)):
                session.words_came()
                await self._sink(Aligned(words))

    def _length(self, session: LiveSession) -> int:
        """Return how many characters the session was given, or is being given."""
        return max(session.sent_end, _end(self._pieces[-1]) if self._pieces else 0) - session.start

    # --- loss ----------------------------------------------------------------------------------------------

    async def _lose(self, session: LiveSession, *, is_failure: bool) -> None:
        """Find where the next session begins after one that was lost, or in which the service has failed."""
        is_quiet = session.quiet_seconds() >= _SETTLED_SECONDS
        is_settled = is_quiet and not session.awaits_sound and not session.is_stopping
        sounded = session.tracker.sounded(session.frames, settled=is_settled, failed=is_failure)
        at = self._word_start(sounded, session.family)
        if session.frames:
            # A word that broke off is not covered: who goes on with it has to know where its sound begins.
            frame = session.tracker.begin_frame(sounded) if at > session.start else session.first_frame
            await self._deliver_covered(at, frame)
            self._has_lost = True
            said_seconds = _SAID_SECONDS_A_CHARACTER * (session.sent_end - session.start)
            if at > session.start:
                self._repeats = int(is_failure and at < session.sent_end)
            elif session.frames >= said_seconds * self._request.rate:
                self._repeats += 1

    def _word_start(self, at: int, family: Family) -> int:
        """Return the place, or one before it: of the bracket or quotation mark that opens the word."""
        for piece in self._pieces:
            if piece.start < at < _end(piece):
                text, index = piece.text, at - piece.start
                while index and not text[index - 1].isspace() and not text[index - 1].isalnum():
                    index -= 1
                return piece.start + marks_before(text, index, family)
        return at

    async def _deliver_covered(self, end: int, frame: int | None = None) -> None:
        """Tell the sink that all text before ``end`` sounds before ``frame``, or in what was delivered."""
        self._said_end = end
        self._drop_pieces(end)
        if end:
            await self._sink(Covered(end, self._frames if frame is None else min(frame, self._frames)))

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
        """End the session when the typist rests, cut one that has gone silent, and read on in a long pause.

        One timer for all of it: a timer per frame would cost more than the frame.
        """
        patience = self._patience
        shortest = min(patience.idle_seconds, patience.first_audio_seconds, patience.between_audio_seconds)
        async with asyncio.TaskGroup() as tasks:
            while True:
                await asyncio.sleep(min(shortest / 5, _MOST_TICK_SECONDS))
                session = self._session
                if session is None:
                    continue
                is_writing = self._writing.locked()
                if session.is_held:
                    session.read_ahead(tasks, patience.held_seconds)
                elif session.is_silent(patience, is_writing=is_writing):
                    session.give_up_silent()
                elif not session.is_stopping and not is_writing and session.rests(patience.idle_seconds):
                    # In a task of its own: on a network that hangs, writing does too, and the clock must not.
                    tasks.create_task(self._write(rests=True))


def _last_speaker(text: str, before: str) -> str:
    """Return the mark of who speaks at the end of a text; without one, who spoke before."""
    return next(reversed(_SPEAKER.findall(text)), before) if "<|" in text else before


def _end(piece: Piece) -> int:
    return piece.start + len(piece.text)
