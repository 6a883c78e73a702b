"""The Django site below Django REST framework and django-ninja, with the table of books in memory.

Django is set up once per process, before its models are defined; so it happens on import.
"""

from __future__ import annotations

import django
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection, models

from tests.judge.libraries.records import rows

django.setup()


class Book(models.Model):
    """The table of books."""

    id = models.IntegerField(primary_key=True)
    code = models.TextField(unique=True)
    title = models.TextField()
    author = models.TextField()
    shelf = models.TextField(null=True)
    year = models.IntegerField()
    price = models.IntegerField(null=True)
    added = models.DateTimeField()

    class Meta:
        app_label = "books"


def create_site() -> WSGIHandler:
    """Return the WSGI application, with the books in its database."""
    with connection.schema_editor() as editor:
        if Book._meta.db_table not in connection.introspection.table_names():
            editor.create_model(Book)
            Book.objects.bulk_create(Book(**row) for row in rows())
    return WSGIHandler()
