"""Realistic strings: by format, by the name of the property, by a Faker method, or two words and a number."""

from __future__ import annotations

import base64
import re
import threading
from collections.abc import Callable
from datetime import datetime
from functools import cache
from importlib import import_module
from typing import Any

from mockserver.errors import shown
from mockserver.values.instants import instant
from mockserver.values.seeded import write_uuid

Providers = tuple[Callable[[], type], ...]
"""Functions that return Faker provider classes; each is called once, when a Faker is first needed."""

_YEAR = 365 * 24 * 3600
_FAKER_LOCK = threading.Lock()
# Methods of Faker's provider of dates that do not depend on the current date.
_TIMELESS = ("century", "timezone", "pytimezone")


def call_faker(method: str, seed: int, providers: Providers = (), *args: Any, **named: Any) -> Any:
    """Return what a Faker method returns right after Faker was seeded: always the same for the same seed.

    ``args`` and ``named`` are the arguments of the method. Raises `AttributeError` for a method that no provider has,
    `ValueError` for one that measures from today's date.
    """
    with _FAKER_LOCK:
        generator = _generator(providers)
        generator.seed_instance(seed)
        if not hasattr(generator, method):
            raise AttributeError(f"unknown Faker method '{shown(method)}'")
        try:
            made = getattr(generator, method)(*args, **named)
        except _FromToday:
            raise ValueError(
                f"the Faker method '{method}' measures from today's date, so its values would differ from day to day; "
                "use 'format: date-time' or 'format: date' instead"
            ) from None
    return made if made is None or isinstance(made, (str, int, float, bool, list, dict)) else str(made)


@cache
def _generator(providers: Providers) -> Any:
    factory = import_module("faker").Factory
    generator = factory.create("en_US", use_weighting=False)
    dates = import_module("faker.providers.date_time").Provider
    for name, member in vars(dates).items():
        if callable(member) and not name.startswith("_") and name not in _TIMELESS:
            generator.set_formatter(name, _guarded(getattr(generator, name)))
    for make in providers:
        generator.add_provider(make())
    return generator


class _FromToday(Exception):
    """A Faker method whose result depends on the current date was called, perhaps by another method."""


def _guarded(method: Callable[..., Any]) -> Callable[..., Any]:
    """Return a method of Faker's dates that raises `_FromToday` unless two datetimes limit its result.

    Other methods of Faker call it with two datetimes; their results do not depend on the current date.
    """

    def guarded(*args: Any, **named: Any) -> Any:
        if sum(isinstance(value, datetime) for value in (*args, *named.values())) < 2:
            raise _FromToday
        return method(*args, **named)

    return guarded


def faker_method(format_: str | None, name: str | None) -> str | None:
    """Return the Faker method for a format or, failing that, for the name of a property; ``None`` if none fits."""
    if format_ in _METHOD_BY_FORMAT:
        return _METHOD_BY_FORMAT[format_]
    return None if name is None else _METHOD_BY_NAME.get(re.sub(r"[^a-z]", "", name.lower()))


def formatted(format_: str | None, number: int) -> str | None:
    """Return the string of a format that needs no Faker, chosen by a number of 128 bits; ``None`` for other formats.

    All dates and times are in the year before `instants.DEFAULT_CLOCK`.
    """
    if format_ == "uuid":
        return write_uuid(number >> 6)
    if format_ in ("byte", "base64"):
        return base64.b64encode(number.to_bytes(16, "big")[:12]).decode()
    if format_ == "duration":
        return f"PT{number % 3600 + 1}S"
    if format_ not in ("date-time", "date", "time"):
        return None
    date_time = instant(1 + number % _YEAR)
    if format_ == "date-time":
        return date_time
    return date_time[:10] if format_ == "date" else date_time[11:]


def words(number: int, least: int = 0, most: int | None = None) -> str:
    """Return two words and a number, repeated or cut to a length from ``least`` to ``most``."""
    text = f"{_ADJECTIVES[number % 8]}-{NOUNS[number // 8 % 8]}-{number // 64 % 1000}"
    while len(text) < least:
        text += f"-{text}"
    return text if most is None else text[: max(most, 0)]


_METHOD_BY_FORMAT = {
    "email": "email",
    "idn-email": "email",
    "uri": "uri",
    "iri": "uri",
    "url": "uri",
    "uri-reference": "uri_path",
    "hostname": "hostname",
    "idn-hostname": "hostname",
    "ipv4": "ipv4",
    "ipv6": "ipv6",
    "password": "password",
}
_METHOD_BY_NAME = {
    **dict.fromkeys(("name", "fullname", "owner", "author", "assignee"), "name"),
    **dict.fromkeys(("firstname", "givenname"), "first_name"),
    **dict.fromkeys(("lastname", "surname", "familyname"), "last_name"),
    **dict.fromkeys(("email", "emailaddress"), "email"),
    **dict.fromkeys(("username", "login", "handle"), "user_name"),
    **dict.fromkeys(("phone", "phonenumber", "telephone"), "phone_number"),
    **dict.fromkeys(("url", "website", "link", "homepage"), "uri"),
    **dict.fromkeys(("company", "organization", "organisation", "employer"), "company"),
    **dict.fromkeys(("description", "summary", "comment", "note", "message", "text", "body", "bio"), "sentence"),
    **dict.fromkeys(("street", "streetaddress"), "street_address"),
    **dict.fromkeys(("zip", "zipcode", "postcode", "postalcode"), "postcode"),
    "address": "address",
    "city": "city",
    "country": "country",
    "countrycode": "country_code",
    "currency": "currency_code",
    "job": "job",
    "title": "catch_phrase",
    "color": "color_name",
    "colour": "color_name",
}
_ADJECTIVES = ("amber", "brisk", "calm", "early", "fleet", "gentle", "hardy", "keen")
NOUNS = ("anchor", "birch", "cedar", "delta", "ember", "fjord", "grove", "harbor")
"""Nouns, also used as names for properties that a schema allows without naming them."""
