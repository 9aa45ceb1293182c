"""Postcodes, and the states and provinces before them."""

from __future__ import annotations

import re
from typing import Final

from fishcaption.core.normalization.verbalize.context import is_counted
from fishcaption.core.normalization.verbalize.forms import (
    AFTER,
    BEFORE,
    BLANK,
    WORD_BEFORE,
    Form,
    Spoken,
    alternatives,
    left,
    right,
)
from fishcaption.core.normalization.verbalize.spelling import Speller

_PLACE: Final = re.compile(r"(?:[,;:(\n]\s*|\b(?:in|aus|nach|PLZ|bei|Postfach \d+,)\s)$")
_PROVINCES: Final = dict(
    pair.split("=")
    for pair in [
        "ON=Ontario",
        "QC=Quebec",
        "BC=British Columbia",
        "AB=Alberta",
        "MB=Manitoba",
        "SK=Saskatchewan",
        "NS=Nova Scotia",
        "NB=New Brunswick",
        "NL=Newfoundland",
        "PE=Prince Edward Island",
        "YT=Yukon",
        "NT=Northwest Territories",
        "NU=Nunavut",
    ]
)
_STATES: Final = dict(
    pair.split("=")
    for pair in [
        "AL=Alabama",
        "AK=Alaska",
        "AZ=Arizona",
        "AR=Arkansas",
        "CA=California",
        "CO=Colorado",
        "CT=Connecticut",
        "DE=Delaware",
        "FL=Florida",
        "GA=Georgia",
        "HI=Hawaii",
        "ID=Idaho",
        "IL=Illinois",
        "IN=Indiana",
        "IA=Iowa",
        "KS=Kansas",
        "KY=Kentucky",
        "LA=Louisiana",
        "ME=Maine",
        "MD=Maryland",
        "MA=Massachusetts",
        "MI=Michigan",
        "MN=Minnesota",
        "MS=Mississippi",
        "MO=Missouri",
        "MT=Montana",
        "NE=Nebraska",
        "NV=Nevada",
        "NH=New Hampshire",
        "NJ=New Jersey",
        "NM=New Mexico",
        "NY=New York",
        "NC=North Carolina",
        "ND=North Dakota",
        "OH=Ohio",
        "OK=Oklahoma",
        "OR=Oregon",
        "PA=Pennsylvania",
        "RI=Rhode Island",
        "SC=South Carolina",
        "SD=South Dakota",
        "TN=Tennessee",
        "TX=Texas",
        "UT=Utah",
        "VT=Vermont",
        "VA=Virginia",
        "WA=Washington",
        "WV=West Virginia",
        "WI=Wisconsin",
        "WY=Wyoming",
        "DC=D C",
        "PR=Puerto Rico",
    ]
)


class Postcodes:
    """Forms of postcodes in one language."""

    def __init__(self, code: str, speller: Speller) -> None:
        self._code = code
        self._speller = speller

    def forms(self) -> list[Form]:
        """Return the forms of postcodes."""
        found = [
            Form(
                rf"{WORD_BEFORE}(?:GIR 0AA|[A-Z]{{1,2}}\d[A-Z\d]? \d[ABD-HJLNP-UW-Z]{{2}})(?![\w-])",
                self._grouped,
            ),
            Form(rf"{WORD_BEFORE}[ABCEGHJ-NPRSTVXY]\d[A-Z] ?\d[A-Z]\d(?![\w-])", self._canadian),
        ]
        if self._code == "en":
            found.append(
                Form(
                    rf"{WORD_BEFORE}(?P<state>{alternatives(_STATES)})\.?,? (?P<zip>\d{{5}}"
                    rf"(?:-\d{{4}})?){AFTER}",
                    self._zip,
                )
            )
            found.append(Form(rf"{BEFORE}\d{{5}}-\d{{4}}{AFTER}", self._grouped))
            found.append(Form(rf"{BEFORE}\d{{5}}(?<!00)(?= [A-Z][a-z]{{2,}})", self._foreign_postcode))
            found.append(
                Form(
                    rf"{WORD_BEFORE}(?:{alternatives(_PROVINCES)})(?=,? [ABCEGHJ-NPRSTVXY]\d[A-Z] "
                    rf"?\d[A-Z]\d(?!\w))",
                    lambda match: _PROVINCES[match.group()],
                )
            )
        else:
            found.append(
                Form(
                    rf"{BEFORE}(?:[A-Z]{{1,2}}-)?\d{{5}}(?={BLANK}[A-ZÀ-ÖØ-Þ][^\W\d_]{{2,}})", self._postcode
                )
            )
            found.append(Form(r"(?<![\w-])(?:D|A|CH|F|E|I)-\d{4,5}(?![\w-])", self._grouped))
        return found

    def _foreign_postcode(self, match: re.Match[str]) -> Spoken:
        before = left(match)
        return self._speller.split(match.group()) if not before.strip() or _PLACE.search(before) else None

    def _grouped(self, match: re.Match[str]) -> Spoken:
        return self._speller.split(match.group())

    def _canadian(self, match: re.Match[str]) -> Spoken:
        written = match.group().replace(" ", "")
        return self._speller.split(f"{written[:3]} {written[3:]}")

    def _zip(self, match: re.Match[str]) -> Spoken:
        state, number = match.group("state", "zip")
        return f"{_STATES[state]} {self._speller.split(number)}"

    def _postcode(self, match: re.Match[str]) -> Spoken:
        """Return five digits before a name; in German, where all nouns have capitals, only before a place."""
        written = match.group()
        if self._code == "de":
            bare = written[-5:]
            before = left(match)
            stands = bare[0] == "0" or not before.strip() or _PLACE.search(before) or written[0].isalpha()
            if not stands or is_counted(right(match)):
                return None
        return self._speller.split(written)
