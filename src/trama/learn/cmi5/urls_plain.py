"""Addresses of cmi5: below those of the store, where programs come in."""

from django.urls import path

from . import views

urlpatterns = [path("xapi/cmi5/fetch/<str:secret>", views.fetch, name="cmi5_fetch")]
