"""The foundation's own checks for ``trama doctor``."""

import os
import shutil
import smtplib
import sqlite3
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.contrib.staticfiles import finders
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from . import postgresql
from .doctor import Finding, failure, good, register_check, warning
from .jobs.daily import all_daily, daily_hour
from .jobs.models import DailyWork, Job
from .jobs.selectors import worker_health
from .letters.carrying import WIRE
from .letters.selectors import outbox
from .sqlite import settings as sqlite_settings

GIBIBYTE = 1024**3
OLDEST_PYTHON = (3, 12)
QUEUE_IS_LATE_AFTER_MINUTES = 10


@register_check(order=10, before_start=True)
def python_version() -> Iterator[Finding]:
    version = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info >= OLDEST_PYTHON:
        yield good(_("Python %(version)s.") % {"version": version})
    else:
        yield failure(
            _("Python %(version)s is too old; 3.12 or newer is needed.") % {"version": version},
            _("Install a newer Python, delete the folder .venv and run: make run"),
        )


@register_check(order=11, before_start=True)
def time_zone_data() -> Iterator[Finding]:
    try:
        ZoneInfo(settings.TIME_ZONE)
        ZoneInfo("America/Rio_Branco")
        yield good(_("Time zone data are there."))
    except ZoneInfoNotFoundError:
        yield failure(_("Time zone data are missing."), _("Install the system package tzdata."))


@register_check(order=20, before_start=True)
def folders() -> Iterator[Finding]:
    folder = Path(settings.VAR_DIR)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        yield failure(
            _("The folder %(folder)s cannot be written to: %(error)s.") % {"folder": folder, "error": error.strerror},
            _("Give this user the right to write there, or set TRAMA_VAR to another folder."),
        )
        return
    yield good(_("The folder %(folder)s can be written to.") % {"folder": folder})
    free = shutil.disk_usage(folder).free
    told = number_format(free / GIBIBYTE, 1)
    if free < GIBIBYTE:
        yield warning(
            _("Only %(size)s GiB are free where the data are kept.") % {"size": told},
            _("Free at least 1 GiB: on a full disk nothing can be saved."),
        )
    else:
        yield good(_("%(size)s GiB are free where the data are kept.") % {"size": told})


@register_check(order=30, before_start=True)
def database() -> Iterator[Finding]:
    """Connecting already refuses settings that are not as promised: this tells in plain words."""
    try:
        connection.ensure_connection()
    except Exception as error:
        yield failure(
            _("The database does not answer as it must: %(error)s") % {"error": str(error).strip()},
            _("Check TRAMA_DATABASE_URL, and that the database runs and can be reached (docs/user/settings.md)."),
        )
        return
    yield from _sqlite() if connection.vendor == "sqlite" else _postgresql()


def _sqlite() -> Iterator[Finding]:
    found = connection.live_settings()  # type: ignore[attr-defined]
    wrong = sqlite_settings.differences(found)
    told = ", ".join(f"{name}={value}" for name, value in found.items())
    if wrong:
        yield failure(
            _("SQLite does not work as promised: %(found)s.") % {"found": told},
            _("Remove any OPTIONS for the database from your settings and start again."),
        )
    else:
        version = sqlite3.sqlite_version
        yield good(_("SQLite %(version)s, settings read back: %(found)s.") % {"version": version, "found": told})
        if found["journal_mode"] == "delete":
            yield good(_("This SQLite is older than 3.51.3: the safe rollback journal is used, slower and as durable."))


def _postgresql() -> Iterator[Finding]:
    found = postgresql.read_settings(connection)
    told = ", ".join(f"{name}={value}" for name, value in found.items())
    if postgresql.differences(found):
        yield failure(
            _("PostgreSQL would lose acknowledged answers in a crash: %(found)s.") % {"found": told},
            _("Turn on synchronous_commit, fsync and full_page_writes in postgresql.conf, and restart it."),
        )
    else:
        yield good(_("PostgreSQL, settings read back: %(found)s.") % {"found": told})


