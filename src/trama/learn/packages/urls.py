"""Addresses of packages as their learners run them, and of the pages where authors send them."""

from django.urls import path

from . import author_views, unit_views, views

LAUNCH = "aprender/aberturas/<uuid:uid>/"
VERSION = "equipe/cursos/<slug:slug>/<str:label>/"
urlpatterns = [
    path("aprender/<slug:slug>/interativos/<slug:part>/abrir/", views.launch, name="launch_package"),
    path(LAUNCH, views.run, name="package_launch"),
    path(f"{LAUNCH}estado/", views.commit, name="package_commit"),
    path(f"{LAUNCH}unidade/", unit_views.open_launched, name="open_unit"),
    path(f"{LAUNCH}andamento/", unit_views.standing, name="units_standing"),
    path(f"{VERSION}pacotes/<int:pk>/", author_views.package_file, name="package_file"),
    path(f"{VERSION}pacotes/<int:pk>/previa/", author_views.try_package, name="try_package"),
    path(f"{VERSION}pacotes/<int:pk>/previa/unidade/", unit_views.try_unit, name="try_unit"),
    path(f"{VERSION}modulos/<int:module>/cartucho/", author_views.cartridge, name="cartridge"),
    path(f"{VERSION}modulos/<int:module>/cartucho/<uuid:uid>/", author_views.cartridge_found, name="cartridge_found"),
]
