"""Where sentences end, in five languages: abbreviations, initials, ordinals, and what looks like them."""

from __future__ import annotations

from time import perf_counter

import pytest

from fishcaption.core.text.segmentation import Segmenter, sentence_ending
from fishcaption.core.text.sentence_ends import Ending

# A bar stands where one sentence is over and the next begins.
ENGLISH = """
Ms. Lee and Mx. Jay came. |Mr. Ng did not.
MR. SMITH WENT HOME. |THEN MRS. SMITH CAME.
“Dr. Who” is on. |“Prof. Green” is not.
I asked (Prof. Yang) and [Dr. Ito]. |Both agreed.
We met—Mr. Zorn, Mrs. Zorn—at noon. |It rained.
Ask *Dr. Ames* or _Prof. Cole_. |She knows.
Then Sgt. Pepper, Lt. Col. Blake and Capt. Hook left. |They sang.
Gen. Lee met Gov. Abbott and Sen. Ford. |Rep. Kim was ill.
Gov. Newsom, Rev. Green and Hon. Judge Roy sat down. |All rose.
I live at Ft. Worth near Mt. Hood and St. Paul. |You?
See Vol. II, Ch. IV and Fig. B of the book. |Then stop.
See No. 5 and Nos. 6 and 7. |No. |I won't.
Is it true? |No. |We checked.
No. 5 is alive. |No. |A dog barked.
The answer is no. |She left.
I ate a fig. |Then I slept. |See fig. 3 again.
He loves art. |Art. 5 says so.
Just a sec. |I'm coming. |Sec. 12 applies.
Wait for the op. |Then read Op. 27 twice.
Open the app. |It works. |App. C is long.
We sell pens, paper, etc. |Then we close.
We sell pens, paper, etc. |John buys them.
Pens, paper, etc. are sold here. |Come in.
Apple Inc. |She left.
He works for Apple Inc. |She does not.
Apple Inc. and Acme Corp. merged. |It was big.
Acme Co. Ltd. |They pay well.
Acme Co. Ltd. Group is big. |Really.
It opens at 9 a.m. |The bell rings at 5 p.m. |We leave.
At 5 p.m. on Monday we go. |At 10 a.m. Monday we return.
At 5 P.M. |He left.
He was born in the U.S. |Then he moved.
The U.S. Army came. |The U.K. did too.
I moved to the U.S. in May. |It was fine.
She has a Ph.D. |Her brother has an M.D. degree.
Martin Luther King Jr. |He had a dream.
Martin Luther King Jr. Day is near. |Sammy Davis Jr. sang.
J. R. R. Tolkien wrote it. |J. Smith read it.
It is by J.R.R. Tolkien. |George W. Bush came.
Choose Plan B. |Then go. |Vitamin C. |Oranges have it.
Take Plan B. |Bob agreed. |Group A. |Ann is in it.
It was I. |Then he spoke. |So did I. |Bob left.
Isaac I. Newton, Dr. I. Berlin and Mr. I. Ito came. |We sang.
Some fruit, e.g. Apples, i.e. The red ones, are sold. |Buy two.
Bob vs. The State was long. |Cf. Smith et al. |They agree.
Smith et al. showed it. |We live on Main St. |It is calm.
On Baker St. |We met. |The St. James is closed.
It is 5 ft. |Then it is 6 in.
Come on Mon. |Then on Tues. we rest. |On Nov. 5 it snows.
From Jan. to Sept. |It is warm. |It was approx. Five.
Steps: 1. Mix the flour. |2. Bake it.
1. First item. |2. Second item. |a. Letter. |B. Other.
(1) One. |It costs $4.50. |Then $4. |He paid 5. |Six left.
It was 1990. |then it was over. |Version 3. |We use 3.5 now.
In the end we lost. |however we sang. |so it goes.
Go to docs.example.org. |It is there.
I said OK. |Then I got up. |It was by. |Up it went.
He did it on the go. |In the morning we left. |Joe. |Do it.
The max. |Then the min. |We saw it all. |All is well.
Wait... what? |Wait... |What? |No... maybe.
“Go!” he said. |“Go.” |She went. |“It is 5 p.m.” |He left.
The firm (Acme Inc.) grew. |It is big (approx.) |We think.
Is it e.g. 5? |She said so etc. |And more.
P.S. I love you.
See p. 5, pp. 6 and para. Two. |Then rest.
St. Patrick and Mt. Everest. |Vs. nothing.
We have Dept. heads. |The dept. |It is big.
See Sec. A-5 and Sec. III. |Get an A. |Then a B. |He lives in Washington, D.C. |He likes it.
Boston, Mass. |The end. |Brown v. Board was long. |In Sept. |She left.
He is 6 ft. 2 in. tall. |Come in. |Then rest 10 sec. more. |The gov't. of Ohio.
Read vol. X. |Then stop. |Roe v. Wade. |He lives in Fla. |She left.
Attn. Mr. Poe, Asst. Prof. Doe, and Brig. Gen. Roe.
"""

