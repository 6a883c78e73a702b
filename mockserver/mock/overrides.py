"""Runtime settings, which override how a mock was started: the active scenario, and fixtures.

They are settings of the state, so they apply to all mocks that share it. They are read again when the version of the
state changes.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from mockserver.errors import MockserverError
from mockserver.mock.scenarios.model import Scenario
from mockserver.mock.scenarios.reading import scenario_of
from mockserver.semantics import ListSemantics
from mockserver.state.base import State
from mockserver.world.fixtures import Fixtures, parse_fixtures

SCENARIO, FIXTURES = "scenario", "fixtures"
SOURCE = "the fixtures set at runtime"
"""The source of these fixtures in messages."""

ReadFixtures = Callable[[Any, Sequence[ListSemantics], str], Fixtures]
"""Returns the fixtures in JSON data, for some lists and a source; raises `FixtureError`."""


@dataclass(frozen=True)
class Overrides:
    """The runtime settings at one version of the state.

    ``text`` is the setting from which ``fixtures`` were read; ``faults`` says why a setting is invalid, by its name.
    """

    version: Hashable
    scenario: Scenario | None
    fixtures: Fixtures | None
    text: str | None = None
    faults: Mapping[str, str] = field(default_factory=dict)

    @property
    def problem(self) -> str | None:
        """Why settings are invalid and were skipped, or ``None`` if all are valid."""
        return "; ".join(self.faults.values()) or None

    def without_fixtures(self, why: str) -> Overrides:
        """Return the same settings without the fixtures, for the reason given."""
        return replace(self, fixtures=None, faults={**self.faults, FIXTURES: why})


def read_overrides(
    state: State,
    version: Hashable,
    semantics: Sequence[ListSemantics],
    *,
    operations: tuple[str, ...],
    started: Scenario | None,
    known: Overrides | None = None,
    read_fixtures: ReadFixtures = parse_fixtures,
) -> Overrides:
    """Return the runtime settings in a state. Invalid settings are skipped and reported; they never cause a 5xx.

    ``operations`` are the ids of the contract's operations; ``started`` is the scenario if the state has none. Fixtures
    are not read again if they are those of ``known``.
    """
    scenario, faults = started, dict[str, str]()
    text = state.setting(SCENARIO)
    if text is not None:
        given = json.loads(text)
        try:
            scenario = (
                None if given is None else scenario_of(given["scenario"], operations=operations, run=given["run"])
            )
        except MockserverError as error:
            scenario, faults[SCENARIO] = None, str(error)
    text = state.setting(FIXTURES)
    if known is not None and known.text == text:
        faults |= {FIXTURES: known.faults[FIXTURES]} if FIXTURES in known.faults else {}
        return Overrides(version, scenario, known.fixtures, text, faults)
    overrides = Overrides(version, scenario, None, text, faults)
    if text is None:
        return overrides
    try:
        return replace(overrides, fixtures=read_fixtures(json.loads(text), semantics, SOURCE))
    except MockserverError as error:
        return overrides.without_fixtures(str(error))


def set_scenario(state: State, given: Mapping[str, Any] | None, *, run: str | None = None) -> bool:
    """Activate a scenario (valid plain JSON) as a new run, or none. Returns ``False`` if the change was not kept."""
    setting = None if given is None else {"scenario": dict(given), "run": run or uuid.uuid4().hex}
    return state.set(SCENARIO, json.dumps(setting))


def set_fixtures(state: State, data: Any) -> bool:
    """Set the fixtures (valid plain JSON), or remove them. Returns ``False`` if the change was not kept."""
    return state.set(FIXTURES, None if data is None else json.dumps(data))
