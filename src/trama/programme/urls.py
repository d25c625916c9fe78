"""Addresses of programme."""

from django.urls import URLPattern, URLResolver, include, path

app_name = "programme"
urlpatterns: list[URLPattern | URLResolver] = [
    path("editais/", include("trama.programme.calls.urls")),
    path("equipe/editais/", include("trama.programme.calls.team_urls")),
]
