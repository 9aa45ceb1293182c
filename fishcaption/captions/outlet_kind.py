"""The kinds of outlets as values: what a form asks for, and how an outlet of the kind is made."""

from __future__ import annotations

import math
from collections.abc import Mapping
from importlib import import_module
from importlib.util import find_spec
from typing import Final, Literal, NamedTuple, cast

from fishcaption.captions.outlet import SILENCE, HeardSound, MakeOutlet, Numbers, Outlet, Tell
from fishcaption.core.audience import TWO_LINES, Layout, Mode, OutletConfig
from fishcaption.core.errors import InputError

LONGEST_VALUE: Final = 4000
"""Code points of an option's value; a meeting's link has some hundred."""

ON, OFF = "yes", "no"
"""The two values of a switch."""

Shape = Literal["text", "lines", "number", "switch", "choice", "file", "folder"]


class Choice(NamedTuple):
    """One of the values of an option, and its name in the form."""

    value: str
    label: str


class OutletOption(NamedTuple):
    """One option of an outlet, as a form asks for it. Its value is a text, whatever its shape.

    A secret is kept in the keyring, and handed to the outlet apart from its configuration; it has no default
    and no limits but ``longest``. ``choices`` are of a choice, ``low`` and ``high`` of a number. A file or a
    folder is a path. ``lines`` are a text of several lines.
    """

    name: str
    label: str
    help: str = ""
    shape: Shape = "text"
    default: str = ""
    is_secret: bool = False
    is_required: bool = False
    longest: int = LONGEST_VALUE
    choices: tuple[Choice, ...] = ()
    low: float = -math.inf
    high: float = math.inf

    def check(self, value: str) -> None:
        """Return if the value can be used. Raises InputError, whose sentence does not quote it."""
        if self.is_required and not value.strip():
            raise InputError(f"“{self.label}” is empty.", hint=self.help)
        if len(value) > self.longest:
            raise InputError(f"“{self.label}” is too long.", hint=f"It takes {self.longest} characters.")
        if any(character < " " for character in value) and self.shape != "lines":
            raise InputError(f"“{self.label}” has a line break or an invisible character in it.")
        if self.shape == "number" and not self._is_number(value):
            raise InputError(f"“{self.label}” must be a number from {self.low:g} to {self.high:g}.")
        allowed = (ON, OFF) if self.shape == "switch" else [choice.value for choice in self.choices]
        if allowed and value not in allowed:
            raise InputError(f"“{self.label}” must be one of its choices.")

    def _is_number(self, value: str) -> bool:
        try:
            return len(value) <= 40 and self.low <= float(value) <= self.high
        except ValueError:
            return False


class OutletKind(NamedTuple):
    """A kind of outlet: what the form says of it and asks for, and where its class is.

    ``kind`` is what settings call it. ``module`` and ``maker`` name the class (or function) that makes an
    outlet, called as `outlet.MakeOutlet`; it is imported when an outlet of the kind is first switched on. An
    empty ``module`` is a window's: the window subscribes to the captions itself, looks at the rows for what
    is on, and tells its state to `AudienceService.tell`.

    ``layout`` and ``mode`` are what a new outlet begins with. ``can_revise``: what it has shown it can show
    otherwise; with ``revises_if``, an option and its value, only where the option has this value.
    ``keeps_numbers``: it is made with `Numbers` as a fourth argument; ``takes_sound``: with the `HeardSound`.
    ``package`` is a module that the program starts without, and ``missing`` the sentence for a
    computer without it: what to do.
    ``made_secrets`` are names of secrets that no form asks for: the program makes them where there are none.
    """

    kind: str
    name: str
    help: str
    module: str
    maker: str
    options: tuple[OutletOption, ...] = ()
    layout: Layout = TWO_LINES
    mode: Mode = "pop-on"
    can_revise: bool = True
    revises_if: tuple[str, str] | None = None
    keeps_numbers: bool = False
    package: str = ""
    missing: str = ""
    made_secrets: tuple[str, ...] = ()
    takes_sound: bool = False

    def secrets(self) -> tuple[str, ...]:
        """Return the names of all that is kept in the keyring."""
        return (*(option.name for option in self.options if option.is_secret), *self.made_secrets)

    def revises(self, options: Mapping[str, str]) -> bool:
        """Return whether an outlet with these options can show otherwise what it has shown."""
        if not self.can_revise or self.revises_if is None:
            return self.can_revise
        name, value = self.revises_if
        return options.get(name) == value

    def new(self, outlet: str) -> OutletConfig:
        """Return the configuration of a new outlet of this kind, with this id."""
        return OutletConfig(outlet, self.kind, self.name, layout=self.layout, mode=self.mode)

    def is_installed(self) -> bool:
        """Return whether its package, if it needs one, is on this computer."""
        return not self.package or find_spec(self.package) is not None

    def make(
        self,
        config: OutletConfig,
        secrets: Mapping[str, str],
        tell: Tell,
        numbers: Numbers,
        sound: HeardSound = SILENCE,
    ) -> Outlet:
        """Return a new outlet. Its configuration has a usable value of every option that is no secret.

        Importing it may take long: call `load` before, in a thread. Raises InputError, with the label of an
        option that cannot be used, or `missing`.
        """
        complete = config._replace(options=self._values(config.options, secrets))
        make = self.load()
        if self.keeps_numbers:
            return make(complete, secrets, tell, numbers)  # type: ignore[call-arg]  # as the entry says
        if self.takes_sound:
            return make(complete, secrets, tell, sound)  # type: ignore[call-arg]  # as the entry says
        return make(complete, secrets, tell)

    def load(self) -> MakeOutlet:
        """Import the module; return what makes an outlet. Raises InputError where the package is missing."""
        if not self.is_installed():
            raise InputError(self.missing)
        return cast(MakeOutlet, getattr(import_module(self.module), self.maker))

    def _values(self, given: Mapping[str, str], secrets: Mapping[str, str]) -> dict[str, str]:
        values: dict[str, str] = {}
        for option in self.options:
            source = secrets if option.is_secret else given
            value = source.get(option.name) or option.default
            option.check(value)
            if not option.is_secret:
                values[option.name] = value
        return values
