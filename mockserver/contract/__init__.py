"""An OpenAPI 3.0 or 3.1 document becomes frozen `Contract`, `Operation`, `Parameter`, `Response`.

This package alone knows YAML, ``$ref`` and OpenAPI versions: what leaves it is plain data in the 3.1 dialect
(``nullable`` and boolean ``exclusiveMinimum`` are translated), with every reference resolved. A schema that refers to
itself is a mapping that contains itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mockserver.contract.bundle import as_served, bundled, files_of
from mockserver.contract.documents import MAX_DEPTH, Document, load_document, load_lines
from mockserver.contract.model import (
    JSON_MEDIA,
    LOCATIONS,
    METHODS,
    Contract,
    Operation,
    Parameter,
    Response,
    Schema,
    non_null,
    schema_types,
)
from mockserver.contract.reader import Reader
from mockserver.contract.yaml_text import to_yaml

__all__ = [
    "JSON_MEDIA",
    "LOCATIONS",
    "MAX_DEPTH",
    "METHODS",
    "Contract",
    "Document",
    "Operation",
    "Parameter",
    "Response",
    "Schema",
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
    """Read a contract from a file (YAML or JSON), and the files that it refers to.

    Raises `ContractError` with file and line for whatever is wrong with it.
    """
    return Reader(Path(path)).contract()


def parse_contract(document: Mapping[str, Any], source: str) -> Contract:
    """A contract from a document that is parsed already, as another tool loaded it.

    ``source`` names where it came from; files that it refers to are looked for beside it. Raises `ContractError`,
    without lines.
    """
    return Reader(Path(source), document).contract()
