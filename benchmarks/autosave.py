"""Saving answers: autosaves per second and p95 at 16 connections, and the hour of the deadline as a bounded burst.

    python benchmarks/autosave.py                    # SQLite, and PostgreSQL where initdb is installed
    python benchmarks/autosave.py --only sqlite

Each database is a new one, made here and thrown away. PostgreSQL is a cluster of its own with durable commits
(``fsync`` and ``synchronous_commit`` on, which the site reads back on every connection). The clients are threads in
processes of their own, on the same cores: what they cost is in the figures.

The burst: every network finishes in one hour. That is 1.55 final submissions a second and, with a minute's work before
each, some last autosaves. Here the same traffic comes as fast as the answers do: ``--networks`` of 5,570 (a share, to
bound the time), each with its last autosaves, then the coordinator's part is finished, with a receipt and its letter.
What was acknowledged is then counted in the database.
"""

import argparse
import http.client
import json
import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from benchmarks.pages import cpu_seconds, postgresql_processes, process_tree, served  # noqa: E402
from trama.foundation.supervisor import free_port  # noqa: E402

TOKEN = "b" * 32
GOAL = "Goal: 300 autosaves a second, p95 below 100 ms."
NETWORKS_OF_THE_COUNTRY = 5570
LAST_AUTOSAVES = 3


@contextmanager
def a_cluster(folder: Path) -> Iterator[str]:
    """A PostgreSQL of our own, with durable commits; gives its address."""
    port = free_port("127.0.0.1", 34000 + os.getpid() % 5000)
    data = folder / "postgresql"
    as_root = os.geteuid() == 0
    owner = ["su", "postgres", "-c"] if as_root else ["sh", "-c"]
    if as_root:
        folder.chmod(0o711)
        data.mkdir()
        shutil.chown(data, "postgres")
    binaries = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    prefix = f"{binaries[-1]}/" if binaries else ""

    def run(command: str) -> None:
        subprocess.run([*owner, command], check=True, capture_output=True, cwd="/")

    run(f"{prefix}initdb -D {data} -U trama --auth=trust -E UTF8 --no-locale")
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c max_connections=60"
    run(f"{prefix}pg_ctl -D {data} -w -l {data}/log -o '{options}' start")
    try:
        run(f"{prefix}createdb -h 127.0.0.1 -p {port} -U trama trama")
        yield f"postgresql://trama@127.0.0.1:{port}/trama"
    finally:
        run(f"{prefix}pg_ctl -D {data} -m immediate -w stop")


def make_world(networks: int, connections: int, file: str) -> None:
    """Run in a process of its own: rounds with their coordinators, sessions and items, written to a file."""
    import django

    django.setup()
    from datetime import timedelta

    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore
    from django.db import transaction
    from django.test import override_settings
    from django.utils import timezone

    from tests.accounts import factories as accounts
    from tests.diagnose import factories as make

    backend = settings.AUTHENTICATION_BACKENDS[0]
    made: list[dict[str, Any]] = []
    # Nobody signs in with a password here: a quick hash makes hundreds of people in seconds.
    quick = override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"])
    with quick, transaction.atomic():
        version, network = make.an_instrument([8] * 6), accounts.a_network()
        for _ in range(max(networks, connections)):
            director = accounts.a_person()
            of = make.a_round(network, version, by=director, answers_until=timezone.now() + timedelta(days=3))
            session = SessionStore()
            session[SESSION_KEY], session[BACKEND_SESSION_KEY] = str(director.pk), backend
            session[HASH_SESSION_KEY] = director.get_session_auth_hash()
            session.save()
            items = list(of.items.values_list("pk", flat=True))
            made.append({"uid": str(of.uid), "session": session.session_key, "items": items})
    Path(file).write_text(json.dumps(made))


def counted(file: str) -> None:
    """Run in a process of its own: what is in the database."""
    import django

    django.setup()
    from trama.diagnose.models import Receipt, Submission

    found = {"saves": Submission.objects.count(), "receipts": Receipt.objects.count()}
    Path(file).write_text(json.dumps(found))


