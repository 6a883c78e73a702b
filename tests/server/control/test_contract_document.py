"""The control plane, judged by Schemathesis against its own document."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import CHECKS

from mockserver import create_app

# Which options a scenario has, and which records the contract allows, is more than its document says.
UNTOLD = {"put_scenario", "put_fixtures"}


@pytest.fixture
def api_schema() -> Any:
    schema = schemathesis.openapi.from_wsgi("/__mock__/openapi.json", create_app())
    schema.config.checks.update(excluded_check_names=["Laws", "unsupported_method", "allow_header_conformance"])
    return schema


schema = schemathesis.pytest.from_fixture("api_schema")


@schema.parametrize()
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_every_operation_is_as_documented(case: Any) -> None:
    """Generated requests, good and bad: every answer has a documented status and fits its schema."""
    untold = case.operation.definition.raw.get("operationId") in UNTOLD
    left_out = [CHECKS.get_one("positive_data_acceptance")] if untold else []
    case.call_and_validate(excluded_checks=left_out)
