"""Voices that come and go while the server runs, without a restart."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from fishcaption.server.offline import folder
from tests.server.conftest import Served, say
from tests.server.engines import tiny_piper

WORDS = ["One", "of", "the", "42", "cats"]


@pytest.mark.slow
async def test_a_voice_speaks_as_soon_as_its_files_are_there(
    serve: Callable[..., Served], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(folder.FOLDER_VARIABLE, str(tmp_path))
    served = serve()
    voice = "piper-en_US-tiny-low"
    async with served.socket() as socket:
        said = await say(socket, "One of the 42 cats.", reference_id=voice)
    assert "no voice" in str(said.last)
    tiny_piper.put(folder.own())
    async with served.socket() as socket:
        said = await say(socket, "One of the 42 cats.", reference_id=voice)
    assert [word for word, _, _ in said.words()] == WORDS
    assert len(said.audio) > 10_000
    (folder.own() / "en_US-tiny-low.onnx").unlink()
    async with served.socket() as socket:
        said = await say(socket, "One of the 42 cats.", reference_id=voice)
    assert "no voice" in str(said.last)
