"""The outlets: those for an audience, which the window offers, and the files that `fishcaption say` writes.

To add one for an audience, write a class as `outlet.Outlet` in a file of its own, and an entry in
`AUDIENCE_OUTLETS`. The class is imported when somebody switches such an outlet on, never before:

    OutletKind(
        "paper-tape",                        # never changed: settings hold it
        "Paper tape",
        "Punches the captions into a paper tape, 32 columns wide.",
        "fishcaption.captions.paper_tape",
        "PaperTape",                         # PaperTape(config, secrets, tell)
        (
            OutletOption("port", "Port", "The name of the port, such as COM3.", is_required=True),
            OutletOption("code", "Code", "The secret that the machine shows.", is_secret=True),
        ),
        layout=Layout(32, 1),
        can_revise=False,
    )

To add a file of `say`, write a class with `append` in a file of its own, and an entry in `CUE_OUTLETS`.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, BinaryIO, Final, NamedTuple

from fishcaption.captions.held_back import HELD_BACK
from fishcaption.captions.outlet_kind import OFF, ON, Choice, OutletKind, OutletOption
from fishcaption.captions.senders.kinds import SENDERS

if TYPE_CHECKING:
    from pathlib import Path

    from fishcaption.captions.cue_writer import CueFile


WINDOW: Final = "window"
"""The kind of the audience's window, on a screen of this computer."""

_FOLDER = OutletOption(
    "folder", "Folder", "It is made if it is missing.", shape="folder", default="~/Captions", is_required=True
)

AUDIENCE_OUTLETS: tuple[OutletKind, ...] = (
    OutletKind(
        WINDOW,
        "Audience's screen",
        "Shows captions on a second screen, or in a strip on this one.",
        "",
        "",
    ),
    OutletKind(
        "page",
        "Browser page",
        "Readers open the captions in a browser: on phones, on a television, in OBS. They scan a code.",
        "fishcaption.captions.page.outlet",
        "CaptionPage",
        (
            OutletOption(
                "network",
                "Readers of the local network",
                "Phones and other computers can open the page. Off: this computer only.",
                "switch",
                OFF,
            ),
            OutletOption(
                "control_network",
                "Control from the local network",
                "A tablet can open the operator's page and go on in the script.",
                "switch",
                OFF,
            ),
            OutletOption(
                "port",
                "Port",
                "The address of the page stays the same as long as this does.",
                "number",
                "8737",
                is_required=True,
                low=1024,
                high=65_535,
            ),
            OutletOption(
                "name",
                "Name",
                "The name of this computer, if readers know one. Else they get its address.",
                longest=253,
            ),
            OutletOption(
                "certificate",
                "Certificate",
                "A PEM file. With it the page is encrypted, and phones keep their screen on.",
                "file",
            ),
            OutletOption("certificate_key", "Key of the certificate", "A PEM file.", "file"),
            OutletOption(
                "most_readers",
                "Most readers at once",
                "More are turned away.",
                "number",
                "2000",
                is_required=True,
                low=1,
                high=10_000,
            ),
        ),
        made_secrets=("readers_key", "operator_key"),
    ),
    OutletKind(
        "obs",
        "OBS",
        "Shows the captions in a text source of OBS, and sends them as closed captions with its stream.",
        "fishcaption.captions.obs.outlet",
        "ObsOutlet",
        (
            OutletOption(
                "host",
                "Computer",
                "The address of the computer with OBS.",
                default="127.0.0.1",
                is_required=True,
                longest=253,
            ),
            OutletOption(
                "port",
                "Port",
                "See OBS: Tools, WebSocket Server Settings.",
                "number",
                "4455",
                is_required=True,
                low=1,
                high=65_535,
            ),
            OutletOption(
                "password", "Password", "See OBS: Tools, WebSocket Server Settings.", is_secret=True
            ),
            OutletOption("in_picture", "Show in the picture", "In a text source.", "switch", ON),
            OutletOption(
                "source",
                "Text source",
                "It is made if OBS has none with this name.",
                default="Captions",
                is_required=True,
                longest=200,
            ),
            OutletOption(
                "in_stream",
                "Send as closed captions",
                "Viewers switch them on. YouTube often loses them: use its own outlet.",
                "switch",
                OFF,
            ),
            *HELD_BACK,
        ),
    ),
    OutletKind(
        "files",
        "Caption files",
        "Writes all captions to files while you speak. Each show has files of its own, with date and time.",
        "fishcaption.captions.files.caption_files",
        "CaptionFiles",
        (
            _FOLDER,
            OutletOption("srt", "SubRip (.srt)", "For video players and editors.", "switch", ON),
            OutletOption("vtt", "WebVTT (.vtt)", "For videos on the web.", "switch", OFF),
            OutletOption("txt", "Plain text (.txt)", "To read: one caption on each line.", "switch", ON),
            OutletOption("words", "Words with times (.jsonl)", "For programs.", "switch", OFF),
            OutletOption("sound", "Sound (.wav)", "Records what is heard, in time with them.", "switch", OFF),
            OutletOption(
                "origin",
                "Times begin",
                "For a recording that is made beside, switch this outlet on when it starts.",
                "choice",
                "on",
                choices=(
                    Choice("on", "when it is switched on"),
                    Choice("first", "at the first caption"),
                    Choice("day", "at midnight"),
                ),
            ),
        ),
        can_revise=False,
        takes_sound=True,
    ),
    OutletKind(
        "current-text",
        "Text file of the caption",
        "Keeps the caption of the moment in “current caption.txt”, for programs that show a text file.",
        "fishcaption.captions.files.current_text",
        "CurrentText",
        (_FOLDER,),
    ),
    OutletKind(
        "nats",
        "NATS",
        "Publishes the captions to a NATS server, for very many readers.",
        "fishcaption.captions.brokers.nats",
        "nats_outlet",
        (
            OutletOption("address", "Address", "For instance tls://captions.example:4222", is_required=True),
            OutletOption("user", "User", "", default="fishcaption", longest=200),
            OutletOption("password", "Password", "", is_secret=True, longest=200),
            OutletOption(
                "channel",
                "Channel",
                "Letters, digits, “-” and “_”. Readers choose one.",
                default="main",
                is_required=True,
                longest=40,
            ),
        ),
        mode="word",
        package="nats",
        missing="NATS needs one more package. Install it: pip install 'fishcaption[nats]'",
    ),
    OutletKind(
        "mqtt",
        "MQTT",
        "Publishes the captions to an MQTT broker.",
        "fishcaption.captions.brokers.mqtt",
        "mqtt_outlet",
        (
            OutletOption("host", "Computer", "The address of the broker.", is_required=True, longest=253),
            OutletOption("port", "Port", "", "number", "1883", is_required=True, low=1, high=65_535),
            OutletOption("is_secure", "Encrypted", "TLS; most brokers use port 8883 for it.", "switch", OFF),
            OutletOption("user", "User", "", default="fishcaption", longest=200),
            OutletOption("password", "Password", "", is_secret=True, longest=200),
            OutletOption(
                "topic",
                "Topic",
                "“…/now” and “…/history” are published below it.",
                default="captions/main",
                is_required=True,
                longest=200,
            ),
        ),
        mode="word",
        package="paho",
        missing="MQTT needs one more package. Install it: pip install 'fishcaption[mqtt]'",
    ),
    *SENDERS,
)
"""The outlets for an audience, in the order in which they are offered."""


