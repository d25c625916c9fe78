"""Addresses of the meetings of cohorts."""

from django.urls import path

from . import file_views, views

MEETING = "encontros/<uuid:uid>/"
urlpatterns = [
    path("turmas/<uuid:uid>/encontros/", views.meetings, name="cohort_meetings"),
    path("turmas/<uuid:uid>/encontros/novo/", views.new_meeting, name="new_cohort_meeting"),
    path("encontros/agenda/", views.calendar, name="meetings_calendar"),
    path("encontros/agenda/<str:secret>.ics", views.feed, name="meetings_feed"),
    path(MEETING, views.meeting, name="cohort_meeting"),
    path(f"{MEETING}alterar/", views.edit_meeting, name="edit_cohort_meeting"),
    path(f"{MEETING}lista/", views.attendance_list, name="attendance_list"),
    path(f"{MEETING}planilha/", file_views.import_presence, name="import_presence"),
    path(f"{MEETING}planilha/confirmar/", file_views.confirm_presence, name="confirm_presence"),
    path(f"{MEETING}codigo/", views.show_code, name="attendance_code"),
    path(f"{MEETING}presenca/", views.arrive, name="arrive"),
    path(f"{MEETING}encontro.ics", views.meeting_file, name="meeting_file"),
]
