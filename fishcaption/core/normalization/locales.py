"""Locales: the words of five languages for signs, such as currencies and the marks of an address.

Tables only; `core.normalization.verbalize` uses them. They are written from general knowledge of how these
languages are spoken.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from fishcaption.core.normalization.units import UNITS, Noun, nouns
from fishcaption.core.text.months import MONTHS


@dataclass(frozen=True, slots=True)
class Money:
    """A currency and its hundredth part; without one, its decimals are read as decimals."""

    whole: Noun
    part: Noun | None = None


@dataclass(frozen=True, slots=True)
class Locale:
    """The words of a language. ``group`` and ``point`` are the marks inside its numbers."""

    code: str
    group: str
    point: str
    decimal: str
    minus: str
    plus: str
    either: str
    about: str
    to: str
    by: str
    percent: str
    joint: str  # between the whole and the hundredth part of an amount
    months: tuple[str, ...]
    money: Mapping[str, Money]
    units: Mapping[str, Noun]
    at: str
    dot: str
    slash: str
    dash: str
    underscore: str


def _money(a: str, table: str) -> dict[str, Money]:
    """Return the currencies of lines as for `nouns`, with the hundredth part behind a semicolon."""
    found: dict[str, Money] = {}
    for line in table.strip().splitlines():
        signs, _, said = line.partition(": ")
        whole, _, part = said.partition("; ")
        cents = nouns(a, f"-: {part}")["-"] if part else None
        for sign, noun in nouns(a, f"{signs}: {whole}").items():
            found[sign] = Money(noun, cents)
    return found


ENGLISH: Final = Locale(
    code="en",
    group=",",
    point=".",
    decimal="point",
    minus="minus",
    plus="plus",
    either="plus or minus",
    about="about",
    to="to",
    by="by",
    percent="percent",
    joint="and",
    months=MONTHS["en"],
    money=_money(
        "one",
        """
$: dollar, dollars; cent, cents
US$ USD: US dollar, US dollars; cent, cents
A$ AUD: Australian dollar, Australian dollars; cent, cents
C$ CA$ CAD: Canadian dollar, Canadian dollars; cent, cents
NZ$ NZD: New Zealand dollar, New Zealand dollars; cent, cents
HK$ HKD: Hong Kong dollar, Hong Kong dollars; cent, cents
S$ SGD: Singapore dollar, Singapore dollars; cent, cents
R$ BRL: real, reais; centavo, centavos
MX$ MXN: Mexican peso, Mexican pesos; centavo, centavos
€ EUR: euro, euros; cent, cents
£ GBP: pound, pounds; penny, pence
¥ JPY: yen, yen
CNY RMB: yuan, yuan
₹ INR Rs Rs.: rupee, rupees; paisa, paise
₩ KRW: won, won
₽ RUB: ruble, rubles; kopeck, kopecks
₺ TRY: lira, lira; kurus, kurus
₪ ILS: shekel, shekels; agora, agorot
₴ UAH: hryvnia, hryvnias; kopeck, kopecks
₿ BTC: bitcoin, bitcoins
CHF Fr.: Swiss franc, Swiss francs; centime, centimes
SEK: Swedish krona, Swedish kronor
NOK: Norwegian krone, Norwegian kroner
DKK: Danish krone, Danish kroner
kr: krone, kroner
zł PLN: zloty, zlotys; grosz, groszy
CZK Kč: Czech koruna, Czech korunas
¢: cent, cents
""",
    ),
    units=UNITS["en"],
    at="at",
    dot="dot",
    slash="slash",
    dash="dash",
    underscore="underscore",
)
_GERMAN: Final = Locale(
    code="de",
    group=".",
    point=",",
    decimal="Komma",
    minus="minus",
    plus="plus",
    either="plus minus",
    about="etwa",
    to="bis",
    by="mal",
    percent="Prozent",
    joint="",
    months=MONTHS["de"],
    money=_money(
        "ein",
        """
