"""Calibration of a 3PL on invented answers, beside the ``mirt`` of the registry, in one run and by one ruler.

10 thousand, 100 thousand or 1 million students x 44 items complete, or 77 items in 21 booklets of 22; the same prior,
Beta(5, 17) on c, for all. Every program runs in its own process, warmed up on 500 students; runs alternate; medians,
wall and CPU. From int8 answers: packing and starting values are counted. The ruler is written out here, on a grid of
its own (161 points on [-8, 8], float64). Distances are to our own tight optimum (float64, 97 points, tolerance 1e-7),
in standard errors.

    python -m venv /tmp/peers-irt && /tmp/peers-irt/bin/pip install mirt==1.2.0
    .venv/bin/python benchmarks/measure/calibration.py --peers /tmp/peers-irt/bin/python --students 10000 100000
    .venv/bin/python benchmarks/measure/calibration.py --bounds          # the machine's own bounds beside one pass

R's ``mirt`` is compared where somebody has R: the ruler takes any a, b, c (``log_likelihood``).
"""

import argparse
import ctypes
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np

from trama_measure.irt import ItemResponseModel, Prior, Quadrature
from trama_measure.irt import kernel as compiled
from trama_measure.irt.em import State
from trama_measure.irt.groups import normal_groups
from trama_measure.irt.parameters import published_parameters
from trama_measure.irt.scores import scorer_of
from trama_measure.irt.sources import Batch, blocks_of

FOLDER = Path(__file__).resolve().parent
OURS = ("trama, kernel, 2 threads", "trama, kernel, 1 thread", "trama, numpy, 2 threads")
PEER = "mirt (registry), 61 points"
DESIGNS = {"complete": 44, "booklets": 77}


