"""The sender that all services share: one request in flight, a bounded queue, a sentence for every fault.

    show ─► waiting ─► take ─► request ─► judge ─► sent, again, dropped or refused

A service's own class says how captions become requests, and what its answers mean. What waits while a service
hangs is sent together with what comes next where the service allows it, so that no lag is left behind.
"""

from __future__ import annotations

import asyncio
import hashlib
import math
import textwrap
import time
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Mapping
from enum import Enum
from typing import ClassVar, Final, NamedTuple

from fishcaption.captions.display import Display
from fishcaption.captions.held_back import HOLD_SECONDS, HOLD_WORDS, HeldBack, Line
from fishcaption.captions.outlet import Light, Numbers, OutletState, Tell
from fishcaption.captions.revealed import RevealedText
from fishcaption.captions.senders.web import TIMEOUT_SECONDS, Answer, Failure, Request, Web
from fishcaption.core.audience import OutletConfig

MOST_WAITING: Final = 200
"""Captions that wait for a service; beyond that the oldest is dropped, and the operator told."""


class Pace(NamedTuple):
    """The times of a sender.

    ``gap_seconds`` is the least time between two requests; None: the service's own. A caption that is older
    than ``keep_seconds`` is sent no more: nobody who reads it knows any more what it belongs to.
    ``again_seconds`` are the waits before the next try, the last for all further ones; ``refused_seconds``
    is the wait after an answer that will hardly change.
    """

    timeout_seconds: float = TIMEOUT_SECONDS
    gap_seconds: float | None = None
    keep_seconds: float = 60.0
    again_seconds: tuple[float, ...] = (0.5, 1.0, 2.0, 5.0)
    refused_seconds: float = 10.0


PACE: Final = Pace()


class Verdict(Enum):
    """The fate of a request, by its answer."""

    SENT = "sent"
    AGAIN = "again"  # the same once more, with the same number
    DROPPED = "dropped"  # this one cannot be sent
    REFUSED = "refused"  # nothing can be sent until somebody does something


class Judged(NamedTuple):
    """The verdict on an answer, and the sentence that the operator is told."""

    verdict: Verdict
    words: str = ""


class Job(NamedTuple):
    """The content of one request: its number in the sequence of the service, its text, the moment of that."""

    number: int
    text: str
    moment: float
    lines: tuple[Line, ...] = ()


