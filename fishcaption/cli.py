"""The command line: the window, `say`, `voices`, `serve`, `doctor`.

Nothing slow is imported before the command is known. Exit codes: 0 done, 1 failed, 2 usage, 3 sound, 4 voice
or network, 130 interrupted. What is said goes to the ear, what was asked for to standard output, everything
else to standard error.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from fishcaption import __version__
from fishcaption.core.errors import FishCaptionError

INTERRUPTED = 130

_EXAMPLES = """\
examples:
  fishcaption                                  open the window
  fishcaption say Hello, this is my voice.     speak
  my-model --stream | fishcaption say -        speak a program's words as it writes them
  fishcaption say --plain - < answer.md        speak Markdown as a person would read it
  fishcaption say --wav hello.wav Hello        write the sound to a file
  fishcaption say --srt talk.srt - < talk.txt  speak, and write the captions as they were heard
  fishcaption voices                           who can speak
  fishcaption serve                            Fish Audio's protocol on this machine, with no key
  fishcaption doctor                           what is missing, and how to mend it
"""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="fishcaption",
        description="Text becomes speech and captions while it is still being written.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"fishcaption {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")

    commands.add_parser("window", help="open the window (what happens without a command)")

    say = commands.add_parser(
        "say",
        help="speak a text, or standard input as it arrives",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    say.add_argument(
        "text", nargs="*", metavar="TEXT", help="what to say; '-' or nothing: standard input, as it arrives"
    )
    say.add_argument("--voice", metavar="VOICE", help="a name or id from `fishcaption voices`, or fish:ID")
    say.add_argument("--model", metavar="MODEL", help="Fish Audio's model; the default costs nothing")
    say.add_argument("--device", metavar="NAME", help="the sound device, by its name")
    say.add_argument("--speed", type=float, metavar="FACTOR", help="0.5 to 3.0; the pitch stays")
    say.add_argument("--plain", action="store_true", help="remove Markdown, a sentence at a time")
    say.add_argument(
        "--wav", type=Path, metavar="FILE", help="write the sound; plays nothing unless --device is given"
    )
    say.add_argument(
        "--srt", type=Path, metavar="FILE", help="write the captions as they were heard, as SubRip"
    )
    say.add_argument("--vtt", type=Path, metavar="FILE", help="the same as WebVTT")
    say.add_argument(
        "--json", action="store_true", help="tell what was heard, cut and failed, a JSON object a line"
    )
    say.add_argument("--yes", action="store_true", help="do not ask about what a paid model will cost")

    voices = commands.add_parser("voices", help="who can speak")
    voices.add_argument("--json", action="store_true", help="as a JSON list")
    voices.add_argument(
        "--search", metavar="WORDS", default="", help="search Fish Audio's public voices (needs a key)"
    )

    commands.add_parser("serve", help="serve Fish Audio's protocol on this machine", add_help=False)
    commands.add_parser("doctor", help="what is missing or wrong, and how to mend it", add_help=False)
    return parser


def main(argv: list[str] | None = None) -> int:
    """Run one command; return the exit code."""
    argv = sys.argv[1:] if argv is None else argv
    if argv[:1] == ["serve"]:  # these two have option parsers of their own
        from fishcaption.server.serve import main as serve

        return serve(argv[1:])
    if argv[:1] == ["doctor"]:
        from fishcaption.doctor import run as doctor

        return doctor(argv[1:])
    arguments = _parser().parse_args(argv)
    try:
        if arguments.command == "say":
            from fishcaption.say import say

            return say(arguments)
        if arguments.command == "voices":
            from fishcaption.say import voices

            return voices(arguments)
        from fishcaption.app import window

        return window()
    except FishCaptionError as error:
        complain(error)
        return error.exit_code
    except KeyboardInterrupt:
        return INTERRUPTED


def complain(error: FishCaptionError) -> None:
    """Tell an error on standard error: what happened, and what to do."""
    sys.stderr.write(f"fishcaption: {error}\n")
    if error.hint:
        sys.stderr.write(f"  {error.hint}\n")
