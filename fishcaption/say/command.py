"""The commands `say` and `voices`: their arguments are checked, then they run.

The embedded voice takes longest to be ready. So its process is started first, and the modules that speak with
it are imported meanwhile.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from typing import TYPE_CHECKING

from fishcaption import logs, terminal
from fishcaption.blocking import use_daemons
from fishcaption.captions.outlets import CUE_OUTLETS
from fishcaption.core.errors import FishCaptionError, InputError
from fishcaption.core.models import DEFAULT_MODEL, model
from fishcaption.core.text.incoming import cleaned
from fishcaption.core.text.tags import without_tags
from fishcaption.say.outlet_options import chosen_outlets
from fishcaption.server.process import EmbeddedVoice
from fishcaption.store.settings import Settings
from fishcaption.store.settings_file import load, settings_path

if TYPE_CHECKING:
    from fishcaption.core.speech import Voice


def say(arguments: argparse.Namespace) -> int:
    """Speak the arguments, or standard input as it arrives; return the exit code.

    Raises InputError before anything is started if the arguments make no sense; any error of our tree later.
    """
    logs.on_terminal()
    text = " ".join(arguments.text).encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    text = without_tags(cleaned(text))
    is_piped = text in ("", "-")
    if not arguments.text and (sys.stdin is None or sys.stdin.isatty()):
        raise InputError(
            "There is nothing to say.",
            hint="Try: fishcaption say Hello. Or pipe a text into: fishcaption say -",
        )
    if arguments.text and not text.strip():
        raise InputError("There is nothing to say.", hint="The text is empty.")
    if arguments.speed is not None and not 0.5 <= arguments.speed <= 3.0:
        raise InputError(f"The speed {arguments.speed:g} is not possible.", hint="It goes from 0.5 to 3.0.")
    if arguments.model is not None:
        model(arguments.model)
    _check_outputs(arguments)
    loaded = load(settings_path())
    for sentence in loaded.mended:
        terminal.err(f"fishcaption: {sentence}\n")
    settings = loaded.settings
    outlets = chosen_outlets(arguments, settings.outlets, os.environ)
    speech = None if is_piped else text
    if arguments.dry_run:
        return asyncio.run(_look(arguments, settings, speech))
    embedded = EmbeddedVoice()
    embedded.start_ahead()
    from fishcaption.fish.endpoint import billing_day
    from fishcaption.say.speech import SayRun

    return asyncio.run(SayRun(arguments, settings, speech, billing_day(), embedded, outlets).run())


def _check_outputs(arguments: argparse.Namespace) -> None:
    """Raise InputError if two outputs would go to standard output, or sound to a terminal."""
    names = ("wav", *(outlet.name for outlet in CUE_OUTLETS))
    options = {f"--{name}": getattr(arguments, name) for name in names}
    standard = [name for name, path in options.items() if path == terminal.STANDARD_OUTPUT]
    standard += ["--json"] if arguments.json else []
    if len(standard) > 1:
        raise InputError(
            f"{' and '.join(standard)} cannot both go to standard output.",
            hint="Give all but one of them a file of its own.",
        )
    if standard == ["--wav"] and sys.stdout.isatty():
        raise InputError(
            "Sound is not written to a terminal.", hint="Send it to a file or a program: --wav hello.wav"
        )


async def _look(arguments: argparse.Namespace, settings: Settings, text: str | None) -> int:
    """Print what the voice would get; return the exit code."""
    from fishcaption.say.dry_run import DryRun
    from fishcaption.say.speech import RULES, chosen_voice
    from fishcaption.speech.system import family_of

    voice = chosen_voice(arguments, settings)
    family = family_of(voice, arguments.model or settings.model)
    run = DryRun(RULES, voice, family, is_plain=arguments.plain)
    if text is None:
        await run.piped()
    else:
        run.whole(text)
    return 0


def voices(arguments: argparse.Namespace) -> int:
    """List the voices; return the exit code."""
    found, failure = asyncio.run(_all_voices(arguments.search))
    if arguments.json:
        rows = [
            {"provider": voice.provider, "id": voice.id, "name": voice.name, "languages": voice.languages}
            for voice in found
        ]
        terminal.out_json(rows, indent=1)
    else:
        for voice in found:
            wanted = voice.kind.prefix + voice.id
            terminal.out(f"{wanted:<38} {voice.name} ({', '.join(voice.languages)})\n")
    if failure is not None:
        raise failure
    return 0


async def _all_voices(search: str) -> tuple[list[Voice], FishCaptionError | None]:
    """Return the voices of this machine, then Fish Audio's; and the error if those could not be had."""
    use_daemons()
    found = list(EmbeddedVoice().voices())
    try:
        found += await _fish_voices(search)
    except FishCaptionError as error:
        return found, error
    return list(dict.fromkeys(found)), None


async def _fish_voices(search: str) -> list[Voice]:
    """Return the account's own voices, and those of the library that match; without a key the latter only."""
    from fishcaption.say.speech import found_key

    key = await found_key(load(settings_path()).settings)
    from fishcaption.core.voices.catalog import VoiceQuery
    from fishcaption.fish.endpoint import Endpoint, fish_url
    from fishcaption.fish.library import Library

    async def endpoint() -> Endpoint:
        return Endpoint(fish_url(), key, DEFAULT_MODEL)

    queries = [VoiceQuery(is_own=True, sort="created_at")] if key else []
    if search:
        queries.append(VoiceQuery(title=search, sort="task_count"))
    async with Library(endpoint) as library:
        pages = [await library.search(query) for query in queries]
    return [entry.voice for page in pages for entry in page.entries if entry.state.can_speak]
