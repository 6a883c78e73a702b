"""The list operations of a document that Schemathesis loaded; ``docs/laws.md`` shows how to use them."""

from mockserver.judge.schemathesis.lists import LISTS

__all__ = ["LISTS"]
