"""Markdown sounds the same whether its marks are shown (`MarkRemover`) or taken out (`MarkdownStream`)."""

from __future__ import annotations

import pytest

from fishcaption.core.normalization.markdown_stream import MarkdownStream
from fishcaption.core.normalization.normalize import Normalizer
from fishcaption.core.normalization.rules import Rules

PIPED = Rules(markdown=False, code=False, emoji=False)
SHOWN = Rules(code=False, emoji=False)


def spoken(text: str, rules: Rules, language: str) -> str:
    said = Normalizer(rules, language=language, voice_id="v", family="s2").normalize(text).text
    lines = (" ".join(line.split()).removesuffix(".").strip() for line in said.splitlines())
    return "\n".join(
        filter(None, lines)
    )  # a full stop at a line's end is a pause, which the line's end is, too


def plain(markdown: str) -> str:
    reader = MarkdownStream()
    return "".join(map(reader.push, markdown)) + reader.close()


@pytest.mark.parametrize(
    ("language", "markdown", "expected"),
    [
        # marks that nothing or something odd closes
        ("en", "*Note*: **a**b, **Note:**this, *Note:*this.", "Note: ab, Note:this, Note:this."),
        ("de", "**Achtung:** das *Wort*en „**fett**“.", "Achtung: das Worten „fett“."),
        ("fr", "**Attention :** l’*eau* (**chaude**).", "Attention : l’eau (chaude)."),
        ("es", "¡**Cuidado**! ¿*Seguro*?", "¡Cuidado! ¿Seguro?"),
        ("it", "**L'***acqua*** è** calda", "L'acqua è calda"),
        ("en", "2 * 3, 2*a*3, *.txt, f*ck and a_b_c", "two times three, 2*a*3, *.txt, f*ck and a_b_c"),
        ("en", "\\*not\\* \\# \\_this\\_ \\[x\\]", "*not* # _this_ (x)"),
        ("en", "**5**kg, 3**x", "five kilograms, three**x"),
        ("en", "Line\\\nnext\n", "Line\nnext"),
        ("en", "~~gone~~ and ***both***", "gone and both"),
        # tags part lines and cells
        ("en", "<details><summary>More</summary>The text</details>", "More\nThe text"),
        ("en", "<td>a</td><td>b</td>", "a, b"),
        ("de", "<table><tr><th>Tag</th><th>Ort</th></tr><tr><td>Mo</td><td>Ulm</td></tr></table>",
         "Tag, Ort\nMo, Ulm"),
        ("en", "<ul><li>one</li><li>two</li></ul>", "one\ntwo"),
        ("en", "one<br>two<br/>three<BR />four", "one\ntwo\nthree\nfour"),
        ("en", "<p>Hi.</p><p>You.</p>", "Hi.\nYou."),
        ("en", "<b>bo</b>ld <i>it</i> <a href='x'>link</a><!-- no -->", "bold it link"),
        ("en", "MyList<Text> and vector<int> a<b>c", "MyList<Text> and vector<int> ac"),
        ("fr", "H<sub>2</sub>O, 5<sup>e</sup>", "H2O, cinquième"),
        # tables
        ("en", "| a | b. |\n|---|:-:|\n| c | d |\n", "a, b.\nc, d."),
        ("es", "uno | dos\n--- | ---\nTres | cuatro\n", "uno, dos\nTres, cuatro"),
        # blocks
        ("en", "# Title\n\nText\n====\n\n- one\n- two\n\n> so\n\n***\nend", "Title\nText\none\ntwo\nso\nend"),
        ("it", "## Titolo ##\n\n1. uno\n2. due\n", "Titolo.\nuno. uno.\ndue. due."),
        # entities
        ("en", "Tom &amp; Jerry&mdash;so &lt;b&gt; &copy; &frac12;", "Tom & Jerry—so <b> © one half"),
        ("de", "Stra&szlig;e, caf&eacute, 5&nbsp;km", "Straße, café, fünf Kilometer"),
        # formulas
        ("en", r"So $a_1 * b_2$ and $x_{i}^2$, \(\frac{1}{2}\).",
         "So A sub one times b sub two and x sub i squared, one half."),
        ("en", "$$\nE = mc^2\n$$\n\nNext", "E equals m c squared\nNext"),
        ("en", r"\[ \sum_{i=1}^n i \]", "the sum from i equals one to n of i"),
        ("en", "It costs $5 and *not* $10.", "It costs five dollars and not ten dollars."),
        # links and notes
        ("en", "[words](http://x.y) and ![a cat](c.png)[^1] [Anna]", "words and a cat (Anna)"),
        ("en", "see <https://x.org> now", "see x dot org now"),
        # arrows and rows
        ("en", "File → **Save** -> *now* ----- end", "File, Save, now, end"),
        ("en", "pre\u00adrequi\u200bsites ３．１４ 𝐛𝐨𝐥𝐝", "prerequisites three point one four bold"),
    ],
)  # fmt: skip
def test_both_readers_say_the_same(language: str, markdown: str, expected: str) -> None:
    expected = expected.replace(".\n", "\n").removesuffix(".")
    assert spoken(markdown, SHOWN, language) == expected
    assert spoken(plain(markdown), PIPED, language) == expected


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        # verse, addresses and lists without marks keep their lines
        ("Roses are red\nViolets are blue\n", "Roses are red\nViolets are blue\n"),
        ("Anna Schmidt\nHauptstr. 5\n10115 Berlin\n", "Anna Schmidt\nHauptstr. 5\n10115 Berlin\n"),
        ("- one\n  Two\n", "one\nTwo.\n"),
        # a wrapped paragraph has none
        ("This is a paragraph that somebody has wrapped at about\nSixty columns, as in a letter or a readme, "
         "where the\nlines go on.\n",
         "This is a paragraph that somebody has wrapped at about\nSixty columns, as in a letter or a readme, "
         "where the lines go on.\n"),
        ("This is a paragraph that somebody has wrapped at about sixty\nColumns, as in a letter.\n",
         "This is a paragraph that somebody has wrapped at about sixty Columns, as in a letter.\n"),
        ("a short\nwrapped line\n", "a short wrapped line\n"),
        ("one\rTwo\r\nThree", "one\nTwo\nThree\n"),
    ],
)  # fmt: skip
def test_a_line_s_end_stays_where_the_author_made_it(markdown: str, expected: str) -> None:
    assert plain(markdown) == expected
    reader = MarkdownStream()
    assert reader.push(markdown) + reader.close() == expected
