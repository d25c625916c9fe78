"""A laptop or a small server: SQLite in ``var/``, no other service. The default."""

import os
import secrets

from .base import *  # noqa: F403
from .base import TRAMA_PACKAGES_DOMAIN, VAR_DIR
from .databases import database_settings

(VAR_DIR / "static").mkdir(parents=True, exist_ok=True)


def _secret_key() -> str:
    """The installation's own key, made at the first start and kept readable to its owner only."""
    path = VAR_DIR / "secret-key"
    if not path.exists():
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(50))
    return path.read_text()


SECRET_KEY = _secret_key()
ALLOWED_HOSTS = [
    "localhost",
    "127.0.0.1",
    "[::1]",
    *filter(None, os.environ.get("TRAMA_HOSTS", "").split(",")),
]
# Browsers take every name below "localhost" to this machine, so packages have an origin of their own at once.
TRAMA_PACKAGES_DOMAIN = TRAMA_PACKAGES_DOMAIN or "packages.localhost"
ALLOWED_HOSTS += [f".{TRAMA_PACKAGES_DOMAIN}"]
DATABASES = {
    "default": database_settings(os.environ.get("TRAMA_DATABASE_URL", f"sqlite:///{VAR_DIR / 'trama.sqlite3'}"))
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
# One machine, no TLS: the cookies cannot be marked "secure" here. Production marks them.
SESSION_COOKIE_SECURE = False
CSRF_COOKIE_SECURE = False
# Here a second factor is offered, not demanded, so that a person can try every role on a laptop (decision 0021).
TRAMA_MFA_REQUIRED_ROLES = frozenset(filter(None, os.environ.get("TRAMA_MFA_REQUIRED_ROLES", "").split(",")))
TRAMA_EMBEDDED = True  # one person's machine: accounts for trying the system may be made (accounts.people.demo)
