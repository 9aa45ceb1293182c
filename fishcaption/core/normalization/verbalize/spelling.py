"""Spelling: codes sign by sign, in groups."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from fishcaption.core.normalization.numerals import cardinal, digits

_SIGNS: Final = r"""! ? @ # $ % & * - _ + = / \ . , : ; ( ) [ ] { } < > | ~ ^ ' " € £ § °"""
_SIGN_NAMES: Final[Mapping[str, str]] = {
    "en": "exclamation mark|question mark|at|hash|dollar|percent|ampersand|asterisk|dash|underscore|plus|"
    "equals|slash|"
    "backslash|dot|comma|colon|semicolon|open parenthesis|close parenthesis|open bracket|close bracket|"
    "open brace|"
    "close brace|less than|greater than|vertical bar|tilde|caret|apostrophe|quotation mark|euro|pound|"
    "section|degree",
    "de": "Ausrufezeichen|Fragezeichen|ät|Raute|Dollar|Prozent|Und-Zeichen|Stern|Bindestrich|Unterstrich|"
    "Plus|gleich|"
    "Schrägstrich|Backslash|Punkt|Komma|Doppelpunkt|Strichpunkt|Klammer auf|Klammer zu|eckige Klammer auf|"
    "eckige Klammer zu|geschweifte Klammer auf|geschweifte Klammer zu|kleiner als|größer als|senkrechter "
    "Strich|Tilde|"
    "Dach|Apostroph|Anführungszeichen|Euro|Pfund|Paragraf|Grad",
    "es": "signo de exclamación|signo de interrogación|arroba|almohadilla|dólar|por ciento|y comercial|"
    "asterisco|guion|"
    "guion bajo|más|igual|barra|barra invertida|punto|coma|dos puntos|punto y coma|abre paréntesis|cierra "
    "paréntesis|"
    "abre corchete|cierra corchete|abre llave|cierra llave|menor que|mayor que|barra vertical|tilde|"
    "circunflejo|"
    "apóstrofo|comillas|euro|libra|párrafo|grado",
    "fr": "point d'exclamation|point d'interrogation|arobase|dièse|dollar|pour cent|et commercial|"
    "astérisque|tiret|"
    "tiret bas|plus|égal|barre oblique|barre oblique inversée|point|virgule|deux-points|point-virgule|"
    "parenthèse ouvrante|parenthèse fermante|crochet ouvrant|crochet fermant|accolade ouvrante|accolade "
    "fermante|"
    "inférieur|supérieur|barre verticale|tilde|accent circonflexe|apostrophe|guillemet|euro|livre|"
    "paragraphe|degré",
    "it": "punto esclamativo|punto interrogativo|chiocciola|cancelletto|dollaro|per cento|e commerciale|"
    "asterisco|"
    "trattino|trattino basso|più|uguale|barra|barra rovesciata|punto|virgola|due punti|punto e virgola|"
    "parentesi aperta|parentesi chiusa|quadra aperta|quadra chiusa|graffa aperta|graffa chiusa|minore|"
    "maggiore|"
    "barra verticale|tilde|accento circonflesso|apostrofo|virgolette|euro|sterlina|paragrafo|grado",
}
NAMED: Final = {
    code: dict(zip(_SIGNS.split(), names.split("|"), strict=True)) for code, names in _SIGN_NAMES.items()
}
_CAPITAL: Final = {
    "en": "capital {}", "de": "großes {}", "es": "{} mayúscula", "fr": "{} majuscule", "it": "{} maiuscola",
}  # fmt: skip


class Speller:
    """Spells codes in one language."""

    def __init__(self, code: str) -> None:
        self._code = code
        self.names = NAMED[code]
        """Names of the signs."""

    def group(self, written: str, *, keeps_case: bool = False) -> str:
        """Return one group: digits one by one (in French, two as a number), letters by their names."""
        if written.isdigit():
            if self._code == "fr" and len(written) == 2:
                return digits(written, "fr") if written[0] == "0" else cardinal(int(written), "fr")
            return digits(written, self._code)
        parts: list[str] = []
        for sign in written:
            if sign.isdigit():
                parts.append(digits(sign, self._code))
            elif sign.isalpha():
                letter = sign.upper() if len(sign.upper()) == 1 else sign
                is_marked = keeps_case and sign.isupper()
                parts.append(_CAPITAL[self._code].format(letter) if is_marked else letter)
            else:
                parts.append(self.names.get(sign, sign))
        return " ".join(parts)

    def split(self, written: str) -> str:
        """Return all groups, with a pause between them."""
        parts = [part for part in re.split(r"[^A-Za-z0-9]+", written) if part]
        joint = " " if max(map(len, parts)) == 1 else ", "
        return joint.join(map(self.group, parts))
