"""The list of own voices on disk: whatever stands in it, nothing is lost in silence."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fishcaption.core.errors import InputError
from fishcaption.core.voices.cloning import ClipQuality, VoiceDetails
from fishcaption.store.voices import own_voices
from fishcaption.store.voices.own_voices import KnownVoice

MINE = KnownVoice(
    "27eae0e2665fc5bf36c2caf97bb43752",
    VoiceDetails("My voice", "Warm.", ("calm", "mine"), "unlist"),
    ("en",),
    "an-account",
    "a-key-id",
    "Mine",
    "2026-11-30T10:00:00Z",
    (ClipQuality("take-001.flac", 16.0, False, "too noisy", "en"),),
)


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "own-voices.json"
    assert own_voices.load(path) == ({}, "")
    own_voices.save(path, {MINE.id: MINE})
    assert own_voices.load(path) == ({MINE.id: MINE}, "")


def test_what_cannot_be_read_is_kept_aside_and_told(tmp_path: Path) -> None:
    path = tmp_path / "own-voices.json"
    plain = json.loads(own_voices.encoded([MINE]))
    plain["voices"] += [{"id": 7}, {"id": "with a blank", "details": {"title": "x"}}, None]
    path.write_text(json.dumps(plain), "utf-8")
    voices, told = own_voices.load(path)
    assert voices == {MINE.id: MINE}
    assert "in part" in told
    path.write_text("[1, 2", "utf-8")
    voices, told = own_voices.load(path)
    assert voices == {}
    assert "put aside" in told
    assert not path.exists()


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@given(
    st.fixed_dictionaries(
        {"id": st.text(max_size=20) | _JSON, "details": st.fixed_dictionaries({"title": _JSON}) | _JSON},
        optional={
            name: _JSON
            for name in ("languages", "account", "key", "collection", "created", "quality", "visibility")
        },
    )
)
@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_any_voice_in_a_file_is_read_or_counted(raw: object) -> None:
    content = json.dumps({"format": "fishcaption own voices", "voices": [raw]}).encode()
    voices, bad = own_voices.decoded(content)
    assert len(voices) + bad == 1
    for voice in voices.values():
        assert own_voices.decoded(own_voices.encoded([voice])) == ({voice.id: voice}, 0)


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b'{"format": "fishcaption own voices"}', b"\xff"])
def test_another_file_is_refused(content: bytes) -> None:
    with pytest.raises(InputError):
        own_voices.decoded(content)
