"""YouTube: captions of a live stream, with their times, through the stream's caption address."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import ClassVar, Final

from fishcaption.captions.senders.sender import CaptionSender, Job, Judged, Verdict, unreached
from fishcaption.captions.senders.web import Answer, Failure, Request, checked_url, with_query

_MOST_SKEW_SECONDS: Final = 2.0  # that YouTube forgives, and that a Date header can tell
_REFUSED = (
    "YouTube does not know this caption address, or the stream has ended. Copy the caption ingestion URL of"
    " the stream in YouTube Studio again, and enter it."
)


class YouTube(CaptionSender):
    """Sends captions with the times at which they were heard, several in one request when some wait.

    The times follow the clock that cannot be set: a computer whose clock is set while it runs, or is wrong,
    has captions in their place all the same.
    """

    is_numbered: ClassVar[bool] = True
    most_lines: ClassVar[int] = 60
    most_letters: ClassVar[int] = 4000

    def prepare(self) -> None:
        """Compare the clocks, once."""
        super().prepare()
        self._offset = self._wall() - self._clock()  # from our clock to UTC
        self._skew_seconds = 0.0

    @property
    def address(self) -> str:
        """The caption address, a secret."""
        return checked_url(self._secrets.get("link", ""), "Caption ingestion URL")

    def request(self, job: Job) -> Request:
        """Return the captions, each with its time."""
        parts: list[str] = []
        for line in job.lines:
            parts += [self._stamp(line.moment), "<br>".join(map(_without_marks, line.lines))]
        return Request(
            "POST",
            with_query(self.address, {"seq": str(job.number)}),
            ("\n".join(parts) + "\n").encode("utf-8", "replace"),
            {"Content-Type": "text/plain; charset=utf-8"},
        )

    def judge(self, answer: Answer | Failure) -> Judged:
        """Note YouTube's time, too."""
        if isinstance(answer, Failure):
            return unreached("YouTube", answer, may_show_twice=False)
        self._compare(answer)
        match answer.status:
            case status if 200 <= status < 300:
                return Judged(Verdict.SENT, self._told_skew())
            case 408 | 425 | 429:
                return Judged(Verdict.AGAIN, "YouTube asks to wait. It is tried again.")
            case 401 | 403 | 404 | 410:
                return Judged(Verdict.REFUSED, _REFUSED)
            case status if 300 <= status < 400:
                return Judged(Verdict.REFUSED, _REFUSED)
            case status if status < 500:
                return Judged(
                    Verdict.DROPPED,
                    f"YouTube did not take the last caption (answer {status}). {self._told_skew()}".strip(),
                )
        return Judged(
            Verdict.AGAIN,
            f"YouTube cannot take captions just now (answer {answer.status}). It is tried again.",
        )

    def _stamp(self, moment: float) -> str:
        at = datetime.fromtimestamp(0, UTC) + timedelta(seconds=self._offset + moment)
        return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03}"

    def _compare(self, answer: Answer) -> None:
        """Take YouTube's clock where ours is wrong: it puts captions where their times say."""
        theirs = _moment_of(answer)
        if theirs is None:
            return
        skew = theirs - (self._offset + self._clock())
        if abs(skew) > _MOST_SKEW_SECONDS:
            self._offset += skew
            self._skew_seconds += skew

    def _told_skew(self) -> str:
        if abs(self._skew_seconds) <= _MOST_SKEW_SECONDS:
            return ""
        seconds = abs(round(self._skew_seconds))
        way = "behind" if self._skew_seconds > 0 else "ahead of"
        return f"It works. The clock of this computer is {seconds} s {way} YouTube's, which is used."


def _moment_of(answer: Answer) -> float | None:
    """Return the service's time: of its body, to the millisecond, else of its Date header."""
    said = answer.text.strip()[:40]
    try:
        at = datetime.fromisoformat(said)
        return (at if at.tzinfo is not None else at.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        pass
    try:
        return parsedate_to_datetime(answer.date).timestamp() + 0.5  # it is cut to the second
    except (ValueError, TypeError, OverflowError):
        return None


def _without_marks(line: str) -> str:
    """Return the line without what YouTube would take for a tag."""
    return line.replace("<", "‹").replace(">", "›")
