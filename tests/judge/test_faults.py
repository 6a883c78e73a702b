"""Every planted fault is condemned by a law that its table names, and every correct server by none.

The table stands with the faults, in ``tests/servers/faults_*.py``: the names after a fault's own are the laws (or the
checks of single answers) of which at least one has to condemn it.
"""

import pytest

from mockserver.judge.laws import LAWS
from mockserver.judge.laws.report import told
from tests.reference_servers.designs import DESIGNS
from tests.reference_servers.faults import FAULTS
from tests.reference_servers.running import running
from tests.reference_servers.server import create_app
from tests.support.looking_over import broken, verdicts

KEY = "sesame"
BY_LAW = [name for name, fault in FAULTS.items() if set(fault.laws) & set(LAWS)]


@pytest.fixture(autouse=True)
def _caller_has_a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOCKSERVER_KEY", KEY)


def test_there_are_enough() -> None:
    """At least 80 faults and 6 designs, and for each law a fault that it has to find."""
    assert len(FAULTS) >= 80
    assert len(DESIGNS) >= 6
    assert {name for fault in FAULTS.values() for name in fault.laws} >= set(LAWS)


@pytest.mark.parametrize("name", BY_LAW)
def test_fault_is_condemned(name: str) -> None:
    """The law that the table names finds the planted fault."""
    fault = FAULTS[name]
    keys = (KEY,) if fault.area == "key" else ()
    with running(create_app(fault=name, api_keys=keys)) as base_url:
        found = broken(base_url)
    assert set(found) & set(fault.laws), f"{fault.description} Condemned only by: {', '.join(found) or 'none'}"
    for verdict in found.values():
        assert verdict.breach is not None and verdict.breach.evidence, "a verdict without evidence"
        assert "curl" in told(verdict)
        assert KEY not in told(verdict)


@pytest.mark.parametrize("name", DESIGNS)
def test_correct_server_is_clean(name: str) -> None:
    """No law condemns a correct server, whatever its design."""
    with running(create_app(design=name)) as base_url:
        found = broken(base_url)
    assert not found, "\n\n".join(told(v) for v in found.values())


@pytest.mark.parametrize("name", [n for n, d in DESIGNS.items() if d.moving])
def test_moving_data_are_said_to_move(name: str) -> None:
    """Where records come, go or change meanwhile, some law says that it cannot tell."""
    with running(create_app(design=name)) as base_url:
        found = verdicts(base_url)
    reasons = [v.reason for v in found.values() if v.status == "inconclusive"]
    assert any("moved" in reason for reason in reasons)


def test_second_server_is_clean_with_a_key() -> None:
    """The base server, with a key demanded: every law that applies is kept, the law of keys among them."""
    with running(create_app(api_keys=(KEY,))) as base_url:
        found = verdicts(base_url)
    assert {n: v.status for n, v in found.items()} == dict.fromkeys(LAWS, "kept")
