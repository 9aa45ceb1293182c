"""The audience's screen is found again wherever it comes back, and is never the operator's by mistake."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from fishcaption.core.audience_style import ScreenIdentity
from fishcaption.ui.present.audience_screens import ScreenDialog, best_screen

LAPTOP = ScreenIdentity("eDP-1", "AU Optronics", "0x313D", "", 0, 0, 1920, 1080)
BEAMER = ScreenIdentity("HDMI-1", "Epson", "EB-L200", "X5KJ", 1920, 0, 1920, 1080)
MUTE = ScreenIdentity("DP-2", "", "", "", 1920, 0, 1280, 720)  # says nothing of itself
NOWHERE = ScreenIdentity()
TWIN = ScreenIdentity("DP-3", "Dell", "U2720Q", "", 1920, 0, 3840, 2160)
OTHER_TWIN = TWIN._replace(name="DP-4", left=5760)


@pytest.mark.parametrize(
    ("chosen", "present", "own", "expected"),
    [
        # nothing was chosen: another one than the operator's
        (NOWHERE, [LAPTOP, BEAMER], 0, 1),
        (NOWHERE, [LAPTOP, BEAMER], 1, 0),
        (NOWHERE, [LAPTOP], 0, None),
        (NOWHERE, [], -1, None),
        # the one that was chosen
        (BEAMER, [LAPTOP, BEAMER], 0, 1),
        (BEAMER, [LAPTOP], 0, None),
        (BEAMER, [LAPTOP, MUTE], 0, None),
        # at another socket, elsewhere on the desktop, in another resolution
        (BEAMER, [LAPTOP, BEAMER._replace(name="DP-1", left=-1280, width=1280)], 0, 1),
        # another device at the same socket stands in for it; the device itself goes before it
        (BEAMER, [LAPTOP, BEAMER._replace(manufacturer="Sony", model="VPL", serial="1")], 0, 1),
        (BEAMER, [LAPTOP, MUTE._replace(name="HDMI-1"), BEAMER._replace(name="DP-9")], 0, 2),
        # two of one model: the serial number decides, then the socket, then the place
        (BEAMER, [LAPTOP, BEAMER._replace(serial="other", name="DP-1"), BEAMER._replace(name="DP-2")], 0, 2),
        (TWIN, [LAPTOP, OTHER_TWIN, TWIN], 0, 2),
        (TWIN._replace(name=""), [LAPTOP, OTHER_TWIN._replace(name=""), TWIN._replace(name="")], 0, 2),
        # never the operator's own, though it is of the same model as the one that is gone
        (TWIN, [OTHER_TWIN], 0, None),
        (TWIN, [OTHER_TWIN, LAPTOP], 0, None),
        # but if exactly that one was chosen
        (LAPTOP, [LAPTOP], 0, 0),
        (LAPTOP, [LAPTOP, BEAMER], 0, 0),
        (LAPTOP._replace(width=1280), [LAPTOP, BEAMER], 0, 0),
        (LAPTOP._replace(serial="9"), [LAPTOP, BEAMER], 0, None),
        # screens that say nothing but the name of their socket
        (MUTE, [LAPTOP, MUTE], 0, 1),
        (MUTE, [LAPTOP, MUTE._replace(name="DP-3")], 0, None),
        # or nothing at all: the same place and size are the same screen
        (MUTE._replace(name=""), [LAPTOP, MUTE._replace(name="")], 0, 1),
        (MUTE._replace(name=""), [LAPTOP, MUTE._replace(name="", width=800)], 0, None),
    ],
)
def test_the_screen_that_matches_best(
    chosen: ScreenIdentity, present: list[ScreenIdentity], own: int, expected: int | None
) -> None:
    assert best_screen(chosen, present, own) == expected


_words = st.sampled_from(["", "A", "B"])
_screens = st.builds(
    ScreenIdentity,
    name=_words,
    manufacturer=_words,
    model=_words,
    serial=_words,
    left=st.sampled_from([0, 1]),
)


@given(_screens, st.lists(_screens, max_size=4), st.integers(0, 3))
def test_the_operators_screen_is_taken_only_if_exactly_it_was_chosen(
    chosen: ScreenIdentity, present: list[ScreenIdentity], own: int
) -> None:
    found = best_screen(chosen, present, own)
    if found is not None and found == own:
        taken = present[own]
        assert (taken.name, taken.manufacturer, taken.model, taken.serial) == (
            chosen.name,
            chosen.manufacturer,
            chosen.model,
            chosen.serial,
        )


def test_the_dialog_offers_another_screen_first(qtbot: QtBot) -> None:
    dialog = ScreenDialog([LAPTOP, BEAMER], 0, None, None)
    qtbot.addWidget(dialog)
    dialog.show()
    assert dialog.chosen() == BEAMER
    QTest.keyClick(dialog._list, Qt.Key.Key_Up)
    assert dialog.chosen() == LAPTOP
    assert dialog.is_own(0)
    with qtbot.waitSignal(dialog.accepted):
        QTest.keyClick(dialog._list, Qt.Key.Key_Return)


def test_the_dialog_shows_what_was_chosen_before(qtbot: QtBot) -> None:
    dialog = ScreenDialog([LAPTOP, BEAMER, MUTE], 0, 2, None)
    qtbot.addWidget(dialog)
    assert dialog.chosen() == MUTE
    words = [dialog._list.item(row).text() for row in range(3)]
    assert words == [
        "AU Optronics 0x313D, 1920 × 1080 (this screen: a strip)",
        "Epson EB-L200, 1920 × 1080",
        "DP-2, 1280 × 720",
    ]
