"""The house: who may import whom, how long things are, and that every public name is explained."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "mockserver"
MODULES = sorted(PACKAGE.rglob("*.py"))
ROOMS = {
    "flask": {"app", "console"},
    "werkzeug": {"app", "console"},
    "yaml": {"contract"},
    "schemathesis": {"checks"},
    "hypothesis": {"checks"},
    "granian": {"serving"},
    "sqlite3": {"shared"},
    "redis": {"shared"},
    "prometheus_client": {"metrics"},
    "watchfiles": {"reloading"},
}
"""A framework, and the only rooms that may know it."""

JUDGE = {"profile", "walk", "survey", "hostile", "laws", "fairness", "checks"}
SHARED = {"contract", "semantics", "errors"}
"""What the judge and the judged have in common: the contract, what it means, and how a user's mistake is told."""

LONGEST_FILE = 300
LONGEST_FUNCTION = 45


def room(path: Path) -> str:
    """The room that a module belongs to: its own name, or that of the package around it."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported(path: Path) -> Iterator[str]:
    """Every module that is imported anywhere in a file, inside functions and under TYPE_CHECKING too."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively"
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def rooms_imported(path: Path) -> set[str]:
    """The rooms of this package that a file imports from."""
    found = {name.split(".")[1] for name in imported(path) if name.startswith("mockserver.")}
    known = {room(p) for p in MODULES}
    return (found & known) - {room(path)}


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_one_framework_one_room(path: Path) -> None:
    """Rule (a): each framework is known in its own room alone."""
    for name in imported(path):
        allowed = ROOMS.get(name.split(".")[0])
        assert allowed is None or room(path) in allowed, f"{name} belongs in {allowed}"


@pytest.mark.parametrize("path", [p for p in MODULES if room(p) in JUDGE], ids=lambda p: str(p.relative_to(PACKAGE)))
def test_the_judge_shares_nothing_with_the_judged(path: Path) -> None:
    """Rule (b): what judges a server imports nothing of what serves."""
    assert rooms_imported(path) <= JUDGE | SHARED


@pytest.mark.parametrize(
    "path", [p for p in MODULES if room(p) not in JUDGE], ids=lambda p: str(p.relative_to(PACKAGE))
)
def test_what_serves_does_not_know_the_judge(path: Path) -> None:
    """The other way round too, but for the command line, which calls both."""
    if room(path) != "cli":
        assert not rooms_imported(path) & JUDGE


def test_no_import_cycles() -> None:
    """Rooms import each other in one direction."""
    edges = {room(p): set[str]() for p in MODULES}
    for path in MODULES:
        edges[room(path)] |= rooms_imported(path)
    done: set[str] = set()
    while ready := {name for name, needs in edges.items() if name not in done and needs <= done}:
        done |= ready
    assert done == set(edges), f"a cycle among {sorted(set(edges) - done)}"


def test_nothing_happens_on_import() -> None:
    """No statement of a module's top level calls a function for its effect, but to register something."""
    for path in MODULES:
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
                called = ast.unparse(node.value.func)
                assert called.split(".")[0] in {"schemathesis", "Loader", "_Loader"}, f"{path}:{node.lineno} {called}"


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_files_and_functions_are_short(path: Path) -> None:
    """A file is a room that can be seen at once; a function is one thought."""
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= LONGEST_FILE
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno is not None
            assert node.end_lineno - node.lineno < LONGEST_FUNCTION, f"{path}:{node.lineno} {node.name}"


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_public_names_are_explained(path: Path) -> None:
    """Modules, classes and functions that others may use have a docstring."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert ast.get_docstring(tree), f"{path} has no docstring"
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            assert ast.get_docstring(node), f"{path}:{node.lineno} {node.name}"
        for inner in node.body if isinstance(node, ast.ClassDef) and not node.name.startswith("_") else ():
            if isinstance(inner, ast.FunctionDef) and not inner.name.startswith("_"):
                assert ast.get_docstring(inner), f"{path}:{inner.lineno} {node.name}.{inner.name}"


def test_the_engine_names_no_field_of_a_balance() -> None:
    """A balance's fields are data of the contract: only the wallet domain knows them."""
    fields = {"wallet_uuid", "cobo_wallet_id", "token_id", "balance_updated_at", "compatible_chains", "chain_type"}
    domain = {"providers", "balances", "profiles", "wallets"}
    for path in MODULES:
        if room(path) in domain:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and node.value in fields:
                raise AssertionError(f"{path}:{node.lineno} names {node.value}")
