"""The options of `say` for its outlets: what they choose, and what is refused before anything starts."""

from __future__ import annotations

import argparse
from collections.abc import Mapping

import pytest

from fishcaption.captions.outlets import AUDIENCE_OUTLETS
from fishcaption.core.audience import Layout, OutletConfig
from fishcaption.core.errors import InputError
from fishcaption.core.secrecy import without_keys
from fishcaption.say.outlet_options import (
    OUTLET_FLAGS,
    ChosenOutlet,
    add_outlet_options,
    chosen_outlets,
)

LINK = "https://wmcc.zoom.us/closedcaption?id=1&signature=s3cret"
ZOOM_LINK = {"FISHCAPTION_OUTLET_ZOOM_LINK": LINK}
HALL = OutletConfig("a1", "page", "Hall page", layout=Layout(32, 1), mode="word", options={"port": "8800"})
SCREEN = OutletConfig("a2", "window", "Screen")
OF_THE_FUTURE = OutletConfig("a3", "hologram", "Hologram")


def chosen(
    *words: str, environment: Mapping[str, str] | None = None, device: str | None = "Speakers"
) -> tuple[ChosenOutlet, ...]:
    parser = argparse.ArgumentParser()
    add_outlet_options(parser)
    arguments = parser.parse_args(words, argparse.Namespace(wav=None if device else "x.wav", device=device))
    return chosen_outlets(arguments, (SCREEN, HALL, OF_THE_FUTURE), environment or {})


def test_each_kind_that_needs_no_window_has_an_option_and_a_name_of_its_own() -> None:
    assert [flag.kind.kind for flag in OUTLET_FLAGS] == [
        kind.kind for kind in AUDIENCE_OUTLETS if kind.module
    ]
    assert len({flag.name for flag in OUTLET_FLAGS}) == len(OUTLET_FLAGS)
    assert chosen() == ()


@pytest.mark.parametrize("flag", OUTLET_FLAGS, ids=lambda flag: flag.name)
def test_an_option_alone_makes_an_outlet_that_can_be_made(flag: argparse.Namespace) -> None:
    """What it still needs has a default, is the option's value, or is in the environment."""
    link = "https://captions.example/closedcaption?id=1"
    environment = {flag.variable(name): link for name in flag.kind.secrets()}
    value = ("captions.example",) if flag.value else ()
    (outlet,) = chosen(f"--{flag.name}", *value, environment=environment)
    assert (outlet.kind, outlet.config.kind) == (flag.kind, flag.kind.kind)
    assert set(outlet.secrets) == set(flag.kind.secrets())
    for option in flag.kind.options:
        given = outlet.secrets if option.is_secret else outlet.config.options
        option.check(given.get(option.name) or option.default)


def test_an_outlet_of_the_window_is_as_it_is_set_up_there_with_its_secrets_in_the_keyring() -> None:
    (outlet,) = chosen("--outlet", "hall PAGE")
    assert outlet.config == HALL
    assert outlet.secrets == {}
    assert outlet.keyring_names == ("readers_key", "operator_key")
    assert chosen("--outlet", "Hall page", "--outlet", "a1") == (outlet,)


def test_options_of_an_outlet_are_set_by_name() -> None:
    page, zoom = chosen(
        *("--captions-page", "--zoom", "--set", "captions-page.network=yes"),
        *("--set", "zoom.language=de-DE", "--set", "captions-page.name=hall.example"),
        *("--set", "captions-page.mode=word", "--set", "zoom.delay_seconds=2.5"),
        environment=ZOOM_LINK,
    )
    assert page.config.options == {"network": "yes", "name": "hall.example"}
    assert (page.config.mode, page.config.delay_seconds) == ("word", 0)
    assert zoom.config.options == {"language": "de-DE"}
    assert (zoom.config.mode, zoom.config.delay_seconds) == ("pop-on", 2.5)
    assert zoom.secrets == {"link": LINK}


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--outlet", "Balcony"), "“Balcony”"),
        (("--outlet", "Balcony"), "“Hall page”"),
        (("--outlet", "Screen"), "needs the window"),
        (("--outlet", "Hologram"), "needs the window"),
        (("--zoom",), "FISHCAPTION_OUTLET_ZOOM_LINK"),
        (("--zoom", "--set", f"zoom.link={LINK}"), "FISHCAPTION_OUTLET_ZOOM_LINK"),
        (("--obs", "--set", "obs.port=99999"), "“Port” must be a number from 1 to 65535"),
        (("--obs", "--set", "obs.colour=red"), "in_picture"),
        (("--obs", "--set", "obs.delay_seconds=61"), "from 0 to 60"),
        (("--obs", "--set", "obs.mode=upside-down"), "one of its choices"),
        (("--set", "obs.port=4455"), "Add --obs"),
        (("--set", "hologram.size=1"), "captions-page"),
        (("--set", "obs.port"), "OUTLET.OPTION=VALUE"),
        (("--set", "=1"), "OUTLET.OPTION=VALUE"),
        (("--vmix", ""), "“Input” is empty"),
    ],
)
def test_what_cannot_be_meant_is_refused_in_words(words: tuple[str, ...], told: str) -> None:
    with pytest.raises(InputError) as error:
        chosen(*words)
    assert told in f"{error.value} {error.value.hint}"
    assert "s3cret" not in f"{error.value} {error.value.hint}"


def test_captions_need_a_voice_that_is_heard() -> None:
    with pytest.raises(InputError, match="plays nothing"):
        chosen("--captions-page", device=None)
    assert chosen(device=None) == ()


def test_no_secret_is_shown_or_handed_to_another_process() -> None:
    (outlet,) = chosen("--zoom", environment=ZOOM_LINK)
    assert "s3cret" not in repr(outlet)
    assert without_keys({**ZOOM_LINK, "PATH": "/bin"}) == {"PATH": "/bin"}
