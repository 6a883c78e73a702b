"""Judges any server by its contract: surveys its lists, holds them to the laws, and drives Schemathesis.

`judge_server` is the entry for programs. Nothing else of the judge is imported until it is called, so that a mock
starts without Schemathesis, and the judge without the mock.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mockserver.errors import OptionError
from mockserver.judge.access import Access, OAuth, Safety

if TYPE_CHECKING:
    from mockserver.judge.laws.verdict import Verdict
    from mockserver.judge.profile import Profile

__all__ = ["Access", "OAuth", "Safety", "judge_server", "missing_extra"]


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
    access: Access | None = None,
    safety: Safety | None = None,
) -> tuple[Verdict, ...]:
    """Return the verdicts on every list operation of a contract, in the order of the contract and of the laws.

    ``server`` is a base URL, or a WSGI or ASGI application that is called in process; ``contract`` an OpenAPI document:
    a file, a URL, or a path that the server serves. ``operation`` is the id of the only list operation to judge, a
    pattern such as ``list_*``, or several of these; ``laws`` names the only laws. ``headers`` go with every request;
    ``access`` is what the server wants to see, ``safety`` how it is spared. ``rate`` limits the requests, as ``5/s``:
    the default for a server on another machine. ``budget`` is the number of requests for one list, ``seed`` decides
    what is sampled, ``refresh=False`` sends no request that could change the server's data, ``profile`` says how the
    server differs on purpose, as a TOML file or a `Profile`.

    The laws are inconclusive on a list that shows no page. Raises `JudgeError` if no list shows one, `ContractError`,
    and `OptionError` for an argument that cannot be used, or if the extra ``check`` is not installed.
    """
    # A program may name one law, or one operation, as a text.
    names, patterns = _several(laws), _several(operation or ())
    care, wanted = safety or Safety(), access or Access()
    try:
        from mockserver.judge.laws import LAWS
        from mockserver.judge.profile import Profile, load_profile
        from mockserver.judge.schemathesis.server import IN_PROCESS, Server, SurveySettings, judge_lists
    except ModuleNotFoundError as error:
        raise missing_extra(error) from None
    loosened = load_profile(profile, LAWS) if isinstance(profile, str | Path) else profile or Profile()
    wanted = replace(wanted, params={**loosened.params, **wanted.params})
    settings = SurveySettings(names, budget, seed, refresh and not care.read_only, loosened)
    base_url, application = (server, None) if isinstance(server, str) else (IN_PROCESS, server)
    target = Server(base_url, application, headers or {}, rate or care.rate, wanted, care)
    return judge_lists(target, contract, settings, patterns)


def _several(names: str | Sequence[str]) -> Sequence[str]:
    return [names] if isinstance(names, str) else names


def missing_extra(error: ModuleNotFoundError) -> OptionError:
    """Return the error that says how to install what judging needs."""
    return OptionError(f"judging needs {error.name}; install it with: pip install 'mockserver[check]'")