GERMAN = """
Hausnr. 12 ist da. |Das ist die Kontonr. |Dann ging er.
Am 5. November kam er. |Am 6. November ging er.
Der 2. Weltkrieg war lang. |Nach dem 1. Weltkrieg war Ruhe.
Im 2. Weltkrieg und im 3. Reich. |Das war schlimm.
Der 3. Mann kam. |Die 1. Frau ging. |Ein 4. Kind kam.
Es waren 5. |Dann gingen wir. |Wir waren 5. |Wir gingen.
Es war im Jahr 1990. |Danach war Ruhe. |Im Jahr 2001. |Peter kam.
Heute ist 3. Advent. |Berlin, 5. Mai 2024. |Bis 12. Dezember.
Er kam am 5. |Sie kam am 6. |Wir treffen uns am 3. |Bitte komm.
Am 5. und 6. Tag. |Vom 1. bis 3. Juni. |Vom 1. – 3. Mai.
Zum 2. Mal und zum 3. Mal. |Jeder 4. Bürger. |Sein 5. Versuch.
Im 4. Stock wohnt er. |Im 2. OG. |Auf dem 3. Platz.
Die 1. und 2. Klasse. |Die 1./2. Klasse. |Das ist gut.
Am 5.11. kam er. |Am 5. 11. 2024 kam sie. |Am 5.11. |Dann nicht.
Um 10:30. |Peter kam. |Es kostet 3,5. |Dann nicht. |Es sind 10.000. |Viele kamen.
Ludwig XIV. war König. |Es war Ludwig XIV. |Er war groß.
Karl V. und Papst Johannes Paul II. kamen. |Heinrich VIII. |Er aß.
Es waren 20. |Peter war dabei. |Seite 5. |Danach Seite 6.
Im 19. Jahrhundert. |Im 20. Jh. |Das war schön.
Das ist z. B. Ich. |Das ist z.B. Das Haus, d. h. Die Wand.
Wir haben u. a. Äpfel und i. d. R. Die besten. |Gut.
Die Firma Müller GmbH & Co. KG. |Sie ist groß.
Äpfel, Birnen usw. |Dann kam er. |Äpfel usw. gibt es.
Äpfel, Birnen etc. |Peter isst sie. |Kirschen etc. sind rot.
Preis inkl. MwSt. |Siehe Kap. Drei, Bd. II, Abs. Eins und Nr. 5.
Dr. med. Weber und Prof. Dr. Klein. |Hr. Maier und Fr. Huber.
Herr Dr. Kurz („Dr. Lang“, —Dr. Breit—) kam. |Er blieb.
Hauptstr. 5. |Er wohnt in der Goethestr. |Dort ist es ruhig. |In St. Pölten nicht.
Das sind ca. Drei, bzw. Vier. |Evtl. Fünf, ggf. Sechs, vgl. Sieben.
Es dauert 5 Std. |Dann 10 Min. |Es kostet 3 Mio. Euro. |Oder 2 Mrd.
Am Mo. Vormittag. |Das ist so. |Dann komm. |So ist es.
Im Jahr 44 v. Chr. |Er starb. |Um 50 n. Chr. lebte er.
Auf diese Art. |Dann geht es. |Art. 5 GG gilt.
A. Merkel kam. |Das ist Plan B. |Peter weiß es. |Punkt A. |Klar.
Das war es am. |Und das ist ein Test. |Die PIN. |Danach nichts.
S. 5 ff. |Das steht dort. |Es gilt § 5 Abs. 3 Satz 2. |Gut.
Am 24.12. ist Heiligabend. |Am 31.12. |Dann 2025. |Er ist 12. |Sein Bruder ist 15.
Die 2., 3. und 4. Auflage. |Frau Dr. h. c. Roth. |Er aß 3. |4 blieben.
Platz 3. |Platz 4. |Auf Platz 3. |Der 3. Platz. |Prof. em. Dr. h. c. mult. Roth.
Tisch, Stuhl usf. |Ende. |Etw. Neues. |Im Jahr 44 v. Chr. |Cäsar starb.
1. Punkt eins. |2. Punkt zwei. |Schritte: 1. Mehl. |2. Milch.
Der 100. Besucher. |Der 1. |Er war es. |Der 2. „Preis“ ging an ihn.
Er sagte: „Am 5. |“Nein.
Sog. Experten, lt. Gesetz, gem. Paragraf, bspw. Heute. |Ja.
Wann? |Am 1. |Wo? |Im 2. |Wer? |Der 3.
"""

