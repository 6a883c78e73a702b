"""`FAULTS`: every bug that can be planted, by name. The entries stand in the modules `faults_*`, by area."""

from tests.servers.faults_backward import BACKWARD
from tests.servers.faults_cursors import CURSORS
from tests.servers.faults_data import DATA, SCHEMA
from tests.servers.faults_filters import FILTERING
from tests.servers.faults_limits import LIMITS
from tests.servers.faults_meta import META
from tests.servers.faults_paging import PAGING
from tests.servers.faults_robustness import ROBUSTNESS
from tests.servers.faults_state import CONCURRENCY, KEY, REFRESH
from tests.servers.faults_validation import VALIDATION
from tests.servers.planting import Fault

__all__ = ["FAULTS", "Fault"]

PAGES = (PAGING, CURSORS, BACKWARD, LIMITS, META)
RECORDS = (FILTERING, SCHEMA, DATA, REFRESH)
REQUESTS = (VALIDATION, ROBUSTNESS, KEY, CONCURRENCY)

FAULTS: dict[str, Fault] = {name: fault for table in (*PAGES, *RECORDS, *REQUESTS) for name, fault in table.items()}
"""Every fault by its name."""
