"""Addresses of learn without a language: the store of statements, and what other servers ask."""

from django.urls import URLPattern, URLResolver, include, path

asked_by_servers: list[URLPattern | URLResolver] = [
    path("", include("trama.learn.lti.server_urls")),
    path("", include("trama.learn.certificates.server_urls")),
]
urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("trama.learn.statements.urls_plain")),
    path("", include("trama.learn.cmi5.urls_plain")),
    path("", include((asked_by_servers, "exchange"))),
]