@register_check(order=31)
def migrations() -> Iterator[Finding]:
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if waiting:
        yield failure(
            ngettext(
                "%(n)d change to the database has not been made.",
                "%(n)d changes to the database have not been made.",
                len(waiting),
            )
            % {"n": len(waiting)},
            _("Run: trama migrate (or make run)"),
        )
        return
    yield good(_("The database is up to date."))


@register_check(order=32)
def cache_table() -> Iterator[Finding]:
    configured = settings.CACHES["default"]
    if "DatabaseCache" not in configured["BACKEND"]:
        return
    if configured["LOCATION"] in connection.introspection.table_names():
        yield good(_("The table of the cache is there."))
    else:
        yield failure(_("The table of the cache is missing."), _("Run: trama createcachetable"))


@register_check(order=40)
def worker() -> Iterator[Finding]:
    if _not_migrated():
        return
    health = worker_health(at=timezone.now())
    if health.is_heard:
        yield good(_("A worker runs the jobs."))
    else:
        yield warning(
            _("No worker runs the jobs: imports and exports wait."),
            _("If the site runs, start it again with trama up (or trama serve); elsewhere, run: trama worker"),
        )
    minutes = int(health.oldest_wait.total_seconds() // 60)
    if minutes >= QUEUE_IS_LATE_AFTER_MINUTES:
        yield warning(
            _("%(n)d jobs wait, the oldest for %(minutes)d minutes.") % {"n": health.waiting, "minutes": minutes},
            _("Start more workers (trama worker), or see in the log what the running job is at."),
        )


@register_check(order=41)
def daily_work() -> Iterator[Finding]:
    """Whether what has to be done once a day was started yesterday or today, and went well."""
    if _not_migrated() or not all_daily():
        return
    hour = daily_hour()
    if hour is None:
        yield good(_("The daily work is left to a clock outside (TRAMA_DAILY_HOUR=off)."))
        return
    begun = DailyWork.objects.filter(name__in=[one.name for one in all_daily()]).select_related("job")
    days = [row.day for row in begun if row.day is not None]
    late = bool(days) and (timezone.localdate() - min(days)).days > 1
    failed = [row.job for row in begun if row.job is not None and row.job.state == Job.State.FAILED]
    for failure_of in failed:
        yield warning(
            _("Today's daily work did not succeed: %(title)s: %(error)s")
            % {"title": failure_of.title, "error": failure_of.error},
            _("It is tried again every hour. If it goes on failing, mend what the line above says."),
        )
    if late:
        yield warning(
            _("The daily work was last done on %(day)s.") % {"day": date_format(min(days))},
            _("Keep a worker running (trama up, trama serve or trama worker): it does the daily work by itself."),
        )
    if not late and not failed:
        yield good(_("The daily work is done by the worker, from %(hour)d h on.") % {"hour": hour})


def _not_migrated() -> bool:
    return "foundation_worker" not in connection.introspection.table_names()


@register_check(order=50)
def mail() -> Iterator[Finding]:
    """The settings alone; ``trama doctor --mail`` also connects (``connect_to_mail``)."""
    mailer = settings.MAILERS[WIRE]
    backend = mailer.get("BACKEND", "").rsplit(".", 2)[-2]
    if backend == "filebased":
        yield good(_("Mail is not sent: it is kept in %(folder)s.") % {"folder": mailer["OPTIONS"]["file_path"]})
    elif backend == "smtp":
        yield good(_("Mail goes out through %(host)s.") % {"host": mailer["OPTIONS"].get("host", "localhost")})
    if settings.DEFAULT_FROM_EMAIL.rstrip(">").endswith("@localhost") and backend == "smtp":
        yield warning(
            _("Mail goes out from %(sender)s, which others will refuse.") % {"sender": settings.DEFAULT_FROM_EMAIL},
            _("Set TRAMA_FROM_EMAIL to an address of your domain."),
        )


@register_check(order=42)
def letters() -> Iterator[Finding]:
    """What waits for the mail server, and what it refused."""
    if "foundation_letter" not in connection.introspection.table_names():
        return
    found = outbox(at=timezone.now())
    minutes = int(found.oldest_wait.total_seconds() // 60)
    if minutes >= QUEUE_IS_LATE_AFTER_MINUTES:
        yield warning(
            _("%(n)d e-mails wait to leave, the oldest for %(minutes)d minutes. The mail server said: %(answer)s")
            % {"n": found.waiting, "minutes": minutes, "answer": found.last_answer or "-"},
            _("Run: trama doctor --mail. They leave by themselves once the server takes them."),
        )
    if found.not_delivered:
        yield warning(
            ngettext("%(n)d e-mail reached nobody.", "%(n)d e-mails reached nobody.", found.not_delivered)
            % {"n": found.not_delivered},
            _("See the page of e-mails, in the menu of the programme's administration."),
        )


def connect_to_mail() -> Iterator[Finding]:
    """Connect and say hello to the mail server, without sending."""
    options: dict[str, Any] = settings.MAILERS[WIRE].get("OPTIONS", {})
    if "host" not in options:
        return
    try:
        with smtplib.SMTP(options["host"], options["port"], timeout=10) as server:
            if options.get("use_tls"):
                server.starttls()
            if options.get("username"):
                server.login(options["username"], options["password"])
        yield good(_("The mail server answers and lets us in."))
    except (OSError, smtplib.SMTPException) as error:
        yield failure(
            _("The mail server does not let us in: %(error)s") % {"error": error},
            _("Check TRAMA_EMAIL_HOST, TRAMA_EMAIL_PORT, TRAMA_EMAIL_USER, TRAMA_EMAIL_PASSWORD and TRAMA_EMAIL_TLS."),
        )


@register_check(order=51)
def secrets_and_hosts() -> Iterator[Finding]:
    if len(settings.SECRET_KEY) < 50:
        yield failure(
            _("The secret key is too short to protect sessions."),
            _("Set TRAMA_SECRET_KEY to what this says: python3 -c 'import secrets; print(secrets.token_urlsafe(50))'"),
        )
    else:
        yield good(_("The secret key is long enough."))
    key = Path(settings.VAR_DIR) / "secret-key"
    if key.exists() and key.stat().st_mode & 0o077:
        yield warning(
            _("Others on this machine can read the secret key."), _("Run: chmod 600 %(file)s") % {"file": key}
        )
    if not settings.ALLOWED_HOSTS or "*" in settings.ALLOWED_HOSTS:
        yield failure(
            _("The site answers to any host name, or to none."), _("Set TRAMA_HOSTS to the site's names, with commas.")
        )
    else:
        yield good(_("The site answers to: %(hosts)s.") % {"hosts": ", ".join(settings.ALLOWED_HOSTS)})


@register_check(order=52)
def static_files() -> Iterator[Finding]:
    if "Manifest" in settings.STORAGES["staticfiles"]["BACKEND"]:
        if (Path(settings.STATIC_ROOT) / "staticfiles.json").exists():
            yield good(_("The static files are in their folder."))
        else:
            yield failure(_("The static files have not been collected."), _("Run: trama collectstatic --no-input"))
    elif finders.find("foundation/trama.css"):
        yield good(_("The static files are found."))
    else:
        yield failure(_("The static files are not found."), _("The installation is incomplete: install it again."))


@register_check(order=53)
def processors() -> Iterator[Finding]:
    if settings.DEBUG:
        yield failure(_("Debug mode is on: errors show their inside to everyone."), _("Set DEBUG to False."))
    if os.name == "posix" and os.geteuid() == 0 and os.environ.get("DJANGO_SETTINGS_MODULE", "").endswith("production"):
        yield warning(_("The site runs as the machine's administrator."), _("Run it as a user of its own."))
