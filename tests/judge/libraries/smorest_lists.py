"""Lists built with flask-smorest, over a sequence and over SQLAlchemy; it generates the document."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from flask import Flask
from flask_smorest import Api, Blueprint, Page
from sqlalchemy import Column, Integer, MetaData, Table, Text, create_engine, func, insert, select
from sqlalchemy.pool import StaticPool

from tests.judge.libraries.library import Library
from tests.judge.libraries.records import BOOKS, rows

COLUMNS = {"id": Integer, "code": Text, "title": Text, "author": Text, "shelf": Text, "year": Integer, "price": Integer}
TABLE = Table("books", MetaData(), *(Column(name, type_, primary_key=name == "id") for name, type_ in COLUMNS.items()))


class BookSchema(ma.Schema):
    """A book as it is answered."""

    id = ma.fields.Integer(required=True)
    code = ma.fields.String(required=True)
    title = ma.fields.String(required=True)
    author = ma.fields.String(required=True)
    shelf = ma.fields.String(required=True, allow_none=True)
    year = ma.fields.Integer(required=True)
    price = ma.fields.Integer(required=True, allow_none=True)


class Chosen(ma.Schema):
    """The filters."""

    class Meta:
        unknown = ma.EXCLUDE

    author = ma.fields.String()
    shelf = ma.fields.String()
    year = ma.fields.Integer(validate=ma.validate.Range(0, 9999))


def create_library() -> Library:
    """Return the application, and the document that it serves."""
    app = Flask("books")
    app.config |= {"API_TITLE": "Books", "API_VERSION": "1", "OPENAPI_VERSION": "3.0.3"}
    api = Api(app)
    api.register_blueprint(_blueprint())
    return Library(app, api.spec.to_dict())


def _blueprint() -> Blueprint:
    """Return both lists."""
    blueprint = Blueprint("books", "books")
    engine = create_engine("sqlite://", connect_args={"check_same_thread": False}, poolclass=StaticPool)
    TABLE.metadata.create_all(engine)
    with engine.begin() as connection:
        connection.execute(insert(TABLE), [{name: row[name] for name in COLUMNS} for row in rows()])

    @blueprint.route("/page")
    @blueprint.doc(operationId="page")
    @blueprint.arguments(Chosen, location="query")
    @blueprint.response(200, BookSchema(many=True))
    @blueprint.paginate(Page)
    def page(chosen: dict[str, Any]) -> Any:
        """Correct: the library's own pager, over a sequence."""
        return [book for book in BOOKS if all(getattr(book, name) == value for name, value in chosen.items())]

    @blueprint.route("/page-unbounded")
    @blueprint.doc(operationId="page-unbounded")
    @blueprint.arguments(Chosen, location="query")
    @blueprint.response(200, BookSchema(many=True))
    @blueprint.paginate()
    def page_unbounded(chosen: dict[str, Any], pagination_parameters: Any) -> Any:
        """Page in the view, as the library's guide shows: nothing bounds the page number."""
        query = select(TABLE).filter_by(**chosen)
        with engine.connect() as connection:
            pagination_parameters.item_count = connection.scalar(select(func.count()).select_from(query.subquery()))
            query = query.order_by(TABLE.c.year, TABLE.c.id)
            query = query.offset(pagination_parameters.first_item).limit(pagination_parameters.page_size)
            return connection.execute(query).mappings().all()

    return blueprint
