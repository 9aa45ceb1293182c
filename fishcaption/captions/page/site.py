"""The pages as browsers get them: one answer each, put together from the files in `resources/audience`.

Style and scripts stand in the page itself, so that a reader costs one request; the policy (CSP) allows
exactly them, by their hashes, and nothing from elsewhere.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import re
from pathlib import Path
from typing import Final, NamedTuple

import fishcaption

_PACKAGE: Final = Path(fishcaption.__file__).parent
_STYLE: Final = re.compile(r'<link rel="stylesheet" href="([a-z]+\.css)">')
_SCRIPT: Final = re.compile(r'<script src="([a-z]+\.js)" defer></script>')


class Page(NamedTuple):
    """A page: its bytes as they are and compressed, and its policy without the places it may connect to."""

    body: bytes
    compressed: bytes
    policy: str


def folder() -> Path:
    """Return the folder of the pages' files. FileNotFoundError: the installation is broken."""
    for place in (_PACKAGE / "_resources", _PACKAGE.parent / "resources"):
        if (place / "audience").is_dir():
            return place / "audience"
    raise FileNotFoundError("the audience's page is missing; install fishcaption again")


def page(name: str, *, source: str = "live") -> Page:
    """Return the page of this name (``reader`` or ``operator``). OSError: its files cannot be read.

    ``source`` is the script that brings a reader the captions: ``live`` from our server, ``nats`` from NATS.
    """
    place = folder()
    html = (place / f"{name}.html").read_text("utf-8").replace("live.js", f"{source}.js")
    styles = [(place / file).read_text("utf-8").strip() for file in _STYLE.findall(html)]
    scripts = [(place / file).read_text("utf-8").strip() for file in _SCRIPT.findall(html)]
    head = "".join(f"<style>{style}</style>" for style in styles)
    foot = "".join(f"<script>{script}</script>" for script in scripts)  # there they find the elements
    html = _SCRIPT.sub("", _STYLE.sub("", html))
    body = html.replace("</head>", f"{head}</head>").replace("</body>", f"{foot}</body>").encode()
    policy = "; ".join(
        [
            "default-src 'none'",
            f"style-src {_hashes(styles)}",
            f"script-src {_hashes(scripts)}",
            "img-src 'self' data:",
            "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        ]
    )
    return Page(body, gzip.compress(body, mtime=0), policy)


def _hashes(texts: list[str]) -> str:
    digests = (hashlib.sha256(text.encode()).digest() for text in texts)
    return " ".join(f"'sha256-{base64.b64encode(digest).decode('ascii')}'" for digest in digests)
