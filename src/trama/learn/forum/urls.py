"""Addresses of forums, all under the cohort that they belong to."""

from django.urls import path

from . import leader_views, views

FORUM = "turmas/<uuid:uid>/forum/"
TOPIC = "forum/<uuid:uid>/"
POST = "forum/textos/<uuid:uid>/"
urlpatterns = [
    path(FORUM, views.forum, name="forum"),
    path(f"{FORUM}novo/", views.new_topic, name="new_forum_topic"),
    path(f"{FORUM}cartas/", views.letters, name="forum_letters"),
    path(f"{FORUM}planilha.<str:extension>", leader_views.export, name="forum_export"),
    path(TOPIC, views.topic, name="forum_topic"),
    path(f"{TOPIC}situacao/", leader_views.topic_state, name="forum_topic_state"),
    path(f"{POST}alterar/", views.change, name="change_forum_post"),
    path(f"{POST}ocultar/", leader_views.hide_post, name="hide_forum_post"),
    path(f"{POST}resposta/", leader_views.answer, name="mark_forum_answer"),
]
