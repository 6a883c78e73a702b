"""The options of a mock, each declared once: the fields of `Options`.

A field's `Option` says how the command line, the environment (``MOCKSERVER_...``) and the README have it; `Given`
repeats the names for type checkers (a test compares them).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Literal, TypedDict

from mockserver.contract import Contract
from mockserver.errors import OptionError, unknown
from mockserver.mock.scenarios.kinds import KINDS
from mockserver.values.instants import Clock

ENVIRONMENT = "MOCKSERVER_"

OptionKind = Literal["text", "file", "number", "flag", "several"]
"""What an option takes. ``several`` may be repeated; in the environment its values are separated by blanks."""


@dataclass(frozen=True)
class Option:
    """One option: its names on the command line, what it takes, its default and what it does.

    ``flag`` is ``--name``, or ``--name/--no-name``; ``shown`` describes a default that is no value. ``low`` and
    ``high`` bound a number.
    """

    flag: str
    kind: OptionKind
    help: str
    default: Any = None
    shown: str = ""
    metavar: str | None = None
    low: int = 0
    high: int | None = None

    @property
    def name(self) -> str:
        """Its name on the command line: ``--api-key``."""
        return self.flag.partition("/")[0]

    @property
    def variable(self) -> str:
        """Its environment variable: ``MOCKSERVER_API_KEY``."""
        return ENVIRONMENT + self.name.removeprefix("--").upper().replace("-", "_")

    def read(self, text: str) -> Any:
        """Return the value that the environment variable's text gives. Raises `OptionError`."""
        if self.kind == "number":
            return _number(self.variable, text)
        if self.kind == "flag":
            return _flag(self.variable, text)
        return tuple(text.split()) if self.kind == "several" else text


def _option(flag: str, kind: OptionKind, text: str, default: Any = None, **more: Any) -> dict[str, Option]:
    return {"option": Option(flag, kind, text, default, **more)}


class Given(TypedDict, total=False):
    """What `create_app` may be given beside the contract, the domains and the state; `Options` explains each.

    ``domain_options`` are numbers by the names that the domains declare. ``clock`` may also be a callable that returns
    an aware datetime, ``scenario`` a mapping as the control API takes it.
    """

    seed: str | None
    size: int | None
    domain_options: Mapping[str, int | None] | None
    api_keys: Sequence[str] | None
    isolate_keys: bool | None
    clock: str | Clock | None
    fixtures: str | Path | None
    scenario: str | Mapping[str, Any] | None
    strict_contract: bool | None
    cors_origins: Sequence[str] | None
    cors: bool | None
    control: bool | None
    control_token: str | None


@dataclass(frozen=True)
class Options:
    """The options of a mock, complete: what was not given comes from the environment, or has its default."""

    contract: str | Path | Contract
    domain_options: Mapping[str, int]
    seed: str | None = field(
        metadata=_option("--seed", "text", "Any text; another seed is another world.", shown="mockserver")
    )
    size: int | None = field(
        metadata=_option(
            "--size",
            "number",
            "Number of records in each list.",
            shown="by domain, else 120",
        )
    )
    api_keys: Sequence[str] = field(
        metadata=_option(
            "--api-key",
            "several",
            "Demand this key; repeat for several (in the environment: separated by blanks).",
            (),
            shown="any key, or none",
        )
    )
    isolate_keys: bool = field(metadata=_option("--isolate-keys", "flag", "Give each key a world of its own.", False))
    clock: str | Clock = field(
        metadata=_option(
            "--clock", "text", "The mock's time: 'fixed', 'live', or an RFC 3339 instant at which it stands.", "fixed"
        )
    )
    fixtures: str | Path | None = field(
        metadata=_option(
            "--fixtures", "file", "A YAML, JSON or NDJSON file of records to put into the world.", shown="none"
        )
    )
    scenario: str | Mapping[str, Any] | None = field(
        metadata=_option(
            "--scenario",
            "text",
            f"What goes wrong: {', '.join(KINDS)}. Limit it by operation=ID, key=KEY, times=N.",
            shown="none",
            metavar="NAME[:option=value,...]",
        )
    )
    strict_contract: bool = field(
        metadata=_option("--strict-contract", "flag", "Do not start if the contract has a fault.", False)
    )
    cors_origins: Sequence[str] = field(
        metadata=_option(
            "--cors-origin",
            "several",
            "Let pages of this origin only read answers, such as http://localhost:3000; repeat for several.",
            (),
            shown="any",
        )
    )
    cors: bool = field(metadata=_option("--cors/--no-cors", "flag", "Let pages of other origins read answers.", True))
    control: bool = field(
        metadata=_option(
            "--control/--no-control", "flag", "Serve the console and the control API under /__mock__/.", True
        )
    )
    control_token: str | None = field(
        metadata=_option(
            "--control-token",
            "text",
            "Let whoever sends this token use the console and the control API, from other machines too.",
            shown="this machine only",
        )
    )


