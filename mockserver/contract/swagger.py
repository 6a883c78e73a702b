"""Swagger 2.0 documents, converted in memory to the OpenAPI 3.0 documents that mean the same.

Faulty parts are passed on as they are: the reader of OpenAPI documents reports them, at the same paths.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

_METHODS = ("get", "put", "post", "delete", "options", "head", "patch")
_JSON = "application/json"
_FORM, _MULTIPART = "application/x-www-form-urlencoded", "multipart/form-data"

_PLACES = {
    "definitions": ("components", "schemas"),
    "parameters": ("components", "parameters"),
    "responses": ("components", "responses"),
    "securityDefinitions": ("components", "securitySchemes"),
}
"""Where the parts of a document are in OpenAPI 3."""

_OF_PARAMETER = ("name", "in", "description", "required", "allowEmptyValue")
_NOT_OF_SCHEMA = {*_OF_PARAMETER, "collectionFormat", "schema"}

_STYLES: dict[str, tuple[str, bool]] = {
    "csv": ("form", False),
    "multi": ("form", True),
    "ssv": ("spaceDelimited", False),
    "tsv": ("spaceDelimited", False),
    "pipes": ("pipeDelimited", False),
}
"""Style and explode by `collectionFormat`, in a query; elsewhere the only style is the default one."""

_FLOWS = {"application": "clientCredentials", "accessCode": "authorizationCode"}

Raw = Mapping[str, Any]


def place_in_swagger(keys: tuple[str, ...]) -> tuple[str, ...]:
    """Return where a part of the converted document was in the Swagger document."""
    for name, place in _PLACES.items():
        if keys[:2] == place:
            return (name, *keys[2:])
    return keys


def converted(document: Raw) -> dict[str, Any]:
    """Return a Swagger 2.0 document as an OpenAPI 3.0 document."""
    return _Conversion(document).document()


class _Conversion:
    def __init__(self, document: Raw) -> None:
        self._raw = document
        self._parameters = _mapping(document.get("parameters"))
        self._made: dict[int, tuple[Any, Any]] = {}  # with the part itself, whose id no other one then gets

    def document(self) -> dict[str, Any]:
        raw = self._raw
        kept = {k: v for k, v in raw.items() if k in ("info", "tags", "externalDocs", "security") or k[:2] == "x-"}
        paths = raw.get("paths")
        if isinstance(paths, dict):
            paths = {path: self._path_item(item) if path[:2] != "x-" else item for path, item in paths.items()}
        return {
            "openapi": "3.0.3",
            **kept,
            "servers": _servers(raw),
            "paths": paths,
            "components": {
                "schemas": _each(raw.get("definitions"), self._schema),
                "parameters": _each(
                    {name: raw for name, raw in self._parameters.items() if not _is_body(raw)}, self._parameter
                ),
                "responses": _each(raw.get("responses"), lambda response: self._response(response, raw)),
                "securitySchemes": _each(raw.get("securityDefinitions"), _scheme),
            },
        }

    # Operations ------------------------------------------------------------------------------------------------------

    def _path_item(self, item: Any) -> Any:
        if not isinstance(item, dict):
            return item
        shared = self._followed(item.get("parameters"))
        made = {key: value for key, value in item.items() if key != "parameters" and key not in _METHODS}
        made |= {method: self._operation(item[method], shared) for method in _METHODS if method in item}
        plain = [parameter for parameter in shared if not _is_body(parameter)]
        return {**made, "parameters": [self._parameter(parameter) for parameter in plain]} if plain else made

    def _operation(self, raw: Any, shared: list[Any]) -> Any:
        if not isinstance(raw, dict):
            return raw
        made = {k: v for k, v in raw.items() if k not in ("parameters", "responses", "consumes", "produces", "schemes")}
        own = self._followed(raw.get("parameters"))
        if plain := [self._parameter(parameter) for parameter in own if not _is_body(parameter)]:
            made["parameters"] = plain
        bodies = [parameter for parameter in (*shared, *own) if _is_body(parameter)]
        if bodies:
            made["requestBody"] = self._body(bodies, raw)
        if "responses" in raw:
            made["responses"] = _each(raw["responses"], lambda response: self._response(response, raw))
        return made

    def _followed(self, rows: Any) -> list[Any]:
        """Return parameters, those of the document's own `parameters` in place of references to them."""
        prefix = "#/parameters/"
        found = []
        for row in rows if isinstance(rows, list) else ():
            ref = row.get("$ref") if isinstance(row, dict) else None
            is_own = isinstance(ref, str) and ref.startswith(prefix)
            found.append(self._parameters.get(str(ref)[len(prefix) :], row) if is_own else row)
        return found

    def _parameter(self, raw: Any) -> Any:
        if not isinstance(raw, dict) or "$ref" in raw:
            return self._schema(raw)
        made = {k: v for k, v in raw.items() if k in _OF_PARAMETER or k[:2] == "x-"}
        if "collectionFormat" in raw and raw.get("in") == "query":
            made["style"], made["explode"] = _STYLES.get(str(raw["collectionFormat"]), _STYLES["csv"])
        elif raw.get("type") == "array" and raw.get("in") == "query":
            made["style"], made["explode"] = _STYLES["csv"]
        return {**made, "schema": self._own_schema(raw)}

    def _own_schema(self, raw: Raw) -> Any:
        """Return the schema of what has its keywords beside the others: a parameter, a header."""
        return self._schema({k: v for k, v in raw.items() if k not in _NOT_OF_SCHEMA and k != "x-example"})

    def _body(self, parameters: list[Any], operation: Raw) -> dict[str, Any]:
        """Return the request body that the parameters `in: body` or `in: formData` describe."""
        consumed = operation.get("consumes", self._raw.get("consumes"))
        bodies = [parameter for parameter in parameters if parameter["in"] == "body"]
        if bodies:
            schema = self._schema(bodies[-1].get("schema", {}))
            described = {k: v for k, v in bodies[-1].items() if k in ("description", "required")}
            return {**described, "content": {media: {"schema": schema} for media in _media(consumed)}}
        required = [parameter["name"] for parameter in parameters if parameter.get("required")]
        schema = {
            "type": "object",
            "properties": {parameter["name"]: self._own_schema(parameter) for parameter in parameters},
            **({"required": required} if required else {}),
        }
        has_file = any(parameter.get("type") == "file" for parameter in parameters)
        forms = [media for media in _media(consumed) if media in (_FORM, _MULTIPART)]
        media = forms or [_MULTIPART if has_file else _FORM]
        return {"required": bool(required), "content": {name: {"schema": schema} for name in media}}

    def _response(self, raw: Any, operation: Raw) -> Any:
        if not isinstance(raw, dict) or "$ref" in raw:
            return self._schema(raw)
        made = {k: v for k, v in raw.items() if k not in ("schema", "examples", "headers")}
        examples = _mapping(raw.get("examples"))
        if "schema" in raw or examples:
            names = dict.fromkeys([*_media(operation.get("produces", self._raw.get("produces"))), *examples])
            schema = {"schema": self._schema(raw["schema"])} if "schema" in raw else {}
            made["content"] = {
                name: {**schema, **({"example": examples[name]} if name in examples else {})} for name in names
            }
        if "headers" in raw:
            made["headers"] = _each(
                raw["headers"],
                lambda header: {"description": header.get("description", ""), "schema": self._own_schema(header)},
            )
        return made

    # Schemas ---------------------------------------------------------------------------------------------------------

    def _schema(self, raw: Any) -> Any:
        """Return a schema, or a reference, in the words of OpenAPI 3.0; the same for the same part of the document."""
        if isinstance(raw, list):
            return [self._schema(part) for part in raw]
        if not isinstance(raw, dict):
            return raw
        if id(raw) not in self._made:
            made = {key: self._keyword(key, value) for key, value in raw.items() if key != "x-nullable"}
            if raw.get("x-nullable") is True:
                made["nullable"] = True
            if raw.get("type") == "file":
                made |= {"type": "string", "format": "binary"}
            self._made[id(raw)] = raw, made
        return self._made[id(raw)][1]

    def _keyword(self, key: str, value: Any) -> Any:
        if key == "$ref" and isinstance(value, str):
            return _moved(value)
        if key == "discriminator" and isinstance(value, str):
            return {"propertyName": value}
        if key in ("properties", "patternProperties", "definitions") and isinstance(value, dict):
            return {name: self._schema(part) for name, part in value.items()}
        if key in ("items", "additionalProperties", "allOf", "not"):
            return self._schema(value)
        return value


