"""How written forms are read aloud: numbers, dates, times, money, measures, addresses, emoji.

Each function looks through a text and tells what is said in the place of which stretch of it (`Reading`s, in
order, none over another); what it does not tell of stays as it is. Left alone on purpose: versions, IP
addresses, file names, numbers inside names ("B12"), dates that two countries read in two ways, and whatever
is written in a language that is not in the tables.

Nothing here looks across the end of a sentence, so a text may be cut there. English is read in full; in
German, Spanish, French and Italian a number before a word is left alone where its ending hangs on that word.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Final, NamedTuple

from fishcaption.core import numerals
from fishcaption.core.numerals import cardinal, digits, ordinal
from fishcaption.core.tongues import ENGLISH, TONGUES, Noun, Tongue


class Reading(NamedTuple):
    """[start, end) of the text is said as ``said``."""

    start: int
    end: int
    said: str


LANGUAGES: Final = tuple(TONGUES)
"""The two-letter codes of the languages whose forms are read here."""


# --- numbers ---------------------------------------------------------------------------------------------

_BLANK: Final = r"[ \u00a0\u202f]"
# Not inside a name, a version, a path, another number.
_BEFORE: Final = r"(?<![\w,:/\\\-–−@=&#%$€£¥^])(?<!\w[.*'’])"
_AFTER: Final = r"(?![\w^]|[.,:/–−-]\d|[./\\@:*]\w|::)"
_SIGN: Final = r"(?:(?<![^\s(\[“\"'/])[-−+±~≈])?"
_HALF: Final = r"(?:[ap]m\b|[ap]\.m\.|[AP]M\b)"
_CODE: Final = re.compile(r"(?i)\b(?:pin|code|passcode|password|extension|ext\.?)(?: is)?:? $")
_LONE_HALF: Final = re.compile(rf"{_HALF}(?!\w)")
_HOUR: Final = re.compile(r"(?:1[0-2]|0?[1-9])(?::[0-5]\d)?")
_VULGAR: Final = {
    "½": (1, 2),
    "⅓": (1, 3),
    "⅔": (2, 3),
    "¼": (1, 4),
    "¾": (3, 4),
    "⅕": (1, 5),
    "⅛": (1, 8),
    "⅜": (3, 8),
    "⅝": (5, 8),
    "⅞": (7, 8),
}
_PARTS: Final = {
    2: ("half", "halves"),
    3: ("third", "thirds"),
    4: ("quarter", "quarters"),
    5: ("fifth", "fifths"),
    6: ("sixth", "sixths"),
    8: ("eighth", "eighths"),
    10: ("tenth", "tenths"),
    16: ("sixteenth", "sixteenths"),
}
_LARGE: Final = {
    "k": "thousand",
    "m": "million",
    "mn": "million",
    "b": "billion",
    "bn": "billion",
    "t": "trillion",
    "tn": "trillion",
}
_SHORT_MONTHS: Final = {name[:3]: name for name in ENGLISH.months} | {"Sept": "September"}
_MONTH: Final = "|".join(sorted({*ENGLISH.months, *_SHORT_MONTHS}, key=len, reverse=True))
_YEARS: Final = range(1100, 2100)
_COUNTED: Final = re.compile(rf"{_BLANK}(?!(?:was|is|has|its|this|as|does)\b)[a-z]+s\b")


def _alternatives(signs: Iterable[str]) -> str:
    return "|".join(map(re.escape, sorted(signs, key=len, reverse=True)))


@cache
def _forms(code: str, with_numbers: bool, with_units: bool) -> _Forms:
    return _Forms(TONGUES[code], with_numbers=with_numbers, with_units=with_units)


def numbers(text: str, language: str, *, with_numbers: bool, with_units: bool) -> list[Reading]:
    """What is said for numbers and what is made of them, and for the units and currencies beside them.

    Without units, an amount is left as it is; without numbers, "5 km" is said as "5 kilometers".
    """
    if language not in TONGUES:
        return []
    return _forms(language, with_numbers, with_units).read(text)


def after_number(
    text: str, number: str, language: str, *, with_numbers: bool, with_units: bool
) -> list[Reading]:
    """What is said for a unit, or for "am" or "pm", that begins the text; the number was said before it."""
    if language not in TONGUES:
        return []
    return _forms(language, with_numbers, with_units).after(text, number)


class _Forms:
    """The forms of one language as one pattern; each has a name, and the method of that name says it."""

    def __init__(self, tongue: Tongue, *, with_numbers: bool, with_units: bool) -> None:
        self._tongue = tongue
        self._with_numbers = with_numbers
        self._whole = rf"\d{{1,3}}(?:[{re.escape(tongue.group)}\u00a0\u202f]\d{{3}}| 000)+(?!\d)|\d+"
        self._any = rf"(?:(?:{self._whole})(?:{re.escape(tongue.point)}\d+)?)"
        self._units = _alternatives(tongue.units)
        self._number = re.compile(self._any)
        self._unit = re.compile(rf"(?:{self._units}|%|‰)$")
        self._lone_unit = re.compile(rf"(?:{self._units})(?![\w²³^/]|[.,]\d|\.\w)" if with_units else r"(?!)")
        forms: dict[str, str] = {}
        if with_numbers:
            forms |= self._date_forms() | self._time_forms()
        if with_units:
            forms |= self._amount_forms()
        if with_numbers:
            forms |= self._english_forms() | self._number_forms()
        starts = r"[\d$€£¥₹₩+\-−±~≈.'’#№(½⅓⅔¼¾⅕⅛⅜⅝⅞]|[JFMASOND][aepuco]|CHF"
        named = "|".join(f"(?P<{name}>{form})" for name, form in forms.items())
        self._pattern = re.compile(f"(?={starts})(?:{named})" if forms else r"(?!)")
        self._say: dict[str, Callable[[re.Match[str]], str | None]] = {
            name: getattr(self, f"_{name}_aloud") for name in forms
        }

    def _date_forms(self) -> dict[str, str]:
        day, month, number = r"(?:[12]\d|3[01]|0?[1-9])", r"(?:1[0-2]|0?[1-9])", r"(?:1[1-9]|20)\d\d"
        forms = {"iso": rf"{_BEFORE}{number}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])(?![\w-])"}
        if self._tongue.code == "en":
            forms["month_day"] = (
                rf"(?<![\w-])(?:{_MONTH})\.? {day}(?:st|nd|rd|th)?(?:,? {number})?(?![\w%°]|[.,:/–−-]\d)"
            )
            forms["day_month"] = rf"{_BEFORE}{day}(?:st|nd|rd|th)?(?: of)? (?:{_MONTH})\b(?:,? {number}\b)?"
            forms["slashed"] = rf"{_BEFORE}\d{{1,2}}/\d{{1,2}}/{number}{_AFTER}"
        if self._tongue.code == "de":
            forms["dotted"] = rf"{_BEFORE}{day}\.{month}\.{number}{_AFTER}"
        return forms

    def _time_forms(self) -> dict[str, str]:
        clock = rf"(?:[01]?\d|2[0-4]):[0-5]\d(?:{_BLANK}?{_HALF})?"
        hour = rf"(?:1[0-2]|0?[1-9]){_BLANK}?{_HALF}"
        joint = rf"{_BLANK}?[–-]{_BLANK}?"
        forms = {
            "span": rf"{_BEFORE}(?:{clock}{joint}{clock}|{hour}{joint}(?:{clock}|{hour})){_AFTER}",
            # With a country's code, with one for the town, in America's groups, and in France's.
            "phone": (
                rf"{_BEFORE}(?:\+\d{{1,3}}(?:[ -]?(?:\(\d{{1,5}}\)|\d{{1,5}})){{2,5}}"
                r"|\(\d{2,5}\) ?\d{3,8}(?:[ -]\d{2,5}){0,3}|\d{3}[-. ]\d{3}[-. ]\d{4}|\d{3}-\d{4}"
                r"|0\d{1,4}[ /-]\d{3,8}(?:[ -]\d{2,5}){0,3}|0\d(?: \d\d){4})"
                rf"{_AFTER}(?!-)"
            ),
            "time": (
                rf"{_BEFORE}(?:[01]?\d|2[0-4])[:h][0-5]\d(?::[0-5]\d)?(?:{_BLANK}?{_HALF})?"
                rf"(?:{_BLANK}Uhr\b)?{_AFTER}"
            ),
        }
        if self._tongue.code == "en":
            forms["hour"] = rf"{_BEFORE}(?:1[0-2]|0?[1-9]){_BLANK}?{_HALF}{_AFTER}"
        return forms

    def _amount_forms(self) -> dict[str, str]:
        number, units = self._any, self._units
        is_english = self._tongue.code == "en"
        large = rf"(?:{_BLANK}(?:million|billion|trillion|thousand)|(?:[kKmMbB]|bn)\b)?" if is_english else ""
        money = _alternatives(self._tongue.money)
        forms = {
            "money": (
                rf"(?<![\w,:/\\$€£¥])(?<!\w\.){_SIGN}(?:(?:{money}){_BLANK}?{number}{large}"
                rf"|{number}{large}{_BLANK}?(?:{money})|{number}{_BLANK}(?:USD|EUR|GBP)\b){_AFTER}"
            )
        }
        if is_english:
            forms["feet"] = r"(?<![\w,/\"”])(?<!\w\.)\d{1,2}['’′] ?(?:1[01]|\d)(?:\"|”|″|''|’’)"
        forms["measure"] = (
            rf"{_BEFORE}{_SIGN}{number}(?:{_BLANK}?[–-]{_BLANK}?{number})?{_BLANK}?"
            # A second stands apart: there are "iPhone 5s" and "the 30s".
            rf"(?:(?<=\d)(?!s\b)(?:{units}|%|‰)|(?<=\s)(?:{units}|%|‰))(?![\w²³^/]|[.,]\d|\.\w)"
        )
        forms["size"] = (
            rf"{_BEFORE}{number}(?:{_BLANK}?[x×]{_BLANK}?{number}){{1,2}}"
            rf"(?:{_BLANK}?(?:{units})(?![\w²³^/])|{_AFTER})"
        )
        return forms

    def _english_forms(self) -> dict[str, str]:
        if self._tongue.code != "en":
            return {}
        return {
            "always": rf"{_BEFORE}(?:24/7|50/50){_AFTER}",
            "fraction": rf"{_BEFORE}(?:\d+[ \u00a0-])?\d{{1,2}}/(?:2|3|4|5|6|8|10|16){_AFTER}(?!/)",
            "vulgar": rf"(?<![\w/])\d*{_BLANK}?[{''.join(_VULGAR)}](?![\w/])",
            "decade": r"(?<![\w,:/\\-])(?<!\w\.)['’]?(?:1[1-9]\d0|20\d0|\d0)['’]?s\b",
            "nth": rf"{_BEFORE}(?:{self._whole})(?:st|nd|rd|th)(?!\w)",
            "numbered": rf"(?<![\w&#/])(?:#|№ ?|Nos?\. ?)\d{{1,6}}{_AFTER}",
        }

    def _number_forms(self) -> dict[str, str]:
        number, no_unit = self._any, rf"(?!{_BLANK}?[%‰°€$£¥])"
        return {
            "range": (
                rf"{_BEFORE}(?:\d{{1,4}}-\d{{1,4}}|{number}{_BLANK}?–{_BLANK}?{number})"
                rf"{_AFTER}{no_unit}"
            ),
            "plain": (
                rf"(?<![\w,:/\\\-–−@=&#%$€£¥^])(?<!\w[.*]){_SIGN}(?:{number}|(?<!\.)\.\d+){_AFTER}{no_unit}"
            ),
        }

    def read(self, text: str) -> list[Reading]:
        found: list[Reading] = []
        for match in self._pattern.finditer(text):
            said = self._say[match.lastgroup or ""](match)
            if said is not None and said != match.group():
                found.append(Reading(match.start(), match.end(), said))
        return found

    def after(self, text: str, number: str) -> list[Reading]:
        half = _LONE_HALF.match(text)
        if half and self._with_numbers and self._tongue.code == "en" and _HOUR.fullmatch(number):
            return [Reading(0, half.end(), _half_of_day(half).strip())]
        unit = self._lone_unit.match(text)
        if unit is None or ":" in number:
            return []
        noun = self._tongue.units[unit.group()]
        return [Reading(0, unit.end(), noun.one if number == "1" else noun.many)]

    # --- numbers by themselves ---------------------------------------------------------------------------

    def _number_aloud(self, written: str) -> str:
        """A number as it was written, with its sign, in words; as it was written where numbers stay."""
        if not self._with_numbers:
            return written
        tongue = self._tongue
        sign = written[0] if written[0] in _SIGNS else ""
        body = written[len(sign) :]
        whole, _, decimals = body.partition(tongue.point)
        bare = "".join(filter(str.isdigit, whole))
        if not bare:
            said = cardinal(0, tongue.code)
        elif (bare[0] == "0" and len(bare) > 1) or len(bare) > (9 if bare == whole else 15):
            said = digits(bare, tongue.code)
        else:
            said = cardinal(int(bare), tongue.code)
        if decimals:
            is_number = tongue.code in ("es", "fr", "it") and len(decimals) < 3 and decimals[0] != "0"
            rest = cardinal(int(decimals), tongue.code) if is_number else digits(decimals, tongue.code)
            said = f"{said} {tongue.decimal} {rest}"
        if not sign:
            return said
        words = {"+": tongue.plus, "±": tongue.either, "~": tongue.about, "≈": tongue.about}
        return f"{words.get(sign, tongue.minus)} {said}"

    def _counted(self, written: str, noun: Noun) -> str:
        """So many of these."""
        sign = written[:1] if written[:1] in _SIGNS else ""
        body = written[len(sign) :]
        said = self._number_aloud(written)
        if body == "1":
            one = said.rpartition(" ")[0]
            numeral = noun.a if self._with_numbers else written
            return f"{one} {numeral} {noun.one}".strip() if self._with_numbers else f"{written} {noun.one}"
        if self._with_numbers and body.isdigit():
            said = self._agreeing(said, int(body), noun)
        is_one = self._tongue.code == "fr" and body[:1] in "01" and not body[1:2].isdigit()
        return f"{said} {noun.one if is_one else noun.many}"

    def _agreeing(self, said: str, number: int, noun: Noun) -> str:
        """A number that ends in one, as it stands before that noun."""
        match self._tongue.code:
            case "fr" if noun.a == "une" and said.endswith(" un"):
                return said + "e"
            case "es" if noun.a == "una":
                said = said.replace("cientos", "cientas").replace("quinientos", "quinientas")
                return said[:-1] + "a" if said.endswith("uno") else said
            case "es" if said.endswith("veintiuno"):
                return said[:-3] + "ún"
            case "es" if said.endswith("uno"):
                return said[:-1]
        return said

    def _plain_aloud(self, match: re.Match[str]) -> str | None:
        written = match.group()
        text, end = match.string, match.end()
        if written == "3" and text[match.start() - 1 : match.start()] == "<":
            return None
        code = self._tongue.code
        if code != "en":
            follows = text[end : end + 2]
            is_before_word = len(follows) == 2 and follows[0].isspace() and follows[1].isalpha()
            if is_before_word and written.isdigit() and not self._is_same_before_words(int(written)):
                return None
            # "3. Kapitel", "le 2. de": an ordinal, or a sentence's end; who reads on knows.
            if code == "de" and text[end : end + 1] == "." and written.isdigit() and len(written) < 3:
                return None
        if written.isdigit() and _CODE.search(text[max(0, match.start() - 16) : match.start()]):
            return digits(written, code)
        if len(written) == 4 and written.isdigit() and int(written) in _YEARS:
            if code == "en" and int(written) >= 2000 and _COUNTED.match(text, end):
                return cardinal(int(written), code)
            return numerals.year(int(written), code)
        if written.startswith("."):
            return f"{self._tongue.decimal} {digits(written, code)}"
        return self._number_aloud(written)

    def _is_same_before_words(self, number: int) -> bool:
        code, low = self._tongue.code, number % 100
        if code == "de":
            return low != 1
        if code == "es":
            return low % 10 != 1 and number % 1000 < 200
        return low % 10 != 1 or low == 11 or (low in (71, 91) and code == "fr")

    def _range_aloud(self, match: re.Match[str]) -> str | None:
        low, high = (part.strip() for part in re.split(r"[–-]", match.group()))
        if "-" in match.group() and int(low) >= int(high):
            return None
        return f"{self._end_of_range(low)} {self._tongue.to} {self._end_of_range(high)}"

    def _end_of_range(self, written: str) -> str:
        if len(written) == 4 and written.isdigit() and int(written) in _YEARS:
            return numerals.year(int(written), self._tongue.code)
        return self._number_aloud(written)

    def _nth_aloud(self, match: re.Match[str]) -> str:
        bare = "".join(filter(str.isdigit, match.group()))
        return ordinal(int(bare)) if len(bare) < 13 else match.group()

    def _numbered_aloud(self, match: re.Match[str]) -> str:
        sign, number = re.fullmatch(r"(\D+)(\d+)", match.group()).groups()  # type: ignore[union-attr]  # as above
        return f"{'numbers' if sign.startswith('Nos') else 'number'} {self._number_aloud(number)}"

    def _always_aloud(self, match: re.Match[str]) -> str:
        return {"24/7": "twenty-four seven", "50/50": "fifty-fifty"}[match.group()]

    def _fraction_aloud(self, match: re.Match[str]) -> str | None:
        whole, over, under = re.fullmatch(r"(?:(\d+)[ \u00a0-])?(\d+)/(\d+)", match.group()).groups()  # type: ignore[union-attr]  # the pattern it was found by is narrower
        part = _part(int(over), int(under))
        if part is None:
            return f"{self._number_aloud(whole)} {over}/{under}" if whole else None
        return f"{self._number_aloud(whole)} and {_article(part)}" if whole else part

    def _vulgar_aloud(self, match: re.Match[str]) -> str | None:
        written = match.group()
        part = _part(*_VULGAR[written[-1]])
        whole = written[:-1].strip()
        blank = " " if written[:1].isspace() else ""
        if whole and part:
            return f"{self._number_aloud(whole)} and {_article(part)}"
        return f"{blank}{part}"

    def _decade_aloud(self, match: re.Match[str]) -> str | None:
        number = int("".join(filter(str.isdigit, match.group())))
        if number < 100:
            return f"{cardinal(number, 'en')[:-1]}ies" if number >= 20 else None
        if number % 1000 == 0:
            return f"{cardinal(number, 'en')}s"
        if number % 100 == 0:
            return f"{cardinal(number // 100, 'en')} hundreds"
        if number % 100 == 10:
            return f"{cardinal(number // 100, 'en')} tens"
        return f"{cardinal(number // 100, 'en')} {cardinal(number % 100, 'en')[:-1]}ies"

    def _phone_aloud(self, match: re.Match[str]) -> str:
        written = match.group()
        groups = [digits(part, self._tongue.code) for part in re.findall(r"\d+", written)]
        return (f"{self._tongue.plus} " if written.startswith("+") else "") + ", ".join(groups)

    # --- dates and times ---------------------------------------------------------------------------------

    def _date(self, number: int, month: int, day: int) -> str | None:
        tongue = self._tongue
        name, said_year = tongue.months[month - 1], numerals.year(number, tongue.code)
        match tongue.code:
            case "en":
                return f"{name} {ordinal(day)}, {said_year}"
            case "de":
                return f"{_german_ordinal(day)} {name} {said_year}"
            case "es":
                first = cardinal(day, "es")
                return f"{first} de {name} de {said_year}"
            case "fr":
                return f"{'premier' if day == 1 else cardinal(day, 'fr')} {name} {said_year}"
            case _:
                return f"{'primo' if day == 1 else cardinal(day, 'it')} {name} {said_year}"

    def _iso_aloud(self, match: re.Match[str]) -> str | None:
        number, month, day = map(int, match.group().split("-"))
        return self._date(number, month, day)

    def _dotted_aloud(self, match: re.Match[str]) -> str | None:
        day, month, number = map(int, match.group().split("."))
        said = self._date(number, month, day)
        if said and _INFLECTING.search(match.string[: match.start()]):
            return said.replace("er ", "en ", 1)
        return said

    def _slashed_aloud(self, match: re.Match[str]) -> str | None:
        first, second, number = map(int, match.group().split("/"))
        if first <= 12 < second <= 31:
            return self._date(number, first, second)
        if second <= 12 < first <= 31:
            return self._date(number, second, first)
        return None

    def _month_day_aloud(self, match: re.Match[str]) -> str:
        name, day, number = re.fullmatch(r"([A-Za-z]+)\.? (\d+)\D*(\d{4})?", match.group()).groups()  # type: ignore[union-attr]  # as above
        said = f"{_SHORT_MONTHS.get(name, name)} {ordinal(int(day))}"
        return f"{said}, {numerals.year(int(number), 'en')}" if number else said

    def _day_month_aloud(self, match: re.Match[str]) -> str:
        day, name, number = re.fullmatch(  # type: ignore[union-attr]  # as above
            r"(\d+)(?:st|nd|rd|th)?(?: of)? ([A-Za-z]+)(?:,? (\d{4}))?", match.group()
        ).groups()
        the = "" if match.string[: match.start()].lower().endswith("the ") else "the "
        said = f"{the}{ordinal(int(day))} of {_SHORT_MONTHS.get(name, name)}"
        return f"{said}, {numerals.year(int(number), 'en')}" if number else said

    def _time_aloud(self, match: re.Match[str]) -> str | None:
        written = match.group()
        code = self._tongue.code
        if code != "fr" and re.search(r"\dh", written):
            return None
        hour, minute, *second = map(int, re.findall(r"\d+", written))
        half = _half_of_day(match)
        said = cardinal(hour, code)
        match code:
            case "en":
                if minute == 0 and not half and not second:
                    said += " o'clock" if 0 < hour < 13 else " hundred" if hour else " hours"
                elif minute:
                    said += f" {'oh ' if minute < 10 else ''}{cardinal(minute, code)}"
                if second:
                    said += f" and {cardinal(second[0], code)} second{'' if second[0] == 1 else 's'}"
                return said + half
            case "de":
                said = f"{'ein' if hour == 1 else said} Uhr"
            case "fr":
                said = f"{'une' if hour == 1 else said + 'e' if said.endswith(' un') else said} heure"
                said += "s" if hour > 1 else ""
            case "it":
                return f"{said} e {cardinal(minute, code)}" if minute and not second else None
            case _:
                return f"{said} y {cardinal(minute, code)}" if minute and not second else None
        if second:
            return None
        return f"{said} {cardinal(minute, code)}" if minute else said

    def _span_aloud(self, match: re.Match[str]) -> str | None:
        if match.group().count("m") and self._tongue.code != "en":
            return None
        low, high = map(self._alone, re.split(r"\s*[–-]\s*", match.group()))
        said = f"{low} {self._tongue.to} {high}"
        return said.removesuffix(".") if match.string.startswith(".", match.end()) else said

    def _alone(self, text: str) -> str:
        """A part of a form, read by itself."""
        for reading in reversed(self.read(text)):
            text = text[: reading.start] + reading.said + text[reading.end :]
        return text

    def _hour_aloud(self, match: re.Match[str]) -> str:
        hour = int(re.findall(r"\d+", match.group())[0])
        return cardinal(hour, "en") + _half_of_day(match)

    # --- amounts -----------------------------------------------------------------------------------------

    def _money_aloud(self, match: re.Match[str]) -> str | None:
        tongue = self._tongue
        written = match.group().replace("USD", "$").replace("EUR", "€").replace("GBP", "£")
        sign = next((one for one in sorted(tongue.money, key=len, reverse=True) if one in written), "")
        number = self._number.search(written)
        if not sign or number is None:
            return None
        money = tongue.money[sign]
        rest = written[number.end() :].replace(sign, "").strip()
        lead = {"-": tongue.minus, "−": tongue.minus, "+": tongue.plus, "~": tongue.about, "≈": tongue.about}
        head = f"{lead[written[0]]} " if written[0] in lead else ""
        if rest:
            said, large = self._number_aloud(number.group()), _LARGE.get(rest.lower(), rest)
            return f"{head}{said} {large} {money.whole.many}"
        whole, _, decimals = number.group().partition(tongue.point)
        if money.part is None or len(decimals) != 2 or not self._with_numbers:
            return head + self._counted(number.group(), money.whole)
        cents = str(int(decimals))
        if cents == "0":
            return head + self._counted(whole, money.whole)
        if whole == "0":
            return head + self._counted(cents, money.part)
        said = self._counted(whole, money.whole)
        if tongue.code == "en":
            return f"{head}{said} {tongue.joint} {self._counted(cents, money.part)}"
        return f"{head}{said} {tongue.joint} {self._number_aloud(cents)}".replace("  ", " ")

    def _measure_aloud(self, match: re.Match[str]) -> str | None:
        tongue = self._tongue
        written = match.group()
        found = self._unit.search(written)
        if found is None:
            return None
        unit = found.group()
        amounts = written[: found.start()].strip()
        low, joint, high = _parted(amounts, self._number)
        noun = (
            Noun(cardinal(1, tongue.code), tongue.percent, tongue.percent)
            if unit == "%"
            else Noun(cardinal(1, tongue.code), "per mille", "per mille")
            if unit == "‰"
            else tongue.units[unit]
        )
        if not joint:
            return self._counted(low, noun)
        return f"{self._number_aloud(low)} {tongue.to} {self._counted(high, noun)}"

    def _feet_aloud(self, match: re.Match[str]) -> str:
        feet, inches = re.findall(r"\d+", match.group())
        return f"{self._number_aloud(feet)} foot {self._number_aloud(inches)}"

    def _size_aloud(self, match: re.Match[str]) -> str:
        *others, last = re.split(r"\s*[x×]\s*", match.group())
        number = self._number.match(last)
        unit = last[number.end() :].strip() if number else ""
        last = (
            self._counted(number.group(), self._tongue.units[unit])
            if number and unit
            else (self._number_aloud(last))
        )
        return f" {self._tongue.by} ".join([*map(self._number_aloud, others), last])


_INFLECTING: Final = re.compile(r"(?i)\b(?:am|vom|zum|dem|den|beim)\s$")
_SIGNS: Final = "-−+±~≈"


def _parted(amounts: str, number: re.Pattern[str]) -> tuple[str, str, str]:
    """The one amount, or both ends of a range and what joins them."""
    sign = amounts[0] if amounts[0] in _SIGNS else ""
    first = number.match(amounts, len(sign))
    if first is None or first.end() == len(amounts):
        return amounts, "", ""
    rest = amounts[first.end() :]
    joint = rest[: len(rest) - len(rest.lstrip(" \u00a0\u202f–-"))]
    return amounts[: first.end()], joint, rest[len(joint) :]


def _part(over: int, under: int) -> str | None:
    if not 0 < over < under:
        return None
    one, many = _PARTS[under]
    return f"one {one}" if over == 1 else f"{cardinal(over, 'en')} {many}"


def _article(part: str) -> str:
    """ "and a half", "and an eighth", "and three quarters"."""
    if not part.startswith("one "):
        return part
    return f"{'an' if part[4] == 'e' else 'a'} {part[4:]}"


def _half_of_day(match: re.Match[str]) -> str:
    """ " A.M." or " P.M.", without its last dot where the text has one there already."""
    half = re.search(r"([apAP])\.?[mM]", match.group())
    if half is None:
        return ""
    has_dot = match.string[match.end() : match.end() + 1] == "."
    return f" {half.group(1).upper()}.M{'' if has_dot else '.'}"


def _german_ordinal(day: int) -> str:
    irregular = {1: "erster", 3: "dritter", 7: "siebter", 8: "achter"}
    return irregular.get(day) or cardinal(day, "de") + ("ter" if day < 20 else "ster")


_OPERATOR: Final = re.compile(r"(?<=[\d)]) ([+\-−×*÷=<>≤≥≈]|\+/-) (?=[\d(])")
_OPERATORS: Final[Mapping[str, Mapping[str, str]]] = {
    "en": {
        "+": "plus",
        "-": "minus",
        "−": "minus",
        "×": "times",
        "*": "times",
        "÷": "divided by",
        "=": "equals",
        "<": "is less than",
        ">": "is greater than",
        "≤": "is at most",
        "≥": "is at least",
        "≈": "is about",
    },
    "de": {"+": "plus", "-": "minus", "−": "minus", "×": "mal", "*": "mal", "÷": "durch", "=": "ist gleich"},
    "es": {"+": "más", "-": "menos", "−": "menos", "×": "por", "*": "por", "÷": "entre", "=": "es igual a"},
    "fr": {
        "+": "plus",
        "-": "moins",
        "−": "moins",
        "×": "fois",
        "*": "fois",
        "÷": "divisé par",
        "=": "égale",
    },
    "it": {"+": "più", "-": "meno", "−": "meno", "×": "per", "*": "per", "÷": "diviso", "=": "uguale a"},
}


def operators(text: str, language: str) -> list[Reading]:
    """What is said for the signs between two numbers of a sum."""
    words = _OPERATORS.get(language, {})
    return [
        Reading(match.start(1), match.end(1), words[match.group(1)])
        for match in _OPERATOR.finditer(text)
        if match.group(1) in words
    ]


# --- addresses -------------------------------------------------------------------------------------------

_EMAIL: Final = re.compile(
    r"(?:mailto:)?(?<![\w.+%-])([A-Za-z0-9](?:[A-Za-z0-9._%+-]{0,62}[A-Za-z0-9_+])?)"
    r"@((?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,24})(?![\w@])"
)
_ENDINGS: Final = "com|org|net|edu|gov|io|dev|app|ai|info|eu|uk|de|fr|ch|nl"
_HOST: Final = r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+"
_PATH: Final = r"[A-Za-z0-9\-._~:/?#@!$&'*+,;=%()]*"
_URL: Final = re.compile(
    r"(?<![\w@./-])(?:"
    rf"(?P<scheme>(?:https?|ftp)://)(?:[^\s/@:]{{1,64}}(?::[^\s/@]{{0,64}})?@)?(?P<host>{_HOST}[A-Za-z]{{2,24}}|localhost)"
    rf"|(?P<www>www\.{_HOST}[A-Za-z]{{2,24}})"
    rf"|(?P<bare>(?=[A-Za-z0-9-]{{2,}}\.){_HOST}(?:{_ENDINGS}))(?![\w@-]|\.\w)"
    rf")(?P<port>:\d{{1,5}})?(?P<path>[/?#]{_PATH})?"
)
_MAYBE_URL: Final = re.compile(r"\.\w|://")
_TRAILING: Final = ".,;:!?'*_"
_SAID_ENDINGS: Final = (
    "com",
    "org",
    "net",
    "info",
    "app",
    "dev",
    "gov",
    "co",
    "me",
    "museum",
    "name",
    "shop",
    "blog",
)
_SEGMENT: Final = re.compile(r"[A-Za-z]{2,}(?:[-_][A-Za-z]{2,}){0,3}(?=\.html?$|$)")
_LONGEST_PATH: Final = 30


def addresses(text: str, language: str, *, urls: bool, emails: bool) -> list[Reading]:
    """What is said for e-mail addresses and web addresses.

    Of a web address the host, and of the path what is short and made of words; the rest is silent. In a
    language that is not in the tables they are left as they are.
    """
    tongue = TONGUES.get(language)
    if tongue is None:
        return []
    found = [_url(match, tongue) for match in _URL.finditer(text)] if urls and _MAYBE_URL.search(text) else []
    if emails and "@" in text:
        taken = [(one.start, one.end) for one in found]
        for match in _EMAIL.finditer(text):
            if not any(match.start() < end and start < match.end() for start, end in taken):
                said = f"{_spelled(match.group(1), tongue)} {tongue.at} {_host(match.group(2), tongue)}"
                found.append(Reading(match.start(), match.end(), said))
    return sorted(found)


def _url(match: re.Match[str], tongue: Tongue) -> Reading:
    host = match.group("host") or match.group("www") or match.group("bare")
    path = match.group("path") or ""
    kept = path.rstrip(_TRAILING)
    while kept.endswith(")") and kept.count(")") > kept.count("("):
        kept = kept[:-1].rstrip(_TRAILING)
    end = match.end() - len(path) + len(kept)
    said = _host(host, tongue)
    room = _LONGEST_PATH
    for segment in re.split(r"[?#]", kept)[0].strip("/").split("/")[:2] if kept.startswith("/") else []:
        word = _SEGMENT.match(segment)
        if word is None or len(word.group()) > room:
            break
        room -= len(word.group())
        said += f" {tongue.slash} {re.sub('[-_]', ' ', word.group())}"
    return Reading(match.start(), end, said)


def _host(host: str, tongue: Tongue) -> str:
    labels = host.split(".")
    if labels[0].lower() == "www" and len(labels) > 2:
        labels = labels[1:]
    said = [_spelled(label, tongue) for label in labels]
    ending = labels[-1].lower()
    if len(labels) > 1 and len(ending) == 2 and ending not in _SAID_ENDINGS:
        said[-1] = " ".join(ending.upper())
    return f" {tongue.dot} ".join(said)


def _spelled(name: str, tongue: Tongue) -> str:
    """A part of an address: its marks are said, or somebody who writes it down has it wrong."""
    words = {".": tongue.dot, "-": tongue.dash, "_": tongue.underscore, "+": tongue.plus, "%": tongue.percent}
    said = "".join(f" {words[sign]} " if sign in words else sign for sign in name)
    return re.sub(r"(?<=[A-Za-z])(?=\d)|(?<=\d)(?=[A-Za-z])", " ", said).strip()


# --- emoji -----------------------------------------------------------------------------------------------

_PRESENTED: Final = (
    "\U0001f004\U0001f0cf\U0001f18e\U0001f191-\U0001f19a\U0001f201\U0001f21a\U0001f22f\U0001f232-\U0001f236"
    "\U0001f238-\U0001f23a\U0001f250\U0001f251\U0001f300-\U0001f64f\U0001f680-\U0001f6ff\U0001f7e0-\U0001f7eb"
    "\U0001f7f0\U0001f900-\U0001faff\u231a\u231b\u23e9-\u23f3\u23f8-\u23fa\u25fd\u25fe\u2600-\u2604\u260e\u2611"
    "\u2614\u2615\u2618\u261d\u2620\u2622\u2623\u2626\u262a\u262e\u262f\u2638-\u263a\u2648-\u2653\u265f\u2660"
    "\u2663\u2665\u2666\u2668\u267b\u267e\u267f\u2692-\u2697\u2699\u269b\u269c\u26a0\u26a1\u26aa\u26ab\u26b0"
    "\u26b1\u26bd\u26be\u26c4\u26c5\u26c8\u26ce\u26cf\u26d1\u26d3\u26d4\u26e9\u26ea\u26f0-\u26f5\u26f7-\u26fa"
    "\u26fd\u2702\u2705\u2708-\u270d\u270f\u2712\u2714\u2716\u271d\u2721\u2728\u2733\u2734\u2744\u2747\u274c"
    "\u274e\u2753-\u2755\u2757\u2763\u2764\u2795-\u2797\u27a1\u27b0\u27bf\u2b05-\u2b07\u2b1b\u2b1c\u2b50\u2b55"
)
_ONE: Final = f"[{_PRESENTED}][\U0001f3fb-\U0001f3ff]?\ufe0f?(?:[\U000e0020-\U000e007e]+\U000e007f)?"
_CLUSTER: Final = (
    f"(?:[\U0001f1e6-\U0001f1ff]{{2}}|[#*0-9]\ufe0f?\u20e3|{_ONE}(?:\u200d(?:{_ONE}|[\u2640\u2642\u2695\u2696"
    f"\u26a7]\ufe0f?))*)"
)
_MAYBE_EMOJI: Final = re.compile("[\u20e3\u231a-\u2b55\U0001f000-\U0001faff]")
_TONES: Final = re.compile("[\U0001f3fb-\U0001f3ff]")
_TEXT_FORM: Final = "\ufe0e"
_ENDS_CLAUSE: Final = re.compile(r"\s*(?:[.,;:!?…)\]\"”»]|\n|$)")


@cache
def _clusters() -> tuple[re.Pattern[str], re.Pattern[str]]:
    run = f"{_CLUSTER}(?!{_TEXT_FORM})(?:[ \\t]*{_CLUSTER}(?!{_TEXT_FORM}))*"
    return re.compile(run), re.compile(_CLUSTER)


def emoji(text: str, language: str) -> list[Reading]:
    """What is said for emoji: their names, of several the same in a row one, whatever the colour of the skin.

    Where the language has no names here, English ones.
    """
    if not _MAYBE_EMOJI.search(text):
        return []
    runs, single = _clusters()
    found: list[Reading] = []
    for match in runs.finditer(text):
        names: list[str] = []
        for cluster in single.findall(match.group()):
            name = _emoji_name(cluster, language)
            if name and names[-1:] != [name]:
                names.append(name)
        start, end = match.span()
        before = text[max(0, start - 20) : start].rstrip(" \t")
        is_aside = before[-1:].isalnum() and bool(names) and bool(_ENDS_CLAUSE.match(text, end))
        lead = ", " if is_aside else " " if text[start - 1 : start].isalnum() else ""
        if is_aside:
            start -= len(text[max(0, start - 20) : start]) - len(before)
        tail = " " if text[end : end + 1].isalnum() else ""
        found.append(Reading(start, end, f"{lead}{', '.join(names)}{tail}"))
    return found


@cache
def _emoji_name(cluster: str, language: str) -> str:
    import emoji as library

    known = language if language in library.LANGUAGES else "en"
    for form in (_TONES.sub("", cluster), cluster, cluster.replace("\ufe0f", "")):
        name = library.demojize(form, delimiters=("\ue000", "\ue000"), language=known)
        if name.count("\ue000") == 2 and name[0] == name[-1] == "\ue000":
            words = name.strip("\ue000").replace("_", " ")
            if len(cluster) == 2 and "\U0001f1e6" <= cluster[0] <= "\U0001f1ff" and known == "en":
                return f"flag of {words}"
            return words.removeprefix("keycap ")
    return ""