FRENCH = """
M. Le Pen et Mme. Dupont sont là. |Mlle. Roy aussi.
Bonjour M. Martin. |MM. Petit et Grand. |Me. Dupond plaide.
Le Dr. Roux (M. Roux) est là. |« M. Blanc » aussi.
Il vend du pain, etc. |Il ferme. |Du pain, etc. est vendu.
Des fruits, p. ex. La pomme, c.-à-d. Le fruit. |Bien.
En 44 av. J.-C. |Il mourut. |En 50 apr. J.-C. il vivait.
C'est la mer. |Puis la plage. |Le mer. 5 il pleut.
C'est un jeu. |Le jeu. 6 aussi. |C'est de l'art. |L'art. 5 le dit.
Cf. Le livre, chap. Trois, vol. II, fig. Deux. |Fini.
Vers 100 ap. J.-C. il naît. |La pl. Verte. |Max. 6. |R.S.V.P. |Merci.
J. Dupont et P.-A. Martin. |Le plan B. |Paul est d'accord.
Le 5 janv. 2024. |En févr. |Il neige. |Le n° 5. |Et le n° 6.
Il a 5. |Il part. |En 1990. |Après, rien. |Le Pr. Leblanc.
Mgr. Lefort, Ste. Anne et St. Paul. |Voilà.
Env. Cinq. |Tél. 05. |La Cie. |Elle est grande.
Aux U.S.A. |Il est parti. |Les U.S.A. sont grands.
Smith et al. |Ils disent. |À 5 min. |Puis stop.
"""

SPANISH = """
El Sr. López y la Sra. Díaz. |La Srta. Ruiz.
D. Juan y D.ª Ana y Dña. Eva. |Dn. Luis.
El Dr. Gil (Dra. Paz) «Sr. Mora» vino. |Bien.
Gracias a Ud. |Mañana vengo. |Uds. son amables.
En EE. UU. |El clima es bueno. |En EE. UU. hay sol. |En EE. UU. México gana.
En los EE.UU. |Él vive allí. |Los JJ. OO. son en julio.
Pan, vino, etc. |Luego nada. |Pan, etc. y vino.
La pág. 5 y el núm. 6, cap. Dos. |Fin. |Vol. II.
P. ej. El pan, p.ej. La sal. |Bien. |Cf. El libro.
En 44 a. C. |Murió. |En 50 d. C. vivía.
El mar. |Luego el sol. |El mar. 5 llueve. |Sol. |Mañana.
La Cía. |Es grande. |Hnos. Pérez. |La Av. Mayor.
Juan B. Gómez y J. Ortiz. |El plan B. |Pedro dice sí.
Tengo 5. |Luego 6. |En 1990. |Después, nada. |Aprox. Cinco.
El 5 de ene. |Hace frío. |En dic. nieva. |El Excmo. Alcalde.
A las 5 p. m. |Luego a las 6 a. m. del lunes. |Mide 5 m. |Pesa 6 kg.
P. D. Te quiero. |Fr. Luis y Juan. |Apdo. 5. |Ext. 3. |Fin.
Sto. Tomás y Sta. Clara. |El prof. Lara. |La Lic. Vega.
"""

