"""Text of a piece of HTML as a browser shows it: its words, each block on lines of its own.

It is made for the clipboard: any text is read as HTML, nothing is fetched or run, and the time is linear in
the length. The parser of the standard library needs minutes for some texts of a megabyte.
"""

from __future__ import annotations

import re
from html import unescape
from typing import Final

MOST_CHARACTERS: Final = 2_000_000
"""Characters of the HTML that are read; the rest is left out."""


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


_UNSEEN: Final = _names(
    "audio canvas datalist head iframe math noembed noframes noscript object script select style svg "
    "template title video"
)
_RAW: Final = _names("iframe noembed noframes script style title xmp")  # they hold no tags
BLOCKS: Final = _names(
    "address article aside blockquote body caption center dd details dialog dir div dl dt fieldset "
    "figcaption figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr html li listing main menu nav ol "
    "option p pre search section summary table tbody tfoot thead tr ul xmp"
)
"""Elements that stand on lines of their own."""

CELLS: Final = frozenset(("td", "th"))
"""Elements that stand beside each other on one line."""

ELEMENTS: Final = (
    BLOCKS
    | CELLS
    | _UNSEEN
    | _names(
        "a abbr acronym applet area b base basefont bdi bdo big br button cite code col colgroup data del "
        "dfn em embed font frame frameset i img input ins kbd label legend link map mark marquee meta meter "
        "nobr optgroup output param picture progress q rb rp rt rtc ruby s samp slot small source span "
        "strike strong sub sup textarea time track tt u var wbr"
    )
)
"""All elements of HTML, also obsolete ones: any other name in angle brackets is no tag."""

_PRE: Final = frozenset(("listing", "pre", "textarea", "xmp"))
_VOID: Final = _names(
    "area base br col embed hr img input link meta param source track wbr"
)  # they have no end
_TOKEN: Final = re.compile(
    r"<!--.*?(?:--!?>|\Z)"
    r"|<[!?][^>]*+>?"
    r"|<(?P<end>/?)(?P<tag>[A-Za-z][^\s/>]{0,40}+)"
    r"(?P<rest>(?:[^>\"']|\"[^\"]{0,4000}+\"|'[^']{0,4000}+'){0,4000}+(?:>|\Z)|[^>]*+>?)"
    r"|(?P<words>(?:[^<]++|<)(?:[^<]++|<(?![A-Za-z/!?]))*+)",
    re.DOTALL,
)
_ATTRIBUTE: Final = re.compile(r"([^\s=/\"'>]++)(?:\s*+=\s*+(?:\"([^\"]*+)\"|'([^']*+)'|([^\s>\"']*+)))?+")
_BLANKS: Final = re.compile(r"[ \t\n\r\f]+")
_NOT_SHOWN: Final = re.compile(r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)
_MAY_HIDE: Final = re.compile("hidden|none", re.IGNORECASE)
_NO_CHARACTER: Final = re.compile(r"&#[xX]?[0-9A-Fa-f]{9,}+;?")  # unescape would raise


def html_text(html: str) -> str:
    """Return the text that the HTML shows; lines end in ``\\n``, with none at the ends of the text."""
    html = html[:MOST_CHARACTERS]
    start, end = html.find("<!--StartFragment-->"), html.rfind("<!--EndFragment-->")
    if 0 <= start < end:  # Windows puts a description around the copied part
        html = html[start:end]
    text, at = _Text(), 0
    while at < len(html):
        token = _TOKEN.match(html, at)
        assert token is not None  # its last branches take every character
        at = token.end()
        if (tag := token["tag"]) is None:
            text.add(token["words"] or "")
            continue
        tag = tag.lower()
        if token["end"]:
            text.close(tag)
            continue
        text.open(tag, token["rest"])
        if tag in _RAW:
            found = re.compile(f"</{tag}", re.IGNORECASE).search(html, at)
            at = len(html) if found is None else found.start()
    return text.text()


class _Text:
    """Collects words and the line ends between them."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._owed = ""  # goes before the next word: a blank, a tab between cells, or a line's end
        self._unseen = ""  # the element that is not shown, and how many of its kind are open
        self._depth = 0
        self._pre = 0

    def text(self) -> str:
        return "".join(self._parts).strip("\n")

    def add(self, data: str) -> None:
        """Add characters between tags."""
        if self._depth or not data:
            return
        words = unescape(_NO_CHARACTER.sub("\ufffd", data))
        if self._pre:
            self._put(words)
            return
        words = _BLANKS.sub(" ", words)
        if words.startswith(" "):
            self._owe(" ")
        if inner := words.strip(" "):
            self._put(inner.replace("\u00a0", " "))
            if words.endswith(" "):
                self._owe(" ")

    def open(self, tag: str, attributes: str) -> None:
        """Take a start tag."""
        if self._depth:
            self._depth += tag == self._unseen
        elif tag in _UNSEEN or _is_hidden(attributes):
            if tag not in _VOID:
                self._unseen, self._depth = tag, 1
        elif tag == "br":
            self._put("\n")
        elif tag == "img":
            self.add(_attributes(attributes).get("alt", ""))
        elif tag in CELLS:
            self._owe("\t")
        else:
            if tag in BLOCKS:
                self._owe("\n")
            self._pre += tag in _PRE

    def close(self, tag: str) -> None:
        """Take an end tag."""
        if self._depth:
            self._depth -= tag == self._unseen
            return
        if tag in BLOCKS:
            self._owe("\n")
        if tag in _PRE and self._pre:
            self._pre -= 1

    def _owe(self, blank: str) -> None:
        if blank == "\n" or (self._owed != "\n" and (blank == "\t" or not self._owed)):
            self._owed = blank

    def _put(self, words: str) -> None:
        if self._parts and not (self._owed == " " and self._parts[-1].endswith("\n")):
            self._parts.append(self._owed)
        self._owed = ""
        self._parts.append(words)


def _attributes(text: str) -> dict[str, str]:
    return {name.lower(): double or single or bare for name, double, single, bare in _ATTRIBUTE.findall(text)}


def _is_hidden(text: str) -> bool:
    if not _MAY_HIDE.search(text):  # true for most
        return False
    given = _attributes(text)
    return "hidden" in given or _NOT_SHOWN.search(given.get("style", "")) is not None
