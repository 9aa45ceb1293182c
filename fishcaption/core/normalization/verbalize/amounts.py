"""Amounts: money, measures with their units, sizes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Final

from fishcaption.core.normalization.locales import LOCALES, Locale
from fishcaption.core.normalization.numerals import cardinal
from fishcaption.core.normalization.units import Noun
from fishcaption.core.normalization.verbalize.forms import (
    AFTER,
    BEFORE,
    BLANK,
    Form,
    Spoken,
    alternatives,
    left,
)
from fishcaption.core.normalization.verbalize.genders import gender
from fishcaption.core.normalization.verbalize.numbers import DECADE, FRACTION, SIGN, Numbers
from fishcaption.core.text.readings import words_of

# By sign: the singular, and the plural.
_LARGE: Final[Mapping[str, Mapping[str, tuple[str, str]]]] = {
    "en": {
        "k": ("thousand",) * 2, "K": ("thousand",) * 2, "m": ("million",) * 2, "M": ("million",) * 2,
        "mn": ("million",) * 2, "mm": ("million",) * 2, "mio": ("million",) * 2, "b": ("billion",) * 2,
        "B": ("billion",) * 2, "bn": ("billion",) * 2, "t": ("trillion",) * 2, "tn": ("trillion",) * 2,
        "T": ("trillion",) * 2, "thousand": ("thousand",) * 2, "million": ("million",) * 2,
        "billion": ("billion",) * 2, "trillion": ("trillion",) * 2, "hundred": ("hundred",) * 2,
    },
    "de": {
        "Tsd.": ("tausend",) * 2, "T": ("tausend",) * 2, "Mio.": ("Million", "Millionen"),
        "Mio": ("Million", "Millionen"), "Mill.": ("Million", "Millionen"),
        "Mrd.": ("Milliarde", "Milliarden"),
        "Mrd": ("Milliarde", "Milliarden"), "Bio.": ("Billion", "Billionen"),
        "Millionen": ("Million", "Millionen"),
        "Million": ("Million", "Millionen"), "Milliarden": ("Milliarde", "Milliarden"),
        "Milliarde": ("Milliarde", "Milliarden"), "tausend": ("tausend",) * 2,
    },
    "es": {
        "mil": ("mil", "mil"), "k": ("mil", "mil"), "K": ("mil", "mil"), "M": ("millón", "millones"),
        "mill.": ("millón", "millones"), "millones": ("millón", "millones"), "millón": ("millón", "millones"),
        "mil millones": ("mil millones",) * 2,
    },
    "fr": {
        "k": ("mille", "mille"), "M": ("million", "millions"), "Md": ("milliard", "milliards"),
        "Mds": ("milliard", "milliards"), "mds": ("milliard", "milliards"), "mille": ("mille", "mille"),
        "million": ("million", "millions"), "millions": ("million", "millions"),
        "milliard": ("milliard", "milliards"), "milliards": ("milliard", "milliards"),
        "mln": ("million", "millions"), "mlds": ("milliard", "milliards"),
    },
    "it": {
        "k": ("mila", "mila"), "mila": ("mila", "mila"), "mln": ("milione", "milioni"),
        "Mln": ("milione", "milioni"), "mld": ("miliardo", "miliardi"), "Mld": ("miliardo", "miliardi"),
        "milioni": ("milione", "milioni"), "milione": ("milione", "milioni"), "M": ("milione", "milioni"),
        "miliardi": ("miliardo", "miliardi"), "miliardo": ("miliardo", "miliardi"),
    },
}  # fmt: skip
# Signs of large numbers also without a currency.
_ALONE: Final = {
    "en": "bn mn tn",
    "de": "Tsd. Mio. Mio Mill. Mrd. Mrd Bio.",
    "es": "mill.",
    "fr": "Md Mds mds mln mlds",
    "it": "mln Mln mld Mld",
}
_OF: Final = {"es": "de ", "fr": "de ", "it": "di ", "en": "", "de": ""}
_PER: Final = {"en": "per", "de": "pro", "es": "por", "fr": "par"}
_HUNDRED: Final = {"en": "one hundred", "de": "hundert", "es": "cien", "fr": "cent", "it": "cento"}
_UNIT: Final = (
    r"(?:(?:sq|cu|fl)\.? (?:ft|mi|yd|km|in|cm|oz|m)\b\.?"
    r"|[A-Za-zÄÖÜäöüíáµμΩ°℃℉€$£¢Åł/′″‰%][A-Za-zÄÖÜäöüíáµμΩ°·⋅$.]{0,7}(?<![.])(?:[²³]|\^?[23](?!\w))?"
    rf"(?:/(?:1?\d{{0,2}}0{BLANK}?)?[A-Za-zµμ°%]{{1,6}}[²³]?(?:\^[23])?)?\.?)"
)
_JOINT: Final = rf"{BLANK}?[–-]{BLANK}?"
# Letters that are a unit only with a blank before them.
_ONLY_APART: Final = frozenset(["s", "d", "K", "t", "in", "pt"])
_COMMON_WORDS: Final = {"en": frozenset(("in", "mo", "ac", "pt", "mi", "bar", "bit", "bits", "cal", "B",
"K")),
                        "es": frozenset(("min.",)), "fr": frozenset(("o", "ch", "F")),
                        "it": frozenset(("m.", "s.", "q", "mc", "o")),
                        "de": frozenset(("J.", "Mon.", "St.", "A"))}  # fmt: skip


@cache
def _unit(code: str, sign: str) -> Noun | None:
    """Return the noun of a sign behind a number, also of two parts: "kg/m³", "€/h", "l/100 km"."""
    locale = LOCALES[code]
    if sign in ("%", "‰"):
        word = locale.percent if sign == "%" else {"en": "per mille", "de": "Promille", "es": "por mil",
                                                   "fr": "pour mille", "it": "per mille"}[code]  # fmt: skip
        return Noun(cardinal(1, code), word, word)
    if found := locale.units.get(sign) or locale.units.get(
        re.sub("[23]$", lambda power: "²³"[int(power.group()) - 2], sign)
    ):
        return found
    if sign.endswith((".", "′")) and len(sign) > 1 and (found := locale.units.get(sign[:-1])):
        return None
    over, slash, under = sign.partition("/")
    if not slash:
        return _squared(locale, sign)
    above = locale.units.get(over) or (locale.money[over].whole if over in locale.money else None) or (
        _unit(code, over) if over else None
    )  # fmt: skip
    count = re.match(rf"(\d+){BLANK}?", under)
    if len(under) > 2 and under.isalpha() and _unit(code, under) is None and above is not None:
        named = Noun(cardinal(1, code), under, under)  # "€/month"
        return Noun(above.a, f"{above.one} {_per(code, named)}", f"{above.many} {_per(code, named)}")
    below = _unit(code, under[count.end() :] if count else under)
    if above is None or below is None:
        return None
    if count is None:
        return Noun(above.a, f"{above.one} {_per(code, below)}", f"{above.many} {_per(code, below)}")
    number = _HUNDRED[code] if count.group(1) == "100" else cardinal(int(count.group(1)), code)
    tail = f"{_PER.get(code, 'ogni')} {number} {below.many}"
    return Noun(above.a, f"{above.one} {tail}", f"{above.many} {tail}")


def _per(code: str, noun: Noun) -> str:
    """Return "per second"; in Italian with the article of the noun."""
    if code != "it":
        return f"{_PER[code]} {noun.one}"
    if noun.one[0] in "aeiou":
        return f"all'{noun.one}"
    kind = gender(noun.one, code)
    article = (
        "allo"
        if noun.a == "uno" and kind != "f" and noun.one[0] in "zsy"
        else "alla"
        if kind == "f"
        else "al"
    )
    return f"{article} {noun.one}"


def _squared(locale: Locale, sign: str) -> Noun | None:
    """Return the noun of a unit with a power that has no word of its own: "s²"."""
    power = re.search(r"(?:\^)?([²³23])$", sign)
    base = locale.units.get(sign[: power.start()]) if power else None
    if base is None or power is None:
        return None
    is_square = power.group(1) in "²2"
    words = {
        "en": ("squared", "cubed"), "de": ("zum Quadrat", "hoch drei"), "es": ("al cuadrado", "al cubo"),
        "fr": ("au carré", "au cube"), "it": ("quadrato", "cubo"),
    }[locale.code]  # fmt: skip
    word = words[0 if is_square else 1]
    return Noun(base.a, f"{base.one} {word}", f"{base.many} {word}")


class Amounts:
    """Forms of amounts in one language."""

    def __init__(self, numbers: Numbers, *, with_units: bool) -> None:
        self._numbers = numbers
        self._locale = numbers.locale
        self._code = numbers.code
        self._with_units = with_units
        self._money = alternatives(self._locale.money)
        self._large = _LARGE[self._code]
        self._number = re.compile(f"{FRACTION}|{numbers.any}")
        self._unit_behind = re.compile(rf"{BLANK}?(?P<unit>{_UNIT})(?![\w²³^/])")
        self._sign_behind = re.compile(rf"{BLANK}?(?:{self._money})(?!\w)")

    def follows(self, match: re.Match[str]) -> bool:
        """Return whether a unit or a currency follows a number."""
        text, end = match.string, match.end()
        if self._sign_behind.match(text, end):
            return True
        unit = self._unit_behind.match(text, end)
        return unit is not None and self._noun(unit.group("unit")) is not None and len(unit.group()) > 1

    def forms(self) -> list[Form]:
        """Return the forms of amounts; a longer form comes before those that are a part of it."""
        if not self._with_units:
            return []
        is_english = self._code == "en"
        return [
            *self._money_forms(),
            self._large_form(),
            *(self._feet_forms() if is_english else ()),
            Form(
                rf"{BEFORE}(?P<high>\d{{2,3}})/(?P<low>\d{{2,3}})(?:{BLANK}?(?P<unit>mmHg)\b|{AFTER})",
                self._pressure,
            ),
            *(self._short_forms() if is_english else ()),
            *self._measure_forms(),
        ]

    def _money_forms(self) -> list[Form]:
        money, amount = self._money, rf"(?:{self._numbers.any})"
        glued = alternatives(sign for sign in self._large if len(sign) < 5)
        large = rf"(?:(?:{BLANK}(?:{alternatives(self._large)})|(?:{glued}))(?![\w]))"
        dash = r"(?:[.,](?:[-–—]{1,2}|--))?"
        per = rf"(?:/(?:\d{{1,3}}{BLANK})?[A-Za-zµäöüéá]{{1,12}}[²³]?(?![\w]))?"
        start = rf"(?<![\w,:/\\$€£¥])(?<!\w\.){SIGN}"
        end = r"(?![\w^]|[.,:/–−-]\d|[/\\@:*]\w|::)"
        return [
            Form(
                rf"{start}(?P<sign>{money}){BLANK}?(?P<low>{amount})(?P<large0>{large})?{_JOINT}"
                rf"(?:{money})?{BLANK}?"
                rf"(?P<high>{amount})(?P<large>{large})?{end}",
                self._say_money,
            ),
            Form(
                rf"{start}(?P<sign>{money}){BLANK}?(?P<high>{amount})(?P<large>{large})?{dash}"
                rf"(?P<per>{per}){end}",
                self._say_money,
            ),
            Form(
                rf"{start}(?:(?P<low>{amount})(?P<large0>{large})?(?:{BLANK}?(?:{money}))?{_JOINT})?"
                rf"(?P<high>{amount})(?P<large>{large})?{dash}"
                rf"{BLANK}?(?P<sign>{money})(?P<per>{per}){end}",
                self._say_money,
            ),
        ]

    def _large_form(self) -> Form:
        signs = alternatives(_ALONE[self._code].split())
        return Form(
            rf"{BEFORE}{SIGN}(?P<high>(?:{self._numbers.any})){BLANK}?(?P<large>{signs})(?!\w)",
            self._say_large,
        )

    def _feet_forms(self) -> list[Form]:
        return [
            Form(
                r"(?<![\w,/\"”])(?<!\w\.)(?P<feet>\d{1,2})(?:['’′] ?|-| ?(?:ft|feet|foot)\.? )"
                r"(?P<inches>1[01]|\d)(?:½)?"
                r"(?:\"|”|″|''|’’| ?in(?:ches|\.)?(?![\w]))",
                self._feet,
            )
        ]

    def _short_forms(self) -> list[Form]:
        """Return English forms of few signs: "1.5K", a number before a quotation mark."""
        number = self._numbers.any
        return [
            Form(
                rf"{BEFORE}(?P<high>\d+\.\d+|\d+(?= [a-z]+s\b))(?P<large>[KkMB])(?!\w)",
                self._say_large,
            ),
            Form(
                rf"{BEFORE}(?P<high>{number})"
                rf"(?:[\"”″](?= [a-z])|['’′](?= (?:tall|high|long|wide|deep)\b))",
                self._inches,
            ),
        ]

    def _measure_forms(self) -> list[Form]:
        number = self._numbers.any
        return [
            Form(
                rf"{BEFORE}(?P<d>\d{{1,3}})°{BLANK}?(?P<m>\d{{1,2}})['’′](?:{BLANK}?(?P<s>\d{{1,2}}"
                rf"(?:[.,]\d+)?)(?:\"|”|″))?",
                self._angle,
            ),
            Form(
                rf"{BEFORE}{number}(?:{BLANK}?[x×]{BLANK}?{number}){{1,2}}(?:{BLANK}?(?P<unit>{_UNIT})"
                rf"(?![\w²³^/])|{AFTER})",
                self._size,
            ),
            Form(
                rf"{BEFORE}{SIGN}(?:(?P<low>{number})(?:{BLANK}?(?P<unit0>[%‰°]|"
                rf"°?[A-Za-zµ]{{1,4}}²?(?:/[a-z]{{1,3}})?))?{_JOINT})?(?P<high>{FRACTION}|{number})"
                rf"(?P<gap>{BLANK}|-)?(?P<unit>{_UNIT})(?![\w²³^/]|[.,]\d|\.\w)",
                self._measure,
            ),
        ]

    def unit_alone(self, text: str, number: str) -> tuple[int, str] | None:
        """Return (length, words) of a unit at the text's start; ``number`` was spoken before it."""
        match = re.match(rf"(?P<unit>{_UNIT})(?![\w²³^/]|[.,]\d|\.\w)", text)
        found = self._noun_and_end(match.group("unit")) if match and self._with_units else None
        if found is None:
            return None
        noun, length = found
        return length, noun.one if number == "1" else noun.many

    def _noun(self, sign: str) -> Noun | None:
        found = self._noun_and_end(sign)
        return found[0] if found else None

    def _noun_and_end(self, sign: str) -> tuple[Noun, int] | None:
        """Return a unit's noun and its length in the text: a dot behind it may belong to the sentence."""
        if noun := _unit(self._code, sign):
            return noun, len(sign)
        if sign.endswith(".") and (noun := _unit(self._code, sign[:-1])):
            return noun, len(sign) - 1
        if sign.lower() in _SHOUTED and (noun := _unit(self._code, sign.lower())):
            return noun, len(sign)
        return None

    # --- money -------------------------------------------------------------------------------------------

    def _say_money(self, match: re.Match[str]) -> Spoken:
        locale, numbers = self._locale, self._numbers
        groups = match.groupdict()
        money = locale.money[groups["sign"]]
        high, large = groups["high"], (groups.get("large") or "").strip()
        low, low_large = groups.get("low"), (groups.get("large0") or "").strip()
        if "$" in groups["sign"] and self._code != "en" and re.fullmatch(r"\d{1,3},\d{3}", high):
            high = high.replace(",", locale.group[0])  # grouped as in the country of the currency
        sign, _ = numbers.signed(re.split(r"[\d]", match.group())[0].replace(groups["sign"], ""))
        if not numbers.with_numbers and low:
            return None
        per = groups.get("per") or ""
        if low:
            head = numbers.in_words(low)
            if low_large and low_large != large:
                head = f"{head} {self._large[low_large][1]}"
            said = f"{sign}{head} {locale.to} {self._amount(high, large, money.whole, None)}"
        else:
            said = f"{sign}{self._amount(high, large, money.whole, money.part)}"
        if per:
            below = _unit(self._code, f"{groups['sign']}{per}")
            if below is None:
                return None
            said += below.many.removeprefix(money.whole.many)
        return said

    def _amount(self, number: str, large: str, whole: Noun, part: Noun | None) -> str:
        locale, numbers = self._locale, self._numbers
        code = self._code
        if large:
            one, many = self._large[large]
            if not numbers.with_numbers:
                return f"{number} {many} {whole.many}"
            if one == many:
                said = numbers.in_words(number)
                if number == "1" and one in ("mil", "mille"):
                    return f"{one} {whole.many}"
                joint = "" if one == "mila" else " "
                of = _OF[code] if "millones" in many else ""
                return f"{said}{joint}{many} {of}{whole.many}"
            article = {
                "de": {"e": "eine", "n": "eine"}.get(one[-1], "ein"),
                "es": "un",
                "fr": "un",
                "it": "un",
            }
            is_one = number == "1" or (code == "fr" and number[:1] in "01" and not number[1:2].isdigit())
            said = article[code] if number == "1" else numbers.in_words(number)
            of = _OF[code]
            if of and code == "fr" and whole.many[0] in "aeiouyé":
                of = "d'"
            return f"{said} {one if is_one else many} {of}{whole.many}"
        head, _, decimals = number.partition(locale.point)
        if part is None or len(decimals) != 2 or not numbers.with_numbers:
            return numbers.counted(number, whole)
        cents = str(int(decimals))
        if cents == "0":
            return numbers.counted(head, whole)
        if head == "0":
            return numbers.counted(cents, part)
        said = numbers.counted(head, whole)
        if code == "en":
            return f"{said} {locale.joint} {numbers.counted(cents, part)}"
        return f"{said} {locale.joint} {numbers.in_words(cents)}".replace("  ", " ")

    def _say_large(self, match: re.Match[str]) -> Spoken:
        one, many = self._large[match.group("large")]
        numbers = self._numbers
        if not numbers.with_numbers:
            return None
        number = match.group("high")
        sign, _ = numbers.signed(match.group()[: match.start("high") - match.start()])
        article = {"de": "eine"}.get(self._code, "un") if one != many else numbers.in_words(number)
        said = (
            f"{sign}{article if number == '1' else numbers.in_words(number)} {one if number == '1' else many}"
        )
        is_last = match.group().endswith(".") and not match.string[match.end() :].strip()
        return said, match.end() - is_last

    # --- measures ----------------------------------------------------------------------------------------

    def _measure(self, match: re.Match[str]) -> Spoken:
        numbers = self._numbers
        sign_of_unit, gap = match.group("unit"), match.group("gap") or ""
        found = self._noun_and_end(sign_of_unit)
        if found is None:
            return None
        noun, length = found
        unit = sign_of_unit[:length]
        if unit.endswith(".") and not match.string[match.start("unit") + length :].strip():
            length -= 1  # the dot is the sentence's
        end = match.start("unit") + length
        if not self._fits(match, unit, gap):
            return None
        low, high = match.group("low"), match.group("high")
        lead = match.group()[: match.start("low" if low else "high") - match.start()]
        sign = numbers.signed(lead)[0] if numbers.with_numbers else lead
        if gap == "-" and (unit in ("%",) or low):
            return None
        if low is None:
            if self._code == "en" and (gap == "-" or _ONE_THING.search(left(match))):
                noun = Noun(noun.a, noun.one, noun.one)  # "a 5 km run"
            return f"{sign}{numbers.counted(high, noun)}", end
        if not numbers.with_numbers:
            return f"{sign}{low}–{numbers.counted(high, noun)}", end
        first = match.group("unit0")
        if first and first != unit and self._noun(first) is None:
            return None
        said = (
            numbers.counted(low, self._noun(first) or noun)
            if first and first != unit
            else numbers.in_words(low)
        )
        return f"{sign}{said} {self._locale.to} {numbers.counted(high, noun)}", end

    def _fits(self, match: re.Match[str], unit: str, gap: str) -> bool:
        """Return whether the letters behind a number are a unit here, not a word, a name or a decade."""
        if unit == "°" and self._code in ("it", "es") and _NTH.match(match.string, match.start("unit") + 1):
            return False
        before = left(match)
        high = match.group("high")
        if unit == "s" and not gap:
            # "the 30s", "iPhone 5s"; but "wait 30s".
            if high in ("20", "30", "40", "50", "60", "70", "80", "90") and DECADE.search(before):
                return False
            word = re.search(r"([^\s\d]+)[ \u00a0]$", before)
            return word is None or word.group(1).islower() or not word.group(1)[-1].isalnum()
        if gap == "-":
            return len(unit) > 1 and not unit[-1:].isupper()
        if unit == "B" and not gap:
            return False
        if unit in _COMMON_WORDS.get(self._code, ()):
            if unit == "in":
                return match.string[match.end() : match.end() + 1] in ("", ",", ")", ";") and bool(gap)
            return (bool(gap) and unit not in ("mo", "mi")) or unit in ("bit", "mi", "mo", "A", "B")
        if unit in _ONLY_APART and not gap:
            return unit not in ("t", "d", "in")
        if unit == "PS" or (unit.isupper() and len(unit) > 1 and not gap and unit not in _GLUED):
            return True
        return True

    def _feet(self, match: re.Match[str]) -> Spoken:
        if "-" in match.group():
            return None
        half = " and a half" if "½" in match.group() else ""
        numbers = self._numbers
        return f"{numbers.in_words(match.group('feet'))} foot {numbers.in_words(match.group('inches'))}{half}"

    def _pressure(self, match: re.Match[str]) -> Spoken:
        """Return a blood pressure: "120 over 80"."""
        high, low, unit = match.group("high", "low", "unit")
        if not self._numbers.with_numbers or not (unit or _PRESSURE.search(left(match))):
            return None
        joint = {"en": "over", "de": "zu", "es": "sobre", "fr": "sur", "it": "su"}[self._code]
        last = self._numbers.counted(low, self._locale.units[unit]) if unit else self._numbers.in_words(low)
        return f"{self._numbers.in_words(high)} {joint} {last}"

    def _inches(self, match: re.Match[str]) -> Spoken:
        """Return a length before a noun or an adjective; a closing quotation mark is no inch sign."""
        if sum(left(match).count(mark) for mark in '"“”') % 2:
            return None
        word = "foot" if match.group()[-1] in "'’′" else "inch"
        return f"{self._numbers.in_words(match.group('high'))} {word}"

    def _angle(self, match: re.Match[str]) -> Spoken:
        words = {
            "en": (("degree", "degrees"), ("minute", "minutes"), ("second", "seconds")),
            "de": (("Grad", "Grad"), ("Minute", "Minuten"), ("Sekunde", "Sekunden")),
            "es": (("grado", "grados"), ("minuto", "minutos"), ("segundo", "segundos")),
            "fr": (("degré", "degrés"), ("minute", "minutes"), ("seconde", "secondes")),
            "it": (("grado", "gradi"), ("minuto", "minuti"), ("secondo", "secondi")),
        }[self._code]  # fmt: skip
        ones = {"en": ("one",) * 3, "de": ("ein", "eine", "eine"), "es": ("un",) * 3,
        "fr": ("un", "une", "une"),
                "it": ("un",) * 3}[self._code]  # fmt: skip
        parts = [
            self._numbers.counted(str(int(written)) if written.isdigit() else written, Noun(one, *noun))
            for written, one, noun in zip(match.group("d", "m", "s"), ones, words, strict=True)
            if written
        ]
        return " ".join(parts)

    def _size(self, match: re.Match[str]) -> Spoken:
        numbers = self._numbers
        unit = match.group("unit")
        found = self._noun_and_end(unit) if unit else None
        if (
            unit
            and found is None
            and not unit[0].isspace()
            and not match.string[match.start("unit") - 1].isspace()
        ):
            return None
        end = match.start("unit") + found[1] if found else match.start("unit") - 1 if unit else match.end()
        body = match.string[match.start() : match.start("unit") if found else end]
        *others, last = (part.strip() for part in re.split(r"[x×]", body))
        is_product = "×" in body and not unit and all(len(part) < 3 for part in (*others, last))
        if is_product:
            return None  # a calculation
        said = numbers.counted(last, found[0]) if found else numbers.in_words(last)
        return f" {self._locale.by} ".join([*map(numbers.in_words, others), said]), end


_PRESSURE: Final = re.compile(
    r"(?i)\b(?:blood pressure|bp|blutdruck|rr|tensión|presión|tension|pression\w*)\b[^\d.!?]{0,16}$"
)
_ONE_THING: Final = re.compile(r"(?i)\b(?:a|an)[ \u00a0]$")
_NTH: Final = re.compile(
    r" (?!di\b|de\b|a\b|e\b|y\b|in\b|en\b|con\b|per\b|all|ma\b|bajo\b|sotto\b|nord|sud|norte|"
    r"sur\b)[a-zàèéìòùáíóú]{2}"
)
# Units that are unmistakable even in a sentence of capitals.
_SHOUTED: Final = words_of("km kg cm ml min min. std. std sec hrs hr lbs lb oz ft km/h mph kwh uhr")
_GLUED: Final = frozenset(("GB", "MB", "KB", "TB", "MP", "PS", "CV", "UI", "IU"))
