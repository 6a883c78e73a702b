"""A running mock: the engine of the moment, what it remembers, what it was told, and what it has done.

An edit of the contract or of the fixtures makes another engine; one that cannot be made leaves the last good one where
it is. What was told (`told`) makes one too, where records are pinned: so an engine never changes, it is replaced.
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter_ns
from typing import TYPE_CHECKING, Any

from mockserver.contract import Contract, Schema, files_of, load_contract
from mockserver.errors import MockserverError, NotKeptError
from mockserver.mock import journal_entries
from mockserver.mock.engine import Engine
from mockserver.mock.key_worlds import Worlds, computed_worlds
from mockserver.mock.messages import RefusalBody, Reply, Request
from mockserver.mock.options import Options
from mockserver.mock.overrides import Told, read_told, tell_fixtures, tell_scenario
from mockserver.mock.request.cors import Cors, is_preflight
from mockserver.mock.scenarios.kinds import Scenario, read_scenario, scenario_of
from mockserver.semantics import ListSemantics, list_operations
from mockserver.state.base import State
from mockserver.state.counters import Counter, Label, label_of
from mockserver.state.journal import Journal, MemoryJournal, Row
from mockserver.state.memory import MemoryState
from mockserver.values.instants import read_clock
from mockserver.world.fixtures import Fixtures, load_fixtures, parse_fixtures

if TYPE_CHECKING:
    from mockserver.world.domain import Domain
    from mockserver.world.model import World


METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


@dataclass(frozen=True)
class Source:
    """What a mock was made from: the contract, and the records that a file pins."""

    contract: Contract
    fixtures: Fixtures | None

    @property
    def digest(self) -> tuple[str, str]:
        """Equal for the same bytes."""
        return self.contract.digest, "" if self.fixtures is None else self.fixtures.digest


@dataclass(frozen=True, eq=False)
class Moment:
    """A mock as it is between two changes: while it is the same object, the same request has the same answer."""

    source: Source
    engine: Engine
    told: Told


@dataclass(frozen=True)
class Answered:
    """A reply, and what the journal and the tally say of it."""

    reply: Reply
    note: bytes
    label: Label


class Mock:
    """One mock. Every method is safe to call from several threads at once.

    ``fault`` says why the last edit of the contract or the fixtures was not taken, or is ``None``. Raises
    `ContractError`, `FixtureError` and `OptionError`.
    """

    def __init__(
        self,
        options: Options,
        *,
        domains: Sequence[Domain] = (),
        state: State | None = None,
        journal: Journal | None = None,
        counter: Any = None,
    ) -> None:
        self.options = options
        self.domains = tuple(domains)
        self.state = state if state is not None else MemoryState()
        self.journal = journal if journal is not None else MemoryJournal()
        self.counter = counter if counter is not None else Counter()
        self.fault: str | None = None
        self.cors = Cors(options.cors_origins or None) if options.cors else None
        self._lock = threading.RLock()
        self._started: Scenario | None = None
        self._moment = self._first(self._read())

    # The moment ----------------------------------------------------------------------------------------------------

    @property
    def engine(self) -> Engine:
        """The engine of the moment."""
        return self.look().engine

    def look(self) -> Moment:
        """The mock as it is now: what others have told the state meanwhile is obeyed."""
        moment = self._moment
        version = self.state.version()
        return moment if moment.told.version == version else self._turn(version)

    def _turn(self, version: Hashable) -> Moment:
        with self._lock:
            before = self._moment
            told = self._told(before.source, version, before.told)
            if told.pins == before.told.pins:
                self._moment = Moment(before.source, before.engine, told)
            else:
                self._moment = self._made(before.source, told)
            return self._moment

    def _first(self, source: Source) -> Moment:
        if self.options.scenario:
            given = self.options.scenario
            said = read_scenario(given) if isinstance(given, str) else given
            self._started = scenario_of(said, operations=_operations(source.contract), run=uuid.uuid4().hex)
            # What is said at a start goes before what an earlier one left in the state.
            tell_scenario(self.state, said, run=self._started.run)
        return self._made(source, self._told(source, self.state.version()))

    def _told(self, source: Source, version: Hashable, known: Told | None = None) -> Told:
        operations, semantics = _operations(source.contract), list_operations(source.contract)
        return read_told(self.state, version, semantics, operations=operations, started=self._started, known=known)

    def _made(self, source: Source, told: Told) -> Moment:
        """A moment; what was told and does not fit is left out, and said to be."""
        if told.fixtures is not None:
            try:
                return Moment(source, self._engine(source, told.fixtures), told)
            except MockserverError as error:
                told = told.without_pins(str(error))
        return Moment(source, self._engine(source, None), told)

    def _engine(self, source: Source, told: Fixtures | None) -> Engine:
        options = self.options
        semantics = list_operations(source.contract)
        pins = [fixtures for fixtures in (source.fixtures, told) if fixtures is not None]
        engine = Engine(
            source.contract,
            Worlds(semantics, computed_worlds(semantics, self.domains, options), pins),
            state=self.state,
            clock=read_clock(options.clock) if isinstance(options.clock, str) else options.clock,
            fake=_fake,
            semantics=semantics,
            api_keys=options.api_keys,
            isolate_keys=options.isolate_keys,
            refusal_body=self._refusal_body(semantics),
        )
        engine.rehearse()
        return engine

    def _refusal_body(self, semantics: Sequence[ListSemantics]) -> RefusalBody | None:
        """Return how the contract's domain words a refusal that the contract does not document."""
        from mockserver.world.domain import domain_of_contract

        domain = domain_of_contract(semantics, self.domains)
        return None if domain is None else domain.refusal

    # Requests ------------------------------------------------------------------------------------------------------

    def answer(self, request: Request, query: str) -> Answered:
        """The answer to a request of the contract, which is noted; ``query`` is its query string as it came.

        A browser's preflight is answered too, and not noted.
        """
        begun = perf_counter_ns()
        moment = self.look()
        if self.cors is not None and is_preflight(request):
            return self._preflight(self.cors, moment, request)
        reply = moment.engine.handle(request, moment.told.scenario)
        origin = request.header("Origin")
        if self.cors is not None and origin is not None:
            reply = reply.with_headers(self.cors.answer(origin))
        method = request.method if request.method in METHODS else "other"
        label = label_of(reply.about.operation, method, reply.status)
        answered = Answered(reply, journal_entries.note(request, query, reply), label)
        self.noted(answered.note, answered.label, begun)
        return answered

    def _preflight(self, cors: Cors, moment: Moment, request: Request) -> Answered:
        headers = cors.preflight(request, moment.engine.methods(request.path))
        return Answered(Reply(204, headers), b"", ("", "OPTIONS", "204"))

    def noted(self, note: bytes, label: Label, begun: int) -> None:
        """Keep an answer in the journal and the tally; ``begun`` is of `time.perf_counter_ns`."""
        duration = perf_counter_ns() - begun
        self.journal.add(Row(journal_entries.now(), duration, note))
        self.counter.count(label, duration)

    # What it is told -----------------------------------------------------------------------------------------------

    def play(self, said: Mapping[str, Any] | None) -> Scenario | None:
        """Put a scenario on, or none; it counts from its first request. Raises `OptionError` and `NotKeptError`."""
        if said is not None:
            scenario_of(said, operations=_operations(self.engine.contract))
        _kept(tell_scenario(self.state, said))
        return self.look().told.scenario

    def pin(self, data: Any) -> None:
        """Pin these records instead of those pinned before, or none. Raises `FixtureError` and `NotKeptError`."""
        moment = self.look()
        if data is not None:
            # Made once before all who share the state are told to.
            self._engine(moment.source, parse_fixtures(data, moment.engine.semantics, "the request"))
        _kept(tell_fixtures(self.state, data))
        self.look()

    def pinned(self) -> dict[str, list[dict[str, Any]]]:
        """The records that `pin` pinned, whole, by operation."""
        moment = self.look()
        if moment.told.fixtures is None:
            return {}
        from mockserver.world.with_fixtures import fixture_records

        return fixture_records(moment.engine.worlds(None), moment.told.fixtures)

    def reset(self) -> None:
        """Back to the start: no refreshes, nothing pinned but by the file, the scenario of the start, no journal.

        Raises `NotKeptError`.
        """
        _kept(self.state.reset())
        self.journal.clear()

    # Edits ---------------------------------------------------------------------------------------------------------

    def files(self) -> Sequence[Path]:
        """The files that it was made from and, while an edit cannot be taken, those that the edit names."""
        given, pins = self.options.contract, self.options.fixtures
        files = [*self._moment.source.contract.files, *([] if pins is None else [Path(pins)])]
        if not isinstance(given, Contract):
            # As it was given: a link may be pointed elsewhere.
            files += [Path(given), *(files_of(given) if self.fault is not None else ())]
        return list(dict.fromkeys(files))

    def reload(self) -> bool:
        """Take the files as they are now; whether anything changed. What cannot be served leaves everything as it was.

        Raises `ContractError`, `FixtureError`, `OptionError`, after `fault` was set.
        """
        with self._lock:
            try:
                source = self._read()
                if source.digest == self._moment.source.digest and self.fault is None:
                    return False
                self._moment = self._made(source, self._told(source, self.state.version()))
            except MockserverError as error:
                self.fault = str(error)
                raise
            self.fault = None
            return True

    def _read(self) -> Source:
        given = self.options.contract
        contract = given if isinstance(given, Contract) else load_contract(given)
        pins = self.options.fixtures
        return Source(contract, None if pins is None else load_fixtures(pins, list_operations(contract)))


def _operations(contract: Contract) -> tuple[str, ...]:
    return tuple(operation.id for operation in contract.operations)


def _kept(done: bool) -> None:
    if not done:
        raise NotKeptError("nothing of it was kept: the shared state cannot be reached; try again when it is back")


def _fake(schema: Schema, world: World, path: tuple[str, ...]) -> Any:
    """A value outside the lists, by the world's seed (which is the key's own where keys have worlds of their own)."""
    from mockserver.values.generate import generate

    return generate(schema, seed=world.seed, path=path)