class Client:
    """One connection of one coordinator at a time."""

    def __init__(self, base: str) -> None:
        self.connection = http.client.HTTPConnection(base.removeprefix("http://"), timeout=30)
        self.latencies: list[float] = []
        self.errors = 0

    def post(self, path: str, body: str, kind: str, session: str) -> int:
        headers = {
            "Content-Type": kind,
            "Cookie": f"sessionid={session}; csrftoken={TOKEN}",
            "X-CSRFToken": TOKEN,
        }
        started = time.perf_counter()
        try:
            self.connection.request("POST", path, body, headers)
            answer = self.connection.getresponse()
            answer.read()
            status = answer.status
        except (OSError, http.client.HTTPException):
            self.connection.close()
            status = 0
        self.latencies.append((time.perf_counter() - started) * 1000)
        return status

    def autosave(self, one: dict[str, Any], turn: int) -> bool:
        save = {
            "id": str(uuid.uuid4()),
            "item": one["items"][turn % len(one["items"])],
            "base": turn // len(one["items"]),
            "changes": ["level", "text"],
            "level": turn % 4 + 1,
            "text": "A rede conhece a procura por bairro e atualiza a lista todo mês.",
        }
        path = f"/autodiagnostico/rodadas/{one['uid']}/responder/salvar/"
        saved = self.post(path, json.dumps(save), "application/json", one["session"]) == 200
        self.errors += not saved
        return saved


def autosaves(base: str, world: list[dict[str, Any]], seconds: float, results: Any) -> None:
    """Threads of one client process: each a coordinator who saves as fast as the answers come."""
    clients = [Client(base) for _ in world]
    acknowledged = [0] * len(world)
    ends_at = time.perf_counter() + seconds

    def run(place: int) -> None:
        turn = 0
        while time.perf_counter() < ends_at:
            acknowledged[place] += clients[place].autosave(world[place], turn)
            turn += 1

    _threads(run, len(world))
    results.put((sum(acknowledged), sum(c.errors for c in clients), [x for c in clients for x in c.latencies]))


def finishing(base: str, world: list[dict[str, Any]], threads: int, results: Any) -> None:
    """Threads of one client process: each network's last autosaves, then its part is finished, with a receipt."""
    todo = list(world)
    lock = threading.Lock()
    told = {"autosaves": 0, "receipts": 0, "errors": 0}
    clients = [Client(base) for _ in range(threads)]

    def run(place: int) -> None:
        while True:
            with lock:
                if not todo:
                    return
                one = todo.pop()
            saved = sum(clients[place].autosave(one, turn) for turn in range(LAST_AUTOSAVES))
            path = f"/autodiagnostico/rodadas/{one['uid']}/minha-parte/concluir/"
            form = f"submission={uuid.uuid4()}&csrfmiddlewaretoken={TOKEN}"
            status = clients[place].post(path, form, "application/x-www-form-urlencoded", one["session"])
            with lock:
                told["autosaves"] += saved
                told["receipts"] += status == 302
                told["errors"] += status != 302

    _threads(run, threads)
    told["errors"] += sum(client.errors for client in clients)
    results.put((told, [x for client in clients for x in client.latencies]))


