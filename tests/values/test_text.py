"""Realistic strings in generated values: by format, by the name of the property, by Faker."""

from __future__ import annotations

import uuid
from datetime import date, datetime

import pytest
from jsonschema_rs import Draft202012Validator as RustValidator

from mockserver.domains.wallets.faker_provider import wallet_provider
from mockserver.domains.wallets.tokens import TOKEN_BY_ID
from mockserver.errors import ContractError
from mockserver.values.text import call_faker
from tests.support.schemas import fake, many


def test_strings_have_the_format_of_their_schema() -> None:
    assert all(uuid.UUID(v).version == 4 for v in many({"type": "string", "format": "uuid"}))
    date_times = many({"type": "string", "format": "date-time"})
    assert all(datetime.fromisoformat(v) < datetime.fromisoformat("2025-01-15T12:00:00Z") for v in date_times)
    assert all(v.endswith("Z") for v in date_times)
    assert all(date.fromisoformat(v) for v in many({"type": "string", "format": "date"}))
    checked = {"type": "string"}
    for name in ("email", "uri", "hostname", "ipv4", "ipv6", "time", "duration", "uuid", "date-time"):
        schema = checked | {"format": name}
        validator = RustValidator(schema, validate_formats=True)
        assert all(validator.is_valid(v) for v in many(schema, 20)), name


def test_the_name_of_a_property_decides_what_its_text_looks_like() -> None:
    person = fake({"type": "object", "required": ["email", "city"], "properties": {"email": {}, "city": {}}})
    assert "@" in person["email"]
    assert "-" not in person["city"]


def test_faker_is_called_by_name_with_arguments_and_with_further_providers() -> None:
    assert fake({"type": "string", "x-faker": "isbn13"}).count("-") == 4
    assert len(fake({"x-faker": {"method": "bothify", "args": {"text": "??-##"}}})) == 5
    assert len(fake({"x-faker": {"method": "bothify", "args": ["??##"]}})) == 4
    assert fake({"x-faker": "token_id"}, providers=(wallet_provider,)) in TOKEN_BY_ID
    with pytest.raises(ContractError, match="x-faker: unknown Faker method 'no_such_thing'"):
        fake({"x-faker": "no_such_thing"})


@pytest.mark.parametrize("requested", [5, None, [], {}, {"method": 5}, {"method": "name", "args": 5}])
def test_a_request_for_faker_of_another_form_is_refused(requested: object) -> None:
    with pytest.raises(ContractError, match=r"x-faker: got .*, expected a method, or \{method: \.\.\., args: \.\.\.\}"):
        fake({"x-faker": requested})


def test_a_faker_value_does_not_depend_on_earlier_calls() -> None:
    first = call_faker("name", 5)
    call_faker("address", 6)
    assert call_faker("name", 5) == first


@pytest.mark.parametrize(
    "method",
    ["date_time", "past_date", "date_of_birth", "unix_time", "iso8601", "date_between", "month", "time", "profile"],
)
def test_faker_methods_that_measure_from_today_are_refused(method: str) -> None:
    """Their values would differ from day to day; 'profile' contains a date of birth."""
    with pytest.raises(ContractError, match=rf"x-faker: .*'{method}' .*'format: date-time' or 'format: date'"):
        fake({"x-faker": method})


def test_faker_methods_that_do_not_depend_on_today_work() -> None:
    assert "/" in fake({"x-faker": "timezone"})
    made = [call_faker("firefox", seed) for seed in range(40)]
    assert any(" Gecko/" in text for text in made), "a date between two given dates"
