"""Voices over REST: the list, one of them, and those that clients make, change and delete."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import QueryParams
from starlette.requests import ClientDisconnect
from starlette.requests import Request as HTTPRequest
from starlette.responses import JSONResponse, Response

from fishcaption.server.library.catalog import Catalogue, Query, Sort
from fishcaption.server.library.character import character_of, together
from fishcaption.server.library.clones import Clone, Clones, NoRoom
from fishcaption.server.library.recordings import Heard, listen
from fishcaption.server.library.training import Training
from fishcaption.server.request import BadRequest
from fishcaption.server.rest.answers import Doors, TooLarge, error, flag, whole
from fishcaption.server.rest.design import designed_character
from fishcaption.server.rest.entities import Entities
from fishcaption.server.rest.forms import LARGEST_UPLOAD, File, Form, read_form
from fishcaption.server.rest.samples import picture_kind
from fishcaption.server.terms import Switches

MOST_VOICES: Final = 20
"""Recordings of one voice, by the service's documents."""
_LONGEST_TITLE: Final = 200
_LONGEST_DESCRIPTION: Final = 10_000
_LONGEST_TAG: Final = 100
_LONGEST_TEXT: Final = 10_000
_MOST_TAGS: Final = 50
_LONGEST_QUERY: Final = 200
_LARGEST_COVER: Final = 5 * 1024 * 1024
_LARGEST_RECORDING: Final = 64 * 1024 * 1024
_MOST_UPLOADS: Final = 4  # at a time: each is in memory while it is listened to
_LAST_PAGE: Final = 1_000_000
_MAX_OFFSET: Final = 10_000
_VISIBILITIES: Final = ("public", "unlist", "private")
_SORTS: Final[tuple[Sort, ...]] = ("score", "task_count", "created_at")
_CHANGED: Final = ("title", "description", "cover_image", "visibility", "tags")


