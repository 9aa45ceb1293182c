"""Dates, times of day, weekdays, years and eras."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

from fishcaption.core.normalization.numerals import cardinal, ordinal
from fishcaption.core.normalization.verbalize.forms import (
    AFTER,
    BEFORE,
    BLANK,
    WORD_BEFORE,
    Form,
    Spoken,
    alternatives,
    left,
)
from fishcaption.core.normalization.verbalize.numbers import RATIO, Numbers
from fishcaption.core.normalization.verbalize.ordinals import german_ending

_DAY: Final = r"(?:[12]\d|3[01]|0?[1-9])"
_MONTH_NUMBER: Final = r"(?:1[0-2]|0?[1-9])"
_YEAR: Final = r"(?:1[1-9]|20)\d\d"
_HALF: Final = r"(?:[ap]m\b|[ap]\.m\.|[AP]M\b|[AP]\.M\.)"
_CLOCK: Final = r"(?:[01]?\d|2[0-4])"
_ON_A_DAY: Final = {
    "de": re.compile(r"(?i)\b(?:am|vom|zum|dem|den|der|ab|bis|seit|bis zum|mo|di|mi|do|fr|sa|so)[.,]? $"),
    "fr": re.compile(r"(?i)\b(?:le|du|au|dès le|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche) $"),
    "es": re.compile(r"(?i)\b(?:el|del|al|día|lunes|martes|miércoles|jueves|viernes|sábado|domingo),? $"),
    "it": re.compile(r"(?i)\b(?:il|del|dal|al|lunedì|martedì|mercoledì|giovedì|venerdì|sabato|domenica),? $"),
}
_ON: Final = re.compile(r"(?i)\b(?:on|by|until|till|since|before|after|due|from|to|is) $")
_SHORT_MONTHS: Final[Mapping[str, str]] = {
    "en": "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec",
    "de": "Jan Feb Mär Apr Mai Jun Jul Aug Sep Okt Nov Dez",
    "es": "ene feb mar abr may jun jul ago sep oct nov dic",
    "fr": "janv févr mars avr mai juin juil août sept oct nov déc",
    "it": "gen feb mar apr mag giu lug ago set ott nov dic",
}
_OTHER_MONTHS: Final[Mapping[str, Mapping[str, int]]] = {
    "en": {"Sept": 9},
    "de": {"Sept": 9, "Jän": 1, "Jänner": 1},
    "es": {"sept": 9, "setiembre": 9},
    "fr": {"fév": 2, "fevr": 2},
    "it": {"sett": 9},
}
_WEEKDAYS: Final[Mapping[str, tuple[str, ...]]] = {
    "en": (
        "Mon Monday", "Tue Tuesday", "Tues Tuesday", "Wed Wednesday", "Thu Thursday", "Thur Thursday",
        "Thurs Thursday", "Fri Friday", "Sat Saturday", "Sun Sunday",
    ),
    "de": ("Mo Montag", "Di Dienstag", "Mi Mittwoch", "Do Donnerstag", "Fr Freitag", "Sa Samstag",
    "So Sonntag"),
    "es": (
        "lun lunes", "mar martes", "mié miércoles", "mie miércoles", "jue jueves", "vie viernes",
        "sáb sábado",
        "sab sábado", "dom domingo", "L lunes", "M martes", "X miércoles", "J jueves", "V viernes",
        "S sábado",
        "D domingo",
    ),
    "fr": ("lun lundi", "mar mardi", "mer mercredi", "jeu jeudi", "ven vendredi", "sam samedi",
    "dim dimanche"),
    "it": (
        "lun lunedì", "mar martedì", "mer mercoledì", "gio giovedì", "ven venerdì", "sab sabato",
        "dom domenica",
    ),
}  # fmt: skip
_ERAS: Final[Mapping[str, Mapping[str, str]]] = {
    "en": {},
    "de": {r"v\. ?Chr\.": "vor Christus", r"n\. ?Chr\.": "nach Christus"},
    "es": {r"a\. ?C\.": "antes de Cristo", r"d\. ?C\.": "después de Cristo"},
    "fr": {r"av\. ?J\.-?C\.": "avant Jésus-Christ", r"apr?\. ?J\.-?C\.": "après Jésus-Christ"},
    "it": {r"a\. ?C\.": "avanti Cristo", r"d\. ?C\.": "dopo Cristo"},
}
_QUARTER: Final = {"en": "Q", "de": "Quartal", "es": "trimestre", "fr": "trimestre", "it": "trimestre"}


class Dates:
    """Forms of dates and times in one language."""

    def __init__(self, numbers: Numbers) -> None:
        self._numbers = numbers
        self._locale = numbers.locale
        self._code = numbers.code
        months = dict(zip(_SHORT_MONTHS[self._code].split(), range(1, 13), strict=True))
        months |= _OTHER_MONTHS[self._code]
        months |= dict(zip(self._locale.months, range(1, 13), strict=True))
        self._months = {name.lower(): number for name, number in months.items()}
        names = set(months) | (
            set() if self._code in ("en", "de") else {name.capitalize() for name in months}
        )
        self._month = f"(?:{alternatives(names)})"
        self._weekdays = dict(entry.split() for entry in _WEEKDAYS[self._code])

    def forms(self) -> list[Form]:
        """Return the forms of dates and times; a longer form comes before those that are a part of it."""
        if not self._numbers.with_numbers:
            return []
        return [*self._date_forms(), *self._clock_forms(), *self._era_forms()]

    # --- dates -------------------------------------------------------------------------------------------

    def _date_forms(self) -> list[Form]:
        match self._code:
            case "en":
                return [*self._number_dates(), *self._english_dates()]
            case "de":
                return [*self._number_dates(), *self._german_dates()]
            case _:
                return [*self._number_dates(), *self._romance_dates()]

    def _number_dates(self) -> list[Form]:
        """Return the forms that all five languages have: numbers, and a short month before a year."""
        short = alternatives({*_SHORT_MONTHS[self._code].split(), *_OTHER_MONTHS[self._code]})
        return [
            Form(rf"(?<![\w-])(?P<name>{short})\.? (?={_YEAR}\b)", self._short_month),
            Form(
                rf"{BEFORE}{_YEAR}[-/.](?:0[1-9]|1[0-2])[-/.](?:0[1-9]|[12]\d|3[01])(?![\w-]|[/.]\d)",
                self._iso,
            ),
            Form(rf"{BEFORE}{_YEAR}-(?:0[1-9]|1[0-2])(?![\w-]|[/.]\d)", self._year_month),
            Form(rf"{BEFORE}{_MONTH_NUMBER}/{_YEAR}{AFTER}(?!/)", self._month_year),
            Form(rf"{BEFORE}{_DAY}([-/.]){_DAY}[-/.](?:{_YEAR}|\d\d){AFTER}", self._numeric),
            Form(rf"{BEFORE}{_YEAR}[-–/]\d\d{AFTER}(?!{BLANK}?[%‰°€$£¥])", self._years),
            Form(rf"{BEFORE}{_YEAR}/{_YEAR}{AFTER}", self._two_years),
        ]

    def _english_dates(self) -> list[Form]:
        month = self._month
        return [
            Form(rf"{BEFORE}{_MONTH_NUMBER}/(?:1[3-9]|2\d|3[01]){AFTER}(?!/)", self._slashed_day),
            Form(
                rf"(?<![\w-])(?P<name>{month})\.? (?P<day>{_DAY}){BLANK}?[–-]{BLANK}?(?P<last>{_DAY})"
                rf"(?:,? (?P<year>{_YEAR}))?(?![\w%°]|[.,:/–−-]\d)",
                self._days,
            ),
            Form(
                rf"(?<![\w-])(?P<name>{month})\.? (?P<day>{_DAY})(?:st|nd|rd|th)?(?:,? "
                rf"(?P<year>{_YEAR}))?"
                r"(?![\w%°]|[.,:/–−-]\d)",
                self._month_day,
            ),
            Form(
                rf"{BEFORE}(?P<day>{_DAY})(?:st|nd|rd|th)?(?: of)? (?P<name>{month})\b\.?"
                rf"(?:,? (?P<year>{_YEAR})\b)?",
                self._day_month,
            ),
        ]

    def _german_dates(self) -> list[Form]:
        month = self._month
        return [
            Form(
                rf"{BEFORE}(?P<day>{_DAY})\.{BLANK}?[–/-]{BLANK}?(?P<last>{_DAY})\.{BLANK}"
                rf"(?P<name>{month})\b",
                self._german_days,
            ),
            Form(rf"{BEFORE}{_DAY}\.{BLANK}?{_MONTH_NUMBER}\.(?![\w])", self._day_and_month),
            Form(
                rf"{BEFORE}(?P<day>{_DAY})\.{BLANK}?(?P<name>{month})(?:\b\.?(?= \d{{4}})|\b)",
                self._german,
            ),
            Form(rf"{BEFORE}(?:19|20)?\d0er(?:-Jahren?)?(?!\w)", self._german_decade),
        ]

    def _romance_dates(self) -> list[Form]:
        return [
            Form(
                rf"{BEFORE}(?P<day>{_DAY})(?P<of> de)?{BLANK}?(?P<name>{self._month})\b\.?(?:(?: de)? "
                rf"(?P<year>{_YEAR}))?",
                self._named,
            ),
            Form(rf"{BEFORE}{_DAY}/{_MONTH_NUMBER}{AFTER}(?!/)", self._day_and_month),
            Form(r"(?<![\w'’])['’]\d\d(?![\w'’])", self._short_year),
        ]

    def _date(self, year: int | None, month: int, day: int, *, before: str = "") -> str:
        name = self._locale.months[month - 1]
        said_year = self._numbers.year(year) if year else ""
        match self._code:
            case "en":
                return f"{name} {ordinal(day)}, {said_year}".removesuffix(", ")
            case "de":
                end = german_ending(before, name) or "er"
                return f"{ordinal(day, 'de')[:-1]}{end} {name} {said_year}".strip()
            case "es":
                return f"{cardinal(day, 'es')} de {name} de {said_year}".removesuffix(" de ")
            case "fr":
                return f"{'premier' if day == 1 else cardinal(day, 'fr')} {name} {said_year}".strip()
            case _:
                return f"{'primo' if day == 1 else cardinal(day, 'it')} {name} {said_year}".strip()

    def _iso(self, match: re.Match[str]) -> Spoken:
        year, month, day = map(int, re.split("[-/.]", match.group()))
        return self._date(year, month, day, before=left(match))

    def _year_month(self, match: re.Match[str]) -> Spoken:
        year, month = map(int, match.group().split("-"))
        return self._month_of(month, year)

    def _month_year(self, match: re.Match[str]) -> Spoken:
        month, year = map(int, match.group().split("/"))
        return self._month_of(month, year)

    def _month_of(self, month: int, year: int) -> str:
        joint = " de " if self._code == "es" else " "
        return f"{self._locale.months[month - 1]}{joint}{self._numbers.year(year)}"

    def _numeric(self, match: re.Match[str]) -> Spoken:
        """Return day, month and year; in English only if it is clear which is which."""
        written = match.group()
        marks = re.findall(r"\D", written)
        if marks[0] != marks[1]:
            return None
        first, second, year = map(int, re.split("[-/.]", written))
        short = year < 100
        if short:
            if marks[0] == "-" or (self._code == "en" and marks[0] == "."):
                return None
            year += 1900 if year > 69 else 2000
        if self._code == "en":
            if first <= 12 < second <= 31 and marks[0] != ".":
                return self._date(year, first, second)
            if (second > 12 or first <= 12) and not (first == second and marks[0] != "."):
                return None
        return self._date(year, second, first, before=left(match)) if second <= 12 else None

    def _years(self, match: re.Match[str]) -> Spoken:
        """Return a range of years: "1914–18", "2023/24"."""
        low, high = re.split("[-–/]", match.group())
        if int(low[2:]) >= int(high) or ("/" in match.group() and int(high) - int(low[2:]) != 1):
            return None
        joint = f" {self._locale.to} " if "/" not in match.group() else " "
        return f"{self._numbers.year(int(low))}{joint}{cardinal(int(high), self._code)}"

    def _two_years(self, match: re.Match[str]) -> Spoken:
        low, high = map(int, match.group().split("/"))
        return f"{self._numbers.year(low)} {self._numbers.year(high)}" if high == low + 1 else None

    def _month_day(self, match: re.Match[str]) -> Spoken:
        name, day, year = match.group("name", "day", "year")
        return self._date(int(year) if year else None, self._months[name.lower()], int(day))

    def _slashed_day(self, match: re.Match[str]) -> Spoken:
        month, day = map(int, match.group().split("/"))
        return self._date(None, month, day) if _ON.search(left(match)) else None

    def _days(self, match: re.Match[str]) -> Spoken:
        name, first, last, year = match.group("name", "day", "last", "year")
        if int(first) >= int(last):
            return None
        month = self._locale.months[self._months[name.lower()] - 1]
        said = f"{month} {ordinal(int(first))} to {ordinal(int(last))}"
        return f"{said}, {self._numbers.year(int(year))}" if year else said

    def _german_days(self, match: re.Match[str]) -> Spoken:
        first, last, name = match.group("day", "last", "name")
        month = self._locale.months[self._months[name.lower()] - 1]
        end = german_ending(left(match), month) or "er"
        joint = "und" if "/" in match.group() else "bis"
        low, high = (ordinal(int(day), "de")[:-1] + end for day in (first, last))
        return f"{low} {joint} {high} {month}"

    def _short_month(self, match: re.Match[str]) -> Spoken:
        """Return the month of an abbreviation before a year."""
        return self._locale.months[self._months[match.group("name").lower()] - 1] + " "

    def _day_month(self, match: re.Match[str]) -> Spoken:
        name, day, year = match.group("name", "day", "year")
        the = "" if left(match).lower().endswith("the ") else "the "
        said = f"{the}{ordinal(int(day))} of {self._locale.months[self._months[name.lower()] - 1]}"
        end = match.end()
        if match.group().endswith(".") and name in self._locale.months:
            end -= 1
        return (f"{said}, {self._numbers.year(int(year))}" if year else said), end

    def _named(self, match: re.Match[str]) -> Spoken:
        name, day, year = match.group("name", "day", "year")
        number = self._months[name.lower()]
        end = match.end()
        if match.group().endswith("."):
            end -= name.lower() in self._locale.months
        if self._code == "es" and not match.group("of"):
            if name.lower() not in self._locale.months and not match.group().endswith(".") and not year:
                return None
        elif self._code == "it" and name.lower() in ("set", "ott", "mar", "gen") and not year:
            return None
        said = self._date(int(year) if year else None, number, int(day))
        return said, end

    def _day_and_month(self, match: re.Match[str]) -> Spoken:
        day, month = map(int, re.findall(r"\d+", match.group()))
        if self._code != "de":
            return self._date(None, month, day) if _ON_A_DAY[self._code].search(left(match)) else None
        before = left(match)
        follows = match.string[match.end() :]
        is_end = (
            not follows.strip()
            or follows[:1] in "–-)"
            or re.match(r" (?:und|bis|um|von|ab|im|in|–)\b", follows)
        )
        is_glued = re.search(r"\s", match.group()) is None
        if not (_ON_A_DAY["de"].search(before) or (is_glued and is_end)):
            return None
        said = self._date(None, month, day, before=before)
        is_last = not follows.strip() or follows[0] == "\n"
        return (said, match.end() - 1) if is_last else said

    def _german(self, match: re.Match[str]) -> Spoken:
        name = match.group("name")
        month = self._months[name.lower()]
        return self._date(None, month, int(match.group("day")), before=left(match))

    def _german_decade(self, match: re.Match[str]) -> Spoken:
        number = int("".join(filter(str.isdigit, match.group())))
        tail = match.group().partition("er")[2].lstrip("-")
        head = self._numbers.year(number) if number > 99 else cardinal(number, "de")
        return f"{head}er {tail}".strip()

    def _short_year(self, match: re.Match[str]) -> Spoken:
        return cardinal(int(match.group()[1:]), self._code)

    # --- times -------------------------------------------------------------------------------------------

    def _clock_forms(self) -> list[Form]:
        code = self._code
        clock = rf"{_CLOCK}:[0-5]\d(?:{BLANK}?{_HALF})?"
        joint = rf"{BLANK}?[–-]{BLANK}?"
        days = alternatives(self._weekdays)
        found = [
            Form(
                rf"{WORD_BEFORE}(?P<first>{days})\.?{BLANK}?[–/-]{BLANK}?(?P<last>{days})\b\.?(?=[\s,:;)]|$)",
                self._weekday_span,
            )
        ]
        match code:
            case "en":
                hour = rf"(?:1[0-2]|0?[1-9]){BLANK}?{_HALF}"
                found += [
                    Form(
                        rf"{BEFORE}(?:(?:{clock}|(?:1[0-2]|0?[1-9])){joint}(?:{clock}|{hour})|{hour}{joint}"
                        rf"(?:{clock}|{hour}))"
                        rf"{AFTER}",
                        self._span,
                    ),
                    Form(rf"{BEFORE}{_CLOCK}:[0-5]\d(?::[0-5]\d)?(?:{BLANK}?{_HALF})?{AFTER}", self._time),
                    Form(rf"{BEFORE}(?:1[0-2]|0?[1-9]){BLANK}?{_HALF}{AFTER}", self._hour),
                ]
            case "de":
                oclock = rf"{BLANK}?(?:Uhr|h)\b"
                found += [
                    Form(
                        rf"{BEFORE}{_CLOCK}(?:[:.][0-5]\d)?{joint}{_CLOCK}(?:[:.][0-5]\d)?{oclock}",
                        self._span,
                    ),
                    Form(rf"{BEFORE}{_CLOCK}:[0-5]\d{joint}{_CLOCK}:[0-5]\d{AFTER}", self._span),
                    Form(rf"{BEFORE}{_CLOCK}:[0-5]\d:[0-5]\d(?:{oclock})?{AFTER}", self._time),
                    Form(rf"{BEFORE}{_CLOCK}\.[0-5]\d{oclock}", self._time),
                    Form(rf"{BEFORE}{_CLOCK}:[0-5]\d(?:{oclock})?{AFTER}", self._time),
                    Form(rf"{BEFORE}{_CLOCK}{BLANK}?Uhr\b|(?<=\bum ){_CLOCK}{BLANK}?h\b", self._time),
                ]
            case "fr":
                hour = rf"{_CLOCK}{BLANK}?(?:h{BLANK}?(?:[0-5]\d)?(?:min\b)?|:[0-5]\d)"
                found += [
                    Form(rf"{BEFORE}{hour}{joint}{hour}(?!\w)", self._span),
                    Form(rf"{BEFORE}{_CLOCK}:[0-5]\d:[0-5]\d{AFTER}", self._time),
                    Form(rf"{BEFORE}{hour}(?![\w/])", self._time),
                ]
            case _:
                half = rf"(?:{BLANK}?[ap]\.?{BLANK}?m\b\.?)?" if code == "es" else ""
                found += [
                    Form(rf"{BEFORE}{_CLOCK}[:.][0-5]\d{joint}{_CLOCK}[:.][0-5]\d{AFTER}", self._span),
                    Form(rf"{BEFORE}{_CLOCK}:[0-5]\d(?::[0-5]\d)?(?:{BLANK}?h\b)?{half}{AFTER}", self._time),
                    Form(rf"{BEFORE}{_CLOCK}\.[0-5]\d{BLANK}?h\b", self._time),
                    Form(rf"{BEFORE}{_CLOCK}\.[0-5]\d{AFTER}", self._dotted_time),
                ]
                if code == "es":
                    found.append(Form(rf"{BEFORE}(?:1[0-2]|[1-9]){BLANK}?[ap]\.?{BLANK}?m\b\.?", self._time))
        return found

    def _time(self, match: re.Match[str]) -> Spoken:
        if RATIO.search(left(match)):
            return None
        hour, *rest = map(int, re.findall(r"\d+", match.group()))
        minute, second = (*rest, 0, 0)[:2]
        return self._times[self._code](self, match, hour, minute, second, len(rest))

    def _english(self, match: re.Match[str], hour: int, minute: int, second: int, parts: int) -> Spoken:
        half = _half_of_day(match)
        said = cardinal(hour, "en")
        if minute == 0 and not half and parts < 2:
            said += " o'clock" if 0 < hour < 13 else " hundred" if hour else " hours"
        elif minute:
            said += f" {'oh ' if minute < 10 else ''}{cardinal(minute, 'en')}"
        if parts > 1:
            said += f" and {cardinal(second, 'en')} second{'' if second == 1 else 's'}"
        return said + half

    def _german_time(self, match: re.Match[str], hour: int, minute: int, second: int, parts: int) -> Spoken:
        said = f"{'ein' if hour == 1 else cardinal(hour, 'de')} Uhr"
        if minute:
            said += f" {cardinal(minute, 'de')}"
        if parts > 1:
            said += f" und {'eine Sekunde' if second == 1 else cardinal(second, 'de') + ' Sekunden'}"
        return said

    def _french(self, match: re.Match[str], hour: int, minute: int, second: int, parts: int) -> Spoken:
        said = cardinal(hour, "fr")
        said = f"{said}e" if hour % 10 == 1 and hour != 11 else said
        said += " heure" + ("s" if hour > 1 else "")
        if minute:
            one = cardinal(minute, "fr")
            said += f" {one}e" if one.endswith("un") else f" {one}"
        if parts > 1:
            said += f" et {cardinal(second, 'fr')} seconde{'s' if second > 1 else ''}"
        return said

    def _spanish(self, match: re.Match[str], hour: int, minute: int, second: int, parts: int) -> Spoken:
        said = cardinal(hour, "es")
        said = f"{said[:-1]}a" if said.endswith("uno") else said
        is_named = re.search(r"(?i)\blas? $", left(match)) is not None
        half = re.search(r"([ap])\.?\s?m", match.group())
        if parts > 1:
            minutes, seconds = cardinal(minute, "es"), cardinal(second, "es")
            said += f" hora{'' if hour == 1 else 's'} {minutes} minutos y {seconds} segundos"
        elif minute:
            said += f" y {cardinal(minute, 'es')}"
        elif not is_named and not half:
            said += " hora" if hour == 1 else " horas"
        if half is None:
            return said
        part = "mañana" if half.group(1) == "a" else "noche" if 8 <= hour < 12 else "tarde"
        is_last = match.group().endswith(".") and not match.string[match.end() :].strip()
        return f"{said} de la {part}", match.end() - is_last

    def _italian(self, match: re.Match[str], hour: int, minute: int, second: int, parts: int) -> Spoken:
        said = "una" if hour == 1 else cardinal(hour, "it")
        if minute or parts > 1:
            said += f" e {cardinal(minute, 'it')}"
        if parts > 1:
            said += f" e {cardinal(second, 'it')} secondi"
        return said

    _times: Final[Mapping[str, Callable[..., Spoken]]] = {
        "en": _english,
        "de": _german_time,
        "fr": _french,
        "es": _spanish,
        "it": _italian,
    }

    def _dotted_time(self, match: re.Match[str]) -> Spoken:
        """Return a time with a point, which is a time only behind a word that tells it."""
        if not re.search(r"(?i)\b(?:las?|alle|dalle|all['’]|ore|ora)[ ]?$", left(match)):
            return None
        return self._time(match)

    def _span(self, match: re.Match[str]) -> Spoken:
        """Return a range of times."""
        written = match.group()
        low, high = re.split(r"\s*[–-]\s*", written)
        if self._code == "de" and ":" not in low and "." not in low:
            first = cardinal(int(low), "de")
        else:
            first = self._alone(low)
        said = f"{first} {self._locale.to} {self._alone(high)}"
        return said.removesuffix(".") if match.string.startswith(".", match.end()) else said

    def _alone(self, written: str) -> str:
        if re.fullmatch(r"\d+", written):
            return self._numbers.in_words(written)
        match = re.fullmatch(r".*", written)
        assert match is not None
        hour = re.fullmatch(rf"\d+{BLANK}?{_HALF}", written)
        said = self._hour(hour) if hour and self._code == "en" else self._time(match)
        return said if isinstance(said, str) else said[0] if said else written

    def _hour(self, match: re.Match[str]) -> str:
        return cardinal(int(re.findall(r"\d+", match.group())[0]), "en") + _half_of_day(match)

    def _weekday_span(self, match: re.Match[str]) -> Spoken:
        first, last = match.group("first", "last")
        if self._code == "en" and first == last:
            return None
        joint = " " if "/" in match.group() else f" {self._locale.to} "
        said = f"{self._weekdays[first]}{joint}{self._weekdays[last]}"
        is_end = match.group().endswith(".") and not match.string[match.end() :].strip()
        return said, match.end() - is_end

    # --- eras and quarters -------------------------------------------------------------------------------

    def _era_forms(self) -> list[Form]:
        def era(said: str) -> Callable[[re.Match[str]], Spoken]:
            def words(match: re.Match[str]) -> Spoken:
                is_last = not match.string[match.end() :].strip()
                return said, match.end() - is_last

            return words

        found = [Form(rf"(?<=\d ){pattern}", era(said)) for pattern, said in _ERAS[self._code].items()]
        found += [Form(rf"(?<=Jh\. ){pattern}", era(said)) for pattern, said in _ERAS[self._code].items()]
        letters = "QT" if self._code in ("fr", "es", "it") else "Q"
        found.append(Form(rf"{WORD_BEFORE}[{letters}][1-4](?![\w.-])", self._quarter))
        return found

    def _quarter(self, match: re.Match[str]) -> Spoken:
        if match.group()[0] == "T" and not re.match(
            r" (?:19|20)\d\d", match.string[match.end() : match.end() + 5]
        ):
            return None
        return f"{_QUARTER[self._code]} {cardinal(int(match.group()[1]), self._code)}"


def _half_of_day(match: re.Match[str]) -> str:
    """Return " A.M." or " P.M.", without its last dot if the text has a dot there; empty if neither."""
    half = re.search(r"([apAP])\.?[mM]", match.group())
    if half is None:
        return ""
    has_dot = match.string[match.end() : match.end() + 1] == "."
    return f" {half.group(1).upper()}.M{'' if has_dot else '.'}"
