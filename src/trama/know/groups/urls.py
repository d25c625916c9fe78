"""Addresses of groups."""

from django.urls import URLPattern, path

from . import views

urlpatterns: list[URLPattern] = [
    path("", views.groups, name="groups"),
    path("<slug:slug>/", views.group, name="group"),
    path("<slug:slug>/dados.<slug:kind>", views.group_export, name="group_export"),
]
