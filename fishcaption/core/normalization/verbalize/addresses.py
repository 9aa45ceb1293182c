"""E-mail addresses and web addresses in words."""

from __future__ import annotations

import re
from typing import Final

from fishcaption.core.normalization.locales import LOCALES, Locale
from fishcaption.core.normalization.numerals import digits
from fishcaption.core.text.readings import Reading

_EMAIL: Final = re.compile(
    r"(?:mailto:)?(?<![\w.+%-])([A-Za-z0-9](?:[A-Za-z0-9._%+-]{0,62}[A-Za-z0-9_+])?)"
    r"@((?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,24})(?![\w@])"
)
_ENDINGS: Final = "com|org|net|edu|gov|io|dev|app|ai|info|eu|uk|de|fr|ch|nl"
_HOST: Final = r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+"
_PATH: Final = r"[A-Za-z0-9\-._~:/?#@!$&'*+,;=%()]*"
_URL: Final = re.compile(
    r"(?<![\w@./-])(?:"
    rf"(?P<scheme>(?:https?|ftp)://)(?:[^\s/@:]{{1,64}}(?::[^\s/@]{{0,64}})?@)?"
    rf"(?P<host>{_HOST}[A-Za-z]{{2,24}}|localhost|\d{{1,3}}(?:\.\d{{1,3}}){{3}})"
    rf"|(?P<www>www\.{_HOST}[A-Za-z]{{2,24}})"
    rf"|(?P<bare>(?=[A-Za-z0-9-]{{2,}}\.){_HOST}(?:{_ENDINGS}))(?![\w@-]|\.\w)"
    rf")(?P<port>:\d{{1,5}})?(?P<path>[/?#]{_PATH})?"
)
_MAYBE_URL: Final = re.compile(r"\.\w|://")
_TRAILING: Final = ".,;:!?'*_"
_SAID_ENDINGS: Final = (
    "com",
    "org",
    "net",
    "info",
    "app",
    "dev",
    "gov",
    "co",
    "me",
    "museum",
    "name",
    "shop",
    "blog",
)
_SEGMENT: Final = re.compile(r"[A-Za-z]{2,}(?:[-_][A-Za-z]{2,}){0,3}(?=\.html?$|$)")
_LONGEST_PATH: Final = 30


def addresses(text: str, language: str, *, urls: bool, emails: bool) -> list[Reading]:
    """Return the readings of e-mail addresses and web addresses.

    The host of a web address is spoken, and the short parts of its path that are words; the rest is silent.
    Addresses stay as they are in a language without tables.
    """
    locale = LOCALES.get(language)
    if locale is None:
        return []
    found = [_url(match, locale) for match in _URL.finditer(text)] if urls and _MAYBE_URL.search(text) else []
    if emails and "@" in text:
        taken = [(one.start, one.end) for one in found]
        for match in _EMAIL.finditer(text):
            if not any(match.start() < end and start < match.end() for start, end in taken):
                said = f"{_spelled(match.group(1), locale)} {locale.at} {_host(match.group(2), locale)}"
                found.append(Reading(match.start(), match.end(), said))
    return sorted(found)


def _url(match: re.Match[str], locale: Locale) -> Reading:
    host = match.group("host") or match.group("www") or match.group("bare")
    path = match.group("path") or ""
    kept = path.rstrip(_TRAILING)
    while kept.endswith(")") and kept.count(")") > kept.count("("):
        kept = kept[:-1].rstrip(_TRAILING)
    end = match.end() - len(path) + len(kept)
    said = _host(host, locale)
    room = _LONGEST_PATH
    for segment in re.split(r"[?#]", kept)[0].strip("/").split("/")[:2] if kept.startswith("/") else []:
        word = _SEGMENT.match(segment)
        if word is None or len(word.group()) > room:
            break
        room -= len(word.group())
        said += f" {locale.slash} {re.sub('[-_]', ' ', word.group())}"
    return Reading(match.start(), end, said)


def _host(host: str, locale: Locale) -> str:
    labels = host.split(".")
    if labels[0].lower() == "www" and len(labels) > 2:
        labels = labels[1:]
    said = [digits(label, locale.code) if label.isdigit() else _spelled(label, locale) for label in labels]
    ending = labels[-1].lower()
    if len(labels) > 1 and len(ending) == 2 and ending not in _SAID_ENDINGS:
        said[-1] = " ".join(ending.upper())
    return f" {locale.dot} ".join(said)


def _spelled(name: str, locale: Locale) -> str:
    """Return a part of an address with its marks in words, so that a listener can write it down."""
    name = name.lower() if name.isupper() and len(name) > 2 else name
    words = {".": locale.dot, "-": locale.dash, "_": locale.underscore, "+": locale.plus, "%": locale.percent}
    said = "".join(f" {words[sign]} " if sign in words else sign for sign in name)
    return re.sub(r"(?<=[A-Za-z])(?=\d)|(?<=\d)(?=[A-Za-z])", " ", said).strip()
