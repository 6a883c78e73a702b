"""Surveys and judges one list operation of a loaded document, as ``docs/laws.md`` shows."""

from mockserver.judge.schemathesis.judging import judge_case, raise_unless_judgeable, survey_case

__all__ = ["judge_case", "raise_unless_judgeable", "survey_case"]