class Models:
    """The routes of the voices."""

    def __init__(
        self,
        doors: Doors,
        catalogue: Catalogue,
        training: Training,
        entities: Entities,
        switches: Switches,
    ) -> None:
        self._doors = doors
        self._catalogue = catalogue
        self._training = training
        self._entities = entities
        self._switches = switches
        self._uploads = 0

    async def all(self, http: HTTPRequest) -> Response:
        """GET /model (the voices), POST /model (a new one)"""
        return await (self.create(http) if http.method == "POST" else self.listed(http))

    async def one(self, http: HTTPRequest) -> Response:
        """GET, PATCH and DELETE /model/{id}"""
        is_read = http.method in ("GET", "HEAD")
        if refusal := self._doors.refusal(http.headers, is_list=is_read):
            return refusal
        found = self._catalogue.find(http.path_params["id"])
        is_hidden = (
            found is not None and found.visibility == "private" and not self._doors.is_owner(http.headers)
        )
        if found is None or is_hidden:
            return error(404, "Model not found")
        if is_read:
            return JSONResponse(self._entities.entity(found, _base(http)))
        if found.clone is None:
            return error(403, "You have no permission to change this model")
        return await self._changed(http, found.clone)

    async def listed(self, http: HTTPRequest) -> Response:
        """GET /model: the voices."""
        if refusal := self._doors.refusal(http.headers, is_list=True):
            return refusal
        try:
            size = whole(http.query_params.get("page_size"), 10, (1, 100), "page_size")
            number = whole(http.query_params.get("page_number"), 1, (1, _LAST_PAGE), "page_number")
            query = _query(http.query_params)._replace(shows_private=self._doors.is_owner(http.headers))
        except BadRequest as bad:
            return error(400, str(bad))
        if query.is_own and not self._doors.is_owner(http.headers):
            return error(401, "this route requires an api-key")
        found = self._catalogue.search(query)
        window = None if query.is_own else self._switches.window
        within = found if window is None else found[:window]
        page = self._catalogue.listed(within[(number - 1) * size : number * size])
        return JSONResponse(
            {
                "total": len(found),
                "items": [self._entities.entity(one, _base(http)) for one in page],
                "has_more": number * size < len(within),
                "max_offset": None if window is None else _MAX_OFFSET,
                "accessible_upper_bound": window,
                "window_limited": len(within) < len(found),
                "total_is_exact": True,
            }
        )

    async def create(self, http: HTTPRequest) -> Response:
        """POST /model: a voice of recordings, which is the default voice at a pitch and pace of their own."""
        if refusal := self._doors.refusal(http.headers):
            return refusal
        if self._catalogue.clones is None:
            return error(403, "This server keeps no voices: use `fishcaption serve`")
        if self._uploads >= _MOST_UPLOADS:
            return error(429, f"{_MOST_UPLOADS} voices are being made at this moment")
        self._uploads += 1
        try:
            return await self._created(http, self._catalogue.clones)
        finally:
            self._uploads -= 1

    async def _created(self, http: HTTPRequest, clones: Clones) -> Response:
        try:
            form = await read_form(http)
            clone, cover = await self._made(form)
            clones.put(clone, cover)
        except ClientDisconnect:
            return Response(status_code=400)  # nobody reads it
        except TooLarge:
            return error(413, f"The body is larger than {LARGEST_UPLOAD >> 20} MiB")
        except BadRequest as bad:
            return error(400, str(bad))
        except NoRoom:
            return error(403, f"This server keeps no more voices; it has {len(clones)}. Delete some")
        except OSError as failed:
            return error(503, f"The voice cannot be kept: {failed.strerror}")
        self._training.begin(clone.id)
        return JSONResponse(self._entities.entity(self._catalogue.own(clone), _base(http)), 201)

    async def _made(self, form: Form) -> tuple[Clone, bytes | None]:
        """Return the voice that a form asks for, and its cover. Raises BadRequest."""
        if (form.one("type", 20) or "tts") != "tts":
            raise BadRequest("unknown variant for `type`, expected `tts`")
        if (form.one("train_mode", 20) or "fast") != "fast":
            raise BadRequest("unknown variant for `train_mode`, expected `fast`")
        title = (form.one("title", _LONGEST_TITLE) or "").strip()
        if not title:
            raise BadRequest("missing field `title`")
        visibility = form.one("visibility", 20) or self._switches.default_visibility
        if visibility not in _VISIBILITIES:
            raise BadRequest(f"unknown variant for `visibility`, expected one of {', '.join(_VISIBILITIES)}")
        voices = form.files.get("voices", [])
        if not 1 <= len(voices) <= MOST_VOICES:
            raise BadRequest(f"`voices` must have 1 to {MOST_VOICES} files, and has {len(voices)}")
        texts = form.listed("texts", most=MOST_VOICES, longest=_LONGEST_TEXT, count=len(voices))
        if len(texts) > len(voices):
            raise BadRequest(f"`texts` has {len(texts)} values for {len(voices)} files")
        heard = await run_in_threadpool(_heard, voices)
        signatures = form.listed("voice_design_signatures", most=MOST_VOICES, longest=500)
        character = designed_character(self._doors.key, signatures, [file.content for file in voices])
        now = _now()
        cover = _cover(form)
        clone = Clone(
            id=secrets.token_hex(16),
            title=title,
            character=character or character_of(together(one.digest for one in heard)),
            created=now,
            updated=now,
            description=form.one("description", _LONGEST_DESCRIPTION) or "",
            tags=form.listed("tags", most=_MOST_TAGS, longest=_LONGEST_TAG),
            visibility=visibility,
            audios=tuple(_verdict(file, one) for file, one in zip(voices, heard, strict=True)),
            texts=texts,
            has_sample=flag(form.one("generate_sample", 10), "generate_sample"),
            is_enhanced=flag(form.one("enhance_audio_quality", 10), "enhance_audio_quality", True),
            cover_bytes=len(cover or b""),
        )
        return clone, cover

    async def _changed(self, http: HTTPRequest, clone: Clone) -> Response:
        clones = self._catalogue.clones
        assert clones is not None
        try:
            if http.method == "DELETE":
                clones.remove(clone.id)
                return Response()
            form = await read_form(http)
            if nulls := form.nulls & set(_CHANGED):
                raise BadRequest(f"`{min(nulls)}` must not be null")
            changed, cover = _with_changes(clone, form)
            if clones.find(clone.id) is None:  # deleted while the body came
                return error(404, "Model not found")
            clones.put(changed, cover)
        except ClientDisconnect:
            return Response(status_code=400)  # nobody reads it
        except TooLarge:
            return error(413, "The body is too large")
        except BadRequest as bad:
            return error(400, str(bad))
        except NoRoom:
            return error(413, "There is no room for this cover")
        except OSError as failed:
            return error(503, f"The change cannot be kept: {failed.strerror}")
        return Response()


