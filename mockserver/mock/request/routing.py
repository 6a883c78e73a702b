"""Find the operation of a contract that answers a method at a path."""

from __future__ import annotations

import re
from collections.abc import Mapping

from mockserver.contract import Contract, Operation
from mockserver.errors import unknown
from mockserver.mock.messages import Answer, refusal


class Router:
    """Finds the operation of a method and a path; if several paths match, the one with the fewest parameters."""

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
        """Return the operation and its path parameters as text, or ``None`` and no parameters."""
        for pattern, names, _, operations in self._routes:
            found = pattern.fullmatch(path)
            if found and method in operations:
                return operations[method], dict(zip(names, found.groups(), strict=True))
        return None, {}

    def methods(self, path: str) -> list[str]:
        """Return the sorted methods of a path, with HEAD if there is GET; none for an unknown path."""
        found = {m for pattern, _, _, operations in self._routes if pattern.fullmatch(path) for m in operations}
        return sorted(found | {"HEAD"} if "GET" in found else found)

    def refusal(self, path: str) -> Answer:
        """Return the refusal if no operation matches: 404 with the available paths, or 405 with the path's methods."""
        allowed = self.methods(path)
        if not allowed:
            return refusal(404, "Not found", unknown("path", path, [known for _, _, known, _ in self._routes]))
        names = ", ".join(allowed)
        return refusal(405, "Method not allowed", f"available methods of {path}: {names}", ("Allow", names))
