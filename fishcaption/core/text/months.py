"""The names of the months in five languages."""

from __future__ import annotations

from typing import Final

MONTHS: Final = {
    language: tuple(names.split())
    for language, names in (
        ("en", "January February March April May June July August September October November December"),
        ("de", "Januar Februar März April Mai Juni Juli August September Oktober November Dezember"),
        ("es", "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre"),
        ("fr", "janvier février mars avril mai juin juillet août septembre octobre novembre décembre"),
        (
            "it",
            "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
        ),
    )
}
"""The names in the order of the year, by two-letter code."""
