"""Addresses of know, room by room."""

from django.urls import URLPattern, URLResolver, include, path

app_name = "know"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("trama.know.territory.urls")),
    path("territorios/", include("trama.know.groups.urls")),
    path("comparar/", include("trama.know.comparison.urls")),
    path("", include("trama.know.indicators.urls")),
    path("buscar/", include("trama.know.search.urls")),
    path("dados/", include("trama.know.sources.urls")),
]
