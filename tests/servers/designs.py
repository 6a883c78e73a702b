"""`DESIGNS`: correct servers that differ where the contract leaves it open. A fair judge condemns none of them."""

from tests.servers.designs_paging import CURSORS
from tests.servers.designs_wire import WIRE
from tests.servers.planting import Design

__all__ = ["DESIGNS", "Design"]

DESIGNS: dict[str, Design] = {**CURSORS, **WIRE}
