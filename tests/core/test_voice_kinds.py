"""Every provider has one value that says what its voices have in common, and everybody reads that."""

from __future__ import annotations

from typing import get_args

import pytest

from fishcaption.core.models import MODELS
from fishcaption.core.speech import VOICE_KINDS, Provider, Voice, VoiceKind
from fishcaption.speech.system import family_of, find_voice, voice_of
from fishcaption.store.settings import Settings
from fishcaption.store.settings_file import exported, imported


def test_every_provider_has_its_kind() -> None:
    assert set(VOICE_KINDS) == set(get_args(Provider))
    assert all(kind.provider == name for name, kind in VOICE_KINDS.items())


@pytest.mark.parametrize("kind", VOICE_KINDS.values(), ids=VOICE_KINDS.keys())
def test_a_voice_of_every_kind_is_kept_found_and_told_how_to_speak(kind: VoiceKind) -> None:
    voice = Voice(kind.provider, "some-voice", "Some voice", ("en",))
    assert imported(exported(Settings(voice=voice))).settings.voice == voice
    assert voice_of(voice) == voice
    default = voice_of(Voice(kind.provider, "", ""))
    assert default.provider == kind.provider
    assert bool(default.id) != kind.has_unnamed_default
    families = {family_of(voice, name) for name in MODELS}
    assert families == ({model.family for model in MODELS.values()} if kind.has_models else {kind.family})
    if kind.prefix:
        assert find_voice(kind.prefix + voice.id).provider == kind.provider
