"""The user's rules in the whole engine: what reaches a voice, what is lit, and what somebody hears."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from fishcaption.audio.silent import SilentPlayer
from fishcaption.core.normalization.normalize import Normalizer
from fishcaption.core.normalization.rules import Replacement, Rules
from fishcaption.core.speech import Fate, Voice
from fishcaption.core.text.tags import TAGS
from fishcaption.server.engines.base import pieces, read
from fishcaption.server.engines.hibari import HibariEngine
from fishcaption.speech.system import SpeechSystem
from tests.listen import recognise, share_heard
from tests.live_server import LiveServer, Manner
from tests.server.conftest import end_shared

VOICE = Voice("fish", "a-voice", "A voice", ("en",))
WHISPER = TAGS[0].char
RULES = Rules(
    replacements=(
        Replacement("Qt", "cute"),
        Replacement("SQL", "", phoneme="S IY1 K W AH0 L"),
        Replacement("nuc", "", phoneme="N UW1 K", whole_word=False),
    )
)


@pytest.fixture(autouse=True)
def _own_runtime(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("FISHCAPTION_RUNTIME_DIR", str(tmp_path / "run"))
    yield
    end_shared(tmp_path / "run")


SOUND = "<|phoneme_start|>S IY1 K W AH0 L<|phoneme_end|>"


@pytest.mark.parametrize(
    ("model", "spoken"),
    [
        ("s2.1-pro-free", f"[whispering] cute and {SOUND} (nucleus) for five dollars."),
        ("s1", f"(whispering) cute and {SOUND} [nucleus] for five dollars."),
    ],
)
async def test_a_model_is_given_the_text_as_told_and_the_sounds_beside_it(
    model: str, spoken: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = f"{WHISPER}**Qt** and SQL (nucleus) for $5."
    async with LiveServer(Manner(characters_a_second=300)) as server:
        monkeypatch.setenv("FISHCAPTION_FISH_URL", server.url)
        async with SpeechSystem(SilentPlayer(), key="a-key") as speech:
            speech.choose(VOICE, model)
            speech.reader.rules = RULES
            view = await speech.reader.ended(speech.reader.speak(text))
        talk = next(talk for talk in server.talks if talk.requests)
    assert view.fate is Fate.HEARD
    assert view.text == text
    assert view.heard_end == len(text)
    assert talk.text == spoken
    (dictionary,) = talk.requests[0]["pronunciation_dictionary"]
    assert [(one["key"], one["value"]) for one in dictionary["items"]] == [("nuc", "N UW1 K")]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("shown", "heard"),
    [
        (
            "# The plan\n- **First**, write to anna@example.com about 1 1/2 liters of milk.\n"
            "- Then see www.example.com.",
            "The plan. First, write to Anna at example.com about one and a half liters of milk. "
            "Then see example.com.",
        ),
        (
            "We drove at 80 km/h for 2.5 hours 😀. It was -5 °C, and 3 kg of apples were $5.20.",
            "We drove at 80 km per hour for 2.5 hours, grinning face. It was minus 5 degrees Celsius, "
            "and 3 kg of apples were $5.20.",
        ),
    ],
)
def test_a_listener_hears_what_a_person_would_read(shown: str, heard: str, tmp_path: Path) -> None:
    engine = HibariEngine()
    said = Normalizer(Rules(), language="en", voice_id="", family="embedded").normalize(shown).text
    parts = [said[piece.start : piece.end] for piece in pieces(said, "en")]
    samples = np.concatenate([engine.render("", read(part, "en"), 1.0).samples for part in parts])
    written = recognise(samples, 24_000, tmp_path)
    assert share_heard(heard, written) > 0.75, written
