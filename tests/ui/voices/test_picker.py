"""The voice picker in a real window: what it asks, what it shows, what keys do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit

from fishcaption.core.errors import ConnectionLost, Forbidden, StorageError, VoiceProcessError
from fishcaption.core.speech import Voice
from fishcaption.core.voices.catalog import VoiceEntry, VoicePage, VoiceQuery, VoiceState
from fishcaption.store.keys import KeyPlace
from fishcaption.store.voices.seen import Shelf
from fishcaption.ui.voice_ports import Hearing
from fishcaption.ui.voices.keys import KeysDialog
from fishcaption.ui.voices.picker.dialog import MOST_TRIED, VoicePicker, start_of
from fishcaption.ui.voices.picker.table import Section
from tests.ui.conftest import Desk
from tests.ui.fakes import FISH, HIBARI, NO_KEY

Key = Qt.Key
CTRL = Qt.KeyboardModifier.ControlModifier
GERMAN = Voice("embedded", "thorsten", "Thorsten", ("de",))
ID = "802e3bc2b27e49c2995d23ef70e6ac89"
TYPING_MS = 1500
READY = VoiceState.READY


def entry(number: int, name: str = "Voice", state: VoiceState = READY, **more: object) -> VoiceEntry:
    return VoiceEntry(
        Voice("fish", f"id{number}", f"{name} {number}", ("en",)),
        state,
        **more,  # type: ignore[arg-type]  # of the entry's own fields
    )


def page(first: int, count: int = 3, *, has_more: bool = True, name: str = "Voice") -> VoicePage:
    return VoicePage(tuple(entry(first + n, name) for n in range(count)), has_more, 1000)


def picker_of(desk: Desk) -> VoicePicker:
    desk.window.voice_bar.voice.click()
    picker = desk.window.findChild(VoicePicker)
    assert isinstance(picker, VoicePicker)
    desk.qtbot.waitUntil(picker.isActiveWindow)
    return picker


@pytest.fixture
def picker(desk: Desk) -> VoicePicker:
    return picker_of(desk)


def names(picker: VoicePicker) -> list[str]:
    return [voice.name for voice in picker.voices()]


def search(picker: VoicePicker) -> QLineEdit:
    return picker._search


def fill(desk: Desk, **shelf: tuple[VoiceEntry, ...]) -> None:
    """All answers of the beginning."""
    desk.services.answer("embedded_voices", (HIBARI, GERMAN))
    desk.services.answer("shelf", Shelf(shelf.get("favourites", ()), shelf.get("recent", ())))
    desk.services.answer("account_voices", shelf.get("own", ()))
    desk.services.answer("search", page(1))


def test_one_list_the_users_own_first_and_each_voice_once(desk: Desk, picker: VoicePicker) -> None:
    fill(
        desk,
        own=(entry(90, is_own=True),),
        favourites=(entry(2), entry(80)),
        recent=(entry(90, is_own=True), entry(70), entry(80)),
    )
    assert names(picker) == [
        "Voice 90", "Voice 2", "Voice 80", "Voice 70", "Hibari", "Thorsten", "Voice 1", "Voice 3",
    ]  # fmt: skip
    table = picker._table
    titles = [table.index(row, 0).data() for row in range(table.rowCount()) if table.entry(row) is None]
    assert titles == [
        "Your own voices at Fish Audio", "Favourites", "Used last",
        "On this computer: no account, no network",
        "Fish Audio's library",
    ]  # fmt: skip
    assert [table.section_of(row) for row in (0, 1, 2, 8)] == [
        Section.OWN, Section.OWN, Section.FAVOURITES, Section.EMBEDDED,
    ]  # fmt: skip


def test_the_row_tells_a_screen_reader_all_that_it_shows(desk: Desk, picker: VoicePicker) -> None:
    one = entry(1, tags=("female", "calm"), author="Ann", is_own=True, is_licensed=True)
    going = entry(2, state=VoiceState.RETIRING, retires_on=date(2026, 12, 31))
    fill(desk, own=(one, going), favourites=(one,))
    told = [
        picker._table.index(row, 0).data(Qt.ItemDataRole.AccessibleTextRole)
        for row in range(picker._table.rowCount())
    ]
    assert "Voice 1, your own voice, favourite, English, female, calm, Ann, licensed, free" in told
    assert any("goes on 31 December 2026" in words for words in told)
    assert any(words.startswith("Hibari, chosen, English") for words in told)


def test_without_a_key_the_library_is_shown_and_the_way_to_the_key(desk: Desk, picker: VoicePicker) -> None:
    desk.services.answer("embedded_voices", (HIBARI,))
    desk.services.answer("account_voices", NO_KEY)
    desk.services.answer("search", page(1, has_more=False))
    assert names(picker) == ["Hibari", "Voice 1", "Voice 2", "Voice 3"]
    assert "needs a key to speak" in picker.note()
    picker._key.click()
    assert isinstance(desk.window.findChild(KeysDialog), KeysDialog)
    desk.services.answer("key_place", KeyPlace.NOWHERE)


def test_without_a_network_what_was_seen_before_is_there_and_says_so(desk: Desk, picker: VoicePicker) -> None:
    desk.services.answer("embedded_voices", (HIBARI,))
    desk.services.answer("account_voices", ConnectionLost("Fish Audio cannot be reached."))
    desk.services.answer("search", ConnectionLost("Fish Audio cannot be reached."))
    desk.services.answer("seen_voices", (entry(7), entry(90, is_own=True)))
    assert names(picker) == ["Voice 90", "Hibari", "Voice 7"]
    assert "cannot be reached" in picker.note()
    assert "seen before" in picker.note()
    assert not picker._key.isVisible()


def test_a_broken_embedded_voice_and_a_broken_file_are_told(desk: Desk, picker: VoicePicker) -> None:
    desk.services.answer(
        "embedded_voices", VoiceProcessError("The voice does not start.", hint="Run doctor.")
    )
    assert "does not start" in picker._warning.text()
    desk.services.answer("shelf", StorageError("The disk is full."))
    assert "disk is full" in picker._warning.text()


def test_enter_chooses_and_goes_back_to_the_text(desk: Desk, picker: VoicePicker) -> None:
    fill(desk)
    assert search(picker).hasFocus()
    QTest.keyClicks(search(picker), "thor")
    QTest.keyClick(search(picker), Key.Key_Return)
    assert desk.services.applied[-1].voice == GERMAN
    assert [one.voice for one in desk.services.used_voices] == [GERMAN]
    assert desk.window.voice_bar.voice.text() == "Thorsten, on this computer"
    assert not picker.isVisible()
    assert desk.services.left == 1


def test_keys_of_the_list(desk: Desk, picker: VoicePicker) -> None:
    fill(desk)
    QTest.keyClick(search(picker), Key.Key_Down)
    assert picker._list.hasFocus()
    current = picker._list.current
    assert current() == VoiceEntry(GERMAN)
    QTest.keyClick(picker._list, Key.Key_Down)
    assert current() == entry(1), "the heading is passed over"
    QTest.keyClick(picker._list, Key.Key_End)
    assert current() == entry(3)
    QTest.keyClick(picker._list, Key.Key_Home)
    assert current() == VoiceEntry(HIBARI)
    QTest.keyClick(picker._list, Key.Key_Space)
    assert desk.services.pending("hear") == [(VoiceEntry(HIBARI),)]
    QTest.keyClick(picker._list, Key.Key_X)
    assert search(picker).text() == "x"
    assert search(picker).hasFocus()


def test_a_sample_begins_by_one_key_and_ends_by_the_next(desk: Desk, picker: VoicePicker) -> None:
    fill(desk)
    QTest.keyClick(search(picker), Key.Key_Space, CTRL)
    assert "preparing" in picker.note()
    assert desk.services.hearing is not None
    desk.services.hearing(Hearing.SOUNDING)
    assert "You hear Hibari" in picker.note()
    assert picker._hear.text() == "Stop the sound"
    QTest.keyClick(search(picker), Key.Key_Space, CTRL)
    assert not desk.services.is_hearing()
    assert picker._hear.text() == "Hear sample"
    QTest.keyClick(search(picker), Key.Key_Space, CTRL)
    assert desk.services.hearing is not None
    desk.services.hearing(Forbidden("This voice has no sample.", hint="Try it."))
    assert picker.note() == "This voice has no sample. Try it."
    picker.reject()
    assert desk.services.left == 1


def test_like_this_tells_the_price_first(desk: Desk) -> None:
    desk.type("Good evening, dear friends.")
    picker = picker_of(desk)
    fill(desk)
    desk.services.price_dollars = 0.004
    QTest.keyClick(picker, Key.Key_L, CTRL)
    assert desk.services.pending("try_text") == [(VoiceEntry(HIBARI), "Good evening, dear friends.")]
    desk.services.hush()
    picker._list.select(picker._table.row_of(entry(2).voice) or 0)
    QTest.keyClick(picker, Key.Key_L, CTRL)
    assert "about 0.4 ¢" in picker.note()
    assert len(desk.services.pending("try_text")) == 1
    QTest.keyClick(picker, Key.Key_L, CTRL)
    assert desk.services.pending("try_text")[-1] == (entry(2), "Good evening, dear friends.")


def test_a_favourite_by_one_key(desk: Desk, picker: VoicePicker) -> None:
    fill(desk)
    picker._list.select(picker._table.row_of(entry(2).voice) or 0)
    QTest.keyClick(picker, Key.Key_D, CTRL)
    assert desk.services.pending("set_favourite") == [(entry(2), True)]
    assert picker._table.is_favourite(entry(2))
    assert picker._favourite.text() == "No favourite any more"
    desk.services.answer("set_favourite", StorageError("The disk is full."))
    assert "disk is full" in picker._warning.text()
    QTest.keyClick(picker, Key.Key_D, CTRL)
    assert not picker._table.is_favourite(entry(2))


@pytest.mark.parametrize("state", [state for state in VoiceState if not state.can_speak])
def test_what_cannot_speak_says_why_and_is_not_chosen(
    desk: Desk, picker: VoicePicker, state: VoiceState
) -> None:
    bad = entry(5, state=state)
    fill(desk, own=(bad,))
    picker._list.select(1)
    assert picker._table.remark_words(bad)
    assert len(picker._details.text()) > 30
    QTest.keyClick(picker._list, Key.Key_Return)
    QTest.keyClick(picker._list, Key.Key_Space)
    assert desk.services.applied == []
    assert desk.services.pending("hear") == []
    assert picker.isVisible()
    assert "used" in picker.note() or "voice" in picker.note()


def test_a_search_asks_when_the_hands_rest_and_only_the_newest_answer_counts(
    desk: Desk, picker: VoicePicker
) -> None:
    old = desk.services.asked[[name for name, _, _ in desk.services.asked].index("search")][2]
    assert desk.services.pending("search") == [(VoiceQuery(page=1),)]
    QTest.keyClicks(search(picker), "news")
    assert desk.services.pending("search") == [], "cancelled"
    asked = (VoiceQuery("news", 1),)
    desk.qtbot.waitUntil(lambda: desk.services.pending("search") == [asked], timeout=TYPING_MS)
    old(page(1, name="Stale"))
    assert names(picker) == []
    desk.services.answer("search", page(1, name="News", has_more=False))
    assert names(picker) == ["News 1", "News 2", "News 3"]


def test_filters_narrow_the_search_and_what_is_here(desk: Desk, picker: VoicePicker) -> None:
    fill(desk)
    picker._filters.language.setCurrentIndex(picker._filters.language.findData("de"))
    assert names(picker)[:1] == ["Thorsten"]
    picker._filters.gender.setCurrentIndex(1)
    picker._filters.tags.setText("calm, , warm")
    picker._filters.is_licensed.box.setChecked(True)
    picker._filters.sort.setCurrentIndex(2)
    desk.qtbot.waitUntil(lambda: bool(desk.services.pending("search")), timeout=TYPING_MS)
    assert desk.services.pending("search") == [
        (VoiceQuery("", 1, False, ("de",), ("calm", "warm"), "female", "", True, "created_at"),)
    ]


def test_the_list_goes_on_as_it_is_scrolled_and_ends_where_the_service_ends(
    desk: Desk, picker: VoicePicker
) -> None:
    desk.services.answer("search", page(0, 50))
    assert desk.services.pending("search") == []
    bar = picker._list.verticalScrollBar()
    bar.setValue(bar.maximum())
    assert [query.page for (query,) in desk.services.pending("search")] == [2]
    before = picker._list.current()
    desk.services.answer("search", page(48, 50))
    assert len(picker.voices()) == 98, "two were there already"
    assert picker._list.current() == before
    QTest.qWait(0)
    bar.setValue(bar.maximum())
    desk.services.answer("search", VoicePage((entry(200),), False, 2_000_000, is_cut_short=True))
    bar.setValue(bar.maximum())
    assert desk.services.pending("search") == []
    assert "Narrow the search" in picker.note()


def test_a_service_that_goes_in_circles_is_left(desk: Desk, picker: VoicePicker) -> None:
    desk.services.answer("search", page(0, 50))
    for _ in range(10):
        picker._list.wants_more.emit()
        if not desk.services.pending("search"):
            break
        desk.services.answer("search", page(0, 50))
    assert desk.services.pending("search") == []
    assert len(picker.voices()) == 50


@pytest.mark.parametrize("pasted", [ID, f"https://fish.audio/m/{ID}/"])
def test_an_id_or_a_link_is_looked_up(desk: Desk, picker: VoicePicker, pasted: str) -> None:
    fill(desk)
    search(picker).setText(pasted)
    desk.qtbot.waitUntil(lambda: bool(desk.services.pending("look_up")), timeout=TYPING_MS)
    found = VoiceEntry(Voice("fish", ID, "Pasted"))
    desk.services.answer("look_up", found)
    assert names(picker) == ["Pasted"]
    QTest.keyClick(search(picker), Key.Key_Return)
    assert desk.services.applied[-1].voice == found.voice


def test_a_pasted_id_that_is_nobodys_says_so(desk: Desk, picker: VoicePicker) -> None:
    search(picker).setText(ID)
    desk.qtbot.waitUntil(lambda: bool(desk.services.pending("look_up")), timeout=TYPING_MS)
    desk.services.answer("look_up", VoiceEntry(Voice("fish", ID, ID), VoiceState.GONE))
    assert "no voice with this id" in picker.note()


def test_a_chosen_voice_that_is_gone_is_told_and_not_replaced(open_desk: Callable[..., Desk]) -> None:
    desk = open_desk(voice=FISH)
    picker = picker_of(desk)
    desk.services.answer("look_up", VoiceEntry(FISH, VoiceState.GONE))
    assert "“Energetic”" in picker._warning.text()
    assert "No other voice takes its place" in picker._warning.text()
    assert picker._warning.isVisible()
    assert desk.services.applied == []


def test_what_may_train_the_service_is_said_before(desk: Desk, picker: VoicePicker) -> None:
    fill(desk)
    picker._list.select(picker._table.row_of(entry(2).voice) or 0)
    assert "may train the service's models" in picker._details.text()
    picker._list.select(picker._table.row_of(HIBARI) or 0)
    assert "train" not in picker._details.text()


def test_covers_are_fetched_for_what_is_in_sight_four_at_a_time(desk: Desk, picker: VoicePicker) -> None:
    entries = tuple(entry(n, cover_url=f"https://fish.audio/{n}") for n in range(40))
    desk.services.answer("search", VoicePage(entries, True))
    picker.grab()
    assert len(desk.services.pending("cover")) == 4
    image = QImage(8, 8, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.red)
    for _ in range(60):
        if not desk.services.pending("cover"):
            break
        desk.services.answer("cover", image)
        assert len(desk.services.pending("cover")) <= 4
        picker.grab()
    (first,) = (row for row in range(3) if picker._table.entry(row) == entries[0])
    shown = picker._list.viewport().grab().toImage()
    where = picker._list.visualRect(picker._table.index(first, 0))
    ratio = shown.devicePixelRatio()
    assert shown.pixelColor(round(20 * ratio), round((where.top() + where.height() // 2) * ratio)).red() > 200


def test_an_answer_to_a_closed_picker_does_no_harm(desk: Desk, picker: VoicePicker) -> None:
    search_done = desk.services.asked[[name for name, _, _ in desk.services.asked].index("search")][2]
    picker.reject()
    QTest.qWait(1)
    desk.services.answer("embedded_voices", (HIBARI,))
    desk.services.answer("shelf", Shelf((), ()))
    search_done(page(1))


def test_a_search_without_a_match_says_so(desk: Desk, picker: VoicePicker) -> None:
    fill(desk)
    QTest.keyClicks(search(picker), "zzz")
    desk.qtbot.waitUntil(lambda: bool(desk.services.pending("search")), timeout=TYPING_MS)
    desk.services.answer("account_voices", ())
    desk.services.answer("search", VoicePage((), False))
    assert "No voice matches" in picker.note()


def test_a_text_that_is_tried_is_short_and_whole_sentences() -> None:
    assert start_of("  Short. ") == "Short."
    long = "This is one sentence of some length. " * 20
    start = start_of(long)
    assert len(start) <= MOST_TRIED
    assert start.endswith("length.")
    assert start_of("word " * 200) == ("word " * 60).strip()
    assert start_of("x" * 1000) == "x" * MOST_TRIED