€ EUR: Euro, Euro; Cent, Cent
$: Dollar, Dollar; Cent, Cent
US$ USD: US-Dollar, US-Dollar; Cent, Cent
£ GBP: Pfund, Pfund; Penny, Pence
CHF Fr. SFr. sFr.: Franken, Franken; Rappen, Rappen
¥ JPY: Yen, Yen
CNY: Yuan, Yuan
₹ INR: eine|Rupie, Rupien
₽ RUB: Rubel, Rubel; Kopeke, Kopeken
₺ TRY: eine|Lira, Lira
₿ BTC: Bitcoin, Bitcoin
DM: eine|Mark, Mark; Pfennig, Pfennig
SEK DKK NOK kr Kr.: eine|Krone, Kronen
zł PLN: Zloty, Zloty; Groszy, Groszy
CZK Kč: eine|tschechische Krone, tschechische Kronen
ct ct. Ct. Ct ¢: Cent, Cent
""",
    ),
    units=UNITS["de"],
    at="ät",
    dot="Punkt",
    slash="Schrägstrich",
    dash="Bindestrich",
    underscore="Unterstrich",
)
_SPANISH: Final = Locale(
    code="es",
    group=".",
    point=",",
    decimal="coma",
    minus="menos",
    plus="más",
    either="más menos",
    about="aproximadamente",
    to="a",
    by="por",
    percent="por ciento",
    joint="con",
    months=MONTHS["es"],
    money=_money(
        "un",
        """
€ EUR: euro, euros; céntimo, céntimos
$: dólar, dólares; centavo, centavos
US$ USD: dólar estadounidense, dólares estadounidenses; centavo, centavos
MXN MX$: peso mexicano, pesos mexicanos; centavo, centavos
ARS: peso argentino, pesos argentinos; centavo, centavos
COP: peso colombiano, pesos colombianos; centavo, centavos
CLP: peso chileno, pesos chilenos
£ GBP: una|libra, libras; penique, peniques
CHF: franco suizo, francos suizos; céntimo, céntimos
¥ JPY: yen, yenes
CNY: yuan, yuanes
₹ INR: una|rupia, rupias
R$ BRL: real, reales; centavo, centavos
₽ RUB: rublo, rublos
₿ BTC: bitcoin, bitcoins
S/ PEN: sol, soles; céntimo, céntimos
cts cts. ct ¢: céntimo, céntimos
""",
    ),
    units=UNITS["es"],
    at="arroba",
    dot="punto",
    slash="barra",
    dash="guion",
    underscore="guion bajo",
)
_FRENCH: Final = Locale(
    code="fr",
    group=".\u0020",
    point=",",
    decimal="virgule",
    minus="moins",
    plus="plus",
    either="plus ou moins",
    about="environ",
    to="à",
    by="sur",
    percent="pour cent",
    joint="",
    months=MONTHS["fr"],
    money=_money(
        "un",
        """
€ EUR: euro, euros; centime, centimes
$: dollar, dollars; cent, cents
US$ USD $US: dollar américain, dollars américains; cent, cents
CAD CA$ $CA: dollar canadien, dollars canadiens; cent, cents
£ GBP: une|livre, livres; penny, pence
CHF Fr.: franc suisse, francs suisses; centime, centimes
FF F: franc, francs; centime, centimes
FCFA XOF XAF: franc CFA, francs CFA
¥ JPY: yen, yens
CNY: yuan, yuans
₹ INR: une|roupie, roupies
₽ RUB: rouble, roubles
₿ BTC: bitcoin, bitcoins
cts cts. ct ¢: centime, centimes
""",
    ),
    units=UNITS["fr"],
    at="arobase",
    dot="point",
    slash="slash",
    dash="tiret",
    underscore="tiret bas",
)
_ITALIAN: Final = Locale(
    code="it",
    group=".",
    point=",",
    decimal="virgola",
    minus="meno",
    plus="più",
    either="più o meno",
    about="circa",
    to="a",
    by="per",
    percent="per cento",
    joint="e",
    months=MONTHS["it"],
    money=_money(
        "un",
        """
€ EUR: euro, euro; centesimo, centesimi
$: dollaro, dollari; centesimo, centesimi
US$ USD: dollaro americano, dollari americani; centesimo, centesimi
£ GBP: una|sterlina, sterline; penny, pence
CHF Fr.: franco svizzero, franchi svizzeri; centesimo, centesimi
¥ JPY: uno|yen, yen
CNY: uno|yuan, yuan
₹ INR: una|rupia, rupie
₽ RUB: rublo, rubli
₿ BTC: bitcoin, bitcoin
cts ct ct. ¢ cent: centesimo, centesimi
""",
    ),
    units=UNITS["it"],
    at="chiocciola",
    dot="punto",
    slash="barra",
    dash="trattino",
    underscore="trattino basso",
)
LOCALES: Final = {locale.code: locale for locale in (ENGLISH, _GERMAN, _SPANISH, _FRENCH, _ITALIAN)}
"""Locales by two-letter code."""
