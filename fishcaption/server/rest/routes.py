"""The REST routes but for speech: their parts are imported when the first of them is asked for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Final

from starlette.requests import Request as HTTPRequest
from starlette.responses import Response
from starlette.routing import Route

from fishcaption.server.engines.pool import VoiceEngines
from fishcaption.server.library.catalog import Catalogue
from fishcaption.server.library.training import Training
from fishcaption.server.rest.answers import Doors
from fishcaption.server.terms import Switches

if TYPE_CHECKING:
    from fishcaption.server.rest.wallet import Account

_Handler = Callable[[HTTPRequest], Awaitable[Response]]
_GET: Final = ("GET",)
_POST: Final = ("POST",)
_PATHS: Final = (
    ("/v1/voice-design", _POST),
    ("/model", ("GET", "POST")),
    ("/model/{id}", ("GET", "PATCH", "DELETE")),
    ("/sample/{name}", _GET),
    ("/coverimage/{name}", _GET),
    ("/cdn-cgi/image/{options}/coverimage/{name}", _GET),
    ("/wallet/{owner}/api-credit", _GET),
    ("/wallet/{owner}/package", _GET),
)
_ASR: Final = "/v1/asr"


class Rest:
    """Makes the routes. Speech needs none of them: so what answers them does not delay the first word."""

    def __init__(
        self,
        doors: Doors,
        account: Account,
        catalogue: Catalogue,
        training: Training,
        engines: VoiceEngines,
        switches: Switches,
    ) -> None:
        self._doors = doors
        self._account = account
        self._catalogue = catalogue
        self._training = training
        self._engines = engines
        self._switches = switches

    def routes(self) -> list[Route]:
        """Return the routes; recognition is among them where there is a recogniser."""
        asr = () if self._switches.recogniser is None else ((_ASR, _POST),)
        return [Route(path, self._later(path), methods=list(methods)) for path, methods in (*_PATHS, *asr)]

    def _later(self, path: str) -> _Handler:
        async def handler(http: HTTPRequest) -> Response:
            return await self._handlers[path](http)

        return handler

    @cached_property
    def _handlers(self) -> Mapping[str, _Handler]:
        from fishcaption.server.rest.asr import Asr
        from fishcaption.server.rest.design import Design
        from fishcaption.server.rest.entities import Entities
        from fishcaption.server.rest.models import Models
        from fishcaption.server.rest.samples import Samples
        from fishcaption.server.rest.wallet import Wallet

        doors, account, catalogue, engines = self._doors, self._account, self._catalogue, self._engines
        entities = Entities(doors.key, self._training, sample_seconds=self._switches.sample_seconds)
        models = Models(doors, catalogue, self._training, entities, self._switches)
        samples = Samples(doors.key, catalogue, engines)
        wallet = Wallet(doors, account)
        design = Design(doors, account, catalogue, engines).design
        answering = (
            design,
            models.all,
            models.one,
            samples.sample,
            samples.cover,
            samples.cover,
            wallet.credit,
            wallet.package,
        )
        found: dict[str, _Handler] = {
            path: handler for (path, _), handler in zip(_PATHS, answering, strict=True)
        }
        if self._switches.recogniser is not None:
            found[_ASR] = Asr(doors, account, self._switches.recogniser).recognise
        return found
