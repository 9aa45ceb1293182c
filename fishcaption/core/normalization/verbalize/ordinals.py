"""Ordinals, Roman numerals, and the short words before a number ("Nr. 5", "§ 5", "pp. 3")."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from fishcaption.core.normalization.numerals import cardinal, ordinal
from fishcaption.core.normalization.verbalize.forms import (
    BEFORE,
    BLANK,
    Form,
    Spoken,
    alternatives,
    left,
    right,
)
from fishcaption.core.normalization.verbalize.genders import gender
from fishcaption.core.normalization.verbalize.numbers import ROMAN, Numbers, roman
from fishcaption.core.text.readings import words_of

# --- German: the end hangs on the word before ------------------------------------------------------------

_LAST_WORDS: Final = re.compile(r"(?:([^\W\d_]+)[ \u00a0])?([^\W\d_]+),?[ \u00a0]$")
_OTHER: Final = re.compile(r"\d{1,3}\. (?:und|oder) $")  # "im 19. und 20. Jahrhundert"
_TO_N: Final = frozenset(
    ["am", "im", "vom", "zum", "beim", "zur", "dem", "den", "des", "ab", "bis", "seit", "vor", "nach", "ans"]
)
_TO_E: Final = frozenset(
    ["die", "das", "diese", "dieses", "dieser", "jede", "jedes", "jeder", "jene", "jenes", "jener", "welche"]
)
_LIKE_ONE: Final = frozenset(["ein", "kein", "mein", "dein", "sein", "ihr", "unser", "euer"])
_WITH_DATIVE: Final = words_of("""
    in an auf mit von nach seit zu bei aus vor unter über ab neben während wegen trotz
""")
_GERMAN_NOUNS: Final = words_of("""
    Weltkrieg Jahrhundert Jh Jahrtausend Kapitel Stock Obergeschoss Klasse Platz Etage Liga Bundesliga
    Mal Tag Woche Monat Jahr Runde Halbzeit Auflage Lebensjahr Advent Semester Quartal Spieltag Preis
    Teil Band Akt Satz Geburtstag Versuch Lesung Staffel Folge Reihe Stunde Minute Juni Januar Februar
    März April Mai Juli August September Oktober November Dezember Jänner Korintherbrief Sinfonie
    Symphonie Senat Kammer Bezirk Rang Sieger Halbjahr Viertel Drittel Stufe Schritt Gang Person
    Generation Vorsitzender Vorsitzende Bürgermeister Gebot
""")


def german_ending(before: str, noun: str) -> str | None:
    """Return a German ordinal's ending between these words: "e", "en", "er" or "es"; None if it is none."""
    words = _LAST_WORDS.search(_OTHER.sub("", before))
    word = words.group(2) if words else ""
    earlier = (words.group(1) or "") if words else ""
    low = word.lower()
    kind = gender(noun, "de")
    if low in _TO_N:
        return "en"
    if low == "der":
        return "en" if kind == "f" or earlier.lower() in _WITH_DATIVE else "e"
    if low in _TO_E:
        return "e"
    if low in _LIKE_ONE:
        return "er" if kind == "m" else "es"
    if low[:-1] in _LIKE_ONE or low in ("unsre", "eure"):
        return "e"
    if low[:-2] in _LIKE_ONE | {"dies", "jed", "jen", "welch"} and low[-2:] in ("em", "en", "er", "es"):
        return "en"
    if noun.rstrip(".") not in _GERMAN_NOUNS:
        return None
    return {"m": "er", "f": "e", "n": "es"}[kind]


# --- Roman numerals --------------------------------------------------------------------------------------

