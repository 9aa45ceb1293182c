"""Words of formulas in five languages, and the meanings of LaTeX's commands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_LANGUAGES: Final = ("en", "de", "fr", "es", "it")
_ROWS: Final = """
    + plus | plus | plus | más | più
    - minus | minus | moins | menos | meno
    − minus | minus | moins | menos | meno
    * times | mal | fois | por | per
    times times | mal | fois | por | per
    cdot times | mal | fois | por | per
    ast times | mal | fois | por | per
    div divided by | durch | divisé par | entre | diviso
    / over | durch | sur | sobre | fratto
    = equals | ist gleich | égale | es igual a | uguale a
    pm plus or minus | plus minus | plus ou moins | más menos | più o meno
    mp minus or plus | minus plus | moins ou plus | menos más | meno o più
    ne is not equal to | ist ungleich | est différent de | es distinto de | è diverso da
    < is less than | ist kleiner als | est inférieur à | es menor que | è minore di
    > is greater than | ist größer als | est supérieur à | es mayor que | è maggiore di
    le is at most | ist höchstens | est au plus | es como máximo | è al massimo
    ge is at least | ist mindestens | est au moins | es al menos | è almeno
    ll is much less than | ist viel kleiner als | est bien inférieur à | es muy inferior a | è molto meno di
    gg is much more than | ist viel größer als | est bien supérieur à | es muy superior a | è molto più di
    approx is about | ist etwa | est environ | es aproximadamente | è circa
    equiv is equivalent to | ist äquivalent zu | est équivalent à | es equivalente a | è equivalente a
    propto varies as | ist proportional zu | est proportionnel à | es proporcional a | è proporzionale a
    in in | Element von | appartient à | pertenece a | appartiene a
    notin not in | nicht Element von | n'appartient pas à | no pertenece a | non appartiene a
    subset is a subset of | ist Teilmenge von | est inclus dans | está contenido en | è contenuto in
    cup union | vereinigt mit | union | unión | unione
    cap intersection | geschnitten mit | inter | intersección | intersezione
    setminus without | ohne | privé de | menos | meno
    to to | nach | vers | a | a
    gets from | von | de | de | da
    implies implies | daraus folgt | implique | implica | implica
    iff if and only if | genau dann wenn | si et seulement si | si y solo si | se e solo se
    forall for all | für alle | pour tout | para todo | per ogni
    exists there exists | es gibt | il existe | existe | esiste
    neg not | nicht | non | no | non
    land and | und | et | y | e
    lor or | oder | ou | o | o
    infty infinity | unendlich | l'infini | infinito | infinito
    partial partial | partiell | d rond | parcial | parziale
    nabla nabla | Nabla | nabla | nabla | nabla
    emptyset the empty set | die leere Menge | l'ensemble vide | el conjunto vacío | l'insieme vuoto
    angle angle | Winkel | angle | ángulo | angolo
    % percent | Prozent | pour cent | por ciento | per cento
    ! factorial | Fakultät | factorielle | factorial | fattoriale
    bmod modulo | modulo | modulo | módulo | modulo
    prime prime | Strich | prime | prima | primo
    circ degrees | Grad | degrés | grados | gradi
    sum the sum | Summe | somme | suma | somma
    prod the product | Produkt | produit | producto | prodotto
    int the integral | Integral | intégrale | integral | integrale
    lim the limit | Limes | limite | límite | limite
    sin sine | Sinus | sinus | seno | seno
    cos cosine | Kosinus | cosinus | coseno | coseno
    tan tangent | Tangens | tangente | tangente | tangente
    log log | Logarithmus | log | logaritmo | logaritmo
    ln natural log | natürlicher Logarithmus | logarithme népérien | logaritmo natural | logaritmo naturale
    squared squared | hoch zwei | au carré | al cuadrado | al quadrato
    cubed cubed | hoch drei | au cube | al cubo | al cubo
    power to the power of | hoch | puissance | elevado a | alla
    mid given | unter | sachant | dado | dato
    sub sub | Index | indice | sub | con
    root the square root of | Wurzel aus | racine carrée de | raíz cuadrada de | radice quadrata di
    cube the cube root of | dritte Wurzel aus | racine cubique de | raíz cúbica de | radice cubica di
    order the root of order | Wurzel der Ordnung | racine d'ordre | raíz de orden | radice di ordine
    of of | von | de | de | di
    aus of | aus | de | de | di
    from from | von | de | desde | da
    upto to | bis | à | hasta | a
    toward approaches | gegen | tend vers | tiende a | tende a
    as as | für | quand | cuando | per
    vec vector | Vektor | vecteur | vector | vettore
    bar bar | quer | barre | barra | segnato
    hat hat | Dach | chapeau | gorro | cappuccio
    dot dot | Punkt | point | punto | punto
    tilde tilde | Tilde | tilde | tilde | tilde
    choose choose | über | sur | sobre | su
    alpha alpha | Alpha | alpha | alfa | alfa
    beta beta | Beta | bêta | beta | beta
    gamma gamma | Gamma | gamma | gamma | gamma
    delta delta | Delta | delta | delta | delta
    epsilon epsilon | Epsilon | epsilon | épsilon | epsilon
    zeta zeta | Zeta | zêta | dseta | zeta
    eta eta | Eta | êta | eta | eta
    theta theta | Theta | thêta | theta | theta
    iota iota | Iota | iota | iota | iota
    kappa kappa | Kappa | kappa | kappa | kappa
    lambda lambda | Lambda | lambda | lambda | lambda
    mu mu | Mü | mu | mi | mi
    nu nu | Nü | nu | ni | ni
    xi xi | Xi | xi | xi | xi
    omicron omicron | Omikron | omicron | ómicron | omicron
    pi pi | Pi | pi | pi | pi
    rho rho | Rho | rhô | ro | ro
    sigma sigma | Sigma | sigma | sigma | sigma
    tau tau | Tau | tau | tau | tau
    upsilon upsilon | Ypsilon | upsilon | ípsilon | ipsilon
    phi phi | Phi | phi | fi | fi
    chi chi | Chi | khi | ji | chi
    psi psi | Psi | psi | psi | psi
    omega omega | Omega | oméga | omega | omega
