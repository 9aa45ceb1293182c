"""Arabic and Hebrew, with Latin words and numbers among them: lines in the order of reading, runs whole."""

from __future__ import annotations

import unicodedata

import pytest

from fishcaption.core.cues.captions import Captions
from fishcaption.core.cues.columns import width

ROWS = [
    ("ar", "قال الرئيس التنفيذي لشركة Acme Cloud Systems إن الأرباح زادت بنسبة 15 % في عام 2024.", 3),
    ("ar", "وُلِدَ الشّاعِرُ في مَدينَةٍ صَغيرَةٍ، ثُمَّ سافَرَ إلى القاهِرَةِ حَيْثُ دَرَسَ الأَدَبَ.", 0),
    ("ar", "يزن الطرد 12.5 kg ويجب إرساله قبل نهاية الأسبوع إلى عنوان الدكتور أحمد.", 2),
    ("ar", "هل تعرف متى يصل القطار من القاهرة؟ نعم، في الساعة 10:30 صباحًا.", 0),
    ("he", "המנהלת של חברת Acme Cloud אמרה שהמשקל הוא 12.5 kg ושהמחיר עלה מאז חודש מאי.", 2),
    ("he", "הַיְלָדִים רָצוּ לַגִּנָּה כַּאֲשֶׁר הַגֶּשֶׁם פָּסַק, וְאָז שִׂחֲקוּ עַד הָעֶרֶב.", 0),
    ("he", "אתמול פגשתי את Tim Cook ברחוב, והוא סיפר לי על המכשיר החדש שלו.", 1),
    ("fa", "دیروز با Google Maps راه خانه را پیدا کردم و می‌خواهم دوباره از آن استفاده کنم.", 1),
]
RUNS = ("Acme Cloud Systems", "Acme Cloud", "Tim Cook", "Google Maps", "12.5 kg", "15 %")


@pytest.mark.parametrize(("language", "text", "count"), ROWS)
@pytest.mark.parametrize("columns", [20, 26, 32, 42])
def test_lines_are_in_the_order_of_reading_and_runs_are_whole(
    language: str, text: str, count: int, columns: int
) -> None:
    captions = Captions(columns, 2, language=language).all(text)
    lines = [line for caption in captions for line in caption.lines]
    assert " ".join(lines) == text, "in logical order, with nothing added"
    assert all(width(line) <= columns for line in lines)
    for line in lines:
        assert unicodedata.category(line[0])[0] != "M"
        assert line[0] not in "،؛؟.,"
    for run in RUNS:
        if run in text:
            assert any(run in line for line in lines), (run, lines)


def test_points_take_no_column() -> None:
    pointed = "הַיְלָדִים רָצוּ לַגִּנָּה כַּאֲשֶׁר הַגֶּשֶׁם פָּסַק"
    bare = "".join(one for one in pointed if unicodedata.category(one) != "Mn")
    assert width(pointed) == len(bare)
    assert [len(caption.lines) for caption in Captions(42, 2).all(pointed)] == [1]


def test_short_words_stand_with_what_they_belong_to() -> None:
    """Prepositions of two or three letters, in languages that have no list of them."""
    for language, text, words in (
        ("ar", "ذهبت مع أصدقائي القدامى أمس من البيت إلى المدرسة", ("من البيت",)),
        ("he", "הוא נתן את הספר הישן של אבא שלו לאחותי הקטנה", ("את הספר", "של אבא")),
    ):
        lines = [line for caption in Captions(26, 2, language=language).all(text) for line in caption.lines]
        for word in words:
            assert any(word in line for line in lines), lines
