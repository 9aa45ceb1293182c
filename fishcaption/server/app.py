"""Fish Audio's API with the embedded voices: an ASGI application for any client of that protocol.

It joins the routes: `live` has the sockets, `speech` what they share with POST /v1/tts, `rest` all else.
Every route asks for a key, but for addresses which prove that they were given to somebody who has it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request as HTTPRequest
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route, WebSocketRoute

from fishcaption.server.engines.pool import VoiceEngines
from fishcaption.server.library.casting import Casting
from fishcaption.server.library.catalog import Catalogue
from fishcaption.server.library.training import Training
from fishcaption.server.live import Live
from fishcaption.server.rest.answers import Doors, error
from fishcaption.server.rest.routes import Rest
from fishcaption.server.rest.signpost import Signpost
from fishcaption.server.rest.wallet import Account
from fishcaption.server.speech import Speech
from fishcaption.server.terms import Terms

if TYPE_CHECKING:
    from fishcaption.server.library.clones import Clones


class Leases:
    """The users of the server. A lease is held for as long as its holder keeps reading the answer."""

    def __init__(self) -> None:
        self._held = 0
        self._changed = asyncio.Event()
        self.is_over = False

    def close(self) -> None:
        """Give no more leases: the server is about to end."""
        self.is_over = True

    async def hold(self) -> AsyncGenerator[bytes]:
        """Yield the body of an answer that is a lease; it does not end by itself."""
        self._change(1)
        try:
            yield b"held\n"
            await asyncio.Event().wait()
        finally:
            self._change(-1)

    def _change(self, by: int) -> None:
        self._held += by
        self._changed.set()

    async def until(self, holds: Callable[[int], bool], seconds: float | None = None) -> bool:
        """Wait until ``holds`` of the number of leases; return False if that did not come in time."""
        try:
            async with asyncio.timeout(seconds):
                while not holds(self._held):
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            return False
        return True


def build(
    engines: VoiceEngines, terms: Terms, leases: Leases | None = None, clones: Clones | None = None
) -> Starlette:
    """Return the application, made on the running loop.

    ``leases`` adds the path on which programs ask for a lease. ``clones`` keeps the voices that clients make;
    without it they can make none.
    """
    switches = terms.switches
    doors = Doors(terms.key, is_public=switches.is_public)
    account = Account(terms)
    catalogue = Catalogue(lambda: engines.entries, clones, made_up=switches.made_up)
    training = Training(switches.training_seconds)
    speech = Speech(doors, account, Casting(catalogue, training, engines, terms), engines)
    live = Live(doors, speech, terms)
    routes: list[Route | WebSocketRoute] = [
        WebSocketRoute("/v1/tts/live", live.plain),
        WebSocketRoute("/v1/tts/live/with-timestamp", live.timed),
        Route("/v1/tts", speech.tts, methods=["POST"]),
        *Rest(doors, account, catalogue, training, engines, switches).routes(),
    ]
    if leases is not None:
        routes.append(Route("/lease", _lease(doors, leases)))
    signpost = Signpost(tuple(routes))
    routes.append(WebSocketRoute("/{path:path}", signpost.no_such_socket))
    app = Starlette(routes=routes, exception_handlers={HTTPException: signpost.no_such_thing})
    app.router.redirect_slashes = False  # few clients follow: they are told
    return app


def _lease(doors: Doors, held: Leases) -> Callable[[HTTPRequest], Awaitable[Response]]:
    async def lease(request: HTTPRequest) -> Response:
        if refusal := doors.refusal(request.headers):
            return refusal
        if held.is_over:
            return error(503, "The server is about to end")
        return StreamingResponse(held.hold(), media_type="text/plain", headers=doors.proof(request.headers))

    return lease
