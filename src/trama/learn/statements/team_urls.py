"""Addresses of the pages of programs with access to the store, below ``/equipe/``."""

from django.urls import path

from . import team_views as views

urlpatterns = [
    path("registros/", views.programs, name="statement_programs"),
    path("registros/novo/", views.new_program, name="new_statement_program"),
    path("registros/esquecer/", views.forget_learner, name="forget_learner"),
    path("registros/<uuid:uid>/revogar/", views.revoke_program, name="revoke_statement_program"),
]
