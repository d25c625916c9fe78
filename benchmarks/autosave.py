"""Saving answers: saves per second and p95 at 16 connections, and the hour of the deadline as a bounded burst.

    python benchmarks/autosave.py                    # SQLite, and PostgreSQL where initdb is installed
    python benchmarks/autosave.py --only postgresql --seconds 20

Each database is a new one, made here and thrown away. PostgreSQL is a cluster of its own with durable commits, read
back from the live connection. Measured in the same run, on the same server and database:

- the database alone: durable commits of one small row each, on as many connections;
- an empty view behind the same frame (session, person, cross-site token, policy): what no save can go below;
- the same two rows written by a plain Django view, without merge, deadline or second sending: what one would write;
- ours, in turn with it.

CPU is that of the server's processes, of PostgreSQL's and of the client, from /proc, for each answered request; what
other processes of the machine took of its cores meanwhile is told beside it. Read the CPU where the machine is busy.

The burst: every network finishes in one hour. That is 1.55 final submissions a second and, with a minute's work before
each, some last saves. Here the same traffic comes as fast as the answers do: ``--networks`` of 5,570 (a share, to bound
the time), each with its last saves, then the coordinator's part is finished, with a receipt and its letter. What was
acknowledged is then counted in the database.
"""

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from benchmarks.autosave_client import Driven, Script, Told, drive, finishing, post, save_address, saving  # noqa: E402
from benchmarks.pages import TICK, cpu_seconds, postgresql_processes, process_tree, served  # noqa: E402
from trama.foundation.supervisor import free_port  # noqa: E402

GOAL = "Goal: 300 saves a second with a p95 below 100 ms at 16 connections, on PostgreSQL, durable."
NETWORKS_OF_THE_COUNTRY = 5570
LAST_SAVES = 3


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


@dataclass(frozen=True, slots=True)
class Measured:
    """One kind of request. CPU in milliseconds for each answer; ``others``: cores that other processes kept busy."""

    name: str
    driven: Driven
    server: float
    database: float
    client: float
    others: float

    @property
    def cpu(self) -> float:
        return self.server + self.database

    def row(self, plain: "Measured | None" = None) -> str:
        times = "" if plain is None else f"{self.driven.per_second / plain.driven.per_second:.1f}"
        less = "" if plain is None else f"{plain.cpu / self.cpu:.1f}"
        one = self.driven
        return (
            f"| {self.name} | {one.per_second:.0f} | {one.p(0.5):.0f} | {one.p(0.95):.0f} | {one.p(0.99):.0f} |"
            f" {self.server:.2f} | {self.database:.2f} | {self.client:.2f} | {times} | {less} | {self.others:.1f} |"
        )


HEAD = """| | per second | p50 ms | p95 ms | p99 ms | server CPU ms | database CPU ms | client CPU ms | × plain | CPU: plain / this | cores others took |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"""  # noqa: E501


def busy_seconds() -> float:
    """CPU time that the whole machine has spent on anything."""
    fields = [int(one) for one in Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]
    idle = fields[3] + fields[4]
    return (sum(fields) - idle) / TICK


class Meter:
    """Drives scripts at a running server and says what they cost, whose CPU it was."""

    def __init__(self, base: str, root: int, *, on_postgresql: bool) -> None:
        self.base, self.root, self.on_postgresql = base, root, on_postgresql

    def _cpu(self) -> tuple[float, float, float, float]:
        database = cpu_seconds(postgresql_processes()) if self.on_postgresql else 0.0
        return cpu_seconds(process_tree(self.root)), database, time.process_time(), busy_seconds()

    def measure(self, name: str, scripts: list[Script]) -> Measured:
        before = self._cpu()
        driven = drive(self.base, scripts)
        server, database, client, all_of_it = (
            after - earlier for after, earlier in zip(self._cpu(), before, strict=True)
        )
        answers = max(1, len(driven.latencies)) / 1000
        others = max(0.0, all_of_it - server - database - client) / driven.seconds
        return Measured(name, driven, server / answers, database / answers, client / answers, others)


def together(name: str, parts: list[Measured]) -> Measured:
    """Several turns of the same as one."""
    driven = Driven([x for one in parts for x in one.driven.latencies], sum(one.driven.seconds for one in parts))

    def mean(of: Callable[[Measured], float], weights: list[float]) -> float:
        return sum(of(one) * weight for one, weight in zip(parts, weights, strict=True)) / sum(weights)

    answers, seconds = [float(len(one.driven.latencies)) for one in parts], [one.driven.seconds for one in parts]
    return Measured(
        name,
        driven,
        mean(lambda one: one.server, answers),
        mean(lambda one: one.database, answers),
        mean(lambda one: one.client, answers),
        mean(lambda one: one.others, seconds),
    )


def apart(environment: dict[str, str], call: str) -> None:
    """Run a function of ``autosave_world`` in a process of its own."""
    code = f"import benchmarks.autosave_world as b; b.{call}"
    subprocess.run([sys.executable, "-c", code], env=environment, cwd=ROOT, check=True)


def asked_apart(environment: dict[str, str], folder: Path, call: str) -> Any:
    """The same, for a function that writes its answer to the file it is given last: ``{file}`` in ``call``."""
    file = folder / "answer.json"
    apart(environment, call.format(file=repr(str(file))))
    return json.loads(file.read_text())


def emptily(path: str, one: dict[str, Any], ends_at: float) -> Script:
    while time.perf_counter() < ends_at:
        yield post(path, "{}", "application/json", one["session"])


