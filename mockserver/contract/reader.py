"""Reads one OpenAPI document. Every error has its file and line."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mockserver.contract.bundle import Bundle
from mockserver.contract.context import Context
from mockserver.contract.dialect import Schemas
from mockserver.contract.faults import Fault, Problems, Spot
from mockserver.contract.model import Contract
from mockserver.contract.operations import Operations
from mockserver.contract.references import Files
from mockserver.contract.swagger import converted, place_in_swagger

SWAGGER = "2.0"
"""The version of Swagger that is converted."""

_EXPECTED = "expected an OpenAPI 3.0, 3.1 or 3.2, or a Swagger 2.0 document"


def read_contract(path: Path, document: Mapping[str, Any] | None = None) -> Contract:
    """Return the contract in a file, or in a document that is parsed already. Raises `ContractError`."""
    files = Files(path, document)
    root = Spot(files.main)
    try:
        return _contract(files, root)
    except Fault as fault:
        raise fault.error() from None
    except RecursionError:
        raise root.error("nested too deeply to be read") from None


def _contract(files: Files, root: Spot) -> Contract:
    """Read the operations first, then what only they can lead to."""
    document = _document(files, root)
    version = _version(document, root)
    if version == SWAGGER:
        document = files.main.data = converted(document)
        files.main.place_in_text = place_in_swagger
    problems = Problems()
    schemas = Schemas(files, problems, is_3_0=version.startswith(("3.0", SWAGGER)))
    reader = Operations(Context(files, schemas, problems, is_strict=True), document, root)
    operations = tuple(reader.paths())
    schemas.fill()
    bundle = Bundle(files)
    webhooks = reader.webhooks()
    reader.finish()
    schemas.finish()
    info = document.get("info")
    return Contract(
        source=files.main.shown,
        title=str(info.get("title", "")) if isinstance(info, dict) else "",
        version=version,
        operations=operations,
        digest=_digest(files),
        document=document,
        files=tuple(files.tried),
        bundle=bundle,
        servers=reader.servers,
        security_schemes=reader.security.schemes,
        webhooks=webhooks,
        faults=problems,
    )


def _document(files: Files, root: Spot) -> dict[str, Any]:
    document = files.main.data
    if document is None:
        raise root.fault("the file is empty")
    if not isinstance(document, dict):
        raise root.fault("an OpenAPI document must be a mapping")
    return document


def _version(document: Mapping[str, Any], root: Spot) -> str:
    version = document.get("openapi")
    if version is None and "swagger" in document:
        if str(document["swagger"]) != SWAGGER:
            raise root.fault(f"got Swagger {document['swagger']}, {_EXPECTED}", "swagger")
        return SWAGGER
    if version is None:
        raise root.fault(f"no 'openapi' field, {_EXPECTED}")
    if not re.match(r"3\.[012](?:\.|$)", str(version)):
        raise root.fault(f"got 'openapi: {version}', {_EXPECTED}", "openapi")
    return str(version)


def _digest(files: Files) -> str:
    return hashlib.sha256(b"\0".join(files.by_path[path].bytes for path in sorted(files.by_path))).hexdigest()
