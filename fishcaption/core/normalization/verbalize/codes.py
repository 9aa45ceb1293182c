"""Codes that people write down: passwords, accounts, telephone numbers, versions.

They are spoken sign by sign, in the groups in which they are written, with a pause between groups. In French,
a group of two digits is a number ("zéro six, douze").
"""

from __future__ import annotations

import re
from typing import Final

from fishcaption.core.normalization.numerals import cardinal, digits
from fishcaption.core.normalization.verbalize.amounts import Amounts
from fishcaption.core.normalization.verbalize.context import NEXT_WORD, Context, context, decides, is_counted
from fishcaption.core.normalization.verbalize.forms import (
    AFTER,
    BEFORE,
    BLANK,
    WORD_BEFORE,
    Form,
    Spoken,
    left,
    right,
)
from fishcaption.core.normalization.verbalize.numbers import Numbers
from fishcaption.core.normalization.verbalize.postcodes import Postcodes
from fishcaption.core.normalization.verbalize.spelling import Speller
from fishcaption.core.text.readings import words_of

_EMERGENCY: Final = {
    "en": words_of("""
    911 999 112 101 111 000 988 211 311 411 511 611 711 811 119 110
"""),
    "de": frozenset(
        ["110", "112", "115", "144", "133", "122", "117", "118", "144", "116117", "116116", "116123"]
    ),
    "es": frozenset(["112", "016", "061", "062", "080", "085", "091", "092", "911", "024", "066", "900"]),
    "fr": frozenset(["112", "114", "115", "119", "3919", "3237", "3114"]),
    "it": frozenset(["112", "113", "114", "115", "116", "117", "118", "1515", "1522", "1530", "187"]),
}

_POINT: Final = {"en": "point", "de": "Punkt", "es": "punto", "fr": "point", "it": "punto"}
_VERSION: Final = {"en": "version", "de": "Version", "es": "versión", "fr": "version", "it": "versione"}
_PORT: Final = {"en": "port", "de": "Port", "es": "puerto", "fr": "port", "it": "porta"}

_CODES: Final = ("code", "password", "plate")
_LONGEST: Final = 64  # signs of a code; nobody writes down a longer one
_TOKEN: Final = r"(?:[A-Za-z0-9]{1,40}(?:[-–.][A-Za-z0-9]{1,40}){0,8})"
_GROUPED: Final = r"\d{1,12}(?:[ \u00a0\u202f.\-–/]\d{1,12}){0,8}"


