"""`DESIGNS`: correct servers that differ where the contract leaves it open. A fair judge finds no fault in any."""

from tests.reference_servers.designs_paging import CURSORS
from tests.reference_servers.designs_wire import WIRE
from tests.reference_servers.planting import Design

__all__ = ["DESIGNS", "Design"]

DESIGNS: dict[str, Design] = {**CURSORS, **WIRE}
