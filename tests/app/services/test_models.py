"""What a text costs and what is asked about its model, by the settings and the day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from fishcaption.app.services.models import Models
from fishcaption.app.settings import SettingsStore
from fishcaption.core.models import MODELS
from fishcaption.core.speech import EMBEDDED, FISH, Voice
from fishcaption.store.settings import Settings

FREE = "s2.1-pro-free"
LAST = MODELS[FREE].last_day
assert LAST is not None
AFTER = LAST + timedelta(days=1)
REMOTE = Voice(FISH.provider, "a-voice", "A voice")
LOCAL = Voice(EMBEDDED.provider, "heart", "Heart")
MILLION = "x" * 1_000_000


@pytest.mark.parametrize(
    ("voice", "model", "day", "dollars"),
    [
        (LOCAL, "s2.1-pro", LAST, 0.0),
        (REMOTE, "s2.1-pro", LAST, 15.0),
        (REMOTE, FREE, LAST, 0.0),
        (REMOTE, FREE, AFTER, 15.0),
        (REMOTE, FREE, None, 0.0),
        (REMOTE, "gone", LAST, 0.0),
    ],
)
def test_what_a_text_costs(voice: Voice, model: str, day: date | None, dollars: float) -> None:
    settings = SettingsStore(Settings(voice=voice, model=model, cost_limit=14.0))
    models = Models(settings, lambda: day)
    assert models.price_of(MILLION) == dollars
    assert models.is_too_dear(MILLION) == (dollars > 14.0)
    settings.change(cost_limit=20.0)
    assert not models.is_too_dear(MILLION)


def test_the_user_is_asked_until_a_model_was_chosen() -> None:
    settings = SettingsStore(Settings(voice=REMOTE, model=FREE))
    day = LAST
    models = Models(settings, lambda: day)
    assert models.question() is None
    day = AFTER
    assert "may cost" in str(models.question())
    names = [offer.name for offer in models.instead()]
    assert names == ["s2.1-pro", FREE]
    assert {offer.name: offer.is_at_most for offer in models.instead()}[FREE]
    models.choose(FREE)
    assert models.question() is None
    assert settings.current.model_agreed == FREE
    settings.change(model="gone")
    assert "no model" in str(models.question())
    models.choose("s2.1-pro")
    assert (settings.current.model, settings.current.model_agreed) == ("s2.1-pro", FREE)
    settings.change(voice=LOCAL, model="gone")
    assert models.question() is None


def test_only_what_can_be_asked_for_is_offered() -> None:
    settings = SettingsStore(Settings(voice=REMOTE))
    assert "s1" in [offer.name for offer in Models(settings, lambda: LAST).offers()]
    assert "s1" not in [offer.name for offer in Models(settings, lambda: date(2027, 1, 1)).offers()]
