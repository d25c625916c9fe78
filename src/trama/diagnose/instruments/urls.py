"""Addresses of the room."""

from django.urls import URLPattern, URLResolver, path

from . import own_views, team_views, views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.instruments, name="instruments"),
    path("instrumentos/<slug:slug>/", views.instrument, name="instrument"),
    path("instrumentos/<slug:slug>/texto/", views.instrument_text, name="instrument_text"),
    path("instrumentos/<slug:slug>/comparar/", views.compare, name="compare_instruments"),
    path("instrumentos/<slug:slug>/criterios/<slug:key>/", views.criterion, name="criterion"),
    path("instrumentos/<slug:slug>/<str:label>/xlsform-<slug:kind>.xlsx", views.xlsform, name="instrument_xlsform"),
    path("equipe/", team_views.team_instruments, name="team_instruments"),
    path("equipe/importar/", team_views.import_form, name="import_instrument"),
    path("equipe/importar/<slug:token>/", team_views.import_preview, name="import_preview"),
    path("equipe/rascunhos/<int:pk>/", team_views.draft, name="instrument_draft"),
    path("equipe/rascunhos/<int:pk>/publicar/", team_views.publish, name="publish_instrument"),
    path("equipe/rascunhos/<int:pk>/descartar/", team_views.discard, name="discard_instrument"),
    path("equipe/rascunhos/<int:pk>/xlsform-<slug:kind>.xlsx", team_views.draft_xlsform, name="draft_xlsform"),
    path("perguntas-proprias/", own_views.own_questions, name="own_questions"),
    path("perguntas-proprias/nova/", own_views.new_own_question, name="new_own_question"),
    path("perguntas-proprias/<int:pk>/", own_views.edit_own_question, name="edit_own_question"),
    path("perguntas-proprias/<int:pk>/retirar/", own_views.retire_own_question, name="retire_own_question"),
]
