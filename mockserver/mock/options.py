"""What a mock is started with: options, each of which the environment may give as well."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, TypedDict

from mockserver.contract import Contract
from mockserver.errors import OptionError
from mockserver.values.instants import Clock

ENVIRONMENT = "MOCKSERVER_"


class Given(TypedDict, total=False):
    """What `mockserver.server.app.create_app` may be given beside the contract and the state.

    ``seed`` is any text; ``size`` counts the records of each list, 0 to 10^12; ``domain_options`` are those of the
    domains, by name; ``api_keys`` are demanded,
    any will do if there are none; ``isolate_keys`` gives each key a world of its own; ``clock`` is ``fixed``, ``live``,
    an RFC 3339 instant, or a callable that returns an aware datetime. ``fixtures`` is a file of records to pin,
    ``scenario`` reads ``NAME[:option=value,...]``, or is a mapping as the API takes; ``cors`` answers pages of any
    origin, or of ``cors_origins``; ``control`` serves the console and its API under ``/__mock__``, which needs
    ``control_token`` if there is one.
    """

    seed: str | None
    size: int | None
    domain_options: Mapping[str, int | None] | None
    api_keys: Sequence[str] | None
    isolate_keys: bool | None
    clock: str | Clock | None
    fixtures: str | Path | None
    scenario: str | Mapping[str, Any] | None
    cors: bool | None
    cors_origins: Sequence[str] | None
    control: bool | None
    control_token: str | None


@dataclass(frozen=True)
class Options:
    """What is `Given`, complete: what was not given has been read from the environment or has its default."""

    contract: str | Path | Contract
    seed: str | None
    size: int | None
    domain_options: Mapping[str, int]
    api_keys: Sequence[str]
    isolate_keys: bool
    clock: str | Clock
    fixtures: str | Path | None
    scenario: str | Mapping[str, Any] | None
    cors_origins: Sequence[str]
    cors: bool
    control: bool
    control_token: str | None


def options_of(contract: str | Path | Contract | None, given: Given, domain_options: Iterable[str] = ()) -> Options:
    """Return what was given; for what is ``None`` the environment, else the default. Raises `OptionError`.

    ``domain_options`` are the names of the domains' options, which the environment may set as well.
    """
    known: dict[str, Any] = {"contract": contract, **given}
    unknown = known.keys() - {field.name for field in fields(Options)}
    if unknown:
        raise TypeError(f"there is no option {', '.join(sorted(unknown))}")

    def said(name: str, read: Callable[[str], Any], otherwise: Any) -> Any:
        if known.get(name) is not None:
            return known[name]
        return read(_variable(name)) if os.environ.get(_variable(name)) else otherwise

    options = Options(
        contract=said("contract", _text, None) or default_contract(),
        seed=said("seed", _text, None),
        size=said("size", _whole, None),
        domain_options=_domain_options(given.get("domain_options") or {}, domain_options),
        api_keys=_several(said("api_keys", _words, ())),
        isolate_keys=said("isolate_keys", _flag, False),
        clock=said("clock", _text, "fixed"),
        fixtures=said("fixtures", _text, None),
        scenario=said("scenario", _text, None),
        cors_origins=_several(said("cors_origins", _words, ())),
        cors=said("cors", _flag, True),
        control=said("control", _flag, True),
        control_token=said("control_token", _text, None),
    )
    _check(options)
    return options


def _domain_options(given: Mapping[str, int | None], names: Iterable[str]) -> dict[str, int]:
    """Return the domains' options that were given, and those of the environment."""
    found = {name: value for name, value in given.items() if value is not None}
    for name in names:
        if name not in found and os.environ.get(_variable(name)):
            found[name] = _whole(_variable(name))
    return found


def _several(said: str | Sequence[str]) -> Sequence[str]:
    """What a program gives as one text is one."""
    return (said,) if isinstance(said, str) else tuple(said)


def _check(options: Options) -> None:
    """Raise `OptionError` for what is no value of an option, and for options that contradict each other."""
    for name, value in (("size", options.size), *options.domain_options.items()):
        if value is not None and (not isinstance(value, int) or isinstance(value, bool)):
            raise OptionError(f"{name} is {value!r}; it must be a whole number")
    if any(not key.strip() for key in options.api_keys):
        raise OptionError("a key of --api-key is empty; give one, or leave the option out")
    if options.cors_origins and not options.cors:
        raise OptionError("an origin is given (--cors-origin), but no page may ask (--no-cors); keep one of them")
    if options.control_token and not options.control:
        raise OptionError("a token is given (--control-token) for a control plane that is off (--no-control)")
    token = options.control_token
    if token is not None and not token.strip():
        raise OptionError("the token of --control-token is empty; give one, or leave the option out")
    # Bytes of the environment that are no UTF-8 have become these; other lone surrogates stand for nothing.
    if token is not None and any("\ud800" <= c <= "\udfff" and not "\udc80" <= c <= "\udcff" for c in token):
        raise OptionError("the token of --control-token holds what is no text")


def environment(name: str) -> str | None:
    """The text of a variable of ours, or ``None`` where it is missing or empty."""
    return os.environ.get(_variable(name)) or None


def default_contract() -> Path:
    """The contract shipped with the package; in a checkout the one under ``contracts``."""
    here = Path(__file__).parents[1]
    shipped = here / "openapi.yaml"
    return shipped if shipped.exists() else here.parent / "contracts" / "openapi.yaml"


def _variable(name: str) -> str:
    singular = {"api_keys": "api_key", "cors_origins": "cors_origin"}.get(name, name)
    return ENVIRONMENT + singular.upper()


def _text(variable: str) -> str:
    return os.environ[variable]


def _words(variable: str) -> list[str]:
    return os.environ[variable].split()


def _whole(variable: str) -> int:
    text = os.environ[variable]
    if not (text.isascii() and text.isdigit()):
        raise OptionError(f"{variable} is '{text}'; it must be a whole number")
    return int(text)


def _flag(variable: str) -> bool:
    text = os.environ[variable].lower()
    if text not in ("true", "false", "1", "0", "yes", "no", "on", "off"):
        raise OptionError(f"{variable} is '{text}'; it must be true or false")
    return text in ("true", "1", "yes", "on")
