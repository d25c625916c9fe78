"""Addresses of the room."""

from django.urls import path

from . import decision_views, score_views, views

_ROOT = "rodadas/<uuid:uid>/prioridades/"
urlpatterns = [
    path(_ROOT, views.priorities, name="priorities"),
    path(f"{_ROOT}criterio/<int:position>/", views.criterion, name="priority_criterion"),
    path(f"{_ROOT}fatores/", views.factors, name="priority_factors"),
    path(f"{_ROOT}fatores/pesos/", views.weights, name="priority_weights"),
    path(f"{_ROOT}fatores.xlsx", views.factors_xlsx, name="priority_factors_xlsx"),
    path(f"{_ROOT}notas/", score_views.scores, name="priority_scores"),
    path(f"{_ROOT}notas/guardar/", score_views.save, name="priority_score"),
    path(f"{_ROOT}notas/ver-sem-pontuar/", score_views.look, name="priority_look"),
    path(f"{_ROOT}decidir/", decision_views.decide, name="priority_decide"),
    path(f"{_ROOT}assinar/", decision_views.sign, name="priority_sign"),
    path(f"{_ROOT}reabrir/", decision_views.reopen, name="priority_reopen"),
    path(f"{_ROOT}explicar/", decision_views.explain, name="priority_explain"),
    path(f"{_ROOT}explicar.pdf", decision_views.explain_pdf, name="priority_explain_pdf"),
    path(f"{_ROOT}assinadas/<str:number>/", decision_views.signed, name="priority_signed"),
    path(f"{_ROOT}assinadas/<str:number>/conteudo.json", decision_views.signed_content, name="priority_signed_content"),
]
