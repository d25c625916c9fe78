"""Addresses of the foundation's own pages."""

from django.urls import URLPattern, path

from .components import component_list
from .jobs import views as jobs
from .letters import views as letters

app_name = "foundation"
urlpatterns: list[URLPattern] = [
    path("componentes/", component_list, name="components"),
    path("tarefas/<uuid:pk>/", jobs.job_page, name="job"),
    path("emails/", letters.letters, name="letters"),
    path("emails/<uuid:pk>/tentar/", letters.again, name="letter_again"),
]