class Sender(ABC):
    """An outlet that sends to a web service.

    ``pace`` and ``clock`` are its times, ``wall`` is the clock that can be set.
    """

    gap_seconds: ClassVar[float] = 0.0
    """The least time between the beginnings of two requests."""

    is_numbered: ClassVar[bool] = False
    """The service counts requests, so that it takes each once."""

    def __init__(
        self,
        config: OutletConfig,
        secrets: Mapping[str, str],
        tell: Tell,
        numbers: Numbers | None = None,
        *,
        pace: Pace = PACE,
        clock: Callable[[], float] = time.perf_counter,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self._config = config
        self._secrets = secrets
        self._tell = tell
        self._numbers = numbers
        self._pace = pace
        self._clock = clock
        self._wall = wall
        self._news = asyncio.Event()
        self._idle = asyncio.Event()  # everything that was shown was sent, or cannot be
        self._lost = 0  # captions since the last one that was sent
        self._last_line = ""
        self._lag_seconds = 0.0
        self._began = -math.inf  # the last request
        self.prepare()
        self._number_name = _number_name(config.kind, self.address)
        self.number = 1
        if numbers is not None and self.is_numbered:
            self.number = numbers.get(self._number_name) + 1

    # -- the service's own -------------------------------------------------------------------------

    def prepare(self) -> None:  # noqa: B027  most need nothing
        """Make what this service needs besides. Raises InputError for an option that cannot be used."""

    @property
    @abstractmethod
    def address(self) -> str:
        """The address that the requests go to. Raises InputError for one that is none."""

    @abstractmethod
    def show(self, display: Display, /) -> None:
        """See `captions.outlet.Outlet.show`."""

    @abstractmethod
    def take(self) -> Job | None:
        """Return what is to be sent next; None while there is nothing."""

    @abstractmethod
    def request(self, job: Job) -> Request:
        """Return the request of a job."""

    @abstractmethod
    def judge(self, answer: Answer | Failure) -> Judged:
        """Return what an answer means."""

    def due(self) -> float | None:
        """Return when `take` may have something though nothing else is shown."""
        return None

    def once_more(self, job: Job) -> Job | None:
        """Return what to send in the next try: this, something newer, or None, if it is too late for it."""
        return job

    def done(self, job: Job, verdict: Verdict) -> None:
        """A job is done with: count on, where it was taken."""
        if verdict is Verdict.SENT:
            self.count_on(job.number)

    def refused(self) -> int:
        """Drop what waits; return how many captions that were."""
        return 0

    async def after_refusal(self, web: Web, job: Job) -> Job | None:
        """Return the job as it may be taken after all; None: it is refused."""
        return None

    def farewell(self) -> Request | None:
        """Return the request that leaves nothing behind at the service."""
        return None

    # -- what is the same for all ------------------------------------------------------------------

    async def run(self) -> None:
        """See `captions.outlet.Outlet.run`."""
        async with Web(self.address, timeout_seconds=self._pace.timeout_seconds) as web:
            self._say(Light.WAITING, "Ready. Captions are sent as soon as there are some.")
            try:
                while True:
                    await self._send(web, await self._next())
            finally:
                if (request := self.farewell()) is not None:
                    await web.send(request)

    async def flush(self) -> None:
        """See `captions.outlet.Flushing`."""
        await self._idle.wait()

    def look(self) -> None:
        """Look soon for what is to be sent; called by `show`."""
        self._idle.clear()
        self._news.set()

    def count_on(self, number: int) -> None:
        """Take this as the last number that the service has."""
        self.number = number + 1
        if self._numbers is not None and self.is_numbered:
            self._numbers.set(self._number_name, number)

    async def _next(self) -> Job:
        while True:
            self._news.clear()
            if (job := self.take()) is not None:
                return job
            due = self.due()
            if due is None:
                self._idle.set()
            try:
                async with asyncio.timeout(None if due is None else max(0.0, due - self._clock())):
                    await self._news.wait()
            except TimeoutError:
                continue

    async def _send(self, web: Web, job: Job) -> None:
        """Send it until it is taken, or there is no use in that."""
        tries = 0
        while True:
            await self._keep_gap()
            judged = self.judge(await web.send(self.request(job)))
            if judged.verdict is Verdict.REFUSED and (mended := await self.after_refusal(web, job)):
                await self._keep_gap()
                job = mended
                judged = self.judge(await web.send(self.request(job)))
            if judged.verdict is not Verdict.AGAIN:
                break
            self._say(Light.TROUBLE, judged.words)
            waits = self._pace.again_seconds
            await asyncio.sleep(waits[min(tries, len(waits) - 1)])
            tries += 1
            if (next_try := self.once_more(job)) is None:
                judged = Judged(Verdict.DROPPED, judged.words)
                break
            job = next_try
        self.done(job, judged.verdict)
        self._told_end(job, judged)
        if judged.verdict is Verdict.REFUSED:
            self._idle.set()
            await asyncio.sleep(self._pace.refused_seconds)

    async def _keep_gap(self) -> None:
        gap = self.gap_seconds if self._pace.gap_seconds is None else self._pace.gap_seconds
        if (wait := self._began + gap - self._clock()) > 0:
            await asyncio.sleep(wait)
        self._began = self._clock()

    def _told_end(self, job: Job, judged: Judged) -> None:
        if judged.verdict is Verdict.SENT:
            self._last_line = job.text
            self._lag_seconds = max(0.0, self._clock() - job.moment)
            lost, self._lost = self._lost, 0
            self._say(Light.ON, f"{judged.words or 'It works.'} {_lost(lost)}".strip())
        else:
            self._lost += max(1, len(job.lines))
            if judged.verdict is Verdict.REFUSED:
                self._lost += self.refused()
            self._say(Light.TROUBLE, judged.words)

    def _say(self, light: Light, words: str) -> None:
        self._tell(OutletState(light, words, self._last_line, self._lag_seconds))


class CaptionSender(Sender):
    """Sends each caption once, to a service that takes nothing back."""

    most_lines: ClassVar[int] = 6
    """Lines of one request, when several captions wait."""

    most_letters: ClassVar[int] = 400
    """Code points of one request, when several captions wait; one caption alone may be longer."""

    longest: ClassVar[int] = 0
    """Code points of one caption, where the service cuts longer ones; 0: any."""

    names_speakers: ClassVar[bool] = True
    """A caption begins with its speaker's name, where another one speaks than before."""

    def prepare(self) -> None:
        """Begin with nothing that waits."""
        options = self._config.options
        words, seconds = (float(options.get(name) or 0) for name in (HOLD_WORDS, HOLD_SECONDS))
        self._held = HeldBack(int(words), seconds, clock=self._clock)
        self._waiting: deque[Line] = deque()
        self._speaker = ""

    def show(self, display: Display, /) -> None:
        """Queue the captions that are new with this display."""
        self._queue(self._held.put(display))
        self.look()

    def take(self) -> Job | None:
        """Return the next captions, several if they fit into one request."""
        self._queue(self._held.take())
        self._drop_old()
        taken: list[Line] = []
        lines = letters = 0
        while self._waiting:
            line = self._waiting[0]
            lines += len(line.lines)
            letters += sum(map(len, line.lines)) + len(line.lines)
            if taken and (lines > self.most_lines or letters > self.most_letters):
                break
            taken.append(self._waiting.popleft())
        if not taken:
            return None
        text = " ".join(" ".join(line.lines) for line in taken)
        return Job(self.number, text, taken[-1].moment, tuple(taken))

    def due(self) -> float | None:
        """Return when a caption that is held back is given."""
        return self._held.due()

    def once_more(self, job: Job) -> Job | None:
        """Return the same, unless it is too old by now."""
        return job if self._clock() - job.moment <= self._pace.keep_seconds else None

    def refused(self) -> int:
        """Drop what waits."""
        count = len(self._waiting)
        self._waiting.clear()
        return count

    def _queue(self, lines: list[Line]) -> None:
        for line in lines:
            self._waiting += self._split(self._with_speaker(line))
        while len(self._waiting) > MOST_WAITING:
            self._waiting.popleft()
            self._lost += 1

    def _drop_old(self) -> None:
        while self._waiting and self._clock() - self._waiting[0].moment > self._pace.keep_seconds:
            self._waiting.popleft()
            self._lost += 1

    def _split(self, line: Line) -> list[Line]:
        text = " ".join(line.lines)
        if not self.longest or len(text) <= self.longest:
            return [line]
        return [line._replace(lines=(part,)) for part in textwrap.wrap(text, self.longest)]

    def _with_speaker(self, line: Line) -> Line:
        """Return the line with its speaker's name, where another one speaks than before.

        It has a line of its own where the first would be too long with it.
        """
        is_new = line.speaker != self._speaker
        self._speaker = line.speaker
        if not (is_new and line.speaker and self.names_speakers):
            return line
        first = f"{line.speaker}: {line.lines[0]}"
        if len(first) <= self._config.layout.columns:
            return line._replace(lines=(first, *line.lines[1:]))
        return line._replace(lines=(f"{line.speaker}:", *line.lines))


class StateSender(Sender):
    """Sends what is shown now, to a service that shows it until it is sent something else.

    What waits is only ever the newest. The text is emptied when the display is, and at the end.
    """

    def prepare(self) -> None:
        """Begin with an empty text."""
        self._revealed = RevealedText(self._config.mode, self._config.layout.lines)
        self._wanted = Job(0, "", 0.0)
        self._sent = ""
        self._is_known = True  # else the service may show the text of a request that went wrong

    def show(self, display: Display, /) -> None:
        """Send this instead of whatever waits."""
        lines = self._revealed.take(display)
        cue = display.cue
        if cue is None:
            self._wanted = Job(0, "", self._clock())
        else:
            moment = cue.moment
            if self._config.mode != "pop-on" and cue.heard:
                moment += cue.words[cue.heard - 1].offset_seconds
            line = Line(lines, moment, cue.speaker, cue.language)
            self._wanted = Job(cue.id, "\n".join(lines), moment, (line,))
        self.look()

    def take(self) -> Job | None:
        """Return the newest, if the service does not show it."""
        return self._wanted if not self._is_known or self._wanted.text != self._sent else None

    def once_more(self, job: Job) -> Job | None:
        """Return the newest."""
        return self._wanted

    def request(self, job: Job) -> Request:
        """Return the request that shows this text; from now on it is not known what is shown."""
        self._is_known = False
        return self.text_request(job)

    def done(self, job: Job, verdict: Verdict) -> None:
        """Note what the service shows."""
        self._sent = job.text
        self._is_known = verdict is not Verdict.REFUSED

    @abstractmethod
    def text_request(self, job: Job) -> Request:
        """Return the request that shows the text of this job, which may be empty."""

    def farewell(self) -> Request | None:
        """Return the request that empties the text, if it is not empty."""
        is_empty = self._is_known and not self._sent
        return None if is_empty else self.text_request(Job(0, "", self._clock()))


def _lost(count: int) -> str:
    if count == 0:
        return ""
    return "1 caption was not sent." if count == 1 else f"{count} captions were not sent."


def _number_name(kind: str, address: str) -> str:
    """Return the name under which a service's number is kept: no address can be told from it."""
    return f"{kind}-{hashlib.sha256(address.encode()).hexdigest()[:32]}"


def unreached(service: str, answer: Failure, *, may_show_twice: bool) -> Judged:
    """Return the verdict where no answer came; a caption that must not be there twice is not sent again."""
    if answer is Failure.UNANSWERED:
        words = f"{service} does not answer. It is tried again."
        if may_show_twice:
            return Judged(
                Verdict.DROPPED, f"{service} did not answer. The last caption may be missing there."
            )
        return Judged(Verdict.AGAIN, words)
    return Judged(
        Verdict.AGAIN, f"{service} cannot be reached. Check the network and the address. It is tried again."
    )
