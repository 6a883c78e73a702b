"""Domains provide more realistic data for the lists that they recognise. `installed` finds them.

Any package can add a domain through the entry-point group ``mockserver.domains`` (docs/domains.md).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib.metadata import entry_points

from mockserver.errors import OptionError
from mockserver.world.domain import Domain

GROUP = "mockserver.domains"
"""The entry-point group; each entry names a `Domain` or a subclass of it."""


@cache
def installed() -> tuple[Domain, ...]:
    """Return the domains of this environment: the wallet domain, then those of other packages by name of their entry.

    Raises `OptionError` for an entry that cannot be loaded.
    """
    from mockserver.domains.wallets import WALLETS

    others = sorted((entry for entry in entry_points(group=GROUP) if entry.name != WALLETS.name), key=lambda e: e.name)
    return (WALLETS, *(_loaded(entry.name, entry.load) for entry in others))


def _loaded(name: str, load: Callable[[], object]) -> Domain:
    try:
        found = load()
        domain = found() if isinstance(found, type) else found
    except Exception as error:  # code of another package, which may raise anything
        raise OptionError(
            f"cannot load the domain '{name}' of the entry-point group {GROUP}: {type(error).__name__}: {error}; "
            "fix or uninstall its package"
        ) from error
    if not isinstance(domain, Domain):
        raise OptionError(
            f"the entry '{name}' of the entry-point group {GROUP}: got {domain!r}, "
            "expected a mockserver.world.domain.Domain or a subclass of it"
        )
    return domain
