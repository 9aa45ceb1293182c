"""The voices of a request: those that it names, or those that follow from recordings sent with it.

The same recordings make the same voice here and as a voice that is kept. A voice that is not there is
refused, and never replaced.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from typing import Final

from fishcaption.server.engines.pool import Speaker, VoiceEngines
from fishcaption.server.library.catalog import Catalogue
from fishcaption.server.library.character import character_of, digest, together
from fishcaption.server.library.training import Training
from fishcaption.server.request import BadRequest, Request
from fishcaption.server.terms import Terms
from fishcaption.server.voice_registry import DEFAULT_ID, VoiceEntry

_MOST_SPEAKERS: Final = 32
_KEPT_DIGESTS: Final = 256
_ONE_VOICE: Final = ("s1", "speech-1.5", "speech-1.6")
"""Models that take no list of voices."""


class UnknownVoice(BadRequest):
    """A request for a voice that does not exist here: usually another client's own default."""


class Cast:
    """The voices of one session, one for each speaker; ``entry`` is the first one's embedded voice."""

    def __init__(self, speakers: Sequence[Speaker], recordings: Sequence[Sequence[bytes]] = ()) -> None:
        """``recordings``: those of each speaker whose character follows from them, in `Casting.found`."""
        self.speakers = tuple(speakers)
        self.recordings = tuple(recordings)
        self.is_cut = False

    @property
    def waiting_bytes(self) -> int:
        """The size of the recordings that nobody has listened to yet."""
        return sum(len(recording) for recordings in self.recordings for recording in recordings)

    @property
    def entry(self) -> VoiceEntry:
        """The embedded voice of the first speaker."""
        return self.speakers[0].entry

    @property
    def has_several(self) -> bool:
        """True if the text says who speaks."""
        return len(self.speakers) > 1


class Casting:
    """Finds the voices of requests."""

    def __init__(self, catalogue: Catalogue, training: Training, engines: VoiceEngines, terms: Terms) -> None:
        self._catalogue = catalogue
        self._engines = engines
        self._takes_any_voice = terms.takes_any_voice
        self._several = terms.switches.several
        self._training = training
        self._digests: OrderedDict[bytes, bytes] = OrderedDict()  # of a recording's sound, by its bytes'

    def cast(self, request: Request, model: str) -> Cast:
        """Return the voices of a request. Raises BadRequest, UnknownVoice."""
        if request.has_list and model in _ONE_VOICE:
            raise BadRequest(
                "Failed to parse the request body as MsgPack: data did not match any variant of untagged "
                "enum MultiSpeakerReference"
            )
        if request.reference_ids or not request.references:
            cast = Cast([self._speaker(wanted) for wanted in request.reference_ids or (DEFAULT_ID,)])
        else:
            base = Speaker(self._catalogue.base)
            cast = Cast([base] * len(request.references), request.references)
        if len(cast.speakers) > _MOST_SPEAKERS:
            raise BadRequest(f"{len(cast.speakers)} speakers are more than {_MOST_SPEAKERS}")
        if cast.has_several and self._several == "refused":
            raise BadRequest("Reference audio too long")
        cast.is_cut = cast.has_several and self._several == "cut"
        return cast

    async def found(self, cast: Cast) -> tuple[Speaker, ...]:
        """Return a cast's speakers once their recordings are listened to. Raises BadRequest."""
        if not cast.recordings:
            return cast.speakers
        digests = [[await self._digest(one) for one in recordings] for recordings in cast.recordings]
        cast.recordings = ()  # which may be large, and are not needed any more
        characters = [character_of(together(of_one)) for of_one in digests]
        return tuple(Speaker(cast.entry, character) for character in characters)

    async def _digest(self, recording: bytes) -> bytes:
        from fishcaption.server.library.recordings import listen  # few send any

        key = digest(recording)
        if key not in self._digests:
            try:
                heard = await self._engines.run(lambda: listen(recording))
            except ValueError:
                raise BadRequest("Reference Audio is not valid, please check your reference audio") from None
            self._digests[key] = heard.digest
            while len(self._digests) > _KEPT_DIGESTS:
                self._digests.popitem(last=False)
        return self._digests[key]

    def _speaker(self, wanted: str) -> Speaker:
        one = self._catalogue.find(wanted)
        if one is not None and self._training.is_over(wanted):
            return Speaker(one.entry, one.character)
        if one is not None:
            raise BadRequest("This model is still in training")
        if self._takes_any_voice:
            return Speaker(self._catalogue.base)
        raise UnknownVoice(
            f"Reference not found: there is no voice {wanted[:64]!r} here. "
            "`fishcaption serve --any-voice` lets any id stand for the default voice"
        )
