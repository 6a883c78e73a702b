"""Collects what decorators declare beside its code, and puts it into one order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Generic, TypeVar

from mockserver.errors import unknown

Declared = TypeVar("Declared")


class Registry(Generic[Declared]):
    """Things of one ``kind``, each declared once under its name."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self._declared: dict[str, Declared] = {}

    def add(self, name: str, declared: Declared) -> None:
        """Declare one. Raises `ValueError` if the name is taken."""
        if name in self._declared:
            raise ValueError(f"the {self.kind} '{name}' is declared twice")
        self._declared[name] = declared

    def in_order(self, names: Sequence[str]) -> dict[str, Declared]:
        """Return everything declared, in the order of ``names``.

        Raises `ValueError` if a name is not declared, or something declared is not among the names.
        """
        for name in names:
            if name not in self._declared:
                raise ValueError(unknown(self.kind, name, self._declared))
        for name in self._declared:
            if name not in names:
                raise ValueError(f"the {self.kind} '{name}' is declared, but has no place in the order")
        return {name: self._declared[name] for name in names}
