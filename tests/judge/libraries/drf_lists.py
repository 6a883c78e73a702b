"""Lists built with Django REST framework; drf-spectacular generates the document."""

from __future__ import annotations

import re
from typing import Any

from django.urls import URLPattern, path
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.generics import ListAPIView
from rest_framework.pagination import BasePagination, CursorPagination, LimitOffsetPagination, PageNumberPagination
from rest_framework.request import Request
from rest_framework.response import Response

from tests.judge.libraries.django_site import Book, create_site
from tests.judge.libraries.library import FILTERS, Library

SIZES = {"page_size": 20, "page_size_query_param": "page_size", "max_page_size": 100}


class BookSerializer(serializers.ModelSerializer[Any]):
    """A book as it is answered."""

    class Meta:
        model = Book
        fields = ("id", "code", "title", "author", "shelf", "year", "price", "added")


class OffsetBookSerializer(BookSerializer):
    """A book on a page by offset."""


class CursorBookSerializer(BookSerializer):
    """A book on a page by cursor."""


SERIALIZERS = {
    PageNumberPagination: BookSerializer,
    LimitOffsetPagination: OffsetBookSerializer,
    CursorPagination: CursorBookSerializer,
}
"""One for each kind of paginator: drf-spectacular names the schema of a page by its serializer alone."""


class BookView(ListAPIView[Any]):
    """A list of the books that match every filter."""

    order: tuple[str, ...] = ()

    def get_queryset(self) -> Any:
        """Return the query for them."""
        given = {name: value for name, value in self.request.query_params.items() if name in FILTERS}
        if not re.fullmatch("[0-9]+", given.get("year", "0")):
            raise ValidationError({"year": ["A valid integer is required."]})
        return Book.objects.filter(**given).order_by(*self.order)


def create_library() -> Library:
    """Return the site, and the document of the lists below ``/drf``."""
    return Library(create_site(), SchemaGenerator(patterns=routes()).get_schema(public=True))


def routes() -> list[URLPattern]:
    """Return the routes of all lists."""
    return [
        # Correct.
        _route("page", PageNumberPagination, ("added", "id"), **SIZES),
        _route("offset", LimitOffsetPagination, ("added", "id"), default_limit=20, max_limit=100),
        _route("cursor", CursorPagination, ordering="code", **SIZES),
        # With a bug of the library.
        _route("offset-uncapped", LimitOffsetPagination, ("added", "id"), default_limit=20),
        _route("offset-without-default", LimitOffsetPagination, ("added", "id"), max_limit=100),
        _route("cursor-by-author", CursorPagination, ordering=("author", "id"), **SIZES),
        _route("cursor-by-year", CursorPagination, ordering=("year", "id"), **SIZES),
        _route("cursor-by-price", CursorPagination, ordering=("price", "id"), **SIZES),
        _route("cursor-by-shelf", CursorPagination, ordering=("shelf", "id"), **SIZES),
    ]


def _route(name: str, paginator: type[BasePagination], order: tuple[str, ...] = (), **settings: Any) -> URLPattern:
    """Return the route of the list ``/drf/name``, paged by a paginator with these settings."""

    class View(BookView):
        serializer_class = SERIALIZERS[paginator]
        pagination_class = type("Pagination", (paginator,), settings)

        @extend_schema(
            operation_id=name,
            parameters=[OpenApiParameter(filter_, int if filter_ == "year" else str) for filter_ in FILTERS],
        )
        def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
            return super().get(request, *args, **kwargs)

    View.order = order
    return path(f"drf/{name}", View.as_view())
