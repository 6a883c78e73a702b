"""The files of a contract, and the parts that a ``$ref`` in one of them points to."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from mockserver.contract.documents import Document, child
from mockserver.contract.faults import Spot
from mockserver.errors import ContractError

MAX_HOPS = 64
"""How many references in a row may lead to another reference; more are taken for a circle."""

_URL = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)


def is_reference(node: Any) -> bool:
    """Return whether a part of a document is a ``$ref`` to another one."""
    return isinstance(node, dict) and "$ref" in node


def steps(pointer: str) -> tuple[str, ...]:
    """Return the keys of a JSON pointer that is the fragment of a URL: ``/a~1b/%7Bid%7D`` is ``a/b``, ``{id}``."""
    return tuple(unquote(t).replace("~1", "/").replace("~0", "~") for t in pointer.split("/")[1:])


def component_schemas(file: Document) -> Mapping[str, Any]:
    """Return the schemas of a document's ``components`` by name, empty where it has none."""
    components = file.data.get("components") if isinstance(file.data, dict) else None
    schemas = components.get("schemas") if isinstance(components, dict) else None
    return schemas if isinstance(schemas, dict) else {}


def _at(node: Any, keys: Iterable[str]) -> Any:
    for key in keys:
        node = child(node, key)
    return node


def _named_parts(data: Any) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the names that schemas have by ``$id``, ``$anchor`` and ``$dynamicAnchor``, and where they are."""
    pending: list[tuple[Any, tuple[str, ...]]] = [(data, ())]
    seen: set[int] = set()
    while pending:
        node, keys = pending.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if isinstance(node, dict):
            for key in ("$anchor", "$dynamicAnchor"):
                if isinstance(node.get(key), str):
                    yield f"#{node[key]}", keys
            if isinstance(node.get("$id"), str):
                yield node["$id"], keys
            pending += [(value, (*keys, key)) for key, value in node.items() if isinstance(value, (dict, list))]
        elif isinstance(node, list):
            pending += [(v, (*keys, str(i))) for i, v in enumerate(node) if isinstance(v, (dict, list))]


class Files:
    """The files that a contract is read from, its own first; each is opened once.

    ``tried`` includes files that could not be read. With ``document``, the contract itself is not read from a file.
    """

    def __init__(self, path: Path, document: Mapping[str, Any] | None = None) -> None:
        self.by_path: dict[Path, Document] = {}
        self.tried: dict[Path, None] = {}
        self._anchored_parts: dict[Path, dict[str, tuple[str, ...]]] = {}
        self._named: dict[tuple[Path, str], Document | None] = {}
        if document is not None:
            home = path.resolve()
            self.by_path[home] = Document(home, str(path), document)
        self.main = self._open(path, str(path))

    def follow(self, node: Any, spot: Spot, is_link: Callable[[Any], bool] = is_reference) -> tuple[Any, Spot]:
        """Return the node and its place, or what its ``$ref`` (or chain of them) points to. Raises `Fault`."""
        start = spot
        for _ in range(MAX_HOPS):
            if not is_link(node):
                return node, spot
            node, spot = self.target(node["$ref"], spot)
        raise start.fault("circular reference", "$ref")

    def target(self, ref: Any, spot: Spot) -> tuple[Any, Spot]:
        """Return what a ``$ref`` at a place points to, and the place of that. Raises `Fault`."""
        if not isinstance(ref, str):
            raise spot.fault("'$ref' must be a string", "$ref")
        name, _, pointer = ref.partition("#")
        file, keys = self._start(name, ref, spot)
        if pointer and not pointer.startswith("/"):
            return self._anchored(pointer, ref, file, spot)
        node = _at(file.data, keys)
        keys, walked = (*keys, *steps(pointer)), steps(pointer)
        for key in walked:
            try:
                node = child(node, key)
            except KeyError:
                among = node if isinstance(node, dict) else ()
                text = f"'$ref: {ref}' points to nothing"
                raise spot.fault(text, "$ref", missing=key, among=among) from None
        return node, Spot(file, keys)

    def _start(self, name: str, ref: str, spot: Spot) -> tuple[Document, tuple[str, ...]]:
        """Return the file and the place in it that a reference begins at: this file, one beside it, or a ``$id``."""
        if not name:
            return spot.file, ()
        known = self._anchors(spot.file).get(name)
        return (spot.file, known) if known is not None else (self._beside(name, ref, spot), ())

    def _anchored(self, anchor: str, ref: str, file: Document, spot: Spot) -> tuple[Any, Spot]:
        """Return the schema that an ``$anchor`` or a ``$dynamicAnchor`` names. Raises `Fault`."""
        anchors = self._anchors(file)
        keys = anchors.get(f"#{anchor}")
        if keys is None:
            names = [name[1:] for name in anchors if name.startswith("#")]
            raise spot.fault(f"'$ref: {ref}' points to no anchor", "$ref", missing=anchor, among=names)
        return _at(file.data, keys), Spot(file, keys)

    def _anchors(self, file: Document) -> dict[str, tuple[str, ...]]:
        """Return where each ``$id`` of a file, and each anchor (with ``#``), is; looked for once."""
        if file.path not in self._anchored_parts:
            self._anchored_parts[file.path] = dict(_named_parts(file.data))
        return self._anchored_parts[file.path]

    def look(self, ref: str, file: Document) -> tuple[Any, Document] | None:
        """Return what a ``$ref`` in a file points to, and the file of that; ``None`` where it points to nothing."""
        name, _, pointer = ref.partition("#")
        found = self.beside(name, file) if name else file
        if found is None or (pointer and not pointer.startswith("/")):
            return None
        node = found.data
        for key in steps(pointer):
            try:
                node = child(node, key)
            except KeyError:
                return None
        return node, found

    def beside(self, name: str, file: Document) -> Document | None:
        """Return the file that a ``$ref`` in another one names, if it can be read."""
        if (file.path, name) not in self._named:
            self._named[file.path, name] = self._found_beside(name, file)
        return self._named[file.path, name]

    def known(self, name: str, file: Document) -> Document | None:
        """Return the same without reading anything: ``None`` for a file that `beside` was not asked for."""
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
            raise spot.fault(f"'$ref: {ref}' is a URL; only local files are read", "$ref")
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
