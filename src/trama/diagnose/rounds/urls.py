"""Addresses of the room."""

from django.urls import path

from . import form_views, people_views, views

urlpatterns = [
    path("rodadas/", views.rounds, name="rounds"),
    path("rodadas/abrir/", views.open_round, name="round_open"),
    path("rodadas/convite/<str:code>/", people_views.invitation, name="round_invitation"),
    path("rodadas/convite/<str:code>/aceitar/", people_views.accept, name="round_accept"),
    path("rodadas/<uuid:uid>/", views.round_page, name="round"),
    path("rodadas/<uuid:uid>/andamento/", views.progress, name="round_progress"),
    path("rodadas/<uuid:uid>/alterar/", views.change, name="round_change"),
    path("rodadas/<uuid:uid>/iniciar-acordo/", views.start_agreement, name="round_start_agreement"),
    path("rodadas/<uuid:uid>/voltar-a-responder/", views.answer_again, name="round_answer_again"),
    path("rodadas/<uuid:uid>/enviar/", views.submit, name="round_submit"),
    path("rodadas/<uuid:uid>/reabrir/", views.reopen, name="round_reopen"),
    path("rodadas/<uuid:uid>/cancelar/", views.cancel, name="round_cancel"),
    path("rodadas/<uuid:uid>/minha-parte/concluir/", views.finish, name="round_finish"),
    path("rodadas/<uuid:uid>/minha-parte/continuar/", views.continue_part, name="round_continue"),
    path("rodadas/<uuid:uid>/lembretes/", people_views.mute, name="round_mute"),
    path("rodadas/<uuid:uid>/lembrar/", people_views.remind, name="round_remind"),
    path("rodadas/<uuid:uid>/equipe/", people_views.team_page, name="round_team"),
    path("rodadas/<uuid:uid>/equipe/convidar/", people_views.invite, name="round_invite"),
    path("rodadas/<uuid:uid>/equipe/lacunas/", people_views.ask_gaps, name="round_ask"),
    path("rodadas/<uuid:uid>/equipe/<int:pk>/", people_views.member, name="round_member"),
    path("rodadas/<uuid:uid>/equipe/<int:pk>/retirar/", people_views.remove, name="round_remove"),
    path("rodadas/<uuid:uid>/convites/<int:pk>/reenviar/", people_views.resend, name="round_resend"),
    path("rodadas/<uuid:uid>/convites/<int:pk>/retirar/", people_views.withdraw, name="round_withdraw"),
    path("rodadas/<uuid:uid>/formulario/", form_views.round_form, name="round_form"),
    path("rodadas/<uuid:uid>/formulario.pdf", form_views.round_form_pdf, name="round_form_pdf"),
    path("recibos/<str:number>/", views.receipt, name="receipt"),
    path("recibos/<str:number>/recibo.pdf", views.receipt_pdf, name="receipt_pdf"),
    path("recibos/<str:number>/conteudo.json", views.receipt_content, name="receipt_content"),
    path("formularios/<slug:slug>/", form_views.blank_form, name="blank_form"),
    path("formularios/<slug:slug>/formulario.pdf", form_views.blank_form_pdf, name="blank_form_pdf"),
]
