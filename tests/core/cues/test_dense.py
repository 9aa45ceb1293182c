"""Scripts without blanks: lines end behind phrases of Japanese, and behind words of Chinese and Thai."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fishcaption.core.cues.captions import Captions
from fishcaption.core.cues.dense import phrase_ends

JAPANESE = "今日はとても良い天気なので、公園まで歩いて行きましょうと彼女は言いました。"
CHINESE = "我们昨天在北京的一家很有名的餐厅里吃了晚饭，然后一起坐地铁回家。"
TRADITIONAL = "我們昨天在台北的一家很有名的餐廳裡吃了晚飯，然後一起坐捷運回家。"
THAI = "วันนี้อากาศดีมากเราจึงตัดสินใจไปเดินเล่นที่สวนสาธารณะใกล้บ้านกับเพื่อนๆ"


@pytest.mark.parametrize(
    ("text", "language", "columns", "expected"),
    [
        (
            JAPANESE,
            "ja",
            32,
            [("今日はとても良い天気なので、",), ("公園まで歩いて行きましょうと", "彼女は言いました。")],
        ),
        (
            CHINESE,
            "zh",
            32,
            [("我们昨天在北京的一家", "很有名的餐厅里吃了晚饭，"), ("然后一起坐地铁回家。",)],
        ),
        (THAI, "th", 42, [("วันนี้อากาศดีมากเราจึงตัดสินใจไปเดิน", "เล่นที่สวนสาธารณะใกล้บ้านกับเพื่อนๆ")]),
    ],
)
def test_lines(text: str, language: str, columns: int, expected: list[tuple[str, ...]]) -> None:
    found = [caption.lines for caption in Captions(columns, 2, language=language).all(text)]
    assert found == expected


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (JAPANESE, ["とても", "天気", "公園", "歩いて", "行きましょう", "彼女", "言いました"]),
        (CHINESE, ["我们", "昨天", "北京", "餐厅里", "晚饭", "然后", "一起", "地铁", "回家"]),
        (TRADITIONAL, ["我們", "昨天", "台北", "餐廳裡", "晚飯", "然後", "一起", "捷運", "回家"]),
        (
            "私たちは来週の金曜日に新しい会社の説明会へ行く予定ですが、田中さんはまだ返事をしていません。",
            ["私たち", "来週", "金曜日", "新しい", "会社", "説明会", "行く", "予定", "田中さん", "返事"],
        ),
        (
            "「明日は雨が降るかもしれない」と天気予報で言っていたので、傘を持って行ってください。",
            ["明日", "雨が", "降る", "天気予報", "言って", "傘を", "持って"],
        ),
        (
            "会議は10時30分から3階の第2会議室で始まり、12時までに終わる予定です。",
            ["会議", "10時", "30分", "3階", "会議室", "12時", "終わる", "予定"],
        ),
        (
            "张医生告诉我们，这种新药已经在三家大医院里试用了两年，效果非常好。",
            ["医生", "告诉", "我们", "已经", "医院里", "试用了", "两年", "效果", "非常"],
        ),
        (
            "他不喜欢喝咖啡，但是每天早上都要喝一杯热牛奶。",
            ["不喜欢", "咖啡", "但是", "每天", "早上", "牛奶"],
        ),
        ("นักเรียนทุกคนต้องส่งการบ้านก่อนวันศุกร์ไม่เช่นนั้นครูจะไม่รับ", ["นักเรียน", "ทุกคน", "วันศุกร์"]),
        (THAI, ["วันนี้", "อากาศ", "ตัดสินใจ", "สวน", "สาธารณะ", "บ้าน", "เพื่อนๆ"]),
    ],
)
@pytest.mark.parametrize("columns", [20, 24, 32, 42])
def test_no_word_is_parted(text: str, words: list[str], columns: int) -> None:
    lines = [line for caption in Captions(columns, 3).all(text) for line in caption.lines]
    assert "".join(lines) == text
    for word in words:
        assert any(word in line for line in lines), (word, lines)


@pytest.mark.parametrize("columns", [20, 32, 42])
def test_korean_is_broken_at_blanks(columns: int) -> None:
    text = "오늘은 날씨가 아주 좋아서 우리는 친구들과 함께 새로 생긴 공원에 가기로 했습니다."
    lines = [line for caption in Captions(columns, 2, language="ko").all(text) for line in caption.lines]
    assert " ".join(lines) == text


def test_a_language_that_is_not_known_is_seen_in_its_letters() -> None:
    assert phrase_ends(JAPANESE, "en") == phrase_ends(JAPANESE, "ja")
    assert phrase_ends(TRADITIONAL, "en") == phrase_ends(TRADITIONAL, "zh-TW")


@pytest.mark.parametrize(
    "text", [JAPANESE, CHINESE, TRADITIONAL, THAI, "漢字" * 12 + JAPANESE, "中文" + TRADITIONAL]
)
@given(st.data())
def test_a_text_that_grows_is_not_judged_anew(text: str, data: st.DataObject) -> None:
    end = data.draw(st.integers(1, len(text)))
    before, whole = phrase_ends(text[:end], "en"), phrase_ends(text, "en")
    sure = end - 12
    assert {place for place in before if place < sure} == {place for place in whole if place < sure}


def test_the_models_are_loaded_for_these_scripts_only() -> None:
    code = (
        "import sys\n"
        "from fishcaption.core.cues.captions import Captions\n"
        "Captions().all('A text of many words, äöü, שלום and مرحبا. ' * 5)\n"
        "assert 'budoux' not in sys.modules\n"
        "Captions().all('今天天气非常好')\n"
        "assert 'budoux' in sys.modules\n"
        "assert not {'socket', 'ssl', 'urllib.request', 'http.client'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
