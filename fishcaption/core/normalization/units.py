"""Units in five languages; tables only. Units with prefixes are made from both parts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Noun:
    """A noun that is counted: its "one", its singular, its plural."""

    a: str
    one: str
    many: str


def nouns(a: str, table: str) -> dict[str, Noun]:
    """Return the nouns of lines "sign sign: singular, plural", or "one|singular, plural" if not ``a``.

    An underscore is a blank inside a sign.
    """
    found: dict[str, Noun] = {}
    for line in table.strip().splitlines():
        signs, _, said = line.partition(": ")
        one, many = said.split(", ")
        article, is_other, noun = one.rpartition("|")
        for sign in signs.split():
            found[sign.replace("_", " ")] = Noun(article if is_other else a, noun, many)
    return found


_PREFIXES: Final = {
    "en": "k kilo|M mega|G giga|T tera|P peta|m milli|µ micro|n nano|c centi|d deci|h hecto",
    "de": "k Kilo|M Mega|G Giga|T Tera|P Peta|m Milli|µ Mikro|n Nano|c Zenti|d Dezi|h Hekto",
    "es": "k kilo|M mega|G giga|T tera|P peta|m mili|µ micro|n nano|c centi|d deci|h hecto",
    "fr": "k kilo|M méga|G giga|T téra|P péta|m milli|µ micro|n nano|c centi|d déci|h hecto",
    "it": "k chilo|M mega|G giga|T tera|P peta|m milli|µ micro|n nano|c centi|d deci|h etto",
}
# Base units, and the prefixes that are written before them.
_PREFIXED: Final = {
    "m": "kmµncd", "g": "kmµn", "l": "mµcdh", "L": "mµcdh", "s": "mµn", "Hz": "kMGT", "W": "kMGTmµ",
    "Wh": "kMGT", "V": "kmMµ", "A": "mµk", "Ah": "mk", "J": "kM", "Pa": "hkM", "N": "kM", "Ω": "kM",
    "B": "kMGTP", "bit": "kMG", "eV": "kMG", "cal": "k", "bar": "m", "mol": "mµ", "o": "kMGT", "F": "µn",
}  # fmt: skip


def _prefixed(code: str, units: dict[str, Noun]) -> dict[str, Noun]:
    """Return the units with those that prefixes make of them."""
    words = dict(part.split() for part in _PREFIXES[code].split("|"))
    found = dict(units)
    for base, prefixes in _PREFIXED.items():
        noun = units.get(base)
        for prefix in prefixes if noun else "":
            assert noun is not None
            a, one, many = noun.a, noun.one, noun.many
            head = words[prefix]
            if code == "de":
                one, many = one[0].lower() + one[1:], many[0].lower() + many[1:]
            if code == "es" and one == "metro":
                head = f"{head[:-1]}{'í' if head[-1] == 'i' else 'ó'}"
            if code == "it" and a == "uno":
                a = "un"
            for sign in ("µ", "μ", "u") if prefix == "µ" else (prefix,):
                found.setdefault(f"{sign}{base}", Noun(a, head + one, head + many))
    if noun := found.get("kB"):
        found["KB"] = noun
    return found


UNITS: Final[Mapping[str, Mapping[str, Noun]]] = {
    "en": _prefixed(
        "en",
        nouns(
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
µm μm: micrometer, micrometers
in in. inch ″: inch, inches
sq_ft sq._ft.: square foot, square feet
sq_m: square meter, square meters
sq_mi mi² mi^2: square mile, square miles
sq_km: square kilometer, square kilometers
sq_in in² in^2: square inch, square inches
sq_yd: square yard, square yards
mm² mm^2: square millimeter, square millimeters
cu_ft ft³: cubic foot, cubic feet
cm^3 cc: cubic centimeter, cubic centimeters
mm³: cubic millimeter, cubic millimeters
km³: cubic kilometer, cubic kilometers
dm³: cubic decimeter, cubic decimeters
ac: acre, acres
t: tonne, tonnes
fl_oz fl._oz.: fluid ounce, fluid ounces
gal: gallon, gallons
qt: quart, quarts
pt: pint, pints
tsp tsp.: teaspoon, teaspoons
tbsp tbsp.: tablespoon, tablespoons
mcg: microgram, micrograms
mmHg: millimeter of mercury, millimeters of mercury
mol: mole, moles
mmol: millimole, millimoles
IU: international unit, international units
ppm: part per million, parts per million
ppb: part per billion, parts per billion
J: joule, joules
Pa: pascal, pascals
bar: bar, bars
Nm N·m N⋅m: newton meter, newton meters
eV: electron volt, electron volts
Ah: amp hour, amp hours
VA: volt ampere, volt amperes
bit bits: bit, bits
B: byte, bytes
KiB: kibibyte, kibibytes
MiB: mebibyte, mebibytes
GiB: gibibyte, gibibytes
TiB: tebibyte, tebibytes
MBps: megabyte per second, megabytes per second
kn kt kts: knot, knots
hp: horsepower, horsepower
lm: lumen, lumens
lx: lux, lux
cd: candela, candelas
dpi: dot per inch, dots per inch
ppi: pixel per inch, pixels per inch
MP: megapixel, megapixels
Sv: sievert, sieverts
mSv: millisievert, millisieverts
Bq: becquerel, becquerels
wk wks: week, weeks
yr yrs yr.: year, years
mo mos: month, months
hrs. hr.: hour, hours
min. mins.: minute, minutes
sec. secs.: second, seconds
lbs. lb.: pound, pounds
oz.: ounce, ounces
ft.: foot, feet
yd. yds.: yard, yards
mi.: mile, miles
gal.: gallon, gallons
qt.: quart, quarts
pt.: pint, pints
pct pct.: percent, percent
℃: degree Celsius, degrees Celsius
℉: degree Fahrenheit, degrees Fahrenheit
K: kelvin, kelvins
""",
        ),
    ),
    "de": _prefixed(
        "de",
        nouns(
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
mi: eine|Meile, Meilen
cm² cm^2: Quadratzentimeter, Quadratzentimeter
mm² mm^2: Quadratmillimeter, Quadratmillimeter
qm m^2: Quadratmeter, Quadratmeter
km^2 qkm: Quadratkilometer, Quadratkilometer
cm³ cm^3 ccm: Kubikzentimeter, Kubikzentimeter
m^3 cbm: Kubikmeter, Kubikmeter
km³: Kubikkilometer, Kubikkilometer
dm³: Kubikdezimeter, Kubikdezimeter
t: eine|Tonne, Tonnen
Pfd Pfd.: Pfund, Pfund
Ztr Ztr.: Zentner, Zentner
mmHg: Millimeter Quecksilbersäule, Millimeter Quecksilbersäule
mol: Mol, Mol
I.E. IE: eine|internationale Einheit, internationale Einheiten
J: Joule, Joule
Pa: Pascal, Pascal
N: Newton, Newton
bar: Bar, Bar
Nm: Newtonmeter, Newtonmeter
PS: PS, PS
Wh: eine|Wattstunde, Wattstunden
Ah: eine|Amperestunde, Amperestunden
A: Ampere, Ampere
VA: Voltampere, Voltampere
Ω: Ohm, Ohm
dB: Dezibel, Dezibel
cal: eine|Kalorie, Kalorien
eV: Elektronenvolt, Elektronenvolt
B: Byte, Byte
bit Bit: Bit, Bit
kbps kBit/s: Kilobit pro Sekunde, Kilobit pro Sekunde
Mbps MBit/s: Megabit pro Sekunde, Megabit pro Sekunde
Gbps GBit/s: Gigabit pro Sekunde, Gigabit pro Sekunde
fps: Bild pro Sekunde, Bilder pro Sekunde
px: Pixel, Pixel
MP: Megapixel, Megapixel
lm: Lumen, Lumen
lx: Lux, Lux
kn: Knoten, Knoten
Std Stdn. Stdn: eine|Stunde, Stunden
Min: eine|Minute, Minuten
Sek sec: eine|Sekunde, Sekunden
Uhr: Uhr, Uhr
Tg. Tg: Tag, Tage
Wo.: eine|Woche, Wochen
Mon.: Monat, Monate
J.: Jahr, Jahre
Stk. Stk St.: Stück, Stück
EL: Esslöffel, Esslöffel
TL: Teelöffel, Teelöffel
Pers.: eine|Person, Personen
Zi.: Zimmer, Zimmer
ppm: ein|Teil pro Million, Teile pro Million
mSv: Millisievert, Millisievert
K: Kelvin, Kelvin
""",
        ),
    ),
    "es": _prefixed(
        "es",
        nouns(
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
cm² cm^2: centímetro cuadrado, centímetros cuadrados
mm²: milímetro cuadrado, milímetros cuadrados
m^2: metro cuadrado, metros cuadrados
km^2: kilómetro cuadrado, kilómetros cuadrados
cm³ cm^3 cc: centímetro cúbico, centímetros cúbicos
m^3: metro cúbico, metros cúbicos
dm³: decímetro cúbico, decímetros cúbicos
mi: una|milla, millas
t: una|tonelada, toneladas
lb: una|libra, libras
oz: una|onza, onzas
mmHg: milímetro de mercurio, milímetros de mercurio
mol: mol, moles
UI: una|unidad internacional, unidades internacionales
J: julio, julios
Pa: pascal, pascales
N: newton, newtons
bar: bar, bares
CV: caballo, caballos
Wh: vatio hora, vatios hora
Ah: amperio hora, amperios hora
A: amperio, amperios
Ω: ohmio, ohmios
dB: decibelio, decibelios
cal: una|caloría, calorías
B: byte, bytes
bit: bit, bits
kbps: kilobit por segundo, kilobits por segundo
Mbps: megabit por segundo, megabits por segundo
Gbps: gigabit por segundo, gigabits por segundo
fps: fotograma por segundo, fotogramas por segundo
px: píxel, píxeles
MP: megapíxel, megapíxeles
lm: lumen, lúmenes
hs hrs h.: una|hora, horas
min.: minuto, minutos
seg seg.: segundo, segundos
mín: minuto, minutos
°F: grado Fahrenheit, grados Fahrenheit
ud. uds. ud uds: una|unidad, unidades
pág.: una|página, páginas
ppm: una|parte por millón, partes por millón
K: kelvin, kelvin
""",
        ),
    ),
    "fr": _prefixed(
        "fr",
        nouns(
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
cm² cm^2: centimètre carré, centimètres carrés
mm²: millimètre carré, millimètres carrés
m^2: mètre carré, mètres carrés
km^2: kilomètre carré, kilomètres carrés
cm³ cm^3: centimètre cube, centimètres cube
m^3: mètre cube, mètres cube
dm³: décimètre cube, décimètres cube
mi: un|mile, miles
t: une|tonne, tonnes
mmHg: millimètre de mercure, millimètres de mercure
mol: une|mole, moles
UI: une|unité internationale, unités internationales
J: joule, joules
Pa: pascal, pascals
N: newton, newtons
bar: bar, bars
ch: cheval, chevaux
CV: cheval fiscal, chevaux fiscaux
Wh: wattheure, wattheures
Ah: ampère-heure, ampères-heures
A: ampère, ampères
Ω: ohm, ohms
dB: décibel, décibels
cal: une|calorie, calories
o: octet, octets
B: octet, octets
bit: bit, bits
Mbps Mbit/s: mégabit par seconde, mégabits par seconde
Gbps Gbit/s: gigabit par seconde, gigabits par seconde
fps: une|image par seconde, images par seconde
px: pixel, pixels
MP: mégapixel, mégapixels
lm: lumen, lumens
°F: degré Fahrenheit, degrés Fahrenheit
h. hrs: une|heure, heures
min. mn: une|minute, minutes
sec sec.: une|seconde, secondes
j: jour, jours
ppm: une|partie par million, parties par million
K: kelvin, kelvins
""",
        ),
    ),
    "it": _prefixed(
        "it",
        nouns(
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
h: un'|ora, ore
min: minuto, minuti
s: secondo, secondi
Hz: hertz, hertz
W: watt, watt
kW: chilowatt, chilowatt
kWh: chilowattora, chilowattora
V: volt, volt
MB: megabyte, megabyte
GB: gigabyte, gigabyte
cm² cm^2: centimetro quadrato, centimetri quadrati
mm²: millimetro quadrato, millimetri quadrati
m^2 mq: metro quadrato, metri quadrati
km^2 kmq: chilometro quadrato, chilometri quadrati
cm³ cm^3: centimetro cubo, centimetri cubi
m^3 mc: metro cubo, metri cubi
dm³: decimetro cubo, decimetri cubi
mi: un|miglio, miglia
t: una|tonnellata, tonnellate
hg: etto, etti
q: quintale, quintali
mmHg: millimetro di mercurio, millimetri di mercurio
mol: una|mole, moli
UI: un'|unità internazionale, unità internazionali
J: joule, joule
Pa: pascal, pascal
N: newton, newton
bar: bar, bar
CV: cavallo, cavalli
Wh: wattora, wattora
Ah: amperora, amperora
A: ampere, ampere
Ω: ohm, ohm
dB: decibel, decibel
cal: una|caloria, calorie
B: byte, byte
bit: bit, bit
Mbps Mbit/s: megabit al secondo, megabit al secondo
Gbps Gbit/s: gigabit al secondo, gigabit al secondo
fps: fotogramma al secondo, fotogrammi al secondo
px: pixel, pixel
MP: megapixel, megapixel
lm: lumen, lumen
°F: grado Fahrenheit, gradi Fahrenheit
h.: un'|ora, ore
min. m.: minuto, minuti
sec sec. s.: secondo, secondi
gg: giorno, giorni
ppm: una|parte per milione, parti per milione
K: kelvin, kelvin
""",
        ),
    ),
}
"""Nouns by language and sign."""
