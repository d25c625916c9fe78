"""What every installation shares. Values of one installation come from the environment (docs/user/settings.md)."""

import os
from pathlib import Path
from typing import Any

from django.utils.csp import CSP
from django.utils.translation import gettext_lazy as _

from .cms import *  # noqa: F403  (the editor of the public site: Wagtail)
from .cms import CMS_APPS

BASE_DIR = Path(__file__).resolve().parents[3]
CONTENT_DIR = BASE_DIR / "content"
VAR_DIR = Path(os.environ.get("TRAMA_VAR", BASE_DIR / "var"))
SHARED_DATA_DIR = Path(os.environ.get("TRAMA_SHARED_DATA", BASE_DIR.parent / "shared" / "data"))

DEBUG = False
ALLOWED_HOSTS: list[str] = []
SITE_NAME = "Trama"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.sites",
    "django_htmx",
    "django_tasks_db",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.mfa",
    "allauth.usersessions",
    *CMS_APPS,
    "trama.foundation",
    "trama.know",
    "trama.accounts",
    "trama.programme",
    "trama.diagnose",
    "trama.plan",
    "trama.learn",
    "trama.portal",
]
SITE_ID = 1

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "trama.learn.packages.origin.PackageOriginMiddleware",  # another origin: none of what follows is for it
    "trama.learn.statements.door.StoreDoor",  # programs with a token: no session, no cookie, nothing of what follows
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "django.middleware.gzip.GZipMiddleware",  # adds random bytes, so that lengths tell nothing (BREACH)
    "django.middleware.http.ConditionalGetMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "trama.accounts.middleware.ActingProfileMiddleware",
    "trama.foundation.site.ThemeMiddleware",
    "trama.foundation.http.PolicyMiddleware",
    "trama.portal.editors.middleware.CmsMiddleware",
    "trama.foundation.http.TransactionMiddleware",  # last: its process_view calls the view
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "src" / "trama" / "foundation" / "templates"],  # before allauth's own
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.csp",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "trama.foundation.http.site_context",
                "trama.foundation.navigation.navigation",
            ],
        },
    }
]

FORM_RENDERER = "trama.foundation.forms.TramaRenderer"

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["trama.accounts.people.hashers.Argon2Hasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "trama.accounts.people.passwords.ObviousPasswordValidator"},
]
LOGIN_REDIRECT_URL = "accounts:choose_profile"
LOGOUT_REDIRECT_URL = "portal:home"
SESSION_ENGINE = "trama.accounts.people.session_store"  # the database, read quickly
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"

LANGUAGE_CODE = "pt-br"
LANGUAGES = [("pt-br", _("Portuguese (Brazil)")), ("en", _("English"))]
# Second: what frameworks leave untranslated. It is ours too, but not collected from our texts.
LOCALE_PATHS = [BASE_DIR / "locale", BASE_DIR / "locale" / "framework"]
FORMAT_MODULE_PATH = "config.formats"  # English days are not American ones
TIME_ZONE = "America/Sao_Paulo"
USE_TZ = True
USE_THOUSAND_SEPARATOR = False  # years and codes are not quantities; the `number` filter groups what is

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
MEDIA_ROOT = VAR_DIR / "media"  # never served directly: files go out through views with a policy
RAW_FILES_DIR = VAR_DIR / "raw"  # the official files as received, by hash
PARQUET_DIR = VAR_DIR / "parquet"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],
    "font-src": [CSP.SELF],
    "media-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "manifest-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
}

# The domain on which packages (SCORM, H5P) run, apart from the site; "" switches them off (decision 0181).
# Requests that one token of the store of statements may make a minute, in each process. 0: as many as it likes.
TRAMA_XAPI_REQUESTS_PER_MINUTE = int(os.environ.get("TRAMA_XAPI_REQUESTS_PER_MINUTE", "6000"))
TRAMA_PACKAGES_DOMAIN = os.environ.get("TRAMA_PACKAGES_DOMAIN", "").lower()

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}}
JOB_LEASE_SECONDS = 120  # a running job that has not reported for so long is taken to be dead

CACHES: dict[str, Any] = {
    # Shared by all workers: rate limits stand on it.
    "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache_table"},
    # Per process, for what is the same for everybody and dear to compute. Nothing personal goes in.
    # About 15 KiB a page: at most some 45 MiB in each worker.
    "pages": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "pages",
        "OPTIONS": {"MAX_ENTRIES": 3000},
    },
    # Per process too: drawn results of rounds, each under its own round and revision, and shown only after the page
    # has asked who may see it. About 150 KiB each.
    "profiles": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "profiles",
        "OPTIONS": {"MAX_ENTRIES": 200},
    },
    # Per process too: rows of published versions of courses, which the database itself keeps as they are.
    "sealed": {"BACKEND": "trama.foundation.object_cache.ObjectCache", "OPTIONS": {"MAX_ENTRIES": 1000}},
}

MAILERS: dict[str, Any] = {
    # What sends mail keeps it; the worker carries it to the mailer called "wire" (trama.foundation.letters).
    "default": {"BACKEND": "trama.foundation.letters.backend.Outbox"},
    # Nothing leaves the machine: each message is a file that the person who set it up can read.
    "wire": {
        "BACKEND": "django.core.mail.backends.filebased.EmailBackend",
        "OPTIONS": {"file_path": VAR_DIR / "mail"},
    },
}
DEFAULT_FROM_EMAIL = os.environ.get("TRAMA_FROM_EMAIL", "Trama <nao-responda@localhost>")

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "trama.foundation.logs.MaskingFormatter",  # no personal data in the log
            "format": "{asctime} {levelname} {name} {message}",
            "style": "{",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "trama": {"level": "INFO"},
        "django.tasks": {"level": "WARNING"},  # a line a page of the index; failures are errors
    },
}

from .accounts import *  # noqa: E402, F403  (login: allauth, gov.br, MFA)
