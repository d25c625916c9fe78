"""Addresses of the public pages of technologies."""

from django.urls import path

from . import views

urlpatterns = [
    path("", views.technologies, name="technologies"),
    path("<slug:slug>/", views.technology, name="technology"),
    path("<slug:slug>/etapas/<slug:stage>/", views.stage, name="technology_stage"),
    path("<slug:slug>/documentos.zip", views.download_all, name="technology_files"),
    path("<slug:slug>/documentos/<slug:instrument>/", views.document, name="technology_document"),
    path("<slug:slug>/documentos/<slug:instrument>.<str:extension>", views.download, name="technology_file"),
]
