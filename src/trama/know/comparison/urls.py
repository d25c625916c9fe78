"""Addresses of comparison."""

from django.urls import URLPattern, path

from . import views

urlpatterns: list[URLPattern] = [
    path("", views.compare, name="compare"),
    path("dados.<slug:kind>", views.compare_export, name="compare_export"),
]