"""


def _tables() -> dict[str, dict[str, str]]:
    tables: dict[str, dict[str, str]] = {code: {} for code in _LANGUAGES}
    for row in filter(None, map(str.strip, _ROWS.splitlines())):
        key, words = row.split(" ", 1)
        for code, word in zip(_LANGUAGES, words.split(" | "), strict=True):
            tables[code][key] = word
    return tables


WORDS: Final = _tables()
SAME: Final[Mapping[str, str]] = {
    "neq": "ne",
    "pmod": "bmod",
    "mod": "bmod", "leq": "le", "leqslant": "le", "geq": "ge", "geqslant": "ge", "lt": "<", "gt": ">",
    "sim": "approx", "simeq": "approx", "cong": "equiv", "subseteq": "subset", "rightarrow": "to",
    "longrightarrow": "to", "mapsto": "to", "leftarrow": "gets", "Rightarrow": "implies",
    "Longrightarrow": "implies", "Leftrightarrow": "iff", "leftrightarrow": "iff", "varnothing": "emptyset",
    "lnot": "neg", "wedge": "land", "vee": "lor", "iint": "int", "iiint": "int", "oint": "int",
    "overline": "bar", "widehat": "hat", "widetilde": "tilde", "overrightarrow": "vec", "degree": "circ",
    "varepsilon": "epsilon", "vartheta": "theta", "varphi": "phi", "varrho": "rho", "varsigma": "sigma",
    "×": "times", "·": "cdot", "⋅": "cdot", "÷": "div", "±": "pm", "≠": "ne", "≤": "le", "≥": "ge",
    "≈": "approx", "≡": "equiv", "∝": "propto", "∈": "in", "∉": "notin", "⊂": "subset", "⊆": "subset",
    "∪": "cup", "∩": "cap", "∖": "setminus", "→": "to", "←": "gets", "⇒": "implies", "⇔": "iff",
    "∀": "forall", "∃": "exists", "¬": "neg", "∧": "land", "∨": "lor", "∞": "infty", "∂": "partial",
    "∇": "nabla", "∅": "emptyset", "∠": "angle", "∑": "sum", "∏": "prod", "∫": "int", "′": "prime",
    "'": "prime", "°": "circ",
}  # fmt: skip
SILENT: Final = frozenset(
    [
        "left",
        "right",
        "big",
        "Big",
        "bigg",
        "Bigg",
        "bigl",
        "bigr",
        "Bigl",
        "Bigr",
        "quad",
        "qquad",
        "displaystyle",
        "textstyle",
        "limits",
        "nolimits",
        "mathrm",
        "mathbf",
        "mathit",
        "mathsf",
        "mathcal",
        "mathbb",
        "mathfrak",
        "boldsymbol",
        "bm",
        "operatorname",
        "rm",
        "bf",
        "it",
        "cal",
        "mid",
        "middle",
        "nonumber",
        "notag",
        "thinspace",
        "boxed",
        "hspace",
        "vspace",
        "phantom",
        "middle",
        "hfill",
        "smallskip",
        "protect",
        "dfrac",
        "tfrac",
        "underbrace",
        "overbrace",
    ]
) - {"dfrac", "tfrac"}
TEXTS: Final = frozenset(
    ("operatorname", "text", "textbf", "textit", "textrm", "mbox", "hbox", "textsf", "texttt", "emph")
)
DROPPED: Final = frozenset(("begin", "end", "label", "tag", "color", "ref", "eqref"))
FRACTIONS: Final = frozenset(("frac", "dfrac", "tfrac", "cfrac"))
BINOMIALS: Final = frozenset(("binom", "dbinom", "tbinom"))
ACCENTS: Final = frozenset(("bar", "hat", "dot", "tilde"))
LARGE: Final = frozenset(("sum", "prod", "int"))
LIMITS: Final = frozenset(("lim", "max", "min", "sup", "inf", "limsup", "liminf", "argmax", "argmin"))
OF: Final = frozenset("fghFGHP")  # functions: "f of x"
FUNCTIONS: Final = frozenset(("sin", "cos", "tan", "log", "ln", "exp", "lim", "max", "min", "det", "arg"))
DOTS: Final = frozenset(("ldots", "dots", "cdots", "dotsc", "dotsb", "vdots", "ddots"))
GREEK: Final = [
    "alpha",
    "beta",
    "gamma",
    "delta",
    "epsilon",
    "zeta",
    "eta",
    "theta",
    "iota",
    "kappa",
    "lambda",
    "mu",
    "nu",
    "xi",
    "omicron",
    "pi",
    "rho",
    "sigma",
    "tau",
    "upsilon",
    "phi",
    "chi",
    "psi",
    "omega",
]
GREEK_SIGNS: Final = {
    sign: name
    for signs in ("αβγδεζηθικλμνξοπρστυφχψω", "ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩ")
    for sign, name in zip(signs, GREEK, strict=True)
} | {"ϵ": "epsilon", "ς": "sigma"}
