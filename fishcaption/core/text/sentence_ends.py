"""Sentence ends: whether a full stop ends a sentence or belongs to an abbreviation, an initial or an ordinal.

The lists of abbreviations, in five languages, are based on the Unicode CLDR's segmentation suppressions
(version 46.1, "standard" of en, de, fr, es, it), without the entries that are also words, such as "up",
"test" and "sol"; abbreviations that were missing in use were added. The list of an abbreviation tells its
behaviour:

    goes on      it belongs to the next word, and ends no sentence: "Dr.", "e.g.", "Vol."
    numbered     an abbreviation only before a number, a Roman number or a lone letter: "No. 5", "Art. 12"
    may end      ends a sentence before a word with which sentences begin: "Inc. She", but "Inc. Group"
    last         ends a sentence before any capital: "etc. John"

Behind a closing mark, as in "(approx.)", an abbreviation that goes on may end. An entry in small letters also
matches in capitals; an entry with a capital matches as it is written, or in capitals if it has three letters
or more. The library `sentencex` decides for languages without lists.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from enum import Enum
from functools import cache
from typing import Final, NamedTuple

from fishcaption.core.text.readings import words_of

JUDGED: Final = 80
"""Code points at the end of a sentence that are looked at."""

LOOKED_AT: Final = 24
"""Code points behind a stop that are looked at: words with which sentences begin are shorter."""


class Ending(Enum):
    """State of a sentence at its mark."""

    OVER = "over"
    GOES_ON = "goes on"
    OPEN = "open"  # it depends on text that has not come yet


class _Language(NamedTuple):
    goes_on: frozenset[str]
    numbered: frozenset[str]
    may_end: frozenset[str]
    last: frozenset[str]
    starters: frozenset[str]
    """Words that begin sentences and no names, in small letters, up to an apostrophe."""


_ENGLISH: Final = dict(
    goes_on="""
        mr mrs ms mx dr drs prof profs messrs mme mmes mlle msgr Mgr Rev Hon Hon.B.A Pres Gov Sen Sens Rep
        Gen Col Lt.Cdr Maj Capt Cmdr Cdr Lt Sgt Cpl Pvt Adm Brig Supt Insp Det Amb Atty Mt Cllr Ofc
        attn asst e.g i.e p.s p.p.s n.b r.s.v.p cf vs viz approx ca resp incl excl vol vols ch chap chaps pp
        nos figs eq eqs para paras tel exec adj Adv Alt Comm Cont Def Diff Lib Phys Var nr num fn mart lev
        ibid
    """,
    numbered="no in fig art sec act op app ex pt bk apt ste rm ext min max cap abs ver lot",
    may_end="""
        jr sr esq inc ltd co corp plc bros dept univ assn assoc est misc org st ave blvd rd ln hwy pkwy sq ft
        bldg Pl al ed eds trans repr yr yrs hr hrs lb lbs oz yd gal mi mph tbsp tsp qt cu temp avg govt cit
        seq Jan Feb Mar apr Jun Jul Aug Sep sept oct nov Dec Mon tue tues Wed thu thur thurs Fri Sat Sun
        hz kb mb gb ph.d d.c gov't dep't ass'n int'l Ala Ariz Ark Calif Colo Conn Del Fla Ga
        Ill Ind Kan Ky La Mass Md Mich Minn Miss Mo Mont Neb Nev Okla Ore Pa Penn Tenn Tex Va Vt Wash Wis Wyo
    """,
    last="etc",
    starters="""
        i you he she it we they this that these those there here the a an my your his her its our their
        and but or so yet nor if when while because although though since after before until unless as once
        then now however therefore thus also still soon later finally meanwhile moreover otherwise perhaps
        maybe instead next again today tomorrow yesterday please yes no not only even just sometimes often
        never always nobody everyone everybody someone something nothing everything each every all some many
        most few both neither either another other others in on at for from with by to under into about
        between during without within among despite according what who whom whose which where why how is are
        was were do does did can could would should might must have has had let don didn doesn isn aren won
        couldn wouldn shouldn haven hasn hadn wasn weren one two three thank thanks well oh ok okay of
    """,
)

_GERMAN: Final = dict(
    goes_on="""
        hr hrn frl dr prof dipl dipl-ing dipl-kfm ing mag med jur phil rer habil nat dent theol
        z.b d.h i.d.r v.a u.u i.a i.b o.g s.a p.adr z.hd m.e m.w d.j d.ä
        bzw ca inkl exkl einschl ausschl zzgl abzgl ggf ggfs evtl vgl sog bspw insb insbes entspr gem lt betr
        bezgl resp ehem gez verh verw frz engl lat ital span österr schweiz schwäb schles südd röm röm-kath
        kath evang kgl kfm eigtl urspr ursprüngl näml hpts jew mtl jhrl tägl amtl allg zus erw gedr gek gesch
        gest möbl beil jährl mind gebr geb Nr Nrn Abs Bd Bde Kap Hrsg Aufl Ausg Verf Abb Anm Anh Tab tel fax
        wg Fam Fa Inh Dir Gebr k.u.k StR Forts hl bsp ziff rdnr lfd stellv vors präs abg oblt hptm dkfm
        univ-prof univ.-prof od fn adj phys derz zzt zz z.z ref az pos
        em mult gegr etw jd jdm jdn
    """,
    numbered="Art max Best Reg Mod Port Alt Int",
    may_end="""
        Std min Min sek Sek mio mrd tsd jh jhd jahrh stk stck pfd ztr dtzd qu str Str pl st St co inc ltd jr
        sen chr n.u.z v.u.z u.z e.v a.d a.m a.rh u.a o.ä u.ä u.v.a u.v.m a.a.o a.a.s s.o s.u i.r
        i.j i.v o.b e.h e.wz v.h v.r.w v.t z.zt z.z u.a.w.g ff Fr Jan Feb Mär Apr Jun Jul Aug Sep sept Okt Nov
        Dez Mo Di Mi Do Sa So Abt Abw Adr Akt App Bed Ber Bibl Chin Dat Dim Einh Erf Ev ev Folg Geograph Ges
        Hbf Hptst Kl Konv Kop Msp Obj Op Proz Prot Rd Rel Rep Schr Spezif Temp Trans led Reg.-Bez
    """,
    last="etc usw uswf usf pp n.chr v.chr",
    starters="""
        ich du er sie es wir ihr man der die das den dem des ein eine einen einem einer eines dieser diese
        dieses diesen diesem jener jene jenes mein meine meinen meiner dein deine sein seine seinen seiner
        ihre ihren ihrer unser unsere kein keine keiner und aber oder denn doch sondern wenn weil als ob dass
        da damit obwohl nachdem bevor während sobald falls dann danach darauf daraufhin dort hier jetzt nun
        heute gestern später bald schließlich zuerst zunächst anschließend außerdem trotzdem deshalb daher
        deswegen dennoch jedoch also so auch nur noch schon sogar vielleicht leider hoffentlich bitte ja nein
        nicht nichts niemand jemand jeder jede jedes alle alles viele einige manche beide wer was wo wann wie
        warum wieso weshalb welche welcher welches woher wohin in im an am auf aus bei beim mit nach von vom
        vor zu zum zur über unter durch für gegen ohne um bis seit trotz wegen statt ist sind war waren hat
        haben hatte hatten wird werden wurde wurden kann können konnte konnten muss müssen musste soll sollte
        sollten darf möchte gibt etwa bereits insgesamt mehr weitere andere danke gut dabei dazu davon daran
        darum darüber dafür
    """,
)

_FRENCH: Final = dict(
    goes_on="""
        M MM mme mmes mlle mlles mgr dr drs pr prof Me vve ste sts stes cf c.-à-d c.à.d p.ex env vol chap fig
        boul appt bât dép cdt ap pl n.b p.s p.-s ibid vs
        tél bd apr pp append symb réf collab imprim synth syst illustr édit encycl dict équiv exempl indus
        hôp config broch bull adr categ comm coll anc éval
    """,
    numbered="art op no ex max doc mer jeu mar sam dim ven lun niv cam ann all",
    may_end="""
        al av bd cie sté éts inc hab jr p.-d.g aux graph
        dir éd quart anon st acoust dest ill append trav publ imm gouv desc var mart voit
    """,
    last="etc janv févr fév avr juil sept oct nov déc min sec j.-c",
    starters="""
        je j tu il elle on nous vous ils elles ce c cet cette ces le la l les un une des du de d au aux mon ma
        mes ton ta tes son sa ses notre nos votre vos leur leurs et mais ou donc or ni car que qu qui quoi
        quand comme si lorsque puisque parce afin alors puis ensuite après avant pendant depuis ici là
        maintenant aujourd demain hier bientôt enfin aussi ainsi cependant pourtant toutefois néanmoins peut
        oui non ne n pas plus tout tous toute toutes chaque quelques plusieurs certains certaines personne
        rien où comment pourquoi combien quel quelle quels quelles dans en à sur sous avec sans pour par chez
        entre vers contre selon malgré dès est sont était y s ça cela ceci celui celle ceux m t merci voici
        voilà
    """,
)

_SPANISH: Final = dict(
    goes_on="""
        sr sra srta srtas sres sras dr dra drs dres D dña da dn prof profa lic licdo licda lcdo lcda ldo lda
        ing arq tte cnel mons rev rvdo rvdos rdo rdos rvdmo rvdmos sto sta excmo excma excmos excmas exmo
        exma exmos exmas exc ilmo ilma ilmos ilmas afmo afma afmos afmas mtro ntro ntra dtor
        p.ej ej cf cfr vid v.gr aprox núm núms nro pág págs vol vols art arts fig figs cap tel tfno
        av avda dpto dptos depto deptos prov fund trad vda bco srs doc trab fabric ant vs mr mrs ms
        Fr apdo fdo ctra pza tlf pdte párr p.d n.b ibíd hno hna cmdte
    """,
    numbered="mar may dom mié jue vie sáb lun ss ext",
    may_end="""
        ud uds vd vds ee uu cía hnos ltda ltdo ltd sdad inc corp col ed mss mod dto desv desc reg var cit izq
        dcha gral bol
    """,
    last="etc ene feb abr jun jul ago sep sept oct nov dic min seg a.c d.c a.e.c",
    starters="""
        yo tú él ella ello usted ustedes nosotros nosotras vosotros ellos ellas este esta esto estos estas ese
        esa eso esos esas aquel aquella el la lo los las un una unos unas mi mis tu tus su sus nuestro nuestra
        y e o u pero mas sino ni aunque porque pues que si cuando como mientras donde entonces luego después
        antes ahora hoy mañana ayer pronto aquí allí allá ahí también tampoco además sin no sí ya todavía aún
        siempre nunca quizá quizás tal así en a al de del con por para desde hasta sobre entre según bajo tras
        contra durante todo toda todos todas cada algunos algunas muchos muchas pocos nadie nada alguien algo
        qué quién quiénes cuál dónde cuándo cómo cuánto es son era fue fueron está están hay había ha han
        tiene me te se le les nos gracias finalmente
    """,
)

_ITALIAN: Final = dict(
    goes_on="""
        sig sigg dott prof ing avv arch geom rag dr on mons es cfr pag pagg pp art artt vol voll cap fig tab
        tel nr num ca tav sez mitt egr gent spett n.b
        ss Sen Pres cav comm col ten fraz loc prov cell lett ill chiar ibid p.s
    """,
    numbered="mar set gio ven sab dom lun mer sec ver int all min max div",
    may_end="""
        ag ed trad op cit sg segg ind vs ltd mod s.p.a s.r.l s.a.r p.i c.p c.c.p d.p.r
        n.d.a n.d.e n.d.t o.d.g liv
    """,
    last="ecc gen feb apr mag giu lug ago ott nov dic a.c d.c",
    starters="""
        io tu lui lei noi voi loro egli ella esso essa questo questa questi queste quello quella quelli quelle
        il lo la l i gli le un uno una mio mia tuo tua suo sua nostro nostra e ed ma o oppure però quindi
        dunque perché poiché se quando come mentre dove poi allora dopo prima adesso ora oggi domani ieri
        presto qui qua lì là anche inoltre infatti tuttavia invece così sì no non più già ancora sempre mai
        forse in nel nella nei nelle nello a al alla ai alle allo di del della dei delle dello da dal dalla
        con su sul sulla per tra fra senza verso secondo durante tutto tutti tutta tutte ogni alcuni molti
        pochi nessuno niente qualcuno qualcosa chi che cosa quale quali quanto è sono era erano ha hanno c ci
        si mi ti vi ne grazie infine
    """,
)

_LISTS: Final[Mapping[str, Mapping[str, str]]] = {
    "en": _ENGLISH,
    "de": _GERMAN,
    "fr": _FRENCH,
    "es": _SPANISH,
    "it": _ITALIAN,
}


@cache
def _language(code: str) -> _Language | None:
    """Return the lists of a language; None if it has none."""
    lists = _LISTS.get(code)
    return _Language(**{name: words_of(listed) for name, listed in lists.items()}) if lists else None


_LETTERED: Final = words_of(
    # A lone letter behind one of these is a name, no initial: "Plan B. Bob agreed."
    """
    plan vitamin type group class grade section appendix option part team hepatitis exhibit schedule point
    level phase terminal gate block building wing row room track line note key figure table case model letter
    drive size zone side studio division category series tier question answer choice column item site unit
    gruppe klasse typ teil punkt gleis linie haus buchstabe seite abschnitt anhang fall variante gebäude
    groupe vitamine classe annexe partie bloc ligne lettre bâtiment hépatite grupo vitamina tipo punto clase
    sección anexo opción parte bloque línea letra zona edificio piano gruppo classe sezione allegato opzione
    blocco linea lettera epatite
    """
)

_NUMBERING: Final = words_of(
    "vol. cap. fig. kap. bd. ch. chap. art. sec. sez. abs. tab. abb. no. nr. núm. pt. op."
)

_ORDERED: Final = words_of(
    # German nouns that take an ordinal also without an article: "2. Weltkrieg".
    """
    januar jänner februar märz april mai juni juli august september oktober november dezember jan feb mär apr
    jun jul aug sep sept okt nov dez weltkrieg mal stock etage obergeschoss untergeschoss og ug klasse
    jahrhundert jh jhd jahrtausend platz tag woche monat jahr lebensjahr kapitel teil band auflage liga
    bundesliga runde halbzeit quartal halbjahr semester geburtstag advent adventssonntag weihnachtstag
    weihnachtsfeiertag feiertag reich sinfonie symphonie satz akt staffel folge versuch generation grad
    ordnung kategorie buch mose spieltag sitzung etappe version ausgabe hälfte drittel viertel stufe reihe
    rang preis stelle schritt schicht stunde minute sekunde strophe vers szene bezirk zone wahl person instanz
    senat kammer wahlperiode legislaturperiode kreisliga oberliga landesliga regionalliga tabellenplatz
    hochzeitstag todestag jahrestag parteitag verordnung änderung nachtrag petrus korinther timotheus
    johannes samuel könige chronik
    """
)
_ARTICLES: Final = re.compile(
    r"(?:de[rmns]|die|das|am|vom|zum|zur|beim|im|ins|ans|aufs|ein(?:e[mnrs]?)?|dies\w{1,2}|jede[mnrs]?|jen\w{2}"
    r"|welche[mnrs]?|(?:mein|dein|sein|ihr|unser|eur?|kein)(?:e[mnrs]?)?|euer)$",
    re.IGNORECASE,
)
_TOGETHER: Final = words_of("und oder bis sowie")

_UNITS: Final = "ghlmst"

_SKIPPED: Final = re.compile(r"[\s(\[{“„‘‚«‹「『（《〈【\"'*_¿¡]*")
_LETTERS: Final = re.compile(r"[^\W\d_]+")
_ABBREVIATION: Final = re.compile(r"[^\W\d_]+(?:[.\-'’‐]+[^\W\d_]+)*$")
_SPACED: Final = re.compile(r"(?<![^\W_])(?:[^\W\d_]{1,3}\.[ \u00a0\u202f]?)+[^\W\d_]+$")
_BLANKS: Final = re.compile(r"[ \u00a0\u202f]")
_LAST_PART: Final = re.compile(r"[\-'’‐]([^\W\d_]{2,})$")
_HAS_LONE_LETTER: Final = re.compile(r"(?:^|[.\-])[^\W\d_](?:[.\-]|$)")
_DOUBLED: Final = re.compile(r"([A-Z])\1(?:\.([A-Z])\2)?$")
_ROMAN: Final = re.compile(r"[IVXLCDM]{2,}$")
_COUNTED: Final = re.compile(r"(?!I$)[IVXLCDM]+$|[B-HJ-Z]$")
_COUNT_BEFORE: Final = re.compile(r"(?:\d|\b[IVXLCDM]+) ?$")
_WORD_BEFORE: Final = re.compile(r"([^\W\d_]+)[\s(\[{“„«\"'*_]*$")
_INITIAL_BEFORE: Final = re.compile(r"(?:^|[^\w.])([^\W\d_]{1,5}\.)\W*$")
_NUMBER: Final = re.compile(r"\d+(?:[.,]\d+)*$")
_DATE: Final = re.compile(r"(?:[12]?\d|3[01])\.(?:0?\d|1[0-2])$")
_SPACED_DATE: Final = re.compile(r"(?<!\d)(?:[12]?\d|3[01])\. ?(?:0?\d|1[0-2])$")
_NUMBER_RUN: Final = re.compile(r"(?:\d+\.?\s*[/–-]\s*)*\d+(?:\.\d+)*$")
_ORDINAL_DIGITS: Final = 3
_NEXT_OF_DATE: Final = re.compile(r"\d{1,2}\.")
_LISTED: Final = re.compile(r"[:;]\s*[(\[]?1$")


def stop_ending(before: str, after: str, language: str, *, is_closed: bool, is_all: bool) -> Ending:
    """Return whether a sentence is over at a full stop with a blank behind it.

    ``before`` is the sentence up to the stop, without the stop; ``is_closed`` is true if a closing mark
    stands behind it. ``after`` is the text behind the blanks, as far as it has come; ``is_all`` is true if
    more of it will not come or does not matter. ``language`` is a code such as "de" or "de-AT". The cost does
    not depend on the sentence's length.
    """
    code = language[:2].lower()
    known = _language(code)
    tail = unicodedata.normalize("NFC", before[-JUDGED:])
    if known is None:
        return _as_sentencex_has_it(tail, after, language)
    if _LISTED.search(tail):
        return Ending.GOES_ON
    if tail[-1:].isdigit():
        return _number_ending(tail, after, known, is_all=is_all) if code == "de" else Ending.OVER
    behaviour = _behaviour(tail, known, code)
    if behaviour is None:
        return Ending.OVER
    if behaviour is known.goes_on and not is_closed:
        return Ending.GOES_ON
    return _ending_by_what_follows(behaviour, after, known, is_all=is_all)


def is_abbreviated(text: str, language: str) -> bool:
    """Return whether the text ends with an abbreviation that goes on, with or without its full stop."""
    known = _language(language[:2].lower())
    if known is None:
        return False
    listed = _behaviour(unicodedata.normalize("NFC", text[-JUDGED:].removesuffix(".")), known, language[:2])
    return listed is known.goes_on or listed is known.numbered or (text.endswith(".") and listed is not None)


def _as_sentencex_has_it(tail: str, after: str, language: str) -> Ending:
    import sentencex  # for few languages, and slow to import

    following = after[:1] if after[:1].isalnum() else "A"
    # It cannot take lone surrogates.
    judged = f"{tail}. {following}".encode("utf-8", "replace").decode()
    return Ending.OVER if len(sentencex.segment(language, judged)[-1]) == 1 else Ending.GOES_ON


def _behaviour(tail: str, known: _Language, code: str) -> frozenset[str] | None:
    """Return the list of the abbreviation before the stop; None for any other word."""
    found = _ABBREVIATION.search(tail)
    if found is None:
        return None
    token = found.group()
    spaced = _SPACED.search(tail)
    names = [_BLANKS.sub("", spaced.group())] if spaced else []
    names.append(token)
    if part := _LAST_PART.search(token):
        names.append(part.group(1))
    for name in names:
        for listed in (known.goes_on, known.numbered, known.last, known.may_end):
            if _is_in(name, listed):
                is_unit = listed is known.numbered and _COUNT_BEFORE.search(tail[: found.start()])
                return known.may_end if is_unit else listed
    if len(token) == 1:
        return known.may_end if _is_initial(tail[: found.start()], token, code) else None
    is_like_initials = "." in token and _HAS_LONE_LETTER.search(token) is not None
    is_counted = code == "de" and (_ROMAN.match(token) is not None or token.lower().endswith(("str", "nr")))
    is_plural = code == "es" and _DOUBLED.match(token) is not None
    return known.may_end if is_like_initials or is_counted or is_plural else None


def _is_in(name: str, listed: frozenset[str]) -> bool:
    is_shouted = len(name) > 2 and name.isupper()
    return name in listed or name.lower() in listed or (is_shouted and name.capitalize() in listed)


def _is_initial(before: str, letter: str, code: str) -> bool:
    """Return whether a lone letter is an initial or part of a spaced abbreviation, not a name or a word."""
    if before[-1:].isdigit() or (letter in _UNITS and before.rstrip()[-1:].isdigit()):
        return False  # "3a", "5 m"
    word = _WORD_BEFORE.search(before)
    if word is not None and word.group(1).lower() in _LETTERED:
        return False
    if (abbreviated := _INITIAL_BEFORE.search(before)) and abbreviated.group(1).lower() in _NUMBERING:
        return False
    if code == "en" and letter == "I" and before.strip():
        return _INITIAL_BEFORE.search(before) is not None or (word is not None and word.group(1)[0].isupper())
    return True


def _ending_by_what_follows(
    behaviour: frozenset[str], after: str, known: _Language, *, is_all: bool
) -> Ending:
    at = _SKIPPED.match(after)
    rest = after[at.end() :] if at else after
    if not rest:
        # A lone mark may still open a word.
        return Ending.GOES_ON if is_all else Ending.OPEN
    first = rest[0]
    if not first.isalpha():
        is_number = first.isnumeric() or first in "#$€£+"
        return Ending.OVER if behaviour is known.numbered and not is_number else Ending.GOES_ON
    if first.islower():
        return Ending.OVER if behaviour is known.numbered else Ending.GOES_ON
    if behaviour is known.last:
        return Ending.OVER
    word = _LETTERS.match(rest)
    text = word.group() if word else first
    if behaviour is known.numbered and len(text) > 1 and not _COUNTED.match(text):
        return Ending.OVER  # no more letters could make the word a number
    if len(text) == len(rest) and not is_all and len(rest) < LOOKED_AT:
        return Ending.OPEN
    behind = rest[len(text) :]
    if behaviour is known.numbered:
        is_lone = len(text) == 1 and behind[:1] in tuple(
            "-–.,;:)"
        )  # "A-5", where "A dog" is another sentence
        is_number = is_lone or (_COUNTED.match(text) is not None and behind[:1] not in tuple("'’"))
        return Ending.GOES_ON if is_number else Ending.OVER
    return Ending.OVER if _is_starter(text, behind, known) else Ending.GOES_ON


def _is_starter(word: str, behind: str, known: _Language) -> bool:
    return word.lower() in known.starters and not (len(word) == 1 and behind.startswith("."))


def _number_ending(tail: str, after: str, known: _Language, *, is_all: bool) -> Ending:
    """Return the ending behind a German number: "5. November", "der 3. Mann"; but "Es waren 5. Dann"."""
    number = _NUMBER.search(tail)
    digits = number.group() if number else ""
    if tail[: -len(digits)][-1:] in tuple(":$€£"):
        return Ending.OVER
    is_date = _DATE.match(digits) is not None or _SPACED_DATE.search(tail) is not None
    if not is_date and not (digits.isdigit() and len(digits) <= _ORDINAL_DIGITS):
        return Ending.OVER
    at = _SKIPPED.match(after)
    is_opened = at is not None and at.end() > 0
    rest = after[at.end() :] if at else after
    if not rest:
        return Ending.OVER if is_all else Ending.OPEN
    if rest[0].isdigit():
        if is_date:
            return Ending.GOES_ON  # the year
        if _NEXT_OF_DATE.match(rest):
            return Ending.GOES_ON
        could_be = not is_all and rest.isdigit() and len(rest) <= 2
        return Ending.OPEN if could_be else Ending.OVER
    if not rest[0].isalpha():
        return Ending.GOES_ON if rest[0] in "-–—/" else Ending.OVER
    if rest[0].islower():
        return Ending.GOES_ON
    word = _LETTERS.match(rest)
    text = word.group() if word else rest[0]
    if len(text) == len(rest) and not is_all and len(rest) < LOOKED_AT:
        return Ending.OPEN
    if text.lower() in _ORDERED:
        before = _WORD_BEFORE.search(tail[: -len(digits)])
        is_same = before is not None and before.group(1).lower() == text.lower()  # "Platz 3. Platz 4."
        return Ending.OVER if is_same else Ending.GOES_ON
    if is_opened or _is_starter(text, rest[len(text) :], known):
        return Ending.OVER
    return Ending.GOES_ON if _is_counting(tail) else Ending.OVER


def _is_counting(tail: str) -> bool:
    """Return whether an article stands before the number, as before an ordinal."""
    run = _NUMBER_RUN.search(tail)
    before = tail[: run.start()].rstrip() if run else tail
    word = _LETTERS_AT_END.search(before)
    if word is None:
        return False
    if word.group().lower() in _TOGETHER:
        return before[: word.start()].rstrip().endswith(".")
    return _ARTICLES.match(word.group()) is not None


_LETTERS_AT_END: Final = re.compile(r"[^\W\d_]+$")
