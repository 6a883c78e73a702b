"""Settings of Schemathesis, in the form of a ``schemathesis.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from schemathesis.config import SchemathesisConfig

from mockserver.judge.access import Safety

_SHIPPED = Path(__file__).parent / "schemathesis.toml"

PHASES = ("examples", "coverage", "fuzzing", "stateful")
"""The phases of Schemathesis."""

SCHEMATHESIS_REPORTS = ("har", "allure", "ndjson", "vcr")
"""The reports that Schemathesis writes."""

_STATELESS: dict[str, Any] = {"cache": {"enabled": False}, "generation": {"database": "none"}}
"""Nothing is read from, or left in, the current folder, so that each run does the same."""


def laws_configuration() -> SchemathesisConfig:
    """Return the settings for the judge's own requests. No hook is registered."""
    return SchemathesisConfig.from_dict(dict(_STATELESS))


def phases_configuration(
    seed: int, phases: Sequence[str], reports: Mapping[str, Any], safety: Safety | None = None
) -> SchemathesisConfig:
    """Return the settings for Schemathesis' own phases, with the hooks and checks of this package.

    ``reports`` maps the name of each report that Schemathesis writes to its settings.
    """
    settings = tomllib.loads(_SHIPPED.read_text(encoding="utf-8")) | _STATELESS
    settings["seed"] = seed
    settings["phases"] = {name: {"enabled": name in phases} for name in PHASES}
    settings["phases"]["examples"]["fill-missing"] = tuple(phases) == ("examples",)
    settings["reports"] = dict(reports)
    if safety is not None and safety.read_only:
        settings["phases"]["coverage"]["unexpected-methods"] = []
    if safety is not None and safety.gentle:
        settings["generation"] = {**_STATELESS["generation"], "mode": "positive"}
    return SchemathesisConfig.from_dict(settings)
