"""Lists built with django-ninja, which generates the document."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pydantic
from django.http import HttpRequest
from ninja import Field, NinjaAPI, Schema
from ninja.errors import ValidationError
from ninja.pagination import CursorPagination, LimitOffsetPagination, PageNumberPagination, PaginationBase, paginate

from tests.judge.libraries.django_site import Book, create_site
from tests.judge.libraries.library import Library

LARGEST = 1_000_000
"""A bound of one's own: the library has none, and SQLite no integer beyond 64 bits."""


class BookOut(Schema):
    """A book as it is answered."""

    id: int
    code: str
    title: str
    author: str
    shelf: str | None
    year: int
    price: int | None
    added: datetime


class CursorBookOut(BookOut):
    """A book on a page that is reached by cursor."""


class MixedBookOut(BookOut):
    """A book on pages of two kinds."""


class BoundedOffset(LimitOffsetPagination):
    """Pages by offset, with bounds."""

    class Input(Schema):
        """The parameters."""

        limit: int = Field(20, ge=1, le=100)
        offset: int = Field(0, ge=0, le=LARGEST)


class BoundedPage(PageNumberPagination):
    """Pages by number, with bounds."""

    class Input(Schema):
        """The parameters."""

        page: int = Field(1, ge=1, le=LARGEST)
        page_size: int | None = Field(None, ge=1)


class GuardedCursor(CursorPagination):
    """Pages by cursor, and refuses one with a wrong value inside."""

    class Cursor(CursorPagination.Cursor):
        """A cursor."""

        @classmethod
        def from_encoded_param(cls, encoded_param: str | None, context: Any = None) -> Any:
            """Return the cursor in a parameter. Raises `ValidationError`."""
            try:
                return super().from_encoded_param(encoded_param, context)
            except pydantic.ValidationError:
                raise ValidationError([{"cursor": "Invalid Cursor"}]) from None


API = NinjaAPI(title="Books", version="1", docs_url=None, urls_namespace="books")


def create_library() -> Library:
    """Return the site, and the document of the lists below ``/ninja``."""
    site = create_site()
    return Library(site, API.get_openapi_schema(path_prefix="/ninja/"))


def _add(
    name: str, item: type[BookOut], paginator: type[PaginationBase], order: tuple[str, ...], **settings: Any
) -> None:
    """Add the list ``/ninja/name``, in this order, paged by a paginator with these settings."""

    @API.get(f"/{name}", response=list[item], operation_id=name)
    @paginate(paginator, **settings)
    def serve(
        request: HttpRequest, author: str | None = None, shelf: str | None = None, year: int | None = None
    ) -> Any:
        wanted = {"author": author, "shelf": shelf, "year": year}
        given = {name: value for name, value in wanted.items() if value is not None}
        return Book.objects.filter(**given).order_by(*order)


# Correct. An item for each kind of paginator: the library names the schema of a page by its item alone.
_add("offset", BookOut, BoundedOffset, ("added", "id"), max_limit=100)
_add("page", BookOut, BoundedPage, ("added", "id"), page_size=20)
_add("cursor", CursorBookOut, GuardedCursor, ("code",), ordering=("code",), page_size=20)
# As the library has them.
_add("offset-unbounded", BookOut, LimitOffsetPagination, ("added", "id"), max_limit=100)
_add("page-unbounded", BookOut, PageNumberPagination, ("added", "id"), page_size=20)
_add("cursor-unguarded", CursorBookOut, CursorPagination, ("code",), ordering=("code",), page_size=20)
_add("cursor-by-added", CursorBookOut, CursorPagination, ("added", "id"), ordering=("added", "id"), page_size=20)
_add("cursor-by-price", CursorBookOut, CursorPagination, ("price", "id"), ordering=("price", "id"), page_size=20)
_add("offset-mixed", MixedBookOut, BoundedOffset, ("added", "id"), max_limit=100)
_add("cursor-mixed", MixedBookOut, GuardedCursor, ("code",), ordering=("code",), page_size=20)