_RULERS: Final = words_of("""
    henry louis george edward charles james william richard elizabeth mary catherine pius leo francis
    philip benedict innocent napoleon alexander nicholas frederick peter gregory urban clement julius
    paul ramses ptolemy darius cyrus xerxes gustav christian harald haakon olav otto wilhelm robert
    david  margrethe albert leopold ferdinand isabella umberto emmanuel sixtus boniface stephen
    john ludwig friedrich karl heinrich franz joseph johannes elisabeth katharina nikolaus georg philipp
    pius gregor benedikt eduard richard maximilian rudolf alfonso carlos felipe fernando isabel juana
    enrique sancho pedro jaime luis pablo benedicto pío juan francisco napoleón alejandro nicolás
    catalina jorge guillermo ricardo eduardo enrico luigi carlo filippo vittorio emanuele giovanni paolo
    benedetto pio gregorio leone elisabetta caterina federico francesco napoleone nicola alessandro
    ferdinando giorgio guglielmo riccardo edoardo bonifacio giulio sisto clemente henri charles philippe
    jean françois napoléon guillaume nicolas élisabeth pie benoît grégoire jules clément frédéric
    alexandre léopold
""")
_FEMALE: Final = words_of("""
    elizabeth mary catherine isabella margrethe elisabeth katharina isabel juana catalina élisabeth
    elisabetta caterina victoria christina maria
""")
_PARTS: Final = {
    "en": "chapter part book volume act scene war section article phase type class stage level bowl title "
    "appendix "
    "figure table division grade schedule apollo canto psalm verse round unit lesson episode season group",
    "de": "kapitel teil band akt szene abschnitt artikel phase typ klasse stufe buch gruppe absatz anlage",
    "es": "capítulo parte tomo acto escena libro volumen título fase tipo clase guerra anexo sección "
    "artículo grupo",
    "fr": "chapitre partie tome acte scène livre volume titre phase type classe annexe section article "
    "groupe",
    "it": "capitolo parte tomo atto scena libro volume titolo fase tipo classe allegato sezione articolo "
    "gruppo",
}
_PART_WORDS: Final = {code: frozenset(words.split()) for code, words in _PARTS.items()}
_CENTURY: Final = {"es": "siglo", "it": "secolo", "fr": "siècle"}
_WORD_BEFORE_IT: Final = re.compile(r"([^\W\d_]+(?:-[^\W\d_]+)?)[ \u00a0]$")

# --- short words -----------------------------------------------------------------------------------------

_SHORT: Final[Mapping[str, Mapping[str, str]]] = {
    "en": {
        "No.": "number", "no.": "number", "Nos.": "numbers", "nos.": "numbers", "№": "number", "#": "number",
        "Nr.": "number", "nr.": "number", "n°": "number", "nº": "number",
        "p.": "page", "pp.": "pages", "pg.": "page", "ch.": "chapter", "chap.": "chapter", "vol.": "volume",
        "vols.": "volumes", "fig.": "figure", "figs.": "figures", "sec.": "section", "sect.": "section",
        "art.": "article", "para.": "paragraph", "§§": "sections", "§": "section", "ext.": "extension",
        "approx.": "approximately", "ca.": "about", "c.": "circa", "max.": "maximum", "min.": "minimum",
        "apt.": "apartment", "eq.": "equation", "tel.": "telephone", "ver.": "version",
    },
    "de": {
        "Nr.": "Nummer", "Nrn.": "Nummern", "nr.": "Nummer", "№": "Nummer", "n°": "Nummer", "#": "Nummer",
        "S.": "Seite", "Abs.": "Absatz", "Art.": "Artikel", "§§": "Paragrafen", "§": "Paragraf",
        "Kap.": "Kapitel", "Bd.": "Band", "Abb.": "Abbildung", "Tab.": "Tabelle", "Ziff.": "Ziffer",
        "Hausnr.": "Hausnummer", "Kl.": "Klasse", "Z.": "Zeile", "Zi.": "Zimmer", "Tel.": "Telefon",
        "ca.": "circa", "max.": "maximal", "mind.": "mindestens", "Rn.": "Randnummer", "Anm.": "Anmerkung",
        "Kto.": "Konto", "Aufl.": "Auflage",
    },
    "es": {
        "n.º": "número", "nº": "número", "n°": "número", "N.º": "número", "Nº": "número", "N°": "número",
        "n.°": "número", "núm.": "número", "Núm.": "número", "№": "número", "#": "número", "nro.": "número",
        "Nro.": "número", "pág.": "página", "págs.": "páginas", "p.": "página", "pp.": "páginas",
        "art.": "artículo", "Art.": "artículo", "cap.": "capítulo", "Cap.": "capítulo", "vol.": "volumen",
        "fig.": "figura", "§": "párrafo", "tel.": "teléfono", "Tel.": "teléfono", "aprox.": "aproximadamente",
        "máx.": "máximo", "mín.": "mínimo", "ed.": "edición",
    },
    "fr": {
        "n°": "numéro", "N°": "numéro", "nº": "numéro", "Nº": "numéro", "n°s": "numéros", "no.": "numéro",
        "№": "numéro", "#": "numéro", "p.": "page", "pp.": "pages", "art.": "article", "Art.": "article",
        "ch.": "chapitre", "chap.": "chapitre", "vol.": "volume", "fig.": "figure", "t.": "tome",
        "al.": "alinéa", "§": "paragraphe", "§§": "paragraphes", "env.": "environ", "max.": "maximum",
        "min.": "minimum", "tél.": "téléphone", "Tél.": "téléphone", "éd.": "édition",
    },
    "it": {
        "n.": "numero", "N.": "numero", "n°": "numero", "N°": "numero", "nº": "numero", "nr.": "numero",
        "№": "numero", "#": "numero", "pag.": "pagina", "p.": "pagina", "pagg.": "pagine", "pp.": "pagine",
        "art.": "articolo", "Art.": "articolo", "artt.": "articoli", "cap.": "capitolo", "Cap.": "capitolo",
        "vol.": "volume", "fig.": "figura", "§": "paragrafo", "tel.": "telefono", "Tel.": "telefono",
        "ca.": "circa", "max.": "massimo", "min.": "minimo", "c.": "comma",
    },
}  # fmt: skip