ITALIAN = """
Il Sig. Rossi e la Sig.ra Bianchi. |La Sig.na Verdi.
Il Dott. Neri, l'Ing. Gallo, dell'Avv. Riva. |Bene.
Il prof. Costa («Dott. Greco») arriva. |La prof.ssa Leone.
Pane, vino, ecc. |Poi nulla. |Pane, ecc. e vino.
A pag. 5, art. Due, n. 6, vol. II. |Fine. |Cap. III.
Es. Il pane, ad es. La sera. |Cfr. Il libro. |Ca. Cinque.
Nel 44 a.C. |Morì. |Nel 50 d.C. viveva. |Nel 44 a. C. |Poi.
Il mar. 5 piove. |Il mar. |Un set. |Poi basta. |Il 3 set. 2024.
La Fiat S.p.A. |È grande. |La Fiat S.p.A. Torino. |Bene.
S. Pietro e S. Maria. |J. Rossi. |Il piano B. |Paolo dice sì.
L'on. Rossi e la S.r.l. chiusa. |Nel sec. XX. |Poi nel sec. XXI.
Vol. X. |Fine. |Nel III sec. d.C. |Poi. |Ss. Pietro e Paolo. |Sen. Verdi.
Ho 5. |Poi 6. |Nel 1990. |Dopo, nulla. |On. Bruni e Mons. Galli.
Il 5 gen. |Fa freddo. |A dic. nevica. |Egr. Signore. |Gent. Signora.
Arch. Fontana, Geom. Serra, Rag. Villa. |Spett. Ditta.
"""

CASES = [
    pytest.param(language, line, id=f"{language} {line[:40]}")
    for language, table in zip(
        ("en", "de", "fr", "es", "it"), (ENGLISH, GERMAN, FRENCH, SPANISH, ITALIAN), strict=True
    )
    for line in table.strip().splitlines()
]


def segments(parts: list[str], language: str) -> list[str]:
    segmenter = Segmenter(language)
    found = [segment for part in parts for segment in segmenter.push(part)]
    return [segment.text for segment in found + segmenter.close()]


@pytest.mark.parametrize(("language", "marked"), CASES)
def test_sentences_end_where_a_reader_ends_them(language: str, marked: str) -> None:
    text = marked.replace("|", "")
    assert "|".join(segments([text], language)) == marked
    assert segments(list(text), language) == segments([text], language), "letter by letter"


def test_the_table_is_long() -> None:
    tables = (ENGLISH, GERMAN, FRENCH, SPANISH, ITALIAN)
    assert sum(table.count("|") + table.count(". ") for table in tables) > 600


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("Hello. ", "en", Ending.OVER),
        ("It is 5 p.m. ", "en", Ending.OPEN),
        ("Mr. ", "en", Ending.GOES_ON),
        ("No. ", "en", Ending.OPEN),
        ("Am 5. ", "de", Ending.OPEN),
        ("Am 5. ", "en", Ending.OVER),
        ("Im Jahr 1990. ", "de-AT", Ending.OVER),
        ("Itt van Dr. ", "hu", Ending.GOES_ON),  # a language without lists of its own
        ("Itt van. ", "hu", Ending.OVER),
    ],
)
def test_what_follows_is_waited_for_only_where_it_matters(text: str, language: str, expected: Ending) -> None:
    assert sentence_ending(text, language=language) is expected


@pytest.mark.slow
def test_marks_in_plenty_cost_little() -> None:
    text = "Am 5. und z. B. Mr. J. R. R. Q. etc. v. Chr. " * 5000
    for language in ("de", "en"):
        began = perf_counter()
        assert "".join(segments([text], language)) == text
        assert perf_counter() - began < 5, "half a second where nothing else runs"
