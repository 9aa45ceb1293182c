"""The live voice: sockets to a service, and voices that speak through them.

`sockets` opens and keeps them, `utterance` speaks a text on them, in one session or several (`live_session`).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TYPE_CHECKING, Self

from fishcaption.core.errors import Forbidden, InputError
from fishcaption.core.protocol.refusals import of_voice
from fishcaption.core.protocol.requests import (
    Dictionary,
    DictionaryVersion,
    Pronunciation,
    Reference,
    TTSRequest,
)
from fishcaption.core.speech import TAKES_PREFIX, Piece, Voice
from fishcaption.core.synthesis_options import STANDARD_OPTIONS, SynthesisOptions
from fishcaption.fish.endpoint import Endpoint, system_tls
from fishcaption.fish.sockets import Patience, Sockets, no_answer
from fishcaption.fish.utterance import LiveUtterance, Sink

if TYPE_CHECKING:
    import ssl

__all__ = ["Endpoint", "Live", "LiveVoice", "Patience"]


def _ignore(sent_bytes: int) -> None:
    """Nobody counts."""


class Live:
    """Sockets to one service, and voices that speak through them. An async context manager.

    ``endpoint`` is asked at every connection. ``on_sent`` is called with the bytes of text (UTF-8) that were
    sent. `synthesizer` gives a voice for as long as the context lasts.
    """

    def __init__(
        self,
        endpoint: Callable[[], Awaitable[Endpoint]],
        *,
        patience: Patience | None = None,
        tls: Callable[[], ssl.SSLContext] = system_tls,
        on_sent: Callable[[int], None] = _ignore,
    ) -> None:
        self._on_sent = on_sent
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
        options: SynthesisOptions = STANDARD_OPTIONS,
        references: tuple[Reference, ...] = (),
        pronunciations: tuple[Pronunciation, ...] = (),
        patience: Patience | None = None,
        speakers: tuple[str, ...] = (),
    ) -> LiveVoice:
        """Return the voice, at ``rate`` frames a second.

        ``volume`` is in dB. ``references`` are recordings that the service imitates, in place of the voice's
        id; they travel with each session. ``pronunciations`` are sounds
        (`core.normalization.rules.Rules.sent`). ``patience`` is for this voice's texts, where another is
        waiting to take over; None: the service's. ``speakers`` are ids of voices in place of the one voice's:
        `core.voices.cast.speaker_mark` in the text says who speaks.

        Raises InputError for values that the service refuses.
        """
        if voice.id.startswith(TAKES_PREFIX) and not references:
            # without any the service speaks in a voice of its own choice, and bills it
            raise InputError(
                "The recordings that this voice is made of are missing.", hint="Choose another voice."
            )
        dictionary: tuple[Dictionary, ...] = (pronunciations,) if pronunciations else ()
        if options.dictionary_id:  # the service takes no others beside those that it stores
            dictionary = (DictionaryVersion(options.dictionary_id, options.dictionary_version),)
        request = TTSRequest(
            reference_id=speakers or (None if references else voice.id or None),
            format="pcm",
            sample_rate=rate,
            speed=speed,
            volume=volume,
            references=references,
            pronunciation_dictionary=dictionary,
            **{name: value for name, value in options._asdict().items() if not name.startswith("dictionary")},
        )
        return LiveVoice(voice, request, self._sockets, patience or self._patience, self._on_sent)

    async def reach(self) -> None:
        """Look whether the service answers, on a socket that says nothing; it costs nothing.

        Raises FishCaptionError where it does not.
        """
        socket = await self._sockets.take()
        has_answered = False
        try:
            async with asyncio.timeout(self._patience.open_seconds):
                await socket.answered()
            has_answered = True
        except TimeoutError as error:
            raise no_answer() from error
        finally:
            if has_answered:
                self._sockets.give_back(socket)
            else:
                socket.abandon()


class LiveVoice:
    """A `reader.Synthesizer` over live sockets. Made by `Live.synthesizer`."""

    def __init__(
        self,
        voice: Voice,
        request: TTSRequest,
        sockets: Sockets,
        patience: Patience,
        on_sent: Callable[[int], None],
    ) -> None:
        self._on_sent = on_sent
        self._voice = voice
        self._request = request
        self._sockets = sockets
        self._patience = patience

    @property
    def voice(self) -> Voice:
        """The voice that speaks."""
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
        utterance = LiveUtterance(self._request, self._sockets, self._patience, pieces, sink, self._on_sent)
        try:
            await utterance.run()
        except Forbidden as error:
            raise of_voice(error, self._voice) from error
