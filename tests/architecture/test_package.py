"""The package as users install it: its wheel, its public names, its types, and what importing it loads."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import mockserver
from tests.support.paths import ROOT

DATA = {
    "mockserver/openapi.yaml",
    "mockserver/py.typed",
    "mockserver/judge/schemathesis/schemathesis.toml",
    "mockserver/judge/reports/report.html",
    "mockserver/judge/reports/report.schema.json",
    "mockserver/semantics/x-list-semantics.schema.json",
    "mockserver/server/control/control.yaml",
    "mockserver/server/console/static/console.css",
    "mockserver/server/console/templates/base.html",
}
USE = """
from mockserver import Mock, MockserverError, create_app

app = create_app(seed="x", wallets=3, cors=False)
client = app.test_client()
size: int = Mock(wallets=3).engine.worlds(None).datasets["list_balances"].size


def fails() -> None:
    try:
        create_app(clock="noon")
    except MockserverError as error:
        print(error.message)
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout, unpacked."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (built,) = folder.glob("*.whl")
    with zipfile.ZipFile(built) as archive:
        archive.extractall(folder / "unpacked")
    return folder / "unpacked"


def run(*command: str, path: Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run a command with only ``path`` and what is installed to import from."""
    environment = {"PYTHONPATH": str(path), "PATH": "/usr/bin:/bin"}
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)


def test_the_wheel_has_every_file_that_is_read_and_both_entry_points(wheel: Path) -> None:
    there = {str(path.relative_to(wheel)) for path in wheel.rglob("*") if path.is_file()}
    assert there >= DATA
    modules = {str(path.relative_to(ROOT)) for path in (ROOT / "mockserver").rglob("*.py")}
    assert modules <= there
    (entry_points,) = wheel.glob("*.dist-info/entry_points.txt")
    text = entry_points.read_text()
    assert "mockserver = mockserver.cli:main" in text
    assert "wallets = mockserver.domains.wallets:WALLETS" in text


def test_the_wheel_serves_its_own_contract(wheel: Path, tmp_path: Path) -> None:
    code = "import mockserver; print(mockserver.__file__); app = mockserver.create_app(); print(app.test_client().get("
    code += "'/api/v1/wallets/balances?limit=1').status_code, app.test_client().get('/__mock__/').status_code)"
    done = run(sys.executable, "-c", code, path=wheel, cwd=tmp_path)
    assert done.stdout.splitlines() == [str(wheel / "mockserver" / "__init__.py"), "200 200"], done.stderr


def test_public_names_are_few_and_all_there() -> None:
    assert sorted(mockserver.__all__) == mockserver.__all__ == dir(mockserver)
    assert all(getattr(mockserver, name) for name in mockserver.__all__)


@pytest.mark.parametrize(
    ("use", "absent"),
    [
        ("mockserver.create_app", {"schemathesis", "hypothesis", "mockserver.judge"}),
        ("mockserver.Mock()", {"schemathesis", "hypothesis", "mockserver.judge"}),
        ("mockserver.MockserverError", {"flask", "schemathesis", "mockserver.server", "mockserver.mock"}),
        (
            "__import__('mockserver.checks')",
            {"flask", "granian", "mockserver.server", "mockserver.mock", "mockserver.world"},
        ),
    ],
)
def test_a_name_loads_only_what_it_needs(use: str, absent: set[str], tmp_path: Path) -> None:
    code = f"import sys, mockserver; {use}; print(sorted({absent!r} & set(sys.modules)))"
    done = run(sys.executable, "-c", code, path=ROOT, cwd=tmp_path)
    assert done.stdout.strip() == "[]", done.stderr


def test_a_strict_type_checker_sees_the_types(wheel: Path, tmp_path: Path) -> None:
    (tmp_path / "use.py").write_text(USE)
    good = run(sys.executable, "-m", "mypy", "--strict", "use.py", path=wheel, cwd=tmp_path)
    assert good.returncode == 0, good.stdout
    (tmp_path / "use.py").write_text(USE.replace("wallets=3, cors", "wallets='three', cors"))
    bad = run(sys.executable, "-m", "mypy", "--strict", "use.py", path=wheel, cwd=tmp_path)
    assert "use.py:4" in bad.stdout
    assert "incompatible type" in bad.stdout
