"""Five languages' words for what is written in signs: units, currencies, months, the marks of an address.

Tables only; `core.aloud` reads with them. Written from general knowledge of how these languages are spoken.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Noun:
    """What is counted: "one" as it stands before it, its singular, its plural."""

    a: str
    one: str
    many: str


@dataclass(frozen=True, slots=True)
class Money:
    """A currency and its hundredth part; without one, decimals are read as such."""

    whole: Noun
    part: Noun | None = None


@dataclass(frozen=True, slots=True)
class Tongue:
    """A language's words. ``group`` and ``point`` are the marks inside its numbers."""

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


def _split(words: str) -> tuple[str, ...]:
    return tuple(words.split())


def _nouns(a: str, table: str) -> dict[str, Noun]:
    """Lines of "sign sign: singular, plural"; where "one" is another word than ``a`` it stands before."""
    found: dict[str, Noun] = {}
    for line in table.strip().splitlines():
        signs, _, said = line.partition(": ")
        one, many = said.split(", ")
        article, is_other, noun = one.rpartition("|")
        for sign in signs.split():
            found[sign] = Noun(article if is_other else a, noun, many)
    return found


ENGLISH: Final = Tongue(
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
    months=_split("January February March April May June July August September October November December"),
    money={
        "$": Money(Noun("one", "dollar", "dollars"), Noun("one", "cent", "cents")),
        "€": Money(Noun("one", "euro", "euros"), Noun("one", "cent", "cents")),
        "£": Money(Noun("one", "pound", "pounds"), Noun("one", "penny", "pence")),
        "¥": Money(Noun("one", "yen", "yen")),
        "₹": Money(Noun("one", "rupee", "rupees")),
        "₩": Money(Noun("one", "won", "won")),
        "CHF": Money(Noun("one", "Swiss franc", "Swiss francs")),
    },
    units=_nouns(
        "one",
        """
km: kilometer, kilometers
m: meter, meters
cm: centimeter, centimeters
mm: millimeter, millimeters
µm μm: micrometer, micrometers
nm: nanometer, nanometers
mi: mile, miles
ft: foot, feet
yd: yard, yards
km² km^2: square kilometer, square kilometers
m² m^2 sqm: square meter, square meters
cm²: square centimeter, square centimeters
m³ m^3: cubic meter, cubic meters
cm³: cubic centimeter, cubic centimeters
ft² sqft: square foot, square feet
ha: hectare, hectares
kg: kilogram, kilograms
g: gram, grams
mg: milligram, milligrams
µg μg: microgram, micrograms
lb lbs: pound, pounds
oz: ounce, ounces
l L: liter, liters
ml mL: milliliter, milliliters
cl: centiliter, centiliters
km/h kph kmh: kilometer per hour, kilometers per hour
mph: mile per hour, miles per hour
m/s: meter per second, meters per second
°C: degree Celsius, degrees Celsius
°F: degree Fahrenheit, degrees Fahrenheit
°: degree, degrees
h hr hrs: hour, hours
min mins: minute, minutes
s sec secs: second, seconds
ms: millisecond, milliseconds
µs μs: microsecond, microseconds
ns: nanosecond, nanoseconds
Hz: hertz, hertz
kHz: kilohertz, kilohertz
MHz: megahertz, megahertz
GHz: gigahertz, gigahertz
W: watt, watts
kW: kilowatt, kilowatts
MW: megawatt, megawatts
kWh: kilowatt hour, kilowatt hours
Wh: watt hour, watt hours
V: volt, volts
mV: millivolt, millivolts
mA: milliamp, milliamps
mAh: milliamp hour, milliamp hours
Ω: ohm, ohms
dB: decibel, decibels
kB KB: kilobyte, kilobytes
MB: megabyte, megabytes
GB: gigabyte, gigabytes
TB: terabyte, terabytes
kbit/s kbps: kilobit per second, kilobits per second
Mbit/s Mbps: megabit per second, megabits per second
Gbit/s Gbps: gigabit per second, gigabits per second
fps: frame per second, frames per second
bpm: beat per minute, beats per minute
rpm: revolution per minute, revolutions per minute
px: pixel, pixels
kcal: kilocalorie, kilocalories
cal: calorie, calories
kJ: kilojoule, kilojoules
hPa: hectopascal, hectopascals
psi: pound per square inch, pounds per square inch
""",
    ),
    at="at",
    dot="dot",
    slash="slash",
    dash="dash",
    underscore="underscore",
)
_GERMAN: Final = Tongue(
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
    months=_split("Januar Februar März April Mai Juni Juli August September Oktober November Dezember"),
    money={
        "€": Money(Noun("ein", "Euro", "Euro"), Noun("ein", "Cent", "Cent")),
        "$": Money(Noun("ein", "Dollar", "Dollar"), Noun("ein", "Cent", "Cent")),
        "£": Money(Noun("ein", "Pfund", "Pfund"), Noun("ein", "Penny", "Pence")),
        "CHF": Money(Noun("ein", "Franken", "Franken"), Noun("ein", "Rappen", "Rappen")),
        "¥": Money(Noun("ein", "Yen", "Yen")),
    },
    units=_nouns(
        "ein",
        """
km: Kilometer, Kilometer
m: Meter, Meter
cm: Zentimeter, Zentimeter
mm: Millimeter, Millimeter
km²: Quadratkilometer, Quadratkilometer
m²: Quadratmeter, Quadratmeter
m³: Kubikmeter, Kubikmeter
ha: Hektar, Hektar
kg: Kilogramm, Kilogramm
g: Gramm, Gramm
mg: Milligramm, Milligramm
l L: Liter, Liter
ml mL: Milliliter, Milliliter
cl: Zentiliter, Zentiliter
km/h: Kilometer pro Stunde, Kilometer pro Stunde
m/s: Meter pro Sekunde, Meter pro Sekunde
°C: Grad Celsius, Grad Celsius
°F: Grad Fahrenheit, Grad Fahrenheit
°: Grad, Grad
h Std.: eine|Stunde, Stunden
min Min.: eine|Minute, Minuten
s Sek.: eine|Sekunde, Sekunden
ms: eine|Millisekunde, Millisekunden
Hz: Hertz, Hertz
kHz: Kilohertz, Kilohertz
W: Watt, Watt
kW: Kilowatt, Kilowatt
kWh: eine|Kilowattstunde, Kilowattstunden
V: Volt, Volt
MB: Megabyte, Megabyte
GB: Gigabyte, Gigabyte
""",
    ),
    at="ät",
    dot="Punkt",
    slash="Schrägstrich",
    dash="Bindestrich",
    underscore="Unterstrich",
)
_SPANISH: Final = Tongue(
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
    months=_split("enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre"),
    money={
        "€": Money(Noun("un", "euro", "euros"), Noun("un", "céntimo", "céntimos")),
        "$": Money(Noun("un", "dólar", "dólares"), Noun("un", "centavo", "centavos")),
        "£": Money(Noun("una", "libra", "libras"), Noun("un", "penique", "peniques")),
        "¥": Money(Noun("un", "yen", "yenes")),
    },
    units=_nouns(
        "un",
        """
km: kilómetro, kilómetros
m: metro, metros
cm: centímetro, centímetros
mm: milímetro, milímetros
km²: kilómetro cuadrado, kilómetros cuadrados
m²: metro cuadrado, metros cuadrados
m³: metro cúbico, metros cúbicos
ha: una|hectárea, hectáreas
kg: kilogramo, kilogramos
g: gramo, gramos
mg: miligramo, miligramos
l L: litro, litros
ml mL: mililitro, mililitros
km/h: kilómetro por hora, kilómetros por hora
°C: grado Celsius, grados Celsius
°: grado, grados
h: una|hora, horas
min: minuto, minutos
s: segundo, segundos
Hz: hercio, hercios
W: vatio, vatios
kW: kilovatio, kilovatios
kWh: kilovatio hora, kilovatios hora
V: voltio, voltios
MB: megabyte, megabytes
GB: gigabyte, gigabytes
""",
    ),
    at="arroba",
    dot="punto",
    slash="barra",
    dash="guion",
    underscore="guion bajo",
)
_FRENCH: Final = Tongue(
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
    months=_split("janvier février mars avril mai juin juillet août septembre octobre novembre décembre"),
    money={
        "€": Money(Noun("un", "euro", "euros"), Noun("un", "centime", "centimes")),
        "$": Money(Noun("un", "dollar", "dollars"), Noun("un", "cent", "cents")),
        "£": Money(Noun("une", "livre", "livres"), Noun("un", "penny", "pence")),
        "CHF": Money(Noun("un", "franc suisse", "francs suisses"), Noun("un", "centime", "centimes")),
        "¥": Money(Noun("un", "yen", "yens")),
    },
    units=_nouns(
        "un",
        """
km: kilomètre, kilomètres
m: mètre, mètres
cm: centimètre, centimètres
mm: millimètre, millimètres
km²: kilomètre carré, kilomètres carrés
m²: mètre carré, mètres carrés
m³: mètre cube, mètres cubes
ha: hectare, hectares
kg: kilogramme, kilogrammes
g: gramme, grammes
mg: milligramme, milligrammes
l L: litre, litres
ml mL: millilitre, millilitres
km/h: kilomètre heure, kilomètres heure
°C: degré Celsius, degrés Celsius
°: degré, degrés
h: une|heure, heures
min: une|minute, minutes
s: une|seconde, secondes
Hz: hertz, hertz
W: watt, watts
kW: kilowatt, kilowatts
kWh: kilowattheure, kilowattheures
V: volt, volts
Mo: mégaoctet, mégaoctets
Go: gigaoctet, gigaoctets
""",
    ),
    at="arobase",
    dot="point",
    slash="slash",
    dash="tiret",
    underscore="tiret bas",
)
_ITALIAN: Final = Tongue(
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
    months=_split(
        "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre"
    ),
    money={
        "€": Money(Noun("un", "euro", "euro"), Noun("un", "centesimo", "centesimi")),
        "$": Money(Noun("un", "dollaro", "dollari"), Noun("un", "centesimo", "centesimi")),
        "£": Money(Noun("una", "sterlina", "sterline"), Noun("un", "penny", "pence")),
        "¥": Money(Noun("uno", "yen", "yen")),
    },
    units=_nouns(
        "un",
        """
km: chilometro, chilometri
m: metro, metri
cm: centimetro, centimetri
mm: millimetro, millimetri
km²: chilometro quadrato, chilometri quadrati
m²: metro quadrato, metri quadrati
m³: metro cubo, metri cubi
ha: ettaro, ettari
kg: chilogrammo, chilogrammi
g: grammo, grammi
mg: milligrammo, milligrammi
l L: litro, litri
ml mL: millilitro, millilitri
km/h: chilometro orario, chilometri orari
°C: grado Celsius, gradi Celsius
°: grado, gradi
h: una|ora, ore
min: minuto, minuti
s: secondo, secondi
Hz: hertz, hertz
W: watt, watt
kW: chilowatt, chilowatt
kWh: chilowattora, chilowattora
V: volt, volt
MB: megabyte, megabyte
GB: gigabyte, gigabyte
""",
    ),
    at="chiocciola",
    dot="punto",
    slash="barra",
    dash="trattino",
    underscore="trattino basso",
)
TONGUES: Final = {tongue.code: tongue for tongue in (ENGLISH, _GERMAN, _SPANISH, _FRENCH, _ITALIAN)}
"""By their two-letter codes."""
