"""The routes of the Django site: the lists of both libraries."""

from __future__ import annotations

from django.urls import path

from tests.judge.libraries import drf_lists, ninja_lists

urlpatterns = [*drf_lists.routes(), path("ninja/", ninja_lists.API.urls)]
