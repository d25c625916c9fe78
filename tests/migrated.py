"""A database that stands at the newest migration, made once and copied for every run and process that wants one.

Migrating from nothing takes many times what all the rest of a start takes, and a run of the suite starts a dozen
databases. What is kept lies in ``var/tests`` (on PostgreSQL in a database of that server) under the digest of every
migration and of the pinned packages, so a changed migration is another one. Whoever takes a copy still runs
``migrate``: it finds nothing to do, lays the guards and makes the rights as they are declared today.
"""

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

ROOT = Path(__file__).resolve().parents[1]
KEPT = ROOT / "var" / "tests"
SETTINGS = "config.settings.embedded"
MOST_ON_A_SERVER = 4


@cache
def digest() -> str:
    """Of what decides how a migrated database looks: settings, every migration of ours, the pinned packages."""
    found = hashlib.sha256()
    files = [*ROOT.glob("src/trama/*/migrations/*.py"), *ROOT.glob("src/trama/foundation/sqlite/*.py")]
    files += ROOT.glob("src/trama/portal/framework_tables/*/*.py")
    settings = [ROOT / "src" / "config" / "settings" / name for name in ("base.py", "cms.py")]
    for path in sorted([*files, *settings, ROOT / "requirements.lock"]):
        found.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes())
    return found.hexdigest()[:16]


def copy_sqlite(target: Path) -> None:
    """Put a migrated SQLite database where there is none. Raises ``FileExistsError`` where there is one."""
    if target.exists():
        raise FileExistsError(target)
    kept = KEPT / f"{digest()}.sqlite3"
    with _one_at_a_time("sqlite"):
        if not kept.exists():
            for old in KEPT.glob("*.sqlite3*"):
                old.unlink()
            making = KEPT / f"{digest()}.sqlite3-making"
            _migrate(f"sqlite:///{making}")
            making.rename(kept)
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(kept, target)


def create_postgresql(address: str, name: str) -> str:
    """Create a migrated database on the server of an address; returns the new one's address."""
    kept = f"trama_kept_{digest()}"
    with _one_at_a_time("postgresql"):
        existing = _on_server(address, "SELECT datname FROM pg_database WHERE datname LIKE 'trama_kept_%' ORDER BY oid")
        if kept not in existing:
            for old in existing[:-MOST_ON_A_SERVER]:  # several checkouts may share a server
                _on_server(address, f"DROP DATABASE IF EXISTS {old} WITH (FORCE)")
            making = f"trama_making_{os.getpid()}"
            _on_server(address, f"CREATE DATABASE {making}")
            _migrate(_named(address, making))
            _on_server(address, f"ALTER DATABASE {making} RENAME TO {kept}")
        _on_server(address, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        _on_server(address, f"CREATE DATABASE {name} TEMPLATE {kept}")
    return _named(address, name)


def drop_postgresql(address: str, name: str) -> None:
    _on_server(address, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def _migrate(address: str) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("TRAMA_")}
    environment |= {
        "DJANGO_SETTINGS_MODULE": SETTINGS,
        "PYTHONPATH": str(ROOT / "src"),
        "TRAMA_DATABASE_URL": address,
        "TRAMA_VAR": str(KEPT),
    }
    for command in (["migrate", "-v0"], ["createcachetable"]):
        subprocess.run([sys.executable, "-m", "config.cli", *command], env=environment, cwd=ROOT, check=True)


def _named(address: str, name: str) -> str:
    return urlunsplit(urlsplit(address)._replace(path=f"/{name}"))


def _on_server(address: str, statement: str) -> list[str]:
    """Run a statement outside a transaction; the first column of what it answers."""
    import psycopg

    assert re.fullmatch(r"[^;]*", statement), "one statement"
    with psycopg.connect(address, autocommit=True) as server:
        done = server.execute(statement)  # type: ignore[call-overload]
        return [row[0] for row in done.fetchall()] if done.description else []


@contextmanager
def _one_at_a_time(kind: str) -> Iterator[None]:
    """Parts of a run start together: the first makes what is kept, the others wait for it."""
    KEPT.mkdir(parents=True, exist_ok=True)
    with (KEPT / f"{kind}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
