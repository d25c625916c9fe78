"""Addresses of certificates: public verification, one's own, and those of the trainers of a cohort."""

from django.urls import path, register_converter

from . import badge_views, views


class CertificateKind:
    """Which certificates are issued together, as addresses say it."""

    regex = "conclusao|parciais"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class BadgeFile:
    """The files of a badge."""

    regex = "svg|jwt"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(CertificateKind, "certificate_kind")
register_converter(BadgeFile, "badge_file")
DESK = "turmas/<uuid:uid>/equipe/certificados/"
urlpatterns = [
    path("certificados/", views.verify, name="verify_certificate"),
    path("certificados/<str:code>/", views.verified, name="verified"),
    path("aprender/meus/certificados/", views.my_certificates, name="my_certificates"),
    path("aprender/meus/certificados/<uuid:uid>.pdf", views.certificate_file, name="certificate_file"),
    path(
        "aprender/meus/certificados/<uuid:uid>/selo.<badge_file:extension>", badge_views.badge_file, name="badge_file"
    ),
    path(DESK, views.cohort_certificates, name="cohort_certificates"),
    path(f"{DESK}emitir/<certificate_kind:kind>/", views.issue_certificates, name="issue_certificates"),
    path(f"{DESK}<uuid:one>/", views.certificate, name="certificate"),
]
