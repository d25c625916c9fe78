"""Addresses of cohorts: what learners, pairs and networks open, and the desk of the trainers."""

from django.urls import path

from . import desk_views, learner_views, opening_views, pair_views

DESK = "turmas/<uuid:uid>/equipe/"
urlpatterns = [
    path("turmas/", learner_views.my_cohorts, name="my_cohorts"),
    path("turmas/nova/", opening_views.new_cohort, name="new_cohort"),
    path("turmas/convite/<str:code>/", learner_views.invitation, name="cohort_invitation"),
    path("turmas/<uuid:uid>/", learner_views.cohort, name="cohort"),
    path("turmas/<uuid:uid>/dupla/", pair_views.enrol_pair, name="enrol_pair"),
    path("turmas/<uuid:uid>/rede/", learner_views.enrol_people, name="enrol_people"),
    path("matriculas/<uuid:uid>/", learner_views.my_cohort, name="my_cohort"),
    path("matriculas/<uuid:uid>/sair/", learner_views.leave, name="leave_cohort"),
    path("duplas/<uuid:uid>/", pair_views.pair, name="pair"),
    path(DESK, desk_views.desk, name="desk"),
    path(f"{DESK}alterar/", opening_views.edit_cohort, name="edit_cohort"),
    path(f"{DESK}cascata/", opening_views.cascade, name="cohort_cascade"),
    path(f"{DESK}estado/<slug:state>/", desk_views.move_cohort, name="move_cohort"),
    path(f"{DESK}planilha/", desk_views.import_people, name="import_people"),
    path(f"{DESK}planilha/relatorio.csv", desk_views.report_people, name="report_people"),
    path(f"{DESK}planilha/confirmar/", desk_views.confirm_people, name="confirm_people"),
    path(f"{DESK}convidar/", desk_views.invite, name="invite_to_cohort"),
    path(f"{DESK}formadores/", desk_views.trainers, name="cohort_trainers"),
    path(f"{DESK}pessoas.<str:extension>", desk_views.export_people, name="export_people"),
]