class Codes:
    """Forms of codes in one language."""

    def __init__(self, numbers: Numbers, amounts: Amounts) -> None:
        self._numbers = numbers
        self._amounts = amounts
        self._locale = numbers.locale
        self._speller = Speller(numbers.code)
        self._code = numbers.code

    def shapes(self) -> list[Form]:
        """Return the forms of codes that are known by their shape, and of passwords."""
        if not self._numbers.with_numbers:
            return []
        start = r"(?<![\w.,:/\\@=-])"
        octet = r"(?:25[0-5]|2[0-4]\d|1?\d?\d)"
        hexa = r"[0-9A-Fa-f]"
        return [
            Form(
                rf"(?<=[\s:=\"'“„«`])(?=\w{{0,60}}(?:\d|[^\w\s]\w|[^\w\s'’]{{2}}|"
                rf"[a-z][A-Z]))\S{{4,{_LONGEST}}}",
                self._password,
            ),
            Form(rf"{start}{hexa}{{8}}(?:-{hexa}{{4}}){{3}}-{hexa}{{12}}(?![\w-])", self._spelled),
            Form(rf"{start}{hexa}{{2}}(?:[:-]{hexa}{{2}}){{5}}(?![\w:-])", self._spelled),
            Form(
                rf"{start}(?:{hexa}{{1,4}}:){{7}}{hexa}{{1,4}}(?![\w:])|{start}(?:{hexa}{{1,4}}:){{1,6}}"
                rf"(?::{hexa}{{1,4}}){{1,6}}(?![\w:])",
                self._spelled_with_signs,
            ),
            Form(rf"{start}{octet}(?:\.{octet}){{3}}(?::\d{{1,5}}|/\d{{1,2}})?(?![\w-]|[.,:/]\d)", self._ip),
            Form(
                rf"{start}[A-Z]{{2}}\d{{2}}(?: ?[A-Z0-9]{{4}}){{3,7}}(?: ?[A-Z0-9]{{1,4}})?"
                rf"(?!\w)",
                self._iban,
            ),
            Form(
                rf"{BEFORE}\d{{4}}([ -])\d{{4}}[ -]\d{{4}}[ -]\d{{4}}{AFTER}|"
                rf"{BEFORE}\d{{4}}[ -]\d{{6}}[ -]\d{{5}}{AFTER}",
                self._groups,
            ),
            Form(rf"{BEFORE}97[89][- ]\d{{1,5}}[- ]\d{{1,7}}[- ]\d{{1,7}}[- ][\dX]{AFTER}", self._spelled),
            Form(rf"{BEFORE}\d(?:-\d){{2,9}}{AFTER}", self._groups),
            Form(r"(?<![\w&*#])[*#]\d{1,6}(?:[*#]\d{0,6}){0,4}(?![\w*])", self._dialled),
            *self._phone_forms(),
            *Postcodes(self._code, self._speller).forms(),
            Form(rf"{BEFORE}\d{{3}}-\d{{2}}-\d{{4}}{AFTER}", self._groups),
            Form(
                r"(?<![\w-])(?=[A-ZÄÖÜ -]{0,8}\d)[A-ZÄÖÜ\d]{1,7}(?:[ -][A-ZÄÖÜ\d]{1,7}){0,4}(?![\w-])",
                self._plate,
            ),
            Form(rf"{WORD_BEFORE}[A-Z][A-Z0-9] ?\d{{2,4}}(?![\w-]|[.,:/]\d)", self._flight),
            # Its letters and its digits may be apart.
            Form(rf"{WORD_BEFORE}[A-Z][A-Z0-9](?!\w)", self._of_a_flight),
            Form(rf"{BEFORE}\d{{2,4}}(?![\w-]|[.,:/]\d)", self._of_a_flight),
        ]

    def by_words(self) -> list[Form]:
        """Return the forms of versions, and of codes that are known by the words before them."""
        if not self._numbers.with_numbers:
            return []
        return [
            Form(
                r"(?<![\w@/\\.])[vV]\d{1,4}(?:\.\d{1,5}){1,4}(?:[-.]?[a-z]{1,5}\.?\d{0,3})?"
                r"(?![\w.-]*\w)",
                self._version,
            ),
            Form(
                r"(?<![\w.,:/\\@=$€£-])\d{1,5}(?:\.\d{1,5}){2,4}(?:[-.]?(?:rc|beta|alpha|dev|b|"
                r"a)\.?\d{0,3})?(?![\w-]|[.,:/]\d)",
                self._version,
            ),
            Form(
                rf"(?<![\w.,:/\\@=$€£-])\d{{1,4}}\.\d{{1,4}}{AFTER}"
                rf"(?!{BLANK}?[%‰°€$£])",
                self._short_version,
            ),
            Form(rf"(?<![\w.,/\\@%$€£])(?<!\w-){_GROUPED}(?![\w^]|[.,:/–−-]\d|[/\\@:*]\w|::)", self._number),
            Form(
                rf"(?<![\w.,/\\@%$€£])(?<!\w-)(?=[A-Za-z.–-]{{0,40}}\d|[A-Z]{{1,5}} "
                rf"[A-Z]{{0,5}}\d){_TOKEN}(?: [A-Z0-9]{{0,6}}\d[A-Z0-9]{{0,6}}){{0,4}}(?![\w^]|[/\\@:*]\w|"
                rf"::)",
                self._mixed,
            ),
            Form(rf"{BEFORE}\d{{3,4}}{AFTER}", self._room),
        ]

    # --- in words ----------------------------------------------------------------------------------------

    def _groups(self, match: re.Match[str]) -> Spoken:
        return self._speller.split(match.group())

    def _spelled(self, match: re.Match[str]) -> Spoken:
        written = match.group()
        if not re.search(r"\d", written):
            return None
        return self._speller.split(written)

    def _iban(self, match: re.Match[str]) -> Spoken:
        """Return an account number in groups of four, as it is printed."""
        written = match.group().replace(" ", "")
        if sum(map(str.isdigit, written)) < 10:
            return None
        return self._speller.split(" ".join(written[at : at + 4] for at in range(0, len(written), 4)))

    def _spelled_with_signs(self, match: re.Match[str]) -> Spoken:
        if not re.search(r"[0-9]", match.group()):
            return None
        return self._speller.group(match.group())

    # --- machines ----------------------------------------------------------------------------------------

    def _ip(self, match: re.Match[str]) -> Spoken:
        address, mark, rest = re.fullmatch(r"([\d.]+)([:/]?)(\d*)", match.group()).groups()  # type: ignore[union-attr]  # the pattern it was found by is narrower
        said = f" {self._locale.dot} ".join(digits(part, self._code) for part in address.split("."))
        if mark == ":":
            return f"{said}, {_PORT[self._code]} {digits(rest, self._code)}"
        return f"{said} {self._locale.slash} {cardinal(int(rest), self._code)}" if mark else said

    def _version(self, match: re.Match[str]) -> Spoken:
        written = match.group()
        if self._is_grouped(written):
            return None
        number = re.match(r"[vV]?([\d.]*\d)", written)
        if number is None:
            return None
        point = f" {_POINT[self._code]} "
        said = point.join(self._part(part) for part in number.group(1).split("."))
        tail = written[number.end() :].strip(".-")
        lead = f"{_VERSION[self._code]} " if written[0] in "vV" else ""
        return f"{lead}{said} {self._tail(tail)}" if tail else f"{lead}{said}"

    def _is_grouped(self, written: str) -> bool:
        """Return whether the points part a number's thousands."""
        return "." in self._locale.group and re.fullmatch(r"[1-9]\d{0,2}(?:\.\d{3})+", written) is not None

    def _tail(self, tail: str) -> str:
        name = tail.rstrip("0123456789").strip(".")
        number = tail[len(tail.rstrip("0123456789")) :]
        said = " ".join(name.upper()) if len(name) < 3 else name
        return f"{said} {self._part(number)}" if number else said

    def _part(self, number: str) -> str:
        if len(number) > 1 and (number[0] == "0" or len(number) > 3):
            return digits(number, self._code)
        return cardinal(int(number), self._code)

    def _short_version(self, match: re.Match[str]) -> Spoken:
        """Return a version of two numbers, if the point is no decimal point or a program's name is before."""
        if self._is_grouped(match.group()):
            return None
        if self._locale.point != "." or _PROGRAM.search(left(match)):
            first, second = match.group().split(".")
            if self._amounts.follows(match) and self._locale.point == ".":
                return None
            return f"{self._part(first)} {_POINT[self._code]} {self._part(second)}"
        return None

    # --- telephone ---------------------------------------------------------------------------------------

    def _phone_forms(self) -> list[Form]:
        more = r"(?:[ \u00a0./-]?(?:\(\d{1,5}\)|\d{1,12}))"
        shapes = [
            rf"\+\d{{1,3}}{more}{{1,8}}",
            r"\(\d{2,5}\) ?\d{3,8}(?:[ -]\d{2,8}){0,3}",
            r"1?[-. ]?\(?8(?:00|88|77|66|55|44|33|22)\)?[-. ](?:\d{3}[-. ]\d{4}|[A-Z]{3,9}(?![A-Za-z])|"
            r"\d{1,4}-[A-Z]{3,9})",
            r"1[-. ]\(?\d{3}\)?[-. ]\d{3}[-. ]\d{4}",
            r"\d{3}[-. ]\d{3}[-. ]\d{4}|\d{3}-\d{4}",
            # The number of a town or a network behind its zero, in the groups of many countries.
            r"0\d{1,4}[ /-]{1,3}\d{2,8}(?:[ -]\d{1,8}){0,4}",
            r"0\d(?:[ .-]?\d\d){4}",
        ]
        match self._code:
            case "es":
                shapes += [
                    r"[6789]\d{2}[ .-]\d{3}[ .-]\d{3}|[6789]\d{2}(?:[ .-]\d{2}){3}|9\d[ .-]\d{3}"
                    r"(?:[ .-]\d{2}){2}|[67]\d{8}"
                ]
            case "it":
                shapes += [
                    r"3\d{2}[ .-]?\d{3}[ .-]?\d{3,4}|3\d{2}[ .-]\d{6,7}|3\d{2}(?:[ .-]\d{2}){3,4}|"
                    r"0\d{1,3}[ ./-]\d{4,8}"
                ]
            case "fr":
                shapes += [r"(?:08|3)\d{0,2} \d{3} \d{3}|0 8\d\d \d{3} \d{3}"]
            case "de":
                shapes += [r"0\d{2,4}[ /-]{1,3}\d{3,9}(?:[ -]\d{1,4}){0,3}"]
            case _:
                pass
        joined = "|".join(shapes)
        return [Form(rf"(?<![\w,:/\\=&#%$€£¥^.-])(?<!\w[.*'’])(?:{joined}){AFTER}(?!-)", self._phone)]

    def _dialled(self, match: re.Match[str]) -> Spoken:
        """Return a telephone's service code: *69, #31#."""
        written = match.group()
        if written.count("#") == 1 and "*" not in written and context(left(match)).kind != "call":
            return None
        names = self._speller.names | {
            "*": {"en": "star", "fr": "étoile"}.get(self._code, self._speller.names["*"])
        }
        parts = re.findall(r"\d+|\D", written)
        return " ".join(self._speller.group(part) if part.isdigit() else names[part] for part in parts)

    def _phone(self, match: re.Match[str]) -> Spoken:
        written = match.group()
        count = sum(map(str.isdigit, written))
        if count > 15 or (count < 7 and not re.search(r"[A-Z]", written)):
            return None
        if self._code == "fr" and not written.startswith("+") and " " in written and written[0] != "0":
            groups = re.findall(r"\d+", written)
            if (
                len(groups) > 1
                and all(len(part) == 3 for part in groups[1:])
                and context(left(match)).kind != "call"
            ):
                return None  # a number with its thousands parted
        parts = re.findall(r"\d+|[A-Z]+", written)
        said = ", ".join(
            self._speller.group(part) if part.isdigit() else part.lower() if len(part) > 3 else " ".join(part)
            for part in parts
        )
        return (f"{self._locale.plus} " if written.startswith("+") else "") + said

    # --- by what stands before ---------------------------------------------------------------------------

    def _is_counting(self, match: re.Match[str]) -> bool:
        return is_counted(right(match)) or self._amounts.follows(match)

    def _number(self, match: re.Match[str]) -> Spoken:
        written, before = match.group(), context(left(match))
        if not before.kind and written not in ("911", "110", "112"):
            return None
        groups = re.findall(r"\d+", written)
        bare = "".join(groups)
        if self._is_emergency(bare, before.kind, match):
            return digits(bare, self._code)
        is_code = before.kind in _CODES
        if not is_code and ("/" in written or (re.search(r"\d\.\d", written) and before.kind != "call")):
            return None
        if self._is_counting(match):
            return None
        if before.kind == "call" and self._code == "fr" and groups == [bare] and len(bare) == 4:
            return f"{self._speller.group(bare[:2])} {self._speller.group(bare[2:])}"
        return (
            self._speller.split(written)
            if self._is_long_enough(before, bare, len(groups), left(match))
            else None
        )

    def _is_long_enough(self, before: Context, bare: str, groups: int, text: str) -> bool:
        """Return whether a number with so many digits is a code behind such a word."""
        match before.kind:
            case "code" | "password" | "plate":
                return len(bare) > 2 or bare[0] == "0" or _SHORT_CODE.search(text) is not None
            case "call":
                return len(bare) > (3 if self._code == "fr" else 2)
            case "thing" if before.is_number:
                return len(bare) > 2
            case "thing" | "reach" | "number":
                return len(bare) > (4 if groups == 1 else 5)
            case _:
                return False

    def _is_emergency(self, bare: str, kind: str, match: re.Match[str]) -> bool:
        if bare not in _EMERGENCY[self._code] or match.group() != bare or self._is_counting(match):
            return False
        following = NEXT_WORD.match(right(match))
        word = following.group(1) if following else ""
        if self._code == "en" and bare == "911":
            is_noun = word.endswith("s") and word.islower()
            return not re.search(r"(?i)porsche $", left(match)) and (not is_noun or kind == "call")
        if self._code == "de" and word[:1].isupper():
            return False
        if self._code == "de" and bare in ("110", "112") and re.search(r"(?i)\b(?:die|der) $", left(match)):
            return True
        return kind in ("call", "reach", "code", "number") and self._code != "fr"

    def _mixed(self, match: re.Match[str]) -> Spoken:
        """Return letters and digits behind a word that announces a code."""
        written = match.group()
        if not re.search(r"\d", written) or len(written) > _LONGEST:
            return None
        if re.fullmatch(r"\d+(?:[.,]\d+)?(?:st|nd|rd|th|s|am|pm|km|kg|h|er|e|th)", written):
            return None
        before = context(left(match))
        if before.kind not in (*_CODES, "thing", "number"):
            return None
        if written.isdigit() or self._is_counting(match) or re.fullmatch(r"\d+(?:[-.–]\d+)*", written):
            return None
        first = written.split(" ")[0]
        if decides(first.lower()):
            return None
        if not re.search(r"\d", first) and not first.isupper():
            return None
        if before.kind in ("thing", "number") and not (before.is_number or re.search(r"[A-Z]", written)):
            return None
        letters = [sign for sign in written if sign.isalpha()]
        is_both = any(map(str.isupper, letters)) and any(map(str.islower, letters))
        parts = [part for part in re.split(r"[^A-Za-z0-9]+", written) if part]
        return ", ".join(self._speller.group(part, keeps_case=is_both) for part in parts)

    def _plate(self, match: re.Match[str]) -> Spoken:
        """Return a vehicle's number plate: its groups of letters have no digit."""
        return self._speller.split(match.group()) if context(left(match)).kind == "plate" else None

    def _password(self, match: re.Match[str]) -> Spoken:
        """Return every sign of a password, unless it is a plain word."""
        if context(left(match)).kind != "password":
            return None
        written = re.sub(r"[\"'”“»`]?[.,;:!?)]*$", "", match.group())
        body = written.strip("\"'“”„«»`")
        is_word = body.isalpha() and (body[1:].islower() or body.islower() or body.isupper())
        if len(body) < 4 or is_word or re.fullmatch(r"[a-zA-Z]+(?:[-'’][a-zA-Z]+)+|\d+", body):
            return None
        is_both = any(map(str.isupper, body)) and any(map(str.islower, body))
        if not all(sign.isalnum() or sign in self._speller.names for sign in body):
            return None
        return self._speller.group(body, keeps_case=is_both), match.start() + len(written)

    def _flight(self, match: re.Match[str]) -> Spoken:
        if not _FLIGHT.search(left(match)) and match.group()[:2] not in _AIRLINES:
            return None
        letters, number = match.group()[:2], match.group()[2:].strip()
        if match.group()[:2] in _AIRLINES and not _FLIGHT.search(left(match)) and len(number) < 3:
            return None
        return f"{self._speller.group(letters)} {self._speller.group(number)}"

    def _of_a_flight(self, match: re.Match[str]) -> Spoken:
        before = left(match)
        if match.group().isdigit():
            letters = _FLIGHT_LETTERS.search(before)
            before = before[: letters.start()] if letters else ""
        return self._speller.group(match.group()) if _FLIGHT.search(before) else None

    def _room(self, match: re.Match[str]) -> Spoken:
        """Return the English number of a room or a house: 204 is "two oh four"."""
        written = match.group()
        if self._code != "en" or not _ROOM.search(left(match)) or written[0] == "0" or written.endswith("00"):
            return None
        if self._is_counting(match):
            return None
        head, tail = written[:-2], written[-2:]
        low = f"oh {cardinal(int(tail), 'en')}" if tail[0] == "0" else cardinal(int(tail), "en")
        return f"{cardinal(int(head), 'en')} {low}"


