"""The base class of domains, which provide more realistic data for the lists that they recognise.

A domain is a plug-in: a subclass of `Domain`, found through the entry-point group ``mockserver.domains`` and passed to
`build_world` (docs/domains.md).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mockserver.errors import OptionError, unknown
from mockserver.semantics import ListSemantics
from mockserver.values.text import Providers
from mockserver.world.model import LARGEST, Dataset


@dataclass(frozen=True)
class DomainOption:
    """An option of a domain: a number from 0 to `LARGEST`; ``--NAME`` on the command line."""

    name: str
    default: int
    help: str


class Domain:
    """Knows what the records of some lists mean. Subclasses override what they do differently."""

    name = ""
    """The name of the domain, which no other domain has."""

    options: tuple[DomainOption, ...] = ()
    """The options that the domain adds to ``serve`` and ``export``."""

    faker_providers: Providers = ()
    """Functions that return Faker provider classes, for ``x-faker`` in any contract."""

    options_in_every_fingerprint = False
    """Whether the options are part of the fingerprint of every world, also of one without a list of the domain."""

    def recognises(self, semantics: ListSemantics) -> bool:
        """Return whether the domain provides the records of a list."""
        return False

    def dataset(
        self,
        semantics: ListSemantics,
        *,
        seed: str,
        size: int | None,
        options: Mapping[str, int],
        providers: Providers = (),
    ) -> Dataset:
        """Return the dataset of a list that the domain recognises.

        ``size`` is the number of records, or ``None`` if the user gave none; ``providers`` return the Faker providers
        of all domains. Raises `ContractError` and `OptionError`.
        """
        raise NotImplementedError

    def settle(self, options: Mapping[str, int], size: int | None) -> Mapping[str, int]:
        """Return the value of every option: the given one or the default; ``size`` may determine some of them."""
        return {option.name: options.get(option.name, option.default) for option in self.options}

    def refusal(self, status: int, error: str, suggestion: str) -> Any:
        """Return the JSON body of a refusal that the contract does not document, or ``None`` for the default body."""
        return None


def settled_options(domains: Sequence[Domain], given: Mapping[str, int], size: int | None) -> dict[str, dict[str, int]]:
    """Return the options of each domain (name to value), by the domain's name.

    Raises `OptionError` for an unknown option, for a number out of range, and if two domains, or two options, have the
    same name.
    """
    known = [option.name for domain in domains for option in domain.options]
    for kind, names in (("domains", [domain.name for domain in domains]), ("options of domains", known)):
        for name in names:
            if names.count(name) > 1:
                raise OptionError(f"two {kind} are named '{name}'; rename one of them")
    for name, number in given.items():
        if name not in known:
            raise OptionError(unknown("option", name, known))
        if not 0 <= number <= LARGEST:
            raise OptionError(f"got {name} {number}, expected a number from 0 to {LARGEST}")
    return {domain.name: dict(domain.settle(given, size)) for domain in domains}


def domain_of(semantics: ListSemantics, domains: Sequence[Domain]) -> Domain | None:
    """Return the first domain that recognises a list, or ``None``."""
    return next((domain for domain in domains if domain.recognises(semantics)), None)


def domain_of_contract(semantics: Sequence[ListSemantics], domains: Sequence[Domain]) -> Domain | None:
    """Return the first domain that recognises any of the lists, or ``None``; it words the contract's refusals."""
    return next((domain for domain in domains if any(map(domain.recognises, semantics))), None)
