"""Build the world of a seed: a dataset for each list operation, and the fingerprint that identifies all of them.

The time and the memory that this takes do not depend on the number of records.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from mockserver.errors import OptionError
from mockserver.semantics import ListSemantics
from mockserver.values.seeded import draw
from mockserver.values.text import Providers
from mockserver.world.domain import Domain, domain_of, settled_options
from mockserver.world.generic import DEFAULT_RECORDS, GenericDataset
from mockserver.world.model import LARGEST, Dataset, World

DEFAULT_SEED = "mockserver"
"""The seed of the default world."""

VERSION = 1
"""Part of every fingerprint. Raise it when the values of the world change."""


def build_world(
    semantics: Sequence[ListSemantics],
    domains: Sequence[Domain] = (),
    *,
    seed: str = DEFAULT_SEED,
    size: int | None = None,
    key: str | None = None,
    options: Mapping[str, int] | None = None,
) -> World:
    """Return the world of a seed; with ``key``, the world of its own that this key has.

    A list that one of the ``domains`` recognises gets that domain's dataset, any other a `GenericDataset`. ``size`` is
    the number of records of each list (``None``: the default); ``options`` are those of the domains, by name. Raises
    `OptionError` for a number out of range.
    """
    if size is not None and not 0 <= size <= LARGEST:
        raise OptionError(f"got size {size}, expected a number from 0 to {LARGEST}")
    if key is not None:
        seed = f"{draw(seed, 'key', key):032x}"
    settled = settled_options(domains, options or {}, size)
    providers = faker_providers(domains)
    datasets: dict[str, Dataset] = {}
    for one in semantics:
        domain = domain_of(one, domains)
        if domain is not None:
            datasets[one.operation.id] = domain.dataset(
                one, seed=seed, size=size, options=settled[domain.name], providers=providers
            )
        else:
            count = DEFAULT_RECORDS if size is None else size
            datasets[one.operation.id] = GenericDataset(one, seed=seed, size=count, providers=providers)
    named = {
        name: value
        for domain in domains
        if domain.options_in_every_fingerprint or any(map(domain.recognises, semantics))
        for name, value in settled[domain.name].items()
    }
    return World(_fingerprint(semantics, seed, size, named), seed, datasets, named)


def faker_providers(domains: Sequence[Domain]) -> Providers:
    """Return the functions of some domains that return Faker providers."""
    return tuple(make for domain in domains for make in domain.faker_providers)


def _fingerprint(semantics: Sequence[ListSemantics], seed: str, size: int | None, options: Mapping[str, int]) -> str:
    lists = [[s.operation.id, s.identity, sorted(s.filters.values()), _shape(s.item_schema, {})] for s in semantics]
    text = json.dumps([VERSION, seed, *options.values(), size, lists])
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()


def _shape(part: Any, seen: dict[int, int]) -> Any:
    """Return a schema as plain JSON without titles and descriptions; a part that occurs again is a number."""
    if not isinstance(part, (dict, list)):
        return part
    if id(part) in seen:
        return seen[id(part)]
    seen[id(part)] = len(seen)
    if isinstance(part, list):
        return [_shape(p, seen) for p in part]
    return [[k, _shape(v, seen)] for k, v in part.items() if k not in ("title", "description")]
