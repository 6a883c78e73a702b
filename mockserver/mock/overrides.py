"""Runtime settings that override how a mock was started: the active scenario, and fixtures.

Both are settings of the state, so that all who share it obey alike. They are read again when its version changes.
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
SOURCE = "the fixtures set while it runs"

ReadFixtures = Callable[[Any, Sequence[ListSemantics], str], Fixtures]


@dataclass(frozen=True)
class Overrides:
    """The runtime settings as of a version of the state.

    ``text`` is the setting that ``fixtures`` were read from; ``faults`` says what of each setting is invalid.
    """

    version: Hashable
    scenario: Scenario | None
    fixtures: Fixtures | None
    text: str | None = None
    faults: Mapping[str, str] = field(default_factory=dict)

    @property
    def problem(self) -> str | None:
        """What is invalid and therefore skipped; ``None`` if nothing is."""
        return "; ".join(self.faults.values()) or None

    def without_fixtures(self, why: str) -> Overrides:
        """Return the same without the fixtures, which do not fit."""
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
    """Return what a state holds; ``started`` is the scenario where it holds none. Invalid settings are skipped.

    ``operations`` are the contract's; fixtures that ``known`` has already are not read again.
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
    """Activate a scenario (valid plain JSON) as a new run, or none. Returns ``False`` if it was not kept."""
    setting = None if given is None else {"scenario": dict(given), "run": run or uuid.uuid4().hex}
    return state.set(SCENARIO, json.dumps(setting))


def set_fixtures(state: State, data: Any) -> bool:
    """Set the fixtures (valid plain JSON), or none. Returns ``False`` if they were not kept."""
    return state.set(FIXTURES, None if data is None else json.dumps(data))
