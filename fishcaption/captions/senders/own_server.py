"""Any other service over HTTP: a request by a template of the user's."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import ClassVar, Final, cast

from fishcaption.captions.outlet import Numbers, Outlet, Tell
from fishcaption.captions.senders.sender import (
    CaptionSender,
    Job,
    Judged,
    Sender,
    StateSender,
    Verdict,
    unreached,
)
from fishcaption.captions.senders.template import FIELDS, Place, check, filled
from fishcaption.captions.senders.web import Answer, Failure, Request, checked_url
from fishcaption.core.audience import OutletConfig
from fishcaption.core.errors import InputError

EACH, NEWEST = "each", "newest"
"""The values of the option of what is sent: each caption once, or what is shown now."""

_TYPES: Final[Mapping[str, str]] = {
    "json": "application/json",
    "xml": "application/xml; charset=utf-8",
    "form": "application/x-www-form-urlencoded",
    "plain": "text/plain; charset=utf-8",
}
_AGAIN_AFTER_NO_ANSWER: Final = ("GET", "PUT", "DELETE", "HEAD")  # twice is as once
_HEADER: Final = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}):[ \t]*(.*)")
_OURS: Final = ("content-length", "transfer-encoding", "host", "connection")
_SERVICE: Final = "The server"


class _Template:
    """The request as the user wrote it. Raises InputError where it cannot be one."""

    def __init__(self, config: OutletConfig, secrets: Mapping[str, str], wall: Callable[[], float]) -> None:
        self._options = config.options
        self._secrets = secrets
        self._wall = wall
        self.method = config.options.get("method", "POST")
        self.place = cast(Place, config.options.get("format", "json"))
        self._url = secrets.get("link", "").strip()
        check(self._url, "Address")
        check(config.options.get("body", ""), "Body")
        check(secrets.get("headers", ""), "Headers")
        self.address = checked_url(filled(self._url, _EXAMPLE, "url"), "Address")
        if self._host(self._url) != self._host(self.address):
            raise InputError(
                "“Address” has a field in its server's name.", hint="Put fields behind the name."
            )
        self._headers = self._checked_headers(secrets.get("headers", ""))

    def request(self, job: Job) -> Request:
        """Return the request of a job."""
        values = self._values(job)
        headers = {name: filled(value, values, "header") for name, value in self._headers.items()}
        body = b""
        if self.method != "GET":
            if not any(name.lower() == "content-type" for name in headers):
                headers["Content-Type"] = _TYPES[self.place]
            body = filled(self._options.get("body", ""), values, self.place).encode("utf-8", "replace")
        return Request(self.method, filled(self._url, values, "url"), body, headers)

    def judge(self, answer: Answer | Failure, *, is_state: bool) -> Judged:
        """A caption that may have been taken is sent again only where twice is as once."""
        if isinstance(answer, Failure):
            twice = not is_state and self.method not in _AGAIN_AFTER_NO_ANSWER
            return unreached(_SERVICE, answer, may_show_twice=twice)
        match answer.status:
            case status if 200 <= status < 300:
                return Judged(Verdict.SENT)
            case status if 300 <= status < 400:
                return Judged(
                    Verdict.REFUSED,
                    "The address leads to another one, which is not followed. Enter that one.",
                )
            case 401 | 403:
                return Judged(Verdict.REFUSED, "The server does not let us in. Check the secret and headers.")
            case 404 | 405 | 410:
                return Judged(
                    Verdict.REFUSED,
                    f"The server takes nothing here (answer {answer.status}). Check address and method.",
                )
            case 408 | 425 | 429:
                return Judged(Verdict.AGAIN, "The server asks to wait. It is tried again.")
            case status if status < 500:
                return Judged(
                    Verdict.DROPPED,
                    f"The server did not take the last caption (answer {status}). Check the body.",
                )
        return Judged(Verdict.AGAIN, f"The server has a fault (answer {answer.status}). It is tried again.")

    def _values(self, job: Job) -> dict[str, str]:
        lines = [text for line in job.lines for text in line.lines]
        at = datetime.fromtimestamp(self._wall(), UTC)
        return {
            "text": "\n".join(lines) or job.text,
            **{f"line{number}": text for number, text in enumerate(lines[:3], 1)},
            "speaker": job.lines[-1].speaker if job.lines else "",
            "language": job.lines[-1].language if job.lines else "",
            "number": str(job.number),
            "time": at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "secret": self._secrets.get("secret", ""),
        }

    @staticmethod
    def _host(url: str) -> str:
        return re.split(r"[/?#]", url.partition("//")[2], maxsplit=1)[0]

    @staticmethod
    def _checked_headers(text: str) -> dict[str, str]:
        headers: dict[str, str] = {}
        for number, line in enumerate(text.splitlines(), 1):
            if not line.strip():
                continue
            match = _HEADER.fullmatch(line.strip())
            if match is None or not match[2].isprintable() or not match[2].isascii():
                raise InputError(
                    f"Line {number} of “Headers” is not a header.", hint="Write them as Name: value."
                )
            if match[1].lower() in _OURS:
                raise InputError(
                    f"Line {number} of “Headers” cannot be set here.", hint="The program sets it."
                )
            headers[match[1]] = match[2]
        return headers


_EXAMPLE: Final = dict.fromkeys(FIELDS, "x")


class _ByTemplate(Sender):
    """A sender whose requests are made by the user's template."""

    is_state: ClassVar[bool]
    """It sends what is shown now: a request that is taken twice does no harm."""

    def prepare(self) -> None:
        """Read the template."""
        super().prepare()
        self._template = _Template(self._config, self._secrets, self._wall)

    @property
    def address(self) -> str:
        """The address, a secret."""
        return self._template.address

    def judge(self, answer: Answer | Failure) -> Judged:
        """Judge it as HTTP says."""
        return self._template.judge(answer, is_state=self.is_state)


class EachCaption(_ByTemplate, CaptionSender):
    """Sends each caption once."""

    is_state: ClassVar[bool] = False
    most_lines: ClassVar[int] = 3
    names_speakers: ClassVar[bool] = False  # a template has a field for it
    is_numbered: ClassVar[bool] = True

    def request(self, job: Job) -> Request:
        """Return the request of the template."""
        return self._template.request(job)


class NewestCaption(_ByTemplate, StateSender):
    """Sends what is shown now, and an empty text when nothing is shown."""

    is_state: ClassVar[bool] = True

    def text_request(self, job: Job) -> Request:
        """Return the request of the template."""
        return self._template.request(job)


def class_of(config: OutletConfig) -> type[EachCaption | NewestCaption]:
    """Return the sender that the options ask for."""
    return NewestCaption if config.options.get("what") == NEWEST else EachCaption


def own_server(config: OutletConfig, secrets: Mapping[str, str], tell: Tell, numbers: Numbers) -> Outlet:
    """Return an outlet as `captions.outlet.MakeOutlet` does."""
    return class_of(config)(config, secrets, tell, numbers)
