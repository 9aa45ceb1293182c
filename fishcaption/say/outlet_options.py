"""The options of `say` for its outlets, made of `captions.outlets.AUDIENCE_OUTLETS`, and what they choose.

A secret is never an argument, which every user of the computer can read and a shell writes down: it is the
keyring's, for an outlet that is set up in the window, or the environment's, as FISH_API_KEY is.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from typing import Final, NamedTuple, cast, get_args

from fishcaption.captions.outlet_kind import Choice, OutletKind, OutletOption
from fishcaption.captions.outlets import AUDIENCE_OUTLETS, outlet_kind
from fishcaption.core.audience import Mode, OutletConfig
from fishcaption.core.errors import InputError
from fishcaption.core.secrecy import OUTLET_VARIABLE

_NAMES: Final = {"page": "captions-page", "files": "caption-files"}
"""Names of options that differ from the kind's; they are plain beside `say`'s own."""

_MODE: Final = OutletOption(
    "mode", "mode", shape="choice", choices=tuple(Choice(mode, mode) for mode in get_args(Mode))
)
_DELAY: Final = OutletOption("delay_seconds", "delay_seconds", shape="number", low=0, high=60)
"""Options that each kind has besides its own."""

_ABOUT: Final = """\
They follow what is heard, and end when the last caption could be read. The
page's address is told on standard error. An outlet that fails is told there,
too; the voice goes on, and the exit code stays 0. Secrets are never
arguments: those of --outlet are in the keyring, those of the others in the
environment.
"""


class OutletFlag(NamedTuple):
    """The option of one kind. ``value`` is what it takes; None: it is a switch."""

    kind: OutletKind
    name: str
    value: OutletOption | None

    @property
    def target(self) -> str:
        """The attribute of the arguments."""
        return f"outlet_{self.kind.kind}"

    def variable(self, secret: str) -> str:
        """Return the environment variable that may hold this secret."""
        return f"{OUTLET_VARIABLE}{self.kind.kind}_{secret}".replace("-", "_").upper()


class ChosenOutlet(NamedTuple):
    """An outlet that `say` is to run. Its secrets are these, and those of these names in the keyring."""

    kind: OutletKind
    config: OutletConfig
    secrets: Mapping[str, str]
    keyring_names: tuple[str, ...]

    def __repr__(self) -> str:
        return f"ChosenOutlet({self.config!r})"


def _flag(kind: OutletKind) -> OutletFlag:
    asked = (option for option in kind.options if option.is_required and not option.default)
    value = next((option for option in asked if not option.is_secret), None)
    return OutletFlag(kind, _NAMES.get(kind.kind, kind.kind), value)


OUTLET_FLAGS: Final = tuple(_flag(kind) for kind in AUDIENCE_OUTLETS if kind.module)
"""One for each kind but a window's."""


def add_outlet_options(parser: argparse.ArgumentParser) -> None:
    """Add the options to those of `say`."""
    group = parser.add_argument_group("captions for an audience", _ABOUT)
    group.add_argument(
        "--outlet",
        action="append",
        default=[],
        metavar="NAME",
        help="an outlet as it is set up in the window, by its name there; may be given several times",
    )
    for flag in OUTLET_FLAGS:
        needed = [flag.variable(option.name) for option in flag.kind.options if option.is_secret]
        words = flag.kind.help.replace("%", "%%")
        words += f" Environment: {', '.join(needed)}." if needed else ""
        if flag.value is None:
            group.add_argument(f"--{flag.name}", dest=flag.target, action="store_true", help=words)
        else:
            value = flag.value.name.upper()
            group.add_argument(f"--{flag.name}", dest=flag.target, metavar=value, help=words)
    group.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="OUTLET.OPTION=VALUE",
        help="another option of one of these, such as captions-page.network=yes, captions-page.mode=word or "
        "obs.delay_seconds=3; a wrong name lists them",
    )


