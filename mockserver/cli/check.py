"""``mockserver check``: judges any server by the contract, law by law."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mockserver.cli.access import access_options, read_access
from mockserver.cli.ci import ci_options, names, read_ci
from mockserver.cli.settings import SETTINGS, WholeNumber
from mockserver.errors import OptionError
from mockserver.judge import missing_extra

if TYPE_CHECKING:
    from mockserver.judge.outcome import Outcome
    from mockserver.judge.schemathesis.command import CheckOptions


@click.command(context_settings=SETTINGS)
@click.argument("url", required=False)
@click.option(
    "--contract",
    metavar="FILE",
    show_default="the wallet balances",
    help="The OpenAPI document to judge by: a file, a URL, or a path that the server itself serves.",
)
@click.option("-H", "--header", "headers", multiple=True, metavar="NAME:VALUE", help="Send this header; repeatable.")
@click.option(
    "--operation",
    "operations",
    multiple=True,
    metavar="ID",
    help="Judge only this list operation, or those that a pattern such as 'list_*' or 'GET /v2/*' names; repeatable.",
)
@click.option("--law", "laws", multiple=True, metavar="NAME", help="Judge only this law; repeatable.")
@click.option("--budget", default=450, type=WholeNumber(min=1), help="Maximum requests for each list operation.")
@click.option("--rate", metavar="N/s", show_default="unlimited on loopback, 5/s elsewhere", help="Requests per second.")
# The environment variable for a seed is the mock's, which may be any text.
@click.option(
    "--seed", default=0, type=WholeNumber(0), allow_from_autoenv=False, help="Seed of what is sampled and generated."
)
@click.option("--no-refresh", is_flag=True, help="Never ask the server to refresh its data.")
@click.option(
    "--profile", type=click.Path(), help="A TOML file that turns laws off or loosens them, for all operations or some."
)
@click.option("--init-profile", is_flag=True, help="Print a profile that explains every switch, and exit.")
@click.option("--learn", is_flag=True, help="Print a profile under which this server passes, and exit.")
@click.option("--report", "reports", metavar="junit,html,sarif,...", help="Reports to write, comma-separated.")
@click.option("--report-dir", metavar="FOLDER", help="The folder to write reports to.")
@click.option("--laws-only", is_flag=True, help="Judge the laws only, without Schemathesis' own phases.")
@ci_options
@access_options
def check(url: str | None, init_profile: bool, learn: bool, **options: Any) -> int:
    """Judge the server at URL by its contract.

    URL is the base URL of a server, or an application of a Python module, which is called in process: module:app.

    Exit code: 1 if something failed that the baseline does not know, or --min-coverage is missed; else 2 if no list
    could be judged; else 0.
    """
    # The time that importing Schemathesis takes is part of the run.
    started = time.monotonic()
    if init_profile:
        from mockserver.judge.profile import template

        click.echo(template(), nl=False)
        return 0
    if options["contract"] == "":
        raise OptionError("got an empty --contract, expected a file, a URL, or a path that the server serves")
    if url is None:
        raise click.UsageError("no URL given; give the server's base URL: mockserver check http://127.0.0.1:4010")
    try:
        from mockserver.judge.schemathesis import command, learning
    except ModuleNotFoundError as error:
        raise missing_extra(error) from None
    from mockserver.judge.set_up import prepared

    parsed = _parsed(url, **options)
    if learn:
        with prepared(parsed.set_up, _warn):
            click.echo(learning.learn(command.opened(parsed), parsed.settings), nl=False)
        return 0
    return _run(parsed, time.monotonic() - started)


def _run(options: CheckOptions, spent: float) -> int:
    """Judge, report, and return the exit code. ``spent`` are seconds of the run that have passed."""
    from rich.console import Console

    from mockserver.judge.reports.summary import print_summary
    from mockserver.judge.reports.writing import prepare, write_reports
    from mockserver.judge.schemathesis.command import run_check
    from mockserver.judge.set_up import prepared

    console = Console(highlight=False, soft_wrap=True)
    folder = Path(options.report_dir)
    if options.reports:
        prepare(folder)
    with prepared(options.set_up, _warn):
        outcome = run_check(replace(options, started=time.monotonic() - spent), console)
    written = write_reports(outcome, options.reports, folder)
    if options.reports:
        files = ", ".join(map(str, written))
        console.print(f"\nReports: {files or folder}", markup=False)
    _complain(outcome)
    print_summary(outcome, console)
    return outcome.exit_code


def _warn(text: str) -> None:
    click.echo(f"mockserver: {text}", err=True)


def _complain(outcome: Outcome) -> None:
    """Say on stderr why no list could be judged."""
    reasons = [operation.reason for operation in outcome.lists]
    if all(reasons):
        more = f" (and {len(reasons) - 1} more lists)" if len(reasons) > 1 else ""
        click.echo(f"mockserver: {' '.join(reasons[0].split())}{more}", err=True)


def _parsed(
    url: str,
    *,
    contract: str | None,
    headers: tuple[str, ...],
    laws: tuple[str, ...],
    budget: int,
    rate: str | None,
    seed: int,
    no_refresh: bool,
    profile: str | None,
    reports: str | None,
    report_dir: str | None,
    **options: Any,
) -> CheckOptions:
    """Return the options as values. Raises `OptionError` for one that cannot be used."""
    from mockserver.judge.laws import LAWS
    from mockserver.judge.profile import Profile, load_profile
    from mockserver.judge.schemathesis.applications import is_application, load_application
    from mockserver.judge.schemathesis.command import REPORT_DIR, REPORTS, CheckOptions
    from mockserver.judge.schemathesis.server import IN_PROCESS, Server, SurveySettings, check_laws, check_rate
    from mockserver.mock.options import default_contract

    check_laws(laws)
    check_rate(rate)
    access, safety = read_access(options, rate)
    loaded = load_profile(profile, LAWS) if profile else Profile()
    ci, set_up = read_ci(options, url)
    access = replace(access, params={**loaded.params, **access.params})
    application = load_application(url) if is_application(url) else None
    base_url = url if application is None else IN_PROCESS
    server = Server(base_url, application, dict(_header(text) for text in headers), rate, access, safety)
    may_refresh = not no_refresh and not safety.read_only
    settings = SurveySettings(laws, budget, seed, refresh=may_refresh, profile=loaded)
    return CheckOptions(
        server,
        contract or default_contract(),
        settings,
        reports=names("report", reports, REPORTS),
        report_dir=report_dir or REPORT_DIR,
        ci=ci,
        set_up=set_up,
        **options,
    )


def _header(text: str) -> tuple[str, str]:
    name, colon, value = text.partition(":")
    if not colon or not name.strip():
        raise OptionError("got a header without a name, expected NAME:VALUE")
    if not (name + value).isascii() or not (name + value).isprintable():
        raise OptionError(f"the header {name.strip()!r} has characters that are not printable ASCII")
    return name.strip(), value.strip()
