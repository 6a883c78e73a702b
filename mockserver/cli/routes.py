"""``mockserver routes``: shows how a contract was understood, and why."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Any

import click

from mockserver.cli.settings import SETTINGS

if TYPE_CHECKING:
    from mockserver.contract import Operation
    from mockserver.semantics import ListSemantics


@click.command(context_settings=SETTINGS)
@click.argument("contract", required=False, envvar="MOCKSERVER_CONTRACT", type=click.Path())
@click.option(
    "--format",
    "form",
    type=click.Choice(("table", "json")),
    default="table",
    show_default=True,
    allow_from_autoenv=False,
    help="Output format.",
)
def routes(contract: str | None, form: str) -> None:
    """Show the operations of CONTRACT and, for each list, its roles and how they were found.

    JSON is an array of operations: method, path, operation_id, kind, roles (by name: what has the role, and why) and
    problems.
    """
    from mockserver.contract import load_contract
    from mockserver.mock.options import default_contract
    from mockserver.semantics import list_operations

    loaded = load_contract(contract or default_contract())
    lists = {s.operation.id: s for s in list_operations(loaded)}
    rows = [_row(operation, lists.get(operation.id)) for operation in loaded.operations]
    if form == "json":
        click.echo(json.dumps(rows, indent=2))
        return
    for row in rows:
        click.echo("\n".join(_lines(row)))
    for problem in loaded.problems:
        click.echo(problem.sentence, err=True)


def _row(operation: Operation, semantics: ListSemantics | None) -> dict[str, Any]:
    """Return what is understood of one operation."""
    return {
        "method": operation.method,
        "path": operation.path,
        "operation_id": operation.id,
        "kind": _kind(operation, semantics),
        "roles": {} if semantics is None else dict(_roles(semantics)),
        "problems": [] if operation.unreadable is None else [operation.unreadable],
    }


def _kind(operation: Operation, semantics: ListSemantics | None) -> str:
    if operation.unreadable is not None:
        return "not understood"
    return "list" if semantics is not None else "single answer"


def _lines(row: Mapping[str, Any]) -> Iterator[str]:
    """Yield the lines of one operation: itself, then one for each role, with the parameter or field, and why."""
    yield f"{row['method']} {row['path']}  {row['operation_id']}  ({row['kind']})"
    for role, found in row["roles"].items():
        yield f"  {role:<16} {found['is']}  [{found['why']}]"
    for problem in row["problems"]:
        yield f"  answered with 501: {problem}"


def _roles(semantics: ListSemantics) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield the name of each role of a list, with the parameter or field that has it, and why."""
    for role, why in semantics.why.items():
        shown = _shown(role, getattr(semantics, role))
        if role == "limit":
            shown += f" (default {semantics.default_limit}, at most {semantics.max_limit})"
        yield role, {"is": shown, "why": why}


def _shown(role: str, value: Any) -> str:
    if role == "filters":
        return ", ".join(name if name == target else f"{name} ({target})" for name, target in value.items()) or "none"
    if isinstance(value, tuple):
        return ".".join(value) or "the body itself"
    return "none" if value is None else _dataclass_text(value)


def _dataclass_text(value: Any) -> str:
    if not is_dataclass(value):
        return str(value)
    named = ((f.name, getattr(value, f.name)) for f in fields(value))
    return ", ".join(f"{name} {_plain(part)}" for name, part in named if part)


def _plain(part: Any) -> str:
    if isinstance(part, Mapping):
        return "; ".join(f"{name} = {_plain(others)}" for name, others in part.items())
    return "+".join(part) if isinstance(part, tuple) else str(part)
