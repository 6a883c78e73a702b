"""Reads an OpenAPI 3.0 or 3.1 document into a frozen `Contract` of operations, parameters, bodies and responses.

This package alone knows YAML, ``$ref`` and OpenAPI versions. What leaves it is in the dialect of OpenAPI 3.1
(``nullable`` and boolean ``exclusiveMinimum`` are translated), with every reference resolved; see
`mockserver.contract.model` and `mockserver.contract.schema`.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mockserver.contract.bundle import files_of
from mockserver.contract.documents import Document, load_document, load_lines
from mockserver.contract.faults import Problem
from mockserver.contract.grammar import METHODS
from mockserver.contract.model import (
    JSON_MEDIA,
    LOCATIONS,
    Contract,
    Encoding,
    Header,
    Link,
    MediaType,
    Operation,
    Parameter,
    RequestBody,
    Response,
)
from mockserver.contract.published import as_served, bundled
from mockserver.contract.reader import read_contract
from mockserver.contract.schema import Schema, non_null, schema_types
from mockserver.contract.security import KEY_NAME, KeyPlace, OAuthFlow, SecurityScheme
from mockserver.contract.servers import Server
from mockserver.contract.yaml_reader import MAX_DEPTH
from mockserver.contract.yaml_text import to_yaml

__all__ = [
    "JSON_MEDIA",
    "KEY_NAME",
    "LOCATIONS",
    "MAX_DEPTH",
    "METHODS",
    "Contract",
    "Document",
    "Encoding",
    "Header",
    "KeyPlace",
    "Link",
    "MediaType",
    "OAuthFlow",
    "Operation",
    "Parameter",
    "Problem",
    "RequestBody",
    "Response",
    "Schema",
    "SecurityScheme",
    "Server",
    "as_served",
    "bundled",
    "files_of",
    "load_contract",
    "load_document",
    "load_lines",
    "non_null",
    "parse_contract",
    "schema_types",
    "to_yaml",
]


def load_contract(path: str | Path) -> Contract:
    """Read a contract from a YAML or JSON file, and the files that it refers to.

    Raises `ContractError` with file and line for a fault that makes the contract unusable; other faults are its
    `problems`.
    """
    return read_contract(Path(path))


def parse_contract(document: Mapping[str, Any], source: str) -> Contract:
    """Read a contract from a document that is parsed already.

    ``source`` is its path or another name; references to files are relative to that path. Raises `ContractError`,
    without lines.
    """
    return read_contract(Path(source), document)
