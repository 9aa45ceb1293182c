"""The English words, and the words after them, that completion starts with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

WORDS: Final = """
the to I and a you of it in is that for have on be do with not this are was we can my me your they what but
at so he all just if there about like no get go know know one up out she his or from as think good want will
how when now would them see time here more some then an very really by back well her come could who make yes
take had did been need which say has thing right our because work look little let two than other people him
too much way first only over even again after before down off where any something still us down tell day
going please thanks thank sorry help feel day home today tomorrow yesterday tonight morning afternoon evening
night week weekend month year always never sometimes often maybe sure great fine okay nice love hello hi hey
goodbye bye welcome morning wait stop start more less enough water coffee tea food eat drink hungry thirsty
tired cold hot warm pain hurt hurts doctor nurse medicine bathroom toilet bed chair door window light phone
call talk speak say said asked ask answer question mean means understand remember forget believe hope wish
try trying use using used give given gave put keep kept find found leave left bring brought show open close
turn move play read write hear listen watch sit stand walk run drive sleep wake live lives stay mind care
old new big small long short high low early late next last best better bad worse worst same different easy
hard happy sad angry afraid busy ready free full empty able possible important true wrong mother father mum
mom dad brother sister son daughter wife husband friend friends family child children baby man woman boy girl
person people name house room kitchen garden school job office shop store money car bus train street town
city country world life hand head eye eyes face heart back leg arm foot feet three four five six seven eight
nine ten hundred thousand half many few lot lots whole another each every both most such own while until since
though although however also already yet soon later ago together alone away around between under through
during without against near far inside outside everything nothing anything someone anyone everyone nobody
somewhere anywhere everywhere maybe perhaps probably actually especially exactly almost quite rather pretty
I'm I'll I've I'd it's that's what's there's he's she's we're they're you're don't doesn't didn't can't won't
couldn't wouldn't shouldn't isn't aren't wasn't let's should might must may shall computer voice type typing
word words sentence letter message email text picture music song film book news weather rain snow sun summer
winter spring autumn birthday party holiday dinner lunch breakfast table glass cup bread milk apple juice
Monday Tuesday Wednesday Thursday Friday Saturday Sunday January February March April June July August
September October November December English chance problem problems idea reason matter part place side end
course change number point story moment minute minutes hour hours second seconds once twice louder quieter
slowly quickly quick slow careful wonderful beautiful lovely funny strange interesting interested excited
worried surprised glad proud bit kind sort favourite
"""

FOLLOWERS: Final[Mapping[str | None, tuple[str, ...]]] = {
    "": (
        "i",
        "the",
        "can",
        "yes",
        "no",
        "what",
        "how",
        "thank",
        "please",
        "it's",
        "i'm",
        "that's",
        "we",
        "do",
    ),
    "i": ("am", "have", "think", "don't", "would", "want", "need", "can", "was", "will", "know", "feel"),
    "i'm": ("not", "going", "sorry", "fine", "so", "just", "tired", "hungry", "happy", "in"),
    "thank": ("you",),
    "thanks": ("for", "a", "so"),
    "you": ("are", "can", "have", "know", "very", "for", "want", "to"),
    "how": ("are", "was", "do", "much", "about", "long", "is", "many"),
    "how are": ("you", "things", "they"),
    "what": ("is", "do", "are", "time", "about", "did", "was", "a"),
    "what time": ("is", "do", "are"),
    "where": ("is", "are", "do", "did"),
    "when": ("is", "do", "are", "i", "you", "will"),
    "can": ("you", "i", "we", "have"),
    "can you": ("please", "help", "tell", "give", "get", "come", "turn"),
    "could": ("you", "i", "we", "be"),
    "could you": ("please", "help", "repeat", "say"),
    "would": ("like", "you", "be", "have"),
    "would you": ("like", "mind", "please"),
    "please": ("help", "call", "wait", "come", "tell", "give", "don't", "turn"),
    "it": ("is", "was", "will", "would", "has"),
    "it's": ("a", "not", "very", "too", "all", "the", "okay"),
    "that": ("is", "was", "would", "you", "i", "the"),
    "that's": ("a", "not", "right", "great", "all", "very", "fine"),
    "this": ("is", "was", "morning", "week"),
    "there": ("is", "are", "was", "were"),
    "we": ("are", "can", "have", "need", "should", "will", "were"),
    "they": ("are", "have", "were", "will", "don't"),
    "do": ("you", "not", "it", "i", "we"),
    "do you": ("want", "have", "know", "think", "like", "need"),
    "don't": ("know", "want", "worry", "think", "have", "like"),
    "want": ("to", "a", "some", "it"),
    "want to": ("go", "see", "say", "talk", "eat", "be", "know"),
    "need": ("to", "a", "some", "help", "more"),
    "need to": ("go", "talk", "rest", "get", "see"),
    "going": ("to", "on", "out", "home"),
    "have": ("a", "to", "you", "been", "some", "not"),
    "to": ("the", "be", "go", "see", "do", "get", "have"),
    "of": ("the", "course", "my", "it", "all"),
    "in": ("the", "a", "my", "an"),
    "on": ("the", "my", "a", "it"),
    "at": ("the", "home", "least", "all"),
    "for": ("the", "a", "me", "you", "my"),
    "with": ("me", "you", "my", "the", "a"),
    "are": ("you", "we", "they", "not"),
    "are you": ("okay", "there", "sure", "ready", "coming", "going"),
    "good": ("morning", "night", "afternoon", "evening", "idea", "luck"),
    "see": ("you", "the", "what", "if"),
    "nice": ("to", "day", "of"),
    "nice to": ("meet", "see", "hear"),
    "let": ("me", "us", "it"),
    "let's": ("go", "see", "talk", "have", "do"),
    "my": ("name", "mother", "father", "friend", "family", "phone", "wife", "husband"),
    "my name": ("is",),
    "a": ("little", "lot", "bit", "good", "few", "cup", "minute"),
    "a cup": ("of",),
    "the": ("same", "other", "best", "time", "first", "next", "way", "door"),
    "very": ("much", "good", "well", "nice", "happy"),
    "just": ("a", "want", "one", "wait"),
    "not": ("sure", "yet", "now", "really", "very"),
    "right": ("now", "away", "back"),
    "turn": ("on", "off", "it", "up", "down"),
    "talk": ("to", "about", "later"),
    "say": ("that", "it", "hello", "something"),
    "sorry": ("i", "about", "for", "to"),
}
