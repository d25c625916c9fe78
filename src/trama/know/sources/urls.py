"""Addresses of sources."""

from django.urls import URLPattern, path

from . import views

urlpatterns: list[URLPattern] = [
    path("", views.releases, name="releases"),
    path("<int:pk>/", views.release, name="release"),
    path("importacoes/", views.imports, name="imports"),
    path("importacoes/enviar/", views.upload, name="upload"),
    path("importacoes/<int:pk>/", views.import_report, name="import_report"),
    path("importacoes/<int:pk>/linhas.csv", views.report_csv, name="report_csv"),
    path("importacoes/<int:pk>/retirar/", views.withdraw, name="withdraw"),
    path("importacoes/ensaio/<slug:token>/", views.trial, name="trial"),
]
