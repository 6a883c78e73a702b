"""A running mock: its current snapshot, its state, its journal and its counter.

A `Snapshot` never changes. The mock replaces it when files or runtime settings (`overrides`) have changed. If an edited
file has a fault, the mock keeps the last good snapshot.
"""

from __future__ import annotations

import logging
import threading
import uuid
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter_ns
from typing import TYPE_CHECKING, Any

from mockserver.contract import Contract, files_of
from mockserver.errors import MockserverError, NotKeptError
from mockserver.mock import journal_entries
from mockserver.mock.engine import Engine
from mockserver.mock.messages import Pair, Reply, Request, refusal
from mockserver.mock.options import Options
from mockserver.mock.overrides import Overrides, read_overrides, set_fixtures, set_scenario
from mockserver.mock.request.cors import Cors, is_preflight
from mockserver.mock.request.prefer import NONE
from mockserver.mock.response.finish import ReplyContext, finish
from mockserver.mock.scenarios.model import Scenario
from mockserver.mock.scenarios.reading import read_scenario, scenario_of
from mockserver.mock.snapshot import Snapshot, Source, build_engine, build_worlds, read_source
from mockserver.state.base import State
from mockserver.state.counters import Counter, Label, label_of
from mockserver.state.journal import Journal, MemoryJournal, Row
from mockserver.state.memory import MemoryState
from mockserver.world.fixtures import parse_fixtures

if TYPE_CHECKING:
    from mockserver.world.domain import Domain

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
"""Methods with a label of their own in the counter; others, which a caller may invent, are counted as ``other``."""

_LOG = logging.getLogger("mockserver")


@dataclass(frozen=True)
class Answered:
    """A reply, its entry for the journal and its label in the counter."""

    reply: Reply
    entry: bytes
    label: Label


