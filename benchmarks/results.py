"""What the results of a round cost, and a territory of 300 networks: pages at 16 connections, and the computing alone.

    .venv/bin/python benchmarks/results.py

A database of its own (SQLite): a questionnaire of 45 criteria, a round that six people answered, and 300 networks that
share theirs with a group. Pages are driven signed in, warm. The distribution of the territory is computed at once, and
beside it round by round in a loop, in the same process; both must tell the same.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from benchmarks.load import drive  # noqa: E402
from benchmarks.pages import cpu_seconds, process_tree, served  # noqa: E402

CRITERIA = (5,) * 9
GOAL_CPU_MS, GOAL_P95_MS = 8, 100


def make_world(networks: int, file: str) -> None:
    """Write the world, and what the driver needs of it into ``file``. Runs in a process of its own."""
    import django

    django.setup()
    from django.db import transaction

    with transaction.atomic():
        known = _world(networks)
    Path(file).write_text(json.dumps(known))


def _world(networks: int) -> dict[str, Any]:
    from datetime import timedelta

    from django.utils import timezone

    from tests.accounts import factories as accounts
    from tests.diagnose import factories as make
    from tests.e2e.people import _session
    from trama.diagnose.models import Share

    version = make.an_instrument(CRITERIA)
    owners = [accounts.a_network(26) for _ in range(networks)]
    group = accounts.a_group(*owners)
    director = accounts.person_with("network_principal", owners[0])
    rounds = []
    for n, owner in enumerate(owners):
        levels = [1 + (n * 7 + k * 3) % 4 for k in range(sum(CRITERIA))]
        rounds.append(make.a_submitted_round(owner, levels, version=version, by=director))
    now = timezone.now()
    given = {"group": group, "granted_by": director, "granted_at": now, "until": now.date() + timedelta(days=30)}
    Share.objects.bulk_create(Share(round=of, named=False, **given) for of in rounds)
    for k in range(6):
        with make.before_submission(rounds[0]):
            member = make.a_member(rounds[0])
        make.answer_all(member, [1 + (k + n) % 4 for n in range(sum(CRITERIA))])
    coordinator = accounts.person_with("group_coordinator", group)
    return {
        "round": f"/autodiagnostico/rodadas/{rounds[0].uid}/resultado/",
        "territory": f"/autodiagnostico/territorios/group/{group.pk}/{version.instrument.slug}/",
        "group": group.pk,
        "director": _session(director),
        "coordinator": _session(coordinator),
    }


def compare(group: int) -> None:
    """The distribution at once and round by round, in turns, in one process. Prints medians of CPU time."""
    import statistics

    import django

    django.setup()
    from django.utils import timezone

    from trama.diagnose.models import Instrument, Round
    from trama.diagnose.profiles.publication import _compute, _reference, reference_version
    from trama.diagnose.profiles.reading import agreed_facts_of, key_of
    from trama.diagnose.profiles.selectors import shared_rounds
    from trama_measure.diagnosis import banded_shares

    version = reference_version(Instrument.objects.get())
    assert version is not None
    reference = _reference(version)
    shared = [one.contribution for one in shared_rounds("group", [group], at=timezone.now())[group]]

    def at_once() -> list[list[int]]:
        return _compute(reference, shared, 5, True)[0]["criteria"]["low"]

    def one_by_one() -> list[list[int]]:
        counts = {one.key: [0, 0, 0, 0] for one in reference.criteria}
        for contribution in shared:
            facts = agreed_facts_of(Round.objects.get(pk=contribution.round_id))
            for item, level in zip(facts.items, facts.agreed.tolist(), strict=True):
                for step in range(1, level + 1):
                    counts[key_of(item)][step - 1] += 1
        return [banded_shares(given[1:], given[0], 5).low.tolist() for given in counts.values()]

    if at_once() != one_by_one():
        raise SystemExit("the two ways differ")
    quick, slow = ([timed(work) for _ in range(n)] for work, n in ((at_once, 7), (one_by_one, 3)))
    ours, theirs = statistics.median(quick), statistics.median(slow)
    print(f"distribution of {len(shared)} networks × {len(reference.criteria)} criteria, both ways agree")
    print(f"at once         {ours:8.1f} ms of CPU")
    print(f"round by round  {theirs:8.1f} ms of CPU, ratio {theirs / ours:.0f}x")


def timed(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return (time.process_time() - started) * 1000


def apart(environment: dict[str, str], *arguments: str) -> None:
    """Run a part of this file where the settings are those of the benchmark's own database."""
    subprocess.run([sys.executable, __file__, *arguments], env=environment, cwd=ROOT, check=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--networks", type=int, default=300)
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--seconds", type=float, default=6, help="per page, after warming up")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--threads", type=int, default=4)
    parser.add_argument("--part", choices=["world", "compare"], default="", help=argparse.SUPPRESS)
    parser.add_argument("--known", default="", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.part == "world":
        make_world(options.networks, options.known)
        return 0
    if options.part == "compare":
        compare(int(options.known))
        return 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        environment = {
            **os.environ,
            "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'src'}",
            "DJANGO_SETTINGS_MODULE": "config.settings.embedded",
            "TRAMA_VAR": str(folder),
        }
        for command in (["migrate", "-v0"], ["createcachetable"]):
            subprocess.run([sys.executable, "-m", "django", *command], env=environment, cwd=ROOT, check=True)
        apart(
            environment, "--part", "world", "--networks", str(options.networks), "--known", str(folder / "known.json")
        )
        known = json.loads((folder / "known.json").read_text())
        print("| page | requests/s | p50 ms | p95 ms | CPU ms/request | errors |", flush=True)
        print("| --- | ---: | ---: | ---: | ---: | ---: |")
        over = []
        with served("config.wsgi:application", environment, workers=options.workers, threads=options.threads) as found:
            base, root = found
            for page, path, session in (
                ("results of a round, signed in", known["round"], known["director"]),
                (f"territory of {options.networks} networks, signed in", known["territory"], known["coordinator"]),
            ):
                asked = {"connections": options.connections, "cookie": f"sessionid={session}"}
                for _ in range(3 * options.workers):  # one after the other: every process has drawn the page once
                    drive(base, [path], seconds=0.5, connections=1, cookie=asked["cookie"])
                before = cpu_seconds(process_tree(root))
                driven = drive(base, [path], seconds=options.seconds, **asked)
                cpu = (cpu_seconds(process_tree(root)) - before) * 1000 / max(1, driven.requests)
                print(
                    f"| {page} | {driven.per_second:.0f} | {driven.p50:.0f} | {driven.p95:.0f} | {cpu:.1f} "
                    f"| {driven.errors} |",
                    flush=True,
                )
                if cpu > GOAL_CPU_MS or driven.errors:
                    over.append(page)
        print(f"\nGoal: at most {GOAL_CPU_MS} ms of CPU, p95 {GOAL_P95_MS} ms. Over it: {', '.join(over) or 'none'}.")
        apart(environment, "--part", "compare", "--known", str(known["group"]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
