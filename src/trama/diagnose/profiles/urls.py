"""Addresses of the room."""

from django.urls import path

from . import share_views, territory_views, views

urlpatterns = [
    path("rodadas/<uuid:uid>/resultado/", views.results, name="profile"),
    path("rodadas/<uuid:uid>/resultado/resultado.pdf", views.results_as_pdf, name="profile_pdf"),
    path("rodadas/<uuid:uid>/resultado/resultado.xlsx", views.results_as_xlsx, name="profile_xlsx"),
    path("rodadas/<uuid:uid>/compartilhar/", share_views.sharing, name="round_share"),
    path("rodadas/<uuid:uid>/compartilhar/distribuicoes/", share_views.distributions, name="round_distributions"),
    path("rodadas/<uuid:uid>/compartilhar/<uuid:share_uid>/retirar/", share_views.take_back, name="share_take_back"),
    path("compartilhados/", share_views.shared_with_me, name="shared_with_me"),
    path("compartilhados/<uuid:uid>/", share_views.shared, name="shared"),
    path("territorios/<slug:field>/<int:pk>/<slug:slug>/", territory_views.territory, name="territory"),
    path(
        "territorios/<slug:field>/<int:pk>/<slug:slug>/distribuicao.pdf",
        territory_views.territory_as_pdf,
        name="territory_pdf",
    ),
    path(
        "territorios/<slug:field>/<int:pk>/<slug:slug>/distribuicao.xlsx",
        territory_views.territory_as_xlsx,
        name="territory_xlsx",
    ),
]
