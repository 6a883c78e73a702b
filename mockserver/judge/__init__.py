"""Judges any server by its contract: surveys its lists, holds them to the laws, and drives Schemathesis.

`judge_server` is the entry for programs. Nothing else of the judge is imported until it is called, so that a mock
starts without Schemathesis, and the judge without the mock.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mockserver.errors import OptionError

if TYPE_CHECKING:
    from mockserver.judge.laws.verdict import Verdict
    from mockserver.judge.profile import Profile

__all__ = ["judge_server", "missing_extra"]


def judge_server(
    server: str | Callable[..., Any],
    contract: str | Path,
    *,
    operation: str | Sequence[str] | None = None,
    laws: Sequence[str] = (),
    headers: Mapping[str, str] | None = None,
    rate: str | None = None,
    budget: int = 450,
    seed: int = 0,
    refresh: bool = True,
    profile: Profile | str | Path | None = None,
) -> tuple[Verdict, ...]:
    """Return the verdicts on every list operation of a contract, in the order of the contract and of the laws.

    ``server`` is a base URL, or a WSGI or ASGI application that is called in process. ``contract`` is the path of an
    OpenAPI document. ``operation`` is the id of the only list operation to judge, a pattern such as ``list_*``, or
    several of these; ``laws`` names the only laws. ``headers`` go with every request; a key may also be in the
    environment variable ``MOCKSERVER_KEY``. ``rate`` limits the requests, as ``5/s``: that is the default for a server
    on another machine. ``budget`` is the number of requests for one list, ``seed`` decides what is sampled,
    ``refresh=False`` sends no request that could change the server's data, ``profile`` says how the server differs on
    purpose, as a TOML file or a `Profile`.

    The laws are inconclusive on a list that shows no page. Raises `JudgeError` if no list shows one, `ContractError`,
    and `OptionError` for an argument that cannot be used, or if the extra ``check`` is not installed.
    """
    try:
        from mockserver.judge.laws import LAWS
        from mockserver.judge.profile import Profile, load_profile
        from mockserver.judge.schemathesis.server import IN_PROCESS, Server, SurveySettings, judge_lists
    except ModuleNotFoundError as error:
        raise missing_extra(error) from None
    if isinstance(profile, str | Path):
        profile = load_profile(profile, LAWS)
    # A program may name one law as a text.
    names = (laws,) if isinstance(laws, str) else laws
    settings = SurveySettings(names, budget, seed, refresh, profile or Profile())
    if isinstance(server, str):
        target = Server(server, headers=headers or {}, rate=rate)
    else:
        target = Server(IN_PROCESS, server, headers or {}, rate)
    patterns = [operation] if isinstance(operation, str) else operation or ()
    return judge_lists(target, contract, settings, patterns)


def missing_extra(error: ModuleNotFoundError) -> OptionError:
    """Return the error that says how to install what judging needs."""
    return OptionError(f"judging needs {error.name}; install it with: pip install 'mockserver[check]'")
