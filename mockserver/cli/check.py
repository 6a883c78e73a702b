"""`mockserver check`: any server judged by the contract, law by law."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mockserver.cli.settings import SETTINGS
from mockserver.errors import OptionError

if TYPE_CHECKING:
    from mockserver.judge.schemathesis.command import Wish


@click.command(context_settings=SETTINGS)
@click.argument("url", required=False)
@click.option("--contract", type=click.Path(), show_default="the wallet balances", help="The OpenAPI file to judge by.")
@click.option("-H", "--header", "headers", multiple=True, metavar="NAME:VALUE", help="Send this header; repeatable.")
@click.option("--operation", metavar="ID", help="Judge this list operation only.")
@click.option("--law", "laws", multiple=True, metavar="NAME", help="Judge this law only; repeatable.")
@click.option("--budget", default=300, type=click.IntRange(min=1), help="Requests for one list operation.")
@click.option("--rate", metavar="N/s", show_default="unlimited on loopback, 5/s elsewhere", help="Requests per second.")
@click.option("--seed", default=0, type=click.IntRange(min=0), help="Decides what is sampled and generated.")
@click.option("--no-refresh", is_flag=True, help="Send no request that asks the server to refresh its data.")
@click.option("--profile", type=click.Path(), help="A TOML file that turns off or loosens laws.")
@click.option("--init-profile", is_flag=True, help="Write a profile with every switch explained, and end.")
@click.option("--learn", is_flag=True, help="Write the profile under which this server would be clean, and end.")
@click.option("--report", "reports", metavar="junit,json,html,har,allure", help="Reports to write, with commas.")
@click.option("--report-dir", type=click.Path(file_okay=False), help="Where reports are written.")
@click.option("--laws-only", is_flag=True, help="Leave out Schemathesis' own phases.")
def check(url: str | None, init_profile: bool, learn: bool, **options: Any) -> int:
    """Judge the server at URL by the contract: exit code 0 clean, 1 broken, 2 could not judge."""
    from mockserver.judge.profile import template

    if init_profile:
        click.echo(template(), nl=False)
        return 0
    if url is None:
        raise click.UsageError("which server? Give its base URL: mockserver check http://127.0.0.1:4010")
    try:
        from mockserver.judge.schemathesis import command
    except ModuleNotFoundError as error:
        raise OptionError(
            f"judging needs {error.name}, which the extra brings: pip install 'mockserver[check]'"
        ) from None
    wish = _wish(url, **options)
    if learn:
        click.echo(command.learn(wish), nl=False)
        return 0
    # Schemathesis speaks of itself by its program's name; nothing of ours is on its command line.
    sys.argv = ["mockserver check"]
    return command.check(wish)


def _wish(
    url: str,
    *,
    contract: str | None,
    headers: tuple[str, ...],
    no_refresh: bool,
    profile: str | None,
    laws: tuple[str, ...],
    rate: str | None,
    reports: str | None,
    **options: Any,
) -> Wish:
    from mockserver.judge.laws import LAWS
    from mockserver.judge.profile import Profile, load_profile
    from mockserver.judge.schemathesis.command import Wish
    from mockserver.mock.options import default_contract

    for name in laws:
        if name not in LAWS:
            raise OptionError(f"there is no law '{name}'; there are: {', '.join(LAWS)}")
    return Wish(
        url,
        Path(contract or default_contract()),
        headers=dict(_header(text) for text in headers),
        laws=laws,
        reports=_reports(reports),
        rate=_rate(rate),
        refresh=not no_refresh,
        profile=load_profile(profile, LAWS) if profile else Profile(),
        **options,
    )


def _reports(text: str | None) -> str | None:
    from mockserver.judge.schemathesis.command import REPORTS

    for name in (text or "").split(",") if text is not None else ():
        if name not in REPORTS:
            raise OptionError(f"there is no report '{name}'; there are: {', '.join(REPORTS)}")
    return text


def _header(text: str) -> tuple[str, str]:
    name, colon, value = text.partition(":")
    if not colon or not name.strip():
        raise OptionError("a header is given as NAME:VALUE")
    if not (name + value).isascii() or not (name + value).isprintable():
        raise OptionError(f"the header {name.strip()!r} holds what no header can: only printable ASCII will do")
    return name.strip(), value.strip()


def _rate(text: str | None) -> str | None:
    if text is None:
        return None
    number, _, unit = text.partition("/")
    if not number.isdigit() or int(number) < 1 or unit not in ("s", "m", "h"):
        raise OptionError(f"a rate is given as N/s, N/m or N/h, not '{text}'")
    return text