def declared() -> dict[str, Option]:
    """Return the options by the names of their fields."""
    return {f.name: f.metadata["option"] for f in fields(Options) if "option" in f.metadata}


def options_of(contract: str | Path | Contract | None, given: Given, domain_options: Iterable[str] = ()) -> Options:
    """Return what was given; for what is ``None`` the environment, else the default. Raises `OptionError`.

    ``domain_options`` are the names of the domains' options, which the environment may set as well. Raises `TypeError`
    for a name that is no option.
    """
    table, domain_options = declared(), tuple(domain_options)
    for name in domain_options:
        if name in table:
            raise OptionError(f"a domain declares the option '{name}', which the mock has already; rename it")
    for name in given:
        if name not in table and name != "domain_options":
            raise TypeError(unknown("option", name, table))
    values = {name: _value(option, given.get(name)) for name, option in table.items()}
    options = Options(
        contract if contract is not None else environment("CONTRACT") or default_contract(),
        _domain_options(given.get("domain_options") or {}, domain_options),
        **values,
    )
    _check(options)
    return options


def _value(option: Option, given: Any) -> Any:
    if given is None:
        text = os.environ.get(option.variable)
        given = option.read(text) if text else option.default
    if option.kind != "several":
        return given
    # A program may give one value as a text.
    return (given,) if isinstance(given, str) else tuple(given)


def _domain_options(given: Mapping[str, int | None], names: Iterable[str]) -> dict[str, int]:
    """Return the domains' options that were given, and those of the environment."""
    found = {name: value for name, value in given.items() if value is not None}
    for name in names:
        variable = ENVIRONMENT + name.upper()
        if name not in found and os.environ.get(variable):
            found[name] = _number(variable, os.environ[variable])
    return found


def _check(options: Options) -> None:
    """Raise `OptionError` for what is no value of an option, and for options that contradict each other."""
    for name, value in (("size", options.size), *options.domain_options.items()):
        if value is not None and (not isinstance(value, int) or isinstance(value, bool)):
            raise OptionError(f"got {name} {value!r}, expected a whole number")
    for name, option in declared().items():
        value = getattr(options, name)
        if option.kind == "flag" and not isinstance(value, bool):
            raise OptionError(f"got {name} {value!r}, expected true or false")
    if not isinstance(options.scenario, str | Mapping | None):
        raise OptionError(f"got the scenario {options.scenario!r}, expected text or a mapping")
    for message, is_wrong in _CONTRADICTIONS:
        if is_wrong(options):
            raise OptionError(message)


def _is_blank(text: str | None) -> bool:
    return text is not None and not text.strip()


def _is_no_text(text: str | None) -> bool:
    # Bytes of the environment that are not UTF-8 become U+DC80 to U+DCFF; other lone surrogates stand for nothing.
    return text is not None and any("\ud800" <= c <= "\udfff" and not "\udc80" <= c <= "\udcff" for c in text)


_CONTRADICTIONS: tuple[tuple[str, Callable[[Options], bool]], ...] = (
    ("a key of --api-key is empty; give one, or leave the option out", lambda o: any(map(_is_blank, o.api_keys))),
    (
        "an origin is given (--cors-origin), but no page may read answers (--no-cors); keep one of them",
        lambda o: bool(o.cors_origins) and not o.cors,
    ),
    (
        "a token is given (--control-token) for a control API that is off (--no-control); keep one of them",
        lambda o: bool(o.control_token) and not o.control,
    ),
    ("the token of --control-token is empty; give one, or leave the option out", lambda o: _is_blank(o.control_token)),
    ("the token of --control-token is not text: it holds a lone surrogate", lambda o: _is_no_text(o.control_token)),
)
"""What each message complains about."""


def environment(name: str) -> str | None:
    """Return the text of one of our environment variables, or ``None`` where it is missing or empty."""
    return os.environ.get(ENVIRONMENT + name) or None


def default_contract() -> Path:
    """Return the contract shipped with the package; in a checkout the one under ``contracts``."""
    package = Path(__file__).parents[1]
    shipped = package / "openapi.yaml"
    return shipped if shipped.exists() else package.parent / "contracts" / "openapi.yaml"


def _number(variable: str, text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise OptionError(f"got {variable} '{text}', expected a whole number")
    return int(text)


def _flag(variable: str, text: str) -> bool:
    if text.lower() not in ("true", "false", "1", "0", "yes", "no", "on", "off"):
        raise OptionError(f"got {variable} '{text}', expected true or false")
    return text.lower() in ("true", "1", "yes", "on")
