"""Addresses of indicators: panoramas, networks, indicators."""

from django.urls import URLPattern, path

from . import indicator_views, views

urlpatterns: list[URLPattern] = [
    path("panorama/", views.place_page, name="country"),
    path("panorama/<int:code>/", views.place_page, name="place"),
    path("panorama/<int:code>/escolas/", views.school_list, name="schools"),
    path("panorama/<int:code>/dados.<slug:kind>", views.place_export, name="place_export"),
    path("panorama/<int:code>/panorama.pdf", views.place_pdf, name="place_pdf"),
    path("redes/<int:network_id>/", views.network_page, name="network"),
    path("indicadores/", indicator_views.indicator_list, name="indicators"),
    path("indicadores/<slug:code>/", indicator_views.indicator_page, name="indicator"),
    path("indicadores/<slug:code>/dados.<slug:kind>", indicator_views.indicator_export, name="indicator_export"),
]
