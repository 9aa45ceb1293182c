"""Microsoft Teams: captions of a person (CART), through the link that the meeting's organiser gives."""

from __future__ import annotations

from typing import ClassVar
from urllib.parse import parse_qs, urlsplit

from fishcaption.captions.senders.sender import CaptionSender, Job, Judged, Verdict, unreached
from fishcaption.captions.senders.web import Answer, Failure, Request, checked_url, with_query
from fishcaption.core.untrusted import one_line

_EXPIRED = "This Teams link has expired. Ask the organiser for a new one, and enter it."
_NOT_STARTED = (
    "The Teams meeting has not started, or nobody has switched captions on in it. Ask somebody in the meeting"
    " to. Captions follow as soon as they can."
)


class Teams(CaptionSender):
    """Sends lines of up to 120 characters, without numbers: what may have been taken is not sent again."""

    most_lines: ClassVar[int] = 4
    most_letters: ClassVar[int] = 120
    longest: ClassVar[int] = 120

    @property
    def address(self) -> str:
        """The link, a secret."""
        return checked_url(self._secrets.get("link", ""), "CART link")

    def request(self, job: Job) -> Request:
        """Return the text on one line."""
        url = self.address
        if "lang" not in parse_qs(urlsplit(url).query):
            url = with_query(url, {"lang": self._config.options.get("language", "en-us")})
        return Request(
            "POST", url, job.text.encode("utf-8", "replace"), {"Content-Type": "text/plain; charset=utf-8"}
        )

    def judge(self, answer: Answer | Failure) -> Judged:
        """Every request that was taken is another line, so only what was surely not taken is sent again."""
        if isinstance(answer, Failure):
            return unreached("Teams", answer, may_show_twice=True)
        match answer.status:
            case status if 200 <= status < 300:
                return Judged(Verdict.SENT, _IF_NOTHING)
            case 400 | 413 | 422:
                return Judged(Verdict.DROPPED, _with(answer.text, "Teams did not take the last caption."))
            case 401 | 403:
                return Judged(Verdict.REFUSED, _EXPIRED)
            case 404:
                return Judged(Verdict.AGAIN, _NOT_STARTED)
            case status if 300 <= status < 400:
                return Judged(Verdict.REFUSED, _EXPIRED)
        return Judged(
            Verdict.AGAIN, f"Teams cannot take captions just now (answer {answer.status}). It is tried again."
        )


_IF_NOTHING = (
    "It works. If nothing shows in Teams: the spoken language of the meeting must be that of the link."
)


def _with(body: str, words: str) -> str:
    """Return the sentence with what the service says, which may be anything."""
    said = one_line(body, 120)
    return f"{words} It says: {said}" if said else words
