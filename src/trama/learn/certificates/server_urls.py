"""What whoever verifies a badge asks: the same in every language."""

from django.urls import path

from . import badge_views

urlpatterns = [
    path(".well-known/did.json", badge_views.did, name="did"),
    path("selos/emissor.json", badge_views.issuer, name="badge_issuer"),
    path("selos/cursos/<slug:slug>/<str:label>.json", badge_views.achievement, name="achievement"),
    path("selos/situacao/<int:number>.jwt", badge_views.status, name="badge_status"),
]
