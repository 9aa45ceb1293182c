"""The dialog of who says what in the text that is typed: by the names in it, and by its scripts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from fishcaption.core.errors import InputError
from fishcaption.ui.widgets.speakers_dialog import Speakers, SpeakersDialog

if TYPE_CHECKING:
    from fishcaption.ui.feature import Host


def open_speakers(host: Host) -> None:
    """Open the dialog, with the names and scripts of the draft and those that have a voice already."""
    cast = host.services.cast()
    if cast is None:
        return
    tr = QCoreApplication.translate
    text = host.text_workspace.text(_LONGEST)
    names, scripts = cast.names_in(text), cast.scripts_in(text)
    if not names and not scripts:
        host.tell(
            InputError(
                tr("Speakers", "There is no name of a speaker in this text, and no other alphabet."),
                hint=tr("Speakers", "Begin lines with a name in capitals and a colon, such as ANNA: Hello."),
            )
        )
        return
    about = tr(
        "Speakers",
        "Lines that begin with a name are spoken with that speaker's voice. Letters of another alphabet can "
        "have a voice, too. Both hold for all texts; in Present, the voices of the script's own go first.",
    )
    rows = (
        Speakers(names, "{name}", cast.speakers, cast.set_speaker, cast.silent_speakers),
        Speakers(scripts, tr("Speakers", "{name} letters"), cast.scripts, cast.set_script),
    )
    SpeakersDialog(about, rows, host, (cast.says_names(), cast.set_says_names)).open()


_LONGEST = 200_000
