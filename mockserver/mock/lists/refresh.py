"""Apply a refresh to a record: times move forward, and pending amounts are settled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Context, Decimal, InvalidOperation
from typing import Any

from mockserver.values.instants import format_instant, parse_instant

_MAX_EXPONENT = 1000
_EXACT = Context(prec=4 * _MAX_EXPONENT)


def refreshed(
    record: Mapping[str, Any], *, instant: datetime, moves: Sequence[str], settles: tuple[str, str] | None
) -> dict[str, Any]:
    """Return a record as it is after a refresh at ``instant``; ``record`` itself does not change.

    Each property of ``moves`` becomes the later of its value and the instant (null becomes the instant). ``settles``
    names two properties: the first is added to the second, exactly, and becomes "0". Properties that the record lacks
    are not added (docs/specification.md, "Refresh").
    """
    fresh = dict(record)
    for name in moves:
        if name in fresh:
            before = parse_instant(fresh[name])
            if fresh[name] is None or (before is not None and before < instant):
                fresh[name] = format_instant(instant)
    if settles is not None:
        fresh |= _settled(fresh, *settles)
    return fresh


def _settled(record: Mapping[str, Any], source: str, target: str) -> dict[str, Any]:
    moved, present = _amount(record.get(source)), _amount(record.get(target))
    if moved is None or moved == 0 or target not in record or (present is None and record[target] is not None):
        return {}
    model = record[source] if present is None else record[target]
    total = _EXACT.add(moved, Decimal(0) if present is None else present)
    return {target: _like(model, total), source: _like(record[source], Decimal(0))}


def _amount(value: object) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, (str, int, float)) or len(str(value)) > _MAX_EXPONENT:
        return None
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        return None
    return amount if amount.is_finite() and abs(amount.adjusted()) < _MAX_EXPONENT else None


def _like(model: object, amount: Decimal) -> str | int | float:
    """Return the amount in the type of ``model``; text is in plain notation without trailing zeros."""
    if isinstance(model, int):
        return int(amount)
    if isinstance(model, float):
        return float(amount)
    text = f"{amount:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
