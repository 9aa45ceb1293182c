"""Text as it comes is said as it is seen: dressed letters, what nobody sees, what HTML has escaped."""

from __future__ import annotations

import html.entities
import unicodedata
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fishcaption.core.normalization.normalize import Normalizer
from fishcaption.core.normalization.rules import Replacement, Rules
from fishcaption.core.text.characters import plain_text
from fishcaption.core.text.segmentation import Segmenter
from fishcaption.core.text.tags import is_tag
from tests.core.normalization.spoken import PIPED, spoken


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        # what nobody sees
        ("en", "pre\u00adrequi\u00adsites", "prerequisites"),
        ("en", "pre\u200brequi\u2060sites\ufeff", "prerequisites"),
        ("de", "Donau\u00addampf\u00adschiff", "Donaudampfschiff"),
        ("fr", "anti\u00adconsti\u00adtu\u00adtion\u00adnel", "anticonstitutionnel"),
        ("es", "des\u00adarrollo", "desarrollo"),
        ("it", "precipi\u00adte\u00advo\u00adlissimevolmente", "precipitevolissimevolmente"),
        ("en", "a\u034fb \u202eabc\u202c \u2066x\u2069 \u200fy\u200e", "ab abc x y"),
        ("en", "1\u200b2 km", "twelve kilometers"),
        ("en", "\u00ad5\u2060 kg", "five kilograms"),
        ("en", "Na\ufe0fme \U000e0041\U000e0042x \U0001d173y", "Name x y"),
        ("en", "\u3164x\u2800y", " x y"),
        # joiners where a script reads them
        ("", "می\u200cخواهم", "می\u200cخواهم"),
        ("", "क्\u200dष and ශ්\u200dරී", "क्\u200dष and ශ්\u200dරී"),
        ("", "a\u200cb\u200dc", "abc"),
        # letters that are composed, or have lines through them
        ("fr", "e\u0301te\u0301 ça\u0300 ac\u0327a", "été çà aça"),
        ("de", "Mu\u0308ller und Gro\u0308\u00dfe", "Müller und Größe"),
        ("es", "man\u0303ana", "mañana"),
        ("it", "perche\u0301", "perché"),
        ("en", "s\u0336t\u0336r\u0336i\u0336k\u0336e u\u0332n\u0332d\u0332er", "strike under"),
        ("en", "z\u035ba\u0357\u0322\u0351\u0349l\u0337go", "zalgo"),
        ("en", "\u1112\u1161\u11ab\u1100\u116e\u11a8", "한국"),
        ("en", "5 \u212b, 3 \u2126", "five Å, three ohms"),
        # letters and digits in other dresses
        ("en", "３．１４", "three point one four"),
        ("en", "１，２３４", "one thousand two hundred thirty-four"),
        ("de", "３，５ Ｋｉｌｏ", "drei Komma fünf Kilo"),
        ("fr", "３，５", "trois virgule cinq"),
        ("en", "５０％", "fifty percent"),
        ("en", "Ｈｅｌｌｏ，　ｗｏｒｌｄ！", "Hello, world!"),
        ("en", "𝐛𝐨𝐥𝐝 𝑖𝑡𝑎𝑙𝑖𝑐 𝒮𝒸𝓇𝒾𝓅𝓉 𝔉𝔯𝔞𝔨 𝔻𝕠𝕦𝕓𝕝𝕖 𝙼𝚘𝚗𝚘 𝗦𝗮𝗻𝘀", "bold italic Script Frak Double Mono Sans"),
        ("de", "𝗛𝗮𝗹𝗹𝗼 𝟮 Leute", "Hallo zwei Leute"),
        ("en", "ⓗⓔⓛⓛⓞ ⒣⒤ ʜᴇʟʟᴏ ᵗᵉˣᵗ", "hello hi hello text"),
        ("en", "🅷🅸 🅗🅘 🄷🄸 🇭 🇮", "HI HI HI H I"),
        ("en", "🆗 that is 🆒", "OK that is COOL"),
        ("en", "ﬁne ﬂow oﬃce ǆ Ĳ", "fine flow office dž IJ"),
        ("en", "5㎞ or 3 ㎏", "five kilometers or three kilograms"),
        ("en", "20℃", "twenty degrees Celsius"),
        ("en", "5ᵗʰ and 1ˢᵗ", "fifth and first"),
        ("fr", "Mᵐᵉ Ⅻ", "Mme douze"),
        ("en", "H₂O CO₂", "H2O CO2"),
        ("en", "well‑known, vis‐à‐vis", "well-known, vis-à-vis"),
        ("en", "① Go\n② see③ ok", "one. Go\ntwo. see three ok"),
        ("de", "❶ Erstens\n⓫ Elftens", "eins. Erstens\nelf. Elftens"),
        ("en", "3⅖ 1⁄2", "three and two fifths one half"),
        # East Asian text keeps its marks
        ("", "中文，你好。ＡＢＣ。", "中文，你好。ABC."),
        ("", "ｶﾞｲﾄﾞ", "ガイド"),
        ("", "ㅋㅋ", "ㅋㅋ"),
        # emoji that nobody names are no puzzle to a voice
        ("en", "👨\u200d👩\u200d👧 ❤\ufe0f", "👨👩👧 ❤"),
        ("en", "Press 5\ufe0f\u20e3 or 1\u20e32\u20e3 #\ufe0f\u20e3", "Press five or one two #"),
        # entities
        ("en", "Tom &amp; Jerry &mdash; it&rsquo;s &hellip;", "Tom & Jerry — it’s …"),
        ("en", "caf&eacute; caf&eacute caf&eacutes", "café café cafés"),
        ("de", "M&uuml;nchen Stra&szlig;e M&uumlnchen &Auml;pfel", "München Straße München Äpfel"),
        ("fr", "&laquo;&nbsp;&Ccedil;a va&#160;&raquo; &oelig;uf", "«\u00a0Ça va\u00a0» œuf"),
        ("es", "&iquest;Qu&eacute; tal, se&ntilde;or&#63;", "¿Qué tal, señor?"),
        ("it", "perch&eacute; citt&agrave;", "perché città"),
        ("en", "&#8217; &#x2019; &#X2014 &#39", "’ ’ — '"),
        ("en", "5&nbsp;km and 5&thinsp;km", "five kilometers and five kilometers"),
        ("en", "20&deg;C, &frac12", "twenty degrees Celsius, one half"),
        ("en", "&amp;amp; &amp;#39;s &amp;nbsp;x", "& 's \u00a0x"),
        ("en", "&lt;b&gt; &copy 2020 &NotEqualTilde;", "<b> © twenty twenty ≂"),
        ("en", "AT&T R&D cut&copy this&not &bogus;", "AT&T R&D cut&copy this&not &bogus;"),
        ("en", "soft&shy;ly zero&ZeroWidthSpace;width", "softly zerowidth"),
        ("en", "a&#xE100;b &#0; &#xD800; &#27;[m", "a b     (m"),
    ],
)  # fmt: skip
def test_it_is_said_as_it_is_seen(language: str, text: str, expected: str) -> None:
    assert spoken(text, language) == expected


