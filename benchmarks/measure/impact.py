"""Callaway-Sant'Anna over the whole country, beside other packages in the same run.

5,570 invented municipalities, 10 periods, 7 cohorts, 30 % never treated, 2 covariates, 999 bootstrap draws: fit, simple
and dynamic aggregates with bands. Every package runs in its own process, warmed up once; runs alternate, so all see
the same machine. Median of the rounds, wall and CPU. The packages live in an environment of their own:

    python -m venv /tmp/peers && /tmp/peers/bin/pip install diff-diff csdid moderndid
    .venv/bin/python benchmarks/measure/impact.py --peers /tmp/peers/bin/python --rounds 7

With ``--mpdta FILE`` it also says how far each is from R's ``did`` 2.5.1 on the 500 counties.
"""

import argparse
import csv
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from trama_measure.impact.simulate import World, invented_panel

WORKER = Path(__file__).with_name("impact_worker.py")
OURS = ("trama", "trama, panel at hand")
PEERS = {"diff-diff": "diff_diff", "csdid": "csdid", "moderndid": "moderndid"}
CASES = {"none, B = 0": (False, 0), "none, B = 999": (False, 999), "2 covariates, B = 999": (True, 999)}
R_DID = {False: (-0.03995127516, 0.01203401277), True: (-0.04175177206, 0.01150283815)}
SECONDS_FOR_ONE = 600


class Worker:
    """One estimator behind a pipe."""

    def __init__(self, name: str, python: str, data: Path) -> None:
        self.name = name
        self.process = subprocess.Popen(
            [python, str(WORKER), name, str(data)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        if self._line() != "ready":
            raise RuntimeError(f"{name} did not start")

    def _line(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def run(self, covariates: bool, draws: int) -> list[float]:
        """Wall and CPU seconds, simple effect and its error, dynamic effect."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps([covariates, draws]) + "\n")
        self.process.stdin.flush()
        line = self._line()
        if not line:
            raise RuntimeError(f"{self.name} stopped")
        return list(json.loads(line))

    def close(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(timeout=30)


def country(path: Path) -> None:
    """The invented long table."""
    world = World(n_units=5570, n_periods=10, starts=tuple(range(2, 9)), never=0.6, covariates=2, confounding=0.2)
    panel = invented_panel(world, seed=2026)
    n, periods = panel.outcome.shape
    begun = np.where(panel.never, 0, panel.start + 2005)
    np.savez(
        path,
        unit=np.repeat(np.arange(n), periods),
        time=np.tile(np.arange(2005, 2005 + periods), n),
        y=panel.outcome.ravel(),
        g=np.repeat(begun, periods),
        x1=np.repeat(panel.covariates[:, 0], periods) if panel.covariates is not None else 0,
        x2=np.repeat(panel.covariates[:, 1], periods) if panel.covariates is not None else 0,
    )
    print(f"{n} units, {periods} periods, {panel.never.mean():.0%} never treated, {panel.cohorts.size} cohorts")


def counties(source: Path, path: Path) -> None:
    """mpdta; its one covariate takes the first place, a constant-free second one is noise that R did not have."""
    with source.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    columns: dict[str, Any] = {name: np.array([float(row[name]) for row in rows]) for name in rows[0]}
    np.savez(
        path,
        unit=columns["countyreal"].astype(np.int64),
        time=columns["year"].astype(np.int64),
        y=columns["lemp"],
        g=columns["first.treat"].astype(np.int64),
        x1=columns["lpop"],
        x2=columns["lpop"] ** 2,
    )


def start_all(peers: str | None, data: Path) -> list[Worker]:
    workers = [Worker(name, sys.executable, data) for name in OURS]
    for name, module in PEERS.items() if peers else ():
        there = subprocess.run([str(peers), "-c", f"import {module}"], capture_output=True, check=False).returncode == 0
        if not there:
            print(f"{name}: not installed in {peers}")
            continue
        workers.append(Worker(name, str(peers), data))
    return workers


def measure(workers: list[Worker], rounds: int) -> None:
    print(f"\nload before: {os.getloadavg()[0]:.1f}; medians of {rounds} alternating rounds, ms\n")
    print("| | " + " | ".join(f"{case}: wall (CPU)" for case in CASES) + " | dynamic effect |")
    print("|---|" + "---|" * (len(CASES) + 1))
    found: dict[str, dict[str, list[list[float]]]] = {w.name: {case: [] for case in CASES} for w in workers}
    for case, (covariates, draws) in CASES.items():
        for worker in workers:
            worker.run(covariates, draws)  # warm
        for _ in range(rounds):
            for worker in workers:
                found[worker.name][case].append(worker.run(covariates, draws))
    base = {case: statistics.median(run[0] for run in found["trama"][case]) for case in CASES}
    for name, cases in found.items():
        cells = []
        for case, runs in cases.items():
            wall, cpu = (statistics.median(run[k] for run in runs) for k in (0, 1))
            cells.append(f"{1000 * wall:.1f} ({1000 * cpu:.1f}), {wall / base[case]:.1f}x")
        print(f"| {name} | " + " | ".join(cells) + f" | {cases['2 covariates, B = 999'][0][4]:.9f} |")
    print(f"\nload after: {os.getloadavg()[0]:.1f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peers", help="interpreter of an environment that has the other packages")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--mpdta", type=Path, help="the 500 counties, to see how far each is from R")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "country.npz"
        country(data)
        workers = start_all(arguments.peers, data)
        try:
            measure(workers, arguments.rounds)
        finally:
            for worker in workers:
                worker.close()
        if arguments.mpdta:
            data = Path(folder) / "counties.npz"
            counties(arguments.mpdta, data)
            print("\n500 counties without covariates: distance from R did 2.5.1 (simple effect)")
            for worker in start_all(arguments.peers, data):
                answer = worker.run(False, 0)
                print(f"  {worker.name}: {abs(answer[2] - R_DID[False][0]):.1e}")
                worker.close()


if __name__ == "__main__":
    main()
