"""Closed lists of words that tell where a line may be broken, in five languages; tables only.

No list is a parser: a word that is of two kinds stands where a wrong break would hurt most. All are small
letters.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from fishcaption.core.text.readings import words_of


@dataclass(frozen=True, slots=True)
class BreakWords:
    """Words of a language, by the way in which they hang on their neighbours."""

    conjunctions: frozenset[str]  # a break before them is good, behind them never
    prepositions: frozenset[str]  # the same
    weak: frozenset[str]  # the same, where there is no better place: "of", "de"
    determiners: frozenset[str]  # articles, possessives, quantities: never without their noun
    auxiliaries: frozenset[str]  # never without their verb
    negations: frozenset[str]  # never without what they deny
    pronouns: frozenset[str]  # subjects, never without their verb
    clitics: frozenset[str]  # pronouns before their verb, and other words that need the next one
    leaning: frozenset[str]  # never without the word before them
    particles: frozenset[str]  # of verbs; at a clause's end never without the word before them
    adjectives: frozenset[str]  # frequent ones that stand before their noun, and adverbs
    numbered: frozenset[str]  # never without the number behind them
    pairs: frozenset[str]  # two words that are one expression


_ENGLISH: Final = dict(
    conjunctions="""
        and but or nor so yet because although though while whereas if unless until when whenever where
        wherever since after before once that which who whom whose whether why how than as lest provided
    """,
    prepositions="""
        in on at by for with without from into onto upon about above below under over between among amongst
        through throughout across along around behind beside besides beneath beyond against towards toward
        during despite except inside outside near via within per
    """,
    weak="of to",
    determiners="""
        the a an this that these those my your his her its our their every each some any no both either
        neither all another such many few several much more most less fewer enough what whichever whatever
        half one two three four five six seven eight nine ten eleven twelve twenty thirty forty fifty
        hundred thousand first second third last next same own other mr mrs ms dr prof saint st king queen
        president captain
    """,
    auxiliaries="""
        having getting got gotten get am is are was were be been being has have had do does did will would
        shall should can could may might must ought cannot gonna isn't aren't wasn't weren't hasn't haven't
        hadn't don't doesn't didn't won't wouldn't shouldn't can't couldn't mustn't isn’t aren’t wasn’t
        weren’t hasn’t haven’t hadn’t don’t doesn’t didn’t won’t wouldn’t shouldn’t can’t couldn’t mustn’t m
        re ve ll d s let
    """,
    negations="not never hardly barely scarcely",
    pronouns="i you he she it we they there",
    clitics="just only even please",
    leaning="ago else too either",
    particles="up out off down away back over on in along apart together through by about around",
    adjectives="""
        always often usually already still soon also finally different many same very quite rather really
        extremely fairly pretty too so almost nearly good bad great big small large little new old young
        long short high low early late right left wrong whole full real important different special public
        private local national international political economic social human black white red green blue hot
        cold warm cool strong weak rich poor happy sad easy hard heavy light dark bright quiet loud fast
        slow certain clear free main major minor open close common simple recent current final general
    """,
    numbered="""
        page pages chapter section article figure table line row room floor number gate platform track bus
        flight level step part day version question verse volume act scene highway route channel unit
        exercise phase world
    """,
    pairs="""
        more than, less than, fewer than, rather than, other than, such as, as well, as if, as though, so
        that, because of, instead of, out of, a lot, lots of, kind of, sort of, in front, each other, one
        another, according to, due to, next to, close to, thanks to, of course, at least, at all, no one, in
        order, even if, even though, now that, as soon, as long
    """,
)

_GERMAN: Final = dict(
    conjunctions="""
        und oder aber denn sondern doch weil dass daß wenn ob obwohl obgleich während als bevor ehe nachdem
        seitdem sobald solange sodass damit falls sofern indem wie sowie wobei wodurch womit wofür woran
        worauf wo wohin woher warum weshalb bis
    """,
    prepositions="""
        in im ins an am ans auf aufs aus bei beim mit nach von vom vor vorm zum zur über überm unter unterm
        durch für gegen ohne um seit trotz wegen statt anstatt hinter hinterm neben zwischen gegenüber außer
        innerhalb außerhalb entlang laut gemäß bezüglich mithilfe dank entgegen samt je pro ab
    """,
    weak="zu",
    determiners="""
        der die das den dem des ein eine einen einem einer eines dieser diese dieses diesen diesem jener
        jene jenes jenen jenem jeder jede jedes jeden jedem mein meine meinen meinem meiner meines dein
        deine deinen deinem deiner deines sein seine seinen seinem seiner seines ihr ihre ihren ihrem ihrer
        ihres unser unsere unseren unserem unserer unseres euer eure euren eurem eurer kein keine keinen
        keinem keiner keines alle allen aller alles viele vielen vieler wenige wenigen einige einigen
        einiger mehrere mehreren manche manchen solche solchen welche welcher welches welchen beide beiden
        mehr weniger zwei drei vier fünf sechs sieben acht neun zehn elf zwölf hundert tausend herr herrn
        frau doktor professor könig königin sankt
    """,
    auxiliaries="""
        hätte hätten hättest worden geworden gewesen wollen können bin bist ist sind seid war warst waren
        wart habe hast hat haben habt hatte hatten werde wirst wird werden werdet wurde wurden würde würden
        kann kannst können könnt konnte konnten könnte könnten muss musst müssen müsst musste mussten müsste
        müssten soll sollst sollen sollte sollten will willst wollen wollt wollte wollten darf darfst dürfen
        durfte durften dürfte dürften mag möchte möchten lässt lassen ließ ließen
    """,
    negations="nicht nie niemals kaum",
    pronouns="ich du er sie es wir man",
    clitics="nur sogar so",
    leaning="sich lang",
    particles="""
        sein ab an auf aus bei ein fest fort frei her hin heim herum hinaus herein hinein heraus los mit
        nach nieder statt teil um vor vorbei voran weg weiter wieder zu zurück zusammen kennen
    """,
    adjectives="""
        immer schon noch wieder auch sehr ganz ziemlich besonders recht fast etwa rund zu so ganze neue alte
        große kleine gute
    """,
    numbered="""
        seite seiten kapitel abschnitt artikel absatz abbildung tabelle zeile reihe zimmer raum stock nummer
        tor gleis linie bus flug stufe schritt teil tag version frage vers band akt szene kanal übung phase
        halle paragraf
    """,
    pairs="""
        mehr als, weniger als, so dass, als ob, wie viel, wie viele, gar nicht, gar kein, noch nicht, noch
        nie, noch immer, nicht mehr, nie mehr, ein paar, ein bisschen, zum beispiel, vor allem, je desto,
        sowohl als, auf jeden, statt dessen
    """,
)

_FRENCH: Final = dict(
    conjunctions="""
        et ou mais donc or ni car que qu qui quoi dont où quand lorsque lorsqu puisque puisqu parce comme si
        quoique quoiqu tandis afin alors pourquoi comment lequel laquelle lesquels lesquelles
    """,
    prepositions="""
        près loin autour au-dessus au-dessous à au aux en dans par pour sur sous avec sans chez entre vers
        contre selon malgré dès depuis pendant durant avant après devant derrière jusque jusqu hors parmi
        outre envers sauf voici voilà
    """,
    weak="de d du des",
    determiners="""
        le la les l un une ce cet cette ces mon ma mes ton ta tes son sa ses notre nos votre vos leur leurs
        chaque quelque quelques plusieurs certains certaines aucun aucune tout toute tous toutes quel quelle
        quels quelles deux trois quatre cinq six sept huit neuf dix onze douze vingt cent mille premier
        première deuxième troisième dernier dernière même autre autres m mme mlle dr saint sainte monsieur
        madame docteur
    """,
    auxiliaries="""
        être été aurions auriez serions seriez étant ayant pu dû voulu fallu pouvoir devoir vouloir falloir
        pourrait pourrions pourraient devrions devraient suis es est sommes êtes sont étais était étions
        étiez étaient serai seras sera serons serez seront serait seraient fut furent été ai as a avons avez
        ont avais avait avions aviez avaient aurai auras aura aurons aurez auront aurait auraient eut eurent
        peux peut pouvons pouvez peuvent pouvait pouvaient pourra pourrait veux veut voulons voulez veulent
        voulait voudrait dois doit devons devez doivent devait devrait vais vas va allons allez vont allait
        fait faut fallait
    """,
    negations="ne n",
    pronouns="je j tu il elle on nous vous ils elles ce c ça cela",
    clitics="me te se s lui y moi-même ne très si trop plus moins bien",
    leaning="pas jamais rien guère point ci là",
    particles="",
    adjectives="""
        toujours souvent déjà encore aussi petit petite petits petites grand grande grands grandes bon bonne
        bons bonnes beau bel belle beaux belles jeune jeunes vieux vieil vieille vieilles nouveau nouvel
        nouvelle nouveaux nouvelles mauvais mauvaise gros grosse long longue joli jolie haut haute très trop
        assez presque vraiment tellement bien peu
    """,
    numbered="""
        page pages chapitre section article figure tableau ligne rang chambre salle étage numéro porte quai
        voie bus vol niveau étape partie jour version question verset tome acte scène chaîne exercice phase
        alinéa paragraphe
    """,
    pairs="""
        plus de, moins de, plus que, moins que, parce que, parce qu, alors que, alors qu, afin de, afin que,
        bien que, ce que, ce qui, ce dont, avant de, avant que, près de, près du, loin de, autour de, autour
        du, au lieu, au-dessus de, au-dessus du, à côté, peut être, beaucoup de, peu de, trop de, assez de,
        tant de, pas de, est ce, tandis que, pendant que, depuis que, depuis qu, lorsque le
    """,
)

_SPANISH: Final = dict(
    conjunctions="""
        y e o u pero mas sino ni aunque porque pues que si cuando como mientras donde adonde quien quienes
        cual cuales cuyo cuya cuyos cuyas apenas conque luego
    """,
    prepositions="""
        antes después cerca lejos detrás delante encima debajo dentro fuera alrededor a al ante bajo con
        contra desde durante en entre hacia hasta mediante para por según sin sobre tras excepto salvo
    """,
    weak="de del",
    determiners="""
        el la los las lo un una unos unas este esta estos estas ese esa esos esas aquel aquella aquellos
        aquellas mi mis tu tus su sus nuestro nuestra nuestros nuestras vuestro vuestra vuestros vuestras
        cada todo toda todos todas algún alguna algunos algunas ningún ninguna otro otra otros otras mucho
        mucha muchos muchas poco poca pocos pocas varios varias ambos ambas tanto tanta tantos tantas qué
        cuánto cuántos dos tres cuatro cinco seis siete ocho nueve diez once doce veinte cien mil primer
        primera segundo segunda tercer último última mismo misma don doña señor señora doctor doctora san
        santa
    """,
    auxiliaries="""
        ser sido estar estado haber habiendo podido podremos habríamos habremos habrían habría habrás habrán
        estaría estarían estarán podrían podríamos debemos deberían hemos soy eres es somos sois son era
        eran éramos fue fueron será serán sería estoy estás está estamos estáis están estaba estaban estuvo
        he has ha hemos habéis han había habían hubo habrá habría haya hayan puedo puedes puede podemos
        podéis pueden podía podían pudo podrá podría quiero quiere quieren quería debo debe deben debía
        debería voy vas va vamos vais van iba iban suele suelen
    """,
    negations="no nunca jamás tampoco",
    pronouns="yo tú él ella usted nosotros nosotras ellos ellas ustedes",
    clitics="me te se le les nos os muy más menos tan casi ya solo sólo",
    leaning="atrás",
    particles="",
    adjectives="""
        siempre todavía también aún gran grande grandes buen buena buenos buenas mal mala malos malas nuevo
        nueva nuevos nuevas viejo vieja pequeño pequeña pequeños pequeñas largo larga mejor peor mayor menor
        muy más menos tan casi bastante demasiado realmente
    """,
    numbered="""
        página páginas capítulo sección artículo figura tabla línea fila habitación sala piso número puerta
        andén vía autobús vuelo nivel paso parte día versión pregunta versículo tomo acto escena canal
        ejercicio fase apartado
    """,
    pairs="""
        más de, menos de, más que, menos que, lo que, el que, la que, los que, las que, antes de, antes del,
        después de, después del, cerca de, cerca del, lejos de, lejos del, detrás de, detrás del, delante
        de, delante del, encima de, encima del, debajo de, dentro de, fuera de, alrededor de, además de, en
        vez, a pesar, ya que, para que, desde que, hasta que, sin embargo, por favor, por ejemplo, tener
        que, tiene que, tengo que, hay que, tal vez
    """,
)

_ITALIAN: Final = dict(
    conjunctions="""
        e ed o od ma però né che chi perché poiché siccome se quando mentre come dove cui quale quali anche
        oppure ovvero dunque quindi benché sebbene affinché finché appena cioè
    """,
    prepositions="""
        a ad al allo alla ai agli alle all in nel nello nella nei negli nelle nell con col da dal dallo
        dalla dai dagli dalle dall per su sul sullo sulla sui sugli sulle sull tra fra senza sotto sopra
        verso contro durante dopo presso secondo oltre attraverso lungo davanti dietro dentro fuori vicino
    """,
    weak="di d del dello della dei degli delle dell",
    determiners="""
        il lo la l i gli le un uno una questo questa questi queste quest quello quella quelli quelle quel
        quei quegli quell mio mia miei mie tuo tua tuoi tue suo sua suoi sue nostro nostra nostri nostre
        vostro vostra vostri vostre loro ogni qualche alcuni alcune nessun nessuna tutto tutta tutti tutte
        altro altra altri altre molto molta molti molte poco poca pochi poche tanti tante due tre quattro
        cinque sei sette otto nove dieci undici dodici venti cento mille primo prima secondo seconda terzo
        ultimo ultima stesso stessa signor signora dottor dottoressa san santa don
    """,
    auxiliaries="""
        essere stati stata state avere avremmo avreste avremo avrete saremo sarete saremmo saranno potuto
        dovuto voluto potere dovere potrebbero dovrebbero potranno sono sei è siamo siete era eri erano
        eravamo fu furono sarà saranno sarebbe sia siano stato ho hai ha abbiamo avete hanno avevo avevi
        aveva avevano ebbe avrà avranno avrebbe abbia abbiano posso puoi può possiamo potete possono poteva
        potrà potrebbe voglio vuoi vuole vogliamo vogliono voleva vorrebbe vorrei devo devi deve dobbiamo
        dovete devono doveva dovrà dovrebbe sto stai sta stiamo stanno stava va vanno
    """,
    negations="non mai",
    pronouns="io tu lui lei noi voi egli ella esso essa essi",
    clitics="mi ti si ci vi ne c s m t lo gli le li più meno molto così troppo quasi già solo",
    leaning="fa mica",
    particles="via su giù dietro",
    adjectives="""
        sempre spesso ancora già anche bel bello bella bei begli belle buon buono buona buoni buone grande
        grandi gran piccolo piccola piccoli piccole nuovo nuova nuovi nuove vecchio vecchia vecchi vecchie
        giovane brutto brutta lungo lunga lunghi lunghe vero vera più meno molto così troppo quasi
        abbastanza davvero proprio
    """,
    numbered="""
        pagina pagine capitolo sezione articolo figura tabella linea riga fila camera stanza sala piano
        numero porta binario autobus volo livello passo parte giorno versione domanda verso volume atto
        scena canale esercizio fase comma
    """,
    pairs="""
        più di, meno di, più che, meno che, di più, ciò che, quello che, prima di, prima del, dopo di,
        invece di, oltre a, vicino a, vicino al, vicino alla, davanti a, davanti al, davanti alla, accanto
        a, dentro la, fuori dalla, insieme a, da quando, fino a, in modo, per esempio, a meno, dato che,
        anche se, dopo che, prima che, un po
    """,
)

_LISTS: Final[Mapping[str, Mapping[str, str]]] = {
    "en": _ENGLISH,
    "de": _GERMAN,
    "fr": _FRENCH,
    "es": _SPANISH,
    "it": _ITALIAN,
}


@cache
def break_words(code: str) -> BreakWords | None:
    """Return the words of a language by its two-letter code; None if it has no lists."""
    lists = _LISTS.get(code)
    if lists is None:
        return None
    pairs = frozenset(pair.strip() for pair in lists["pairs"].split(","))
    return BreakWords(
        **{kind: words_of(listed) for kind, listed in lists.items() if kind != "pairs"}, pairs=pairs
    )
