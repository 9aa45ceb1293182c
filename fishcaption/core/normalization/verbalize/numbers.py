"""Numbers by themselves and before a word: whole numbers, decimals, fractions, ranges, Roman numerals."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from fishcaption.core.normalization import numerals
from fishcaption.core.normalization.locales import Locale
from fishcaption.core.normalization.numerals import cardinal, digits, ordinal
from fishcaption.core.normalization.units import Noun
from fishcaption.core.normalization.verbalize.forms import AFTER, BEFORE, BLANK, Form, Spoken, left, right
from fishcaption.core.normalization.verbalize.genders import gender

_SIGNS: Final = "-−+±~≈≥≤<>"
SIGN: Final = rf"(?:(?<![^\s(\[“\"'/„«¿¡])(?:[-−+±~≈≥≤<>]|[~≈≥≤<>]{BLANK}|<=|>=))?"
_SAID_SIGNS: Final[Mapping[str, Mapping[str, str]]] = {
    "en": {"≥": "at least", "≤": "at most", "<": "less than", ">": "more than"},
    "de": {"≥": "mindestens", "≤": "höchstens", "<": "weniger als", ">": "mehr als"},
    "es": {"≥": "al menos", "≤": "como máximo", "<": "menos de", ">": "más de"},
    "fr": {"≥": "au moins", "≤": "au plus", "<": "moins de", ">": "plus de"},
    "it": {"≥": "almeno", "≤": "al massimo", "<": "meno di", ">": "più di"},
}
VULGAR: Final = {
    "½": (1, 2), "⅓": (1, 3), "⅔": (2, 3), "¼": (1, 4), "¾": (3, 4), "⅕": (1, 5), "⅖": (2, 5), "⅗": (3, 5),
    "⅘": (4, 5), "⅙": (1, 6), "⅚": (5, 6), "⅛": (1, 8), "⅜": (3, 8), "⅝": (5, 8), "⅞": (7, 8),
}  # fmt: skip
_UNDER: Final = "2|3|4|5|6|7|8|9|10|12|16"
FRACTION: Final = (
    rf"(?:\d*{BLANK}?[{''.join(VULGAR)}]|(?:\d+[ \u00a0-])?(?!0)\d{{1,2}}[/⁄](?:{_UNDER})(?![\d/]))"
)
_PARTS: Final[Mapping[str, Mapping[int, tuple[str, str]]]] = {
    "en": {
        2: ("half", "halves"), 3: ("third", "thirds"), 4: ("quarter", "quarters"), 5: ("fifth", "fifths"),
        6: ("sixth", "sixths"), 7: ("seventh", "sevenths"), 8: ("eighth", "eighths"), 9: ("ninth", "ninths"),
        10: ("tenth", "tenths"), 12: ("twelfth", "twelfths"), 16: ("sixteenth", "sixteenths"),
    },
    "de": {
        2: ("halb", "halbe"), 3: ("Drittel",) * 2, 4: ("Viertel",) * 2, 5: ("Fünftel",) * 2,
        6: ("Sechstel",) * 2, 7: ("Siebtel",) * 2, 8: ("Achtel",) * 2, 9: ("Neuntel",) * 2,
        10: ("Zehntel",) * 2, 12: ("Zwölftel",) * 2, 16: ("Sechzehntel",) * 2,
    },
    "es": {
        2: ("medio", "medios"), 3: ("tercio", "tercios"), 4: ("cuarto", "cuartos"), 5: ("quinto", "quintos"),
        6: ("sexto", "sextos"), 7: ("séptimo", "séptimos"), 8: ("octavo", "octavos"), 9: ("noveno",
        "novenos"),
        10: ("décimo", "décimos"), 12: ("doceavo", "doceavos"), 16: ("dieciseisavo", "dieciseisavos"),
    },
    "fr": {
        2: ("demi", "demis"), 3: ("tiers", "tiers"), 4: ("quart", "quarts"), 5: ("cinquième", "cinquièmes"),
        6: ("sixième", "sixièmes"), 7: ("septième", "septièmes"), 8: ("huitième", "huitièmes"),
        9: ("neuvième", "neuvièmes"), 10: ("dixième", "dixièmes"), 12: ("douzième", "douzièmes"),
        16: ("seizième", "seizièmes"),
    },
    "it": {
        2: ("mezzo", "mezzi"), 3: ("terzo", "terzi"), 4: ("quarto", "quarti"), 5: ("quinto", "quinti"),
        6: ("sesto", "sesti"), 7: ("settimo", "settimi"), 8: ("ottavo", "ottavi"), 9: ("nono", "noni"),
        10: ("decimo", "decimi"), 12: ("dodicesimo", "dodicesimi"), 16: ("sedicesimo", "sedicesimi"),
    },
}  # fmt: skip
_OF_MILLIONS: Final = {"es": "de", "fr": "de", "it": "di"}
_MILLIONS: Final = re.compile(r"(?:milli(?:on|ard)s?|[mb]illón|[mb]illones|milion[ei]|miliard[oi])$")
_OUT_OF: Final = {"en": "out of", "de": "von", "es": "de", "fr": "sur", "it": "su"}
_AND_PART: Final = {"en": "and", "de": "", "es": "y", "fr": "et", "it": "e"}
_YEARS: Final = range(1100, 2100)
_COUNTED: Final = re.compile(rf"{BLANK}(?!(?:was|is|has|its|this|as|does)\b)[a-z]+s\b")
_NEXT_WORD: Final = re.compile(rf"{BLANK}([^\W\d_]+)")
# Behind these, a number belongs to a name, and not to a noun that follows.
_NO_NOUN: Final = {
    "de": "und oder bis von auf zu in im am an mit ist sind war waren wird für aus bei nach vor plus minus "
    "mal durch Uhr",
    "es": "y o u a de del en por con es son era para al más menos entre que se está",
    "fr": "et ou à de du des en sur par avec est sont était pour plus moins fois que dans au aux",
    "it": "e o ed a di del della in su per con è sono era da al più meno che nel nella si",
}
_STOPS: Final = {code: frozenset(words.split()) for code, words in _NO_NOUN.items()}
_LONGEST_UNGROUPED: Final = 6  # digits; a longer number is a code, unless it is round

ROMAN: Final = r"(?=[IVXLCM])M{0,3}(?:CM|CD|D?C{0,3})(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})(?![\w'’])"
_VALUES: Final = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "D": 500, "M": 1000}


def roman(written: str) -> int:
    """Return the value of a Roman numeral."""
    values = [_VALUES[letter] for letter in written]
    return sum(
        -value if following > value else value
        for value, following in zip(values, [*values[1:], 0], strict=True)
    )


class Numbers:
    """Numbers in one language; without ``with_numbers`` they stay as they are written."""

    def __init__(self, locale: Locale, *, with_numbers: bool) -> None:
        self.locale = locale
        self.code = locale.code
        self.with_numbers = with_numbers
        group = re.escape(locale.group.strip()) + ("" if self.code == "en" else "'’")
        spaced = r"(?: \d{3})+" if self.code in ("fr", "es") else r"(?: 000)+|(?: \d{3}){2,5}"
        self.whole = (
            rf"\d{{1,3}}(?:(?:[{group}\u00a0\u202f\u2009]\d{{3}})+|{spaced})(?!\d)(?![{group}]\d)|\d+"
        )
        self.any = rf"(?:(?:{self.whole})(?:{re.escape(locale.point)}\d+)?)"
        self.pattern = re.compile(self.any)
        self._fraction = re.compile(r"(?:(\d+)[ \u00a0-])?(\d+)[/⁄](\d+)")

    # --- amounts -----------------------------------------------------------------------------------------

    def signed(self, written: str) -> tuple[str, str]:
        """Return (words of the sign with a blank, the number without its sign)."""
        body = written.lstrip(_SIGNS + "=\u00a0\u202f\u2009 ")
        sign = written[: len(written) - len(body)].strip().replace("<=", "≤").replace(">=", "≥")
        if not sign:
            return "", body
        locale = self.locale
        words = {"+": locale.plus, "±": locale.either, "~": locale.about, "≈": locale.about}
        return f"{_SAID_SIGNS[self.code].get(sign) or words.get(sign, locale.minus)} ", body

    def in_words(self, written: str) -> str:
        """Return a written number, with its sign, in words."""
        if not self.with_numbers:
            return written
        locale = self.locale
        sign, body = self.signed(written)
        if part := self.fraction(body):
            return sign + part
        whole, _, decimals = body.partition(locale.point)
        bare = "".join(filter(str.isdigit, whole))
        is_bare = bare == whole and not decimals
        if not bare:
            said = cardinal(0, locale.code)
        elif (
            (bare[0] == "0" and len(bare) > 1)
            or len(bare) > 15
            or (is_bare and len(bare) > _LONGEST_UNGROUPED and not bare.endswith("000"))
        ):
            said = digits(bare, locale.code)
        else:
            said = cardinal(int(bare), locale.code)
        if decimals:
            is_number = locale.code in ("es", "fr", "it") and len(decimals) < 3 and decimals[0] != "0"
            rest = cardinal(int(decimals), locale.code) if is_number else digits(decimals, locale.code)
            said = f"{said} {locale.decimal} {rest}"
        return sign + said

    def counted(self, written: str, noun: Noun) -> str:
        """Return a number with the noun that it counts."""
        if not self.with_numbers:
            return f"{written} {noun.one if written == '1' else noun.many}"
        sign, body = self.signed(written)
        if part := self.fraction(body, noun):
            return f"{sign}{part}"
        if body == "1":
            joint = "" if noun.a.endswith("'") else " "
            return f"{sign}{noun.a}{joint}{noun.one}"
        said = self.in_words(body)
        if body.isdigit() or self.code == "es":
            said = self._agreeing(said, noun.a)
        is_one = self.code == "fr" and re.fullmatch(r"[01](?:,\d+)?", body) is not None
        of = ""
        if self.code in _OF_MILLIONS and _MILLIONS.search(said):
            of = "d'" if self.code == "fr" and noun.many[0] in "aeiouyéèhœ" else f"{_OF_MILLIONS[self.code]} "
        return f"{sign}{said} {of}{noun.one if is_one else noun.many}"

    def _agreeing(self, said: str, one: str) -> str:
        """Return a number that ends in one or in hundreds, as before a noun with this "one"."""
        match self.code:
            case "fr" if one == "une" and said.endswith((" un", "-un")):
                return said + "e"
            case "es" if one == "una":
                said = said.replace("cientos", "cientas").replace("quinientos", "quinientas")
                return said[:-1] + "a" if said.endswith("uno") else said
            case "es" if said.endswith("veintiuno"):
                return said[:-3] + "ún"
            case "es" if said.endswith("uno"):
                return said[:-1]
        return said

    def year(self, number: int) -> str:
        """Return a year in words."""
        return numerals.year(number, self.code) if number in _YEARS else cardinal(number, self.code)

    def end_of_range(self, written: str) -> str:
        """Return one end of a range; as a year if it looks like one."""
        if self.with_numbers and len(written) == 4 and written.isdigit() and int(written) in _YEARS:
            return self.year(int(written))
        return self.in_words(written)

    # --- fractions ---------------------------------------------------------------------------------------

    def fraction(self, written: str, noun: Noun | None = None) -> str | None:
        """Return "1½" or "3/4" in words, with the noun that it counts; None if it is no fraction."""
        if written[-1:] in VULGAR and written:
            whole, (over, under) = written[:-1].strip(), VULGAR[written[-1]]
        elif match := self._fraction.fullmatch(written):
            whole, over, under = match.group(1) or "", int(match.group(2)), int(match.group(3))
        else:
            return None
        if under not in _PARTS[self.code] or not 0 < over < under:
            return None
        if whole:
            return self._mixed(int(whole), over, under, noun)
        return self._part(over, under, noun)

    def _part(self, over: int, under: int, noun: Noun | None) -> str:
        code = self.code
        one, many = _PARTS[code][under]
        if code == "en":
            part = f"one {one}" if over == 1 else f"{cardinal(over, code)} {many}"
            return f"{part} {noun.one}" if noun else part
        if over == 1 and under == 2:
            if noun is None:
                return f"{'ein' if code == 'de' else 'un'} {one}"
            is_feminine = noun.a in ("eine", "une", "una", "un'")
            match code:
                case "de":
                    end = "e" if is_feminine else "es" if gender(noun.one, code) == "n" else "er"
                    return f"{noun.a} halb{end} {noun.one}"
                case "fr":
                    return f"{noun.a} demi-{noun.one}"
                case "es":
                    return f"{'media' if is_feminine else 'medio'} {noun.one}"
                case _:
                    return f"{'mezza' if is_feminine else 'mezzo'} {noun.one}"
        count = "ein" if code == "de" else "un"
        part = f"{count} {one}" if over == 1 else f"{cardinal(over, code)} {many}"
        if noun is None:
            return part
        if code == "de":
            return f"{part} {noun.one}"
        of = {"es": "de ", "fr": "de ", "it": "di "}[code]
        if code == "fr" and noun.one[0] in "aeiouyéèhœ":
            of = "d'"
        return f"{part} {of}{noun.one}"

    def _mixed(self, whole: int, over: int, under: int, noun: Noun | None) -> str:
        code = self.code
        one, many = _PARTS[code][under]
        count = cardinal(whole, code)
        if code == "en":
            part = (
                f"{'an' if one[0] == 'e' else 'a'} {one}" if over == 1 else f"{cardinal(over, code)} {many}"
            )
            said = f"{count} and {part}"
            return f"{said} {noun.many}" if noun else said
        is_half = under == 2
        if code == "de":
            said = (
                f"{'ein' if whole == 1 else count}einhalb"
                if is_half
                else f"{count} {self._part(over, under, None)}"
            )
            return f"{said} {noun.many}" if noun else said
        is_feminine = noun is not None and noun.a in ("una", "une", "un'")
        if whole == 1 and noun is not None:
            count = {"un'": "una", "uno": "uno"}.get(noun.a, noun.a)
        half = {"es": "media" if is_feminine else "medio", "fr": "demie" if is_feminine else "demi",
                "it": "mezza" if is_feminine else "mezzo"}[code]  # fmt: skip
        part = half if is_half else self._part(over, under, None)
        if noun is None:
            return f"{count} {_AND_PART[code]} {part}"
        count = self._agreeing(count, noun.a)
        if whole == 1 and not noun.one:
            return f"{count} {_AND_PART[code]} {part} {noun.many}"
        return f"{count} {noun.one if whole == 1 else noun.many} {_AND_PART[code]} {part}"

    # --- forms -------------------------------------------------------------------------------------------

    def fixed_forms(self) -> list[Form]:
        """Return the forms that are no part of others: decades, ordinals with an English ending."""
        found: list[Form] = []
        if self.code == "en":
            found += [
                Form(rf"{BEFORE}(?:24/7|50[/-]50|9/11){AFTER}", self._always),
                Form(r"(?<![\w,:/\\])(?<!\d-)(?<!\w\.)['’]?(?:1[1-9]\d0|20\d0|\d0)['’]?s\b", self._decade),
                Form(rf"{BEFORE}(?:{self.whole})(?:st|nd|rd|th)(?!\w)", self._nth),
                Form(r"(?<=[a-z] )['’]\d\d(?![\w'’])", self._short_year),
            ]
        return found if self.with_numbers else []

    def forms(self) -> list[Form]:
        """Return the forms of numbers by themselves."""
        if not self.with_numbers:
            return []
        number, no_unit = self.any, rf"(?!{BLANK}?[%‰°€$£¥])"
        return [
            Form(
                rf"{BEFORE}(?:10|\d)[/⁄](?:10|5){AFTER}(?!{BLANK}?(?!stars?\b|people\b|[a-z]+s\b)\w)",
                self._rating,
            ),
            Form(rf"{BEFORE}\d{{1,3}}/100{AFTER}", self._rating),
            Form(rf"(?<![\w/.,]){FRACTION}(?![\w/⁄]|[.,]\d)", self._say_fraction),
            Form(
                rf"{BEFORE}(?:\d{{1,4}}-\d{{1,4}}|"
                rf"{number}{BLANK}?–{BLANK}?{number}){AFTER}{no_unit}",
                self._range,
            ),
            Form(rf"{BEFORE}\d{{1,4}}:(?:[1-9]\d{{0,2}}(?:[.,]\d{{3}})+|\d{{1,5}}){AFTER}(?!:)", self._ratio),
            Form(
                rf"(?<![\w,/\\\-–−@=&%$€£¥^])(?<!&#)(?<!\w[.*:]){SIGN}(?:{number}|"
                rf"(?<!\.)\.\d+){AFTER}{no_unit}",
                self._plain,
            ),
        ]

    def _always(self, match: re.Match[str]) -> Spoken:
        return {
            "24/7": "twenty-four seven",
            "50/50": "fifty-fifty",
            "50-50": "fifty-fifty",
            "9/11": "nine eleven",
        }[match.group()]

    def _rating(self, match: re.Match[str]) -> Spoken:
        over, under = map(int, re.split("[/⁄]", match.group()))
        if over > under or (
            under == 5 and not (_RATED.search(left(match)) or right(match).startswith(" star"))
        ):
            return None
        return f"{cardinal(over, self.code)} {_OUT_OF[self.code]} {cardinal(under, self.code)}"

    def _say_fraction(self, match: re.Match[str]) -> Spoken:
        written = match.group()
        if written[0] in "\u00a0\u202f\u2009 ":
            return None
        said = self.fraction(written)
        if said is None or self.code == "en":
            return said
        following = _NEXT_WORD.match(match.string, match.end())
        word = following.group(1) if following else ""
        if not word or word in _STOPS[self.code] or not ("½" in written or written.endswith(("1/2", "1⁄2"))):
            return said
        kind = gender(word, self.code)
        a = {"de": {"f": "eine"}, "es": {"f": "una"}, "fr": {"f": "une"}, "it": {"f": "una"}}[self.code]
        one = a.get(kind, "ein" if self.code == "de" else "un")
        known = next((noun for noun in self.locale.units.values() if word == noun.many), Noun(one, "", word))
        noun = Noun(one, word, word) if not re.match(r"1[^\d/⁄]", written) else Noun(one, known.one, word)
        whole = self.fraction(written, noun)
        return (whole, following.end()) if whole and following else said

    def _decade(self, match: re.Match[str]) -> Spoken:
        number = int("".join(filter(str.isdigit, match.group())))
        if number < 100:
            if match.group()[0] not in "'’" and not DECADE.search(left(match)):
                return None
            return f"{cardinal(number, 'en')[:-1]}ies" if number >= 20 else None
        if number % 1000 == 0:
            return f"{cardinal(number, 'en')}s"
        if number % 100 == 0:
            return f"{cardinal(number // 100, 'en')} hundreds"
        if number % 100 == 10:
            return f"{cardinal(number // 100, 'en')} tens"
        return f"{cardinal(number // 100, 'en')} {cardinal(number % 100, 'en')[:-1]}ies"

    def _short_year(self, match: re.Match[str]) -> Spoken:
        return cardinal(int(match.group()[1:]), "en") if _SHORT_YEAR.search(left(match)) else None

    def _nth(self, match: re.Match[str]) -> Spoken:
        bare = "".join(filter(str.isdigit, match.group()))
        return ordinal(int(bare)) if len(bare) < 13 else None

    def _range(self, match: re.Match[str]) -> Spoken:
        low, high = (part.strip() for part in re.split(r"[–-]", match.group()))
        if (low[0] == "0" and len(low) > 1) or (high[0] == "0" and len(high) > 1):
            return None
        to = self.locale.to
        if "-" in match.group() and low.isdigit() and high.isdigit() and int(low) > int(high):
            if max(int(low), int(high)) > 199:
                return None
            to = {"de": "zu"}.get(self.code, to)  # a score: three to two
        return f"{self.end_of_range(low)} {to} {self.end_of_range(high)}"

    def _ratio(self, match: re.Match[str]) -> Spoken:
        low, high = match.group().split(":")
        if high[0] == "0" and len(high) > 1:
            return None
        joint = {"en": "to", "de": "zu", "es": "a", "fr": "pour" if low == "1" else "sur", "it": "a"}[
            self.code
        ]
        return f"{self.in_words(low)} {joint} {self.in_words(high)}"

    def _plain(self, match: re.Match[str]) -> Spoken:
        written = match.group()
        if written == "<3" or (written == "3" and left(match).endswith("<")):
            return None
        if len(written) == 4 and written.isdigit() and int(written) in _YEARS:
            if self.code == "en" and int(written) >= 2000 and _COUNTED.match(match.string, match.end()):
                return cardinal(int(written), self.code)
            return numerals.year(int(written), self.code)
        if written.startswith("."):
            return f"{self.locale.decimal} {digits(written, self.code)}"
        sign, body = self.signed(written)
        if (
            self.code != "en"
            and re.fullmatch(self.whole, body)
            and (said := self._before_noun(body, right(match), left(match)))
        ):
            return (sign + said, match.end() + 1) if said == "un'" else sign + said
        if (
            self.code == "en"
            and 1010 <= int(f"0{body}"[:5] if body.isdigit() else 0) < 1100
            and _IN_YEAR.search(left(match))
        ):
            return numerals.year(int(body), "en")
        return self.in_words(written)

    def _before_noun(self, number: str, follows: str, before: str) -> str | None:
        """Return a number before the noun that it counts."""
        code = self.code
        following = _NEXT_WORD.match(follows)
        word = following.group(1) if following else ""
        if not word or word in _STOPS[code] or word.isupper() or (len(number) > 1 and number[0] == "0"):
            return None
        said = self.in_words(number)
        if code == "de":
            if number != "1":
                return None
            if word[0].isupper():
                is_feminine = gender(word, code) == "f"
                if _DATIVE.search(before):
                    return "einer" if is_feminine else "einem"
                return "eine" if is_feminine else "ein"
            return {"e": "eine", "n": "einen"}.get(word[-1]) or ("ein" if word[-2:] in ("es", "er") else None)
        is_feminine = gender(word, code) == "f"
        if code == "it":
            if number != "1":
                return None
            if is_feminine:
                return "un'" if word[0].lower() in "aeiouàèéìòù" else "una"
            return "uno" if re.match(r"(?i)z|gn|ps|pn|x|y|s[^aeiouàèéìòù]", word) else "un"
        if code == "es":
            return self._agreeing(said, "una" if is_feminine else "un")
        if number == "1":
            return "une" if is_feminine else "un"
        return self._agreeing(said, "une" if is_feminine else "un")


_RATED: Final = re.compile(
    r"(?i)\b(?:rat\w+|scor\w+|stars?|review\w*|got|gave\w*|gets|a|perfect|solid)\W*(?:it )?(?:a )?$"
)
DECADE: Final = re.compile(
    r"(?i)(?:\b(?:the|his|her|my|their|your|our|early|mid|late|of|low|high|upper|lower)|\d0s(?:,| and| or| "
    r"to))[ \u00a0-]$"
)
_SHORT_YEAR: Final = re.compile(
    r"(?i)\b(?:since|in|of|from|until|till|by|to|class|summer|winter|spring|fall) $"
)
_IN_YEAR: Final = re.compile(r"(?i)\b(?:year|in|since|until|of|circa) $")
_DATIVE: Final = re.compile(r"(?i)\b(?:mit|von|bei|nach|seit|zu|aus|vor) $")
RATIO: Final = re.compile(
    r"(?i)\b(?:ratio|scale|odds|aspect|format|maßstab|verhältnis|seitenverhältnis|échelle|rapport|cotes?|"
    r"escala|"
    r"proporción|relación|scala|rapporto|proporzione)\b[^\d.!?]{0,16}$"
)
