"""What a client prefers to be answered (RFC 7240, ``Prefer``), with the names that Prism's users know.

``code=422`` answers with that status, ``example=NAME`` with that example of the contract, ``dynamic=true`` with a value
made from the schema instead of an example, ``wait=SECONDS`` so much later. Preferences are asked for a valid request
only: its faults, a key that is missing and a path that there is not go before, so that nothing but ``wait`` is then
applied. What is preferred but cannot be had is a fault of the request, that names what there is. Pure: decides, and
answers nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from mockserver.contract import Operation, Response
from mockserver.errors import shown
from mockserver.mock.request.validation import Violation

HEADER = "Prefer"
APPLIED = "Preference-Applied"
MAX_WAIT = 60.0
"""Seconds that ``wait`` delays an answer at most; a longer one is taken as this."""

_NO_BODY = (204, 205, 304)
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_QUOTE = r'"(?:[^"\\]|\\.)*(?:"|\\?\Z)'  # or what begins as a quoted string, and never ends
_MEMBER = re.compile(rf'(?:[^",]|{_QUOTE})+', re.DOTALL)
_HEAD = re.compile(rf'(?:[^";]|{_QUOTE})*', re.DOTALL)
_STATUS = re.compile(r"[2-5][0-9]{2}")
_SECONDS = re.compile(r"[0-9]+(?:\.[0-9]+)?")


@dataclass(frozen=True)
class Preferences:
    """What one request prefers; ``None`` where it says nothing. ``wait`` is in seconds, 0 to `MAX_WAIT`.

    ``faults`` say what came and what was expected, for each preference that is malformed; ``text`` is the header.
    """

    code: str | None = None
    example: str | None = None
    dynamic: bool | None = None
    wait: float | None = None
    faults: tuple[str, ...] = ()
    text: str = ""

    @property
    def shapes(self) -> bool:
        """Whether another answer is preferred than the one that comes anyway, and not only a later one."""
        return self.code is not None or self.example is not None or self.dynamic is not None


NONE = Preferences()
"""Those of a request that says nothing."""


@dataclass(frozen=True)
class Choice:
    """Which documented answer it is to be.

    ``response`` is ``None`` where the contract documents no good answer at all; that of a status without a body (204,
    205, 304) has neither schema nor examples. ``example`` names one of its examples; without one, the body is made from
    ``response.schema``, or is empty where there is none. ``is_ordinary``: nothing else is asked for than the usual good
    answer, so that a list answers with its page. ``applied`` is what of the preferences it does.
    """

    status: int
    response: Response | None
    example: str | None
    is_ordinary: bool
    applied: Preferences

    @property
    def value(self) -> Any:
        """The example's value; ``None`` where there is no example."""
        return None if self.response is None or self.example is None else self.response.examples[self.example]


def read_preferences(header: str | None) -> Preferences:
    """The preferences in a ``Prefer`` header (several joined by commas), the first of each name.

    Names that are not ours are ignored, and so are parameters behind ``;``.
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
            preferences = _faulty(preferences, name, value, "a quote that ends")
        elif name in _READERS:
            plain = re.sub(r"\\(.)", r"\1", quoted[1], flags=re.DOTALL) if quoted is not None else value
            preferences = _READERS[name](preferences, plain)
    return preferences


def _split(header: str) -> Iterator[tuple[str, str]]:
    """Name and value of each preference; the value of a bare one is empty, as RFC 7240 wants."""
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
    fault = f"'{name}={shown(value)}' was preferred; expected is {expected}"
    return replace(preferences, faults=(*preferences.faults, fault))


def _decoded(value: str) -> str:
    """Text of a header, which HTTP hands over byte by byte, as the UTF-8 that it was if it was."""
    try:
        return value.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return value


# Choosing -----------------------------------------------------------------------------------------------------------


def choose(operation: Operation, preferences: Preferences) -> Choice | tuple[Violation, ...]:
    """The documented answer to a valid request of an operation, or why there is none as it was preferred.

    Without ``code`` it is the usual good answer. A code is documented by itself, by its class (``4XX``) or by
    ``default``. An example by name goes before ``dynamic``; without either the first example is taken.
    """
    if preferences.faults:
        return tuple(_violation(preferences, fault) for fault in preferences.faults)
    ordinary = operation.success_status
    status = ordinary if preferences.code is None else int(preferences.code)
    response = operation.response(status)
    if response is None and preferences.code is not None:
        return (_violation(preferences, _no_code(operation, preferences.code)),)
    if response is not None and status in _NO_BODY:
        response = Response(response.status, response.description)
    examples = {} if response is None else response.examples
    if preferences.example is not None and preferences.example not in examples:
        return (_violation(preferences, _no_example(operation, status, preferences.example)),)
    example = _chosen(response, preferences)
    dynamic = _dynamic_applied(response, example, preferences)
    return Choice(
        status,
        response,
        example,
        is_ordinary=status == ordinary and preferences.example is None and dynamic is not False,
        applied=replace(preferences, dynamic=dynamic),
    )


def _chosen(response: Response | None, preferences: Preferences) -> str | None:
    """The name of the example that is answered, if one is."""
    if response is None or preferences.example is not None:
        return preferences.example
    if preferences.dynamic and response.schema is not None:
        return None
    return next(iter(response.examples), None)


def _dynamic_applied(response: Response | None, example: str | None, preferences: Preferences) -> bool | None:
    """What was done of ``dynamic``, where anything was: a value made where one was wanted, or an example."""
    made = example is None and response is not None and response.schema is not None
    done = {True: made, False: example is not None, None: True}[preferences.dynamic]
    return preferences.dynamic if done else None


def applied(preferences: Preferences, choice: Choice | None = None) -> str:
    """What the `APPLIED` header says: what of the preferences was done; empty where nothing was.

    Without a choice, as in a refusal, that is ``wait`` alone.
    """
    done = Preferences() if choice is None else choice.applied
    parts = {
        "code": done.code,
        "example": None if done.example is None else _word(done.example),
        "dynamic": None if done.dynamic is None else str(done.dynamic).lower(),
        "wait": None if preferences.wait is None else f"{preferences.wait:g}",
    }
    return ", ".join(f"{name}={value}" for name, value in parts.items() if value is not None)


def _word(name: str) -> str:
    """A name as a token, else as a quoted string of printable ASCII."""
    if _TOKEN.fullmatch(name):
        return name
    plain = "".join(c if " " <= c <= "~" else c.encode("unicode_escape").decode() for c in name)
    return '"' + re.sub(r'(["\\])', r"\\\1", plain) + '"'


def _no_code(operation: Operation, code: str) -> str:
    there = ", ".join(operation.responses)
    return f"'code={code}' was preferred, which {operation.id} does not document; there are: {there}"


def _no_example(operation: Operation, status: int, name: str) -> str:
    response = operation.response(status)
    names = [] if response is None or status in _NO_BODY else list(response.examples)
    there = f"there are: {', '.join(names)}" if names else "it has none"
    elsewhere = [c for c, other in operation.responses.items() if name in other.examples and c != "default"]
    hint = f"; that of {elsewhere[0]} is had with code={elsewhere[0].replace('X', '0')}" if elsewhere else ""
    return f"'example={shown(name)}' was preferred, which the answer {status} does not have; {there}{hint}"


def _violation(preferences: Preferences, fault: str) -> Violation:
    return Violation(("header", HEADER), f"Value error, {fault}", "value_error", preferences.text, {"error": fault})
