"""Voices of the account: made of recordings, listed, renamed, deleted (`/model` of the REST interface).

A request that makes a voice has no key that would make a second one harmless. So the account's voices are
looked at before it, and after an answer that was lost: a voice that is new since is the one that was made.
"""

from __future__ import annotations

import asyncio
import io
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple, Self
from urllib.parse import quote

from fishcaption.core.errors import (
    ConnectionLost,
    FishCaptionError,
    Forbidden,
    InputError,
    PaymentRequired,
    ProtocolError,
    ServiceError,
    SynthesisError,
)
from fishcaption.core.untrusted import one_line
from fishcaption.core.voices.catalog import VoiceState
from fishcaption.core.voices.cloning import (
    MOST_CLIPS,
    Clip,
    ClipQuality,
    CloneProgress,
    Made,
    Step,
    VoiceDetails,
    checked,
)
from fishcaption.fish.endpoint import FISH_URL, Endpoint, system_tls
from fishcaption.fish.library_entries import entry_of, voice_id
from fishcaption.fish.rest import Body, Rest, Upload, strange_answer

if TYPE_CHECKING:
    import ssl

MOST_UPLOAD_BYTES = 100 << 20
"""Of all recordings of a voice. Twenty of 30 s have some 40 MB as FLAC."""

_PAGE = 100
_MOST_PAGES = 10
_SHOWN = 200
_LONGEST_SECONDS = 3600.0
_FOR_SOME_TIME = "Look into the list of your voices in a moment, before you make it again."


class Waits(NamedTuple):
    """Limits of waiting, in seconds. ``looks``: before each look for a voice whose answer was lost."""

    stalled: float = 60.0  # no byte of the recordings is taken
    answer: float = 180.0
    looks: tuple[float, ...] = (0.5, 2.0, 5.0)
    poll: float = 5.0
    training: float = 300.0


class VoiceUnsure(ConnectionLost):
    """The answer was lost, and the service cannot be asked whether the voice was made.

    ``before`` are the account's voices of that name before it: give them to the next `Cloning.create`.
    """

    def __init__(self, before: frozenset[str]) -> None:
        super().__init__(
            "The connection broke when the voice was being made. It is not known whether it is there.",
            hint="Check the network and try again: what is there already is not made twice.",
        )
        self.before = before


