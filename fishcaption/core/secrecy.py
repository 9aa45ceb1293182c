"""Secrets: what must not be handed on to a child, and how two who share one prove it without showing it.

The embedded voice's port is any other user's to take once its process has died. So the one who connects sends
no key there, but a fresh number (the nonce) and what only the key makes of it; and gives away nothing more
before the other side has made something of the same number as well. What an impostor hears is worth nothing:
every process of the voice has a key of its own, and that one's is dead.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from typing import Final

KEY_VARIABLES: Final = ("FISH_API_KEY", "FISHCAPTION_SERVE_KEY")
"""The environment variables that may hold a key."""

PROOF_SCHEME: Final = "FishCaption-Proof"
"""The scheme of an ``Authorization`` header that proves a key in place of showing it."""
PROOF_HEADER: Final = "fishcaption-proof"
"""The header of an answer in which the server proves the key, to whoever has proved it."""

_LEAST_NONCE, _LONGEST_NONCE = 16, 128


def without_keys(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment without any key, for a child that needs none."""
    return {name: value for name, value in environment.items() if name.upper() not in KEY_VARIABLES}


def claim(key: str, nonce: str) -> str:
    """The ``Authorization`` header by which a client proves that it has the key. The nonce is used once."""
    return f"{PROOF_SCHEME} {nonce} {_made('client', key, nonce)}"


def is_claim(authorization: str, key: str) -> bool:
    """Whether that header proves the key."""
    if (nonce := claimed_nonce(authorization)) is None:
        return False
    return _are_equal(authorization.split(" ")[2], _made("client", key, nonce))


def claimed_nonce(authorization: str) -> str | None:
    """The nonce of a header that claims to prove a key; None where it is no such header."""
    scheme, _, rest = authorization.partition(" ")
    nonce, _, proof = rest.partition(" ")
    is_whole = scheme == PROOF_SCHEME and bool(proof) and " " not in proof
    return nonce if is_whole and _LEAST_NONCE <= len(nonce) <= _LONGEST_NONCE else None


def answer(key: str, nonce: str) -> str:
    """The `PROOF_HEADER` by which the server proves that it has the key, too."""
    return _made("server", key, nonce)


def is_answer(proof: str, key: str, nonce: str) -> bool:
    """Whether that answer to the nonce proves the key."""
    return _are_equal(proof, answer(key, nonce))


def is_key(shown: str, key: str) -> bool:
    """Whether the key that was shown is that key; takes the same time wherever they differ."""
    return _are_equal(shown, key)


def _made(side: str, key: str, nonce: str) -> str:
    """Either side makes another thing of the same nonce: an answer cannot be made of a claim."""
    message = f"{side} {nonce}".encode("utf-8", "replace")
    return hmac.new(key.encode("utf-8", "replace"), message, hashlib.sha256).hexdigest()


def _are_equal(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode("utf-8", "replace"), other.encode("utf-8", "replace"))
