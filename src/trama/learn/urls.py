"""Addresses of the phase: ``/cursos/``, ``/percursos/``, ``/aprender/``, ``/equipe/cursos/``."""

from django.urls import URLPattern, URLResolver, include, path

app_name = "learn"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("trama.learn.device.urls")),
    path("", include("trama.learn.courses.urls")),
    path("", include("trama.learn.cohorts.urls")),
    path("", include("trama.learn.meetings.urls")),
    path("", include("trama.learn.progress.urls")),
    path("", include("trama.learn.assignments.urls")),
    path("", include("trama.learn.certificates.urls")),
    path("", include("trama.learn.packages.urls")),
    path("", include("trama.learn.media.urls")),
    path("", include("trama.learn.forum.urls")),
    path("", include("trama.learn.following.urls")),
    path("", include("trama.learn.lti.urls")),
    path("", include("trama.learn.statements.urls")),
    path("equipe/", include("trama.learn.courses.author_urls")),
    path("equipe/", include("trama.learn.statements.team_urls")),
]
