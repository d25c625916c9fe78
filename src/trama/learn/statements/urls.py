"""The address of one's own learning records."""

from django.urls import path

from . import own_views

urlpatterns = [path("aprender/meus/registros/", own_views.my_records, name="my_records")]
