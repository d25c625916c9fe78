"""Addresses of following a cohort."""

from django.urls import path

from . import views

DESK = "turmas/<uuid:uid>/equipe/atrasos"
urlpatterns = [
    path(f"{DESK}/", views.late_people, name="late_people"),
    path(f"{DESK}.<str:extension>", views.export_late, name="export_late"),
    path(f"{DESK}/mensagem/", views.write, name="write_to_people"),
    path("lembretes/<str:token>/", views.mute, name="mute_reminders"),
]
