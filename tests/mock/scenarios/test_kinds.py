"""Scenarios: they are read or refused with all faults; their effects depend on the seed and the number of requests."""

from __future__ import annotations

from typing import Any

import pytest

from mockserver.errors import OptionError
from mockserver.mock.scenarios.kinds import KINDS
from mockserver.mock.scenarios.model import Effect, Turn
from mockserver.mock.scenarios.reading import read_scenario, scenario_of


def effects(text: str, requests: int = 200) -> list[Effect | None]:
    scenario = scenario_of(read_scenario(text))
    return [scenario.effect(Turn(number)) for number in range(1, requests + 1)]


def test_a_scenario_is_read_from_the_command_line() -> None:
    assert read_scenario("slow") == {"name": "slow"}
    assert read_scenario("slow:min=1, max=2.5,seed=7,times=3,key=12,operation=x") == {
        "name": "slow",
        "min": 1,
        "max": 2.5,
        "seed": "7",
        "times": 3,
        "key": "12",
        "operation": "x",
    }
    with pytest.raises(OptionError, match="got 'oops', expected option=value; write NAME:option=value"):
        read_scenario("slow:oops")


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"name": "slw"}, "unknown scenario 'slw'; did you mean 'slow'?"),
        ({"name": "flakey"}, "did you mean 'flaky'?"),
        ({}, "unknown scenario 'None'"),
        ({"name": "slow", "mni": 1}, "unknown option 'mni'; did you mean 'min'?"),
        ({"name": "slow", "min": 3}, "got 'min' 3.0, expected at most 'max', 2.0"),
        ({"name": "slow", "min": "1"}, "got 'min' '1', expected a number from 0 to 60"),
        ({"name": "slow", "min": True}, "got 'min' True, expected a number"),
        ({"name": "slow", "max": 61}, "got 'max' 61, expected a number from 0 to 60"),
        ({"name": "slow", "max": float("nan")}, "got 'max' nan, expected a number"),
        ({"name": "slow", "seed": 7}, "got 'seed' 7, expected text"),
        ({"name": "server-error", "every": 1.5}, "got 'every' 1.5, expected a whole number"),
        ({"name": "empty", "times": 0}, "got 'times' 0, expected a whole number, 1 or more"),
        ({"name": "empty", "times": True}, "got 'times' True"),
        ({"name": "empty", "key": 5}, "got 'key' 5, expected text"),
        ({"name": "empty", "operation": "b"}, "unknown operation 'b'; available: list_boats"),
    ],
)
def test_an_invalid_scenario_is_refused(given: dict[str, Any], message: str) -> None:
    with pytest.raises(OptionError) as caught:
        scenario_of(given, operations=("list_boats",))
    assert message in str(caught.value)


def test_all_faults_are_reported() -> None:
    with pytest.raises(OptionError, match=r"got 'min' -1.*got 'times' 0"):
        scenario_of({"name": "slow", "min": -1, "times": 0})


@pytest.mark.parametrize("name", KINDS)
def test_a_scenario_can_be_written_and_read_again(name: str) -> None:
    scenario = scenario_of({"name": name, "times": 3, "key": "k", "operation": "o"})
    assert scenario_of(scenario.as_json()) == scenario


def test_a_scenario_concerns_its_operation_and_key() -> None:
    limited = scenario_of({"name": "empty", "operation": "a", "key": "k"})
    concerned = {(o, k): limited.concerns(o, k) for o in ("a", "b") for k in ("k", "l", None)}
    assert [pair for pair, yes in concerned.items() if yes] == [("a", "k")]
    assert scenario_of({"name": "empty"}).concerns("b", None)


def test_times_limits_the_number_of_requests() -> None:
    assert [a is not None for a in effects("unauthorized:times=2", 4)] == [True, True, False, False]


def test_times_counts_all_requests_also_across_windows() -> None:
    scenario = scenario_of({"name": "rate-limited", "after": 0, "times": 2})
    refused = [scenario.effect(Turn(1, total=total)) is not None for total in (1, 2, 3, 4)]
    assert refused == [True, True, False, False]


def test_every_third_request_fails() -> None:
    assert [a.status if a else None for a in effects("server-error:every=3,status=502", 6)] == [None, None, 502] * 2
    assert [bool(a and a.cut) for a in effects("truncated:every=2", 4)] == [False, True] * 2
    assert [bool(a and a.closes) for a in effects("disconnect", 2)] == [True] * 2


def test_a_rate_limit_says_how_long_to_wait() -> None:
    scenario = scenario_of({"name": "rate-limited", "after": 2, "per": 10})
    assert scenario.window == 10
    assert scenario.effect(Turn(2, now=100.0, start=100.0)) is None
    refused = scenario.effect(Turn(3, now=103.5, start=100.0))
    assert refused == Effect("rate-limited", status=429, retry_after=7)
    late = scenario.effect(Turn(9, now=109.99, start=100.0))
    assert late is not None
    assert late.retry_after == 1
    assert scenario_of({"name": "slow"}).window == 0


def test_delays_vary_within_their_range() -> None:
    delays = [a.delay for a in effects("slow:min=0.5,max=2") if a]
    assert len(delays) == 200
    assert all(0.5 <= d <= 2 for d in delays)
    assert len(set(delays)) > 190
    assert effects("slow:min=1,max=1", 3) == [Effect("slow", delay=1.0)] * 3


def test_the_same_seed_gives_the_same_effects_and_another_seed_others() -> None:
    one, again, other = effects("flaky:seed=a"), effects("flaky:seed=a"), effects("flaky:seed=b")
    assert one == again != other
    failing = [a for a in one if a]
    assert 30 <= len(failing) <= 90, "three in ten of 200"
    assert any(a.status == 500 for a in failing)
    assert any(a.status == 503 and a.retry_after == 1 for a in failing)
    assert any(a.cut for a in failing)
    assert any(a.closes for a in failing)
    assert any(a.delay for a in failing)
    assert effects("flaky:rate=0") == [None] * 200
    assert None not in effects("flaky:rate=1")
