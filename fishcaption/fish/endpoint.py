"""A live service's address, key and model; and the certificates that we trust, which are the system's."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from datetime import date
from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urlsplit

from fishcaption import __version__
from fishcaption.core.errors import InputError, Unauthorized
from fishcaption.core.models import DEFAULT_MODEL, model

if TYPE_CHECKING:
    import ssl

FISH_URL = "https://api.fish.audio"
USER_AGENT = f"fishcaption/{__version__}"

_SCHEMES = {"http": False, "ws": False, "https": True, "wss": True}


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A service that speaks Fish Audio's protocol: its address without a path, the key, and the model.

    ``shares_key``: the service is one of ours on this machine, where anybody could have taken its port. So
    the key is never sent there; both sides prove it (`core.secrecy`).

    Raises InputError for what is no address, a key that cannot be sent, or a model that does not exist: the
    service would take the paid default in its place.
    """

    url: str
    key: str = field(repr=False)
    model: str = DEFAULT_MODEL
    shares_key: bool = False

    def __post_init__(self) -> None:
        try:
            parts = urlsplit(self.url)
            known = parts.scheme in _SCHEMES and bool(parts.hostname) and parts.port != 0
        except ValueError:
            known = False
        if not known:
            raise InputError(
                f"{self.url[:100]!r} is not the address of a service.", hint=f"Such as {FISH_URL}."
            )
        if not re.fullmatch(r"[\x21-\x7e]*", self.key):
            raise InputError(
                "The key holds a blank, a line break or a character that no key has.",
                hint="Copy it again from your account's page of keys, whole and on one line.",
            )
        model(self.model)

    @property
    def _parts(self) -> SplitResult:
        return urlsplit(self.url)

    @property
    def is_secure(self) -> bool:
        """True if the connection is encrypted."""
        return _SCHEMES[self._parts.scheme]

    @property
    def is_loopback(self) -> bool:
        """True if the service is on this machine: no proxy leads there."""
        host = self._parts.hostname or ""
        try:
            return ip_address(host).is_loopback
        except ValueError:
            return host == "localhost"

    def web(self, path: str) -> str:
        """Return the address of a path for HTTP."""
        return self._address("https" if self.is_secure else "http", path)

    def socket(self, path: str) -> str:
        """Return the address of a path for a WebSocket."""
        return self._address("wss" if self.is_secure else "ws", path)

    def _address(self, scheme: str, path: str) -> str:
        return f"{scheme}://{self._parts.netloc}{self._parts.path.rstrip('/')}{path}"


def missing_key() -> Unauthorized:
    """Return the error for a service that is asked without a key."""
    return Unauthorized("Fish Audio's voices need a key.", hint="Enter your key in the settings.")


def system_tls() -> ssl.SSLContext:
    """Trust what the system trusts, a company's own certificates too. Slow: call it off the loop's thread."""
    import ssl

    import truststore

    return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def fish_url() -> str:
    """Return Fish Audio's address, or that in FISHCAPTION_FISH_URL, such as that of `fishcaption serve`."""
    return os.environ.get("FISHCAPTION_FISH_URL", FISH_URL)


def billing_day() -> date | None:
    """Return today, by which models have prices; None for a service on this machine, which sends no bills."""
    try:
        is_here = Endpoint(fish_url(), "").is_loopback
    except InputError:  # told where it is spoken to
        is_here = False
    return None if is_here else date.today()
