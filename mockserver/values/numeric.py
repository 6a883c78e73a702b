"""Numbers within the bounds of a schema, and on the grid that ``multipleOf`` asks for."""

from __future__ import annotations

import math
from fractions import Fraction

from mockserver.contract import Schema
from mockserver.values.conforms import Unsatisfiable


def integer_within(schema: Schema, number: int) -> int:
    """Return the integer that a large ``number`` selects from those that the schema's keywords for numbers allow.

    Raises `Unsatisfiable` if they allow none.
    """
    step = Fraction(str(schema.get("multipleOf", 1)))
    return int(_on_grid(schema, Fraction(step.numerator), number))


def number_within(schema: Schema, number: int) -> int | float:
    """Return the number that a large ``number`` selects from those that the schema's keywords for numbers allow.

    Without ``multipleOf`` it is a multiple of 0.01, or of a smaller power of ten where the bounds are close to each
    other. Raises `Unsatisfiable` if no number is allowed.
    """
    if "multipleOf" in schema:
        step = Fraction(str(schema["multipleOf"]))
    else:
        low, high = _bounds(schema)
        step = Fraction(1, 100)
        while high - low < 20 * step and step > Fraction(1, 10**12):
            step /= 10
    found = _on_grid(schema, step, number)
    try:
        return int(found) if found.denominator == 1 else float(found)
    except OverflowError:
        raise Unsatisfiable("its bounds are larger than every floating-point number") from None


def _on_grid(schema: Schema, step: Fraction, number: int) -> Fraction:
    """Return the multiple of ``step`` within the schema's bounds that ``number`` selects."""
    low, high = _bounds(schema)
    first, last = math.ceil(low / step), math.floor(high / step)
    if "exclusiveMinimum" in schema and first * step <= Fraction(str(schema["exclusiveMinimum"])):
        first += 1
    if "exclusiveMaximum" in schema and last * step >= Fraction(str(schema["exclusiveMaximum"])):
        last -= 1
    if last < first:
        raise Unsatisfiable("no number is within its bounds")
    return (first + number % (last - first + 1)) * step


def _bounds(schema: Schema) -> tuple[Fraction, Fraction]:
    """Return the lowest and the highest number to choose from; 1,000 steps apart where one bound is missing."""
    lows = [Fraction(str(schema[k])) for k in ("minimum", "exclusiveMinimum") if k in schema]
    highs = [Fraction(str(schema[k])) for k in ("maximum", "exclusiveMaximum") if k in schema]
    if not lows and not highs:
        lows = [Fraction(0)]
    width = 1000 * max(Fraction(str(schema.get("multipleOf", 1))), Fraction(1))
    low = max(lows) if lows else min(highs) - width
    return low, min(highs) if highs else low + width
