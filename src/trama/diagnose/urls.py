"""Addresses of the phase: ``/autodiagnostico/``."""

from django.urls import include, path

app_name = "diagnose"
urlpatterns = [
    path("autodiagnostico/", include("trama.diagnose.instruments.urls")),
    path("autodiagnostico/", include("trama.diagnose.rounds.urls")),
    path("autodiagnostico/", include("trama.diagnose.answers.urls")),
    path("autodiagnostico/", include("trama.diagnose.profiles.urls")),
    path("autodiagnostico/", include("trama.diagnose.priorities.urls")),
]
