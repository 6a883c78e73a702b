"""The paths of a contract, and which of its operations answers a method there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import get_close_matches

from mockserver.contract import Contract, Operation
from mockserver.mock.messages import Answer, refusal


class Router:
    """Finds the operation of a method and a path; of several paths that fit, the one with fewer variable parts wins."""

    def __init__(self, contract: Contract) -> None:
        self._routes: list[tuple[re.Pattern[str], tuple[str, ...], str, dict[str, Operation]]] = []
        by_path: dict[str, dict[str, Operation]] = {}
        for operation in contract.operations:
            by_path.setdefault(operation.path, {})[operation.method] = operation
        for path in sorted(by_path, key=lambda p: p.count("{")):
            parts = re.split(r"\{([^{}]*)\}", path)
            pattern = "".join("([^/]+)" if i % 2 else re.escape(part) for i, part in enumerate(parts))
            self._routes.append((re.compile(pattern, re.DOTALL), tuple(parts[1::2]), path, by_path[path]))

    def match(self, method: str, path: str) -> tuple[Operation | None, Mapping[str, str]]:
        """The operation, and its path parameters as text."""
        for pattern, names, _, operations in self._routes:
            found = pattern.fullmatch(path)
            if found and method in operations:
                return operations[method], dict(zip(names, found.groups(), strict=True))
        return None, {}

    def methods(self, path: str) -> list[str]:
        """The methods that a path answers, HEAD wherever there is GET; none for a path that is not there."""
        found = {m for pattern, _, _, operations in self._routes if pattern.fullmatch(path) for m in operations}
        return sorted(found | {"HEAD"} if "GET" in found else found)

    def suggestion(self, path: str) -> str:
        """The paths that there are, the nearest first, at most twenty."""
        paths = [row[2] for row in self._routes]
        near = get_close_matches(path[:200], paths, 3)
        ordered = list(dict.fromkeys((*near, *paths)))
        more = f" and {len(ordered) - 20} more" if len(ordered) > 20 else ""
        hint = f"Did you mean {near[0]}? " if near else ""
        return f"{hint}There are: {', '.join(ordered[:20])}{more}"

    def refusal(self, path: str) -> Answer:
        """What is said where no operation answers: 404 with the paths there are, or 405 with this one's methods."""
        allowed = self.methods(path)
        if not allowed:
            return refusal(404, "Not found", self.suggestion(path))
        names = ", ".join(allowed)
        return refusal(405, "Method not allowed", f"{path} answers {names}", ("Allow", names))
