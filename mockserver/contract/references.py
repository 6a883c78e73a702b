"""The files of a contract, and what a ``$ref`` in one of them names."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from difflib import get_close_matches
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from mockserver.contract.documents import Document, Spot, child
from mockserver.errors import ContractError

MAX_HOPS = 64
"""References that lead to references: more in a row than this is a circle."""

_URL = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)


def is_reference(node: Any) -> bool:
    """Whether a part of a document stands for another one."""
    return isinstance(node, dict) and "$ref" in node


def steps(pointer: str) -> tuple[str, ...]:
    """The keys of a JSON pointer as a fragment of a ``$ref`` has it."""
    return tuple(unquote(t).replace("~1", "/").replace("~0", "~") for t in pointer.split("/")[1:])


class Files:
    """The files that a contract was read from, the first one being its own; each is opened once.

    ``tried`` are those that could not be read, too.
    """

    def __init__(self, path: Path, document: Mapping[str, Any] | None = None) -> None:
        self.by_path: dict[Path, Document] = {}
        self.tried: dict[Path, None] = {}
        self._named: dict[tuple[Path, str], Document | None] = {}
        if document is not None:
            home = path.resolve()
            self.by_path[home] = Document(home, str(path), document)
        self.main = self._open(path, str(path))

    def follow(self, node: Any, spot: Spot, is_link: Callable[[Any], bool] = is_reference) -> tuple[Any, Spot]:
        """The node itself, or what its ``$ref`` (or chain of them) names, and where that stands."""
        start = spot
        for _ in range(MAX_HOPS):
            if not is_link(node):
                return node, spot
            node, spot = self.target(node["$ref"], spot)
        raise start.fault("the reference leads round in a circle", "$ref")

    def target(self, ref: Any, spot: Spot) -> tuple[Any, Spot]:
        """What a ``$ref`` at a place names, and where that stands."""
        if not isinstance(ref, str):
            raise spot.fault("'$ref' must be text", "$ref")
        name, _, pointer = ref.partition("#")
        file = self._beside(name, ref, spot) if name else spot.file
        if pointer and not pointer.startswith("/"):
            raise spot.fault(f"'$ref: {ref}' must be a path from the root, as in #/components/schemas/Name", "$ref")
        keys, node = steps(pointer), file.data
        for key in keys:
            try:
                node = child(node, key)
            except KeyError:
                near = get_close_matches(key, node, 1) if isinstance(node, dict) else []
                hint = f"; did you mean '{near[0]}'?" if near else ""
                raise spot.fault(f"'$ref: {ref}' names nothing: there is no '{key}'{hint}", "$ref") from None
        return node, Spot(file, keys)

    def look(self, ref: str, file: Document) -> tuple[Any, Document] | None:
        """What a ``$ref`` in a file names, and the file where that stands; ``None`` if that cannot be had."""
        name, _, pointer = ref.partition("#")
        found = self.beside(name, file) if name else file
        if found is None or pointer[:1] not in ("", "/"):
            return None
        node = found.data
        for key in steps(pointer):
            try:
                node = child(node, key)
            except KeyError:
                return None
        return node, found

    def beside(self, name: str, file: Document) -> Document | None:
        """The file that a ``$ref`` in another one names, if it can be read."""
        if (file.path, name) not in self._named:
            self._named[file.path, name] = self._found_beside(name, file)
        return self._named[file.path, name]

    def known(self, name: str, file: Document) -> Document | None:
        """The same, if it was asked for before: nothing is read."""
        return self._named.get((file.path, name))

    def _found_beside(self, name: str, file: Document) -> Document | None:
        if _URL.match(name):
            return None
        try:
            path = (file.path.parent / unquote(name)).resolve()
        except (OSError, RuntimeError, ValueError):
            return None
        with suppress(ContractError):
            self._open(path, str(Path(file.shown).parent / unquote(name)))
        return self.by_path.get(path)

    def _beside(self, name: str, ref: str, spot: Spot) -> Document:
        if _URL.match(name):
            raise spot.fault(f"'$ref: {ref}' is a URL; only files beside the contract are read", "$ref")
        try:
            path = spot.file.path.parent / unquote(name)
            return self._open(path, str(Path(spot.file.shown).parent / unquote(name)))
        except ContractError as error:
            raise spot.fault(f"'$ref: {ref}': {error}", "$ref") from None

    def _open(self, path: Path, shown: str) -> Document:
        try:
            path = path.resolve()
        except (OSError, RuntimeError, ValueError) as error:
            raise ContractError(shown, None, f"cannot read the contract: {error}") from None
        self.tried[path] = None
        if path not in self.by_path:
            self.by_path[path] = Document(path, shown)
        return self.by_path[path]
