"""What tests share: the servers that are judged, chosen in one place."""

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis

from tests.support.paths import CONTRACT
from tests.support.targets import Target, targets


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """With --base-url only the tests that judge a server are run: the others have none to speak to."""
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
    """One of the servers to be judged, running."""
    with request.param() as found:
        yield found


@pytest.fixture(scope="session")
def api_schema(target: Target) -> Any:
    """The contract as Schemathesis sees it, aimed at the target."""
    schema = schemathesis.openapi.from_path(CONTRACT)
    schema.app = target.app
    schema.config.update(base_url=target.base_url)
    # The laws have tests of their own here; as a check they would run when the target is gone.
    schema.config.checks.update(excluded_check_names=["Laws"])
    return schema
