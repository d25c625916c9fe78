"""The editor of the public site (Wagtail, decision 0160). It serves no address of its own but ``/cms/``."""

import os

from django.utils.translation import gettext_lazy as _

CMS_APPS = [
    "django.contrib.postgres",  # the search in the editor needs it on PostgreSQL; elsewhere it does nothing
    "wagtail.contrib.redirects",
    "wagtail.contrib.simple_translation",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "django_filters",
]

WAGTAIL_SITE_NAME = "Trama"
WAGTAIL_PAGE_MODEL = "portal.BasePage"
WAGTAIL_I18N_ENABLED = True
WAGTAIL_CONTENT_LANGUAGES = [("pt-br", _("Portuguese (Brazil)")), ("en", _("English"))]
WAGTAILADMIN_PERMITTED_LANGUAGES = WAGTAIL_CONTENT_LANGUAGES
WAGTAILADMIN_BASE_URL = os.environ.get("TRAMA_ORIGIN", "http://localhost:8000").rstrip("/")
WAGTAILADMIN_LOGIN_URL = "account_login"
WAGTAIL_ALLOW_UNICODE_SLUGS = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_ENABLE_UPDATE_CHECK = False  # otherwise the editor's browser asks other hosts
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
# People sign in, and change name, e-mail and password, under /conta/: with the second factor, and nowhere else.
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = False
WAGTAIL_PASSWORD_RESET_ENABLED = False
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
WAGTAILUSERS_PASSWORD_ENABLED = False
WAGTAILADMIN_NOTIFICATION_USE_HTML = False
WAGTAILADMIN_NOTIFICATION_INCLUDE_SUPERUSERS = False
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database"}}

WAGTAILIMAGES_IMAGE_MODEL = "portal.SiteImage"
WAGTAILIMAGES_EXTENSIONS = ["jpg", "jpeg", "png", "webp"]  # no SVG: it can carry scripts
WAGTAILIMAGES_MAX_UPLOAD_SIZE = 10 * 1024 * 1024
WAGTAILIMAGES_MAX_IMAGE_PIXELS = 50_000_000  # of what a bomb of a few kilobytes unfolds to
WAGTAILIMAGES_FORMAT_CONVERSIONS = {"png": "webp", "jpeg": "webp", "webp": "webp"}
WAGTAILDOCS_DOCUMENT_MODEL = "portal.SiteDocument"
WAGTAILDOCS_SERVE_METHOD = "serve_view"

# The framework's history of some two hundred changes costs half a minute in every new database, and none of it is ours:
# its tables as they are now are made in one step each (decision 0161). ``tests/portal/test_framework.py`` tells when an
# upgrade brings a change.
MIGRATION_MODULES = {
    label: f"trama.portal.framework_tables.{label}"
    for label in ("wagtailcore", "wagtailadmin", "wagtailimages", "wagtaildocs", "wagtailusers", "wagtailredirects")
}
