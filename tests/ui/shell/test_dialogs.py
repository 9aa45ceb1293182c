"""What is opened over the window: keys, vocabulary, profiles, settings, expression; phrases in it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QDialog, QLineEdit, QMessageBox, QWidget

from fishcaption.core.errors import StorageError
from fishcaption.core.normalization.rules import Replacement
from fishcaption.core.text.tags import TAGS
from fishcaption.store import profiles
from fishcaption.store.settings import Settings
from fishcaption.store.settings_file import exported
from fishcaption.store.vocabulary import Vocabulary
from fishcaption.ui.editor.expression_palette import ExpressionPalette
from fishcaption.ui.phrases.editor import PhraseEditor
from fishcaption.ui.settings.dialog import SettingsDialog
from fishcaption.ui.settings.keys_dialog import KeysDialog
from fishcaption.ui.settings.profiles_dialog import ProfilesDialog
from fishcaption.ui.settings.vocabulary_dialog import VocabularyDialog
from tests.ui.conftest import Desk
from tests.ui.fake_phrases import FakePhrases
from tests.ui.fake_vocabulary import FakeVocabulary

NONE = Qt.KeyboardModifier.NoModifier
CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
ALT = Qt.KeyboardModifier.AltModifier

_Dialog = TypeVar("_Dialog", bound=QDialog)


@pytest.fixture
def vocabulary() -> FakeVocabulary:
    return FakeVocabulary(
        Vocabulary({"brb": "be right back"}, (Replacement("Nguyen", "win"), Replacement("SQL", "sequel"))),
        words=("window", "with"),
        known=7,
    )


@pytest.fixture
def phrases() -> FakePhrases:
    return FakePhrases()


@pytest.fixture
def full(open_desk: Callable[..., Desk], vocabulary: FakeVocabulary, phrases: FakePhrases) -> Desk:
    """A window with phrases and vocabulary, wide enough for both."""
    desk = open_desk(has=(phrases, vocabulary))
    desk.window.resize(1080, 740)
    QTest.qWait(20)
    return desk


def opened(desk: Desk, command: str, kind: type[_Dialog]) -> _Dialog:
    desk.window.commands.run(command)
    (dialog,) = [found for found in desk.window.findChildren(kind) if found.isVisible()]
    return dialog


# -- the keys ----------------------------------------------------------------------------------------------


@pytest.fixture
def keys(desk: Desk) -> KeysDialog:
    return opened(desk, "window.keys", KeysDialog)


def press_for(dialog: KeysDialog, name: str, key: Qt.Key, modifier: Qt.KeyboardModifier = NONE) -> None:
    dialog.choose(name)
    dialog._add.click()
    assert dialog._catch.hasFocus()
    QTest.keyClick(dialog._catch, key, modifier)


def test_a_key_is_given_by_pressing_it(desk: Desk, keys: KeysDialog) -> None:
    press_for(keys, "speak.louder", Qt.Key.Key_F12)
    assert keys.shown()["speak.louder"] == "Ctrl+Shift+R or F12"
    assert desk.services.applied[-1].keys == {"speak.louder": ("Ctrl+Shift+R", "F12")}
    keys.reject()
    desk.window.activateWindow()  # there is no window manager here that would do it
    desk.qtbot.waitUntil(desk.window.isActiveWindow)
    desk.type("One.\n")
    desk.press(Qt.Key.Key_F12)
    assert desk.reader.gains[-1] > 1


def test_a_key_that_is_taken_is_taken_only_when_asked(desk: Desk, keys: KeysDialog) -> None:
    press_for(keys, "speak.louder", Qt.Key.Key_F8)
    assert "Pause or resume" in keys.told()
    assert desk.services.applied == []
    keys._take.click()
    assert keys.shown()["speak.louder"] == "Ctrl+Shift+R or F8"
    assert keys.shown()["speak.pause"] == "Ctrl+Space or Space"


def test_esc_is_stop_for_ever_and_ends_the_asking(desk: Desk, keys: KeysDialog) -> None:
    press_for(keys, "speak.louder", Qt.Key.Key_Escape)
    assert not keys._catch.isVisible()
    assert keys.isVisible()
    assert desk.services.applied == []
    press_for(keys, "speak.louder", Qt.Key.Key_Return, CTRL)
    assert "always does" in keys.told()
    assert desk.services.applied == []


def test_tab_and_chords_can_be_keys_and_a_modifier_alone_is_none(desk: Desk, keys: KeysDialog) -> None:
    keys.choose("speak.louder")
    keys._add.click()
    QTest.keyClick(keys._catch, Qt.Key.Key_Control)
    assert keys._catch.isVisible()
    QTest.keyClick(keys._catch, Qt.Key.Key_Tab, CTRL)
    assert desk.services.applied[-1].keys["speak.louder"] == ("Ctrl+Shift+R", "Ctrl+Tab")


def test_a_letter_alone_is_the_user_s_wish_and_still_writes(desk: Desk, keys: KeysDialog) -> None:
    press_for(keys, "speak.louder", Qt.Key.Key_L)
    assert "still types" in keys.told()
    keys.reject()
    desk.window.activateWindow()  # there is no window manager here that would do it
    desk.qtbot.waitUntil(desk.window.isActiveWindow)
    desk.type("hello.")
    assert desk.editor.text() == "hello."
    desk.type("\n")
    desk.transcript.setFocus()
    desk.press(Qt.Key.Key_L)
    assert desk.reader.gains == [1.6]


def test_keys_can_be_taken_away_and_given_back(desk: Desk, keys: KeysDialog) -> None:
    keys.choose("speak.repeat")
    keys._none.click()
    assert keys.shown()["speak.repeat"] == ""
    keys._usual.click()
    assert keys.shown()["speak.repeat"] == "Ctrl+R"
    assert desk.services.applied[-1].keys == {}
    press_for(keys, "speak.repeat", Qt.Key.Key_F3)
    keys._all_usual.click()
    assert keys.shown()["speak.repeat"] == "Ctrl+R"


def test_commands_are_searched(keys: KeysDialog) -> None:
    keys._search.setText("repeat lou")
    assert list(keys.shown()) == ["speak.louder"]


# -- the vocabulary ----------------------------------------------------------------------------------------


@pytest.fixture
def words(full: Desk) -> VocabularyDialog:
    full.editor.set_text("Ask Nguyen about it.")
    return opened(full, "text.pronunciation", VocabularyDialog)


def test_a_replacement_is_changed_and_said_in_the_sentence_at_hand(
    full: Desk, words: VocabularyDialog, vocabulary: FakeVocabulary
) -> None:
    page = words._replacements
    assert page._sample.text() == "Ask Nguyen about it."
    page._said.setText("nwin")
    page._case.setChecked(True)
    page._say.click()
    assert vocabulary.kept.replacements[0] == Replacement("Nguyen", "nwin", match_case=True)
    assert full.reader.at_ear.text == "Ask Nguyen about it."
    assert full.editor.text() == "Ask Nguyen about it.", "the draft stays"


def test_the_dialog_shows_what_the_voice_would_be_given(
    words: VocabularyDialog, vocabulary: FakeVocabulary
) -> None:
    page = words._replacements
    assert page._spoken.isReadOnly()
    assert page._spoken.text() == "Ask win about it."
    page._said.setText("nwin")  # as it is typed, before it is kept
    assert page._spoken.text() == "Ask nwin about it."
    page._sample.setText("Nguyen owes $5.")
    assert page._spoken.text() == "nwin owes five dollars."
    page._phoneme.setText("?!")  # cannot work: as it is without
    assert page._spoken.text() == "win owes five dollars."
    assert vocabulary.kept.replacements[0] == Replacement("Nguyen", "win")


def test_a_new_replacement_is_for_a_language_and_a_voice(
    words: VocabularyDialog, vocabulary: FakeVocabulary
) -> None:
    page = words._replacements
    page._new.click()
    page._written.setText("live")
    page._said.setText("lyve")
    page._language.setCurrentIndex(page._language.findData("en"))
    page._voice.setCurrentIndex(1)
    page._save.click()
    assert vocabulary.kept.replacements[-1] == Replacement("live", "lyve", "en", "hibari")
    page._language.setEditText("cy")
    page._save.click()
    assert vocabulary.kept.replacements[-1].language == "cy"
    assert len(vocabulary.kept.replacements) == 3
    page._remove.click()
    assert len(vocabulary.kept.replacements) == 2


def test_a_word_that_becomes_another_one_is_told_and_not_saved(
    words: VocabularyDialog, vocabulary: FakeVocabulary
) -> None:
    page = words._replacements
    page._new.click()
    page._written.setText("Nguyan")
    page._save.click()
    before = vocabulary.kept
    page._written.setText("nguyen")
    page._save.click()
    assert "same word" in words.told()
    assert vocabulary.kept == before
    page._say.click()
    assert vocabulary.kept == before


def test_what_cannot_work_is_told(words: VocabularyDialog, vocabulary: FakeVocabulary) -> None:
    before = vocabulary.kept
    page = words._replacements
    page._new.click()
    page._save.click()
    assert words.told()
    assert vocabulary.kept == before


def test_an_abbreviation_is_added_changed_and_removed(full: Desk, vocabulary: FakeVocabulary) -> None:
    page = opened(full, "text.abbreviations", VocabularyDialog)._abbreviations
    page._long.setText("back soon")
    page._save.click()
    assert vocabulary.kept.abbreviations == {"brb": "back soon"}
    page._new.click()
    page._short.setText("hru")
    page._long.setText("How are you?")
    page._save.click()
    assert vocabulary.kept.abbreviations == {"brb": "back soon", "hru": "How are you?"}
    full.type("hru ")
    assert full.editor.text() == "How are you? ", "at once, in the window"
    page._remove.click()
    assert vocabulary.kept.abbreviations == {"brb": "back soon"}


def test_completion_is_switched_and_erased_after_a_question(full: Desk, vocabulary: FakeVocabulary) -> None:
    dialog = opened(full, "text.completion", VocabularyDialog)
    assert "7 of your words" in dialog._learned.text()
    dialog._erase.click()
    (box,) = [box for box in dialog.findChildren(QMessageBox) if box.isVisible()]
    box.buttons()[0].click()
    assert vocabulary.known == 0
    assert "were deleted" in dialog.told()
    vocabulary.refuse = StorageError("It could not be deleted.")
    dialog._erase_all()
    assert "could not be deleted" in dialog.told()


def test_the_vocabulary_goes_to_a_file_and_comes_from_one(
    full: Desk, words: VocabularyDialog, vocabulary: FakeVocabulary, tmp_path: Path
) -> None:
    path = tmp_path / "wording.json"
    words.exchange.export_to(str(path))
    vocabulary.set_vocabulary(Vocabulary({"brb": "other", "x": "y"}, (Replacement("nguyen", "other"),)))
    words.exchange.import_from(str(path))
    assert vocabulary.kept.abbreviations == {"brb": "be right back", "x": "y"}
    assert [entry.said for entry in vocabulary.kept.replacements] == ["win", "sequel"]
    path.write_text("no wording")
    words.exchange.import_from(str(path))
    assert "holds no" in words.told()
    words.exchange.import_from(str(tmp_path / "not there"))
    assert "could not be read" in words.told()


def test_offered_words_and_what_is_said_go_between_window_and_vocabulary(
    full: Desk, vocabulary: FakeVocabulary
) -> None:
    full.type("wi")
    full.qtbot.waitUntil(lambda: full.window.is_complete())
    full.press(Qt.Key.Key_1, ALT)
    assert full.editor.text().startswith("window")
    full.type("\n")
    assert [text.strip() for text in vocabulary.heard] == ["window"]


# -- profiles ----------------------------------------------------------------------------------------------


@pytest.fixture
def people(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ProfilesDialog:
    for name in ("CONFIG", "DATA"):
        monkeypatch.setenv(f"FISHCAPTION_{name}_DIR", str(tmp_path / name))
    return opened(desk, "window.profiles", ProfilesDialog)


def test_a_profile_is_made_opened_renamed_and_deleted(desk: Desk, people: ProfilesDialog) -> None:
    assert people.listed() == [""]
    people._name.setText("Work")
    people._create.click()
    assert people.listed() == ["", "Work"]
    people._name.setText("Office")
    people._rename.click()
    assert profiles.names() == ("Office",)
    people._delete.click()
    (box,) = [box for box in people.findChildren(QMessageBox) if box.isVisible()]
    box.buttons()[0].click()
    assert profiles.names() == ()
    people._name.setText("Home")
    people._create.click()
    people._open.click()
    assert desk.services.opened == ["Home"]


def test_a_name_that_cannot_be_is_told(people: ProfilesDialog) -> None:
    people._name.setText("a/b")
    people._create.click()
    assert "cannot be the name" in people.told()
    assert people.listed() == [""]


# -- settings ----------------------------------------------------------------------------------------------


@pytest.fixture
def chosen(desk: Desk) -> SettingsDialog:
    return opened(desk, "window.settings", SettingsDialog)


def test_settings_are_searched_with_their_groups(chosen: SettingsDialog) -> None:
    chosen._search.setText("attention")
    shown = [words for row, _, words in chosen._rows if words and chosen._form.isRowVisible(row)]
    assert shown == ["Attention sound", "Play the attention sound"]
    chosen._search.setText("fish")
    heads = [group for row, group, words in chosen._rows if not words and chosen._form.isRowVisible(row)]
    assert heads == ["Fish Audio"]
    chosen._search.setText("zzz")
    assert chosen._none.isVisible()
    chosen._search.setText("")
    assert all(chosen._form.isRowVisible(row) for row, _, _ in chosen._rows)


def test_what_happens_where_the_service_cannot_be_reached_can_be_chosen(
    desk: Desk, chosen: SettingsDialog
) -> None:
    (box,) = [
        box for box in chosen.findChildren(QComboBox) if "Audio cannot be reached" in box.accessibleName()
    ]
    box.setCurrentIndex(box.findData("wait"))
    box.activated.emit(box.currentIndex())
    assert desk.services.applied[-1].unreachable == "wait"


def test_the_attention_sound_is_chosen_by_ear(desk: Desk, chosen: SettingsDialog) -> None:
    (box,) = [box for box in chosen.findChildren(QComboBox) if box.accessibleName() == "Attention sound"]
    box.setCurrentIndex(box.findData("horn"))
    box.activated.emit(box.currentIndex())
    chosen.try_signal_asked.emit()
    assert [rendered.voice.id for rendered in desk.reader.signals] == ["horn"]


def test_settings_go_to_a_file_and_come_from_one(desk: Desk, chosen: SettingsDialog, tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    chosen.set("theme", "dark")
    chosen.exchange.export_to(str(path))
    assert json.loads(path.read_text("utf-8"))["theme"] == "dark"
    path.write_text(exported(Settings(theme="high-contrast", speak_mode="word")), "utf-8")
    chosen.exchange.import_from(str(path))
    assert desk.services.applied[-1].speak_mode == "word"
    assert desk.window.settings.theme == "high-contrast"
    assert not chosen.isVisible()


def test_a_file_that_holds_no_settings_changes_nothing(
    desk: Desk, chosen: SettingsDialog, tmp_path: Path
) -> None:
    path = tmp_path / "settings.json"
    path.write_text("[]")
    chosen.exchange.import_from(str(path))
    assert "holds no settings" in chosen.told()
    chosen.exchange.import_from(str(tmp_path / "not there"))
    assert "could not be read" in chosen.told()
    assert desk.services.applied == []


def test_the_settings_lead_to_the_other_dialogs(desk: Desk, chosen: SettingsDialog) -> None:
    chosen.ask("window.keys")
    assert not chosen.isVisible()
    assert [dialog for dialog in desk.window.findChildren(KeysDialog) if dialog.isVisible()]


# -- expression --------------------------------------------------------------------------------------------


def palette(desk: Desk) -> ExpressionPalette:
    popup = QApplication.activePopupWidget()
    assert isinstance(popup, ExpressionPalette)
    return popup


def test_one_letter_puts_a_tag_into_the_text(desk: Desk) -> None:
    desk.type("Hello ")
    desk.press(Qt.Key.Key_T, ALT)
    QTest.keyClicks(palette(desk), "w")
    assert desk.editor.text().startswith(f"Hello {TAGS[0].char}")
    assert desk.editor.hasFocus()
    desk.press(Qt.Key.Key_Backspace)
    assert TAGS[0].char not in desk.editor.text()


def test_a_tag_is_clicked_or_reached_with_arrows(desk: Desk) -> None:
    desk.press(Qt.Key.Key_T, ALT)
    QTest.mouseClick(palette(desk)._buttons[1], Qt.MouseButton.LeftButton)
    assert TAGS[1].char in desk.editor.text()
    desk.press(Qt.Key.Key_T, ALT)
    popup = palette(desk)
    QTest.keyClick(popup, Qt.Key.Key_Down)
    QTest.keyClick(popup, Qt.Key.Key_Right)
    QTest.keyClick(popup, Qt.Key.Key_Return)
    assert TAGS[5].char in desk.editor.text()


def test_the_most_used_tags_have_a_key_and_the_others_can_have_one(desk: Desk) -> None:
    by_name = {tag.name: tag for tag in TAGS}
    desk.press(Qt.Key.Key_W, ALT)
    assert by_name["whispering"].char in desk.editor.text()
    number = TAGS.index(by_name["sad"]) + 1
    desk.change(keys={f"text.tag.{number}": ("F10",)})
    desk.press(Qt.Key.Key_F10)
    assert by_name["sad"].char in desk.editor.text()


# -- phrases in the window ---------------------------------------------------------------------------------


def test_phrases_stand_beside_the_text_where_there_is_room(full: Desk) -> None:
    panel = full.phrases
    assert panel.isVisible()
    assert panel.mapTo(full.window, panel.rect().topLeft()).x() > full.editor.width()
    full.phrases_button.click()
    assert not panel.isVisible()
    assert full.services.applied[-1].phrases_shown is False
    full.phrases_button.click()
    assert panel.isVisible()


def test_in_a_narrow_window_they_take_the_transcript_s_place(full: Desk) -> None:
    full.window.resize(700, 640)
    QTest.qWait(20)
    panel = full.phrases
    assert not panel.isVisible()
    full.press(Qt.Key.Key_K, CTRL | SHIFT)
    assert panel.isVisible()
    assert not full.transcript.isVisible()
    full.press(Qt.Key.Key_Escape)
    assert full.transcript.isVisible()
    full.window.resize(1080, 740)
    QTest.qWait(20)
    assert panel.isVisible()
    assert full.transcript.isVisible()


def test_a_phrase_can_be_put_into_the_text_and_the_text_kept_as_one(full: Desk, phrases: FakePhrases) -> None:
    full.type("Well, ")
    full.phrases.into_text_asked.emit("hello there")
    assert full.editor.text() == "Well, hello there"
    full.window.commands.run("phrases.keep")
    assert [editor for editor in full.window.findChildren(PhraseEditor) if editor.isVisible()]
    assert "Well, hello there" in [phrase.shown for phrase in phrases.kept.phrases]


# -- what a screen reader is told --------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize(
    "command",
    [
        "window.keys",
        "window.palette",
        "window.settings",
        "window.profiles",
        "text.pronunciation",
        "text.abbreviations",
        "text.completion",
        "text.history",
    ],
)
@pytest.mark.parametrize("size", [100, 200])
def test_everything_that_is_opened_has_names_and_fits(
    open_desk: Callable[..., Desk], vocabulary: FakeVocabulary, phrases: FakePhrases, command: str, size: int
) -> None:
    desk = open_desk(text_size=size, has=(phrases, vocabulary))
    desk.window.commands.run(command)
    QTest.qWait(20)
    dialogs = [dialog for dialog in desk.window.findChildren(QDialog) if dialog.isVisible()]
    top: QWidget = dialogs[0] if dialogs else desk.window
    assert top.width() <= 800
    for widget in top.findChildren(QWidget):
        if not widget.isVisible() or not widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
            continue
        if isinstance(widget.parentWidget(), QComboBox) and not isinstance(widget, QLineEdit):
            continue
        name = QAccessible.queryAccessibleInterface(widget).text(QAccessible.Text.Name)
        assert any(char.isalpha() for char in name), f"{widget} {name!r}"
