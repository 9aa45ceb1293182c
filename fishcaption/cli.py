"""The command line: the window, `open`, `settings`, `say`, `convert`, `voices`, `serve`, `doctor`.

Nothing slow is imported before the command is known. Exit codes: 0 done, 1 failed, 2 usage, 3 sound, 4 voice
or network, 128 plus the number of a signal (Ctrl+C: 130). Results go to standard output, everything else to
standard error.
"""

from __future__ import annotations

import gc
import os
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from fishcaption import __version__, terminal
from fishcaption.core.errors import FishCaptionError, InputError, StorageError

if TYPE_CHECKING:
    import argparse

    from fishcaption.store.settings_file import Loaded

INTERRUPTED = 130
_MOST_BYTES = 64 << 20  # of a file that is read whole

_EXAMPLES = """\
examples:
  fishcaption                                  open the window
  fishcaption --text "Good morning"            open it with a text, or hand the text to the open one
  fishcaption open --speak letter.txt          the same with a file, and speak it
  fishcaption --profile work                   a window with settings, draft and phrases of its own
  fishcaption settings export mine.json        all settings in one file, without the key
  fishcaption say Hello, this is my voice.     speak
  my-model --stream | fishcaption say -        speak a program's words as it writes them
  fishcaption say --plain - < answer.md        speak Markdown as a person would read it
  fishcaption say --wav hello.wav Hello        write the sound to a file
  fishcaption say --srt talk.srt - < talk.txt  speak, and write the captions as they were heard
  my-model --stream | fishcaption say --captions-page -   readers follow it in a browser
  fishcaption say --outlet "Hall page" Hello   speak, and caption it as set up in the window
  fishcaption convert show.srt show.ttml       captions for television: TTML or SCC
  fishcaption say --dry-run "Dr. Ng, 5 kg"     print how it would be read, and say nothing
  fishcaption voices                           who can speak
  fishcaption serve                            Fish Audio's protocol on this machine, with no key
  fishcaption doctor                           what is missing, and how to mend it
"""


