"""Addresses of progress: the learner's own, and those of the trainers of a cohort."""

from django.urls import path

from . import desk_views, views

MINE = "aprender/<slug:slug>/"
ATTEMPT = "aprender/tentativas/<uuid:uid>/"
DESK = "turmas/<uuid:uid>/equipe/progresso/"
urlpatterns = [
    path(f"{MINE}meu-progresso/", views.my_progress, name="my_progress"),
    path(f"{MINE}aulas/<slug:part>/visita/", views.visit, name="visit"),
    path(f"{MINE}aulas/<slug:part>/reflexoes/<slug:name>/", views.reflect, name="reflect"),
    path(f"{MINE}testes/<slug:part>/tentativa/", views.begin, name="begin_attempt"),
    path(ATTEMPT, views.attempt, name="attempt"),
    path(f"{ATTEMPT}perguntas/<int:pk>/", views.answer, name="answer_question"),
    path(f"{ATTEMPT}concluir/", views.finish, name="finish_attempt"),
    path(DESK, desk_views.cohort_progress, name="cohort_progress"),
    path(f"{DESK}<uuid:enrolment>/", desk_views.learner_progress, name="learner_progress"),
    path(f"{DESK}<uuid:enrolment>/testes/<int:quiz>/", desk_views.extra_attempt, name="extra_attempt"),
]
