"""Addresses of work: the learner's own, and those of the trainers of a cohort."""

from django.urls import path

from . import peer_views, views

MINE = "aprender/<slug:slug>/tarefas/<slug:part>/trabalho/"
DESK = "turmas/<uuid:uid>/equipe/tarefas/"
urlpatterns = [
    path(MINE, views.work, name="work"),
    path(f"{MINE}arquivos/", views.add_work_file, name="add_work_file"),
    path(f"{MINE}arquivos/<uuid:uid>/retirar/", views.remove_work_file, name="remove_work_file"),
    path("aprender/arquivos/<uuid:uid>/", views.work_file, name="work_file"),
    path("aprender/colegas/<uuid:uid>/", peer_views.peer_work, name="peer_work"),
    path(DESK, views.work_queue, name="work_queue"),
    path(f"{DESK}<uuid:work>/", views.answer_work, name="answer_work"),
    path(
        f"{DESK}<uuid:work>/colegas/<uuid:feedback>/retirar/", peer_views.set_feedback_aside, name="set_feedback_aside"
    ),
]
