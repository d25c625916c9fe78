"""Addresses of the public pages of calls."""

from django.urls import path

from . import views

urlpatterns = [
    path("", views.calls, name="calls"),
    path("<slug:slug>/", views.call, name="call"),
    path("<slug:slug>/redes/<int:network_id>/", views.call_network, name="call_network"),
]
