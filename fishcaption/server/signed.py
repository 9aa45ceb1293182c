"""Addresses that show by themselves that somebody with the key was given them: of samples and covers.

Players and picture loaders send no key. So such an address carries a proof that only the key can make, and
until when it is good for, in the form of Amazon's signed addresses, which the service uses.
"""

from __future__ import annotations

import hmac
import re
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Final
from urllib.parse import parse_qs, urlsplit

_DATE_FORM: Final = "%Y%m%dT%H%M%SZ"
_LONGEST: Final = 1000
_PICTURE: Final = re.compile(r"/(?:cdn-cgi/image/[^/]{1,200}/)?coverimage/([^/]{1,130})-([0-9a-f]{32})")
_SAMPLE: Final = re.compile(r"/sample/[^/]{1,140}")


def sample_query(path: str, key: str, seconds: int | None, now: datetime) -> str:
    """Return the query that makes the path of a sample an address; ``seconds``: it is good for so long."""
    date = now.strftime(_DATE_FORM) if seconds is not None else ""
    expires = str(seconds) if seconds is not None else ""
    times = f"X-Amz-Date={date}&X-Amz-Expires={expires}&" if date else ""
    return f"{times}X-Amz-Signature={_made(key, path, date, expires)}"


def cover_path(id_: str, key: str) -> str:
    """Return the path of a voice's cover, without a slash before it."""
    return f"coverimage/{id_}-{_made(key, 'cover', id_)}"


def cover_id(target: str, key: str) -> str | None:
    """Return the voice whose cover this is; None if the path proves nothing."""
    found = _PICTURE.fullmatch(target[:_LONGEST].partition("?")[0])
    if found is None or not hmac.compare_digest(found[2], _made(key, "cover", found[1])):
        return None
    return found[1]


def is_sample(target: str, key: str, now: datetime) -> bool:
    """Return whether a target (path and query) is a sample's address that is still good."""
    parts = urlsplit(target[:_LONGEST])
    if not _SAMPLE.fullmatch(parts.path):
        return False
    query = parse_qs(parts.query)
    date, expires, shown = (query.get(f"X-Amz-{name}", [""])[0] for name in ("Date", "Expires", "Signature"))
    if not hmac.compare_digest(shown.encode(), _made(key, parts.path, date, expires).encode()):
        return False
    if not date:
        return True
    begin = datetime.strptime(date, _DATE_FORM).replace(tzinfo=UTC)
    return now < begin + timedelta(seconds=int(expires))


def opens(method: str, target: str, key: str) -> bool:
    """Return whether this request needs no key: its address has the form of a signed one.

    One that has expired does, too: it is answered with the reason.
    """
    if method != "GET":
        return False
    path = target[:_LONGEST].partition("?")[0]
    return cover_id(target, key) is not None or (bool(_SAMPLE.fullmatch(path)) and _is_ours(target, key))


def _is_ours(target: str, key: str) -> bool:
    return is_sample(target, key, datetime.min.replace(tzinfo=UTC))


def _made(key: str, *parts: str) -> str:
    message = "\n".join(("address", *parts)).encode("utf-8", "replace")
    return hmac.new(key.encode("utf-8", "replace"), message, sha256).hexdigest()[:32]
