"""Signs of a calculation: between numbers, before them and above them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from fishcaption.core.normalization.locales import LOCALES
from fishcaption.core.normalization.verbalize.forms import BLANK, Form, Spoken, left
from fishcaption.core.normalization.verbalize.numbers import Numbers
from fishcaption.core.text.readings import LEFT, Reading

_OPERATORS: Final[Mapping[str, Mapping[str, str]]] = {
    "en": {
        "+": "plus", "-": "minus", "−": "minus", "–": "minus", "×": "times", "*": "times", "·": "times",
        "⋅": "times",
        "÷": "divided by", "/": "divided by", ":": "divided by", "=": "equals", "<": "is less than",
        ">": "is greater than", "≤": "is at most", "≥": "is at least", "≈": "is about",
        "≠": "is not equal to",
        "±": "plus or minus", "^": "to the power of", "<=": "is at most", ">=": "is at least",
        "!=": "is not equal to", "==": "equals", "+/-": "plus or minus", "~": "is about", "x": "times",
    },
    "de": {
        "+": "plus", "-": "minus", "−": "minus", "–": "minus", "×": "mal", "*": "mal", "·": "mal", "⋅": "mal",
        "÷": "durch", "/": "durch", ":": "durch", "=": "ist gleich", "<": "ist kleiner als",
        ">": "ist größer als",
        "≤": "ist höchstens", "≥": "ist mindestens", "≈": "ist etwa", "≠": "ist ungleich", "±": "plus minus",
        "^": "hoch", "<=": "ist höchstens", ">=": "ist mindestens", "!=": "ist ungleich", "==": "ist gleich",
        "+/-": "plus minus", "~": "ist etwa", "x": "mal",
    },
    "es": {
        "+": "más", "-": "menos", "−": "menos", "–": "menos", "×": "por", "*": "por", "·": "por", "⋅": "por",
        "÷": "entre", "/": "entre", ":": "entre", "=": "es igual a", "<": "es menor que", ">": "es mayor que",
        "≤": "es como máximo", "≥": "es al menos", "≈": "es aproximadamente", "≠": "es distinto de",
        "±": "más menos", "^": "elevado a", "<=": "es como máximo", ">=": "es al menos",
        "!=": "es distinto de",
        "==": "es igual a", "+/-": "más menos", "~": "es aproximadamente", "x": "por",
    },
    "fr": {
        "+": "plus", "-": "moins", "−": "moins", "–": "moins", "×": "fois", "*": "fois", "·": "fois",
        "⋅": "fois",
        "÷": "divisé par", "/": "divisé par", ":": "divisé par", "=": "égale", "<": "est inférieur à",
        ">": "est supérieur à", "≤": "est au plus", "≥": "est au moins", "≈": "est environ",
        "≠": "est différent de",
        "±": "plus ou moins", "^": "puissance", "<=": "est au plus", ">=": "est au moins",
        "!=": "est différent de",
        "==": "égale", "+/-": "plus ou moins", "~": "est environ", "x": "fois",
    },
    "it": {
        "+": "più", "-": "meno", "−": "meno", "–": "meno", "×": "per", "*": "per", "·": "per", "⋅": "per",
        "÷": "diviso", "/": "diviso", ":": "diviso", "=": "uguale a", "<": "è minore di",
        ">": "è maggiore di",
        "≤": "è al massimo", "≥": "è almeno", "≈": "è circa", "≠": "è diverso da", "±": "più o meno",
        "^": "alla",
        "<=": "è al massimo", ">=": "è almeno", "!=": "è diverso da", "==": "uguale a", "+/-": "più o meno",
        "~": "è circa", "x": "per",
    },
}  # fmt: skip
_ROOTS: Final = {
    "en": ("the square root of", "the cube root of"), "de": ("Wurzel aus", "dritte Wurzel aus"),
    "es": ("raíz cuadrada de", "raíz cúbica de"), "fr": ("racine carrée de", "racine cubique de"),
    "it": ("radice quadrata di", "radice cubica di"),
}  # fmt: skip
_SQUARED: Final = {
    "en": ("squared", "cubed", "to the power of"), "de": ("hoch zwei", "hoch drei", "hoch"),
    "es": ("al cuadrado", "al cubo", "elevado a"), "fr": ("au carré", "au cube", "puissance"),
    "it": ("al quadrato", "al cubo", "alla"),
}  # fmt: skip
_INFINITY: Final = {"en": "infinity", "de": "unendlich", "es": "infinito", "fr": "l'infini", "it": "infinito"}
_SUPERSCRIPTS: Final = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")

# An operand: a number, or a letter for one.
_OPERAND_END: Final = r"(?<=[\d)\]²³∞π%])|(?<=(?<![\w'’])[A-Za-z])|(?<=(?<![\w'’])\d[A-Za-z])"
_APART: Final = re.compile(
    rf"(?:{_OPERAND_END}) (\+/-|<=|>=|!=|==|[+\-−–×*·⋅÷/=<>≤≥≈≠±~^:x]) (?=[-−+±√(]?[\d.(]|[A-Za-z∞π]"
    rf"(?![^\W²³]|['’]))"
)
_MEASURED: Final = re.compile(r"\d ?[A-Za-zµ]{1,3}²?$")
_NUMBER_BESIDE: Final = re.compile(r"\d")
_GLUED: Final = r"(?:\+/-|<=|>=|!=|==|[+−–*×·⋅÷/=<>≤≥≈≠±^:-])"


def operators(text: str, language: str) -> list[Reading]:
    """Return the readings of signs between two operands, with blanks around the sign."""
    words = _OPERATORS.get(language, {})
    found = []
    for match in _APART.finditer(text):
        sign = match.group(1)
        beside = text[max(0, match.start() - 1)], text[match.end() : match.end() + 1]
        agree = any if sign in "<>" else all
        is_weak = sign in "-–:/~<>*" and not agree(
            _NUMBER_BESIDE.match(one) or one in ")²³(" for one in beside
        )
        if sign not in words or is_weak or (sign in "–x" and "=" not in text):
            continue
        is_size = sign in "×x*" and _MEASURED.search(text, max(0, match.start() - LEFT), match.start())
        found.append(Reading(match.start(1), match.end(1), LOCALES[language].by if is_size else words[sign]))
    return found


class Signs:
    """Forms of calculations in one language."""

    def __init__(self, numbers: Numbers) -> None:
        self._numbers = numbers
        self._code = numbers.code
        self._words = _OPERATORS.get(numbers.code, {})
        operand = rf"(?:√?{numbers.any}[²³]?%?|(?<![\w'’])[A-Za-z][²³]?(?![\w'’])|∞|π)"
        self._operand = operand
        self._sum = re.compile(rf"({operand})({_GLUED}?)")

    def forms(self) -> list[Form]:
        """Return the forms of calculations."""
        if not self._numbers.with_numbers:
            return []
        operand = self._operand
        start = r"(?<![\w.,:/\\@=&#%$€£¥+−*×÷^<>~-])"
        return [
            Form(
                rf"{start}-?{operand}(?:{_GLUED}-?{operand}){{1,8}}(?![\w(^]|[.,]\d|[+*×÷^=/-]\w)",
                self._glued,
            ),
            Form(
                r"(?<=\))[+−×*·÷=^](?=[\d(])|(?<=\d)[×*·÷](?=\()",
                lambda match: f" {self._words[match.group()]} ",
            ),
            Form(rf"[√∛]{BLANK}?(?=[\d(A-Za-z])", self._root),
            Form(r"(?<=[\w)])[⁰¹²³⁴⁵⁶⁷⁸⁹⁻]{1,4}(?!\w)", self._power),
            Form(r"(?<![\w.])(?P<base>\d{1,6})(?P<power>[⁰¹²³⁴⁵⁶⁷⁸⁹⁻]{1,4})(?![\w%°])", self._number_power),
            Form(r"[-−+]?∞", self._infinity),
        ]

    def _glued(self, match: re.Match[str]) -> Spoken:
        """Return a calculation without blanks, if it has an equals sign or a sign that nothing else has."""
        written = match.group()
        pieces = re.split(rf"({_GLUED})(?=-?(?:{self._operand}))", written.lstrip("-"))
        signs = [piece for piece in pieces[1::2] if piece]
        operands = pieces[0::2]
        is_sum = any(sign in "=×·⋅÷−+*^≤≥≈≠±" or sign in ("<=", ">=", "!=", "==", "+/-") for sign in signs)
        only_slash = set(signs) == {"/"}
        if only_slash and len(signs) == 1 and all(one.isdigit() for one in operands):
            high, low = map(int, operands)
            if (high, low) == (24, 7) or high + low == 100 or (low == high and low > 9):
                return f"{self._numbers.in_words(operands[0])} {self._numbers.in_words(operands[1])}"
            if not (0 < low <= high) or (high <= 31 and _DATED.search(left(match))) or len(operands[1]) > 3:
                return None
            is_sum = True
        has_letter = [one for one in operands if one[:1].isalpha() and one != "π"]
        is_formula = is_sum and (not has_letter or re.search(r"[=<>≤≥≈≠]", written) is not None)
        if not (is_formula or (has_letter and re.search(r"[\d)][²³]", written))):
            return None
        if set(signs) <= {"*"} and not all(re.match(r"[\d(]", one) for one in operands):
            return None
        if "=" in signs and not any(one[-1:].isdigit() or one[-1:] in "²³∞π%" for one in operands):
            return None
        said = [self._minus(written)] if written.startswith("-") else []
        for index, piece in enumerate(pieces):
            if index % 2 == 0:
                said.append(self._operand_in_words(piece))
            else:
                said.append(self._words[piece])
        return " ".join(said)

    def _minus(self, written: str) -> str:
        return self._numbers.locale.minus

    def _operand_in_words(self, written: str) -> str:
        numbers = self._numbers
        sign = numbers.locale.minus + " " if written.startswith("-") else ""
        body = written.lstrip("-")
        root = f"{_ROOTS[self._code][0]} " if body.startswith("√") else ""
        body = body.lstrip("√")
        percent = f" {numbers.locale.percent}" if body.endswith("%") else ""
        body = body.removesuffix("%")
        power = {"²": 0, "³": 1}.get(body[-1:])
        tail = f" {_SQUARED[self._code][power]}" if power is not None else ""
        body = body.rstrip("²³")
        if body == "∞":
            said = _INFINITY[self._code]
        elif body == "π":
            said = "pi"
        else:
            said = body if body.isalpha() else numbers.in_words(body)
        return f"{sign}{root}{said}{tail}{percent}"

    def _root(self, match: re.Match[str]) -> Spoken:
        words = _ROOTS[self._code]
        return f"{words[0] if match.group()[0] == '√' else words[1]} "

    def _power(self, match: re.Match[str]) -> Spoken:
        """Return a power of a letter or a bracket; the power of a number is read with the number."""
        before = left(match)
        base = re.search(r"(?<![\w'’])([A-Za-z]{1,3}|\))$", before)
        if base is None:
            return None
        return f" {self._power_words(match.group())}"

    def _power_words(self, written: str) -> str:
        words = _SQUARED[self._code]
        if written in "²³":
            return words["²³".index(written)]
        number = written.translate(_SUPERSCRIPTS)
        minus = f"{self._numbers.locale.minus} " if number[0] == "-" else ""
        return f"{words[2]} {minus}{self._numbers.in_words(number.lstrip('-'))}"

    def _number_power(self, match: re.Match[str]) -> Spoken:
        base, power = match.group("base", "power")
        if power.translate(_SUPERSCRIPTS).rstrip("-") == "":
            return None
        return f"{self._numbers.in_words(base)} {self._power_words(power)}"

    def _infinity(self, match: re.Match[str]) -> Spoken:
        locale = self._numbers.locale
        lead = {"-": f"{locale.minus} ", "−": f"{locale.minus} ", "+": f"{locale.plus} "}.get(
            match.group()[0], ""
        )
        return f"{lead}{_INFINITY[self._code]}"


_DATED: Final = re.compile(r"(?i)\b(?:on|le|du|au|el|del|al|il|dal|am|vom|zum|since|until|by) $")
