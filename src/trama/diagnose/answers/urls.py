"""Addresses of the room."""

from django.urls import URLPattern, URLResolver, path

from . import agree_views, sync_views, views

urlpatterns: list[URLPattern | URLResolver] = [
    path("rodadas/<uuid:uid>/responder/", views.answer, name="answer"),
    path("rodadas/<uuid:uid>/responder/salvar/", sync_views.save_answer, name="save_answer"),
    path("rodadas/<uuid:uid>/responder/salvar/varios/", sync_views.save_answers, name="save_answers"),
    path("rodadas/<uuid:uid>/responder/conferir/", sync_views.check_answers, name="check_answers"),
    path("rodadas/<uuid:uid>/responder/sessao/", sync_views.answer_session, name="answer_session"),
    path("rodadas/<uuid:uid>/responder/sw.js", views.answer_worker, name="answer_worker"),
    path("rodadas/<uuid:uid>/responder/areas/<str:code>/", views.answer_area, name="answer_area"),
    path("rodadas/<uuid:uid>/acordo/", agree_views.agree, name="agree"),
    path("rodadas/<uuid:uid>/acordo/<int:position>/", agree_views.agree_item, name="agree_item"),
    path("rodadas/<uuid:uid>/acordo/<int:position>/evidencias/", agree_views.new_evidence, name="new_evidence"),
    path("rodadas/<uuid:uid>/evidencias/<int:pk>/retirar/", agree_views.end_evidence, name="end_evidence"),
    path("rodadas/<uuid:uid>/evidencias/<int:pk>/", agree_views.evidence_file, name="evidence_file"),
]