_SHORT_CODE: Final = re.compile(r"(?i)(?:code|pin|código|codice|passw\w+|clave)\W+(?:\w{1,6}\W+)?$")
_PROGRAM: Final = re.compile(
    r"(?i)\b(?:versions?|versión|versione|release|python|java|node(?:\.js)?|ios|ipados|macos|android|"
    r"windows|ubuntu|debian|"
    r"fedora|kernel|linux|php|ruby|perl|rust|swift|kotlin|django|flask|react|angular|vue|chrome|firefox|"
    r"safari|gpt|claude|"
    r"gemini|llama|usb|bluetooth|hdmi|http|tls|ssl|sdk|api|qt|pyside6?|postgres\w*|mysql|redis|docker|"
    r"kubernetes|"
    r"section|chapter|figure|table|abschnitt|kapitel|abbildung|tabelle)[ -]?$"
)
_FLIGHT: Final = re.compile(
    r"(?i)\b(?:flights?|flug(?:nummer)?|flüge|vuelos?|vols?|vol[oi])\b(?: (?:number|is|with|mit|con|avec|"
    r"n[º°.]))*:? ?$"
)
_FLIGHT_LETTERS: Final = re.compile(r"[A-Z][A-Z0-9] $")
_AIRLINES: Final = words_of("""
    BA LH AF KL AA UA DL IB AZ LX OS FR U2 EK QR SQ QF TK VY EW AC NH JL CX EI SK AY TP WN B6 W6
""")
_ROOM: Final = re.compile(
    r"(?i)\b(?:rooms?|porsche|boeing|peugeot|suite|apartment|apt\.?|unit|flat|gate|route|highway|"
    r"interstate|bus)[ \u00a0]$"
)
