"""JSON values written as YAML that means the same to every YAML parser."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import yaml

_WORDS = ("y", "yes", "n", "no", "true", "false", "on", "off", "null")
"""Words that YAML 1.1 or 1.2 does not read as text, in upper or lower case."""

_PLAIN = re.compile(r"[^\W\d_].*")


def _text(dumper: yaml.representer.BaseRepresenter, value: str) -> yaml.Node:
    text = value.encode("utf-8", "replace").decode("utf-8")  # JSON can hold half a surrogate pair
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=_style(text))


def _style(text: str) -> str | None:
    """Return the style to ask for: plain where that is safe, a block where there are several lines, else quoted.

    PyYAML quotes the text nevertheless where that style would change it.
    """
    if _PLAIN.fullmatch(text) and text.casefold() not in _WORDS:
        return None
    return "|" if "\n" in text else "'"


class _Dumper(yaml.CSafeDumper):
    """Writes YAML without anchors, and quotes text that could be taken for a number, a date or a boolean."""

    # PyYAML reads the class attribute under this name; RUF012 asks for a ClassVar that its stubs do not have.
    yaml_representers = {**yaml.CSafeDumper.yaml_representers, str: _text}  # noqa: RUF012

    def ignore_aliases(self, data: Any) -> bool:
        """Return true: nothing is written as an alias."""
        return True


def to_yaml(document: Mapping[str, Any]) -> str:
    """Return a document of JSON values as YAML, keys in the same order. It reads back as the same document."""
    text: str = yaml.dump(
        document, Dumper=_Dumper, allow_unicode=True, sort_keys=False, default_flow_style=False, width=2**31 - 1
    )
    return text
