"""Addresses without a language: language choice, health, robots."""

from django.urls import URLPattern, path
from django.views.i18n import set_language

from . import plain_views, policies

policies.declare_external_routes(
    {"set_language": policies.declare("foundation.language.choose", kind="route", allow=policies.PUBLIC)}
)
urlpatterns: list[URLPattern] = [
    path("idioma/", set_language, name="set_language"),
    path("saude/", plain_views.health, name="health"),
    path("robots.txt", plain_views.robots, name="robots"),
    path("favicon.ico", plain_views.icon, name="icon"),
]
