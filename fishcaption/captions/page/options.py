"""The page's options, as an outlet's configuration holds them, and its secrets."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from typing import Final, NamedTuple

from fishcaption.captions.outlet_kind import ON
from fishcaption.core.errors import InputError

READERS_KEY: Final = "readers_key"
OPERATOR_KEY: Final = "operator_key"
"""Names of the page's secrets."""

DEFAULT_PORT: Final = 8737
MOST_READERS: Final = 2_000
MOST_READERS_OF_ADDRESS: Final = 500
"""Behind some routers, all phones of a hall have one address."""
_KEY_BYTES: Final = 16
_NAME: Final = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)(\.(?!-)[a-z0-9-]{1,63}(?<!-))*")


class PageOptions(NamedTuple):
    """Options of the page.

    ``is_public``: readers of the local network are let in, not of this computer alone; ``is_control_public``:
    the operator's page, too. ``name`` is the one by which readers know this computer; empty: its address.
    ``certificate`` and ``certificate_key`` are paths of PEM files; without them the page is plain http.
    """

    port: int = DEFAULT_PORT
    is_public: bool = False
    is_control_public: bool = False
    name: str = ""
    certificate: str = ""
    certificate_key: str = ""
    most_readers: int = MOST_READERS
    most_readers_of_address: int = MOST_READERS_OF_ADDRESS

    @property
    def is_secure(self) -> bool:
        """True if the page is served over TLS."""
        return bool(self.certificate)


def from_mapping(options: Mapping[str, str]) -> PageOptions:
    """Return the options of an outlet's configuration; a number that cannot be is as if it were not there.

    Raises InputError for a name that no computer can have.
    """
    is_public = options.get("network") == ON
    name = host_name(options.get("name", ""))
    if not name and options.get("name", "").strip():
        raise InputError("“Name” is not a name of a computer.", hint="Use one such as captions.example.org.")
    return PageOptions(
        _number(options.get("port"), DEFAULT_PORT, 1024, 65_535),
        is_public,
        is_public and options.get("control_network") == ON,
        name,
        options.get("certificate", "").strip(),
        options.get("certificate_key", "").strip(),
        _number(options.get("most_readers"), MOST_READERS, 1, 10_000),
    )


def host_name(text: str) -> str:
    """Return the text as a host's name in lower case; empty if it is none."""
    name = text.strip().lower()
    return name if len(name) <= 253 and _NAME.fullmatch(name) else ""


def completed(known: Mapping[str, str]) -> dict[str, str]:
    """Return both secrets of a page: those that are known, and new ones for those that are not.

    Whoever sets the page up keeps them in the keyring: the page's address stays the same as long as they do.
    """
    return {
        name: known[name] if is_key(known.get(name, "")) else secrets.token_urlsafe(_KEY_BYTES)
        for name in (READERS_KEY, OPERATOR_KEY)
    }


def is_key(text: str) -> bool:
    """Return whether a text can be a secret of the page: 20 to 100 letters that a path may hold."""
    return re.fullmatch(r"[A-Za-z0-9_-]{20,100}", text) is not None


def _number(text: str | None, default: int, least: int, most: int) -> int:
    if text is None or not re.fullmatch(r"[0-9]{1,6}(\.0*)?", text.strip(), re.ASCII):
        return default
    value = int(float(text))
    return value if least <= value <= most else default
