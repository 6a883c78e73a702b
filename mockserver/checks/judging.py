"""Survey and judge one list operation of a loaded document; see ``docs/laws.md``."""

from mockserver.judge.schemathesis.judging import judge_case, raise_unless_judgeable, survey_case

__all__ = ["judge_case", "raise_unless_judgeable", "survey_case"]