class Cloning:
    """The voices of one account. An async context manager; ``endpoint`` is asked before every request."""

    def __init__(
        self,
        endpoint: Callable[[], Awaitable[Endpoint]],
        *,
        tls: Callable[[], ssl.SSLContext] = system_tls,
        waits: Waits | None = None,
    ) -> None:
        self.rest = Rest(endpoint, tls=tls)
        self._waits = waits or Waits()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self.rest.__aexit__(*exc)

    async def account(self) -> str:
        """Return the id of the account that the key belongs to; empty if the service does not tell."""
        answer = await self.rest.ask("GET", "/wallet/self/api-credit")
        return voice_id(answer.get("user_id"))

    async def voices(self) -> tuple[Made, ...]:
        """Return the account's voices, the newest first; 1,000 at most. Raises why it cannot be asked."""
        found: dict[str, Made] = {}
        for page in range(1, _MOST_PAGES + 1):
            items = await self._items({"page_number": str(page)})
            new = {made.entry.id: made for item in items if (made := _made(item)) is not None}
            if not new.keys() - found.keys():
                break
            found = new | found
            if len(items) < _PAGE:
                break
        return tuple(sorted(found.values(), key=lambda made: made.entry.created, reverse=True))

    async def find(self, number: str) -> Made:
        """Return one voice as it is now. Raises Forbidden with the status 404 where there is none."""
        made = _made(await self.rest.ask("GET", _path(number)))
        if made is None:
            raise strange_answer()
        return made

    async def change(self, number: str, details: VoiceDetails) -> None:
        """Give the voice another name, description and tags. Raises InputError, or why it did not change."""
        wanted = checked(details)
        fields = {
            "title": wanted.title,
            "description": wanted.description,
            "tags": list(wanted.tags),
            "visibility": wanted.visibility,
        }
        try:
            await self.rest.ask("PATCH", _path(number), body=Body(json=fields))
        except Forbidden as error:
            raise _gone(error) from error

    async def delete(self, number: str) -> bool:
        """Delete the voice at the service, for ever; return False if it was not there any more."""
        try:
            await self.rest.ask("DELETE", _path(number))
        except Forbidden as error:
            if error.status == 404:
                return False
            raise _gone(error) from error
        return True

    async def create(
        self,
        details: VoiceDetails,
        clips: Sequence[Clip],
        *,
        enhances: bool,
        on_progress: Callable[[CloneProgress], None],
        signatures: Sequence[str] = (),
        makes_sample: bool = False,
        before: frozenset[str] | None = None,
        on_known: Callable[[frozenset[str]], None] | None = None,
    ) -> Made:
        """Make a voice of recordings, once, and wait until it can speak; one may still be in training then.

        ``enhances`` has the service clean the recordings. ``signatures`` are those of designed voices.
        ``before`` is of an earlier try's `VoiceUnsure`: what was made in that is returned. ``on_known`` is
        called before anything is sent, with what `take_back` needs after a cancel. Raises InputError for what
        cannot be sent or is refused, VoiceUnsure, or why the voice was not made.
        """
        wanted = checked(details)
        _check(clips)
        on_progress(CloneProgress(Step.LOOKING))
        made = None if before is None else await self._new(wanted.title, before)
        if made is None:
            known = frozenset(one.entry.id for one in await self._called(wanted.title))
            if on_known is not None:
                on_known(known)
            fields = _fields(wanted, clips, signatures, enhances=enhances, makes_sample=makes_sample)
            made = await self._made_once(fields, clips, wanted.title, known, on_progress)
        return await self._trained(made, on_progress)

    async def take_back(self, title: str, known: frozenset[str]) -> bool:
        """Delete the voice that a cancelled `create` has made after all; return whether there was one."""
        for seconds in self._waits.looks:
            await asyncio.sleep(seconds)
            made = await self._new(title.strip(), known)
            if made is not None:
                return await self.delete(made.entry.id)
        return False

    # -- making ------------------------------------------------------------------------------------

    async def _made_once(
        self,
        fields: Mapping[str, str | Sequence[str]],
        clips: Sequence[Clip],
        title: str,
        known: frozenset[str],
        on_progress: Callable[[CloneProgress], None],
    ) -> Made:
        upload = _Sending(clips, on_progress, self._waits)
        try:
            answer = await upload.send(self.rest, fields)
        except (ConnectionLost, SynthesisError, ProtocolError) as error:
            if upload.is_whole and _may_be_made(error):
                on_progress(CloneProgress(Step.LOOKING))
                return await self._looked_up(title, known, error)
            raise _refused(error, upload.bytes) from error
        except ServiceError as error:
            raise _refused(error, upload.bytes) from error
        made = _made(answer)
        if made is not None:
            return made
        on_progress(CloneProgress(Step.LOOKING))  # 201 without an id
        lost = ProtocolError(
            "The service took the recordings, but did not say which voice they became.", hint=_FOR_SOME_TIME
        )
        return await self._looked_up(title, known, lost)

    async def _looked_up(self, title: str, known: frozenset[str], lost: FishCaptionError) -> Made:
        """Return the voice that was made though the answer is lost. Raises `lost` if there is none."""
        is_known = False
        for seconds in self._waits.looks:
            await asyncio.sleep(seconds)
            try:
                made = await self._new(title, known)
            except ConnectionLost:
                continue
            is_known = True
            if made is not None:
                return made
        if not is_known:
            raise VoiceUnsure(known) from lost
        raise lost

    async def _trained(self, made: Made, on_progress: Callable[[CloneProgress], None]) -> Made:
        """Return the voice once it is trained, or as it is after the time for that. Raises if it failed."""
        loop = asyncio.get_running_loop()
        end = loop.time() + self._waits.training
        while made.entry.state is VoiceState.TRAINING and loop.time() < end:
            on_progress(CloneProgress(Step.TRAINING))
            await asyncio.sleep(self._waits.poll)
            try:
                now = await self.find(made.entry.id)
            except FishCaptionError as error:
                if not error.retryable:
                    raise
                continue
            made = now if now.quality else now._replace(quality=made.quality)
        if made.entry.state is VoiceState.FAILED:
            raise SynthesisError(
                "The service could not make a voice of these recordings.",
                hint="Try again; if it happens once more, use other recordings. It is in the list as failed.",
            )
        return made

    # -- asking ------------------------------------------------------------------------------------

    async def _new(self, title: str, known: frozenset[str]) -> Made | None:
        return next((one for one in await self._called(title) if one.entry.id not in known), None)

    async def _called(self, title: str) -> list[Made]:
        """Return the account's voices of this name, the newest first."""
        items = await self._items({"title": title})
        called = [item for item in items if isinstance(item, dict) and item.get("title") == title]
        return [made for item in called if (made := _made(item)) is not None]

    async def _items(self, query: Mapping[str, str]) -> list[Any]:
        wanted = {"self": "true", "page_size": str(_PAGE), "sort_by": "created_at", **query}
        items = (await self.rest.ask("GET", "/model", wanted)).get("items")
        if not isinstance(items, list):
            raise strange_answer()
        return items[:_PAGE]


