"""What a running mock was told, by whoever controls it: the scenario that is on, and the records that are pinned.

Both are settings of the state, so that all who share it obey alike, and are read again when its version changes.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from mockserver.errors import MockserverError
from mockserver.mock.scenarios.kinds import Scenario, scenario_of
from mockserver.semantics import ListSemantics
from mockserver.state.base import State
from mockserver.world.fixtures import Fixtures, parse_fixtures

SCENARIO, FIXTURES = "scenario", "fixtures"
PINNED = "the pinned records"


@dataclass(frozen=True)
class Told:
    """What was told, as of a version of the state.

    ``pins`` is the setting that ``fixtures`` were read from; ``faults`` say what of each setting cannot be obeyed.
    """

    version: Hashable
    scenario: Scenario | None
    fixtures: Fixtures | None
    pins: str | None = None
    faults: Mapping[str, str] = field(default_factory=dict)

    @property
    def problem(self) -> str | None:
        """What cannot be obeyed, for a reader; ``None`` if all is."""
        return "; ".join(self.faults.values()) or None

    def without_pins(self, why: str) -> Told:
        """The same, but for the records, which do not fit."""
        return replace(self, fixtures=None, faults={**self.faults, FIXTURES: why})


def read_told(
    state: State,
    version: Hashable,
    semantics: Sequence[ListSemantics],
    *,
    operations: tuple[str, ...],
    started: Scenario | None,
    known: Told | None = None,
) -> Told:
    """What a state says; ``started`` is the scenario that is on where nobody said otherwise.

    ``operations`` are the contract's; records that are told as they were to ``known`` are not read again.
    """
    scenario, faults = started, dict[str, str]()
    text = state.setting(SCENARIO)
    if text is not None:
        said = json.loads(text)
        try:
            scenario = None if said is None else scenario_of(said["scenario"], operations=operations, run=said["run"])
        except MockserverError as error:
            scenario, faults[SCENARIO] = None, str(error)
    pins = state.setting(FIXTURES)
    if known is not None and known.pins == pins:
        faults |= {FIXTURES: known.faults[FIXTURES]} if FIXTURES in known.faults else {}
        return Told(version, scenario, known.fixtures, pins, faults)
    told = Told(version, scenario, None, pins, faults)
    try:
        return told if pins is None else replace(told, fixtures=parse_fixtures(json.loads(pins), semantics, PINNED))
    except MockserverError as error:
        return told.without_pins(str(error))


def tell_scenario(state: State, said: Mapping[str, Any] | None, *, run: str | None = None) -> bool:
    """Put a scenario (plain JSON, known to be right) on, as a new run; or none at all. ``False`` if it was not kept."""
    told = None if said is None else {"scenario": dict(said), "run": run or uuid.uuid4().hex}
    return state.set(SCENARIO, json.dumps(told))


def tell_fixtures(state: State, data: Any) -> bool:
    """Pin these records (plain JSON, known to be right), or none. ``False`` if it was not kept."""
    return state.set(FIXTURES, None if data is None else json.dumps(data))