class Mock:
    """A running mock. All methods are safe to call from several threads at once.

    ``fault`` says why the last edit of contract or fixtures was not applied; ``None`` if it was. Raises
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
        self._snapshot = self._first(read_source(self.options))

    # The snapshot --------------------------------------------------------------------------------------------------

    @property
    def engine(self) -> Engine:
        """The engine of the current snapshot."""
        return self.snapshot().engine

    def snapshot(self) -> Snapshot:
        """Return the current snapshot, with the runtime settings that the state has now."""
        snapshot = self._snapshot
        version = self.state.version()
        return snapshot if snapshot.overrides.version == version else self._next(version)

    def _next(self, version: Hashable) -> Snapshot:
        with self._lock:
            before = self._snapshot
            overrides = self._overrides(before.source, version, before.overrides)
            if overrides.text == before.overrides.text:
                self._snapshot = Snapshot(before.source, before.engine, overrides)
            else:
                self._snapshot = self._made(before.source, overrides)
            return self._snapshot

    def _first(self, source: Source) -> Snapshot:
        if self.options.scenario:
            given = self.options.scenario
            scenario = read_scenario(given) if isinstance(given, str) else given
            self._started = scenario_of(scenario, operations=source.operations, run=uuid.uuid4().hex)
            # The scenario of the start replaces one that an earlier start left in the state.
            set_scenario(self.state, scenario, run=self._started.run)
        return self._made(source, self._overrides(source, self.state.version()))

    def _overrides(self, source: Source, version: Hashable, known: Overrides | None = None) -> Overrides:
        return read_overrides(
            self.state,
            version,
            source.semantics,
            operations=source.operations,
            started=self._started,
            known=known,
        )

    def _made(self, source: Source, overrides: Overrides) -> Snapshot:
        """Return a snapshot; fixtures of the runtime settings that do not fit are skipped and reported."""
        if overrides.fixtures is not None:
            try:
                return Snapshot(
                    source, build_engine(source, self.options, self.domains, self.state, overrides.fixtures), overrides
                )
            except MockserverError as error:
                overrides = overrides.without_fixtures(str(error))
        return Snapshot(source, build_engine(source, self.options, self.domains, self.state), overrides)

    # Requests ------------------------------------------------------------------------------------------------------

    def answer(self, request: Request, query: str) -> Answered:
        """Answer a request and add it to the journal; ``query`` is its raw query string.

        A browser's preflight is answered, too, but has no entry in the journal. An error in the mock is logged with the
        request and answered with 500.
        """
        begun = perf_counter_ns()
        snapshot = self.snapshot()
        if self.cors is not None and is_preflight(request):
            headers = self.cors.preflight(request, snapshot.engine.methods(request.path))
            return Answered(Reply(204, headers), b"", ("", "OPTIONS", "204"))
        reply = self._reply(snapshot, request, query)
        method = request.method if request.method in METHODS else "other"
        label = label_of(reply.about.operation, method, reply.status)
        answered = Answered(reply, journal_entries.entry_of(request, query, reply), label)
        self.keep(answered.entry, answered.label, begun)
        return answered

    def _reply(self, snapshot: Snapshot, request: Request, query: str) -> Reply:
        origin = request.header("Origin")
        cors: tuple[Pair, ...] = ()
        if self.cors is not None and origin is not None:
            cors = self.cors.answer(origin)
        try:
            return snapshot.engine.handle(request, snapshot.overrides.scenario, cors=cors)
        except Exception:  # a fault of ours: it is logged with its request, and answered with a 500
            _LOG.exception(
                "cannot answer %s %s",
                request.method,
                journal_entries.shown_target(request, query, snapshot.engine.contract.key_parameters),
            )
            answer = refusal(500, "Internal Server Error", "This is an error in the mock; its log has the details.")
            label = snapshot.engine.worlds(None).label
            return finish(answer, ReplyContext(request, label, NONE, cors=cors))

    def keep(self, entry: bytes, label: Label, begun: int) -> None:
        """Add an answer to the journal and the counter; ``begun`` is a value of `time.perf_counter_ns`."""
        duration = perf_counter_ns() - begun
        self.journal.add(Row(journal_entries.now(), duration, entry))
        self.counter.count(label, duration)

    # Runtime settings ----------------------------------------------------------------------------------------------

    def activate(self, scenario: Mapping[str, Any] | None) -> Scenario | None:
        """Activate a scenario, or none (``None``), and return it. Raises `OptionError` and `NotKeptError`."""
        if scenario is not None:
            scenario_of(scenario, operations=self.snapshot().source.operations)
        _require_kept(set_scenario(self.state, scenario))
        return self.snapshot().overrides.scenario

    def set_fixtures(self, data: Any) -> None:
        """Replace the fixtures set before, or remove them (``None``). Raises `FixtureError` and `NotKeptError`."""
        source = self.snapshot().source
        if data is not None:
            # They have to fit before all mocks that share the state see them.
            fixtures = parse_fixtures(data, source.semantics, "the request")
            build_worlds(source, self.options, self.domains, fixtures)
        _require_kept(set_fixtures(self.state, data))
        self.snapshot()

    def fixtures(self) -> dict[str, list[dict[str, Any]]]:
        """Return the fixtures that `set_fixtures` has set, as complete records by operation id."""
        snapshot = self.snapshot()
        if snapshot.overrides.fixtures is None:
            return {}
        from mockserver.world.with_fixtures import fixture_records

        return fixture_records(snapshot.engine.worlds(None), snapshot.overrides.fixtures)

    def reset(self) -> None:
        """Return to the start: no refreshes, the fixtures of the file, the scenario of the start, an empty journal.

        Raises `NotKeptError`.
        """
        _require_kept(self.state.reset())
        self.journal.clear()

    # Edits ---------------------------------------------------------------------------------------------------------

    def files(self) -> Sequence[Path]:
        """Return the files of the current snapshot and, if the last edit has a fault, those that the edit refers to."""
        given, fixtures = self.options.contract, self.options.fixtures
        files = [*self._snapshot.source.contract.files, *([] if fixtures is None else [Path(fixtures)])]
        if not isinstance(given, Contract):
            # The given path, because it may be a link that is changed to another file.
            files += [Path(given), *(files_of(given) if self.fault is not None else ())]
        return list(dict.fromkeys(files))

    def reload(self) -> bool:
        """Read the files again, and return whether anything has changed. If they have a fault, nothing changes.

        Raises `ContractError`, `FixtureError`, `OptionError`, after the message was stored in ``fault``.
        """
        with self._lock:
            try:
                source = read_source(self.options)
                if source.digest == self._snapshot.source.digest and self.fault is None:
                    return False
                self._snapshot = self._made(source, self._overrides(source, self.state.version()))
            except MockserverError as error:
                self.fault = str(error)
                raise
            self.fault = None
            return True


def _require_kept(kept: bool) -> None:
    if not kept:
        raise NotKeptError("nothing was changed, because the shared state cannot be reached; try again later")
