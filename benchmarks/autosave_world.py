"""What ``autosave.py`` does in processes of their own, one call each: a world, its count, and what bounds a save."""

import json
import os
import sqlite3
import threading
import time
import uuid
from pathlib import Path
from typing import Any

from benchmarks.autosave_client import TEXT, TOKEN, a_save, save_address


def make_world(people: int, file: str) -> None:
    """One round for each of ``people``, its coordinator with a session, 48 items."""
    import django

    django.setup()
    from datetime import timedelta
    from importlib import import_module

    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.db import transaction
    from django.test import override_settings
    from django.utils import timezone

    from tests.accounts import factories as accounts
    from tests.diagnose import factories as make

    store, backend = import_module(settings.SESSION_ENGINE).SessionStore, settings.AUTHENTICATION_BACKENDS[0]
    made: list[dict[str, Any]] = []
    # Nobody signs in with a password here: a quick hash makes hundreds of people in seconds.
    quick = override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"])
    with quick, transaction.atomic():
        version, network = make.an_instrument([8] * 6), accounts.a_network()
        for _ in range(people):
            director = accounts.a_person()
            of = make.a_round(network, version, by=director, answers_until=timezone.now() + timedelta(days=3))
            session = store()
            session[SESSION_KEY], session[BACKEND_SESSION_KEY] = str(director.pk), backend
            session[HASH_SESSION_KEY] = director.get_session_auth_hash()
            session.save()
            items = list(of.items.values_list("pk", flat=True))
            made.append({"uid": str(of.uid), "session": session.session_key, "items": items})
    Path(file).write_text(json.dumps(made))


def counted(file: str) -> None:
    """What is in the database."""
    import django

    django.setup()
    from trama.diagnose.models import Receipt, Submission

    found = {"saves": Submission.objects.count(), "receipts": Receipt.objects.count()}
    Path(file).write_text(json.dumps(found))


def one_save(world: str, file: str) -> None:
    """How many statements one save sends, its transaction and the check of the connection included; what is durable.

    In this process, through the whole application, without the network. Every promise about durability is read back
    from the live connection.
    """
    from config.wsgi import application

    one = json.loads(Path(world).read_text())[0]
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def save(turn: int) -> None:
        body = json.dumps(a_save(one["items"][0], turn, turn)).encode()
        answer: list[str] = []
        environ = _environ(save_address(one), body, one["session"])
        parts = application(environ, lambda status, *_: answer.append(status))  # type: ignore[arg-type]
        b"".join(parts)
        getattr(parts, "close", lambda: None)()
        if not answer[0].startswith("200"):
            raise RuntimeError(f"a save was answered {answer[0]}")

    checks = 0
    asked = connection.is_usable

    def is_usable() -> bool:
        nonlocal checks
        checks += 1
        return asked()

    save(0)
    connection.is_usable = is_usable  # type: ignore[method-assign]
    with CaptureQueriesContext(connection) as captured:
        save(1)
    statements = len(captured) + checks  # SQLite connections are not asked whether they live
    if connection.vendor == "postgresql":
        from trama.foundation.postgresql import differences, read_settings

        live = read_settings(connection)
        wrong: Any = differences(live)
    else:
        from trama.foundation.sqlite import settings as sqlite_settings

        live = sqlite_settings.read_settings(connection.connection)  # type: ignore[assignment]
        wrong = sqlite_settings.differences(live)
    told = {"statements": statements, "live": live, "durable": not wrong}
    Path(file).write_text(json.dumps(told))


def _environ(path: str, body: bytes, session: str) -> dict[str, Any]:
    from io import BytesIO
    from wsgiref.util import setup_testing_defaults

    environ: dict[str, Any] = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": path,
        "CONTENT_TYPE": "application/json",
        "CONTENT_LENGTH": str(len(body)),
        "HTTP_COOKIE": f"sessionid={session}; csrftoken={TOKEN}",
        "HTTP_X_CSRFTOKEN": TOKEN,
        "wsgi.input": BytesIO(body),
    }
    setup_testing_defaults(environ)
    return environ


def bare_commits(address: str, connections: int, seconds: float, file: str) -> None:
    """Durable commits a second of the database alone: one small row each, no application.

    PostgreSQL on ``connections`` connections; SQLite, which has one writer at a time, on one.
    """
    if address.startswith("postgres"):
        done = _bare_postgresql(address, connections, seconds)
    else:
        done = _bare_sqlite(address.removeprefix("sqlite:///"), seconds)
    Path(file).write_text(json.dumps({"per_second": done / seconds, "process": os.getpid()}))


def _bare_postgresql(address: str, connections: int, seconds: float) -> int:
    import psycopg

    with psycopg.connect(address, autocommit=True) as first:
        first.execute("CREATE TABLE bare_commits (id uuid PRIMARY KEY, text text)")
    done = [0] * connections
    together = threading.Barrier(connections)

    def run(place: int) -> None:
        with psycopg.connect(address, autocommit=True) as connection:
            together.wait()
            ends_at = time.perf_counter() + seconds
            while time.perf_counter() < ends_at:
                connection.execute("INSERT INTO bare_commits VALUES (%s, %s)", (uuid.uuid4(), TEXT))
                done[place] += 1

    threads = [threading.Thread(target=run, args=(place,)) for place in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with psycopg.connect(address, autocommit=True) as last:
        last.execute("DROP TABLE bare_commits")
    return sum(done)


def _bare_sqlite(file: str, seconds: float) -> int:
    from trama.foundation.sqlite.settings import apply_settings

    connection = sqlite3.connect(f"{file}.bare", isolation_level=None)
    apply_settings(connection)
    connection.execute("CREATE TABLE bare_commits (id text PRIMARY KEY, text text)")
    done, ends_at = 0, time.perf_counter() + seconds
    while time.perf_counter() < ends_at:
        connection.execute("INSERT INTO bare_commits VALUES (?, ?)", (uuid.uuid4().hex, TEXT))
        done += 1
    connection.close()
    return done
