"""Snapshots of a mock between two changes, and how their worlds and engines are built."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from mockserver.contract import Contract, Schema, load_contract
from mockserver.mock.engine import Engine
from mockserver.mock.key_worlds import Worlds, computed_worlds
from mockserver.mock.messages import RefusalBody
from mockserver.mock.options import Options
from mockserver.mock.overrides import Overrides
from mockserver.semantics import ListSemantics, list_operations
from mockserver.state.base import State
from mockserver.values.instants import read_clock
from mockserver.world.fixtures import Fixtures, load_fixtures

if TYPE_CHECKING:
    from mockserver.values.text import Providers
    from mockserver.world.domain import Domain
    from mockserver.world.model import World


@dataclass(frozen=True)
class Source:
    """What was read from files: the contract, the semantics of its lists, and the fixtures."""

    contract: Contract
    semantics: tuple[ListSemantics, ...]
    fixtures: Fixtures | None

    @property
    def digest(self) -> tuple[str, str]:
        """The digests of contract and fixtures; equal for equal files."""
        return self.contract.digest, "" if self.fixtures is None else self.fixtures.digest

    @property
    def operations(self) -> tuple[str, ...]:
        """The ids of all operations."""
        return tuple(operation.id for operation in self.contract.operations)


@dataclass(frozen=True, eq=False)
class Snapshot:
    """A mock between two changes. Within one snapshot, the same request has the same answer, apart from scenarios."""

    source: Source
    engine: Engine
    overrides: Overrides


def read_source(options: Options) -> Source:
    """Read the contract and the fixtures that the options name. Raises `ContractError` and `FixtureError`."""
    given, fixtures = options.contract, options.fixtures
    contract = given if isinstance(given, Contract) else load_contract(given)
    # Searches and lists of plain values are answered as documented: their pages are not computed.
    semantics = tuple(s for s in list_operations(contract) if s.operation.method == "GET" and s.properties)
    return Source(contract, semantics, None if fixtures is None else load_fixtures(fixtures, semantics))


def build_worlds(
    source: Source, options: Options, domains: Sequence[Domain], fixtures: Fixtures | None = None
) -> Worlds:
    """Return the worlds of all keys, with the fixtures of the file and then those given.

    Raises `FixtureError` if fixtures do not fit the default world, and `ContractError` and `OptionError`.
    """
    loaded = [some for some in (source.fixtures, fixtures) if some is not None]
    return Worlds(source.semantics, computed_worlds(source.semantics, domains, options), loaded)


def build_engine(
    source: Source, options: Options, domains: Sequence[Domain], state: State, fixtures: Fixtures | None = None
) -> Engine:
    """Return the engine of a snapshot, after a rehearsal of all operations.

    Raises the exceptions of `build_worlds`, and `ContractError` for an answer that cannot be generated.
    """
    from mockserver.world.build import faker_providers

    engine = Engine(
        source.contract,
        build_worlds(source, options, domains, fixtures),
        semantics=source.semantics,
        state=state,
        clock=read_clock(options.clock) if isinstance(options.clock, str) else options.clock,
        generate=partial(_generate, faker_providers(domains)),
        api_keys=options.api_keys,
        isolate_keys=options.isolate_keys,
        refusal_body=_refusal_body(source.semantics, domains),
    )
    engine.rehearse()
    return engine


def _refusal_body(semantics: Sequence[ListSemantics], domains: Sequence[Domain]) -> RefusalBody | None:
    """Return the function by which the contract's domain words refusals, or ``None``."""
    from mockserver.world.domain import domain_of_contract

    domain = domain_of_contract(semantics, domains)
    return None if domain is None else domain.refusal


def _generate(providers: Providers, schema: Schema, world: World, path: tuple[str, ...]) -> Any:
    """Return a value that is not in a list, generated from the seed of the caller's world."""
    from mockserver.values.generate import generate

    return generate(schema, seed=world.seed, path=path, providers=providers)
