"""One OpenAPI document, read: its operations, with every fault at its file and line."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from mockserver.contract.bundle import Bundle
from mockserver.contract.dialect import Schemas
from mockserver.contract.documents import Spot
from mockserver.contract.model import (
    JSON_MEDIA,
    KEY_NAME,
    LOCATIONS,
    METHODS,
    Contract,
    Operation,
    Parameter,
    Place,
    Response,
)
from mockserver.contract.references import Files
from mockserver.errors import ContractError

_KEY_HEADER = re.compile(r"api[-_]?key|^authorization$", re.IGNORECASE)


class Reader:
    """Reads one contract, from a file or from a document that is parsed already."""

    def __init__(self, path: Path, document: Mapping[str, Any] | None = None) -> None:
        self.files = Files(path, document)
        self.root = Spot(self.files.main)

    def contract(self) -> Contract:
        """The contract; raises `ContractError`."""
        document = self.files.main.data
        if document is None:
            raise self.root.fault("the file is empty")
        if not isinstance(document, dict):
            raise self.root.fault("an OpenAPI document is a mapping; this file holds something else")
        version = self._version(document)
        self.schemas = Schemas(self.files, is_3_0=version.startswith("3.0"))
        info = document.get("info")
        try:
            operations = tuple(self._operations(document))
        except RecursionError:
            raise self.root.fault("not readable: it nests too deeply") from None
        bundle = Bundle(self.files)
        read = self.files.by_path
        return Contract(
            source=self.files.main.shown,
            title=str(info.get("title", "")) if isinstance(info, dict) else "",
            version=version,
            operations=operations,
            digest=hashlib.sha256(b"\0".join(read[p].bytes for p in sorted(read))).hexdigest(),
            document=document,
            files=tuple(self.files.tried),
            bundle=bundle,
        )

    def _version(self, document: Mapping[str, Any]) -> str:
        understood = "OpenAPI 3.0 and 3.1 documents are understood"
        version = document.get("openapi")
        if version is None and "swagger" in document:
            raise self.root.fault(f"this is Swagger {document['swagger']}; {understood}", "swagger")
        if version is None:
            raise self.root.fault(f"no 'openapi' field; {understood}")
        if not re.match(r"3\.[01](?:\.|$)", str(version)):
            raise self.root.fault(f"'openapi: {version}'; {understood}", "openapi")
        return str(version)

    def _operations(self, document: Mapping[str, Any]) -> Iterator[Operation]:
        paths = document.get("paths")
        if not isinstance(paths, dict) or not paths:
            raise self.root.fault("'paths' is missing or empty: there is nothing to serve", "paths")
        seen: dict[str, str] = {}
        for path, raw_item in paths.items():
            if path.startswith("x-"):
                continue
            spot = self.root.at("paths", path)
            if not path.startswith("/"):
                raise spot.fault(f"the path '{path}' must begin with '/'")
            item, spot = self.files.follow(raw_item, spot)
            if not isinstance(item, dict):
                raise spot.fault(f"'{path}' must be a mapping of methods")
            for method in (m for m in METHODS if m in item):
                operation = self._operation(path, method, item, spot)
                here = f"{operation.method} {path}"
                if operation.id in seen:
                    clash = f"the operationId '{operation.id}' is used twice: by {seen[operation.id]} and by {here}"
                    raise spot.fault(clash, method, "operationId")
                seen[operation.id] = here
                yield operation

    def _operation(self, path: str, method: str, item: Mapping[str, Any], above: Spot) -> Operation:
        raw, spot, name = item[method], above.at(method), f"{method.upper()} {path}"
        if not isinstance(raw, dict):
            raise spot.fault(f"{name} must be a mapping")
        shared, own = self._parameters(item, above), self._parameters(raw, spot)
        parameters = tuple({(p.location, p.name): p for p in (*shared, *own)}.values())
        responses = raw.get("responses")
        if not isinstance(responses, dict) or not responses:
            raise spot.fault(f"{name} documents no 'responses'", "responses")
        return Operation(
            id=str(raw.get("operationId") or name),
            method=method.upper(),
            path=path,
            parameters=parameters,
            responses={k: self._response(k, v, spot.at("responses", k)) for k, v in responses.items() if k[:2] != "x-"},
            summary=str(raw.get("summary", "")),
            extensions=_extensions(raw),
            key_parameters=self._key_parameters(raw, parameters),
            fault=spot.fault,
        )

    def _key_parameters(self, raw: Mapping[str, Any], parameters: tuple[Parameter, ...]) -> tuple[Place, ...]:
        """Where a caller's key may stand: by the security schemes, and in parameters that are named like a key.

        A scheme of a query or a cookie counts where it is not demanded too, as a client may send it everywhere; unless
        its name is that of an ordinary parameter here.
        """
        root = self.files.main.data
        wanted = raw.get("security", root.get("security"))
        names = [name for one in wanted if isinstance(one, dict) for name in one] if isinstance(wanted, list) else []
        components = root.get("components")
        schemes = components.get("securitySchemes") if isinstance(components, dict) else None
        known = schemes if isinstance(schemes, dict) else {}
        declared = {(p.location, p.name) for p in parameters}
        found = [place for name in names for place in self._key_place(name, known)]
        elsewhere = [place for name in known for place in self._key_place(name, known, demanded=False)]
        found += [place for place in elsewhere if place[0] != "header" and place not in declared]
        found += [(p.location, p.name) for p in parameters if _is_named_like_a_key(p)]
        return tuple(dict.fromkeys(found))

    def _key_place(self, name: str, schemes: Mapping[str, Any], *, demanded: bool = True) -> list[Place]:
        """Where a security scheme has its key, if it is known and has one; one that is not demanded may be broken."""
        try:
            scheme, _ = self.files.follow(schemes.get(name), self.root.at("components", "securitySchemes", name))
        except ContractError:
            if demanded:
                raise
            return []
        if not isinstance(scheme, dict):
            return []
        if scheme.get("type") == "apiKey":
            where, named = scheme.get("in"), scheme.get("name")
            return [(where, named)] if where in ("header", "query", "cookie") and isinstance(named, str) else []
        return [("header", "Authorization")] if scheme.get("type") in ("http", "oauth2", "openIdConnect") else []

    def _parameters(self, holder: Mapping[str, Any], above: Spot) -> list[Parameter]:
        rows, spot = holder.get("parameters"), above.at("parameters")
        if rows is not None and not isinstance(rows, list):
            raise spot.fault("'parameters' must be a list")
        found: dict[tuple[str, str], Parameter] = {}
        for index, row in enumerate(rows or ()):
            parameter = self._parameter(row, spot.at(str(index)))
            if (parameter.location, parameter.name) in found:
                raise spot.fault(f"the {parameter.location} parameter '{parameter.name}' stands twice", str(index))
            found[parameter.location, parameter.name] = parameter
        return list(found.values())

    def _parameter(self, row: Any, spot: Spot) -> Parameter:
        raw, spot = self.files.follow(row, spot)
        if not isinstance(raw, dict) or not isinstance(raw.get("name"), str):
            raise spot.fault("a parameter needs a 'name'")
        name, location = raw["name"], raw.get("in")
        if location not in LOCATIONS:
            came = "is missing" if location is None else f"is '{location}'"
            raise spot.fault(f"'in' of the parameter '{name}' {came}; it is one of {', '.join(LOCATIONS)}", "in")
        for flag in ("required", "deprecated"):
            if not isinstance(raw.get(flag, False), bool):
                raise spot.fault(f"'{flag}' of the parameter '{name}' must be true or false", flag)
        media, at = self._media(raw, spot) if "content" in raw else (raw, spot)
        schema = media.get("schema")
        return Parameter(
            name=name,
            location=location,
            schema={} if schema is None else self.schemas.read(schema, at.at("schema")),
            required=raw.get("required", False),
            deprecated=raw.get("deprecated", False),
            description=str(raw.get("description", "")),
            extensions=_extensions(raw),
        )

    def _response(self, status: str, row: Any, spot: Spot) -> Response:
        if not re.fullmatch(r"[1-5](?:[0-9]{2}|XX)|default", status):
            raise spot.fault(f"'{status}' is no status code; it is one such as 200, 4XX or default")
        raw, spot = self.files.follow(row, spot)
        if not isinstance(raw, dict):
            raise spot.fault(f"the response '{status}' must be a mapping")
        content, links = raw.get("content") or {}, raw.get("links") or {}
        for key, value in (("content", content), ("links", links)):
            if not isinstance(value, dict):
                raise spot.fault(f"'{key}' must be a mapping", key)
        media_type = next((m for m in content if JSON_MEDIA.match(m)), None)
        media, at = ({}, spot) if media_type is None else self._media(raw, spot, media_type)
        schema = media.get("schema")
        return Response(
            status=status,
            description=str(raw.get("description", "")),
            media_type=media_type,
            schema=None if schema is None else self.schemas.read(schema, at.at("schema")),
            examples=self._examples(media, at),
            links=links,
        )

    def _media(self, raw: Mapping[str, Any], spot: Spot, name: str | None = None) -> tuple[Mapping[str, Any], Spot]:
        """One media type of a ``content``, the first if none is named; an empty one says nothing."""
        content = raw["content"]
        if not isinstance(content, dict) or not content:
            raise spot.fault("'content' must be a mapping of media types", "content")
        name = next(iter(content)) if name is None else name
        media = content[name]
        if media is not None and not isinstance(media, dict):
            raise spot.fault(f"'{name}' must be a mapping", "content", name)
        return media or {}, spot.at("content", name)

    def _examples(self, media: Mapping[str, Any], spot: Spot) -> dict[str, Any]:
        rows = media.get("examples") or {}
        if not isinstance(rows, dict):
            raise spot.fault("'examples' of a media type must be a mapping of names", "examples")
        named = {}
        for name, row in rows.items():
            example, _ = self.files.follow(row, spot.at("examples", name))
            if isinstance(example, dict) and "value" in example:
                named[name] = example["value"]
        return {"example": media["example"]} | named if "example" in media else named


def _extensions(raw: Mapping[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in raw.items() if k.startswith("x-")}


def _is_named_like_a_key(parameter: Parameter) -> bool:
    pattern = {"header": _KEY_HEADER, "query": KEY_NAME, "cookie": KEY_NAME}.get(parameter.location)
    return pattern is not None and pattern.search(parameter.name) is not None
