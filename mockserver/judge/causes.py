"""Names the cause of a finding without the data that showed it, so that the next run finds the same cause."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from mockserver.judge.exchange import Exchange
from mockserver.judge.laws.law import Finding
from mockserver.semantics import ListSemantics

_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"|`[^`]*`")
_DATA = re.compile(r"(?<![\w.])[\w.+:-]*\d[\w.+:,-]*(?<![.,:])")
"""Words with a digit in them: counts, sizes, ids, times."""

_BY_PARAMETER = ("no-crash", "limits", "error-shape")
"""Laws whose findings depend on which parameter was attacked, paging parameters included."""

_OF_WALKS = ("no-repeat", "walk-ends", "has-more", "limit-free", "replay", "back", "offset-slice", "page-slice")
"""Laws on how a list is walked: which filter shows such a fault first depends on the data, so none is named."""

_SIZES = re.compile(r"\bpage sizes? (?=\d|default).*")
"""The page sizes of a walk: which of them shows a fault first is chance."""

_SEPARATOR = " with "


def without_data(text: str) -> str:
    """Return a sentence with ``...`` in place of quoted texts, numbers and ids."""
    text = _SIZES.sub("some page size", _QUOTED.sub("'...'", text))
    return " ".join(_DATA.sub("...", text).split())


def cause_of(law: str, found: Finding, semantics: ListSemantics) -> str:
    """Return what is wrong, and with which parameters: ``a filtered page holds ... with chain_id, token_id``.

    Parameters that only page are left out, unless the law attacks each of them by itself; so are all parameters where
    the law speaks of walks.
    """
    names = [] if law in _OF_WALKS else _parameters(found.evidence, semantics, with_paging=law in _BY_PARAMETER)
    fact = without_data(found.fact)
    return f"{fact}{_SEPARATOR}{', '.join(names)}" if names else fact


def is_part_of(cause: str, other: str) -> bool:
    """Return whether the same is wrong in ``other``, with the same parameters or more of them."""
    fact, _, names = cause.partition(_SEPARATOR)
    other_fact, _, other_names = other.partition(_SEPARATOR)
    return fact == other_fact and set(_split(names)) <= set(_split(other_names))


def distinct(causes: Iterable[str]) -> list[str]:
    """Return the causes of which no other one is a part, each once, in their order."""
    unique = list(dict.fromkeys(causes))
    return [cause for cause in unique if not any(other != cause and is_part_of(other, cause) for other in unique)]


def _split(names: str) -> list[str]:
    return names.split(", ") if names else []


def _parameters(evidence: Sequence[Exchange], semantics: ListSemantics, *, with_paging: bool) -> list[str]:
    if not evidence:
        return []
    paging = {semantics.limit, semantics.offset, semantics.page, *semantics.cursors}
    names = {name for name, _ in evidence[-1].query}
    return sorted(names if with_paging else names - paging)