def true_items(count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """a, b and c like those of a national test."""
    draw = np.random.default_rng(20261122)
    a = np.clip(np.exp(draw.normal(np.log(1.5), 0.3, count)), 0.7, 3.2)
    b = np.clip(draw.normal(0.2, 0.9, count), -2.2, 2.2)
    return a, b, np.clip(draw.beta(5, 17, count), 0.05, 0.4)


def answers_of(design: str, students: int) -> np.ndarray:
    """(n, k) int8; the first rows of a larger set are the smaller set."""
    a, b, c = true_items(DESIGNS[design])
    found = np.full((students, a.size), -1, dtype=np.int8)
    pairs = list(combinations(range(7), 2))
    for number, start in enumerate(range(0, students, 20_000)):
        draw = np.random.default_rng([7, number])
        theta, n = draw.normal(size=(20_000, 1)), min(20_000, students - start)
        right = draw.random((20_000, a.size)) < c + (1 - c) / (1 + np.exp(-a * (theta - b)))
        part = right.astype(np.int8)
        if design == "booklets":
            booklet = draw.integers(0, len(pairs), 20_000)
            seen = np.array([[item // 11 in pair for item in range(77)] for pair in pairs])
            part[~seen[booklet]] = -1
        found[start : start + n] = part[:n]
    return found


def log_likelihood(answers: np.ndarray, a: np.ndarray, b: np.ndarray, c: np.ndarray) -> float:
    """The ruler: nothing of ours in it."""
    theta = np.linspace(-8, 8, 161)
    mass = np.exp(-(theta**2) / 2)
    p = c[:, None] + (1 - c[:, None]) / (1 + np.exp(-a[:, None] * (theta - b[:, None])))
    p = np.clip(p, 1e-12, 1 - 1e-12)
    total = 0.0
    for start in range(0, answers.shape[0], 5_000):
        part = answers[start : start + 5_000]
        logs = (part == 1) @ np.log(p) + (part == 0) @ np.log(1 - p)
        top = logs.max(axis=1)
        total += float((np.log(np.exp(logs - top[:, None]) @ (mass / mass.sum())) + top).sum())
    return total


class Worker:
    """One program behind a pipe."""

    def __init__(self, name: str, python: str, data: Path) -> None:
        environment = {**os.environ, "PYTHONPATH": str(FOLDER.parents[1] / "src")} if name in OURS else dict(os.environ)
        self.process = subprocess.Popen(
            [python, str(FOLDER / "calibration_worker.py"), name, str(data)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
        )
        assert self.process.stdout is not None
        if self.process.stdout.readline().strip() != "ready":
            raise RuntimeError(f"{name} did not start")

    def run(self) -> dict[str, Any]:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write("fit\n")
        self.process.stdin.flush()
        return dict(json.loads(self.process.stdout.readline()))

    def close(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(timeout=60)


def tight_optimum(answers: np.ndarray) -> dict[str, np.ndarray]:
    model = ItemResponseModel(
        model="3pl", prior=Prior.for_options(5), quadrature=Quadrature(97), tolerance=1e-7, threads=2, max_passes=2000
    )
    items = model.fit(answers).items
    return {name: items[name].to_numpy() for name in ("a", "b", "c", "se_a", "se_b", "se_c")}


def compare(design: str, students: int, peers: str | None, rounds: int) -> None:
    answers = answers_of(design, students)
    true, top = dict(zip("abc", true_items(DESIGNS[design]), strict=True)), tight_optimum(answers)
    programs = [name for name in OURS if "kernel" not in name or compiled.available()] + ([PEER] if peers else [])
    print(f"\n### {students:,} students, {design}, load {os.getloadavg()[0]:.1f}\n")
    print("| program | wall s | CPU s | peak MiB | passes | log-likelihood (ruler) | RMSE a / b / c | max |dp|/SE |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | --- | ---: |")
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "answers.npy"
        np.save(data, answers)
        workers = {name: Worker(name, peers if name == PEER and peers else sys.executable, data) for name in programs}
        runs: dict[str, list[dict[str, Any]]] = {name: [] for name in programs}
        for turn in range(rounds):
            for name, worker in workers.items():
                if name != PEER or turn == 0:
                    runs[name].append(worker.run())
        for worker in workers.values():
            worker.close()
    walls = {}
    for name, found in runs.items():
        last = {part: np.array(found[-1][part]) for part in "abc"}
        walls[name] = statistics.median(run["wall"] for run in found)
        cpu = statistics.median(run["cpu"] for run in found)
        rmse = " / ".join(f"{np.sqrt(np.mean((last[part] - true[part]) ** 2)):.4f}" for part in "abc")
        away = max(float(np.max(np.abs(last[part] - top[part]) / top[f"se_{part}"])) for part in "abc")
        print(
            f"| {name} | {walls[name]:.3f} | {cpu:.3f} | {found[-1]['peak_mib']:.0f} | {found[-1]['passes']} | "
            f"{log_likelihood(answers, last['a'], last['b'], last['c']):.2f} | {rmse} | {away:.4f} |",
            flush=True,
        )
    if peers:
        print("\nRatio of wall: " + ", ".join(f"{name} {walls[PEER] / walls[name]:.0f}x" for name in programs[:-1]))


def bounds(students: int) -> None:
    """One pass on one core beside the traffic that its tables cannot do without; scoring too."""
    answers = answers_of("complete", students)
    codes = np.packbits(answers == 1, axis=1)
    with tempfile.TemporaryDirectory() as folder:
        library = Path(folder) / "bounds.so"
        command = ["cc", "-O3", "-march=native", "-fPIC", "-shared", str(FOLDER / "bounds.c"), "-o", str(library)]
        subprocess.run(command, check=True)
        loaded = ctypes.CDLL(str(library))
        size = codes.shape[1] * 256 * 32
        room = np.ones(size + 16, dtype=np.float32)
        table = room[-(room.ctypes.data % 64) % 64 // 4 :][:size]  # on a boundary of 64 bytes, as vectors want it
        given = (
            codes.ctypes.data_as(ctypes.c_void_p),
            ctypes.c_int64(students),
            ctypes.c_int(codes.shape[1]),
            ctypes.c_int(2),
            table.ctypes.data_as(ctypes.c_void_p),
        )
        read, add = (fastest(lambda call=call: call(*given)) for call in (loaded.read_rows, loaded.add_rows))
    a, b, c = true_items(44)
    items = published_parameters(a, b, c, scale_constant=1.0)
    step = State(items, normal_groups((None,), Quadrature(32, -5.0, 5.0).nodes())).step("float32")
    blocks = list(blocks_of(Batch(answers), (None,)))
    one_pass = fastest(lambda: [compiled.sums_of_block(block, step) for block in blocks])
    moments = fastest(lambda: [compiled.moments_of_block(block, step) for block in blocks])
    exact, numbers = replace(step, dtype="float64"), np.arange(students)
    drawn = fastest(lambda: [compiled.draws_of_block(block, exact, numbers[block.rows], 1, 5) for block in blocks])
    scored = fastest(lambda: scorer_of(items, quadrature=Quadrature(32, -5.0, 5.0)).score(answers), 3)
    print(f"\n### One core, {students:,} students x 44 items, 32 points, load {os.getloadavg()[0]:.1f}\n")
    print(f"tables read {read * 1e3:.1f} ms, rows added to {add * 1e3:.1f} ms: bound {(read + add) * 1e3:.1f} ms")
    print(f"one pass {one_pass * 1e3:.1f} ms: {100 * (read + add) / one_pass:.0f} % of the bound")
    print(f"posterior means and SDs {moments * 1e3:.1f} ms; as a table of EAP with intervals {scored * 1e3:.0f} ms")
    print(f"means, SDs and five plausible values, in double precision {drawn * 1e3:.1f} ms")


def fastest(call: Any, times: int = 9) -> float:
    """CPU seconds of the quickest of several runs."""
    best = np.inf
    for _ in range(times):
        started = time.process_time()
        call()
        best = min(best, time.process_time() - started)
    return float(best)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--students", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--designs", nargs="+", choices=list(DESIGNS), default=list(DESIGNS))
    parser.add_argument("--peers", help="the Python of an environment with mirt 1.2.0")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--bounds", action="store_true", help="only the machine's bounds")
    chosen = parser.parse_args()
    if compiled.available():
        bounds(200_000)
    if not chosen.bounds:
        for design in chosen.designs:
            for students in chosen.students:
                compare(design, students, chosen.peers, chosen.rounds)


if __name__ == "__main__":
    main()
