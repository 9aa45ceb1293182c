"""Zoom: captions through the link that a host copies from the meeting."""

from __future__ import annotations

from typing import ClassVar
from urllib.parse import urlsplit, urlunsplit

from fishcaption.captions.senders.sender import CaptionSender, Job, Judged, Verdict, unreached
from fishcaption.captions.senders.web import Answer, Failure, Request, Web, checked_url, with_query

_NOT_STARTED = (
    "Zoom has not started the meeting, or its captions are off. Start it, and switch them on: they follow."
)
_REFUSED = (
    "Zoom does not take this link. In the meeting, choose Captions, then Copy the API token, and enter that."
)


class Zoom(CaptionSender):
    """Sends lines to a meeting, at most once a second, numbered; the same number is never shown twice."""

    gap_seconds: ClassVar[float] = 1.0
    is_numbered: ClassVar[bool] = True

    @property
    def address(self) -> str:
        """The link, a secret."""
        return checked_url(self._secrets.get("link", ""), "API token")

    def request(self, job: Job) -> Request:
        """Return the caption with its number."""
        language = self._config.options.get("language", "en-US")
        lines = [text for line in job.lines for text in line.lines]
        return Request(
            "POST",
            with_query(self.address, {"seq": str(job.number), "lang": language}),
            "\n".join(lines).encode("utf-8", "replace") + b"\n",
            {"Content-Type": "text/plain; charset=utf-8"},
        )

    def judge(self, answer: Answer | Failure) -> Judged:
        """Whatever failed is tried again with the same number; 403: a wrong number, or a link that ended."""
        if isinstance(answer, Failure):
            return unreached("Zoom", answer, may_show_twice=False)
        match answer.status:
            case 200 | 201 | 202 | 204:
                return Judged(Verdict.SENT)
            case 400:
                return Judged(Verdict.AGAIN, _NOT_STARTED)
            case 401 | 403 | 404 | 410:
                return Judged(Verdict.REFUSED, _REFUSED)
            case status if 300 <= status < 400:
                return Judged(Verdict.REFUSED, _REFUSED)
        return Judged(
            Verdict.AGAIN, f"Zoom cannot take captions just now (answer {answer.status}). It is tried again."
        )

    async def after_refusal(self, web: Web, job: Job) -> Job | None:
        """Ask for the last number that Zoom has: another program may have used the link."""
        parts = urlsplit(self.address)
        asked = urlunsplit(parts._replace(path=parts.path.rstrip("/") + "/seq"))
        answer = await web.send(Request("GET", asked))
        if not isinstance(answer, Answer) or answer.status != 200:
            return None
        said = answer.text.strip()
        if not (said.isascii() and said.isdigit() and len(said) <= 15) or int(said) + 1 == job.number:
            return None
        self.count_on(int(said))
        return job._replace(number=self.number)
