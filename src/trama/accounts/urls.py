"""Addresses of accounts."""

from django.urls import URLPattern, path

from .people import views as people
from .roles import programme_views as programme
from .roles import views as roles

app_name = "accounts"
urlpatterns: list[URLPattern] = [
    path("", roles.home, name="home"),
    path("perfis/", roles.choose_profile, name="choose_profile"),
    path("segundo-fator/", people.second_factor, name="second_factor"),
    path("politicas/", people.register, name="policy_register"),
    path("equipe/", roles.team_page, name="team"),
    path("equipe/convidar/", roles.invite, name="invite"),
    path("equipe/convites/<int:pk>/reenviar/", roles.resend, name="resend"),
    path("equipe/convites/<int:pk>/retirar/", roles.withdraw, name="withdraw"),
    path("equipe/perfis/<int:pk>/ferramentas/", roles.grants, name="grants"),
    path("equipe/perfis/<int:pk>/encerrar/", roles.end_profile, name="end_profile"),
    path("equipe/perfis/<int:pk>/transferir/", roles.transfer, name="transfer"),
    path("convite/<str:code>/", roles.invitation, name="invitation"),
    path("convite/<str:code>/aceitar/", roles.accept, name="accept"),
    path("renovacao/", programme.renewal, name="renewal"),
    path("programa/", programme.programme, name="programme"),
    path("programa/convidar/<str:role>/<str:code>/", programme.programme_invite, name="programme_invite"),
    path("programa/renovacoes/<int:pk>/", programme.decide, name="decide"),
    path("programa/renovacoes/<int:pk>/ato/", programme.document, name="document"),
]
