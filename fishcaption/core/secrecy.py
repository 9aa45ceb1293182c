"""Secrets: kept from child processes, and proved by both sides of a connection without showing them.

Once the embedded voice's process has died, another user's program may take its port. So a client never sends
its key there. It sends a fresh number (the nonce) and a proof that only the key can make of it, and sends
nothing more before the other side has proved its key with the same number. An impostor gains nothing by
listening: every process of the voice has its own key, and the dead process's key is of no use.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from typing import Final

KEY_VARIABLES: Final = ("FISH_API_KEY", "FISHCAPTION_SERVE_KEY")
"""Environment variables that may hold a key."""

OUTLET_VARIABLE: Final = "FISHCAPTION_OUTLET_"
"""Environment variables whose names begin with this hold secrets of outlets for `fishcaption say`."""

PROOF_SCHEME: Final = "FishCaption-Proof"
"""Scheme of an ``Authorization`` header that proves a key and does not show it."""
PROOF_HEADER: Final = "fishcaption-proof"
"""Header of an answer in which the server proves the key to a client that has proved it."""

_LEAST_NONCE, _LONGEST_NONCE = 16, 128


def without_keys(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the environment without any key, for a child process that needs none."""
    return {
        name: value
        for name, value in environment.items()
        if name.upper() not in KEY_VARIABLES and not name.upper().startswith(OUTLET_VARIABLE)
    }


def claim(key: str, nonce: str) -> str:
    """Return the ``Authorization`` header that proves that a client has the key. Use each nonce once."""
    return f"{PROOF_SCHEME} {nonce} {_made('client', key, nonce)}"


def is_claim(authorization: str, key: str) -> bool:
    """Return whether this header proves the key."""
    if (nonce := claimed_nonce(authorization)) is None:
        return False
    return _are_equal(authorization.split(" ")[2], _made("client", key, nonce))


def claimed_nonce(authorization: str) -> str | None:
    """Return the nonce of a header that claims to prove a key; None for any other header."""
    scheme, _, rest = authorization.partition(" ")
    nonce, _, proof = rest.partition(" ")
    is_whole = scheme == PROOF_SCHEME and bool(proof) and " " not in proof
    return nonce if is_whole and _LEAST_NONCE <= len(nonce) <= _LONGEST_NONCE else None


def answer(key: str, nonce: str) -> str:
    """Return the value of `PROOF_HEADER` that proves that the server has the key, too."""
    return _made("server", key, nonce)


def is_answer(proof: str, key: str, nonce: str) -> bool:
    """Return whether this answer to the nonce proves the key."""
    return _are_equal(proof, answer(key, nonce))


def is_key(shown: str, key: str) -> bool:
    """Return whether both keys are equal; takes the same time wherever they differ."""
    return _are_equal(shown, key)


def _made(side: str, key: str, nonce: str) -> str:
    """Return one side's proof; the sides' proofs differ, so that no answer can be made of a claim."""
    message = f"{side} {nonce}".encode("utf-8", "replace")
    return hmac.new(key.encode("utf-8", "replace"), message, hashlib.sha256).hexdigest()


def _are_equal(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode("utf-8", "replace"), other.encode("utf-8", "replace"))
