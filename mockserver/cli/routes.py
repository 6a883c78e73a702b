"""``mockserver routes``: shows how a contract was understood, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Any

import click

from mockserver.cli.settings import SETTINGS

if TYPE_CHECKING:
    from mockserver.semantics import ListSemantics


@click.command(context_settings=SETTINGS)
@click.argument("contract", required=False, envvar="MOCKSERVER_CONTRACT", type=click.Path())
def routes(contract: str | None) -> None:
    """Show the operations of CONTRACT and, for each list, its roles and how they were found."""
    from mockserver.contract import load_contract
    from mockserver.mock.options import default_contract
    from mockserver.semantics import list_operations

    loaded = load_contract(contract or default_contract())
    lists = {s.operation.id: s for s in list_operations(loaded)}
    for operation in loaded.operations:
        kind = "list" if operation.id in lists else "single answer"
        click.echo(f"{operation.method} {operation.path}  {operation.id}  ({kind})")
        if operation.id in lists:
            click.echo("\n".join(_roles(lists[operation.id])))


def _roles(semantics: ListSemantics) -> Iterator[str]:
    """Yield one line for each role of a list: its name, the parameter or field that has it, and why."""
    for role, why in semantics.why.items():
        shown = _shown(role, getattr(semantics, role))
        if role == "limit":
            shown += f" (default {semantics.default_limit}, at most {semantics.max_limit})"
        yield f"  {role:<16} {shown}  [{why}]"


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
