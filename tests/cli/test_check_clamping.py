"""`mockserver check` on a server that clamps page sizes although the contract documents a refusal."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.judge.designs.sizes import clamped, sized
from tests.support.checking import check
from tests.support.list_app import serving


@pytest.mark.parametrize(("profile", "code"), [("clamp_sizes = true", 0), ("clamp_sizes = false", 1)])
def test_the_profile_allows_clamped_sizes_in_every_phase(profile: str, code: int, tmp_path: Path) -> None:
    made, app = sized(clamped)
    (tmp_path / "openapi.json").write_text(json.dumps(made), encoding="utf-8")
    (tmp_path / "profile.toml").write_text(profile, encoding="utf-8")
    options = ("--contract", str(tmp_path / "openapi.json"), "--profile", str(tmp_path / "profile.toml"))
    with serving(app) as base_url:
        got, out, err = check(base_url, *options)
    assert got == code, out + err
