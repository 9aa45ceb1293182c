"""Answers to requests for paths that do not exist: they name the right one."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from contextlib import suppress

from starlette.datastructures import URL
from starlette.exceptions import HTTPException
from starlette.requests import Request as HTTPRequest
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from fishcaption.server.rest.answers import error

logger = logging.getLogger(__name__)


class Signpost:
    """Answers requests for paths that do not exist, and names the right one.

    Most such clients have a slash or a /v1 too many in their base URL.
    """

    def __init__(self, routes: Sequence[Route | WebSocketRoute]) -> None:
        self._routes = routes

    async def no_such_thing(self, http: HTTPRequest, raised: Exception) -> Response:
        """Answer a request for which there is no route."""
        status = raised.status_code if isinstance(raised, HTTPException) else 500
        if status == 404:
            return self._not_found(http.url, "no WebSocket")
        return error(status, {405: "Method Not Allowed"}.get(status, "Error"))

    async def no_such_socket(self, websocket: WebSocket) -> None:
        """Answer a handshake for which there is no route."""
        with suppress(WebSocketDisconnect):
            await websocket.send_denial_response(self._not_found(websocket.url, "a WebSocket"))

    def _not_found(self, url: URL, asked_for: str) -> JSONResponse:
        asked = "".join(sign if sign.isascii() and sign.isprintable() else "?" for sign in url.path[:100])
        told = f"Not Found: there is no {asked} here."
        right = self._meant(url.path[:1000])
        if right == url.path:
            told = f"Not Found: {asked} was asked for as {asked_for}, which it is not."
        elif right:
            base = f"http://{url.netloc}"
            told += f" It is {right}: a client's base URL is {base}, without a slash or /v1 behind it."
        else:
            told += f" There are {', '.join(dict.fromkeys(route.path for route in self._routes))}."
        logger.warning("Refused a request: %s", told)
        return error(404, told)

    def _meant(self, path: str) -> str | None:
        """Return the path that the client would have asked for with the right base URL."""
        parts = [part for part in path.split("/") if part]
        while parts:
            path = "/" + "/".join(parts)
            if (route := next((one for one in self._routes if one.path_regex.match(path)), None)) is not None:
                return route.path
            if parts.pop(0) != "v1":
                return None
        return None
