"""Parameters of paths and operations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mockserver.contract.content import read_content, read_examples, read_schema
from mockserver.contract.context import Context, description, extensions
from mockserver.contract.faults import Fault, Spot
from mockserver.contract.model import LOCATIONS, Parameter

_STYLES = {
    "query": ("form", "spaceDelimited", "pipeDelimited", "deepObject"),
    "path": ("simple", "label", "matrix"),
    "header": ("simple",),
    "cookie": ("form",),
}
"""The styles that each location can have (OpenAPI 3.1, Parameter Object)."""


def read_parameters(context: Context, holder: Mapping[str, Any], spot: Spot) -> list[Parameter]:
    """Return the parameters that a path item or an operation declares itself."""
    rows = holder.get("parameters")
    if rows is not None and not isinstance(rows, list):
        context.report(spot.fault("'parameters' must be a list", "parameters"))
        return []
    found: dict[tuple[str, str], Parameter] = {}
    for index, row in enumerate(rows or ()):
        at = spot.at("parameters", str(index))
        parameter = _parameter(context, row, at)
        if parameter is None:
            continue
        if (parameter.location, parameter.name) in found:
            context.report(at.fault(f"duplicate {parameter.location} parameter '{parameter.name}'"))
        found[parameter.location, parameter.name] = parameter
    return list(found.values())


def _parameter(context: Context, row: Any, spot: Spot) -> Parameter | None:
    try:
        raw, spot = context.files.follow(row, spot)
    except Fault as fault:
        context.lost(fault)
        return None
    try:
        _check(raw, spot)
    except Fault as fault:
        context.report(fault)
        return None
    context = context.lenient
    content = read_content(context, raw, spot)
    return Parameter(
        name=raw["name"],
        location=raw["in"],
        schema=read_schema(context, raw, content, spot),
        required=context.flag(raw, "required", spot),
        deprecated=context.flag(raw, "deprecated", spot),
        description=description(raw),
        extensions=extensions(raw),
        declared_style=_style(context, raw, spot),
        declared_explode=context.optional_flag(raw, "explode", spot),
        content=content,
        examples=read_examples(context, raw, spot),
        allow_empty_value=context.flag(raw, "allowEmptyValue", spot),
        allow_reserved=context.flag(raw, "allowReserved", spot),
    )


def _check(raw: Any, spot: Spot) -> None:
    """Raise `Fault` for what cannot be read as a parameter."""
    if not isinstance(raw, dict) or not isinstance(raw.get("name"), str):
        raise spot.fault("a parameter needs a 'name'")
    name, location = raw["name"], raw.get("in")
    if location is None:
        raise spot.fault(f"the parameter '{name}' has no 'in', expected one of {', '.join(LOCATIONS)}")
    if location not in LOCATIONS:
        raise spot.fault(f"the parameter '{name}' has 'in: {location}', expected one of {', '.join(LOCATIONS)}", "in")


def _style(context: Context, raw: Mapping[str, Any], spot: Spot) -> str | None:
    style = context.text(raw, "style", spot)
    allowed = _STYLES[raw["in"]]
    if style is None or style in allowed:
        return style
    expected = allowed[0] if len(allowed) == 1 else f"one of {', '.join(allowed)}"
    text = f"the {raw['in']} parameter '{raw['name']}' has 'style: {style}', expected {expected}"
    context.report(spot.fault(text, "style"))
    return None
