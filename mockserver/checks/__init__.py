"""The name by which Schemathesis loads the judge: ``hooks = "mockserver.checks"``."""

from mockserver.judge.schemathesis import FAILURES, Laws

__all__ = ["FAILURES", "Laws"]
