"""Addresses of indicators: panoramas, networks, indicators, comparison."""

from django.urls import URLPattern, path

from . import comparison_views, group_views, indicator_views, views

# A colleague is writing /territorios/ (know.groups) and /comparar/ (know.comparison) with their tests and exports.
# This room keeps panorama, networks, indicators, their downloads and the PDF.
urlpatterns: list[URLPattern] = [
    path("panorama/", views.place_page, name="country"),
    path("panorama/<int:code>/", views.place_page, name="place"),
    path("panorama/<int:code>/escolas/", views.school_list, name="schools"),
    path("panorama/<int:code>/dados.<slug:kind>", views.place_export, name="place_export"),
    path("panorama/<int:code>/panorama.pdf", views.place_pdf, name="place_pdf"),
    path("redes/<int:network_id>/", views.network_page, name="network"),
    path("comparar/", comparison_views.compare_page, name="compare"),
    path("comparar/dados.<slug:kind>", comparison_views.compare_export, name="compare_export"),
    path("territorios/", group_views.group_list, name="groups"),
    path("territorios/<slug:slug>/", group_views.group, name="group"),
    path("territorios/<slug:slug>/dados.<slug:kind>", group_views.group_export, name="group_export"),
    path("indicadores/", indicator_views.indicator_list, name="indicators"),
    path("indicadores/<slug:code>/", indicator_views.indicator_page, name="indicator"),
    path("indicadores/<slug:code>/dados.<slug:kind>", indicator_views.indicator_export, name="indicator_export"),
]
