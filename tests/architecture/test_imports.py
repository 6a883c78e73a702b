"""The house: who may import whom, how long things are, and that every public name is explained."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.support.paths import ROOT

PACKAGE = ROOT / "mockserver"
MODULES = sorted(PACKAGE.rglob("*.py"))

ORDER = (
    *("errors", "version", "contract", "semantics", "values", "world"),
    *("domains", "state", "mock", "server", "judge", "cli"),
)
"""The packages, bottom to top: each imports only from those before it."""

NARROWER = {
    "version": set[str](),
    "state": {"errors", "values"},
    "domains": {"errors", "contract", "semantics", "values", "world"},
    "judge": {"errors", "version", "contract", "semantics"},
}
"""Packages that may import less than all that comes before them."""

NOT_FROM = {"mock": {"domains"}, "server": {"domains"}, "cli": set[str]()}
"""Packages that a later one may not import although they come before it: domains are handed in."""

FACADES = {
    "__init__": {"errors", "judge", "program", "version"},
    "program": {"contract", "world", "domains", "state", "mock", "server"},
    "__main__": {"cli"},
    "checks": {"judge"},
}
"""What users import, and what puts a program together; nothing below the command line imports it."""

FOR_THE_COMMANDS = {"cli": {"program"}}

ROOMS = {
    "flask": {"server", "program"},
    "werkzeug": {"server"},
    "granian": {"server"},
    "watchfiles": {"server"},
    "prometheus_client": {"server"},
    "yaml": {"contract"},
    "schemathesis": {"judge"},
    "hypothesis": {"judge"},
    "sqlite3": {"state"},
    "redis": {"state"},
    "Crypto": {"domains"},
    "base58": {"domains"},
}
"""A framework, and the packages that may know it."""

LONGEST_FILE = 300
LONGEST_FUNCTION = 45


def package(path: Path) -> str:
    """The package of a module, or its own name where it lies at the top."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def dotted(path: Path) -> str:
    """The name of a module as it is imported."""
    return ".".join(["mockserver", *path.relative_to(PACKAGE).with_suffix("").parts]).removesuffix(".__init__")


NAMES = {dotted(path): path for path in MODULES}


def imported(path: Path) -> Iterator[str]:
    """Every module that is imported anywhere in a file, inside functions and under TYPE_CHECKING too."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively"
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                yield inner if inner in NAMES else node.module or ""


def own_imports(path: Path) -> set[str]:
    """The modules of this package that a file imports, itself apart."""
    return {name for name in imported(path) if name in NAMES} - {dotted(path)}


def test_a_package_imports_only_from_those_before_it() -> None:
    """The order of ARCHITECTURE.md, one table: `ORDER`, and where less is allowed, `NARROWER` and `NOT_FROM`."""
    for path in MODULES:
        if (mine := package(path)) in FACADES:
            continue
        allowed = NARROWER.get(mine, set(ORDER[: ORDER.index(mine)]) - NOT_FROM.get(mine, set()))
        for name in own_imports(path):
            theirs = package(NAMES[name])
            assert theirs in {mine, *allowed} or (mine == "cli" and theirs == "program"), (
                f"{dotted(path)} imports {name}"
            )


def test_only_those_who_put_a_program_together_import_the_judge() -> None:
    for path in MODULES:
        if package(path) not in {"judge", "checks", "cli", "__init__"}:
            assert not {n for n in own_imports(path) if package(NAMES[n]) == "judge"}, dotted(path)


def test_facades_name_what_users_import_and_nobody_else_does() -> None:
    for path in MODULES:
        mine = package(path)
        for name in own_imports(path):
            theirs = package(NAMES[name])
            allowed = {mine, *FACADES.get(mine, ()), *FOR_THE_COMMANDS.get(mine, ())}
            assert theirs not in FACADES or theirs in allowed, f"{dotted(path)} imports {name}"
            assert mine not in FACADES or theirs in FACADES[mine] | {mine}, f"{dotted(path)} imports {name}"


def test_no_circle_of_files() -> None:
    """Inside each package too, and TYPE_CHECKING included."""
    edges = {dotted(path): own_imports(path) for path in MODULES}
    done: set[str] = set()
    while ready := {name for name, needs in edges.items() if name not in done and needs <= done}:
        done |= ready
    assert done == set(edges), f"a circle among {sorted(set(edges) - done)}"


def test_each_framework_is_known_to_one_package() -> None:
    for path in MODULES:
        for name in imported(path):
            allowed = ROOMS.get(name.split(".")[0])
            assert allowed is None or package(path) in allowed, f"{dotted(path)} imports {name}"


def test_nothing_happens_on_import() -> None:
    """No statement of a module's top level calls a function for its effect, but to register something."""
    for path in MODULES:
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
                called = ast.unparse(node.value.func)
                assert called.split(".")[0] in {"schemathesis", "Loader", "_Loader"}, f"{path}:{node.lineno} {called}"


def test_files_and_functions_are_short() -> None:
    """A file can be seen at once; a function is one thought."""
    for path in MODULES:
        text = path.read_text(encoding="utf-8")
        assert text.count("\n") <= LONGEST_FILE, path
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                assert node.end_lineno is not None
                assert node.end_lineno - node.lineno < LONGEST_FUNCTION, f"{path}:{node.lineno} {node.name}"


def test_public_names_are_explained() -> None:
    """Modules, classes and functions that others may use have a docstring; a method that implements one needs none."""
    for path in MODULES:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        assert ast.get_docstring(tree), f"{path} has no docstring"
        for node in tree.body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
                assert ast.get_docstring(node), f"{path}:{node.lineno} {node.name}"


def test_no_domain_is_named_outside_the_domains() -> None:
    """A balance's fields are data of the contract: only the wallet domain knows them."""
    fields = {"wallet_uuid", "cobo_wallet_id", "token_id", "balance_updated_at", "compatible_chains", "chain_type"}
    for path in MODULES:
        if package(path) == "domains":
            continue
        constants = [n for n in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(n, ast.Constant)]
        assert [f"{path}:{node.lineno} names {node.value}" for node in constants if node.value in fields] == []