def saving_in_turn(meter: Meter, savers: list[dict[str, Any]], seconds: float) -> tuple[list[Measured], Told]:
    """The empty view, the plain one and ours: two turns of each, so that a neighbour who comes or goes meets both."""
    told = Told()

    def scripts(address: Callable[[dict[str, Any]], str], length: float) -> list[Script]:
        ends_at = time.perf_counter() + length
        return [saving(address, one, told, ends_at) for one in savers]

    def plain_address(one: dict[str, Any]) -> str:
        return f"/medida/simples/{one['uid']}/"

    drive(meter.base, scripts(plain_address, 2))
    drive(meter.base, scripts(save_address, 2))  # every thread of the server has a connection and its plans
    plain, ours = [], []
    ends_at = time.perf_counter() + seconds / 3
    empty = meter.measure("an empty view, same frame", [emptily("/medida/vazia/", one, ends_at) for one in savers])
    for _ in range(2):
        ours.append(meter.measure("ours", scripts(save_address, seconds / 2)))
        plain.append(meter.measure("plain", scripts(plain_address, seconds / 4)))
    return [empty, together("plain Django view, ORM", plain), together("Trama's save", ours)], told


def burst(meter: Meter, finishers: list[dict[str, Any]], connections: int) -> tuple[str, Told]:
    """All networks finish, as fast as the server answers."""
    told, todo, n = Told(), list(finishers), len(finishers)
    measured = meter.measure("burst", [finishing(todo, LAST_SAVES, told) for _ in range(connections)])
    pace = n / measured.driven.seconds
    words = (
        f"Deadline hour: {n} networks of {NETWORKS_OF_THE_COUNTRY}, {LAST_SAVES} saves and a receipt each, in"
        f" {measured.driven.seconds:.1f} s: {pace:.1f} networks a second, {pace * 3600 / NETWORKS_OF_THE_COUNTRY:.0f}"
        f" times the mean of the hour. Requests: {measured.driven.per_second:.0f} a second, p95"
        f" {measured.driven.p(0.95):.0f} ms, p99 {measured.driven.p(0.99):.0f} ms; CPU {measured.cpu:.1f} ms each;"
        f" cores others took {measured.others:.1f}."
    )
    return words, told


def measure(kind: str, options: argparse.Namespace, folder: Path, database: str) -> None:
    """One database: migrate, make the world, drive, count."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("TRAMA_")}
    environment |= {
        "DJANGO_SETTINGS_MODULE": "benchmarks.autosave_settings",
        "TRAMA_VAR": str(folder),
        "TRAMA_DATABASE_URL": database,
        "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'src'}",
    }
    for command in (["migrate", "-v0"], ["createcachetable"]):
        subprocess.run([sys.executable, "-m", "config.cli", *command], env=environment, cwd=ROOT, check=True)
    world_file = folder / "world.json"
    apart(environment, f"make_world({options.networks + options.connections + 1}, {str(world_file)!r})")
    world = json.loads(world_file.read_text())
    one = asked_apart(environment, folder, f"one_save({str(world_file)!r}, {{file}})")
    savers, finishers = world[1 : options.connections + 1], world[options.connections + 1 :]
    bare = asked_apart(environment, folder, f"bare_commits({database!r}, {options.connections}, 4.0, {{file}})")
    shape = {"workers": options.workers, "threads": options.threads}
    print(
        f"\n## {kind}\n\nLoad of the machine at the beginning: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores."
        f" Server: {options.workers} processes of {options.threads} threads; {options.connections} connections."
        f"\nDurable commits: {'yes' if one['durable'] else 'NO'} ("
        + ", ".join(f"{name} {value}" for name, value in one["live"].items())
        + f"). Statements of one save: {one['statements']}."
        f"\nThe database alone: {bare['per_second']:.0f} durable commits a second.\n\n{HEAD}",
        flush=True,
    )
    with served("config.wsgi:application", environment, **shape) as (base, root):
        meter = Meter(base, root, on_postgresql=database.startswith("postgres"))
        measured, told = saving_in_turn(meter, savers, options.seconds)
        for row in measured:
            print(row.row(measured[1] if row is not measured[0] else None), flush=True)
        words, finished = burst(meter, finishers, options.connections)
    stored = asked_apart(environment, folder, "counted({file})")
    acknowledged = told.saves + finished.saves + 2  # and the two of ``one_save``
    wrong = told.wrong + finished.wrong
    print(
        f"\n{words}\nErrors: {len(wrong)}{f' ({wrong[0]})' if wrong else ''}. Acknowledged: {acknowledged} saves,"
        f" {finished.receipts} receipts. Stored: {stored['saves']} saves, {stored['receipts']} receipts.",
        flush=True,
    )
    if acknowledged > stored["saves"] or finished.receipts != stored["receipts"]:
        raise SystemExit(f"{kind}: what was acknowledged is not what is stored")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", choices=["sqlite", "postgresql"], default="")
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--seconds", type=float, default=12, help="of our saves; the others get a part of it")
    parser.add_argument("--networks", type=int, default=557, help="networks of the burst (a tenth of the country)")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--threads", type=int, default=4)
    options = parser.parse_args()
    print(GOAL, flush=True)
    with tempfile.TemporaryDirectory(prefix="autosave-") as name:
        folder = Path(name)
        if options.only != "sqlite":
            (folder / "files").mkdir()
            with a_cluster(folder) as address:
                measure("PostgreSQL", options, folder / "files", address)
        if options.only != "postgresql":
            (folder / "sqlite").mkdir()
            measure("SQLite", options, folder / "sqlite", f"sqlite:///{folder / 'sqlite' / 'trama.sqlite3'}")


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    main()