def _path(number: str) -> str:
    """Return the path of a voice; an id may come out of a file, and then hold anything."""
    return f"/model/{quote(number, safe='')}"


class _Sending:
    """One upload of recordings: how much of it was read, and whether it still moves."""

    def __init__(
        self, clips: Sequence[Clip], on_progress: Callable[[CloneProgress], None], waits: Waits
    ) -> None:
        self.bytes = sum(len(clip.audio) for clip in clips)
        self._clips = clips
        self._on_progress = on_progress
        self._waits = waits
        self._sent = 0
        self._limit: asyncio.Timeout | None = None

    @property
    def is_whole(self) -> bool:
        """True once all of it was given to the network."""
        return self._sent >= self.bytes

    async def send(self, rest: Rest, fields: Mapping[str, str | Sequence[str]]) -> dict[str, Any]:
        """Return the answer. Raises as `Rest.ask`; ConnectionLost also if nothing moves any more."""
        uploads = [
            Upload("voices", clip.name, _Counted(clip.audio, self._on_read), clip.media_type)
            for clip in self._clips
        ]
        self._on_progress(CloneProgress(Step.SENDING))
        try:
            async with asyncio.timeout(self._waits.stalled) as self._limit:
                return await rest.ask(
                    "POST", "/model", body=Body(fields, tuple(uploads)), timeout_seconds=_LONGEST_SECONDS
                )
        except TimeoutError as error:
            raise ConnectionLost(
                "The voice's service does not answer.", hint="Check the network, and try again."
            ) from error

    def _on_read(self, count: int) -> None:
        self._sent += count
        assert self._limit is not None
        seconds = self._waits.answer if self.is_whole else self._waits.stalled
        self._limit.reschedule(asyncio.get_running_loop().time() + seconds)
        step = Step.WAITING if self.is_whole else Step.SENDING
        self._on_progress(CloneProgress(step, min(1.0, self._sent / max(1, self.bytes))))


class _Counted(io.BytesIO):
    """A file that tells how much of it is read."""

    def __init__(self, content: bytes, on_read: Callable[[int], None]) -> None:
        super().__init__(content)
        self._on_read = on_read

    def read(self, size: int | None = -1, /) -> bytes:
        part = super().read(size)
        if part:
            self._on_read(len(part))
        return part


def _check(clips: Sequence[Clip]) -> None:
    if not 1 <= len(clips) <= MOST_CLIPS:
        raise InputError(
            f"A voice is made of 1 to {MOST_CLIPS} recordings, not of {len(clips)}.",
            hint="Two or three good ones of 15 to 20 seconds are best.",
        )
    if any(not clip.audio for clip in clips):
        raise InputError("One of the recordings is empty.", hint="Record it again, or leave it out.")
    if sum(len(clip.audio) for clip in clips) > MOST_UPLOAD_BYTES:
        raise _too_large(sum(len(clip.audio) for clip in clips))


