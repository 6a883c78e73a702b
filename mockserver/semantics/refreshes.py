"""Recognises the parameter that refreshes records before an answer, and the times that it moves, by their words."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence

from mockserver.contract import Parameter, Schema, non_null
from mockserver.semantics.conventions import plain
from mockserver.semantics.likely import description, words
from mockserver.semantics.model import Refresh

_NAMES = frozenset(("refresh", "resync", "refetch"))
_VAGUE_NAMES = frozenset(("force", "fresh", "live", "sync", "synchronize", "synchronise", "update"))
"""Words in names that mean a refresh only where the description says so: ``sync`` may say that the answer waits."""

_OTHER_NAMES = frozenset(
    (
        *("async", "avoid", "disable", "exclude", "has", "include", "is", "last", "never", "no", "not", "only"),
        *("skip", "token", "with", "without"),
    )
)
_SAYS = re.compile(
    r"\brefresh(?:e[sd]|ing)?\b|\bre-?(?:sync|fetch)\w*|\bsync(?:s|ed|ing|hroni[sz]e[sd]?)?\b.{0,60}\b(?:from|before)\b|"
    r"\bfresh (?:sync|copy|data|values)\b|\bup[- ]to[- ]date\b",
    re.IGNORECASE | re.DOTALL,
)
_SAYS_OTHERWISE = re.compile(
    r"\b(?:skips?|without|not|don't|never|no|disables?|prevents?|suppress(?:es)?|only)\b[^.,;]{0,30}\b"
    r"(?:re-?)?(?:fresh|sync|fetch)",
    re.IGNORECASE,
)
_LEAVES_OUT = r"\b(?:ignor\w+|regardless|without|except|cannot|not|unless|all)\b[^.;]*"
_SYNC_TIME = re.compile(r"sync|refresh|(?:read|fetched|retrieved|polled|loaded) from", re.IGNORECASE)


def likely_refresh(
    flags: Sequence[Parameter], filters: Collection[str], properties: Mapping[str, Schema]
) -> Refresh | None:
    """Return the refresh that one of the boolean parameters asks for, or ``None``.

    Its scope is the filter that its description names.
    """
    flag = next((parameter for parameter in flags if _refreshes(parameter)), None)
    if flag is None:
        return None
    return Refresh(flag.name, _scope(flag.description, filters), _moved_times(properties))


def is_sync_time(name: str, schema: Schema) -> bool:
    """Return whether a time says when a record was last synced, by its name or description."""
    return _SYNC_TIME.search(f"{name} {description(schema)}") is not None


def _refreshes(parameter: Parameter) -> bool:
    name, text = words(parameter.name), parameter.description
    if name & _OTHER_NAMES or _SAYS_OTHERWISE.search(text):
        return False
    if name & _NAMES or plain(parameter.name).endswith("resync"):
        return True
    return bool(name & _VAGUE_NAMES) and _SAYS.search(text) is not None


def _scope(text: str, filters: Collection[str]) -> str | None:
    """Return the filter that is named first, and not as one that does not count."""
    found = {}
    for name in filters:
        mention = re.search(rf"\b{re.escape(name)}\b", text)
        if mention and not re.search(rf"{_LEAVES_OUT}\b{re.escape(name)}\b", text, re.IGNORECASE):
            found[name] = mention.start()
    return min(found, key=lambda name: found[name], default=None)


def _moved_times(properties: Mapping[str, Schema]) -> tuple[str, ...]:
    """Return the date-times that a refresh moves, the time of the sync itself first."""
    dates = [name for name, schema in properties.items() if non_null(schema).get("format") == "date-time"]
    named = [name for name in dates if re.search(r"updated|synced|refreshed", name, re.IGNORECASE)]
    times = named + [name for name in dates if name not in named and is_sync_time(name, properties[name])]
    # A plain updated_at may change for any reason, so it comes last.
    return tuple(sorted(times, key=lambda name: (plain(name) == "updatedat", not is_sync_time(name, properties[name]))))
