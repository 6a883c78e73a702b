"""Read the preferences of a client (RFC 7240, ``Prefer``), and choose the documented answer that they ask for.

The names are those of Prism: ``code=422`` is for an answer with this status, ``example=NAME`` for an example of the
contract, ``dynamic=true`` for a generated value instead of an example, ``wait=SECONDS`` for a delay. Preferences apply
to valid requests: if the path is unknown, the key is missing or the request has faults, only ``wait`` is applied. A
preference for something that the contract does not have is a fault of the request, which lists what is available.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from mockserver.contract import Operation, Response
from mockserver.errors import listed, shown
from mockserver.mock.request.validation import Violation

HEADER = "Prefer"
APPLIED = "Preference-Applied"
MAX_WAIT = 60.0
"""The longest delay in seconds; a longer ``wait`` is reduced to it."""

_NO_BODY = (204, 205, 304)
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_QUOTE = r'"(?:[^"\\]|\\.)*(?:"|\\?\Z)'  # also a quoted string without its closing quote
_MEMBER = re.compile(rf'(?:[^",]|{_QUOTE})+', re.DOTALL)
_HEAD = re.compile(rf'(?:[^";]|{_QUOTE})*', re.DOTALL)
_STATUS = re.compile(r"[2-5][0-9]{2}")
_SECONDS = re.compile(r"[0-9]+(?:\.[0-9]+)?")


@dataclass(frozen=True)
class Preferences:
    """The preferences of one request; ``None`` for those that it does not have.

    ``wait`` is in seconds, 0 to `MAX_WAIT`. ``faults`` describe malformed preferences; ``text`` is the header.
    """

    code: str | None = None
    example: str | None = None
    dynamic: bool | None = None
    wait: float | None = None
    faults: tuple[str, ...] = ()
    text: str = ""

    @property
    def changes_answer(self) -> bool:
        """Whether the preferences are about the answer itself, not only about its delay."""
        return self.code is not None or self.example is not None or self.dynamic is not None


NONE = Preferences()
"""The preferences of a request without any."""


@dataclass(frozen=True)
class Choice:
    """The documented answer that is chosen.

    ``response`` is ``None`` if the contract documents no good answer; for a status without a body (204, 205, 304), it
    has neither schema nor examples. ``example`` names one of its examples; without one, the body is generated from
    ``response.schema``, or empty if there is none. ``is_usual`` means the usual good answer, which is a page if the
    operation is a list. ``applied`` has the preferences that the answer meets.
    """

    status: int
    response: Response | None
    example: str | None
    is_usual: bool
    applied: Preferences

    @property
    def value(self) -> Any:
        """The value of the example, or ``None`` without an example."""
        return None if self.response is None or self.example is None else self.response.examples[self.example]


def read_preferences(header: str | None) -> Preferences:
    """Return the preferences in a ``Prefer`` header, where several are joined by commas; the first of each name counts.

    Unknown preferences and parameters after ``;`` are ignored.
    """
    if not header:
        return NONE
    found: dict[str, str] = {}
    for name, value in _split(header):
        found.setdefault(name.lower(), value)
    preferences = Preferences(text=header)
    for name, value in found.items():
        quoted = _QUOTED.fullmatch(value)
        if value.startswith('"') and quoted is None:
            preferences = _faulty(preferences, name, value, "a closing quote")
        elif name in _READERS:
            plain = re.sub(r"\\(.)", r"\1", quoted[1], flags=re.DOTALL) if quoted is not None else value
            preferences = _READERS[name](preferences, plain)
    return preferences


def _split(header: str) -> Iterator[tuple[str, str]]:
    """Yield name and value of each preference; a missing value is the same as an empty one, as RFC 7240 says."""
    for member in _MEMBER.findall(header):
        head = _HEAD.match(member)
        name, _, value = ("" if head is None else head[0]).partition("=")
        if _TOKEN.fullmatch(name.strip()):
            yield name.strip(), value.strip()


def _code(preferences: Preferences, value: str) -> Preferences:
    if _STATUS.fullmatch(value):
        return replace(preferences, code=value)
    return _faulty(preferences, "code", value, "a status from 200 to 599, as in code=422")


def _example(preferences: Preferences, value: str) -> Preferences:
    if value:
        return replace(preferences, example=_decoded(value))
    return _faulty(preferences, "example", value, 'the name of an example, as in example=NAME or example="A NAME"')


def _dynamic(preferences: Preferences, value: str) -> Preferences:
    if value.lower() in ("", "true", "false"):
        return replace(preferences, dynamic=value.lower() != "false")
    return _faulty(preferences, "dynamic", value, "true or false")


def _wait(preferences: Preferences, value: str) -> Preferences:
    if _SECONDS.fullmatch(value):
        return replace(preferences, wait=min(float(value), MAX_WAIT))
    return _faulty(preferences, "wait", value, f"seconds from 0 to {MAX_WAIT:g}, as in wait=1.5")


_READERS = {"code": _code, "example": _example, "dynamic": _dynamic, "wait": _wait}


def _faulty(preferences: Preferences, name: str, value: str, expected: str) -> Preferences:
    fault = f"got '{name}={shown(value)}', expected {expected}"
    return replace(preferences, faults=(*preferences.faults, fault))


def _decoded(value: str) -> str:
    """Return the text of a header as UTF-8 if it is; HTTP hands it over as Latin-1."""
    try:
        return value.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return value


# Choosing -----------------------------------------------------------------------------------------------------------


def choose(operation: Operation, preferences: Preferences) -> Choice | tuple[Violation, ...]:
    """Return the documented answer that a valid request prefers, or the violations if the contract has no such answer.

    Without ``code``, this is the usual good answer. A status is documented by itself, by its class (``4XX``) or by
    ``default``. ``example`` overrides ``dynamic``; without either, the first example is chosen.
    """
    if preferences.faults:
        return tuple(_violation(preferences, fault) for fault in preferences.faults)
    usual = operation.success_status
    status = usual if preferences.code is None else int(preferences.code)
    response = operation.response(status)
    if response is None and preferences.code is not None:
        return (_violation(preferences, _no_code(operation, preferences.code)),)
    if response is not None and status in _NO_BODY:
        response = Response(response.status, response.description)
    examples = {} if response is None else response.examples
    if preferences.example is not None and preferences.example not in examples:
        return (_violation(preferences, _no_example(operation, status, preferences.example)),)
    example = _chosen_example(response, preferences)
    dynamic = _dynamic_applied(response, example, preferences)
    return Choice(
        status,
        response,
        example,
        is_usual=status == usual and preferences.example is None and dynamic is not False,
        applied=replace(preferences, dynamic=dynamic),
    )


def _chosen_example(response: Response | None, preferences: Preferences) -> str | None:
    """Return the name of the example that is the answer, or ``None`` for a generated or empty one."""
    if response is None or preferences.example is not None:
        return preferences.example
    if preferences.dynamic and response.schema is not None:
        return None
    return next(iter(response.examples), None)


def _dynamic_applied(response: Response | None, example: str | None, preferences: Preferences) -> bool | None:
    """Return ``dynamic`` if the answer meets it, by a generated value or by an example, otherwise ``None``."""
    if preferences.dynamic is None:
        return None
    is_generated = example is None and response is not None and response.schema is not None
    is_met = is_generated if preferences.dynamic else example is not None
    return preferences.dynamic if is_met else None


def applied(preferences: Preferences, choice: Choice | None = None) -> str:
    """Return the value of the header `APPLIED`: the preferences that were applied; empty if none was.

    Without a choice, as in a refusal, only ``wait`` is applied.
    """
    met = NONE if choice is None else choice.applied
    parts = {
        "code": met.code,
        "example": None if met.example is None else _word(met.example),
        "dynamic": None if met.dynamic is None else str(met.dynamic).lower(),
        "wait": None if preferences.wait is None else f"{preferences.wait:g}",
    }
    return ", ".join(f"{name}={value}" for name, value in parts.items() if value is not None)


def _word(name: str) -> str:
    """Return a name as a token or, if it is none, as a quoted string of printable ASCII."""
    if _TOKEN.fullmatch(name):
        return name
    plain = "".join(c if " " <= c <= "~" else c.encode("unicode_escape").decode() for c in name)
    return '"' + re.sub(r'(["\\])', r"\\\1", plain) + '"'


def _no_code(operation: Operation, code: str) -> str:
    return f"got 'code={code}', which {operation.id} does not document; available: {listed(operation.responses)}"


def _no_example(operation: Operation, status: int, name: str) -> str:
    response = operation.response(status)
    names = [] if response is None or status in _NO_BODY else list(response.examples)
    fault = f"got 'example={shown(name)}', which the answer {status} does not have; available: {listed(names)}"
    others = [code for code, other in operation.responses.items() if name in other.examples and code != "default"]
    if not others:
        return fault
    return f"{fault}; the answer {others[0]} has it: add code={others[0].replace('X', '0')}"


def _violation(preferences: Preferences, fault: str) -> Violation:
    return Violation(("header", HEADER), f"Value error, {fault}", "value_error", preferences.text, {"error": fault})