def test_every_entity_of_html_is_read() -> None:
    rules = Rules(markdown=False, code=False, emoji=False, numbers=False, units=False)
    for name, plain in html.entities.html5.items():
        if name.endswith(";"):
            seen = plain_text(f"so {plain} it")[0]
            said = plain_text(spoken(f"so &{name} it", "", rules))[0]
            assert said.split() == seen.translate(str.maketrans("[]|", "() ")).split()


def test_what_has_been_read_with_its_entity_leads_back_to_it() -> None:
    text = "It is 5&nbsp;km, pre\u00adcisely."
    said = Normalizer(PIPED, language="en", voice_id="v", family="s2").normalize(text)
    for word, shown in (("five", "5&nbsp;km"), ("kilometers", "5&nbsp;km"), ("precisely", "pre\u00adcisely")):
        start = said.text.index(word)
        first, last = said.shown_span(start, start + len(word))
        assert text[first:last] == shown


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("Müller", "Mu\u0308ller"),
        ("Mu\u0308ller", "Müller"),
        ("José", "Jose\u0301"),
        ("d'accord", "d’accord"),
        ("d’accord", "d'accord"),
        ("O’Brien", "Oʼ\u200bBrien"),
        ("Hawaiʻi", "Hawaiʻi"),
        ("prerequisites", "pre\u00adrequi\u00adsites"),
        ("pre\u00adrequisites", "prerequisites"),
        ("file", "ﬁle"),
        ("café", "caf&eacute;"),
        ("don't", "don&rsquo;t"),
        ("well-known", "well‑known"),
        ("New York", "New\u00a0York"),
        ("Anna", "𝐀𝐧𝐧𝐚"),
    ],
)
def test_a_replacement_finds_its_word_however_it_is_composed(written: str, text: str) -> None:
    for whole_word in (True, False):
        rules = Rules(replacements=(Replacement(written, "found", whole_word=whole_word),))
        assert spoken(f"So {text}.", rules=rules) == "So found."
        assert spoken(text.upper() if "&" not in text else text, rules=rules) == "found"


