"""Tells a speaker's name at the beginning of a line, before a colon, from other words that stand so.

A wrong speaker would leave words unspoken and change the voice, so only these are names: one in capitals
(“ANNA:”), one that is known, one that stands so at two lines or more (“Anna:”), and one behind a marker
(“@anna:”). Words that label a text (“Note:”, “Example:”, “Step 1:”) are never names without the marker; times
and addresses have no blank behind their colon.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import Final, NamedTuple

from fishcaption.core.text.readings import words_of

MARKER: Final = "@"
"""Before a name that is not recognized without it, as in Fountain."""

LONGEST_NAME: Final = 40
LONGEST_MARKED_NAME: Final = 80
_MOST_WORDS: Final = 5
_BLANK: Final = r"[ \t\u00a0\u202f]*"
_LINE: Final = re.compile(
    r"(?P<bold>\*\*|__)?(?P<name>[^\W\d_][^:：\n@*_<>()（）\[\]{}/\\|=\"“”„«»!?;,]{0,60}?)"
    rf"(?:{_BLANK}[(（](?P<aside>[^()（）:：\n]{{1,40}})[)）])?"  # “ANNA (softly): Yes”
    rf"(?(bold)(?:{_BLANK}[:：](?P=bold)|(?P=bold){_BLANK}[:：])|{_BLANK}[:：])"
    r"(?:(?<=：)|(?=\s|$))\s*(?P<said>.*)$",
    re.DOTALL,
)
_MARKED: Final = re.compile(
    rf"@(?P<name>[^:：\n]{{1,{LONGEST_MARKED_NAME}}}?){_BLANK}[:：]\s*(?P<said>.*)$", re.DOTALL
)
_PARTICLES: Final = words_of(
    "al and bin da das de del della den der di do dos du e ed el et la le of the to und van vom von y zu"
)
# Words that label a text in the languages of the embedded voices; alone, or with a number or letter behind.
_LABELS: Final = words_of(
    """
    a abstract achtung act actually advertencia agenda akt anhang annex answer antwort appendix aside
    atencion atención attention attenzione audio aufgabe avertissement avviso axiom background bcc
    beispiel bemerkung betreff bonus breaking but capitolo capitulo caption capítulo cc chapitre chapter
    citation claim closing conclusion conclusione conclusión confidential contact contents copyright cues
    danger data date datum deadline def definición definition definizione demo diapositiva diapositive
    disclaimer duration définition e-mail ejemplo email end ende erinnerung error erstens esempio example
    examples exemple exercise exit ext fact facts fade faq fazit fig figure fin finally fine first folie
    footnote formula forward frage from fw fwd fyi goal goals header heading hint hinweis how idea image
    imagen important importante in info ingredients input int intro introduction italic kapitel keywords
    legend lektion lemma lesson lines link list location lyrics merke method motto music name namely nb
    new news next no nota notabene notas note notes notice notiz now objective ok okay once oops opening
    option outline output overview p.s. page pagina part parte partie pause photo picture plan point pp
    problem program programme proof ps purpose página q quelle question quote re reason recap recipe
    remark remarque remember reminder result results ricorda scena scene scène second seconde secondo
    section see seite settings sfx siehe slide slides solution source sources speed stage statistics
    status step steps subject subtitle summary szene tabelle task teil tel telephone text theme then
    theorem thesis third time times tip tipp tipps tips titel title titolo titre titulo to todo tomorrow
    topic total translation twist tâche título under update url usage uwaga verse version video vorsicht
    vs warning warnung website what when where who why wichtig with www yes ziel zitat zusammenfassung
    zweitens
    """
)
_NUMBER: Final = re.compile(r"(?:[ \t]+(?:[ivx]{1,5}|[a-z])|[ \t]*\d{1,4}[a-z]?)\.?$")


class NamedLine(NamedTuple):
    """A line that may begin with a name: the name, the words in brackets behind it, and the text."""

    name: str
    aside: str
    text: str
    is_marked: bool  # by the marker: it is a name, whatever it looks like


def named_line(line: str) -> NamedLine | None:
    """Return a line that may begin with a name in its parts; None for every other line."""
    if ":" not in line and "：" not in line:
        return None
    if line.startswith(MARKER):
        match = _MARKED.match(line)
        name = " ".join(match["name"].split()) if match is not None else ""
        return NamedLine(name, "", match["said"], True) if match is not None and name else None
    match = _LINE.match(line)
    name = " ".join(match["name"].split()) if match is not None else ""
    if match is None or len(name) > LONGEST_NAME or not _looks_like_name(name):
        return None
    return NamedLine(name, (match["aside"] or "").strip(), match["said"], False)


def is_sure(name: str) -> bool:
    """Return whether a name is recognized wherever it stands: it is in capitals, of two letters or more."""
    return sum(map(str.isalpha, name)) > 1 and name.isupper()


def recognized(lines: Iterable[NamedLine], known: Iterable[str] = ()) -> frozenset[str]:
    """Return the names of these lines of one text. ``known`` are names that are speakers already."""
    counts: Counter[str] = Counter()
    marked = set(known)
    for line in lines:
        counts[line.name] += 1
        if line.is_marked:
            marked.add(line.name)
    return frozenset(name for name, times in counts.items() if times > 1 or is_sure(name) or name in marked)


def _looks_like_name(name: str) -> bool:
    """Return whether words begin as in names: with a capital, in a script that has them."""
    words = name.split()
    if not words or len(words) > _MOST_WORDS or _is_label(name.casefold()):
        return False
    is_small = [_has_case(word[0]) and word[0].islower() for word in words]
    return not is_small[0] and all(
        not small or word in _PARTICLES for small, word in zip(is_small, words, strict=True)
    )


def _has_case(letter: str) -> bool:
    return letter.lower() != letter.upper()


def _is_label(name: str) -> bool:
    """Return whether the words label a text: such a word at the end, or one with a number behind it."""
    bare = _NUMBER.sub("", name)
    return bool({name, bare, bare.rpartition(" ")[2]} & _LABELS)