def _mapping(value: Any) -> Raw:
    return value if isinstance(value, dict) else {}


def _each(parts: Any, convert: Any) -> Any:
    """Return a mapping with each part converted; parts that are no mappings, and extensions, stay as they are."""
    if not isinstance(parts, dict):
        return {} if parts is None else parts
    return {k: convert(v) if isinstance(v, dict) and k[:2] != "x-" else v for k, v in parts.items()}


def _is_body(parameter: Any) -> bool:
    is_named = isinstance(parameter, dict) and isinstance(parameter.get("name"), str)
    return is_named and parameter.get("in") in ("body", "formData")


def _media(names: Any) -> list[str]:
    found = [name for name in names if isinstance(name, str)] if isinstance(names, list) else []
    return found or [_JSON]


def _moved(ref: str) -> str:
    """Return a reference into this document, or one beside it, with the place that its target has in OpenAPI 3."""
    for name, place in _PLACES.items():
        prefix = f"#/{name}/"
        if ref.startswith(prefix):
            return f"#/{'/'.join(place)}/{ref[len(prefix) :]}"
    return ref


def _servers(raw: Raw) -> list[dict[str, str]]:
    base = str(raw.get("basePath") or "")
    if not raw.get("host"):
        return [{"url": base or "/"}]
    schemes: Iterable[Any] = raw["schemes"] if isinstance(raw.get("schemes"), list) else ["https"]
    return [{"url": f"{scheme}://{raw['host']}{base}"} for scheme in schemes]


def _scheme(raw: Raw) -> dict[str, Any]:
    if raw.get("type") == "basic":
        return {**raw, "type": "http", "scheme": "basic"}
    if raw.get("type") != "oauth2":
        return dict(raw)
    flow = str(raw.get("flow"))
    urls = {key: raw[key] for key in ("authorizationUrl", "tokenUrl") if key in raw}
    kept = {k: v for k, v in raw.items() if k in ("type", "description") or k[:2] == "x-"}
    return {**kept, "flows": {_FLOWS.get(flow, flow): {**urls, "scopes": raw.get("scopes", {})}}}
