"""`mockserver check` as a user types it, in this process or in one of its own."""

import io
import os
import re
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from unittest.mock import patch

import pytest

from mockserver.cli import main
from tests.support.paths import ROOT
from tests.support.serving import clean_environment


def check(*args: str, key: str | None = None, environment: dict[str, str] | None = None) -> tuple[int, str, str]:
    """Return the exit code, standard output and standard error of `mockserver check`, run in this process."""
    environment = clean_environment({**({"MOCKSERVER_KEY": key} if key else {}), **(environment or {})})
    out, err = io.StringIO(), io.StringIO()
    with (
        patch.dict(os.environ, environment, clear=True),
        redirect_stdout(out),
        redirect_stderr(err),
        pytest.raises(SystemExit) as ended,
    ):
        main(["check", *args])
    assert isinstance(ended.value.code, int)
    return ended.value.code, out.getvalue(), err.getvalue()


def check_in_a_process(*args: str, key: str | None = None) -> tuple[int, str, str]:
    """Return the same of a process of its own."""
    environment = clean_environment({"MOCKSERVER_KEY": key} if key else None)
    command = [sys.executable, "-m", "mockserver", "check", *args]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=environment, timeout=120)
    assert "Traceback" not in done.stdout + done.stderr, done.stdout + done.stderr
    return done.returncode, done.stdout, done.stderr


def rows(output: str) -> dict[str, str]:
    """The verdict of each law, as the plain table says it."""
    return dict(
        re.findall(
            r"^  ([\w-]+) +(passed|failed|known|inconclusive|not understood|not applicable) ", output, re.MULTILINE
        )
    )


def summary(output: str) -> dict[str, list[str]]:
    """The rows of the table at the end, by operation: verdict, laws, single answers, requests, remark."""
    lines = output.split("\nSummary\n", 1)[1].splitlines()
    table = [re.split(r" {2,}", line.strip()) for line in lines]
    assert table[0] == ["operation", "verdict", "laws", "single answers", "requests", "remark"]
    return {cells[0]: cells[1:] for cells in table[1:]}
