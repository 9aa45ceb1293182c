"""Access to the audience's page: who is let in to what, and how many at a time, decided without any socket.

Every path holds a secret: ``/c/KEY`` is the readers' page, ``/o/KEY`` the operator's. A request is answered
only if its Host is an address or a name of this computer (another site's name that leads here is refused),
and its Origin, if there is one, is the page's own.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection
from enum import Enum
from ipaddress import ip_address
from typing import Final, NamedTuple
from urllib.parse import parse_qsl

from fishcaption.core.secrecy import is_key

LONGEST_PATH: Final = 1_024
MOST_STRANGERS: Final = 400
MOST_STRANGERS_OF_ADDRESS: Final = 60
"""Connections that have not shown a key yet. A browser opens six, and many phones may share an address."""


class Kind(Enum):
    """The purpose of a request."""

    PAGE = "page"  # the readers' page
    LIVE = "live"  # its socket
    HISTORY = "history"
    OPERATOR = "operator"  # the operator's page
    OPERATOR_LIVE = "operator live"  # its socket
    STATE = "state"  # the same as JSON
    CODE = "code"  # a QR code of the readers' address
    COMMAND = "command"


class Request(NamedTuple):
    """A request as far as access is concerned. ``path`` includes the query; ``peer`` is an IP address."""

    method: str
    path: str
    host: str
    origin: str | None
    authorization: str
    peer: str
    is_prefetch: bool = False  # a browser fetches ahead what its user has not asked for


class Route(NamedTuple):
    """The answer that a request is let in to. ``query`` holds the first value of each name."""

    kind: Kind
    name: str  # of a command; else empty
    query: dict[str, str]


class Refusal(NamedTuple):
    """An HTTP status, and a sentence for whoever asked."""

    status: int
    words: str


class Keys(NamedTuple):
    """The page's secrets, and whom they are for."""

    readers: str
    operator: str
    is_control_public: bool
    names: frozenset[str] = frozenset()  # of this computer, in lower case

    def __repr__(self) -> str:
        """Return a text without the secrets."""
        return "Keys(…)"


_READERS: Final = {"": Kind.PAGE, "live": Kind.LIVE, "history": Kind.HISTORY}
_OPERATORS: Final = {
    "": Kind.OPERATOR,
    "live": Kind.OPERATOR_LIVE,
    "state": Kind.STATE,
    "code.svg": Kind.CODE,
}
_SOCKETS: Final = (Kind.LIVE, Kind.OPERATOR_LIVE)


def decide(request: Request, keys: Keys, *, commands: Collection[str]) -> Route | Refusal:
    """Return what a request gets, or why it is refused."""
    if not is_own_host(request.host, keys.names):
        return Refusal(403, "This page answers to the address of this computer only.")
    # of both schemes: a tunnel or proxy may add the encryption
    host = request.host.lower()
    if request.origin is not None and request.origin.lower() not in (f"http://{host}", f"https://{host}"):
        return Refusal(403, "This page is not for other sites.")
    if len(request.path) > LONGEST_PATH:
        return Refusal(414, "The address is too long.")
    path, _, asked = request.path.partition("?")
    parts = path.strip("/").split("/")
    if parts[0] == "c" and len(parts) in (2, 3):
        if not is_key(parts[1], keys.readers):
            return Refusal(403, "The address is not right: ask for it again, or scan the code again.")
        return _routed(_READERS, parts[2:], request, asked, ())
    if parts[0] == "o" and len(parts) in (2, 3):
        return _operator(parts, request, asked, keys, commands)
    return Refusal(404, "There is nothing here.")


def _operator(
    parts: list[str], request: Request, asked: str, keys: Keys, commands: Collection[str]
) -> Route | Refusal:
    if not keys.is_control_public and not is_loopback(request.peer):
        return Refusal(403, "The operator's page is switched on for its own computer only.")
    scheme, _, shown = request.authorization.partition(" ")
    if len(parts) == 2 and scheme.lower() == "bearer":  # /o/next with the key in a header
        parts = ["o", shown.strip(), parts[1]]
    if not is_key(parts[1], keys.operator):
        return Refusal(403, "The operator's key is not right.")
    return _routed(_OPERATORS, parts[2:], request, asked, commands)


def _routed(
    kinds: dict[str, Kind], rest: list[str], request: Request, asked: str, commands: Collection[str]
) -> Route | Refusal:
    name = rest[0] if rest else ""
    query: dict[str, str] = {}
    try:
        for key, value in parse_qsl(asked, max_num_fields=20):
            query.setdefault(key, value)
    except ValueError:
        return Refusal(400, "The address cannot be understood.")
    if name in commands:
        if request.method not in ("GET", "POST"):
            return Refusal(405, "A command is a GET or a POST.")
        if request.is_prefetch:
            return Refusal(403, "A command is not fetched ahead.")
        return Route(Kind.COMMAND, name, query)
    kind = kinds.get(name)
    if kind is None:
        return Refusal(404, "There is nothing here.")
    if request.method not in (("GET",) if kind in _SOCKETS else ("GET", "HEAD")):
        return Refusal(405, "This can only be read.")
    return Route(kind, "", query)


def is_own_host(host: str, names: Collection[str]) -> bool:
    """Return whether a Host header is an IP address, ``localhost``, or one of the names.

    A site that gives its own name our address (DNS rebinding) can never send an IP address as Host.
    """
    found = re.fullmatch(r"(\[[0-9a-fA-F:.]{2,45}\]|[A-Za-z0-9.-]{1,253})(:[0-9]{1,5})?", host)
    if found is None:
        return False
    name = found[1].strip("[]").lower().removesuffix(".")
    return name == "localhost" or name in names or _is_address(name)


def is_loopback(peer: str) -> bool:
    """Return whether an IP address is of this computer itself."""
    return _is_address(peer) and ip_address(peer).is_loopback


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


class Room:
    """Counts places: ``most`` in all, and ``most_of_address`` for each address.

    This computer's own programs share one address, as do all readers behind a tunnel or a proxy on it: they
    have no limit but the one for all.
    """

    def __init__(self, most: int, most_of_address: int) -> None:
        self.most = most
        self.most_of_address = most_of_address
        self._taken: Counter[str] = Counter()
        self._count = 0

    def enter(self, peer: str) -> bool:
        """Take a place; False if there is none."""
        if self._count >= self.most:
            return False
        if self._taken[peer] >= self.most_of_address and not is_loopback(peer):
            return False
        self._taken[peer] += 1
        self._count += 1
        return True

    def leave(self, peer: str) -> None:
        """Give a place back that was taken."""
        self._taken[peer] -= 1
        self._count -= 1
        if self._taken[peer] <= 0:
            del self._taken[peer]

    def __len__(self) -> int:
        """Return how many places are taken."""
        return self._count
