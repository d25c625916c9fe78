"""Calibration of a 3PL from Parquet files on disk, from ten thousand to ten million students: time and peak memory.

    .venv/bin/python benchmarks/measure/calibration_curve.py                                 up to a million
    .venv/bin/python benchmarks/measure/calibration_curve.py --students 10000000             ten million: some minutes
    .venv/bin/python benchmarks/measure/calibration_curve.py --students 1000000 --keep 1     files read again every pass

44 items complete, as in ``calibration.py``; files of a million students, one string of answers each. Everything is
counted: looking for students who come twice, decoding, marking, packing, passes, standard errors. ``--keep`` is the
memory (MiB) that packed answers may take between passes, ``--batch`` that of a batch while reading; the peak follows
these two and not the number of students. A process for each size. RMSE of b says that more students are of use.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import polars as pl

from trama_measure.irt import ItemResponseModel, Prior, Quadrature
from trama_measure.responses import Alphabet, Columns, Key
from trama_measure.responses.partitions import Partitions

ITEMS = tuple(f"q{number:02d}" for number in range(1, 45))
A_FILE, AT_ONCE = 1_000_000, 20_000


def true_items() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """a, b and c like those of a national test; those of ``calibration.py``."""
    draw = np.random.default_rng(20261122)
    a = np.clip(np.exp(draw.normal(np.log(1.5), 0.3, 44)), 0.7, 3.2)
    b = np.clip(draw.normal(0.2, 0.9, 44), -2.2, 2.2)
    return a, b, np.clip(draw.beta(5, 17, 44), 0.05, 0.4)


def invented(students: int, folder: Path) -> None:
    """Files of at most a million students: A where right, B where wrong."""
    a, b, c = (values.astype(np.float32) for values in true_items())
    for first in range(0, students, A_FILE):
        count = min(A_FILE, students - first)
        letters = np.empty((count, 44), dtype=np.uint8)
        for start in range(0, count, AT_ONCE):
            draw = np.random.default_rng([7, (first + start) // AT_ONCE])
            theta = draw.standard_normal((AT_ONCE, 1), dtype=np.float32)
            right = draw.random((AT_ONCE, 44), dtype=np.float32) < c + (1 - c) / (1 + np.exp(-a * (theta - b)))
            letters[start : start + AT_ONCE] = np.where(right, ord("A"), ord("B"))[: count - start]
        text = letters.view("S44").ravel().astype(str)
        frame = pl.DataFrame({"student": np.arange(first, first + count), "answers": text})
        frame.write_parquet(folder / f"{first:09d}.parquet", row_group_size=100_000)


def worker(folder: Path, keep: int, batch: int, threads: int) -> None:
    """One calibration in this process; prints it as JSON."""
    wall, cpu = time.perf_counter(), time.process_time()
    key = Key("1", dict.fromkeys(ITEMS, "A"))
    files = Partitions(
        sorted(folder.glob("*.parquet")),
        Columns("student"),
        ITEMS,
        answers="answers",
        alphabet=Alphabet(options="AB"),
        key=key,
        memory=batch * 2**20,
    )
    model = ItemResponseModel(
        model="3pl",
        prior=Prior.for_options(5),
        quadrature=Quadrature(32, -5.0, 5.0),
        precision="float32",
        threads=threads,
        memory_limit=keep * 2**20,
    )
    found = model.fit(files.sources(), items=ITEMS)
    taken = {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}
    status = Path("/proc/self/status").read_text(encoding="ascii")
    peak = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")) / 1024
    ended = found.convergence
    error = float(np.sqrt(np.mean((found.items["b"].to_numpy() - true_items()[1]) ** 2)))
    print(json.dumps({**taken, "peak": peak, "passes": ended.passes, "converged": ended.converged, "rmse": error}))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--students", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--keep", type=int, default=512, help="MiB of packed answers between passes")
    parser.add_argument("--batch", type=int, default=64, help="MiB of a batch while reading")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--run", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.run:
        worker(given.run, given.keep, given.batch, given.threads)
        return
    print(f"kept between passes: {given.keep} MiB, a batch: {given.batch} MiB, {given.threads} threads\n")
    print("| students | wall s | CPU s | CPU s a million | peak MiB | passes | RMSE of b | load |", flush=True)
    print("| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |", flush=True)
    for students in given.students:
        with tempfile.TemporaryDirectory() as folder:
            invented(students, Path(folder))
            options = [f"--{name}={getattr(given, name)}" for name in ("keep", "batch", "threads")]
            command = [sys.executable, __file__, "--run", folder, *options]
            answer = subprocess.run(command, capture_output=True, text=True, check=True)
        run = json.loads(answer.stdout)
        assert run["converged"], f"{students} students did not converge"
        print(
            f"| {students:,} | {run['wall']:.1f} | {run['cpu']:.2f} | {run['cpu'] / students * 1e6:.1f} | "
            f"{run['peak']:.0f} | {run['passes']} | {run['rmse']:.4f} | {os.getloadavg()[0]:.1f} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
