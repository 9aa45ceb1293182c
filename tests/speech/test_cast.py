"""Several speakers in one text, on real sockets: one conversation where the model can, else one for each."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from fishcaption.audio.silent import SilentPlayer
from fishcaption.core.speech import Fate, Voice
from fishcaption.core.voices.cast import Cast
from fishcaption.speech.system import SpeechSystem
from tests.live_server import Fault, LiveServer, Manner
from tests.server.conftest import end_shared

TEXT = "ANNA: Good morning to you. How are you?\nBOB: Very well, Anna.\nANNA: I am glad."
ANNA, BOB = (Voice("fish", name, name.title(), ("en",)) for name in ("anna", "bob"))
FAST = Manner(characters_a_second=300)


@pytest.fixture(autouse=True)
def _own_runtime(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("FISHCAPTION_RUNTIME_DIR", str(tmp_path / "run"))
    yield
    end_shared(tmp_path / "run")


async def spoken(
    monkeypatch: pytest.MonkeyPatch, server: LiveServer, cast: Cast, model: str = "s2.1-pro"
) -> tuple[list[tuple[object, str]], list[str]]:
    """(reference_id, text) of each session that was spoken, and the words in the order of their times."""
    monkeypatch.setenv("FISHCAPTION_FISH_URL", server.url)
    async with SpeechSystem(SilentPlayer(), key="a-key") as speech:
        speech.choose(BOB, model)
        reader = speech.reader
        number = reader.speak_in_turns(TEXT, speech.turns(TEXT, cast))
        view = await reader.ended(number)
        assert (view.fate, view.error, view.heard_end) == (Fate.HEARD, None, len(TEXT))
        _, times = reader.word_times(number)
    sessions = [
        (request.get("reference_id"), text)
        for talk in server.talks
        for request, text in zip(talk.requests, talk.sessions, strict=True)
        if text
    ]
    return sessions, [TEXT[time.span.start : time.span.end] for time in times]


WORDS = ["Good", "morning", "to", "you", "How", "are", "you", "Very", "well", "Anna", "I", "am", "glad"]
CAST = Cast({"ANNA": ANNA, "BOB": BOB})


async def test_one_conversation_has_several_speakers_and_no_name_is_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with LiveServer(FAST) as server:
        sessions, words = await spoken(monkeypatch, server, CAST)
    ((ids, text),) = sessions
    assert ids == ["anna", "bob"]
    parts = [part for part in text.split("<|speaker:") if part]
    assert [(part[0], part[3:].strip()) for part in parts] == [
        ("0", "Good morning to you."),
        ("0", "How are you?"),
        ("1", "Very well, Anna."),
        ("0", "I am glad."),
    ]
    assert words == WORDS


async def test_a_model_without_speakers_has_a_conversation_for_each(monkeypatch: pytest.MonkeyPatch) -> None:
    async with LiveServer(FAST) as server:
        sessions, words = await spoken(monkeypatch, server, CAST, "s1")
    assert [(ids, text.strip()) for ids, text in sessions] == [
        ("anna", "Good morning to you. How are you?"),
        ("bob", "Very well, Anna."),
        ("anna", "I am glad."),
    ]
    assert words == WORDS


@pytest.mark.parametrize(
    ("faults", "last"),
    [
        ([Fault("error", message="Reference audio too long")], "anna"),
        ([Fault("early_finish", 3)] * 3, ["anna", "bob"]),
    ],
)
async def test_what_is_refused_or_cut_is_said_all_the_same(
    faults: list[Fault], last: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with LiveServer(FAST, *faults) as server:
        sessions, words = await spoken(monkeypatch, server, CAST)
    assert sessions[0][0] == ["anna", "bob"]
    assert sessions[-1][0] == last
    assert words == WORDS


async def test_a_session_that_begins_anew_says_who_speaks(monkeypatch: pytest.MonkeyPatch) -> None:
    async with LiveServer(Manner(characters_a_second=300, frame_seconds=0.02), Fault("reset", 9)) as server:
        sessions, words = await spoken(monkeypatch, server, CAST)
    assert len(sessions) == 2
    assert all(ids == ["anna", "bob"] for ids, _ in sessions)
    assert sessions[1][1].startswith("<|speaker:")
    assert words == WORDS


async def test_a_script_has_its_own_voice_and_names_may_be_said(monkeypatch: pytest.MonkeyPatch) -> None:
    async with LiveServer(FAST) as server:
        monkeypatch.setenv("FISHCAPTION_FISH_URL", server.url)
        async with SpeechSystem(SilentPlayer(), key="a-key") as speech:
            speech.choose(BOB, "s2.1-pro")
            turns = speech.turns("He said “Привет, мир” to us.", Cast(scripts={"Cyrillic": ANNA}))
            flat = [one for turn in turns for one in (turn.apart or (turn,))]
            text = "He said “Привет, мир” to us."
            assert [(one.synthesizer.voice.id, text[one.start : one.end]) for one in flat] == [
                ("bob", "He said “"),
                ("anna", "Привет, мир”"),
                ("bob", "to us."),
            ]
            said = speech.turns(TEXT, Cast({"ANNA": ANNA, "BOB": BOB}, says_names=True))
            flat = [one for turn in said for one in (turn.apart or (turn,))]
            assert [TEXT[one.start : one.end][:4] for one in flat] == ["ANNA", "BOB:", "ANNA"]
            assert speech.turns("Nothing of theirs.", CAST) == []
