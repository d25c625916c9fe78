"""Addresses of the room."""

from django.urls import path

from . import meeting_views, views

MEETING = "<uuid:uid>/reunioes/<uuid:meeting>/"
urlpatterns = [
    path("semana/", views.week, name="week"),
    path("resumo-por-e-mail/", views.digest_choice, name="digest_choice"),
    path("agenda/<str:secret>.ics", meeting_views.feed, name="feed"),
    path("<uuid:uid>/acompanhar/", views.followup, name="followup"),
    path("<uuid:uid>/acompanhar/<uuid:part>/", views.action, name="action"),
    path("<uuid:uid>/comentarios/", views.comments, name="comments"),
    path("<uuid:uid>/comentarios/<int:pk>/remover/", views.remove_comment, name="remove_comment"),
    path("<uuid:uid>/reunioes/", meeting_views.meetings, name="meetings"),
    path("<uuid:uid>/reunioes/nova/", meeting_views.new_meeting, name="new_meeting"),
    path(MEETING, meeting_views.meeting, name="meeting"),
    path(f"{MEETING}editar/", meeting_views.edit_meeting, name="edit_meeting"),
    path(f"{MEETING}pontos/", meeting_views.add_point, name="add_point"),
    path(f"{MEETING}pontos/<int:pk>/", meeting_views.note_point, name="note_point"),
    path(f"{MEETING}pontos/<int:pk>/remover/", meeting_views.remove_point, name="remove_point"),
    path("<uuid:uid>/revisoes/", meeting_views.reviews, name="reviews"),
    path("<uuid:uid>/revisoes/<uuid:review>/", meeting_views.review, name="review"),
    path("<uuid:uid>/calendario/", meeting_views.calendar, name="calendar"),
    path("<uuid:uid>/calendario/plano.ics", meeting_views.calendar_file, name="calendar_file"),
]
