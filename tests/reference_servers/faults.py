"""`FAULTS`: every bug that can be planted, by name. The modules `faults_*` hold them by area."""

from tests.reference_servers.faults_backward import BACKWARD
from tests.reference_servers.faults_cursors import CURSORS
from tests.reference_servers.faults_data import DATA, SCHEMA
from tests.reference_servers.faults_filters import FILTERING
from tests.reference_servers.faults_limits import LIMITS
from tests.reference_servers.faults_meta import META
from tests.reference_servers.faults_paging import PAGING
from tests.reference_servers.faults_robustness import ROBUSTNESS
from tests.reference_servers.faults_state import CONCURRENCY, KEY, REFRESH
from tests.reference_servers.faults_validation import VALIDATION
from tests.reference_servers.faults_wire import AT_ONCE, BYTES, PARTS, PROMISES, VALUES
from tests.reference_servers.planting import Fault

__all__ = ["FAULTS", "Fault"]

PAGES = (PAGING, CURSORS, BACKWARD, LIMITS, META, PROMISES)
RECORDS = (FILTERING, VALUES, SCHEMA, DATA, REFRESH, AT_ONCE)
REQUESTS = (VALIDATION, ROBUSTNESS, BYTES, KEY, PARTS, CONCURRENCY)

FAULTS: dict[str, Fault] = {name: fault for table in (*PAGES, *RECORDS, *REQUESTS) for name, fault in table.items()}
"""Every fault by its name."""
