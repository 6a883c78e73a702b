"""What the judge says wrongly, or does not say yet: the one place for it. To be empty in the end.

By the list and the law, with the reason. A law that fails and should not is here, and one that should fail, or pass,
and does not. `ENDS` stands for an exception that ends the judge. An entry that is not needed any more fails its test.
"""

from __future__ import annotations

ENDS = "(ends)"
FIRST_PAGE = "the next page is found, but a cursor that is refused there is not"
INSIDE = "what is inside the cursor is altered, but not in the way that crashes this library"
SHAPE = "`offset_slice` says that an offset is refused, where the answer is no page: the fault is that of `record`"

TODAY: dict[str, dict[str, str]] = {
    "rest-framework/offset-without-default": {"offset-slice": SHAPE},
    "rest-framework/cursor-by-year": {"no-crash": INSIDE},
    "django-ninja/cursor-unguarded": {"no-crash": INSIDE},
    "django-ninja/cursor-by-added": {"no-crash": INSIDE},
    "datasette/table-undeclared": {"cursor-accepted": FIRST_PAGE},
}
