"""Addresses of the phase: ``/tecnologias/``, ``/equipe/tecnologias/``, ``/adocoes/``, ``/planos/``."""

from django.urls import include, path

app_name = "plan"
urlpatterns = [
    path("tecnologias/", include("trama.plan.technologies.urls")),
    path("equipe/tecnologias/", include("trama.plan.technologies.author_urls")),
    path("adocoes/", include("trama.plan.adoptions.urls")),
    path("planos/", include("trama.plan.strategy.urls")),
    path("planos/", include("trama.plan.followup.urls")),
]