def _fields(
    details: VoiceDetails,
    clips: Sequence[Clip],
    signatures: Sequence[str],
    *,
    enhances: bool,
    makes_sample: bool,
) -> dict[str, str | Sequence[str]]:
    fields: dict[str, str | Sequence[str]] = {
        "type": "tts",
        "train_mode": "fast",
        "title": details.title,
        "visibility": details.visibility,
        "enhance_audio_quality": "true" if enhances else "false",
        "generate_sample": "true" if makes_sample else "false",
    }
    if details.description:
        fields["description"] = details.description
    if details.tags:
        fields["tags"] = list(details.tags)
    if all(clip.text.strip() for clip in clips):  # else they would not be those of their recordings
        fields["texts"] = [clip.text.strip() for clip in clips]
    if signatures:
        fields["voice_design_signatures"] = list(signatures)
    return fields


def _may_be_made(error: FishCaptionError) -> bool:
    """Return whether the service may have done what it was asked before this went wrong."""
    return not isinstance(error, ServiceError) or error.status >= 500 or error.status < 400


def _refused(error: FishCaptionError, size: int) -> FishCaptionError:
    """Return why no voice was made, in words about recordings."""
    if isinstance(error, ConnectionLost):
        return ConnectionLost(
            "The connection broke while the recordings were sent. No voice was made.",
            hint="Check the network, and try again. Your recordings are still here.",
        )
    if not isinstance(error, ServiceError):
        return error
    why = f": {error.said}" if error.said else "."
    match error.status:
        case 400 | 422:
            return InputError(
                f"The service does not take these recordings or their texts{why}",
                hint="Each must be speech of 10 seconds or more, with the words that are heard in it.",
            )
        case 402:
            return PaymentRequired(
                f"The service asks for credit before it makes a voice{why}",
                hint="Buy API credit (it is separate from the platform's credit), or use your recordings "
                "without keeping a voice at Fish Audio.",
            )
        case 403:
            return Forbidden(
                f"This key may not make voices{why}",
                hint="Look at your account's page: it may have as many voices as it can have.",
            )
        case 413:
            return _too_large(size)
        case _:
            return error


def _too_large(size: int) -> InputError:
    return InputError(
        f"The recordings are too large to be sent together ({size / 1e6:.0f} MB).",
        hint="Use fewer or shorter ones: two or three of 15 to 20 seconds are best.",
    )


def _gone(error: Forbidden) -> Forbidden:
    if error.status != 404:
        return error
    gone = Forbidden(
        "This voice is not at Fish Audio any more, or it belongs to another account.",
        hint="It may have been deleted on the web page or on another computer.",
    )
    gone.status = 404
    return gone


# -- what the service tells ----------------------------------------------------------------------------


def _made(item: object) -> Made | None:
    """Return the voice that the service describes; None if it has no id."""
    entry = entry_of(item, "fish", Endpoint(FISH_URL, ""), date.today(), is_own=True)
    return (
        Made(entry, _quality(item.get("quality"))) if entry is not None and isinstance(item, dict) else None
    )


def _quality(value: object) -> tuple[ClipQuality, ...]:
    audios = value.get("audios") if isinstance(value, dict) else None
    if not isinstance(audios, list):
        return ()
    return tuple(
        ClipQuality(
            _words(one.get("filename"), 100),
            _seconds(one.get("duration_ms")),
            passed if isinstance(passed := one.get("quality_passed"), bool) else None,
            _words(one.get("quality_reason"), _SHOWN),
            _words(one.get("language"), 20),
        )
        for one in audios[:MOST_CLIPS]
        if isinstance(one, dict)
    )


def _seconds(milliseconds: object) -> float:
    if isinstance(milliseconds, bool) or not isinstance(milliseconds, int | float):
        return 0.0
    return milliseconds / 1000 if 0 <= milliseconds <= 1e9 else 0.0  # not-a-number compares false


def _words(value: object, most: int) -> str:
    return one_line(value, most) if isinstance(value, str) else ""
