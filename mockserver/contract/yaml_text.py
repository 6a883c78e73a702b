"""A document of plain JSON values written as YAML, so that every reader of YAML reads the same."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import yaml

_WORDS = ("y", "yes", "n", "no", "true", "false", "on", "off", "null")
"""What is no text to a reader of YAML 1.1 or 1.2, in any case."""

_PLAIN = re.compile(r"[^\W\d_].*")


def _text(dumper: yaml.representer.BaseRepresenter, value: str) -> yaml.Node:
    text = value.encode("utf-8", "replace").decode("utf-8")  # half a surrogate pair, which JSON can spell
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=_style(text))


def _style(text: str) -> str | None:
    """How a text is best written: plain where that cannot be misread, as lines where it has some, else quoted.

    It is a wish: where it would not be read again as it is, the text is quoted.
    """
    if _PLAIN.fullmatch(text) and text.casefold() not in _WORDS:
        return None
    return "|" if "\n" in text else "'"


class _Dumper(yaml.CSafeDumper):
    """YAML that every reader reads alike: what could be a number, a date or a truth is quoted; no anchors."""

    yaml_representers = {**yaml.CSafeDumper.yaml_representers, str: _text}  # noqa: RUF012

    def ignore_aliases(self, data: Any) -> bool:
        """Always: readers need not know aliases."""
        return True


def to_yaml(document: Mapping[str, Any]) -> str:
    """A document of plain JSON values as YAML, its keys in their order. Read again it is the same."""
    text: str = yaml.dump(
        document, Dumper=_Dumper, allow_unicode=True, sort_keys=False, default_flow_style=False, width=2**31 - 1
    )
    return text
