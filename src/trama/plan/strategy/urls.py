"""Addresses of the room."""

from django.urls import path, register_converter

from . import education_views, export_views, import_views, part_views, plan_views, start_views
from .pages import KindConverter

register_converter(KindConverter, "part")
PART = "<uuid:uid>/<part:kind>/<uuid:part>/"
urlpatterns = [
    path("", plan_views.plans, name="plans"),
    path("novo/", plan_views.new_plan, name="new_plan"),
    path("das-prioridades/", start_views.from_priorities, name="from_priorities"),
    path("metas-de-educacao/", education_views.education_plans, name="education_plans"),
    path("metas-de-educacao/novo/", education_views.new_education_plan, name="new_education_plan"),
    path("metas-de-educacao/<slug:slug>/", education_views.edit_education_plan, name="edit_education_plan"),
    path(
        "metas-de-educacao/<slug:slug>/metas/<int:pk>/remover/",
        education_views.remove_education_goal,
        name="remove_education_goal",
    ),
    path("<uuid:uid>/", plan_views.plan, name="plan"),
    path("<uuid:uid>/editar/", part_views.edit_plan, name="edit_plan"),
    path("<uuid:uid>/situacao/<slug:state>/", plan_views.plan_state, name="plan_state"),
    path("<uuid:uid>/remover/", plan_views.remove_plan, name="remove_plan"),
    path("<uuid:uid>/recuperar/", plan_views.restore_plan, name="restore_plan"),
    path("<uuid:uid>/duplicar/", plan_views.duplicate_plan, name="duplicate_plan"),
    path("<uuid:uid>/historico/", plan_views.plan_history, name="plan_history"),
    path("<uuid:uid>/historico/<int:pk>/desfazer/", plan_views.revert, name="revert_change"),
    path("<uuid:uid>/comecar/objetivos/", start_views.start_objectives, name="start_objectives"),
    path("<uuid:uid>/comecar/metas/", start_views.start_goals, name="start_goals"),
    path("<uuid:uid>/comecar/acoes/", start_views.start_actions, name="start_actions"),
    path("<uuid:uid>/imprimir/", plan_views.print_plan, name="print_plan"),
    path("<uuid:uid>/plano.<str:kind>", export_views.export_plan, name="export_plan"),
    path("<uuid:uid>/importar/", import_views.import_actions, name="import_actions"),
    path("<uuid:uid>/importar/confirmar/", import_views.confirm_import, name="confirm_import"),
    path("<uuid:uid>/importar/modelo.<str:kind>", export_views.import_template, name="import_template"),
    path("<uuid:uid>/<part:kind>/nova/", part_views.new_part, name="new_part"),
    path("<uuid:uid>/objetivo/<uuid:part>/acao-rapida/", part_views.quick_action, name="quick_action"),
    path("<uuid:uid>/meta/<uuid:part>/medida/", part_views.measure, name="measure_goal"),
    path("<uuid:uid>/meta/<uuid:part>/medida/<int:pk>/remover/", part_views.remove_measure, name="remove_measure"),
    path(PART, part_views.edit_part, name="edit_part"),
    path(f"{PART}remover/", part_views.remove_part, name="remove_part"),
    path(f"{PART}recuperar/", part_views.restore_part, name="restore_part"),
    path(f"{PART}mover/", part_views.move_part, name="move_part"),
]