def _with_changes(clone: Clone, form: Form) -> tuple[Clone, bytes | None]:
    changes: dict[str, Any] = {}
    if (title := form.one("title", _LONGEST_TITLE)) is not None:
        if not title.strip():
            raise BadRequest("`title` must not be empty")
        changes["title"] = title.strip()
    if (description := form.one("description", _LONGEST_DESCRIPTION)) is not None:
        changes["description"] = description
    if (visibility := form.one("visibility", 20)) is not None:
        if visibility not in _VISIBILITIES:
            raise BadRequest(f"unknown variant for `visibility`, expected one of {', '.join(_VISIBILITIES)}")
        changes["visibility"] = visibility
    if "tags" in form.fields:
        changes["tags"] = form.listed("tags", most=_MOST_TAGS, longest=_LONGEST_TAG)
    cover = _cover(form)
    if cover is not None:
        changes["cover_bytes"] = len(cover)
    return replace(clone, **changes, updated=_now()), cover


def _cover(form: Form) -> bytes | None:
    files = form.files.get("cover_image", [])
    if not files or not files[0].content:
        return None
    if len(files[0].content) > _LARGEST_COVER:
        raise BadRequest(f"`cover_image` is larger than {_LARGEST_COVER >> 20} MiB")
    if not picture_kind(files[0].content):
        raise BadRequest("`cover_image` is no picture: use PNG, JPEG, WebP or GIF")
    return files[0].content


def _heard(voices: Sequence[File]) -> list[Heard]:
    """Listen to all recordings. Raises BadRequest. Slow: for a worker thread."""
    found = []
    for number, file in enumerate(voices, 1):
        if len(file.content) > _LARGEST_RECORDING:
            raise BadRequest(f"Recording {number} is larger than {_LARGEST_RECORDING >> 20} MiB")
        try:
            found.append(listen(file.content))
        except ValueError as why:
            raise BadRequest(f"Audio is not valid, please check recording {number}: it is {why}") from None
    return found


def _verdict(file: File, heard: Heard) -> dict[str, Any]:
    return {
        "filename": file.name[:200],
        "duration_ms": round(heard.seconds * 1000),
        "language": "en",
        "quality": {
            "level_db": None if heard.level is None else round(heard.level, 1),
            "clipped": heard.clipped,
        },
        "quality_passed": not heard.objection,
        "quality_reason": heard.objection or None,
    }


def _query(params: QueryParams) -> Query:
    def several(name: str) -> tuple[str, ...]:
        values = params.getlist(name) or params.getlist(f"{name}[]")
        if len(values) > _MOST_TAGS or any(len(value) > _LONGEST_QUERY for value in values):
            raise BadRequest(f"`{name}` has too many values, or too long ones")
        return tuple(value for value in values if value)

    title, author = params.get("title", ""), params.get("author_id", "")
    if max(len(title), len(author)) > _LONGEST_QUERY:
        raise BadRequest(f"a value of the query is longer than {_LONGEST_QUERY} characters")
    sort = next((one for one in _SORTS if one == params.get("sort_by", "score")), None)
    if sort is None:
        raise BadRequest(f"unknown variant for `sort_by`, expected one of {', '.join(_SORTS)}")
    return Query(
        title,
        several("tag"),
        several("language"),
        several("title_language"),
        author,
        is_own=flag(params.get("self"), "self"),
        is_licensed=flag(params.get("licensed"), "licensed"),
        sort=sort,
    )


def _base(http: HTTPRequest) -> str:
    return f"http://{http.url.netloc}"


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
