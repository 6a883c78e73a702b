"""The worlds of one server: that of no key, those of the keys that have one of their own, each with its fixtures."""

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


class Worlds:
    """The world of each key, built when first asked for; the default one and the latest others are kept.

    ``pins`` are fixtures that every world holds; later ones win where they name the same record. A key's own world that
    they do not fit goes without, and says so (``problem``). Raises `OptionError`, `ContractError`, `FixtureError`.
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
                    # They were made for the world of no key; another has other records.
                    world = replace(world, problem=str(error))
            return world

        self._build: Callable[[str | None], World] = build
        self._default = build(None)
        self._others: OrderedDict[str, World] = OrderedDict()
        self._capacity = capacity
        self._lock = Lock()

    def __call__(self, key: str | None) -> World:
        """The world of a key."""
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
    """Return what builds the computed world of a key, by the options of a mock."""
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
