"""Media types with their schemas and examples, and what has them: headers and request bodies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mockserver.contract.context import Context, description, extensions
from mockserver.contract.faults import Fault, Spot
from mockserver.contract.model import Encoding, Header, MediaType, RequestBody


def read_content(
    context: Context, holder: Mapping[str, Any], spot: Spot, *, with_encoding: bool = False
) -> dict[str, MediaType]:
    """Return the media types at the key ``content``."""
    found = {}
    for name, node in context.mapping(holder, "content", spot).items():
        media = _media_type(context, {} if node is None else node, spot.at("content", name), name, with_encoding)
        if media is not None:
            found[name] = media
    return found


def _media_type(context: Context, node: Any, spot: Spot, name: str, with_encoding: bool) -> MediaType | None:
    if not isinstance(node, dict):
        context.report(spot.fault(f"'{name}' must be a mapping"))
        return None
    schema = node.get("schema")
    return MediaType(
        schema=None if schema is None else context.schema(schema, spot.at("schema")),
        examples=read_examples(context, node, spot),
        encoding=_encodings(context.lenient, node, spot) if with_encoding else {},
    )


def read_examples(context: Context, holder: Mapping[str, Any], spot: Spot) -> dict[str, Any]:
    """Return values by the names of the examples; that of ``example`` has the name ``example``, and comes first."""
    found = {"example": holder["example"]} if "example" in holder else {}
    rows = holder.get("examples") or {}
    if not isinstance(rows, dict):
        context.report(spot.fault("'examples' must be a mapping of names", "examples"))
        return found
    for name, row in rows.items():
        try:
            example, _ = context.files.follow(row, spot.at("examples", name))
        except Fault as fault:
            context.report(fault)
            continue
        if isinstance(example, dict) and "value" in example:
            found[name] = example["value"]
    return found


def _encodings(context: Context, holder: Mapping[str, Any], spot: Spot) -> dict[str, Encoding]:
    return {
        name: Encoding(
            content_type=context.text(raw, "contentType", at),
            headers=read_headers(context, raw, at),
            style=context.text(raw, "style", at),
            explode=context.optional_flag(raw, "explode", at),
            allow_reserved=context.flag(raw, "allowReserved", at),
        )
        for name, raw, at in context.parts(holder, "encoding", spot)
    }


def read_headers(context: Context, holder: Mapping[str, Any], spot: Spot) -> dict[str, Header]:
    """Return the headers of a response or of an encoding, without ``Content-Type``, which the media type decides."""
    return {
        name: _header(context, raw, at)
        for name, raw, at in context.parts(holder, "headers", spot)
        if name.lower() != "content-type"
    }


def _header(context: Context, raw: Mapping[str, Any], spot: Spot) -> Header:
    content = read_content(context, raw, spot)
    style = context.text(raw, "style", spot)
    if style not in (None, "simple"):
        context.report(spot.fault(f"the header has 'style: {style}', expected simple", "style"))
    return Header(
        schema=read_schema(context, raw, content, spot),
        required=context.flag(raw, "required", spot),
        deprecated=context.flag(raw, "deprecated", spot),
        description=description(raw),
        explode=context.flag(raw, "explode", spot),
        content=content,
        examples=read_examples(context, raw, spot),
        extensions=extensions(raw),
    )


def read_schema(
    context: Context, raw: Mapping[str, Any], content: Mapping[str, MediaType], spot: Spot
) -> Mapping[str, Any]:
    """Return the schema of a header or parameter: that of its ``content`` if it has one, else its own, else ``{}``."""
    if "content" in raw:
        first = next(iter(content.values()), MediaType())
        return {} if first.schema is None else first.schema
    schema = raw.get("schema")
    return {} if schema is None else context.schema(schema, spot.at("schema"))


def read_request_body(context: Context, holder: Mapping[str, Any], spot: Spot) -> RequestBody | None:
    """Return the request body of an operation; none of its faults is raised."""
    if holder.get("requestBody") is None:
        return None
    part = context.lenient.part(holder["requestBody"], spot.at("requestBody"), "the request body")
    if part is None:
        return None
    raw, at = part
    if not raw.get("content"):
        context.lenient.report(at.fault("a request body needs 'content'", "content"))
    return RequestBody(
        content=read_content(context.lenient, raw, at, with_encoding=True),
        required=context.lenient.flag(raw, "required", at),
        description=description(raw),
    )