class Ordinals:
    """Forms of ordinals in one language."""

    def __init__(self, numbers: Numbers) -> None:
        self._numbers = numbers
        self._code = numbers.code
        short = _SHORT[self._code]
        self._short = dict(short)
        if self._code in ("en", "fr"):
            self._short |= {sign.capitalize(): word for sign, word in short.items()}

    def forms(self) -> list[Form]:
        """Return the forms of ordinals, Roman numerals and short words before a number."""
        if not self._numbers.with_numbers:
            return []
        found = [
            Form(rf"(?<![\w&#/.])(?:{alternatives(self._short)}){BLANK}?(?=\d)", self._say_short),
            Form(r"(?<![\w&#])#(?=[A-Z]{1,4}-?\d)", lambda match: f"{self._short['#']} "),
            *self._roman_forms(),
        ]
        match self._code:
            case "es":
                found.append(Form(rf"(?<![\w.])EE\.?{BLANK}?UU(?:\.|(?!\w))", self._states))
        match self._code:
            case "de":
                found.append(
                    Form(
                        r"(?<![\w.])(?:[A-ZÄÖÜ][\w-]*)?[Ss]tr\.(?= \d)",
                        lambda match: f"{match.group()[:-1]}aße",
                    ),
                )
                found.append(
                    Form(rf"{BEFORE}\d{{1,3}}\.(?={BLANK}(?:[^\W\d_]|\d\d?\. [^\W\d_]))", self._german),
                )
            case "fr":
                found.append(
                    Form(
                        rf"{BEFORE}\d{{1,4}}{BLANK}?(?:ères?|ers?|res?|ème|èmes|eme|nde?s?|es?|ᵉʳ|ᵉ)"
                        rf"(?![\w'’])",
                        self._french,
                    )
                )
            case "es":
                found.append(
                    Form(
                        rf"{BEFORE}\d{{1,3}}\.?(?:er\b|[ºª]|°(?= [a-zñáéíóú])|[oa]s?\b)",
                        self._spanish,
                    )
                )
            case "it":
                found.append(Form(rf"{BEFORE}\d{{1,3}}(?:[ºª]|°(?= [a-zàèéìòù]|$|[,.;:!?)]))", self._italian))
            case _:
                pass
        return found

    def _say_short(self, match: re.Match[str]) -> Spoken:
        written = match.group()
        sign = written.rstrip("\u00a0\u202f\u2009 ")
        if sign == "#" and len(written) > 1:
            return None
        if sign in ("no.", "No.") and not _IS_NUMBER.search(left(match)):
            return None
        if sign in ("c.", "t.", "al.", "n.", "N.", "Z.", "p.", "S.") and written == sign:
            return None
        return f"{self._short[sign]} "

    def _states(self, match: re.Match[str]) -> Spoken:
        is_last = match.group().endswith(".") and not match.string[match.end() :].strip()
        return "Estados Unidos", match.end() - is_last

    # --- ordinals with a sign or an end -------------------------------------------------------------------

    def _german(self, match: re.Match[str]) -> Spoken:
        follows = right(match)
        noun = re.match(rf"{BLANK}(?:\d\d?\. )?(?:[a-zäöüß]+(?:e|en|er|es) )?([^\W\d_]+)", follows)
        if noun is None or (noun.group(1)[0].islower() and noun.group(1) not in _GERMAN_JOINTS):
            return None
        joint = noun.group(1)
        if joint in _GERMAN_JOINTS:  # "vom 1. bis 3. Mai"
            noun = re.match(rf"{BLANK}{joint} (?:zum |zur |im |den )?\d\d?\. ([^\W\d_]+)", follows)
            if noun is None:
                return None
        end = german_ending(left(match), noun.group(1))
        if end is None:
            return None
        return ordinal(int(match.group()[:-1]), "de")[:-1] + end

    def _french(self, match: re.Match[str]) -> Spoken:
        number = int(re.match(r"\d+", match.group()).group())  # type: ignore[union-attr]  # the pattern begins so
        end = match.group()[len(str(number)) :].strip()
        plural = "s" if end.endswith("s") else ""
        end = end.removesuffix("s")
        if end in ("er", "ᵉʳ", "ère", "re"):
            if number != 1 and end not in ("ère",):
                return None
            return ordinal(number, "fr", feminine=end in ("ère", "re")) + plural
        if end in ("nd", "nde"):
            return f"second{'e' if end == 'nde' else ''}{plural}" if number == 2 else None
        if number == 1:
            return f"premier{plural}"
        return ordinal(number, "fr") + plural

    def _spanish(self, match: re.Match[str]) -> Spoken:
        written = match.group()
        number = int(re.match(r"\d+", written).group())  # type: ignore[union-attr]  # as above
        sign = written[len(str(number)) :].lstrip(".")
        if sign in ("o", "a", "os", "as") and (
            number > 20 or not ("." in written or re.match(r" [a-z]{3}", right(match)))
        ):
            return None
        said = ordinal(number, "es", feminine=sign in ("ª", "a", "as"))
        is_before_noun = re.match(r" [a-zñáéíóú]", right(match)) is not None
        if sign == "er" or (sign in "º°" and is_before_noun and number in (1, 3)):
            if number % 10 not in (1, 3):
                return None
            return said[:-1] if said.endswith("o") else said
        return said

    def _italian(self, match: re.Match[str]) -> Spoken:
        number = int(match.group()[:-1])
        if number == 0:
            return None
        sign = match.group()[-1]
        if sign == "°":
            following = re.match(r" ([^\W\d_]+)", right(match))
            if following is None or following.group(1) in (
                "di",
                "a",
                "in",
                "e",
                "o",
                "con",
                "per",
                "all",
                "ma",
            ):
                return None
        return ordinal(number, "it", feminine=sign == "ª")

    # --- Roman -------------------------------------------------------------------------------------------

    def _roman_forms(self) -> list[Form]:
        code = self._code
        found: list[Form] = []
        before = r"(?<![\w'’.])"
        if code in ("fr", "it", "en", "de"):
            century = {
                "fr": rf"{before}(?P<n>[IVX]+)(?P<e>ᵉ|e|ème|ième|es|ers?|er|re)(?!\w)",
                "it": rf"{before}(?P<n>[IVX]+)(?=(?:°|º)? (?:secolo|secoli|edizione|legislatura|congresso|"
                rf"capitolo)\b)",
                "en": rf"{before}(?P<n>[IVX]+)(?:th)?(?= (?:century|centuries|Olympi\w+|Congress)\b)",
                "de": rf"{before}(?P<n>[IVX]+)\.(?= [A-ZÄÖÜ])",
            }[code]
            found.append(Form(century, self._roman_ordinal))
        found.append(
            Form(rf"{before}(?P<n>{ROMAN}){'(?P<dot>[.]?)' if code == 'de' else ''}", self._roman_after)
        )
        return found

    def _roman_ordinal(self, match: re.Match[str]) -> Spoken:
        written = match.group("n")
        if not re.fullmatch(ROMAN, written):
            return None
        number, code = roman(written), self._code
        if code == "fr":
            end = match.group("e")
            if number == 1:
                return "première" if end == "re" else "premier"
            return ordinal(number, "fr") if end[0] in "ᵉei" and end != "er" else None
        if code == "de":
            name = _WORD_BEFORE_IT.search(left(match))
            if name and name.group(1).lower() in _RULERS:
                return None
            noun = re.match(r" ([^\W\d_]+)", right(match))
            end = german_ending(left(match), noun.group(1)) if noun else None
            return ordinal(number, "de")[:-1] + end if end else None
        return ordinal(number, code)

    def _roman_after(self, match: re.Match[str]) -> Spoken:
        """Return a Roman numeral behind a word: of a part, a century, a ruler or a name."""
        written, code = match.group("n"), self._code
        word_match = _WORD_BEFORE_IT.search(left(match))
        if word_match is None:
            return None
        word = word_match.group(1)
        low = word.lower()
        number = roman(written)
        if low in _PART_WORDS[code]:
            return cardinal(number, code), match.start() + len(written)
        if low in (_CENTURY.get(code), "s.") and written not in ("C", "D", "M"):
            return ordinal(number, code) if code == "it" or number <= 10 else cardinal(number, code)
        if set(written) - set("IVX") or not word[0].isupper():
            return None
        stem = low if low in _RULERS else low.removesuffix("s")
        if stem in _RULERS:
            return self._ruler(match, stem, number, is_genitive=stem != low)
        if len(written) < 2 or len(word) < 3 or word.isupper():
            return None
        return cardinal(number, code), match.start() + len(written)

    def _ruler(self, match: re.Match[str], name: str, number: int, *, is_genitive: bool) -> Spoken:
        is_female = name in _FEMALE
        end = match.start() + len(match.group("n"))
        match self._code:
            case "en":
                following = re.match(r" ([a-z]+)", match.string[end : end + 20])
                if (
                    number == 1
                    and following
                    and following.group(1) not in ("of", "and", "in", "by", "who", "was")
                ):
                    return None  # "I told Henry I would come"
                return f"the {ordinal(number)}", end
            case "fr":
                return ordinal(1, "fr", feminine=is_female) if number == 1 else cardinal(number, "fr")
            case "es":
                return ordinal(number, "es", feminine=is_female) if number <= 10 else cardinal(number, "es")
            case "it":
                return ordinal(number, "it", feminine=is_female)
        said = ordinal(number, "de").capitalize()
        is_dative = re.search(
            r"\b(?:von|mit|unter|bei|nach|zu|dem|der) (?:[A-Z]\w+ )*[A-Z]\w+ $", left(match)
        )
        if is_female:
            said = f"der {said}n" if is_dative or is_genitive else f"die {said}"
        elif is_genitive:
            said = f"des {said}n"
        else:
            said = f"dem {said}n" if is_dative else f"der {said}"
        follows = match.string[match.end() :]
        is_last = match.group("dot") == "." and not follows.strip()
        return said, match.end() - is_last


_GERMAN_JOINTS: Final = frozenset(["bis", "und", "oder"])
_IS_NUMBER: Final = re.compile(r"(?:^|[^.!?]\s|[(\[“\"])$")
