"""The files of a contract joined into one document, for readers on the network, who have no other file.

Each of the other files is copied to ``x-files``, under its path relative to the contract, and each ``$ref`` to it is
made local.
"""

from __future__ import annotations

from functools import cached_property
from pathlib import Path, PurePath
from posixpath import normpath
from typing import Any
from urllib.parse import quote

from mockserver.contract.documents import Document
from mockserver.contract.grammar import Slot, Traversal
from mockserver.contract.references import Files
from mockserver.errors import ContractError

MAX_PARTS = 5_000_000
"""Most values in a joined document; in a small file, YAML aliases of aliases can mean more than fits in memory."""

MAX_LEVELS = 200
"""Deepest nesting in a joined document, in levels."""


class Bundle:
    """The files of a contract as one document, which is made on demand. Files that are not read yet are read at once.

    The properties raise `ContractError` for a document with more than ``max_parts`` values or `MAX_LEVELS` levels.
    """

    def __init__(self, files: Files, max_parts: int = MAX_PARTS) -> None:
        self._files = files
        self._max_parts = max_parts
        self._traversal = Traversal(files)

    @cached_property
    def document(self) -> dict[str, Any]:
        """The document as JSON values."""
        return self._joined(frozenset())

    @cached_property
    def without_servers(self) -> dict[str, Any]:
        """The document without any ``servers``."""
        return self._joined(frozenset(self._traversal.servers))

    def _joined(self, without: frozenset[Slot]) -> dict[str, Any]:
        main: dict[str, Any] = self._copy(self._files.main, without)
        if self._names:
            main[self._root] = {
                name: self._copy(self._files.by_path[path], without) for path, name in self._names.items()
            }
        return main

    @cached_property
    def _names(self) -> dict[Path, str]:
        """The names of the other files: their paths relative to the contract, made unique."""
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
        """The key that the other files are put under: one that the contract does not have."""
        root = "x-files"
        while root in self._files.main.data:
            root += "-"
        return root

    def _text(self, text: str, slot: Slot, file: Document) -> str:
        """Return a text of a file as it has to be in the joined document."""
        if slot in self._traversal.names and file is not self._files.main:
            return self._local(f"#/components/schemas/{_token(text)}", file)
        if slot[1] == "$ref" or slot in self._traversal.references:
            return self._local(text, file)
        return text

    def _local(self, ref: str, file: Document) -> str:
        """Return a reference in a file as one in the joined document; it stays as it is where the file was not read."""
        name, hash_sign, pointer = ref.partition("#")
        found = self._files.known(name, file) if name else file
        if found is None or (pointer and not pointer.startswith("/")) or not (name or hash_sign):
            return ref
        if found is self._files.main:
            return f"#{pointer}"
        return f"#/{self._root}/{_token(self._names[found.path])}{pointer}"

    def _copy(self, file: Document, without: frozenset[Slot]) -> Any:
        """Return a copy of a file's data without the slots ``without``, with references made local."""
        top: list[Any] = [None]
        pending: list[tuple[Any, Any, Any, bool, int]] = [(top, 0, file.data, False, 0)]
        count = 0
        while pending:
            holder, key, node, is_data, depth = pending.pop()
            count += 1
            if count > self._max_parts:
                raise ContractError(file.shown, None, f"more than {self._max_parts} values, too many to be served")
            if depth > MAX_LEVELS:
                raise ContractError(file.shown, None, f"more than {MAX_LEVELS} levels, too many to be served")
            if isinstance(node, dict):
                made: dict[str, Any] = {}
                holder[key] = made
                parts = [(k, v) for k, v in node.items() if (id(node), k) not in without]
                for k, v in reversed(parts):
                    below = is_data or (id(node), k) in self._traversal.data
                    text = self._text(v, (id(node), k), file) if isinstance(v, str) and not below else v
                    pending.append((made, k, text, below, depth + 1))
            elif isinstance(node, list):
                holder[key] = items = [None] * len(node)
                pending += [(items, i, v, is_data, depth + 1) for i, v in enumerate(node)]
            else:
                holder[key] = node
        return top[0]


def _token(name: str) -> str:
    """Return a key as one token of a JSON pointer in the fragment of a URL."""
    return quote(name.replace("~", "~0").replace("/", "~1"), safe="~!$&'()*+,;=:@")


def files_of(path: str | Path) -> tuple[Path, ...]:
    """Return the files that a contract is read from, and those it refers to that cannot be read.

    That also works for a contract that cannot be used.
    """
    try:
        files = Files(Path(path))
    except ContractError:
        return (Path(path),)
    Traversal(files)
    return tuple(files.tried)
