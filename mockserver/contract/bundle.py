"""A contract as one document that needs no other file: for who reads it over the network.

Every other file stands whole under ``x-files``, by its name beside the contract, and each ``$ref`` to it is made local.
"""

from __future__ import annotations

from functools import cached_property
from pathlib import Path, PurePath
from posixpath import normpath
from typing import Any
from urllib.parse import quote

from mockserver.contract.documents import Document
from mockserver.contract.grammar import Place, Walk
from mockserver.contract.model import Contract
from mockserver.contract.references import Files
from mockserver.errors import ContractError

MAX_PARTS = 5_000_000
"""Values in a document that is served; aliases of aliases in a small file can stand for more than a memory holds."""

MAX_LEVELS = 200
"""Levels of nesting in a document that is served."""


class Bundle:
    """The files of a contract as one document, which is made on demand; files not read so far are read at once.

    Raises `ContractError` for a document that is too large or too deep to be served.
    """

    def __init__(self, files: Files) -> None:
        self._files = files
        self._walk = Walk(files)

    @cached_property
    def document(self) -> dict[str, Any]:
        """The document, of plain JSON values."""
        return self._joined(frozenset())

    @cached_property
    def homeless(self) -> dict[str, Any]:
        """The document without any word on where the API is served."""
        return self._joined(frozenset(self._walk.servers))

    def _joined(self, without: frozenset[Place]) -> dict[str, Any]:
        main: dict[str, Any] = self._copy(self._files.main, without)
        if self._names:
            main[self._root] = {
                name: self._copy(self._files.by_path[path], without) for path, name in self._names.items()
            }
        return main

    @cached_property
    def _names(self) -> dict[Path, str]:
        """Every other file's name: its path beside the contract."""
        home = PurePath(self._files.main.shown).parent
        names: dict[Path, str] = {}
        for path, file in self._files.by_path.items():
            if file is self._files.main:
                continue
            shown = PurePath(file.shown)
            name = normpath((shown.relative_to(home) if shown.is_relative_to(home) else shown).as_posix())
            while name in names.values():
                name += "-"
            names[path] = name
        return names

    @cached_property
    def _root(self) -> str:
        """The key under which the other files stand: one that the contract has not."""
        root = "x-files"
        while root in self._files.main.data:
            root += "-"
        return root

    def _local(self, ref: str, file: Document) -> str:
        """A reference in a file as one in the document; what leads to no file that was read stays as it is."""
        name, hash_sign, pointer = ref.partition("#")
        found = self._files.known(name, file) if name else file
        if found is None or pointer[:1] not in ("", "/") or not (name or hash_sign):
            return ref
        if found is self._files.main:
            return f"#{pointer}"
        return f"#/{self._root}/{_token(self._names[found.path])}{pointer}"

    def _copy(self, file: Document, without: frozenset[Place]) -> Any:
        """A file's data as a tree of their own, without these places, references made local."""
        top: list[Any] = [None]
        pending: list[tuple[Any, Any, Any, bool, int]] = [(top, 0, file.data, False, 0)]
        count = 0
        while pending:
            holder, key, node, is_data, depth = pending.pop()
            count += 1
            if count > MAX_PARTS or depth > MAX_LEVELS:
                much = f"more than {MAX_PARTS} values" if count > MAX_PARTS else f"more than {MAX_LEVELS} levels"
                raise ContractError(file.shown, None, f"it has {much}, too many to be served as a document")
            if isinstance(node, dict):
                made: dict[str, Any] = {}
                holder[key] = made
                parts = [(k, v) for k, v in node.items() if (id(node), k) not in without]
                for k, v in reversed(parts):
                    below = is_data or (id(node), k) in self._walk.data
                    if not below and isinstance(v, str) and (k == "$ref" or (id(node), k) in self._walk.references):
                        v = self._local(v, file)
                    pending.append((made, k, v, below, depth + 1))
            elif isinstance(node, list):
                holder[key] = items = [None] * len(node)
                pending += [(items, i, v, is_data, depth + 1) for i, v in enumerate(node)]
            else:
                holder[key] = node
        return top[0]


def _token(name: str) -> str:
    """A key as one token of a JSON pointer in a URL's fragment."""
    return quote(name.replace("~", "~0").replace("/", "~1"), safe="~!$&'()*+,;=:@")


def bundled(contract: Contract) -> dict[str, Any]:
    """The contract as one document of plain JSON values, which needs no other file; not to be changed.

    That of a contract of one file is its own. Raises `ContractError` for one too large or too deep.
    """
    return _bundle(contract).document


def as_served(contract: Contract, url: str) -> dict[str, Any]:
    """The contract as one document whose only server is the one at a URL. Raises `ContractError` as `bundled` does."""
    document = dict(_bundle(contract).homeless)
    servers = {"servers": [{"url": url}]}
    head = {key: document.pop(key) for key in ("openapi", "info") if key in document}
    return head | servers | document


def _bundle(contract: Contract) -> Bundle:
    if contract.bundle is not None:
        return contract.bundle
    return Bundle(Files(Path(contract.source), contract.document))


def files_of(path: str | Path) -> tuple[Path, ...]:
    """The files that a contract is read from, even if it cannot be used, and those that it names in vain."""
    try:
        files = Files(Path(path))
    except ContractError:
        return (Path(path),)
    Walk(files)
    return tuple(files.tried)
