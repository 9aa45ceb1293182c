"""The outlet for OBS: a text source with the newest caption, and closed captions in the stream."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final

from fishcaption.captions.display import Display
from fishcaption.captions.held_back import HOLD_SECONDS, HOLD_WORDS, HeldBack, Line
from fishcaption.captions.obs.client import (
    NOT_FOUND,
    NOT_RUNNING,
    Obs,
    ObsGone,
    ObsRefused,
    RequestFailed,
    conversation,
)
from fishcaption.captions.outlet import Light, OutletState, Retries, Tell
from fishcaption.captions.outlet_kind import ON
from fishcaption.captions.revealed import RevealedText
from fishcaption.core.audience import OutletConfig
from fishcaption.core.cea608 import folded, screens

RETRY_SECONDS: Final = (0.25, 0.5, 1.0, 2.0, 5.0, 10.0)
"""Seconds until the next try to reach OBS; the last one for ever."""

_LEAVE_SECONDS: Final = 1.0
_MOST_WAITING: Final = 20  # captions for a stream that does not take them
_TEXT_KINDS: Final = (
    "text_ft2_source_v2",
    "text_gdiplus_v3",
    "text_gdiplus_v2",
    "text_ft2_source",
    "text_gdiplus",
)
_UNFIT: Final = "Some letters cannot be in closed captions; they are shown as “?”."


class ObsOutlet:
    """`captions.outlet.Outlet` for an OBS 28 or later, on this computer or another."""

    def __init__(
        self,
        config: OutletConfig,
        secrets: Mapping[str, str],
        tell: Tell,
        *,
        retry_seconds: tuple[float, ...] = RETRY_SECONDS,
    ) -> None:
        options = config.options
        self._host = options["host"].strip()
        self._port = round(float(options["port"]))
        self._source = options["source"].strip()
        self._has_source = options["in_picture"] == ON
        self._has_stream = options["in_stream"] == ON
        self._password = secrets.get("password", "")
        self._tell_state = tell
        self._retries = Retries(retry_seconds)
        self._revealed = RevealedText(config.mode, config.layout.lines)
        self._held = HeldBack(int(float(options[HOLD_WORDS])), float(options[HOLD_SECONDS]))
        self._wanted = ""  # the text of the source
        self._wanted_at: float | None = None  # the moment at which it was heard
        self._sent: str | None = None
        self._may_show = False  # a caption may stand in the source
        self._closed_captions: deque[tuple[str, float]] = deque(maxlen=_MOST_WAITING)
        self._changed = asyncio.Event()
        self._idle = asyncio.Event()  # OBS has all that was shown
        self._is_there = False
        self._state = OutletState(Light.WAITING, "Looking for OBS.")
        self._is_live = True  # a stream takes captions, as far as is known
        self._is_unfit = False

    # -- captions.outlet.Outlet --------------------------------------------------------------------

    def show(self, display: Display) -> None:
        """Show this from now on."""
        self._wanted = "\n".join(self._revealed.take(display))
        cue = display.cue
        self._wanted_at = None if cue is None else cue.moment + _offset(cue.words[: cue.heard])
        if self._has_stream:
            self._queue(self._held.put(display))
            if cue is None:
                self._closed_captions.append(("", 0.0))
        self._idle.clear()
        self._changed.set()

    async def run(self) -> None:
        """Be in OBS whenever it is there, until cancelled; leave its source empty."""
        while True:
            try:
                async with conversation(self._host, self._port, self._password) as obs:
                    self._retries.begin_anew()
                    await self._stay(obs)
            except ObsGone:
                self._closed_captions.clear()  # old ones would be in the wrong place
                self._tell(
                    Light.WAITING,
                    "OBS does not answer. Start it, and switch on its server: Tools, WebSocket Server "
                    "Settings. It is tried again and again.",
                )
            except ObsRefused as refusal:
                self._retries.slow_down()  # OBS tells its user of each wrong password
                self._tell(Light.TROUBLE, str(refusal))
            await self._retries.wait()

    async def flush(self) -> None:
        """See `captions.outlet.Flushing`."""
        if self._is_there:
            await self._idle.wait()

    # -- inside ------------------------------------------------------------------------------------

    def _queue(self, lines: list[Line]) -> None:
        for line in lines:
            for rows in self._rows(line.lines):
                self._closed_captions.append(("\n".join(rows), line.moment))

    async def _stay(self, obs: Obs) -> None:
        """Keep OBS at what is shown until it goes. Raises ObsGone."""
        self._sent = None  # another OBS, or the same one with what it had
        self._may_show = False
        self._is_live = self._is_there = True
        self._tell(Light.ON, self._on_words())
        async with asyncio.TaskGroup() as tasks:
            watch = tasks.create_task(self._wake_when_closed(obs))
            with suppress(ObsGone):  # raised below: from here it would come in a group
                await self._keep(obs)
            watch.cancel()
        self._is_there = False
        self._idle.set()
        raise ObsGone

    async def _wake_when_closed(self, obs: Obs) -> None:
        await obs.closed()
        self._changed.set()

    async def _keep(self, obs: Obs) -> None:
        """Send what is new. Returns when OBS has closed the conversation; raises ObsGone, too."""
        try:
            while not obs.is_closed:
                self._changed.clear()
                if self._has_source and self._wanted != self._sent:
                    await self._set_text(obs, self._wanted)
                while self._closed_captions:
                    await self._send_caption(obs, *self._closed_captions.popleft())
                self._idle.set()
                await self._news()
        finally:
            if self._may_show and not obs.is_closed:
                await self._leave(obs)

    async def _news(self) -> None:
        """Wait until something else is shown, or a caption that was held back is due."""
        due = self._held.due()
        with suppress(TimeoutError):
            async with asyncio.timeout(None if due is None else max(0.0, due - time.perf_counter())):
                await self._changed.wait()
        self._queue(self._held.take())

    async def _leave(self, obs: Obs) -> None:
        """Leave no caption in the picture, as far as OBS still listens."""
        try:
            async with asyncio.timeout(_LEAVE_SECONDS):
                await self._request_text(obs, "")
        except (ObsGone, RequestFailed, TimeoutError):
            return

    async def _set_text(self, obs: Obs, text: str) -> None:
        moment = self._wanted_at
        self._may_show = True
        try:
            try:
                await self._request_text(obs, text)
            except RequestFailed as failure:
                if failure.code != NOT_FOUND:
                    raise
                await self._make_source(obs, text)
        except RequestFailed as failure:
            self._sent = text  # not again and again
            self._tell(
                Light.TROUBLE,
                f"OBS did not take the text source “{self._source}” (status {failure.code}). "
                "Make a text source with this name in OBS, or choose another name here.",
            )
            return
        self._sent = text
        lag = 0.0 if moment is None else max(0.0, time.perf_counter() - moment)
        self._tell(Light.ON, self._on_words(), text.replace("\n", " ") or None, lag)

    async def _request_text(self, obs: Obs, text: str) -> None:
        await obs.request(
            "SetInputSettings", inputName=self._source, inputSettings={"text": text}, overlay=True
        )

    async def _make_source(self, obs: Obs, text: str) -> None:
        """Add a text source to the scene that is shown now. Raises RequestFailed."""
        kinds = (await obs.request("GetInputKindList")).get("inputKinds")
        there = [kind for kind in _TEXT_KINDS if isinstance(kinds, list) and kind in kinds]
        scene = (await obs.request("GetCurrentProgramScene")).get("currentProgramSceneName")
        settings: dict[str, Any] = {"text": text}
        await obs.request(
            "CreateInput",
            sceneName=scene,
            inputName=self._source,
            inputKind=there[0] if there else _TEXT_KINDS[0],
            inputSettings=settings,
        )

    async def _send_caption(self, obs: Obs, text: str, moment: float) -> None:
        try:
            await obs.request("SendStreamCaption", captionText=text)
        except RequestFailed as failure:
            if not text:
                return
            self._is_live = False
            if failure.code != NOT_RUNNING:
                self._tell(
                    Light.TROUBLE, f"OBS did not take a closed caption (status {failure.code}). Update OBS."
                )
                return
        else:
            self._is_live = True
        if text:
            lag = max(0.0, time.perf_counter() - moment)
            self._tell(Light.ON, self._on_words(), text.replace("\n", " "), lag)

    def _rows(self, lines: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
        found = [folded(line) for line in lines]
        self._is_unfit = not all(is_whole for _, is_whole in found)
        return screens(line for line, _ in found)

    def _on_words(self) -> str:
        words = "OBS shows the captions."
        if self._has_stream and not self._is_live:
            words = "OBS is connected. Closed captions begin when it streams."
        return f"{words} {_UNFIT}" if self._has_stream and self._is_unfit else words

    def _tell(self, light: Light, words: str, line: str | None = None, lag_seconds: float = 0.0) -> None:
        last = self._state.last_line if line is None else line
        state = OutletState(light, words, last, lag_seconds)
        if state != self._state:
            self._state = state
            self._tell_state(state)


def _offset(words: tuple[Any, ...]) -> float:
    """Return when the last of these words is heard, from the first."""
    return words[-1].offset_seconds if words else 0.0