def test_a_replacement_for_a_dressed_sign_is_for_that_one_only() -> None:
    rules = Rules(numbers=False, replacements=(Replacement("①", "first"), Replacement("𝕏", "Twitter")))
    assert spoken("① 1 𝕏 X", rules=rules) == "first 1 Twitter X"


NOT_HEARD = [
    *(
        chr(code)
        for code in (0xAD, 0x34F, 0x61C, 0x200B, 0x200C, 0x200D, 0x200E, 0x202A, 0x2060, 0x2066, 0x206F)
    ),
    *(
        chr(code)
        for code in (0xFE0E, 0xFE0F, 0xFEFF, 0x180E, 0x3164, 0xE0001, 0xE0067, 0xE007F, 0xE0100, 0x1D173)
    ),
]
MIXED = st.lists(
    st.sampled_from(
        [
            *NOT_HEARD,
            *"aée\u0301\u0336 5．１𝐛🅰①👨❤🏴🇩🇪\u20e3مक\x00\x1b\u2028|*`ﬁ㎞\n",
            *("&amp;", "&shy;", "&zwj;", "&#xAD;", "km"),
        ]
    )
    | st.characters(),
    max_size=40,
).map("".join)  # fmt: skip


@given(MIXED, st.sampled_from(["en", "de", "fr", "es", "it", ""]), st.booleans())
def test_nothing_unheard_reaches_the_voice(text: str, language: str, are_rules_on: bool) -> None:
    text = "".join(" " if is_tag(sign) else sign for sign in text)
    said = spoken(text, language, Rules() if are_rules_on else PIPED)
    for sign in said:
        if sign in NOT_HEARD:
            assert sign in "\u200c\u200d"  # between letters of a script that reads them
        assert sign == "\n" or unicodedata.category(sign) not in ("Cs",)
        assert sign in "\n\t" or not (sign < " " or "\x7f" <= sign < "\xa0")


@given(MIXED)
def test_places_of_a_plain_text_grow(text: str) -> None:
    plain, places = plain_text(text)
    assert len(places) == len(plain) + 1
    assert places == sorted(places)
    assert places[-1] == len(text)


@given(MIXED, st.sampled_from(["en", "de"]))
def test_any_split_at_sentence_ends_is_said_the_same(text: str, language: str) -> None:
    text = "".join("." if is_tag(sign) else sign for sign in text.replace("．", ""))
    segmenter = Segmenter(language)
    whole = Normalizer(PIPED, language=language, voice_id="", family="s2").normalize(text).text
    normalizer = Normalizer(PIPED, language=language, voice_id="", family="s2")
    pieces = [
        normalizer.normalize(segment.text).text for segment in (*segmenter.push(text), *segmenter.close())
    ]
    assert "".join(pieces) == whole


@pytest.mark.slow
@pytest.mark.parametrize(
    "sign",
    [*"\u00ad\u200d３①&🇩。\ufe0f", "e\u0301", "&amp;", "&amp", "👨\u200d", "a\u0336"],
)  # fmt: skip
def test_the_cost_of_one_sign_is_linear(sign: str) -> None:
    text = sign * (50_000 // len(sign))
    began = process_time()
    spoken_ = Normalizer(PIPED, language="", voice_id="", family="s2").normalize(text)
    assert process_time() - began < 1.0
    assert len(spoken_.text) <= 2 * len(text)