def _parser() -> argparse.ArgumentParser:
    import argparse  # 2 % of the start, and a window that is just opened has no arguments

    parser = argparse.ArgumentParser(
        prog="fishcaption",
        description="Text becomes speech and captions while it is still being written.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"fishcaption {__version__}")
    parser.add_argument(
        "--profile",
        metavar="NAME",
        help="settings, draft, history and phrases of its own; before the command",
    )
    parser.add_argument("--text", metavar="TEXT", default="", help="a text for the window's editor")
    parser.add_argument("--speak", action="store_true", help="speak it instead")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")

    commands.add_parser("window", help="open the window (what happens without a command)")

    opened = commands.add_parser("open", help="open the window with the text of a file")
    opened.add_argument("file", metavar="FILE", help="a text file; '-': standard input, to its end")
    opened.add_argument("--speak", action="store_true", default=argparse.SUPPRESS, help="speak it at once")

    settings = commands.add_parser("settings", help="all settings in one file, out of here or into here")
    settings.add_argument("direction", choices=("export", "import"))
    settings.add_argument("file", metavar="FILE", help="'-': standard output, or standard input")

    say = commands.add_parser(
        "say",
        help="speak a text, or standard input as it arrives",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    _add_options_of_say(say)

    convert = commands.add_parser("convert", help="make a file for television (TTML, SCC) of a caption file")
    convert.add_argument("source", type=Path, metavar="FILE", help="ends in .srt, .vtt or .jsonl")
    convert.add_argument("target", type=Path, metavar="NEW_FILE", help="ends in .ttml or .scc")

    voices = commands.add_parser("voices", help="who can speak")
    voices.add_argument("--json", action="store_true", help="as a JSON list")
    voices.add_argument("--search", metavar="WORDS", default="", help="search Fish Audio's public voices")

    page = commands.add_parser("page", help="write the page for the readers of a NATS server")
    page.add_argument("file", metavar="FILE", type=Path, help="an HTML file; '-': standard output")

    commands.add_parser("serve", help="serve Fish Audio's protocol on this machine", add_help=False)
    commands.add_parser("doctor", help="what is missing or wrong, and how to mend it", add_help=False)
    return parser


def _add_options_of_say(say: argparse.ArgumentParser) -> None:
    import argparse

    from fishcaption.captions.outlets import CUE_OUTLETS
    from fishcaption.say.outlet_options import add_outlet_options

    say.add_argument(
        "text", nargs="*", metavar="TEXT", help="what to say; '-' or nothing: standard input, as it arrives"
    )
    say.add_argument("--profile", metavar="NAME", default=argparse.SUPPRESS, help="whose settings are used")
    say.add_argument("--voice", metavar="VOICE", help="a name or id from `fishcaption voices`, or fish:ID")
    say.add_argument(
        "--model", metavar="MODEL", help="Fish Audio's model; the default is free as long as it was announced"
    )
    say.add_argument("--device", metavar="NAME", help="the sound device, by its name")
    say.add_argument("--speed", type=float, metavar="FACTOR", help="0.5 to 3.0; the pitch stays")
    say.add_argument("--plain", action="store_true", help="remove Markdown, a sentence at a time")
    say.add_argument(
        "--wav",
        type=Path,
        metavar="FILE",
        help="write the sound; plays nothing unless --device is given; '-': standard output",
    )
    for outlet in CUE_OUTLETS:
        say.add_argument(f"--{outlet.name}", type=Path, metavar="FILE", help=outlet.help)
    say.add_argument(
        "--json", action="store_true", help="tell what was heard, cut and failed, a JSON object a line"
    )
    say.add_argument(
        "--dry-run",
        action="store_true",
        help="print what the voice would be given, a JSON object a sentence; makes no sound and no file",
    )
    say.add_argument("--yes", action="store_true", help="do not ask about what a paid model will cost")
    add_outlet_options(say)


def main(argv: list[str] | None = None) -> int:
    """Run one command; return the exit code."""
    argv = sys.argv[1:] if argv is None else argv
    terminal.prepare()
    try:
        try:
            return _command(argv)
        finally:
            terminal.flush()
    except terminal.NobodyReads as error:
        return error.exit_code
    except FishCaptionError as error:
        complain(error)
        return error.exit_code
    except KeyboardInterrupt:
        return INTERRUPTED


def _command(argv: list[str]) -> int:
    argv = _in_profile(argv)
    if argv[:1] == ["serve"]:  # these two have option parsers of their own
        from fishcaption.server.serve import main as serve

        return serve(argv[1:])
    if argv[:1] == ["doctor"]:
        from fishcaption.doctor import run as doctor

        return doctor(argv[1:])
    if not argv:
        return _open("", speak=False)
    return _run(_parser().parse_args(argv))


def _run(arguments: argparse.Namespace) -> int:
    if arguments.profile:
        from fishcaption.store import profiles

        profiles.use(arguments.profile)
    if arguments.command == "say":
        from fishcaption.say.command import say

        return say(arguments)
    if arguments.command == "voices":
        from fishcaption.say.command import voices

        return voices(arguments)
    if arguments.command == "settings":
        return _export(arguments.file) if arguments.direction == "export" else _import(arguments.file)
    if arguments.command == "page":
        return _write_page(arguments.file)
    if arguments.command == "convert":
        return _convert(arguments.source, arguments.target)
    text = _text_of(arguments.file) if arguments.command == "open" else arguments.text
    if text:
        from fishcaption.core.text.incoming import cleaned
        from fishcaption.core.text.tags import without_tags

        text = without_tags(cleaned(text))
    return _open(text, speak=arguments.speak)


def _write_page(file: Path) -> int:
    from fishcaption.captions.brokers.site import nats_page

    try:
        content = nats_page()
        if file == terminal.STANDARD_OUTPUT:
            terminal.out(content.decode())
        else:
            file.write_bytes(content)  # not for this user only: a web server reads it
    except OSError as error:
        raise StorageError(
            f"The page cannot be written: {error.strerror or error}.", hint="Choose another place."
        ) from error
    return 0


def _open(text: str, *, speak: bool) -> int:
    gc.disable()  # until the window stands: nothing is garbage yet, and looking for it takes 5 % of the start
    try:
        from fishcaption.app.pyside import skip_source_scan

        skip_source_scan()
        from fishcaption.app.program import window
    except ModuleNotFoundError as error:
        raise FishCaptionError(
            f"A Python package is missing: {error.name}.", hint="“fishcaption doctor” says how to mend it."
        ) from error
    except ImportError as error:
        from fishcaption.doctor import library_missing

        raise library_missing(str(error)) from error
    from fishcaption.app.instance import LaunchRequest

    return window(LaunchRequest(text, speak=speak, token=os.environ.pop("XDG_ACTIVATION_TOKEN", "")))


def _in_profile(argv: list[str]) -> list[str]:
    """Use the profile that is named before the command, else the environment's; return the other arguments.

    Raises InputError for a name that no profile can have.
    """
    name = inherited = os.environ.get("FISHCAPTION_PROFILE", "")
    if argv[:1] == ["--profile"] and len(argv) > 1:
        name, argv = argv[1], argv[2:]
    elif argv and argv[0].startswith("--profile="):
        name, argv = argv[0].partition("=")[2], argv[1:]
    if name or inherited:
        from fishcaption.store import profiles

        profiles.use(name)
    return argv


def _text_of(file: str) -> str:
    """Return the text of a file or of standard input, in UTF-8, UTF-16 or UTF-32. Raises InputError."""
    from fishcaption.core.text.incoming import encoding_of

    try:
        with nullcontext(sys.stdin.buffer) if file == "-" else Path(file).open("rb") as stream:
            content = stream.read(_MOST_BYTES + 1)
    except OSError as exc:
        raise InputError(f"{file} cannot be read: {exc.strerror or exc}.") from exc
    if len(content) > _MOST_BYTES:
        raise InputError(f"{file} is too large to be a text: it has more than {_MOST_BYTES >> 20} MB.")
    try:
        text = content.decode(encoding_of(content, is_whole=True) or "utf-8")
    except UnicodeDecodeError as exc:
        raise InputError(
            f"{file} is no text in UTF-8.",
            hint="Save it as text in UTF-8, or paste its text into the window.",
        ) from exc
    return text


def _convert(source: Path, target: Path) -> int:
    from fishcaption.captions.files.broadcast import convert

    for sentence in convert(source, target):
        terminal.err(f"fishcaption: {sentence}\n")
    return 0


def _export(file: str) -> int:
    import json

    from fishcaption.store.settings_file import exported, load, save, settings_path

    loaded = load(settings_path())
    if file == "-":
        terminal.out_json(json.loads(exported(loaded.settings)), indent=2)
    else:
        save(Path(file), loaded.settings)
    tell_mended(loaded)
    return 0


def _import(file: str) -> int:
    """Replace the settings by these, in the open window if there is one.

    Settings that cannot be used are told; the others are used.
    """
    from fishcaption.app.instance import LaunchRequest, hold_or_give
    from fishcaption.store.places import data_dir
    from fishcaption.store.profiles import Claim
    from fishcaption.store.settings_file import imported, save, settings_path

    text = _text_of(file)
    loaded = imported(text)
    with Claim(data_dir()) as claim:
        if hold_or_give(claim, LaunchRequest(settings=text)):
            save(settings_path(), loaded.settings)
    tell_mended(loaded)
    return 0


def tell_mended(loaded: Loaded) -> None:
    """Tell on standard error which settings could not be used."""
    for sentence in loaded.mended:
        terminal.err(f"fishcaption: {sentence}\n")


def complain(error: FishCaptionError) -> None:
    """Tell an error and its hint on standard error."""
    terminal.err(f"fishcaption: {error}\n")
    if error.hint:
        terminal.err(f"  {error.hint}\n")