def outlet_kind(kind: str) -> OutletKind | None:
    """Return the entry of this kind; None for one that this version does not know."""
    return next((entry for entry in AUDIENCE_OUTLETS if entry.kind == kind), None)


class CueOutlet(NamedTuple):
    """A file by the name of its option, and what the command line says of it.

    ``open`` begins to write to a path, or to an open binary stream that is the outlet's to close; it raises
    StorageError where that is not possible.
    """

    name: str
    help: str
    open: Callable[[Path | BinaryIO], AbstractContextManager[CueFile]]


def _subrip(file: Path | BinaryIO) -> AbstractContextManager[CueFile]:
    from fishcaption.captions.subtitles import SubtitleFile

    return SubtitleFile(file, "srt")


def _webvtt(file: Path | BinaryIO) -> AbstractContextManager[CueFile]:
    from fishcaption.captions.subtitles import SubtitleFile

    return SubtitleFile(file, "vtt")


def _plain(file: Path | BinaryIO) -> AbstractContextManager[CueFile]:
    from fishcaption.captions.subtitles import SubtitleFile

    return SubtitleFile(file, "txt")


def _words(file: Path | BinaryIO) -> AbstractContextManager[CueFile]:
    from fishcaption.captions.subtitles import SubtitleFile

    return SubtitleFile(file, "jsonl")


CUE_OUTLETS = (
    CueOutlet("srt", "write the captions as they were heard, as SubRip; '-': standard output", _subrip),
    CueOutlet("vtt", "the same as WebVTT", _webvtt),
    CueOutlet("txt", "the same as plain text, a caption a line", _plain),
    CueOutlet("words", "the same with the time of each word, a JSON object a line", _words),
)
