"""Voices in processes of their own: one that does not start leaves nothing behind."""

from __future__ import annotations

import gc

import pytest

from fishcaption.server.engines import child_voice
from fishcaption.server.engines.child_voice import ChildVoice


@pytest.mark.parametrize(
    ("module", "words"),
    [("this", "has ended"), ("asyncio", "does not answer")],  # one prints and ends, one waits for input
)
def test_a_process_that_does_not_start_is_ended(
    module: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(child_voice, "_PATIENCE_SECONDS", 2.0 if module == "this" else 0.2)
    with pytest.raises(OSError, match=words):
        ChildVoice("It", [module])
    gc.collect()  # a process that nobody has ended would warn here
