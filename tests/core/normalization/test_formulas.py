"""Formulas are read off as a person reads them, however they are cut."""

from __future__ import annotations

from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fishcaption.core.normalization.formula_words import SAME, WORDS
from fishcaption.core.normalization.formulas import formulas, letters, read
from fishcaption.core.normalization.normalize import Normalizer
from fishcaption.core.normalization.rules import Rules
from tests.core.normalization.spoken import PIPED, check_map, spoken


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", r"So $E = mc^2$ holds.", "So E equals m c squared holds."),
        ("de", r"Also gilt $E = mc^2$.", "Also gilt E ist gleich m c hoch zwei."),
        ("fr", r"Donc $E = mc^2$.", "Donc E égale m c au carré."),
        ("es", r"Así $E = mc^2$.", "Así E es igual a m c al cuadrado."),
        ("it", r"Quindi $E = mc^2$.", "Quindi E uguale a m c al quadrato."),
        ("en", r"\(\frac{1}{2}\) of \(\frac{a}{b}\)", "one half of A over b"),
        ("de", r"$\frac{3}{4}$ und $\sqrt{2}$", "drei durch vier und Wurzel aus zwei"),
        ("fr", r"$\sqrt[3]{x}$ et $\sqrt[n]{x}$", "racine cubique de x et racine d'ordre n de x"),
        ("es", r"$\alpha \leq \beta$, $x \in A$", "alfa es como máximo beta, x pertenece a A"),
        ("it", r"$x_1^2 + y^{n+1}$", "x con uno al quadrato più y alla n più uno"),
        ("en", r"\[\sum_{i=1}^{n} i = \frac{n(n+1)}{2}\]",
         "the sum from i equals one to n of i equals n (n plus one) over two"),
        ("en", r"$\int_0^\infty 2x\,dx$", "the integral from zero to infinity of two x d x"),
        ("en", r"$\lim_{x \to 0} \sin x = 0$", "the limit as x approaches zero of sine x equals zero"),
        ("en", r"$90^\circ$, $f'(x)$, $f(x)$, $\vec{v}$", "ninety degrees, f prime (x), f of x, vector v"),
        ("en", r"$\text{speed} \cdot 3 \ne 5\%$", "speed times three is not equal to five percent"),
        ("en", "$$\nE = mc^2\n$$\nNext", "E equals m c squared\nNext"),
        ("en", "\\begin{align*}\na &= b \\\\\nc &= d\n\\end{align*} so", "A equals b, c equals d so"),
        ("en", r"Let $x$, $n+1$ and $a, b$ be $5$.", "Let x, n plus one and A, b be five."),
        ("en", r"So \frac{a}{b} and \alpha, e^{-x}.", "So A over b and alpha, e to the power of minus x."),
        ("en", r"$\unknown{x}$ $\mathbb{R}^n$", "unknown x R to the power of n"),
        ("en", r"$100\%$ of $n!$, $a \bmod b$, $|x|$", "one hundred percent of n factorial, A modulo b, x"),
        ("de", r"$\pi \approx 3{,}14$, $\sin^2 x$", "Pi ist etwa drei Komma eins vier, Sinus hoch zwei x"),
        ("es", "xⁿ y 2^n", "x elevado a n y 2 elevado a n"),
        ("de", r"$P(A \mid B)$, $a \Rightarrow b$", "P (A unter B), a daraus folgt b"),
        # money, paths and names are none
        ("en", "Pay $5 and $10, or $5-$10.", "Pay five dollars and ten dollars, or five to ten dollars."),
        ("en", "echo $HOME and $PATH now", "echo $HOME and $PATH now"),
        ("en", "C:\\temp\\new and \\\\server\\beta", "C:\\temp\\new and \\\\server\\beta"),
        ("en", "It is \\$5.", "It is five dollars."),
        ("en", "so `$x$` is code", "so `$x$` is code"),
    ],
)  # fmt: skip
def test_a_formula_is_read_off(language: str, text: str, expected: str) -> None:
    assert spoken(text, language).split() == expected.split()  # lines are read one by one


def test_markdown_does_not_take_the_marks_of_a_formula() -> None:
    text = r"The *sum* $a_{i} * b_{j} * c$ and \(x_1 \cdot y_1\), **so**."
    assert spoken(text, rules=Rules()) == (
        "The sum A sub i times b sub j times c and x sub one times y sub one, so."
    )


@pytest.mark.parametrize(
    "text",
    [
        "The formula $E = mc^2$ is for $x$ only, $5 more. ",
        "$$\nE = mc^2 + b\n$$\nNext \\[ a + b \\] b. ",
        "\\begin{equation}\na + b\n\\end{equation}\nso it is. ",
    ],
)
def test_a_cut_at_a_blank_changes_nothing(text: str) -> None:
    whole = spoken(text)
    for cut in [at + 1 for at, sign in enumerate(text) if sign.isspace()]:
        normalizer = Normalizer(PIPED, language="en", voice_id="v", family="s2")
        said = normalizer.normalize(text[:cut]).text + normalizer.normalize(text[cut:]).text
        assert " ".join(said.split()) == " ".join(whole.split())


def test_what_nothing_closes_is_over_at_its_line_s_end() -> None:
    normalizer = Normalizer(PIPED, language="en", voice_id="v", family="s2")
    assert normalizer.normalize("my $x = 5").text == "my x equals five"
    assert normalizer.normalize(" and\n").text == " and\n"
    assert normalizer.normalize("$3 now").text == "three dollars now"


def test_every_command_has_words_in_every_language() -> None:
    for language, words in WORDS.items():
        assert words.keys() == WORDS["en"].keys()
        for name in [*words, *SAME]:
            latex = f"\\{name} x" if name.isalpha() and name.isascii() else f"y {name} x"
            said = read(latex, language, str)
            assert "\\" not in said
            assert "x" in said


def test_a_lone_greek_letter_has_its_name() -> None:
    assert spoken("The α-helix, Δx and π", "en") == "The alpha-helix, delta x and pi"
    assert spoken("β und 5 Ω", "de") == "Beta und fünf Ohm"
    assert spoken("αβγ α", "en") == "αβγ α"
    assert letters("5 μm", "en") == []


LATEX = st.lists(
    st.sampled_from(
        [
            *"$\\{}^_ ()[]|&\nax5=+",
            *("$$", "\\(", "\\)", "\\[", "\\]", "\\frac", "\\sqrt", "\\sum", "\\text", "\\alpha", "\\left("),
            *("\\begin{align}", "\\end{align}", "word "),
        ]
    ),
    max_size=40,
).map("".join)


@given(LATEX, st.sampled_from(["en", "de", "fr", "es", "it", ""]))
def test_any_formula_is_read_to_its_end(text: str, language: str) -> None:
    check_map(text, Normalizer(Rules(), language=language, voice_id="v", family="s2").normalize(text))
    found = formulas(text, language, str)
    at = 0
    for start, end, _ in found.edits:
        assert at <= start < end <= len(text)
        at = end


@pytest.mark.parametrize(
    "sign",
    ["$", "\\", "\\(", "{", "$x$", "\\frac", "\\frac{", "^{", "_{a}", "$$", "\\$", "$a ", "\\sqrt[", "α"],
)
def test_the_cost_of_one_sign_is_linear(sign: str) -> None:
    text = sign * (50_000 // len(sign))
    began = process_time()
    formulas(text, "en", str)
    letters(text, "en")
    assert process_time() - began < 1.0
    read("{" * 5000, "en", str)
