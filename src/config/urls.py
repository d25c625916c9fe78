"""Addresses. Portuguese without a prefix, English under /en/."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("trama.learn.urls_plain")),
    path("", include("trama.foundation.urls_plain")),
    path("", include("trama.portal.urls_plain")),
    *i18n_patterns(
        path("", include("trama.portal.urls")),
        path("", include("trama.know.urls")),
        path("", include("trama.programme.urls")),
        path("", include("trama.diagnose.urls")),
        path("", include("trama.plan.urls")),
        path("", include("trama.learn.urls")),
        path("conta/", include("trama.accounts.urls")),
        path("conta/", include("trama.accounts.people.allauth_urls")),
        path("sistema/", include("trama.foundation.urls")),
        path("", include("trama.portal.urls_last")),  # every page that an editor adds
        prefix_default_language=False,
    ),
]
