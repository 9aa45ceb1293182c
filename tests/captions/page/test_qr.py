"""The QR code of the readers' address."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest
import segno

from fishcaption.captions.page.qr import LONGEST, svg

ADDRESS = "http://192.168.178.123:8737/c/Zm9vYmFyYmF6cXV4MTIzNA"


def test_it_is_black_on_white_with_the_margin_that_phones_want() -> None:
    image = ET.fromstring(svg(ADDRESS))
    side = segno.make(ADDRESS, error="m", micro=False).symbol_size(border=4)[0]
    assert image.attrib["viewBox"] == f"0 0 {side} {side}"
    white, black = image.findall("{http://www.w3.org/2000/svg}path")
    assert (white.attrib["fill"], white.attrib["d"]) == ("#fff", f"M0 0h{side}v{side}h-{side}z")
    assert black.attrib["stroke"] == "#000"


def test_the_dark_modules_are_those_of_the_code() -> None:
    black = ET.fromstring(svg(ADDRESS)).findall("{http://www.w3.org/2000/svg}path")[1]
    column, row = 0, 0
    dark = set()
    for letter, first, second in re.findall(r"([Mmh])(-?\d+)(?: (\d+))?", black.attrib["d"]):
        if letter == "h":
            dark |= {(column + step, row) for step in range(int(first))}
            column += int(first)
        else:
            column, row = (
                (int(first), int(second)) if letter == "M" else (column + int(first), row + int(second))
            )
    modules = segno.make(ADDRESS, error="m", micro=False).matrix
    assert dark == {
        (x + 4, y + 4) for y, line in enumerate(modules) for x, module in enumerate(line) if module
    }


def test_an_address_that_no_phone_could_read_is_refused() -> None:
    with pytest.raises(ValueError, match="too long"):
        svg("x" * (LONGEST + 1))