def _threads(run: Any, n: int) -> None:
    threads = [threading.Thread(target=run, args=(place,)) for place in range(n)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def in_processes(target: Any, parts: list[tuple[Any, ...]]) -> list[Any]:
    """Run the client in several processes, so that its own interpreter is not what is measured."""
    context = multiprocessing.get_context("spawn")
    results = context.Queue()
    processes = [context.Process(target=target, args=(*part, results)) for part in parts]
    for process in processes:
        process.start()
    answers = [results.get() for _ in processes]
    for process in processes:
        process.join()
    return answers


def p(latencies: list[float], share: float) -> float:
    ordered = sorted(latencies)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


def apart(environment: dict[str, str], call: str) -> None:
    code = f"import sys; sys.path[:0] = {[str(ROOT), str(ROOT / 'src')]!r}; import benchmarks.autosave as b; b.{call}"
    subprocess.run([sys.executable, "-c", code], env=environment, cwd=ROOT, check=True)


def measure(kind: str, options: argparse.Namespace, folder: Path, database: str) -> None:
    """One database: migrate, make the world, drive, count."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("TRAMA_")}
    environment |= {
        "DJANGO_SETTINGS_MODULE": "config.settings.embedded",
        "TRAMA_VAR": str(folder),
        "TRAMA_DATABASE_URL": database,
        "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'src'}",
    }
    for command in (["migrate", "-v0"], ["createcachetable"]):
        subprocess.run([sys.executable, "-m", "config.cli", *command], env=environment, cwd=ROOT, check=True)
    world_file, count_file = folder / "world.json", folder / "count.json"
    apart(
        environment, f"make_world({options.networks + options.connections}, {options.connections}, {str(world_file)!r})"
    )
    world = json.loads(world_file.read_text())
    savers, finishers = world[: options.connections], world[options.connections :]
    on_postgresql = database.startswith("postgres")
    with served("config.wsgi:application", environment, workers=options.workers, threads=options.threads) as (
        base,
        root,
    ):
        half = len(savers) // 2
        warm = [(base, [one], 1.0) for one in finishers[:2]]
        warmed = in_processes(autosaves, warm)
        server, backends = process_tree(root), postgresql_processes() if on_postgresql else []
        cpu, database_cpu = cpu_seconds(server), cpu_seconds(backends)
        started = time.perf_counter()
        driven = in_processes(autosaves, [(base, part, options.seconds) for part in (savers[:half], savers[half:])])
        took = time.perf_counter() - started
        saved, errors = sum(one[0] for one in driven), sum(one[1] for one in driven)
        latencies = [x for one in driven for x in one[2]]
        cpu = (cpu_seconds(server) - cpu) * 1000 / max(1, saved)
        database_cpu = (cpu_seconds(backends) - database_cpu) * 1000 / max(1, saved)
        started = time.perf_counter()
        middle = len(finishers) // 2
        finished = in_processes(
            finishing, [(base, part, options.connections // 2) for part in (finishers[:middle], finishers[middle:])]
        )
        burst = time.perf_counter() - started
    apart(environment, f"counted({str(count_file)!r})")
    stored = json.loads(count_file.read_text())
    last, receipts = (sum(one[0][name] for one in finished) for name in ("autosaves", "receipts"))
    warm_saves = sum(one[0] for one in warmed)
    rate = saved / options.seconds
    cost = f"{cpu:.2f} + {database_cpu:.2f} database" if on_postgresql else f"{cpu:.2f}"
    p50, p95, p99 = (p(latencies, share) for share in (0.5, 0.95, 0.99))
    print(f"| {kind} | {rate:.0f} | {p50:.0f} | {p95:.0f} | {p99:.0f} | {cost} | {errors} | {took:.1f} |")
    pace = len(finishers) / burst
    times = pace / (NETWORKS_OF_THE_COUNTRY / 3600)
    requests = [x for one in finished for x in one[1]]
    wrong = sum(one[0]["errors"] for one in finished)
    acknowledged = warm_saves + saved + last
    print(
        f"\n{kind}, deadline hour: {len(finishers)} networks of {NETWORKS_OF_THE_COUNTRY} in {burst:.1f} s,"
        f" {pace:.0f} a second: {times:.0f} times the mean of the hour;"
        f" p95 of a request {p(requests, 0.95):.0f} ms; errors {wrong}.\n"
        f"Acknowledged: {acknowledged} saves, {receipts} receipts."
        f" Stored: {stored['saves']} saves, {stored['receipts']} receipts.\n",
        flush=True,
    )
    if acknowledged > stored["saves"] or receipts != stored["receipts"]:
        raise SystemExit(f"{kind}: what was acknowledged is not what is stored")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", choices=["sqlite", "postgresql"], default="")
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--seconds", type=float, default=8)
    parser.add_argument("--networks", type=int, default=557, help="networks of the burst (a tenth of the country)")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--threads", type=int, default=4)
    options = parser.parse_args()
    print(GOAL + "\n\n| database | autosaves/s | p50 ms | p95 ms | p99 ms | CPU ms/save | errors | seconds |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |", flush=True)
    with tempfile.TemporaryDirectory(prefix="autosave-") as name:
        folder = Path(name)
        if options.only != "postgresql":
            (folder / "sqlite").mkdir()
            measure("SQLite", options, folder / "sqlite", f"sqlite:///{folder / 'sqlite' / 'trama.sqlite3'}")
        if options.only != "sqlite":
            with a_cluster(folder) as address:
                (folder / "files").mkdir()
                measure("PostgreSQL", options, folder / "files", address)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    main()
