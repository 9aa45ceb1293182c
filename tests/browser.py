"""A headless Chromium, driven over its own protocol (CDP): what a page paints, says, fetches.

    async with browser() as page:
        await page.open(address)
        await page.until("document.title === 'Captions'")

Nothing is installed for it but Chromium itself. It makes no request of its own.
"""

from __future__ import annotations

import asyncio
import base64
import json
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

CHROMIUM = shutil.which("chromium")
needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="chromium missing: apt-get install chromium")

_OPTIONS = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--disable-default-apps", "--disable-extensions", "--mute-audio", "--hide-scrollbars",
    "--password-store=basic",    "--remote-debugging-port=0", "--force-color-profile=srgb",
)  # fmt: skip
_START_SECONDS = 60
_END_SECONDS = 10


class BrowserPage:
    """One page of the browser. Every wait ends with the test's own time limit."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._number = 0
        self._waiting: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._session = ""
        self.problems: list[str] = []
        """What the page's console said of errors, violations of its policy included."""
        self.requests: list[str] = []
        """The addresses that the page asked for."""

    async def attach(self) -> None:
        """Make a page; called once, while `listen` runs."""
        target = await self.call("Target.createTarget", url="about:blank")
        attached = await self.call("Target.attachToTarget", targetId=target["targetId"], flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            await self.call(f"{domain}.enable")

    async def listen(self) -> None:
        """Take answers and events until the browser is closed."""
        try:
            async for text in self._socket:
                message = json.loads(text)
                if (future := self._waiting.pop(message.get("id"), None)) is not None:
                    future.set_result(message)
                else:
                    self._note(message.get("method", ""), message.get("params", {}))
        except ConnectionClosed:
            pass

    def _note(self, method: str, told: dict[str, Any]) -> None:
        if method == "Network.requestWillBeSent":
            self.requests.append(told["request"]["url"])
        elif method == "Network.webSocketCreated":
            self.requests.append(told["url"])
        elif method == "Log.entryAdded" and told["entry"]["level"] == "error":
            self.problems.append(told["entry"]["text"])
        elif method == "Runtime.exceptionThrown":
            self.problems.append(json.dumps(told["exceptionDetails"].get("exception", told))[:2000])

    async def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Give a command of the protocol; return its result. RuntimeError: it was refused."""
        self._number += 1
        message: dict[str, Any] = {"id": self._number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        future = self._waiting[self._number] = asyncio.get_running_loop().create_future()
        await self._socket.send(json.dumps(message))
        answer = await future
        if "error" in answer:
            raise RuntimeError(f"{method}: {answer['error']}")
        result: dict[str, Any] = answer["result"]
        return result

    async def open(self, address: str) -> None:
        """Open an address, and wait until the page is there."""
        await self.call("Page.navigate", url=address)
        await self.until(f"location.href.startsWith({json.dumps(address.partition('?')[0])})")
        await self.until("document.readyState === 'complete'")

    async def evaluate(self, script: str) -> Any:
        """Return the value of an expression, or of the promise that it is. RuntimeError: it threw."""
        result = await self.call("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in result:
            raise RuntimeError(json.dumps(result["exceptionDetails"].get("exception", {}).get("description")))
        return result["result"].get("value")

    async def until(self, condition: str) -> None:
        """Wait until an expression is true in the page; it is looked at before each frame."""
        script = (
            f"new Promise(done => {{ const look = () => ({condition}) ? done() : requestAnimationFrame(look);"
        )
        while True:
            try:
                await self.evaluate(f"{script} look(); }})")
            except RuntimeError as error:  # the page was left while it was looked at
                if "Execution context" not in str(error) and "navigated" not in str(error):
                    raise
            else:
                return

    async def text(self, selector: str) -> str:
        """Return the text of the first such element as it is shown."""
        return str(await self.evaluate(f"document.querySelector({json.dumps(selector)}).innerText"))

    async def click(self, selector: str) -> None:
        """Click on the middle of the first such element."""
        box = await self.evaluate(
            f"(() => {{ const box = document.querySelector({json.dumps(selector)}).getBoundingClientRect();"
            " return [box.x + box.width / 2, box.y + box.height / 2]; })()"
        )
        for kind in ("mousePressed", "mouseReleased"):
            await self.call(
                "Input.dispatchMouseEvent", type=kind, x=box[0], y=box[1], button="left", clickCount=1
            )

    async def press(self, key: str) -> None:
        """Press and release a key, by its name in the DOM."""
        code = {"Enter": 13, "Escape": 27, "Tab": 9, " ": 32, "ArrowDown": 40, "End": 35}[key]
        text = {"Enter": "\r", " ": " "}.get(key, "")
        for kind in ("keyDown", "keyUp"):
            more = {"text": text} if text and kind == "keyDown" else {}
            await self.call(
                "Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=code, **more
            )

    async def resize(self, width: int, height: int, *, scale: float = 1, is_phone: bool = False) -> None:
        """Give the page another size."""
        await self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=scale,
            mobile=is_phone,
        )

    async def picture(self, path: Path | None = None, *, is_transparent: bool = False) -> bytes:
        """Return a picture (PNG) of the page, and write it to the path."""
        color = {"color": {"r": 0, "g": 0, "b": 0, "a": 0}} if is_transparent else {}
        await self.call("Emulation.setDefaultBackgroundColorOverride", **color)
        picture = base64.b64decode((await self.call("Page.captureScreenshot", format="png"))["data"])
        if path is not None:
            path.write_bytes(picture)  # noqa: ASYNC240  a test waits for nothing else
        return picture


@asynccontextmanager
async def browser() -> AsyncIterator[BrowserPage]:
    """Start a browser with an empty profile; it has ended, with all its processes, when this is left."""
    assert CHROMIUM is not None
    with tempfile.TemporaryDirectory(prefix="fishcaption-browser-", ignore_cleanup_errors=True) as profile:
        process = await asyncio.create_subprocess_exec(
            CHROMIUM,
            *_OPTIONS,
            f"--user-data-dir={profile}",
            "about:blank",
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        try:
            address = await _devtools(process)
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(_drain(process))
                async with connect(address, proxy=None, max_size=None, compression=None) as socket:
                    page = BrowserPage(socket)
                    listening = tasks.create_task(page.listen())
                    await page.attach()
                    try:
                        yield page
                    finally:
                        page._session = ""
                        await page.call("Browser.close")
                        await listening
        finally:
            await _ended(process)


async def _ended(process: asyncio.subprocess.Process) -> None:
    """Wait until the browser has ended, which it was asked to if all went well; else it is killed."""
    try:
        async with asyncio.timeout(_END_SECONDS):
            await process.wait()
    except TimeoutError:
        os.kill(process.pid, signal.SIGKILL)
        await process.wait()


async def _devtools(process: asyncio.subprocess.Process) -> str:
    assert process.stderr is not None
    async with asyncio.timeout(_START_SECONDS):
        while line := (await process.stderr.readline()).decode("utf-8", "replace"):
            if line.startswith("DevTools listening on "):
                return line.split()[-1]
    raise AssertionError("the browser does not start")


async def _drain(process: asyncio.subprocess.Process) -> None:
    assert process.stderr is not None
    while await process.stderr.readline():
        pass
