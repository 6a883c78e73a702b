"""The bar above every page of the console: what is served, the active scenario, and what went wrong."""

from __future__ import annotations

from hashlib import blake2b
from typing import NamedTuple

from mockserver.mock.masking import masked
from mockserver.mock.runtime import Mock
from mockserver.values.encode import as_unicode

EDIT_FAULT = "The last edit has a fault. The version before it is served."
SETTINGS_FAULT = "Invalid runtime settings are skipped."


class Notice(NamedTuple):
    """A fault that the bar reports: ``title`` says what follows from it, ``text`` is its message.

    ``id`` differs for other texts.
    """

    title: str
    text: str
    id: str


class Bar(NamedTuple):
    """The contents of the bar.

    ``options`` are those of the active ``scenario``, which has counted ``requests``. Without a scenario they are empty.
    """

    title: str
    label: str
    seed: str
    scenario: str | None
    options: str
    requests: int
    notices: tuple[Notice, ...]

    @property
    def token(self) -> str:
        """A text that is equal for bars with equal contents."""
        return digest(repr(tuple(self)))


def bar_of(mock: Mock) -> Bar:
    """Return the bar as it is now."""
    snapshot = mock.snapshot()
    world, scenario = snapshot.engine.worlds(None), snapshot.overrides.scenario
    texts = ((EDIT_FAULT, mock.fault), (SETTINGS_FAULT, snapshot.overrides.problem))
    notices = tuple(Notice(title, as_unicode(text), digest(text)) for title, text in texts if text)
    # Options may contain bytes that are not UTF-8, which became lone surrogates.
    title, label, seed = (as_unicode(t) for t in (snapshot.engine.contract.title, world.label, world.seed))
    if scenario is None:
        return Bar(title, label, seed, None, "", 0, notices)
    options = {name: value for name, value in scenario.as_json().items() if name != "name" and value != ""}
    if scenario.key:
        options["key"] = masked(scenario.key)
    text = ", ".join(f"{name} {value}" for name, value in options.items())
    return Bar(title, label, seed, scenario.name, as_unicode(text), mock.state.ticks(scenario.run), notices)


def digest(text: str) -> str:
    """Return 16 hex digits that differ for other texts."""
    return blake2b(text.encode("utf-8", "replace"), digest_size=8).hexdigest()
