"""Names of emoji in words."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from fishcaption.core.text.readings import Reading

_PRESENTED: Final = (
    "\U0001f004\U0001f0cf\U0001f18e\U0001f191-\U0001f19a\U0001f201\U0001f21a\U0001f22f\U0001f232-\U0001f236"
    "\U0001f238-\U0001f23a\U0001f250\U0001f251\U0001f300-\U0001f64f\U0001f680-\U0001f6ff\U0001f7e0-\U0001f7eb"
    "\U0001f7f0\U0001f900-\U0001faff\u231a\u231b\u23e9-\u23f3\u23f8-\u23fa\u25fd\u25fe\u2600-\u2604\u260e\u2611"
    "\u2614\u2615\u2618\u261d\u2620\u2622\u2623\u2626\u262a\u262e\u262f\u2638-\u263a\u2648-\u2653\u265f\u2660"
    "\u2663\u2665\u2666\u2668\u267b\u267e\u267f\u2692-\u2697\u2699\u269b\u269c\u26a0\u26a1\u26aa\u26ab\u26b0"
    "\u26b1\u26bd\u26be\u26c4\u26c5\u26c8\u26ce\u26cf\u26d1\u26d3\u26d4\u26e9\u26ea\u26f0-\u26f5\u26f7-\u26fa"
    "\u26fd\u2702\u2705\u2708-\u270d\u270f\u2712\u2714\u2716\u271d\u2721\u2728\u2733\u2734\u2744\u2747\u274c"
    "\u274e\u2753-\u2755\u2757\u2763\u2764\u2795-\u2797\u27a1\u27b0\u27bf\u2b05-\u2b07\u2b1b\u2b1c\u2b50\u2b55"
)
_ONE: Final = f"[{_PRESENTED}][\U0001f3fb-\U0001f3ff]?\ufe0f?(?:[\U000e0020-\U000e007e]+\U000e007f)?"
_CLUSTER: Final = (
    f"(?:[\U0001f1e6-\U0001f1ff]{{2}}|[#*0-9]\ufe0f?\u20e3|{_ONE}(?:\u200d(?:{_ONE}|[\u2640\u2642\u2695\u2696"
    f"\u26a7]\ufe0f?)){{0,9}})"
)
_MAYBE_EMOJI: Final = re.compile("[\u20e3\u231a-\u2b55\U0001f000-\U0001faff]")
_TONES: Final = re.compile("[\U0001f3fb-\U0001f3ff]")
_TEXT_FORM: Final = "\ufe0e"
_ENDS_CLAUSE: Final = re.compile(r"\s*(?:[.,;:!?…)\]\"”»]|\n|$)")


@cache
def _clusters() -> tuple[re.Pattern[str], re.Pattern[str]]:
    run = f"{_CLUSTER}(?!{_TEXT_FORM})(?:[ \\t]*{_CLUSTER}(?!{_TEXT_FORM}))*"
    return re.compile(run), re.compile(_CLUSTER)


def emoji(text: str, language: str) -> list[Reading]:
    """Return the readings of emoji: their names; the same emoji in a row, in any skin colour, is spoken once.

    English names are used for a language that has none here.
    """
    if not _MAYBE_EMOJI.search(text):
        return []
    runs, single = _clusters()
    found: list[Reading] = []
    for match in runs.finditer(text):
        names: list[str] = []
        for cluster in single.findall(match.group()):
            name = _emoji_name(cluster, language)
            if name and names[-1:] != [name]:
                names.append(name)
        start, end = match.span()
        before = text[max(0, start - 20) : start].rstrip(" \t")
        is_aside = before[-1:].isalnum() and bool(names) and bool(_ENDS_CLAUSE.match(text, end))
        lead = ", " if is_aside else " " if text[start - 1 : start].isalnum() else ""
        if is_aside:
            start -= len(text[max(0, start - 20) : start]) - len(before)
        tail = " " if text[end : end + 1].isalnum() else ""
        found.append(Reading(start, end, f"{lead}{', '.join(names)}{tail}"))
    return found


@cache
def _emoji_name(cluster: str, language: str) -> str:
    import emoji as library

    known = language if language in library.LANGUAGES else "en"
    library.config.load_language(known)
    # looked up directly: `demojize` needs 2 MB for its search
    for form in (_TONES.sub("", cluster), cluster, cluster.replace("\ufe0f", "")):
        if name := library.EMOJI_DATA.get(form, {}).get(known):
            words: str = name.strip(":").replace("_", " ")
            if len(cluster) == 2 and "\U0001f1e6" <= cluster[0] <= "\U0001f1ff" and known == "en":
                return f"flag of {words}"
            return words.removeprefix("keycap ")
    return ""
