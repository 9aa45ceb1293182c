"""StreamText: text as it is written, letter by letter, with what is taken back deleted."""

from __future__ import annotations

from typing import ClassVar, Final, NamedTuple

from fishcaption.captions.display import AudienceCue, Display
from fishcaption.captions.senders.sender import (
    Job,
    Judged,
    Sender,
    Verdict,
    unreached,
)
from fishcaption.captions.senders.web import Answer, Failure, Request, checked_url, with_query

_DELETE: Final = "\x08"
_MOST_LETTERS: Final = 2000  # of one request
_MOST_WORDS: Final = 300  # that a correction can go back to
_MOST_WAITING: Final = 20_000  # code points that wait; beyond that the oldest are dropped
_REFUSED = "StreamText does not take this address. Copy the address of your event again, and enter it."


class _Word(NamedTuple):
    """A word with the blank behind it; ``place`` is where it stands in the text that captions are made of."""

    place: int
    text: str


class StreamText(Sender):
    """Sends what changed: words as they are heard or typed, and deletions where they are corrected.

    Deletions of letters that still wait to be sent are not sent; neither are the letters.
    """

    is_numbered: ClassVar[bool] = True

    def prepare(self) -> None:
        """Begin with an empty line."""
        self._waiting = ""  # deletions first, then letters
        self._cue_id = 0
        self._text_id = ""
        self._written: list[_Word] = []  # as they will be there once nothing waits; older ones stay there
        self._speaker = ""
        self._moment = 0.0

    @property
    def address(self) -> str:
        """The address of the event, a secret."""
        return checked_url(self._secrets.get("link", ""), "Address")

    def show(self, display: Display, /) -> None:
        """Note what changes."""
        cue = display.cue
        if cue is None:
            return
        is_being_written = not cue.is_settled and cue.text_id == self._text_id
        if not (is_being_written or cue.id == self._cue_id):
            self._begin(cue)
        self._cue_id, self._text_id = cue.id, cue.text_id
        is_whole = self._config.mode == "pop-on" and cue.is_settled
        words = _words(cue, len(cue.words) if is_whole else cue.heard)
        written = [*(word for word in self._written if word.place < cue.start), *words]
        before, after = _text(self._written), _text(written)
        same = _common(before, after)
        self._delete(len(before) - same)
        self._write(after[same:])
        self._written = written[-_MOST_WORDS:]
        self._moment = cue.moment if is_whole else self._clock()
        self.look()

    def take(self) -> Job | None:
        """Return the changes that wait, as far as they fit into a request."""
        part, self._waiting = self._waiting[:_MOST_LETTERS], self._waiting[_MOST_LETTERS:]
        return Job(self.number, part, self._moment) if part else None

    def request(self, job: Job) -> Request:
        """Return the changes with their number."""
        language = self._config.options.get("language", "en-US")
        return Request(
            "POST",
            with_query(self.address, {"seq": str(job.number), "lang": language}),
            job.text.encode("utf-8", "replace"),
            {"Content-Type": "text/plain; charset=utf-8"},
        )

    def judge(self, answer: Answer | Failure) -> Judged:
        """Whatever failed is tried again with the same number: nothing is deleted or written twice."""
        if isinstance(answer, Failure):
            return unreached("StreamText", answer, may_show_twice=False)
        match answer.status:
            case status if 200 <= status < 300:
                return Judged(Verdict.SENT)
            case 408 | 425 | 429:
                return Judged(Verdict.AGAIN, "StreamText asks to wait. It is tried again.")
            case status if status < 500:
                return Judged(Verdict.REFUSED, _REFUSED)
        return Judged(
            Verdict.AGAIN,
            f"StreamText cannot take captions just now (answer {answer.status}). It is tried again.",
        )

    def _begin(self, cue: AudienceCue) -> None:
        """Another text begins, or a caption that is heard once more: what stands there stays."""
        is_other = cue.speaker != self._speaker
        if self._written:
            self._write("\n" if is_other else " ")
        if cue.speaker and is_other:
            self._write(f"{cue.speaker}: ")
        self._speaker = cue.speaker
        self._written = []

    def _write(self, text: str) -> None:
        self._waiting += text
        if len(self._waiting) > _MOST_WAITING:
            self._waiting = self._waiting[-_MOST_WAITING:]

    def _delete(self, count: int) -> None:
        letters = len(self._waiting.lstrip(_DELETE))
        unsent = min(count, letters)
        self._waiting = self._waiting[: len(self._waiting) - unsent] + _DELETE * (count - unsent)


def _words(cue: AudienceCue, count: int) -> list[_Word]:
    """Return the first words of a caption; the last one of a line has a blank behind it, too."""
    found: list[_Word] = []
    for word in cue.words[:count]:
        line = cue.lines[word.line]
        blank = " " if word.end == len(line) else ""
        found.append(_Word(word.place, line[word.start : word.end] + blank))
    return found


def _text(words: list[_Word]) -> str:
    return "".join(word.text for word in words).rstrip()


def _common(one: str, other: str) -> int:
    """Return the length of the beginning that both have."""
    count = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        count += 1
    return count
