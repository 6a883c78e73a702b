"""What all tests share: the options of a run, and the servers that are judged."""

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis

from tests.support.paths import CONTRACT
from tests.support.targets import Target, targets


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Run only the tests that judge a server when --base-url names one."""
    if not config.getoption("base_url"):
        return
    kept = [item for item in items if item.get_closest_marker("judge")]
    config.hook.pytest_deselected(items=[item for item in items if item not in kept])
    items[:] = kept


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "target" in metafunc.fixturenames:
        names = targets(metafunc.config.getoption("base_url"))
        metafunc.parametrize("target", names, indirect=True, scope="session")


@pytest.fixture(scope="session")
def target(request: pytest.FixtureRequest) -> Iterator[Target]:
    """Start one of the servers to be judged."""
    with request.param() as found:
        yield found


@pytest.fixture(scope="session")
def api_schema(target: Target) -> Any:
    """Load the contract into Schemathesis, with the target as its server."""
    schema = schemathesis.openapi.from_path(CONTRACT)
    schema.app = target.app
    schema.config.update(base_url=target.base_url)
    # The laws have tests of their own here; as a check they would run after the target has ended.
    schema.config.checks.update(excluded_check_names=["Laws"])
    return schema
