"""Addresses of the foundation's own pages."""

from django.urls import URLPattern, path

from .jobs import views as jobs

app_name = "foundation"
urlpatterns: list[URLPattern] = [
    path("tarefas/<uuid:pk>/", jobs.job_page, name="job"),
]
