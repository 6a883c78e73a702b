"""Lists built with fastapi-pagination over SQLAlchemy and SQLite; FastAPI generates the document."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import Depends, FastAPI, HTTPException, Query
from fastapi_pagination import LimitOffsetPage, Page, add_pagination
from fastapi_pagination.cursor import CursorPage
from fastapi_pagination.customization import CustomizedPage, UseParamsFields
from fastapi_pagination.ext.sqlalchemy import paginate
from fastapi_pagination.links import LimitOffsetPage as LinkedLimitOffsetPage
from fastapi_pagination.links import Page as LinkedPage
from pydantic import BaseModel, BeforeValidator, ConfigDict
from sqlalchemy import Engine, Select, create_engine, insert, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from sqlalchemy.pool import StaticPool

from tests.judge.libraries.library import Library
from tests.judge.libraries.records import rows

page_bound = UseParamsFields(page=Query(1, ge=1, le=1_000_000))
offset_bound = UseParamsFields(offset=Query(0, ge=0, le=1_000_000))
"""A bound of one's own: the library has none, and SQLite no integer beyond 64 bits."""

Instant = Annotated[datetime, BeforeValidator(lambda value: value.replace(tzinfo=UTC))]
"""A time in UTC, which SQLite gives back without its offset."""


class Base(DeclarativeBase):
    """The tables."""


class BookRow(Base):
    """The table of books."""

    __tablename__ = "books"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str]
    title: Mapped[str]
    author: Mapped[str]
    shelf: Mapped[str | None]
    year: Mapped[int]
    price: Mapped[int | None]
    added: Mapped[datetime]


class Book(BaseModel):
    """A book as it is answered."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    code: str
    title: str
    author: str
    shelf: str | None
    year: int
    price: int | None
    added: Instant


Year = Annotated[int | None, Query(ge=0, le=9999)]


def chosen(author: str | None = None, shelf: str | None = None, year: Year = None) -> Select[Any]:
    """Return the query for the books that match every filter."""
    query = select(BookRow)
    for column, value in ((BookRow.author, author), (BookRow.shelf, shelf), (BookRow.year, year)):
        if value is not None:
            query = query.where(column == value)
    return query


Chosen = Annotated[Any, Depends(chosen)]


def create_library() -> Library:
    """Return the application with all lists."""
    engine = create_engine("sqlite://", connect_args={"check_same_thread": False}, poolclass=StaticPool)
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.execute(insert(BookRow), rows())
        session.commit()
    app = FastAPI(title="Books", version="1")
    lists = Lists(app, engine)
    # Correct.
    lists.add("page", CustomizedPage[Page, page_bound], BookRow.added, BookRow.id)
    lists.add("page-links", CustomizedPage[LinkedPage, page_bound], BookRow.added, BookRow.id)
    lists.add("offset", CustomizedPage[LimitOffsetPage, offset_bound], BookRow.added.desc(), BookRow.id)
    lists.add("offset-links", CustomizedPage[LinkedLimitOffsetPage, offset_bound], BookRow.added, BookRow.id)
    lists.add("cursor", CursorPage, BookRow.added, BookRow.id, guarded=True)
    # As the library has them, or as its guide shows them.
    lists.add("page-unbounded", Page, BookRow.added, BookRow.id)
    lists.add("offset-unbounded", LimitOffsetPage, BookRow.added, BookRow.id)
    lists.add("cursor-unguarded", CursorPage, BookRow.added, BookRow.id)
    lists.add("cursor-ties", CursorPage, BookRow.added, guarded=True)
    lists.add("cursor-nulls", CursorPage, BookRow.price, BookRow.id, guarded=True)
    add_pagination(app)
    return Library(app, app.openapi())


class Lists:
    """Adds lists to an application."""

    def __init__(self, app: FastAPI, engine: Engine) -> None:
        self.app = app
        self.engine = engine

    def add(self, name: str, page: Any, *order: Any, guarded: bool = False) -> None:
        """Add the list ``/name`` in this order; if it is `guarded`, a cursor that cannot be read is a 400."""

        def serve(query: Chosen) -> Any:
            with Session(self.engine) as session:
                return self._guarded(lambda: paginate(session, query.order_by(*order)), guarded)

        self.app.get(f"/{name}", operation_id=name, response_model=page[Book])(serve)

    @staticmethod
    def _guarded(answer: Callable[[], Any], guarded: bool) -> Any:
        if not guarded:
            return answer()
        try:
            return answer()
        except (ValueError, OverflowError, SQLAlchemyError):
            raise HTTPException(400, "Invalid cursor value") from None
