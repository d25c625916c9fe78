"""Addresses without a language: language choice, health, robots."""

from django.urls import URLPattern, path
from django.views.i18n import set_language

from . import policies

policies.declare_external_routes(
    {"set_language": policies.declare("foundation.language.choose", kind="route", allow=policies.PUBLIC)}
)
urlpatterns: list[URLPattern] = [path("idioma/", set_language, name="set_language")]
