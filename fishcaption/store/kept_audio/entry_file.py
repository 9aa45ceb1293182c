"""One entry of kept audio as bytes: its FLAC and the times of its words, encrypted or plain.

encrypted   b"FCE1", a nonce of 12 bytes, AES-256-GCM of the body; the entry's name is authenticated, too,
            so that no file can be put in another's place
plain       b"FCP1", a BLAKE2b digest of name and body of 16 bytes, the body
body        the header's length (4 bytes), the header (JSON), FLAC
"""

from __future__ import annotations

import json
import os
import struct
from hashlib import blake2b
from typing import Any, Final

from fishcaption.core.bounded_json import parsed
from fishcaption.core.errors import InputError
from fishcaption.core.speech import VOICE_KINDS, Rendered, Span, Voice, WordTime
from fishcaption.store.kept_audio.flac import RATES, decoded, encoded

LARGEST_BYTES: Final = 64 << 20
"""Of an entry's file: a quarter of an hour at 44.1 kHz, and more than any sentence or phrase."""

MOST_FRAMES: Final = LARGEST_BYTES // 2
"""Of an entry's sound."""

_ENCRYPTED: Final = b"FCE1"
_PLAIN: Final = b"FCP1"
_LENGTH: Final = struct.Struct("<I")
_NONCE_BYTES: Final = 12
_DIGEST_BYTES: Final = 16


def packed(name: str, rendered: Rendered, key: bytes | None) -> bytes:
    """Return the entry's file. ``key`` None: plain. Raises StorageError if it cannot be encoded."""
    voice = rendered.voice
    header = json.dumps(
        {
            "voice": [voice.provider, voice.id, voice.name, list(voice.languages)],
            "words": [
                [word.span.start, word.span.end, word.start_frame, word.end_frame] for word in rendered.words
            ],
        }
    ).encode()
    body = _LENGTH.pack(len(header)) + header + encoded(rendered.pcm, rendered.rate)
    if key is None:
        return _PLAIN + _digest(name, body) + body
    nonce = os.urandom(_NONCE_BYTES)
    sealed: bytes = _cipher(key).encrypt(nonce, body, name.encode())
    return _ENCRYPTED + nonce + sealed


def unpacked(name: str, content: bytes, key: bytes | None) -> Rendered | None:
    """Return the entry that `packed` made with this key; None for anything else, or if it is damaged."""
    body = _body(name, content, key)
    if body is None or len(body) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack_from(body)
    header = body[_LENGTH.size : _LENGTH.size + length]
    found = decoded(body[_LENGTH.size + length :], MOST_FRAMES)
    if found is None or found[1] not in RATES:
        return None
    pcm, rate = found
    try:  # what is authentic may still be an earlier version's
        told = parsed(header)
        provider, number, called, languages = told["voice"]
        voice = Voice(provider, number, called, tuple(languages))
        words = tuple(WordTime(Span(start, end), first, last) for start, end, first, last in told["words"])
    except (InputError, LookupError, TypeError, ValueError):
        return None
    places = (place for word in words for place in (*word.span, word.start_frame, word.end_frame))
    is_known = provider in VOICE_KINDS and all(isinstance(one, str) for one in (number, called, *languages))
    if not is_known or not all(type(place) is int and place >= 0 for place in places):
        return None
    return Rendered(voice, rate, pcm, words)


def _body(name: str, content: bytes, key: bytes | None) -> bytes | None:
    magic, rest = content[: len(_PLAIN)], content[len(_PLAIN) :]
    if key is None:
        digest, body = rest[:_DIGEST_BYTES], rest[_DIGEST_BYTES:]
        return body if magic == _PLAIN and digest == _digest(name, body) else None
    if magic != _ENCRYPTED or len(rest) < _NONCE_BYTES:
        return None
    from cryptography.exceptions import InvalidTag

    opened: bytes
    try:
        opened = _cipher(key).decrypt(rest[:_NONCE_BYTES], rest[_NONCE_BYTES:], name.encode())
    except InvalidTag:
        return None
    return opened


def _digest(name: str, body: bytes) -> bytes:
    return blake2b(name.encode() + body, digest_size=_DIGEST_BYTES).digest()


def _cipher(key: bytes) -> Any:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    return AESGCM(key)
