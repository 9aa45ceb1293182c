"""Kinds of outlets: what a form may be told, and how an outlet of a kind is made."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from fishcaption.captions.display import Display
from fishcaption.captions.outlet import Numbers, Silence, Tell
from fishcaption.captions.outlet_kind import LONGEST_VALUE, Choice, OutletKind, OutletOption
from fishcaption.captions.outlets import AUDIENCE_OUTLETS, outlet_kind
from fishcaption.core.audience import Layout, OutletConfig
from fishcaption.core.errors import InputError


class Tape:
    """An outlet that keeps how it was made."""

    def __init__(
        self, config: OutletConfig, secrets: Mapping[str, str], tell: Tell, numbers: Numbers | None = None
    ) -> None:
        self.config, self.secrets, self.numbers = config, secrets, numbers

    def show(self, display: Display, /) -> None: ...

    async def run(self) -> None: ...


class NoNumbers:
    def get(self, name: str, /) -> int:
        return 0

    def set(self, name: str, number: int, /) -> None: ...


TAPE = OutletKind(
    "tape",
    "Paper tape",
    "Punches captions.",
    __name__,
    "Tape",
    (
        OutletOption("port", "Port", "Such as COM3.", is_required=True),
        OutletOption("code", "Code", is_secret=True, longest=8),
        OutletOption("speed", "Speed", shape="number", default="10", low=1, high=100),
        OutletOption("bell", "Bell", shape="switch", default="no"),
        OutletOption("ink", "Ink", shape="choice", default="red", choices=(Choice("red", "Red"),)),
        OutletOption("leader", "Leader", shape="lines"),
    ),
    layout=Layout(32, 1),
    mode="roll-up",
)


def made(kind: OutletKind, options: Mapping[str, str], secrets: Mapping[str, str] | None = None) -> Tape:
    config = kind.new("a")._replace(options=options)
    outlet = kind.make(config, secrets or {}, lambda state: None, NoNumbers())
    assert isinstance(outlet, Tape)
    return outlet


def test_a_new_outlet_begins_as_its_kind_says() -> None:
    assert TAPE.new("7") == OutletConfig("7", "tape", "Paper tape", layout=Layout(32, 1), mode="roll-up")
    assert TAPE.secrets() == ("code",)


def test_an_outlet_is_given_a_value_of_every_option_and_its_secrets_apart() -> None:
    outlet = made(TAPE, {"port": "COM3", "speed": "20", "unknown": "x", "code": "shown"}, {"code": "hidden"})
    assert outlet.config.options == {
        "port": "COM3",
        "speed": "20",
        "bell": "no",
        "ink": "red",
        "leader": "",
    }
    assert outlet.secrets == {"code": "hidden"}
    assert outlet.numbers is None
    assert isinstance(made(TAPE._replace(keeps_numbers=True), {"port": "x"}).numbers, NoNumbers)
    assert isinstance(made(TAPE._replace(takes_sound=True), {"port": "x"}).numbers, Silence)


@pytest.mark.parametrize(
    ("options", "secrets", "label"),
    [
        ({}, {}, "Port"),
        ({"port": "   "}, {}, "Port"),
        ({"port": "a\nb"}, {}, "Port"),
        ({"port": "x" * (LONGEST_VALUE + 1)}, {}, "Port"),
        ({"port": "x", "speed": "0.5"}, {}, "Speed"),
        ({"port": "x", "speed": "nan"}, {}, "Speed"),
        ({"port": "x", "speed": "1" * 5000}, {}, "Speed"),
        ({"port": "x", "speed": "fast"}, {}, "Speed"),
        ({"port": "x", "bell": "true"}, {}, "Bell"),
        ({"port": "x", "ink": "green"}, {}, "Ink"),
        ({"port": "x"}, {"code": "much-too-long"}, "Code"),
        ({"port": "x"}, {"code": "a\x00b"}, "Code"),
    ],
)
def test_an_option_that_cannot_be_used_is_named_and_not_quoted(
    options: Mapping[str, str], secrets: Mapping[str, str], label: str
) -> None:
    with pytest.raises(InputError, match=f"“{label}”") as raised:
        made(TAPE, options, secrets)
    told = str(raised.value) + raised.value.hint
    assert [
        value for value in (*options.values(), *secrets.values()) if len(value) > 3 and value in told
    ] == []


def test_lines_may_have_line_breaks() -> None:
    assert made(TAPE, {"port": "x", "leader": "a\nb"}).config.options["leader"] == "a\nb"


def test_a_package_that_is_missing_is_told() -> None:
    kind = TAPE._replace(package="there_is_no_such_package", missing="Install the puncher.")
    assert not kind.is_installed()
    with pytest.raises(InputError, match="Install the puncher"):
        kind.load()
    assert TAPE._replace(package="json").is_installed()


def test_every_entry_can_be_shown_and_loaded() -> None:
    for kind in AUDIENCE_OUTLETS:
        assert outlet_kind(kind.kind) is kind
        names = [option.name for option in kind.options]
        assert len(names) == len(set(names))
        assert bool(kind.package) == bool(kind.missing)
        if kind.module and kind.is_installed():
            assert callable(kind.load())
        for option in kind.options:
            assert option.label
            assert not (option.is_secret and option.default)
            if not option.is_required:
                option.check(option.default)


def test_kinds_have_different_names() -> None:
    assert len({kind.kind for kind in AUDIENCE_OUTLETS}) == len(AUDIENCE_OUTLETS)
    assert outlet_kind("no such") is None
