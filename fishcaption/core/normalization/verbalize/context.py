"""Context: the word before a number or a code that tells what it is.

The search goes back over words that may stand between ("your code **is** 4821", "PIN **number:** 0042") to
the word that decides, within the sentence and within `core.text.readings.LEFT`.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, NamedTuple

from fishcaption.core.normalization.verbalize.forms import BLANK
from fishcaption.core.text.readings import words_of

_OF: Final = frozenset(
    ("de", "di", "del", "della", "du", "of", "for", "für", "per", "pour", "para", "zum", "zur")
)


class Context(NamedTuple):
    """The kind of the deciding word; ``is_number`` is true if a word like "number", or a colon, follows it.

    password, code, plate: only a code follows. call: somebody is called. reach: somebody may be called.
    thing: it may have a number. number: only a word like "number".
    """

    kind: str
    is_number: bool


_NONE: Final = Context("", is_number=False)


_PASSWORD: Final = words_of(
    """
    password passwords passphrase passkey passwd pwd pw passwort passwörter kennwort contraseña
    contraseñas clave d'ordine
    """
)
_CODE: Final = words_of(
    """
    code codes pin pins dni nie nif cif otp totp cvv cvc tan iban isbn issn ssn vin imei swift bic ean
    uuid guid zip plz passcode passcodes postleitzahl geheimzahl claves código códigos codice codici cap
    postal postale serial phone telephone telefon telefono teléfono téléphone fax mobile cell móvil
    portable handy cellulare tel tél hotline whatsapp rufnummer durchwahl ext extension poste extensión
    interno pins- kto blz seriennummer
    """
)
_CODE_ENDS: Final = (
    "code",
    "codes",
    "-pin",
    "nummer",
    "nummern",
    "snr",
    "dennr",
    "ellnr",
    "tonr",
    "schlüssel",
    "passwort",
    "kennwort",
)
_PLATES: Final = words_of(
    """
    targhe targa matrículas matrícula immatriculation plaque plates plate registration
    """
)
_THINGS: Final = words_of(
    """
    account accounts acct acct. card cards booking bookings reservation reservations reference ref ref.
    order orders tracking confirmation customer member membership ticket tickets invoice invoices case
    policy licence license passport passports id ids routing flight parcel vehicle key konto karte buchung
    bestellung auftrag rechnung kunde ausweis flug sendung vorgang cuenta tarjeta reserva pedido
    referencia factura cliente vuelo pasaporte billete expediente envío compte carte réservation
    commande référence facture client vol passeport billet dossier colis conto carta prenotazione ordine
    riferimento fattura volo passaporto biglietto pratica spedizione
    """
)
_NUMBER: Final = words_of(
    """
    number numbers no. nos. num. nr nr. # № nummer número núm. nº n° n.º nro. nro numéro numero n.
    """
)
_ENDING: Final = words_of(
    """
    ending ends endet endend termina terminada terminado termine terminant finissant finisce
    """
)
BETWEEN: Final = words_of(
    """
    is are was were will be read reads now again also still just your the my our his her their a an new
    old of for to at on in and or then that's it's not use enter me us him them you please ist sind war
    lautet lauten jetzt dein deine ihr ihre mein meine und oder dann für der die das den auf mich uns an
    bitte sie es son era será ahora tu su mi nuevo nueva y o el la de del en al nos usted est sont était
    maintenant votre ton mon nouveau et ou le au du se par moi nous vous è sono ora il tuo suo mio nuovo
    nuova e che con lo ci
    """
)
_CALLS: Final = (
    "call", "dial", "ring", "texted", "whatsapp", "wähl", "anruf", "ruf", "notruf", "llam", "marc", "appel",
    "compos", "chiam",
    "compon", "telefon", "emergenc", "emergenz", "urgence",
    "polizei", "feuerwehr", "rettungsdienst", "police", "fire brigade", "ambulance", "policía", "bomberos",
    "pompiers", "polizia", "carabinieri", "vigili",
)  # fmt: skip
_REACH: Final = ("unter", "erreich", "reach", "joindre", "text", "message")
_TOKEN: Final = re.compile(r"[#№]|n\.º|[^\W_]+(?:[-'’][^\W_]+)*(?:[.º°](?=\s|$))?")
_SENTENCE: Final = re.compile(r"(?:[^\W\d_]{4,}(?<!nr)(?<!num)(?<!acct)|\d)[.!?]+[\"”’»)]*\s|[!?]\s|\n")
_STEPS: Final = 6


@lru_cache(maxsize=32)
def context(before: str) -> Context:
    """Return what the text tells about a number directly behind it."""
    start = 0
    for end in _SENTENCE.finditer(before):
        start = end.end()
    words = _TOKEN.findall(before.lower().replace("’", "'"), start)
    is_number = before.rstrip(" \"'“„«`(").endswith((":", "=", "#"))
    found = ""
    skipped = 0  # words that describe the deciding one: "code **de vérification**"
    for index, word in enumerate(reversed(words[-_STEPS - 2 :])):
        if index == _STEPS:
            break
        if (kind := _kind(word, words, len(words) - 1 - index)) and not (kind == "number" or word in BETWEEN):
            return Context(kind, is_number)
        if word in _NUMBER or word in _ENDING:
            is_number = True
            found = "number"
        elif word not in BETWEEN and not any(map(str.isdigit, word)):
            at = len(words) - 1 - index
            if skipped or not _OF.intersection(words[max(0, at - 2) : at]):
                break
            skipped += 1
    return Context(found, is_number) if found else _NONE


def decides(word: str) -> bool:
    """Return whether a word may stand before a code, so that it is no code itself."""
    return word in BETWEEN or _kind(word, [word], 0) != ""


def _kind(word: str, words: list[str], index: int) -> str:
    bare = word.rstrip(".")
    if (
        bare in _PASSWORD
        or bare.endswith(("passwort", "kennwort", "password"))
        or (bare == "passe" and words[max(0, index - 2) : index] == ["mot", "de"])
    ):
        return "password"
    if bare in _PLATES or bare.endswith("kennzeichen"):
        return "plate"
    if bare in _CODE or (bare.endswith(_CODE_ENDS) and bare != "nummer"):
        return "code"
    if bare in _THINGS or word in _THINGS or bare.endswith("-id"):
        return "thing"
    if bare.startswith(_CALLS):
        return "call"
    if bare.startswith(_REACH):
        return "reach"
    return "number" if word in _NUMBER or bare in _NUMBER else ""


_COUNTING: Final = words_of("""
    times people lines characters digits letters words bytes pages files minutes minute seconds hours
    days weeks months years percent points units items users attempts tries more others copies customers
    members cards accounts orders tickets meters miles feet dollars euros pounds million billion
    thousand Mal Zeichen Ziffern Stellen Zeilen Seiten Minuten Stunden Tage Wochen Jahre Versuche Leute
    Menschen Personen Meter Kilometer Millionen Milliarden Prozent Euro veces caracteres dígitos líneas
    páginas minutos horas días semanas años intentos personas metros kilómetros millones fois caractères
    chiffres lignes minutes heures jours semaines essais personnes mètres millions volte caratteri cifre
    righe pagine ore giorni settimane anni tentativi persone metri milioni
""")
NEXT_WORD: Final = re.compile(rf"{BLANK}([^\W\d_]+)")


def is_counted(follows: str) -> bool:
    """Return whether a counted thing follows a number, which then is no code."""
    following = NEXT_WORD.match(follows)
    return following is not None and following.group(1) in _COUNTING
