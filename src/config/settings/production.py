"""A server for a state or the country: PostgreSQL, several workers, TLS in front, compressed static files."""

import os

from django.core.exceptions import ImproperlyConfigured

from .base import *  # noqa: F403
from .base import MAILERS, TRAMA_PACKAGES_DOMAIN
from .databases import database_settings


def _required(name: str) -> str:
    if not os.environ.get(name):
        raise ImproperlyConfigured(f"The environment variable {name} is missing (docs/user/settings.md).")
    return os.environ[name]


def refuse_near(domain: str, hosts: list[str]) -> None:
    """Packages run on a domain apart: neither above nor below a name of the site, whose cookies they could then set."""
    for host in hosts:
        name = host.lstrip(".").lower()
        if name == domain or name.endswith(f".{domain}") or domain.endswith(f".{name}"):
            raise ImproperlyConfigured(f"TRAMA_PACKAGES_DOMAIN ({domain}) must not be above or below {name}.")


SECRET_KEY = _required("TRAMA_SECRET_KEY")
ALLOWED_HOSTS = _required("TRAMA_HOSTS").split(",")
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS]
if TRAMA_PACKAGES_DOMAIN:
    refuse_near(TRAMA_PACKAGES_DOMAIN, ALLOWED_HOSTS)
    ALLOWED_HOSTS = [*ALLOWED_HOSTS, f".{TRAMA_PACKAGES_DOMAIN}"]
DATABASES = {"default": database_settings(_required("TRAMA_DATABASE_URL"))}
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "trama.foundation.hashed_static.ModuleManifestStorage"},
}
SECURE_SSL_REDIRECT = True
SECURE_REDIRECT_EXEMPT = [r"^saude/$"]  # monitors ask from inside, without TLS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 365 * 24 * 3600
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
SESSION_COOKIE_NAME = "__Host-sessionid"
CSRF_COOKIE_SECURE = True
CSRF_COOKIE_NAME = "__Host-csrftoken"
LANGUAGE_COOKIE_SECURE = True
MAILERS["wire"] = {
    "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
    "OPTIONS": {
        "host": os.environ.get("TRAMA_EMAIL_HOST", "localhost"),
        "port": int(os.environ.get("TRAMA_EMAIL_PORT", "587")),
        "username": os.environ.get("TRAMA_EMAIL_USER", ""),
        "password": os.environ.get("TRAMA_EMAIL_PASSWORD", ""),
        "use_tls": os.environ.get("TRAMA_EMAIL_TLS", "1") == "1",
        "timeout": 20,
    },
}
