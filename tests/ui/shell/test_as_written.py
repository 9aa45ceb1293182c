"""Nothing that was written elsewhere is drawn as markup: in no label, tool tip or question of any window.

The windows are filled with a text that Qt would take for HTML, and all there is of them is walked through.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QAbstractItemModel, QAbstractListModel, QModelIndex
from PySide6.QtGui import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractItemView, QApplication, QLabel, QMessageBox, QTextEdit, QWidget

from fishcaption.core.errors import ConnectionLost, FishCaptionError, PaymentRequired
from fishcaption.core.normalization.rules import Replacement
from fishcaption.core.phrases.bank import Ahead, Bank, Category, Phrase, Progress
from fishcaption.core.speech import Fate, PlayerState, Voice
from fishcaption.core.voices.catalog import VoiceEntry, VoicePage
from fishcaption.store.settings import OutputDevice
from fishcaption.store.vocabulary import Vocabulary
from fishcaption.ui.widgets.dialog_parts import ask
from fishcaption.ui.widgets.labels import LinkLabel, as_written
from tests.ui.conftest import Desk
from tests.ui.fake_phrases import FakePhrases
from tests.ui.fake_vocabulary import FakeVocabulary

EVIL = '<img src="/nowhere/pipe"><b>bold</b> &lt;i&gt;'
FISH = Voice("fish", "an-id", EVIL, ("en",))


@pytest.mark.parametrize(
    "text",
    [
        EVIL,
        "<b>x</b>",
        "<!DOCTYPE html><p>x",
        "<?xml version='1.0'?><p>",
        "a\n<table>",
        "&lt;b&gt;",
        "1 < 2 <br> 3",
        "<<b>",
        "<html",
        "plain",
        "",
    ],
)
def test_what_is_written_is_never_taken_for_markup_and_looks_the_same(text: str) -> None:
    shown = as_written(text)
    assert not Qt.mightBeRichText(shown)
    assert shown.replace("\u2060", "") == text
    assert shown == text or Qt.mightBeRichText(text)


@pytest.fixture
def evil(open_desk: Callable[..., Desk], qtbot: object) -> Desk:
    """A window in which everything that can come from elsewhere is that text."""
    bank = Bank((Category(EVIL),), (Phrase("1", EVIL, EVIL, EVIL, key="F9"), Phrase("2", f"{EVIL} two")))
    phrases = FakePhrases(bank, Progress(Ahead.FAILED, 0, 2, voice=FISH, error=ConnectionLost(EVIL)))
    vocabulary = FakeVocabulary(
        Vocabulary({"<b>x</b>": EVIL}, (Replacement(EVIL, EVIL),)), words=(EVIL, EVIL, EVIL), known=3
    )
    desk = open_desk(has=(phrases, vocabulary), voice=FISH, model="s2.1-pro", opener=EVIL)
    desk.stores.history.add(EVIL, len(EVIL), Fate.HEARD, EVIL)
    desk.stores.held_texts.hold(EVIL)
    desk.reader.player = PlayerState(EVIL, True, None)
    desk.window.resize(1080, 740)
    QTest.qWait(20)
    return desk


@pytest.mark.parametrize(
    "error",
    [
        ConnectionLost(EVIL, hint=EVIL),
        PaymentRequired(EVIL, hint=EVIL),
        FishCaptionError(EVIL, hint=EVIL),
    ],
)
def test_an_error_is_shown_as_it_is(evil: Desk, error: FishCaptionError) -> None:
    evil.window.tell(error)
    evil.look()
    assert evil.banner.text() == f"{EVIL} {EVIL}"
    assert markup() == []


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
        "text.expression",
        "voice.choose",
        "window.large",
        "calls.window",
        "phrases.edit",
    ],
)
def test_no_window_draws_what_was_written_elsewhere(evil: Desk, command: str) -> None:
    evil.editor.set_text(EVIL)
    if command in evil.window.commands:
        evil.window.commands.run(command)
    for name, answer in (
        ("embedded_voices", (Voice("embedded", EVIL, EVIL, (EVIL,)),)),
        (
            "search",
            VoicePage((VoiceEntry(Voice("fish", "evil", EVIL), description=EVIL, tags=(EVIL,)),), False),
        ),
        ("account_voices", (VoiceEntry(FISH, author=EVIL),)),
        ("devices", (OutputDevice(EVIL, EVIL),)),
    ):
        if evil.services.pending(name):
            evil.services.answer(name, answer)
    QTest.qWait(20)
    assert markup() == []


def test_a_question_is_shown_as_it_is(evil: Desk) -> None:
    ask(EVIL, EVIL, EVIL, evil.window, lambda: None)
    evil.workspace._ask_price(3.0, None, lambda: None)
    (box, _) = evil.window.findChildren(QMessageBox)
    assert box.text() == EVIL
    assert markup() == []


def test_a_spoken_text_is_shown_as_it_is(evil: Desk) -> None:
    evil.composer.say(EVIL)
    evil.reader.hear(3)
    evil.look()
    assert evil.transcript.toPlainText().strip().endswith(EVIL)
    assert markup() == []


def markup() -> list[str]:
    """Whatever is, or would be, drawn as HTML in any window there is."""
    found: list[str] = []
    for widget in QApplication.allWidgets():
        found += [f"{widget}: {text!r}" for text in _drawn(widget) if Qt.mightBeRichText(text)]
    return found


def _drawn(widget: QWidget) -> Iterator[str]:
    yield widget.toolTip()
    yield widget.whatsThis()
    yield widget.statusTip()
    if isinstance(widget, QLabel) and not isinstance(widget, LinkLabel):
        if widget.textFormat() is not Qt.TextFormat.PlainText:
            yield widget.text()
    elif isinstance(widget, QTextEdit):
        assert EVIL not in widget.toHtml()  # a text in it is escaped there
    if isinstance(widget, QAbstractItemView) and widget.model() is not None:
        yield from _of_model(widget.model(), QModelIndex())


def _of_model(model: QAbstractItemModel, parent: QModelIndex) -> Iterator[str]:
    for row in range(model.rowCount(parent)):
        columns = 1 if isinstance(model, QAbstractListModel) else model.columnCount(parent)
        for column in range(columns):
            index = model.index(row, column, parent)
            for role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.WhatsThisRole):
                yield str(model.data(index, role) or "")
            if column == 0:
                yield from _of_model(model, index)


def test_the_walk_finds_what_it_looks_for(qtbot: object, tmp_path: Path) -> None:
    """The test of the test."""
    label = QLabel(EVIL)
    label.setToolTip(EVIL)
    assert len(markup()) == 2
    label.deleteLater()
