"""Presets as values: found, changed, moved."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from fishcaption.core.speech import Voice
from fishcaption.core.synthesis_options import SynthesisOptions
from fishcaption.core.voices.presets import Preset, Presets

HEART = Voice("embedded", "heart", "Heart", ("en",))
FISH = Voice("fish", "x", "Fish")


def presets(*ids: str) -> Presets:
    return Presets(tuple(Preset(id, id.upper(), HEART, "s1") for id in ids))


def ids(found: Presets) -> list[str]:
    return [preset.id for preset in found.presets]


def test_a_preset_sets_what_belongs_to_its_voice() -> None:
    options = SynthesisOptions(temperature=0.2)
    own = Preset("a", "Mine", FISH, "s2-pro", 1.5, 0.5, "\ue100", options)
    assert own.changes() == {
        "voice": FISH,
        "model": "s2-pro",
        "speed": 1.5,
        "volume": 0.5,
        "style": "\ue100",
        "options": options,
    }
    assert set(own._replace(voice=HEART).changes()) == {"voice", "speed", "volume", "style"}, "no models"


def test_one_is_replaced_in_its_place() -> None:
    found = presets("a", "b", "c").with_preset(Preset("b", "New", FISH, "s1"))
    assert [preset.name for preset in found.presets] == ["A", "New", "C"]
    assert ids(found.without("a")) == ["b", "c"]
    assert found.get("z") is None


@given(st.sampled_from("abcd"), st.integers(-6, 6))
def test_moving_keeps_all_and_the_order_of_the_others(moved: str, by: int) -> None:
    found = ids(presets(*"abcd").moved(moved, by))
    place = min(max("abcd".index(moved) + by, 0), 3)
    assert found.index(moved) == place
    assert [id for id in found if id != moved] == [id for id in "abcd" if id != moved]
