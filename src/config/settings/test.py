"""The test suite: SQLite in memory-like speed on disk, or the PostgreSQL that ``TRAMA_TEST_DATABASE_URL`` names."""

import os
import tempfile
from pathlib import Path

from .base import *  # noqa: F403
from .base import MAILERS
from .databases import database_settings

VAR_DIR = Path(os.environ.get("TRAMA_TEST_VAR") or tempfile.mkdtemp(prefix="trama-test-"))
SECRET_KEY = "tests only, never on a server"  # noqa: S105
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1", ".packages.localhost"]
TRAMA_PACKAGES_DOMAIN = "packages.localhost"
DATABASES = {
    "default": database_settings(os.environ.get("TRAMA_TEST_DATABASE_URL") or f"sqlite:///{VAR_DIR / 'tests.sqlite3'}")
}
DATABASES["default"].setdefault("TEST", {})
if DATABASES["default"]["ENGINE"] == "trama.foundation.sqlite":
    DATABASES["default"]["TEST"]["NAME"] = VAR_DIR / "tests.sqlite3"
MEDIA_ROOT = VAR_DIR / "media"
RAW_FILES_DIR = VAR_DIR / "raw"
PARQUET_DIR = VAR_DIR / "parquet"
STATIC_ROOT = VAR_DIR / "static"
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
MAILERS["wire"] = {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
TASKS = {"default": {"BACKEND": "django.tasks.backends.immediate.ImmediateBackend"}}
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "default"},
    "pages": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"},
    "profiles": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"},
    "sealed": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"},
}
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
