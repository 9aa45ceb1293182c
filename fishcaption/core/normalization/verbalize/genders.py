"""Genders of nouns, guessed from their endings.

In German, Spanish, French and Italian, the numeral one and the ordinals depend on the gender. The ending
decides, with lists of common words that are exceptions; so the guess may be wrong for a rare word.
"""

from __future__ import annotations

import re
from typing import Final, Literal

Gender = Literal["m", "f", "n"]

_ENDS: Final = {
    "de": (
        (r"(?:ung|heit|keit|schaft|ion|tät|ik|ur|enz|anz|ie|in|ei|elle|ine|ette|age)$", "f"),
        (r"(?:chen|lein|ment|um|nis|tel|ma|al|o|ier|ett)$", "n"),
        (r"(?:liga|frau|"
            r"stadt|zeit|zahl|nacht|hand|stunde|woche|karte|bahn|kraft|luft|arbeit|wand|bank)$", "f"),
        (r"(?:haus|buch|jahr|kind|bild|blatt|glas|zimmer|stück|wort|spiel|werk|land|tor|rad|tier|"
         r"schiff|schloss|dorf|feld|licht|ei|bett|mal|jahrhundert|jahrzehnt|gerät|paar|prozent|geld|"
         r"kilo|gramm|pfund|megabyte|gigabyte)$", "n"),
        (r"e$", "f"),
        (r"", "m"),
    ),
    "es": (
        (r"(?:a|as|ción|ciones|sión|siones|dad|dades|tad|tades|tud|tudes|umbre|umbres|sis|ez|eces|"
        r"triz)$", "f"),
        (r"", "m"),
    ),
    "fr": (
        (r"(?:[tsx]ion|té|ée|ie|ette|ance|ence|ure|ude|ade|ise|esse|euse|trice|elle|ille|ère|ine|enne|onne|"
        r"ique|"
         r"aine|ène|ouche|ue)s?$", "f"),
        (r"", "m"),
    ),
    "it": (
        (r"(?:a|[zsgn]ion[ei]|tà|tù|tric[ei]|ic[ei])$", "f"),
        (r"", "m"),
    ),
}  # fmt: skip
_KNOWN: Final[dict[str, dict[str, str]]] = {
    "de": {
        "f": "Frau Mutter Tochter Schwester Uhr Tür Nummer Person Mark Mauer Oper Feder Schulter Regel "
        "Insel Gabel Tafel "
        """
            Million Milliarde Zeit Form Art Bar Figur Natur Kultur Gefahr Wahl Zahl Fahrt Welt Burg Tat
            Angst Kunst Post
        """
        """
            Liste Antwort Null Eins Drei Tonne Butter Leiter Steuer Kiefer Ausfahrt Einfahrt Etappe WM
            EM CD DVD GmbH AG SMS
        """,
        "n": "Auge Ende Interesse Gebäude Getränk Gemüse Mädchen Kapitel Semester Quartal Ufer Wasser "
        "Feuer Fenster Messer "
        """
            Mittel Viertel Drittel Hotel Auto Foto Radio Video Büro Konto Problem System Programm
            Produkt Projekt Ergebnis
        """
        """
            Gymnasium Museum Studium Datum Zentrum Jahr Mal Ding Tor Team Bier Brot Ei Herz Hemd Kleid
            Lied Meer Ohr Papier
        """
        """
            Pferd Recht Schwein Tier Tuch Volk Ziel Zeichen Leben Rennen Essen Gebot Gesetz Level Ticket
            Paket Konzert Gramm
        """
        """
            Kilogramm Milligramm Pfund Stück Byte Megabyte Gigabyte Prozent Glas Turnier Treffen Album
            Baby Handy Lebensjahr
        """
        """
            Obergeschoss Geschoss Stockwerk Bataillon Regiment Reich Obergeschoß Schuljahr Halbjahr
            Weltwunder Viertelfinale
        """,
        "m": "Name Junge Kollege Kunde Käse Buchstabe Gedanke Löwe Hase Affe Zeuge Experte Friede Wille "
        "Funke Russe Franzose "
        """
            Kilometer Meter Zentimeter Liter Monat Tag Stock Platz Weltkrieg Advent Spieltag Versuch
            Geburtstag Termin Punkt
        """
        """
            Stein Bein Schein Verein Wein Anruf Fall Kanal Pokal Saal Schal General Euro Cent Dollar
            Franken Schritt Band Akt
        """
        """
            Satz Gang Rang Teil Preis Sieg Lauf Bezirk Raum Baum Traum Schaum Irrtum Reichtum Chor Rotor
            Computer Fußball
        """
        """
            Termin Delphin Benzin Ruin Kamin Urlaub Samstag Sonntag Feiertag Jahrestag Hochzeitstag
            Wahlgang Durchgang Zug
        """
        """
            Artikel Onkel Apfel Schlüssel Vogel Himmel Gürtel Mantel Löffel Winkel Zettel Gipfel Hügel
            Titel Himmel Neffe
        """,
    },
    "es": {
        "f": "mano manos foto fotos moto motos radio noche noches tarde tardes clase clases parte partes "
        "calle calles llave "
        """
            llaves nube nubes gente sangre leche fuente fuentes mujer mujeres flor flores vez veces luz
            luces voz voces cruz
        """
        """
            cruces ley leyes red redes sal piel señal señales imagen imágenes orden órdenes razón
            razones canción habitación
        """
        """
            carne serie series base bases frase frases torre torres nave naves cárcel cárceles hectárea
            pared paredes sed
        """
        """
            meta metas cometa carta cartas puerta puertas vuelta vueltas cuenta cuentas respuesta
            respuestas falta faltas
        """
        """
            pregunta preguntas planta plantas tarjeta tarjetas maleta maletas receta recetas fiesta
            fiestas lista listas
        """
        "pista pistas botella botellas semana semanas",
        "m": "día días problema problemas sistema sistemas tema temas mapa mapas programa programas idioma "
        "idiomas clima "
        """
            planeta planetas poema poemas poeta poetas turista turistas artista artistas cura gorila
            pijama pijamas
        """,
    },
    "fr": {
        "f": "heure heures minute minutes seconde secondes semaine semaines année années journée journées "
        "personne personnes "
        """
            femme femmes fille filles maison maisons voiture voitures table tables porte portes page
            pages fois pièce pièces
        """
        """
            place places chose choses question ville villes rue rues route routes nuit nuits main mains
            tête têtes eau
        """
        """
            bouteille tasse tasses pomme pommes lettre lettres photo photos chambre chambres équipe
            équipes part parts carte
        """
        """
            cartes tonne tonnes livre vie vies mère mères sœur sœurs dame dames église école écoles
            classe classes clé clés
        """
        """
            clef clefs fleur fleurs mer mers montagne montagnes plage plages image images phrase phrases
            règle règles salle
        """
        """
            salles ligne lignes liste listes note notes langue langues feuille feuilles goutte gouttes
            erreur erreurs couleur
        """
        """
            couleurs valeur valeurs peur odeur douleur chaleur hauteur largeur longueur profondeur
            vitesse sœur tranche tranches
        """
        """
            boîte boîtes branche bataille cuillère cuillères cuillerée tablette assiette fourchette dent
            dents fin fins faim
        """
        """
            soif chaise chaises fenêtre fenêtres étoile étoiles année bière bières vache vaches jambe
            jambes oreille île îles
        """
        "messe fête fêtes course courses étape étapes étage",
        "m": "étage étages musée musées lycée lycées trophée été étés côté côtés comité comités magazine "
        "magazines "
        "domaine domaines incendie incendies génie parapluie parapluies pâté thé café cafés",
    },
    "it": {
        "f": "mano mani foto moto auto radio notte notti chiave chiavi classe classi parte parti gente "
        "legge leggi luce luci "
        """
            voce voci croce croci pace carne neve nave navi rete reti sete fame torre torri madre madri
            moglie arte arti morte
        """
        """
            mente fonte fonti ora ore ala ali volta volte cosa cose casa case sorella età città
            università virtù stazione
        """
        """
            tazza tazze persona persone pagina pagine settimana settimane ragazza donna donne stella
            stelle macchina macchine
        """
        """
            cima somma fiamma forma norma arma mamma gamma lama fama trama firma crema rima squadra
            lettera lettere
        """,
        "m": "problema problemi sistema sistemi tema temi programma programmi clima poeta poeti pianeta "
        "artista turista papa "
        """
            dilemma dramma diploma cinema telegramma schema schemi fiore fiori mare mari sole cane cani
            pane pani latte mese
        """
        """
            mesi paese paesi piede piedi ponte ponti pesce pesci bicchiere nome nomi padre re signore
            dottore giornale animale
        """
        "cameriere dente denti dito diti caffè tè bar computer film file euro gatto",
    },
}
_LISTED: Final[dict[str, dict[str, Gender]]] = {
    code: {word.casefold(): gender for gender, words in known.items() for word in words.split()}  # type: ignore[misc]  # keys are genders
    for code, known in _KNOWN.items()
}
_PATTERNS: Final = {
    code: tuple((re.compile(end, re.IGNORECASE), gender) for end, gender in ends)
    for code, ends in _ENDS.items()
}


def gender(noun: str, language: str) -> Gender:
    """Return the gender of a German, Spanish, French or Italian noun, singular or plural."""
    word = noun.casefold()
    if found := _LISTED[language].get(word):
        return found
    if language == "de":
        for known in _GERMAN_HEADS:  # the last part of a compound decides
            if word.endswith(known):
                return _LISTED["de"][known]
    for pattern, kind in _PATTERNS[language]:
        if pattern.search(word):
            return kind  # type: ignore[return-value]  # as above
    return "m"


_GERMAN_HEADS: Final = tuple(sorted((word for word in _LISTED["de"] if len(word) > 4), key=len, reverse=True))
