"""Bodies in all the shapes in which clients send a voice: a form with files or without, JSON, msgpack.

The official Python client repeats a field for each value and calls every file "upload"; that for Go joins
texts and tags by commas; that for npm sends a list as one value, in JSON or joined by commas.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from starlette.datastructures import UploadFile
from starlette.formparsers import FormParser, MultiPartException, MultiPartParser
from starlette.requests import Request as HTTPRequest

from fishcaption.server.request import BadRequest, decode
from fishcaption.server.rest.answers import TooLarge, body, bounded

LARGEST_UPLOAD: Final = 128 * 1024 * 1024
"""Bytes of a form with recordings, at most."""
LARGEST_VALUES: Final = 32 * 1024 * 1024
"""Bytes of a body that is not a form with files."""
_MOST_FILES: Final = 40
_MOST_FIELDS: Final = 400
_LONGEST_FIELD: Final = 1024 * 1024
_FILES: Final = ("voices", "cover_image", "audio")


@dataclass(frozen=True, slots=True)
class File:
    """A file that was sent: its name as the client has it, and its content."""

    name: str
    content: bytes


@dataclass(slots=True)
class Form:
    """Fields, each with its values in order, and files. ``nulls`` are fields that were sent as null."""

    fields: dict[str, list[str]] = field(default_factory=dict)
    files: dict[str, list[File]] = field(default_factory=dict)
    nulls: set[str] = field(default_factory=set)

    def one(self, name: str, longest: int) -> str | None:
        """Return a field's value; None if it is not there. Raises BadRequest for several, or a long one."""
        values = self.fields.get(name, [])
        if len(values) > 1:
            raise BadRequest(f"`{name}` was sent {len(values)} times")
        if values and len(values[0]) > longest:
            raise BadRequest(f"`{name}` is longer than {longest} characters")
        return values[0] if values else None

    def listed(self, name: str, *, most: int, longest: int, count: int | None = None) -> tuple[str, ...]:
        """Return a field's values. A single one may be a list in JSON, or joined by commas.

        ``count``: it is joined by commas only if it then has so many values (texts have commas of their own).
        Raises BadRequest for too many or too long ones.
        """
        values = self.fields.get(name, [])
        if len(values) == 1:
            values = _of_one(values[0], count)
        if len(values) > most:
            raise BadRequest(f"`{name}` has {len(values)} values, more than {most}")
        if any(len(value) > longest for value in values):
            raise BadRequest(f"a value of `{name}` is longer than {longest} characters")
        return tuple(values)


def _of_one(value: str, count: int | None) -> list[str]:
    if value.lstrip().startswith("["):
        try:
            listed = json.loads(value)
        except (ValueError, RecursionError):
            listed = None
        if isinstance(listed, list) and all(isinstance(one, str) for one in listed):
            return listed
    parts = [part.strip() for part in value.split(",")]
    if count is None:
        return [part for part in parts if part]
    return parts if len(parts) == count > 1 else [value]


async def read_form(http: HTTPRequest) -> Form:
    """Return the body as a form. Raises BadRequest, TooLarge, ClientDisconnect."""
    kind = http.headers.get("content-type", "").lower()
    if kind.startswith("multipart/form-data"):
        return await _multipart(http)
    if kind.startswith("application/x-www-form-urlencoded"):
        return await _urlencoded(http)
    data = await body(http, LARGEST_VALUES)
    if data is None:
        raise TooLarge
    try:
        value = decode(data, kind)
    except ValueError as error:
        raise BadRequest(str(error)) from None
    if not isinstance(value, Mapping):
        raise BadRequest("invalid type: expected a map of request fields")
    return _of_map(value)


async def _multipart(http: HTTPRequest) -> Form:
    parser = MultiPartParser(
        http.headers,
        bounded(http, LARGEST_UPLOAD),
        max_files=_MOST_FILES,
        max_fields=_MOST_FIELDS,
        max_part_size=_LONGEST_FIELD,
    )
    try:
        sent = await parser.parse()
    except MultiPartException as error:
        raise BadRequest(f"Failed to parse the form: {error.message}") from None
    form = Form()
    try:
        for name, value in sent.multi_items():
            if isinstance(value, UploadFile):
                form.files.setdefault(_bare(name), []).append(File(value.filename or "", await value.read()))
            else:
                form.fields.setdefault(_bare(name), []).append(value)
    finally:
        await sent.close()
    return form


async def _urlencoded(http: HTTPRequest) -> Form:
    parser = FormParser(http.headers, bounded(http, LARGEST_VALUES), max_part_size=LARGEST_VALUES)
    try:
        sent = await parser.parse()
    except MultiPartException as error:
        raise BadRequest(f"Failed to parse the form: {error.message}") from None
    values: dict[str, list[object]] = {}
    for name, value in sent.multi_items():
        values.setdefault(_bare(name), []).append(value)
    return _of_map(values)


def _bare(name: str) -> str:
    """Return a field's name; PHP's and some JavaScript clients mark lists with brackets."""
    return name.removesuffix("[]")


def _of_map(values: Mapping[Any, Any]) -> Form:
    form = Form()
    for name, value in values.items():
        if not isinstance(name, str) or len(form.fields) + len(form.files) > _MOST_FIELDS:
            raise BadRequest("invalid type: expected a map of request fields")
        if value is None:
            form.nulls.add(name)
        elif name in _FILES:
            form.files[name] = [_file(name, one) for one in (value if isinstance(value, list) else [value])]
        else:
            form.fields[name] = list(_texts(name, value))
    return form


def _texts(name: str, value: object) -> Iterable[str]:
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, bool):
            yield "true" if one else "false"
        elif isinstance(one, str | int | float):
            yield str(one)
        else:
            raise BadRequest(f"invalid type for `{name}`")


def _file(name: str, value: object) -> File:
    """Return a file that is a value: bytes in msgpack, base64 elsewhere."""
    if isinstance(value, bytes):
        return File("", value)
    if isinstance(value, str):
        try:
            return File("", base64.b64decode(value.partition("base64,")[2] or value, validate=True))
        except ValueError:  # no base64, or letters that no ASCII has
            pass
    raise BadRequest(f"invalid type for `{name}`: expected a file")
