"""Addresses of indicators: panoramas, networks."""

from django.urls import URLPattern, path

from . import views

# A colleague is writing /territorios/ (know.groups) and /comparar/ (know.comparison) with their tests and exports.
# This room keeps panorama, networks, indicators, their downloads and the PDF.
urlpatterns: list[URLPattern] = [
    path("panorama/", views.place_page, name="country"),
    path("panorama/<int:code>/", views.place_page, name="place"),
    path("redes/<int:network_id>/", views.network_page, name="network"),
]
