"""Addresses of the team's pages of calls and their rules."""

from django.urls import path

from ..eligibility import builder_views, preview_views
from . import team_views

CATEGORY = "<slug:slug>/categorias/<slug:category_slug>/"
urlpatterns = [
    path("", team_views.team_calls, name="team_calls"),
    path("novo/", team_views.new_call, name="new_call"),
    path("<slug:slug>/", team_views.team_call, name="team_call"),
    path("<slug:slug>/editar/", team_views.edit_call, name="edit_call"),
    path("<slug:slug>/publicar/", team_views.publish, name="publish_call"),
    path("<slug:slug>/encerrar/", team_views.close, name="close_call"),
    path("<slug:slug>/categoria-nova/", team_views.category_form, name="new_category"),
    path(CATEGORY, team_views.category_form, name="edit_category"),
    path(f"{CATEGORY}remover/", team_views.remove_category, name="remove_category"),
    path(f"{CATEGORY}regra/", builder_views.rule, name="rule"),
    path(f"{CATEGORY}regra/nova-versao/", builder_views.start, name="start_version"),
    path(f"{CATEGORY}regra/condicao/", builder_views.condition, name="condition"),
    path(f"{CATEGORY}regra/publicar/", builder_views.publish, name="publish_version"),
    path(f"{CATEGORY}regra/descartar/", builder_views.discard, name="discard_version"),
    path(f"{CATEGORY}previa/", preview_views.preview, name="preview"),
    path(f"{CATEGORY}previa/redes/<int:network_id>/", preview_views.preview_network, name="preview_network"),
    path(f"{CATEGORY}previa/redes.<str:extension>", preview_views.export, name="export_preview"),
    path(f"{CATEGORY}comparar/", preview_views.compare, name="compare_versions"),
]
