"""Addresses of search."""

from django.urls import path

from . import views

urlpatterns = [
    path("", views.search_page, name="search"),
    path("sugestoes/", views.suggestions, name="suggestions"),
]
