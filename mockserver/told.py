"""What a running mock was told, by whoever controls it: the scenario that is on, and the records that are pinned.

Both are settings of the state, so that all who share it obey alike, and are read again when its version changes.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mockserver.errors import MockserverError
from mockserver.fixtures import Fixtures, parse_fixtures
from mockserver.scenarios import Scenario, scenario_of
from mockserver.semantics import ListSemantics
from mockserver.state import State

SCENARIO, FIXTURES = "scenario", "fixtures"


@dataclass(frozen=True)
class Told:
    """What was told, as of a version of the state. ``problem`` says what of it could not be obeyed."""

    version: Hashable
    scenario: Scenario | None
    fixtures: Fixtures | None
    problem: str | None = None


def read_told(state: State, version: Hashable, semantics: Sequence[ListSemantics], started: Scenario | None) -> Told:
    """What a state says; ``started`` is the scenario that is on where nobody said otherwise."""
    problems: list[str] = []
    scenario, fixtures = started, None
    text = state.setting(SCENARIO)
    if text is not None:
        said = json.loads(text)
        try:
            scenario = None if said is None else scenario_of(said["scenario"], run=said["run"])
        except MockserverError as error:
            problems.append(str(error))
    text = state.setting(FIXTURES)
    if text is not None:
        try:
            fixtures = parse_fixtures(json.loads(text), semantics, "the pinned records")
        except MockserverError as error:
            problems.append(str(error))
    return Told(version, scenario, fixtures, "; ".join(problems) or None)


def tell_scenario(state: State, said: Mapping[str, Any] | None) -> bool:
    """Put a scenario (plain JSON, known to be right) on, as a new run; or none at all. ``False`` if it was not kept."""
    run = uuid.uuid4().hex
    return state.set(SCENARIO, json.dumps(None if said is None else {"scenario": dict(said), "run": run}))


def tell_fixtures(state: State, data: Any) -> bool:
    """Pin these records (plain JSON, known to be right), or none. ``False`` if it was not kept."""
    return state.set(FIXTURES, None if data is None else json.dumps(data))
