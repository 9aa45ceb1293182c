"""The audience's page as an outlet: starts its process, sends displays, tells address, readers and trouble.

A process that dies or hangs is followed by another one, with the history of the show; the readers come back
to the same address by themselves.
"""

from __future__ import annotations

import asyncio
import json
import random
import socket
from collections import deque
from collections.abc import Callable, Mapping
from typing import Final

from fishcaption import logs
from fishcaption.captions.display import Display
from fishcaption.captions.outlet import Light, OutletState, Tell
from fishcaption.captions.page import options as page_options
from fishcaption.captions.page.control import Command, OperatorView, as_json, command
from fishcaption.captions.page.messages import Messages
from fishcaption.captions.page.process import Event, PageProcess
from fishcaption.core.audience import OutletConfig

ANSWER_SECONDS: Final = 8.0
"""A process that has not sent a message on for so long hangs."""
START_SECONDS: Final = 20.0
"""The same for a process that is being started, from a disk that may sleep."""
CLOSE_SECONDS: Final = 3.0
AGAIN_SECONDS: Final = (0.2, 1.0, 3.0, 5.0)
"""Pauses before the process is started again; the last one from then on."""
STEADY_SECONDS: Final = 60.0
"""A process that has lived so long begins the pauses anew."""


class CaptionPage:
    """The outlet: see `captions.outlet.Outlet`, and `captions.page.control.Controllable`."""

    def __init__(self, config: OutletConfig, secrets: Mapping[str, str], tell: Tell) -> None:
        self.on_command: Callable[[Command], None] | None = None
        """See `captions.page.control.Controllable`."""
        self._mode = config.mode
        self._options = page_options.from_mapping(config.options)
        self._keys = page_options.completed(secrets)
        self._are_keys_kept = self._keys == {name: secrets.get(name) for name in self._keys}
        self._tell = tell
        self._messages = Messages()
        self._display = Display()
        self.newest: str = self._messages.take(self._display, self._mode)
        """The message that readers were sent last."""
        self._moments: deque[tuple[int, float]] = deque(maxlen=100)  # message -> when its caption was heard
        self._sent = 0
        self._shown = 0  # the last message that the process has sent on
        self._view: OperatorView | None = None
        self._process: PageProcess | None = None
        self._is_ready = False
        self._ended = asyncio.Event()
        self._watch: asyncio.TimerHandle | None = None
        self._trouble = ""
        self._readers = 0
        self._lag_seconds = 0.0
        self._last_line = ""
        self._told: OutletState | None = None

    # -- Outlet ------------------------------------------------------------------------------------------

    def show(self, display: Display, /) -> None:
        """See `captions.outlet.Outlet`."""
        before, self._display = self._display, display
        self.newest = self._messages.take(display, self._mode)
        self._sent += 1
        cue = display.cue
        if cue is not None:
            self._last_line = " ".join(cue.heard_lines())
            if before.cue is None or before.cue.id != cue.id:
                self._moments.append((self._sent, cue.moment))
        if self._process is not None:
            self._process.send("S", self.newest)
            self._expect()

    async def run(self) -> None:
        """See `captions.outlet.Outlet`."""
        failures = 0
        loop = asyncio.get_running_loop()
        try:
            while True:
                began = loop.time()
                self._ended = asyncio.Event()
                self._start()
                await self._ended.wait()
                failures = 0 if loop.time() - began > STEADY_SECONDS else failures + 1
                self._say()
                # a real pause: what is in use, or broken, takes its time
                pause = AGAIN_SECONDS[min(failures, len(AGAIN_SECONDS)) - 1] if failures else AGAIN_SECONDS[0]
                await asyncio.sleep(pause * random.uniform(0.8, 1.2))
        finally:
            self._stop_watch()
            process, self._process = self._process, None
            self._is_ready = False
            if process is not None:
                process.close()
                await asyncio.shield(asyncio.to_thread(_end, process))

    # -- Controllable ------------------------------------------------------------------------------------

    def show_operator(self, view: OperatorView, /) -> None:
        """See `captions.page.control.Controllable`."""
        if view == self._view:
            return
        self._view = view
        if self._process is not None:
            self._process.send("O", json.dumps(as_json(view)))

    # -- addresses ---------------------------------------------------------------------------------------

    @property
    def address(self) -> str:
        """The readers' address; the secret in it is theirs."""
        return f"{self._place()}/c/{self._keys[page_options.READERS_KEY]}"

    @property
    def operator_address(self) -> str:
        """The address of the operator's page; whoever knows it commands the show."""
        return f"{self._place()}/o/{self._keys[page_options.OPERATOR_KEY]}"

    def _place(self) -> str:
        scheme = "https" if self._options.is_secure else "http"
        host = self._options.name or (_own_address() if self._options.is_public else "127.0.0.1")
        return f"{scheme}://{host}:{self._options.port}"

    # -- the process -------------------------------------------------------------------------------------

    def _start(self) -> None:
        self._is_ready = False
        self._process = PageProcess(self._on_event, self._on_end, logs.folder() / "page.log")
        # All that there is goes with it: a reader who comes at once finds it, too.
        configuration = {
            "options": self._options._asdict(),
            "names": sorted(_names(self._options.name)),
            **self._keys,
            "address": self.address,
            "past": self._messages.past(),
            "newest": self.newest,
            "view": as_json(self._view or OperatorView()),
        }
        self._shown = self._sent
        self._sent += 1
        self._process.send("C", json.dumps(configuration))
        self._watch_for(START_SECONDS)
        if not self._trouble:
            self._say()

    def _on_end(self, process: PageProcess) -> None:
        if process is not self._process:
            return
        self._process = None
        self._is_ready = False
        self._readers = 0
        self._stop_watch()
        if not self._trouble:
            self._trouble = "The page's process has ended. It is started again."
        self._ended.set()

    def _on_event(self, process: PageProcess, event: Event) -> None:
        if process is not self._process:
            return
        match event:
            case {"ev": "ready"}:
                self._on_ready()
            case {"ev": "shown", "at": float(at)}:
                self._on_shown(at)
            case {"ev": "readers", "count": int(count)}:
                self._readers = count
            case {"ev": "command", "action": action, "value": value}:
                found = command(action, value)
                if found is not None and self.on_command is not None:
                    self.on_command(found)
                return
            case {"ev": "trouble", "what": what}:
                self._trouble = self._words_of_trouble(str(what))
        self._say()

    def _on_ready(self) -> None:
        self._trouble = ""
        self._is_ready = True
        self._stop_watch()
        self._expect()

    def _on_shown(self, at: float) -> None:
        self._shown += 1
        if self._is_ready:
            self._stop_watch()
            self._expect()
        while self._moments and self._moments[0][0] <= self._shown:
            self._lag_seconds = max(0.0, at - self._moments.popleft()[1])

    # -- does it still answer? ---------------------------------------------------------------------------

    def _expect(self) -> None:
        if self._watch is None and self._shown < self._sent:
            self._watch_for(ANSWER_SECONDS)

    def _watch_for(self, seconds: float) -> None:
        self._stop_watch()
        self._watch = asyncio.get_running_loop().call_later(seconds, self._on_silence)

    def _on_silence(self) -> None:
        self._watch = None
        if self._process is not None:
            self._trouble = "The page does not answer. It is started again."
            self._process.kill()

    def _stop_watch(self) -> None:
        if self._watch is not None:
            self._watch.cancel()
            self._watch = None

    # -- what the operator is told -----------------------------------------------------------------------

    def _words_of_trouble(self, what: str) -> str:
        if what == "certificate":
            return (
                "The certificate or its key cannot be read. Choose both again: PEM files without a password."
            )
        return f"Port {self._options.port} is in use by another program. Close it, or choose another port."

    def _say(self) -> None:
        if self._trouble:
            state = OutletState(Light.TROUBLE, self._trouble, self._last_line)
        elif not self._is_ready:
            state = OutletState(Light.WAITING, "The page is being started.", self._last_line)
        else:
            state = OutletState(
                Light.ON if self._readers else Light.WAITING,
                self._words(),
                self._last_line,
                round(self._lag_seconds, 3),
                self.address,
                self.operator_address,
            )
        if state != self._told:
            self._told = state
            self._tell(state)

    def _words(self) -> str:
        if self._readers == 0:
            words = "Nobody reads yet."
        else:
            words = "1 reader." if self._readers == 1 else f"{self._readers} readers."
        if not self._options.is_public:
            words += " For this computer only."
        elif not self._options.is_secure:
            words += " Over plain http a phone's screen goes dark by itself; a certificate prevents that."
        if not self._are_keys_kept:
            words += " The address will be another one after the next start."
        return words


def _end(process: PageProcess) -> None:
    """Wait until a process has ended that was asked to; one that hangs is killed. Blocks."""
    if not process.join(CLOSE_SECONDS):
        process.kill()
        process.join(CLOSE_SECONDS)


def _own_address() -> str:
    """Return this computer's address in the local network; nothing is sent to find it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # of documentation: only the way there is looked up
            return str(probe.getsockname()[0])
        except OSError:
            return "127.0.0.1"


def _names(name: str) -> set[str]:
    """Return the names by which readers may ask for this computer, in lower case."""
    own = page_options.host_name(socket.gethostname())
    return {known for known in (name, own, own and f"{own.partition('.')[0]}.local") if known}
