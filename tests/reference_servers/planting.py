"""How faults and designs are written: a subclass of `Backend`, which a decorator enters into a table.

The class's docstring is the description. One class is one entry; nothing else has to be changed to add one.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from inspect import cleandoc

from tests.reference_servers.backend import Backend

AREAS = ("paging", "filters", "meta", "validation", "schema", "data", "refresh", "robustness", "key", "concurrency")


@dataclass(frozen=True)
class Fault:
    """A bug that can be planted. At least one of `laws` must find it; some of them are Schemathesis' own checks.

    `size` is a number of records in which the bug shows, `None` for the default. The bugs of the area `key`
    show only on a server that was created with `api_keys`.
    """

    name: str
    area: str
    description: str
    laws: tuple[str, ...]
    size: int | None = None
    backend: type[Backend] = field(default=Backend, repr=False)


@dataclass(frozen=True)
class Design:
    """A correct server of another design; `moving` where its data change while they are read."""

    name: str
    description: str
    size: int | None = None
    moving: bool = False
    backend: type[Backend] = field(default=Backend, repr=False)


Decorator = Callable[[type[Backend]], type[Backend]]


class Faults(dict[str, Fault]):
    """A table of the faults of one area, filled by `@table.plant(name, law, ...)` on subclasses of Backend."""

    def __init__(self, area: str) -> None:
        super().__init__()
        self.area = area

    def plant(self, name: str, *laws: str, size: int | None = None) -> Decorator:
        """Enter the decorated class as the fault `name`."""

        def enter(backend: type[Backend]) -> type[Backend]:
            self[name] = Fault(name, self.area, cleandoc(backend.__doc__ or ""), laws, size, backend)
            return backend

        return enter


class Designs(dict[str, Design]):
    """A table of designs, filled by `@table.build(name)` on subclasses of Backend."""

    def build(self, name: str, *, size: int | None = None, moving: bool = False) -> Decorator:
        """Enter the decorated class as the design `name`."""

        def enter(backend: type[Backend]) -> type[Backend]:
            self[name] = Design(name, cleandoc(backend.__doc__ or ""), size, moving, backend)
            return backend

        return enter
