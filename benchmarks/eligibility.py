"""How long a rule takes over every municipal network of the country, against a loop that asks network by network.

    .venv/bin/python benchmarks/eligibility.py            invented figures: 5,570 networks of 27 states
    .venv/bin/python benchmarks/eligibility.py --installed  the figures of the installed database, with loading time

Both ways evaluate the rule of the call 2021-2024 as it ships, in one process, in turns, and must agree network by
network. Prints medians, the ratio, and the goal (200 ms of computing after load).
"""

import argparse
import os
import statistics
import sys
import time
import tomllib
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "src"))
parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--installed", action="store_true", help="read the installed database instead of inventing figures")
parser.add_argument("--rounds", type=int, default=15)
arguments = parser.parse_args()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", f"config.settings.{'embedded' if arguments.installed else 'test'}")

import django  # noqa: E402

django.setup()

import numpy as np  # noqa: E402

from trama.know.api import IndicatorColumn, MunicipalNetworks  # noqa: E402
from trama.programme.eligibility.evaluation import World, evaluate, load_world, reference_cell  # noqa: E402
from trama.programme.eligibility.evaluation import _cell as cell_of  # noqa: E402
from trama.programme.eligibility.tree import GroupNode, Node, conditions_of, from_mapping  # noqa: E402

GOAL_MS = 200
N = 5_570


def shipped_rule() -> GroupNode:
    """The municipal rule of the call 2021-2024."""
    call = tomllib.loads((ROOT / "content" / "calls" / "melhoria-2021-2024.toml").read_text(encoding="utf-8"))
    rule = next(category["rule"] for category in call["category"] if category["slug"] == "municipal")
    node = from_mapping({key: value for key, value in rule.items() if not key.startswith("note_")})
    assert isinstance(node, GroupNode)
    return node


def invented_world(rule: GroupNode) -> World:
    """Plausible figures, one in ten missing."""
    from trama.programme.eligibility.bounds import parts, wholes

    rng = np.random.default_rng(20210310)
    states = np.sort(rng.choice([*range(11, 18), *range(21, 30), 31, 32, 33, 35, *range(41, 44), 50, 51, 52, 53], N))
    places = states * 100_000 + np.arange(N)
    world = World(MunicipalNetworks(places * 10 + 3, places, [str(p) for p in places], states))
    world.reference_places = np.array(sorted({0, *states.tolist()}), dtype=np.int64)
    scale = {"population": lambda n: rng.lognormal(10, 1.2, n), "enrolment": lambda n: rng.lognormal(7.8, 1.2, n)}
    for _, condition in conditions_of(rule):
        cell = world.cells[condition] = cell_of(condition, {})
        for one in (cell, *parts(cell), *wholes(cell)):
            values = scale.get(one.indicator, lambda n: rng.normal(5, 0.8, n).round(1))(N)
            values[rng.random(N) < 0.1] = np.nan
            world.columns.setdefault(one, IndicatorColumn(values, ["v"] * N, np.ones(N, dtype=np.int64)))
        if condition.reference_kind == "published":
            k = len(world.reference_places)
            values = rng.normal(5, 0.5, k).round(1)
            world.references[reference_cell(condition, cell)] = IndicatorColumn(values, ["v"] * k, np.ones(k, np.int64))
    return world


def one_by_one(rule: GroupNode, world: World) -> list[int]:
    """The peer: plain Python, network by network, stopping as soon as a group is settled."""
    columns = {cell: column.values.tolist() for cell, column in world.columns.items()}
    references = {
        cell: dict(zip(world.reference_places.tolist(), column.values.tolist(), strict=True))
        for cell, column in world.references.items()
    }
    return [_ask(rule, world, columns, references, i) for i in range(len(world.networks.ids))]


def _ask(node: Node, world: World, columns: dict, references: dict, i: int) -> int:
    if isinstance(node, GroupNode):
        decisive = 0 if node.combine == "all" else 1
        unknown = not node.children
        for child in node.children:
            answer = _ask(child, world, columns, references, i)
            if answer == decisive:
                return decisive
            unknown = unknown or answer == 2
        return 2 if unknown else 1 - decisive
    cell = world.cells[node]
    limit = node.threshold
    if limit is None:
        place = 0 if node.reference == "country" else int(world.networks.states[i])
        limit = references[reference_cell(node, cell)].get(place, float("nan"))
    compare = {"lt": float.__lt__, "le": float.__le__, "gt": float.__gt__, "ge": float.__ge__}[node.operator]
    value = columns[cell][i]
    if limit != limit:
        return 2
    if value == value:
        return int(compare(value, limit))
    return _by_bounds(node, cell, columns, limit, compare, i) if node.use_bounds else 2


def _by_bounds(node, cell, columns: dict, limit: float, compare: Callable[[float, float], bool], i: int) -> int:  # type: ignore[no-untyped-def]
    from trama.programme.eligibility.bounds import parts, wholes

    lower = [columns[part][i] for part in parts(cell) if columns[part][i] == columns[part][i]]
    upper = [columns[whole][i] for whole in wholes(cell) if columns[whole][i] == columns[whole][i]]
    growing = node.operator in ("gt", "ge")
    if lower and compare(max(lower), limit) == growing:
        return int(growing)
    if upper and compare(min(upper), limit) != growing:
        return int(not growing)
    return 2


def timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000


def main() -> int:
    rule = shipped_rule()
    if arguments.installed:
        start = time.perf_counter()
        world = load_world([rule])
        print(f"loading {len(world.networks.ids)} networks from the database: {time.perf_counter() - start:.2f} s")
    else:
        world = invented_world(rule)
    ours = evaluate(rule, world).truth.tolist()
    theirs = one_by_one(rule, world)
    differing = sum(a != b for a, b in zip(ours, theirs, strict=True))
    if differing or not ours:
        print(f"the two ways differ in {differing} of {len(ours)} networks")
        return 1
    at_once, looped = [], []
    for _ in range(arguments.rounds):
        at_once.append(timed(lambda: evaluate(rule, world)))
        looped.append(timed(lambda: one_by_one(rule, world)))
    ours_ms, theirs_ms = statistics.median(at_once), statistics.median(looped)
    counts = {name: ours.count(code) for name, code in (("met", 1), ("not met", 0), ("unknown", 2))}
    print(f"networks: {len(ours)}; conditions: {len(list(conditions_of(rule)))}; answers: {counts}; both ways agree")
    print(f"all at once   {ours_ms:8.2f} ms (slowest {max(at_once):.2f})   goal: at most {GOAL_MS} ms")
    print(f"one by one    {theirs_ms:8.2f} ms   ratio {theirs_ms / ours_ms:.0f}x")
    return 0 if ours_ms <= GOAL_MS else 1


if __name__ == "__main__":
    raise SystemExit(main())
