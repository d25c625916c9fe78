"""Addresses of territory."""

from django.urls import URLPattern, path

from . import views

urlpatterns: list[URLPattern] = [
    path("mapa/municipios.json", views.map_shapes, name="map_shapes"),
]
