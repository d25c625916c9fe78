"""Addresses that the client on a device asks."""

from django.urls import path

from . import views

urlpatterns = [
    path("aprender/aparelho/sessao/", views.session, name="device_session"),
    path("aprender/aparelho/<uuid:uid>/guardar/", views.save, name="device_save"),
    path("aprender/<slug:slug>/sw.js", views.worker, name="device_worker"),
]
