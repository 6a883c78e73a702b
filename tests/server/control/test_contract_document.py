"""The control API, tested by Schemathesis against its own document."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import CHECKS

from mockserver import create_app

STRICTER = {"put_scenario", "put_fixtures"}
"""Operations that refuse more than their schema: it has neither the options of scenarios, nor the mock's contract."""


@pytest.fixture
def api_schema() -> Any:
    schema = schemathesis.openapi.from_wsgi("/__mock__/openapi.json", create_app())
    schema.config.checks.update(excluded_check_names=["Laws", "unsupported_method", "allow_header_conformance"])
    return schema


schema = schemathesis.pytest.from_fixture("api_schema")


@schema.parametrize()
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_every_operation_is_as_documented(case: Any) -> None:
    """Every answer to a generated request, valid or not, has a documented status and fits its schema."""
    is_stricter = case.operation.definition.raw.get("operationId") in STRICTER
    excluded = [CHECKS.get_one("positive_data_acceptance")] if is_stricter else []
    case.call_and_validate(excluded_checks=excluded)
