"""An address as a QR code."""

from __future__ import annotations

import io
from typing import Final

LONGEST: Final = 1_000
_QUIET_MODULES: Final = 4


def svg(address: str) -> str:
    """Return the QR code of an address as an SVG image: black on white, whatever the theme around it.

    ValueError: the address is longer than `LONGEST` characters.
    """
    import segno

    if len(address) > LONGEST:
        raise ValueError("too long for a code that a phone reads")
    image = io.BytesIO()
    code = segno.make(address, error="m", micro=False)
    code.save(
        image, kind="svg", border=_QUIET_MODULES, dark="#000", light="#fff", xmldecl=False, omitsize=True
    )
    return image.getvalue().decode("utf-8")
