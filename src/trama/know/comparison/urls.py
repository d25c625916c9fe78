"""Addresses of comparison."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
