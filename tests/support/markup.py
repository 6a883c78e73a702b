"""HTML read into a tree by the standard library alone, which repairs nothing that a page has wrong."""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser

VOID = ("area", "br", "circle", "hr", "img", "input", "link", "meta", "rect", "wbr")


class Element:
    """An element: its tag, its attributes, and the elements and texts inside."""

    def __init__(self, tag: str, attributes: dict[str, str]) -> None:
        self.tag = tag
        self.attributes = attributes
        self.inside: list[Element | str] = []

    def __getitem__(self, name: str) -> str:
        return self.attributes[name]

    def get(self, name: str) -> str | None:
        """Return an attribute, or ``None``."""
        return self.attributes.get(name)

    @property
    def text(self) -> str:
        """Return all text inside, with single blanks."""
        return " ".join(self.raw.split())

    @property
    def raw(self) -> str:
        """Return all text inside, as it is."""
        return "".join(part if isinstance(part, str) else part.raw for part in self.inside)

    def every(self, tag: str | None = None, **wanted: str) -> Iterator[Element]:
        """Iterate over every element inside with that tag and these attributes (``class_`` is one of its classes)."""
        for part in self.inside:
            if isinstance(part, Element):
                if part._is(tag, wanted):
                    yield part
                yield from part.every(tag, **wanted)

    def one(self, tag: str | None = None, **wanted: str) -> Element:
        """Return the only element of `every`; fail if there are none or several."""
        found = list(self.every(tag, **wanted))
        assert len(found) == 1, f"{len(found)} of {tag} {wanted}"
        return found[0]

    def _is(self, tag: str | None, wanted: dict[str, str]) -> bool:
        for name, value in wanted.items():
            if name == "class_":
                if value not in (self.get("class") or "").split():
                    return False
            elif self.get(name) != value:
                return False
        return tag in (None, self.tag)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.root = Element("", {})
        self._open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        made = Element(tag, {name: value or "" for name, value in attrs})
        if tag == "option" and self._open[-1].tag == "option":
            self._open.pop()
        self._open[-1].inside.append(made)
        if tag not in VOID:
            self._open.append(made)

    def handle_endtag(self, tag: str) -> None:
        while tag not in VOID and self._open[-1].tag != tag:
            assert self._open[-1].tag == "option", f"</{tag}> ends no <{self._open[-1].tag}>"
            self._open.pop()
        if tag not in VOID:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        self._open[-1].inside.append(data)


def read_html(text: str) -> Element:
    """Read a page; fail if elements are not closed in order."""
    reader = _Reader()
    reader.feed(text)
    reader.close()
    assert reader._open == [reader.root]
    return reader.root


def table_rows(table: Element) -> list[dict[str, str]]:
    """Return the rows of a table's body, by the names in its head."""
    names = [cell.text for cell in table.one("thead").every("th")]
    rows = ([cell.text for cell in row.inside if isinstance(cell, Element)] for row in table.one("tbody").every("tr"))
    return [dict(zip(names, row, strict=True)) for row in rows]
