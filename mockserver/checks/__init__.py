"""The name by which Schemathesis loads the judge: ``hooks = "mockserver.checks"``."""

from mockserver.judge.schemathesis.hooks import FAILURES, Laws

__all__ = ["FAILURES", "Laws"]
