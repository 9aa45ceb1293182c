"""Words in capitals: a text that is typed with caps lock is spoken as words, but "USB" is spelled.

A voice spells capitals letter by letter. So a word in capitals is given to it in as many small letters,
unless it is an abbreviation: a listed one, or one that cannot be spoken as a word. The words before "US",
"IT" and "WHO" tell which of the two they are: in a sentence of capitals they are words. The text behind a
word is never looked at, so a text may be cut anywhere.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from fishcaption.core.text.readings import LEFT, Reading, words_of

# Spelled letter by letter, or spoken as words of their own, in every language.
_EVERYWHERE: Final = words_of(
    """
        USA USB NASA FBI CIA NSA HTML DNA RNA PDF API URL URI NATO UNESCO UNICEF OPEC WTO IMF EU UN UK
        UAE UEFA FIFA BBC CNN IBM BMW VW SAP HP AMD LG AOL MSN HBO MTV NBA NFL NHL MLB CEO CFO CTO HR PR
        AI KI IA ML ID IQ EQ GPS GPU CPU RAM ROM SSD HDD USD EUR GBP CHF JPY WLAN LAN WAN VPN DSL HDMI
        LED LCD OLED TV DVD CD VHS PC SMS MMS IMEI ATM OTP VIP DJ MC UFO HIV ADHD ADHS OCD PTSD COVID
        SARS MRT CT EKG EEG ICU ECG MRI XML JSON CSV SQL PHP CSS HTTP HTTPS FTP SSH SSL TLS TCP UDP IP
        DNS ISP SDK CLI GUI UI UX OS IOS IOT SEO CRM ERP SAAS CAD GIF JPEG JPG PNG SVG MP MPEG AVI DOC
        XLS PPT TXT ZIP RAR IEEE ISO DIN IEC ASCII UTF IBAN BIC SEPA RSVP FAQ DIY TBA TBD AKA FYI ASAP
        BTW IMHO LOL OMG ROFL WTF PS NB QED GMT UTC CET CEST PST EDT PDT ETA PLO KGB AFP DPA BRICS OECD
        OSCE OSZE CERN DHL UPS RNG NPC RPG FPS MMO KO SUV ABS ESP EV AC DC EP LP MBA PhD HSBC KFC NYC DC
        SOS XXL XL XS XXXL GMO TNT DDT PVC BPM LSD THC CBD MDMA NFT BTC ETH USPS
        """
)
_OWN: Final[Mapping[str, frozenset[str]]] = {
    "en": words_of(
        """
        LA AD BC BCE CE EST ETA BA MA IDE AAA AARP ACLU ADA AFK AGM ALS ANC APR ARC ASL AWS BAFTA BMI
        BLT CAPTCHA CCTV CDC CGI CNC CPR CSI DARPA DEA DHS DMV DOJ DOD DUI EPA ER ESL ESPN FAA FAO FCC
        FDA FEMA FM GCSE GDP GDPR GED GI GOP GP GPA GSM HMRC HMS HOA HQ IC ICE IED INC IOU IPA IPO IRS
        ISIS IVF JFK KPI LGBT LGBTQ LLC LSAT MIA MIT MLK MMA MO MP MPH MVP NAACP NAFTA NASDAQ NDA NGO
        NHS NIMBY NOAA NPR NRA NSFW NYPD NYU OB OED OSHA PA PBS PGA PM POS POV POW PPE PTA PTO QA QVC
        RAF RBI RIP ROI ROTC RV SARS SAT SCUBA SPF STD STEM SWAT TA TBH TED TGIF TIA TLC TSA UCLA UFC
        UNHCR USMC USS VA VC VFX VR AR XR WNBA WWE WWI WWII YMCA YOLO EMT EKG GIGO HVAC IDK IRL JPEG LOC
        NATO OR UTI AED BYOB CFO DOA EOD EOM ETF FOMO IRC LMAO MLM OOO PMS POTUS SCOTUS FLOTUS RGB TIL
        UAV UPC ABC NBC CBS PBS AMC ESRB GAAP IEP IMAX IPAD IV OPEC RAID RSS SLR
        """
    ),
    "de": words_of(
        """
        UNO TÜV ADAC BRD DDR ARD ZDF WDR NDR MDR SWR BR HR RBB ORF SRF SPD CDU CSU FDP NPD PDS AFD BSW
        DKP ÖVP SPÖ FPÖ AOK TK BKK BVG MVV HVV VBB DB ICE IC EC RE RB SB LKW PKW KFZ AGB GEZ EDV IT AG
        KG OHG GMBH EV GBR UG IHK HWK DGB IG BGB STGB GG HGB ZPO EZB BND BKA LKA GSG MAD NVA SS SA HJ NS
        NSDAP KZ WC OP ÖPNV ÖBB SBB ABI BMI BIP UKW WM EM CT MRT KITA AU DAX EON RWE VHS FH TU LMU RWTH
        KIT DFB BVB HSV FCB VFB VFL TSV SV FC DLRG DRK THW ASB AWO NABU BUND PLZ PS ICD ABS ESP DIHK BGH
        BVERFG OLG EUGH DSGVO MWST UST BWL VWL ABC CAD FAZ TAZ SZ NZZ BILD RTL SAT PRO VOX VDI VDE HDI
        """
    ),
    "es": words_of(
        """
        ONU OTAN OMS UE EEUU EE UU PP PSOE IU ERC PNV CIU CUP BNG VOX DNI NIE NIF CIF IVA IRPF RENFE AVE
        ITV RAE RTVE TVE BOE ONCE INEM SEPE INE FMI BCE CCAA CCOO UGT CSIC UNAM IMSS PRI PAN MORENA FARC
        ELN SIDA VIH ADN ARN OVNI PIB SA SL ESO FP EGB COU UCI CIS CNI GAL ETA GRAPO AMPA AVE SMS ONG
        OEA OPEP UNED UAM UCM UPM BBVA AEMET DGT EMT IBEX
        """
    ),
    "fr": words_of(
        """
        ONU OTAN OMS UE SNCF RATP TGV RER CGT CFDT FO EDF GDF RTL TF FR LCI BFM PSG OM OL UMP LR PS PCF
        RN FN LFI EELV MEDEF SMIC RMI RSA CAF CPAM RIB TVA TTC HT HLM ZAC ZUP CDI CDD RTT BTS DUT IUT
        ENA ENS HEC CNRS INSEE INED INRA BNF BD PV PDG DRH DG SA SARL EURL CE IRM SIDA VIH ADN ARN OVNI
        IVG OGM PIB PME PMI ONG MJC CRS GIGN DGSE DGSI BAC SAMU SMUR CHU EHPAD AOC AOP IGP RSVP SVP USB
        CD EPS SVT IUFM BCE FMI UNEDIC URSSAF CSG CRDS INA AFP OPA GPS CV
        """
    ),
    "it": words_of(
        """
        ONU OMS UE RAI FIAT ENI ENEL INPS INAIL ISTAT IVA IRPEF IMU TARI ASL ATAC ATM FS AV CGIL CISL
        UIL PD PDL DC PCI PSI MSI SPA SRL ONG CNR CAI ACI ANAS ARCI AVIS CONI FIGC CUS DIGOS DIA ROS RIS
        NAS GDF PM TAR CSM TFR CUD ISEE PIL BOT CCT BTP BCE FMI CAF CNEL IRAP ICI ZTL DOC DOCG IGP DNA
        RNA HIV AIDS UFO CV CD DVD PC TV SMS ANSA AIDO CRI TIM WWF
        """
    ),
}  # fmt: skip
# Words that are abbreviations behind one of these words, unless the sentence is in capitals. A star: also at
# a sentence's beginning; a zero: behind a number.
_BOTH: Final[Mapping[str, Mapping[str, str]]] = {
    "en": {
        "US": "* the a an and in former every most many all some that this",
        "IT": "the an a our my your their his her in of for local corporate",
        "WHO": "the by from", "AM": "0 at", "IN": "0", "OR": "0", "PA": "a the",
        "ME": "0", "MO": "0", "HI": "0", "OH": "0", "MA": "an a his her my", "AN": "0", "BE": "0",
        "SO": "0", "DO": "0",
    },
    "de": {"IT": "* die der in im und zur für unsere unserer eure ihre", "SA": "die der", "AM": "0",
    "IM": "0"},
    "es": {"AVE": "el en del al un por", "ONCE": "la de", "IA": "* la una de con por y", "EE": "*",
    "UU": "*"},
    "fr": {"CE": "le du au", "IA": "* une de par avec", "PS": "* le du au", "OM": "* contre", "CA": "le du"},
    "it": {"AI": "0", "IA": "* una di con"},
}  # fmt: skip
# Words of two and three letters that are never abbreviations.
_SHORT_WORDS: Final[Mapping[str, frozenset[str]]] = {
    "en": words_of(
        """
        HMM PSST BRR GRR PFFT A ACE ACT ADD AGE AGO AH AID AIM AIR ALE ALL AM AN AND ANT ANY ARE ARM ART
        AS ASK ASS AT ATE AUNT AWAY AX AYE BAD BAG BAN BAR BAT BE BED BEE BEG BET BID BIG BIN BIT BOB
        BOO BOW BOX BOY BUD BUG BUN BUS BUT BUY BY BYE CAB CAN CAP CAR CAT CAN'T COP COT COW CRY CUP CUT
        DAD DAM DAY DEN DID DIE DIG DIM DIP DO DOE DOG DOT DRY DUE DUG EAR EAT EGG EGO ELF END ERA EVE
        EYE FAN FAR FAT FAX FED FEE FEW FIG FIT FIX FLU FLY FOE FOG FOR FOX FRY FUN FUR GAP GAS GAY GEL
        GET GIG GO GOD GOT GUM GUN GUT GUY GYM HA HAD HAM HAS HAT HAY HE HEN HER HEY HI HID HIM HIP HIS
        HIT HM HO HOG HOP HOT HOW HUB HUG HUH HUT I ICE ICY IF ILL IN INK INN IS IT ITS JAM JAR JAW JET
        JOB JOG JOY JUG KEY KID KIN KIT LAB LAD LAP LAW LAY LEG LET LID LIE LIP LIT LOG LOT LOW MAD MAN
        MAP MAT MAY ME MEN MET MIX MOB MOM MOP MUD MUG MUM MY NAP NEW NEXT NIL NO NOD NOR NOT NOW NUN
        NUT OAK ODD OF OFF OFT OH OIL OLD ON ONE OR OUR OUT OW OWE OWL OWN PAL PAN PAY PEA PEN PER PET
        PIE PIG PIT POP POT PRO PUB PUT RAG RAN RAT RAW RAY RED RIB RID RIP ROB ROD ROW RUB RUG RUN SAD
        SAT SAW SAY SEA SEE SET SEW SEX SHE SHH SHY SIN SIP SIR SIT SIX SKI SKY SLY SO SOB SON SPY SUM
        SUN TAB TAG TAP TAR TAX TEA TEN THE TIE TIN TIP TO TOE TON TOO TOP TOY TRY TUB TWO UGH UH UM UP
        US USE VAN VERY VET VIA WAR WAS WAX WAY WE WED WET WHO WHY WIG WIN WIT WON WOW YAY YEA YEN YEP
        YES YET YO YOU YUM ZOO MRS MR MS DR ST JR SR VS ETC TOM TIM JIM BEN SAM DAN RON JOE AMY ANN SUE
        KIM LEE MAX LEO ROY RAY RUE MIA ZOE EVA IAN JAN JON KEN LIZ MEG NED PAT PEG PAM REX ROB RUTH SID
        VIC WES TEXAS
        """
    ),
    "de": words_of(
        """
        AB ABER ACH ALS ALT AM AN ARM ART ARZT AUF AUS BAD BEI BIN BIS BIST BITTE DA DAS DEM DEN DER DES
        DICH DIE DIR DU EIN EIS ER ES FÜR GAR GAS GEH GIB GUT HAT HER HEY HIN HOF HUT ICH IHM IHN IHR
        IHRE IM IN IST JA JE KAM KEIN LOS MAL MAN MIR MIT MUT NA NAH NEIN NEU NIE NIX NOT NUN NUR OB
        ODER OH OHR OMA OPA ORT PAAR RAD RAT ROT RUF RUH SAG SEE SEI SEHR SIE SO SOLL TAG TAT TEE TOD
        TOR TOT TU TUN TUT TÜR UM UND UNS VIEL VOM VON VOR WAR WAS WEG WEIL WEM WEN WER WIE WIR WO WOHL
        WUT ZEH ZU ZUG ZUM ZUR ÖL EI EHE ENG GRAU JUNG OHNE OPFER HALT HILF KOMM STOP STOPP EIN AUSGANG
        EINGANG UHR TOM TIM ANNA ANN UWE UDO ANJA LEA MAX BEN ALF
        """
    ),
    "es": words_of(
        """
        MÁS AJO BUS CAE DAN DIO FEO GEL IDA IRÉ LÍO MIL OLA ORO PEZ RED ROL SED SUR TAL TOS UÑA USO UVA
        VAS VIO A AL ALA AMA ASÍ AÚN AY AÑO CON DA DAR DE DEL DÍA DOS E EL ÉL EN ERA ERES ES ESA ESE ESO
        FIN FUE GAS HA HAY HE HOY IBA IR JA LA LAS LE LES LEY LO LOS LUZ MAL MAR ME MES MI MÍ MIS MUY NI
        NO NOS O OÍR OJO OS OSO PAN PAZ PIE POR QUÉ QUE REY RÍO SAL SE SÉ SER SI SÍ SIN SOL SON SOY SU
        SUS TAN TE TÉ TEN TÍA TÍO TRES TU TÚ UN UNA UNO VA VAN VE VEN VER VES VEZ VI VÍA VOY VOZ Y YA YO
        """
    ),
    "fr": words_of(
        """
        À A AH AI AIR AN ANS AS ART AU AUX BAL BAS BEAU BIEN BON BUS CAR CAS CE CES CET CLÉ CRI DE DES
        DEUX DIS DIT DIX DONC DOS DU EAU ELLE EN ES EST ET ÉTÉ EU EUX FER FEU FIN FIS FOU GRIS HIER HÉ
        HUIT ICI IL ILS J'AI JE JEU LA LÀ LE LES LIT LOI LUI MA MAIS MAL ME MER MES MIS MOI MON MOT MUR
        NE NEZ NI NOM NON NOS NOUS NU NUIT OH ON ONT OR OS OU OÙ OUI PAR PAS PEU PEUR PLUS PRÈS PRIX QUE
        QUI RIEN ROI RUE SA SAC SANS SE SEL SES SI SIX SOI SOIR SOL SON SUR TA TE TES THÉ TOI TON TOT TU
        TÔT TRÈS UN UNE VA VAS VIE VIN VU VUE Y
        """
    ),
    "it": words_of(
        """
        A AD AH AI AL ALA APE C'È CHE CHI CI COI COL CON DA DAI DAL DEI DEL DI DIO DUE E È ED ERA FA FU
        GIÀ GIÙ GLI HA HAI HO I IL IN IO LA LÀ LE LEI LI LÌ LO LUI MA MAI ME MI MIA MIE MIO NE NÉ NEI
        NEL NO NOI NON O OD OH ORA ORO PER PIÙ PO POI QUA QUI RE SE SÉ SEI SÌ SI SIA SIE SO SU SUA SUE
        SUL SUO TE TI TRA TRE TU TUA TUE TUO UN UNA UNO UVA VA VAI VI VIA VOI ZIA ZIO
        """
    ),
}  # fmt: skip
_VOWELS: Final = "AEIOUYÀÁÂÃÄÅÆÈÉÊËÌÍÎÏÒÓÔÕÖØÙÚÛÜÝŒ"
_LETTER: Final = r"[A-ZÀ-ÖØ-ÞŒŠŽẞ]"
_WORD: Final = re.compile(
    rf"(?<![\w@\\#.&_])(?<![^\w]/)(?<![^\W_]['’])(?:(?:L|D|J|N|M|T|S|C|QU|DELL|ALL|NELL|SULL|UN|"
    rf"O)['’])?{_LETTER}[{_LETTER[1:-1]}ß]*"
    rf"(?:['’](?:{_LETTER}+))?(?![\w@\\&_]|\.\w|['’]\w)"
    rf"|(?<![\w@\\#.&_])(?<![^\w]/)(?:Mc|Mac){_LETTER}{{3,}}(?:['’]{_LETTER})?(?![\w@\\&_]|\.\w|['’]\w)"
)
_MAYBE: Final = re.compile(rf"{_LETTER}{{2}}|{_LETTER}['’]{_LETTER}")
_BEFORE: Final = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_SHOUTED: Final = re.compile(rf"(?:{_LETTER}['’]?){{2,}},?\s(?:{_LETTER}\s)?$")
_SENTENCE_END: Final = re.compile(r"[.!?…:]['\"”’»)]*\s+$|\n\s*$")
# Words begin with these consonants; a word with other consonants at its beginning is spelled.
_STARTS: Final = (
    """
        BL BR CH CL CR DR DW FL FR GH GL GN GR KH KL KN KR PF PH PL PN PR PS QU RH SC CHR SCH SCHL SCHM
        SCHN SCHR SCHW SCR SH SHR SK SL SM SN SP
    """
    "SPH SPL SPR SQ ST STR SV SW TH THR TR TS TSCH TW VR WH WR ZW LL GU Z"
)
_SAYABLE_START: Final = frozenset(_STARTS.split())
_ENDS_BADLY: Final = re.compile(
    r"[BCDFGHJKLMNPQRSTVWXZ]{5,}$|(?:[BCDFGJKPQTVZ]|[LMNRS])[BGJQVW]$(?<!RB)(?<!MB)(?<!LB)(?<!NG)(?<!RG)"
    r"(?<!LG)(?<!RV)(?<!RW)"
    r"|[BDFGJKPTVZ][CDFGKMNPR]$(?<!GN)(?<!PF)(?<!GD)(?<!DD)(?<!FF)(?<!GG)(?<!KK)(?<!PP)|Q$|[^AEIOUYÄÖÜ]J$"
)


def capitals(text: str, language: str, start: int = 0) -> list[Reading]:
    """Return readings of words in capitals: the same words in small letters, each as long as before.

    In a language without tables, only words of five letters and more are read so, since abbreviations are
    shorter. The text before ``start`` was spoken already, and is only looked at.
    """
    if not _MAYBE.search(text, max(0, start - LEFT)):
        return []
    found = []
    for match in _WORD.finditer(text, start):
        word = match.group()
        said = _spoken(text, match, word, language)
        if said != word and len(said) == len(word):
            found.append(Reading(match.start(), match.end(), said))
    return found


def _spoken(text: str, match: re.Match[str], word: str, language: str) -> str:
    if word.startswith(("Mc", "Mac")):
        head = 3 if word.startswith("Mc") else 4
        return word[:head] + word[head:].lower()
    own = _SHORT_WORDS.get(language, frozenset())
    if len(word) == 1:
        is_shouted = _SHOUTED.search(text, max(0, match.start() - LEFT), match.start()) is not None
        return word.lower() if word in own and word != "I" and is_shouted else word
    bare = word.replace("’", "'")
    stem, _, tail = bare.partition("'")
    if language == "en" and tail:
        if len(stem) > 2 and len(tail) == 1 and _is_abbreviation(stem, language):
            return word[:-1] + word[-1].lower()  # "NASA'S"
        return word[0] + word[1:].lower() if stem == "I" else word.lower()
    # In the other languages, an article stands before an apostrophe: "L'ONU".
    core = tail if tail and len(stem) < 3 and stem != "O" else bare.replace("'", "")
    if core not in own and _ROMAN.fullmatch(core):
        return word
    if _stays(text, match, core, language):
        return word[: -len(core)].lower() + core if core == tail else word
    return word.lower()


def _stays(text: str, match: re.Match[str], word: str, language: str) -> bool:
    """Return whether a word is an abbreviation at its place."""
    behind = _BOTH.get(language, {}).get(word)
    if behind and _is_short_for_something(text, match, language, behind):
        return True
    if word in _SHORT_WORDS.get(language, ()):
        return False
    if _is_abbreviation(word, language):
        return True
    if language not in _OWN:
        return len(word) < 5
    return len(word) < 4 and _nearest(text, match.start(), language) is False


def _is_short_for_something(text: str, match: re.Match[str], language: str, behind: str) -> bool:
    """Return whether a word that may be both is an abbreviation, by the text before it."""
    nearest = _nearest(text, match.start(), language)
    if nearest is True:
        return False
    before = text[max(0, match.start() - LEFT) : match.start()]
    if "0" in behind and re.search(r"\d\s*$", before):
        return True
    word = re.search(r"([^\W\d_]+)['’]?\s*$", before) if nearest is False else None
    return word.group(1).lower() in behind.split() if word else "*" in behind


def _is_abbreviation(word: str, language: str) -> bool:
    return word in _EVERYWHERE or word in _OWN.get(language, ()) or not _is_sayable(word)


def _is_sayable(word: str) -> bool:
    """Return whether the word can be spoken: it has a vowel, and begins and ends as words do."""
    letters = re.split(f"[{_VOWELS}]", word)
    if len(letters) == 1:
        return False
    first, last = letters[0], letters[-1]
    if len(first) > 1 and first not in _SAYABLE_START:
        return False
    return not (len(last) > 1 and _ENDS_BADLY.search(last)) and max(map(len, letters)) < 7


def _nearest(text: str, start: int, language: str) -> bool | None:
    """Return whether the nearest word before is in capitals; None if there is none in the sentence.

    Abbreviations and words of one letter are passed over.
    """
    before = text[max(0, start - LEFT) : start]
    for match in reversed(list(_BEFORE.finditer(before))):
        if _SENTENCE_END.search(before[match.end() :]) or any(mark in before[match.end() :] for mark in "\n"):
            return None
        word = match.group()
        if match.start() == 0 and start > LEFT:
            return None  # cut off
        if len(word) < 2 or (word.isupper() and _is_abbreviation(word, language)):
            continue
        return word.isupper()
    return None


_ROMAN: Final = re.compile(r"(?=[IVXLCM]{2})M{0,3}(?:CM|CD|D?C{0,3})(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})")


def is_listed(word: str, language: str) -> bool:
    """Return whether a word in capitals is an abbreviation that voices of this language know."""
    return word in _EVERYWHERE or word in _OWN.get(language, ())
