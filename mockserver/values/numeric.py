"""Numbers within the bounds of a schema, and on the grid that it asks for."""

from __future__ import annotations

import math
from fractions import Fraction

from mockserver.contract import Schema
from mockserver.values.conforms import Misfit


def integer_within(schema: Schema, number: int) -> int:
    """A whole number that the schema's bounds and ``multipleOf`` allow, by a large ``number``; `Misfit` if none is."""
    step = Fraction(str(schema.get("multipleOf", 1)))
    return int(_on_grid(schema, Fraction(step.numerator), number))


def number_within(schema: Schema, number: int) -> int | float:
    """The like of `integer_within` on a grid of hundredths, or of a finer step where the bounds are near each other."""
    if "multipleOf" in schema:
        step = Fraction(str(schema["multipleOf"]))
    else:
        low, high = _bounds(schema)
        step = Fraction(1, 100)
        while high - low < 20 * step and step > Fraction(1, 10**12):
            step /= 10
    found = _on_grid(schema, step, number)
    return int(found) if found.denominator == 1 else float(found)


def _on_grid(schema: Schema, step: Fraction, number: int) -> Fraction:
    """A multiple of ``step`` within the schema's bounds."""
    low, high = _bounds(schema)
    first, last = math.ceil(low / step), math.floor(high / step)
    first += "exclusiveMinimum" in schema and first * step <= Fraction(str(schema["exclusiveMinimum"]))
    last -= "exclusiveMaximum" in schema and last * step >= Fraction(str(schema["exclusiveMaximum"]))
    if last < first:
        raise Misfit("its bounds leave no number")
    return (first + number % (last - first + 1)) * step


def _bounds(schema: Schema) -> tuple[Fraction, Fraction]:
    """The range to draw a number from; where it is open, a thousand wide."""
    lows = [Fraction(str(schema[k])) for k in ("minimum", "exclusiveMinimum") if k in schema]
    highs = [Fraction(str(schema[k])) for k in ("maximum", "exclusiveMaximum") if k in schema]
    if not lows and not highs:
        lows = [Fraction(0)]
    wide = 1000 * max(Fraction(str(schema.get("multipleOf", 1))), Fraction(1))
    low = max(lows) if lows else min(highs) - wide
    return low, min(highs) if highs else low + wide
