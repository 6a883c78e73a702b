"""The worlds of a mock: one for requests without a key and, with ``--isolate-keys``, one for each key."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import replace
from threading import Lock
from typing import TYPE_CHECKING

from mockserver.errors import FixtureError

if TYPE_CHECKING:
    from mockserver.mock.options import Options
    from mockserver.semantics import ListSemantics
    from mockserver.world.domain import Domain
    from mockserver.world.fixtures import Fixtures
    from mockserver.world.model import World

MAX_WORLDS = 256
"""How many worlds of keys are kept in memory."""


class Worlds:
    """The worlds of all keys, each built at its first use. The default one and the latest ``capacity`` others are kept.

    Every world has the ``fixtures``; later ones replace earlier ones with the same identity. If fixtures do not fit the
    world of a key, they are skipped there, and its ``problem`` says why. Raises `OptionError`, `ContractError`, and
    `FixtureError` if fixtures do not fit the default world.
    """

    def __init__(
        self,
        semantics: Sequence[ListSemantics],
        build_one: Callable[[str | None], World],
        fixtures: Sequence[Fixtures] = (),
        *,
        capacity: int = MAX_WORLDS,
    ) -> None:
        from mockserver.world.with_fixtures import with_fixtures

        def build(key: str | None) -> World:
            world = build_one(key)
            for loaded in fixtures:
                try:
                    world = with_fixtures(world, semantics, loaded)
                except FixtureError as error:
                    if key is None:
                        raise
                    # They fit the default world; the world of a key has other records.
                    world = replace(world, problem=str(error))
            return world

        self._build: Callable[[str | None], World] = build
        self._default = build(None)
        self._others: OrderedDict[str, World] = OrderedDict()
        self._capacity = capacity
        self._lock = Lock()

    def __call__(self, key: str | None) -> World:
        """Return the world of a key, or the default one for ``None``."""
        if key is None:
            return self._default
        with self._lock:
            world = self._others.get(key) or self._build(key)
            self._others[key] = world
            self._others.move_to_end(key)
            if len(self._others) > self._capacity:
                self._others.popitem(last=False)
            return world


def computed_worlds(
    semantics: Sequence[ListSemantics], domains: Sequence[Domain], options: Options
) -> Callable[[str | None], World]:
    """Return a function that builds the computed world of a key, by the options of a mock."""
    from mockserver.world.build import DEFAULT_SEED, build_world

    def build(key: str | None) -> World:
        return build_world(
            semantics,
            domains,
            seed=options.seed or DEFAULT_SEED,
            size=options.size,
            key=key,
            options=options.domain_options,
        )

    return build