def chosen_outlets(
    arguments: argparse.Namespace, configured: tuple[OutletConfig, ...], environment: Mapping[str, str]
) -> tuple[ChosenOutlet, ...]:
    """Return the outlets that these arguments choose. Raises InputError for what cannot be meant."""
    values = _values(arguments.set)
    chosen = [_from_window(name, configured) for name in arguments.outlet]
    for flag in OUTLET_FLAGS:
        given = getattr(arguments, flag.target)
        if given is not None and given is not False:
            chosen.append(_from_flag(flag, given, values.pop(flag.name, {}), environment))
    if values:
        unused, its_options = next(iter(values.items()))
        raise InputError(
            f"--set {unused}.{next(iter(its_options))} is for an outlet that is not used.",
            hint=f"Add --{unused}."
            if unused in [flag.name for flag in OUTLET_FLAGS]
            else f"The outlets are: {', '.join(flag.name for flag in OUTLET_FLAGS)}.",
        )
    if chosen and arguments.wav is not None and arguments.device is None:
        raise InputError(
            "Captions follow what is heard, and --wav alone plays nothing.",
            hint="Add --device NAME to hear it, too; or write the captions to a file, as with --srt.",
        )
    return tuple({outlet.config.id: outlet for outlet in chosen}.values())


def _values(settings: list[str]) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for setting in settings:
        place, equals, value = setting.partition("=")
        name, dot, option = place.partition(".")
        if not (equals and dot and name and option):
            raise InputError(
                "--set takes OUTLET.OPTION=VALUE.", hint="For instance: --set captions-page.network=yes"
            )
        found.setdefault(name, {})[option] = value
    return found


def _from_window(name: str, configured: tuple[OutletConfig, ...]) -> ChosenOutlet:
    wanted = name.casefold()
    config = next((one for one in configured if wanted in (one.name.casefold(), one.id.casefold())), None)
    if config is None:
        names = ", ".join(f"“{one.name}”" for one in configured)
        hint = f"There are: {names}." if names else "Set it up in the window: Present, Outlets."
        raise InputError(f"No outlet is called “{name}”.", hint=hint)
    kind = outlet_kind(config.kind)
    if kind is None or not kind.module:
        raise InputError(
            f"The outlet “{config.name}” needs the window.", hint="Open the window: fishcaption."
        )
    return ChosenOutlet(_installed(kind), config, {}, kind.secrets())


def _from_flag(
    flag: OutletFlag, given: str | bool, values: dict[str, str], environment: Mapping[str, str]
) -> ChosenOutlet:
    kind = flag.kind
    if flag.value is not None:
        values.setdefault(flag.value.name, str(given))
    _check(flag, values)
    secrets = _secrets(flag, environment)
    config = OutletConfig(
        f"say-{kind.kind}",
        kind.kind,
        kind.name,
        layout=kind.layout,
        mode=cast(Mode, values.pop(_MODE.name, kind.mode)),
        delay_seconds=float(values.pop(_DELAY.name, 0.0)),
        options=values,
    )
    made = tuple(name for name in kind.made_secrets if name not in secrets)
    return ChosenOutlet(_installed(kind), config, secrets, made)


def _check(flag: OutletFlag, values: Mapping[str, str]) -> None:
    """Return if the options can have these values. Raises InputError."""
    options = {option.name: option for option in (*flag.kind.options, _MODE, _DELAY)}
    for name, value in values.items():
        if name not in options:
            names = ", ".join(option.name for option in options.values() if not option.is_secret)
            raise InputError(f"--{flag.name} has no option “{name}”.", hint=f"It has: {names}.")
        if options[name].is_secret:
            raise InputError(
                f"A secret is no argument: every user of this computer could read “{name}”.",
                hint=f"Put it into the environment as {flag.variable(name)}.",
            )
        options[name].check(value)


def _secrets(flag: OutletFlag, environment: Mapping[str, str]) -> dict[str, str]:
    """Return the secrets that are in the environment. Raises InputError where one is missing."""
    variables = {name: flag.variable(name) for name in flag.kind.secrets()}
    found = {name: environment[variable] for name, variable in variables.items() if environment.get(variable)}
    for option in flag.kind.options:
        if option.name in found:
            option.check(found[option.name])
        elif option.is_secret and option.is_required:
            raise InputError(
                f"--{flag.name} needs a secret: {option.label}.",
                hint=f"Put it into the environment as {variables[option.name]}. Or set the outlet up in the "
                "window, which keeps it in the keyring, and use --outlet.",
            )
    return found


def _installed(kind: OutletKind) -> OutletKind:
    if not kind.is_installed():
        raise InputError(kind.missing)
    return kind
