"""A state's answers: read, marked, packed, counted, added up by school and descriptor; beside Polars and the machine.

    .venv/bin/python benchmarks/measure/answers.py                 1,000,000 students x 44 items, 5,000 schools
    .venv/bin/python benchmarks/measure/answers.py --students 100000 --rounds 9

One process; ways alternate, so all see the same machine. Prints the best and the median of the rounds, the goal where
there is one (performance.md, section 6), and bounds: one pass over the bytes, and one over the bits. Streaming from
Parquet runs in a process of its own, whose peak memory is read from the kernel.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from trama_measure.classical import analyse, tally
from trama_measure.responses import Columns, Key, by_descriptor, by_item, from_strings, groups_of, mark, pack
from trama_measure.responses.partitions import Partitions

ITEMS = tuple(f"q{number:02d}" for number in range(1, 45))
DESCRIPTORS = {item: f"D{place % 21 + 1:02d}" for place, item in enumerate(ITEMS)}
COLUMNS = Columns("student", school="school")
SCHOOLS = 5_000
GOAL_SUMS_MS = 10
GOAL_STREAM_GIB = 1.0


def invented(students: int, folder: Path) -> tuple[Path, Key]:
    """One Parquet file of answer strings, students in the order of their schools."""
    generator = np.random.default_rng(20261122)
    letters = generator.integers(0, 4, len(ITEMS))
    ability = generator.normal(size=students).astype(np.float32)
    school = np.sort(generator.integers(0, SCHOOLS, students))
    difficulty = generator.normal(0, 1, len(ITEMS)).astype(np.float32)
    flat = np.empty((students, len(ITEMS)), dtype=np.uint8)
    for place in range(len(ITEMS)):
        right = generator.random(students, dtype=np.float32) < 1 / (1 + np.exp(-1.2 * (ability - difficulty[place])))
        chosen = np.where(right, letters[place], generator.integers(0, 4, students)).astype(np.uint8)
        flat[:, place] = np.where(generator.random(students, dtype=np.float32) < 0.01, ord("."), ord("A") + chosen)
    text = flat.view(f"S{len(ITEMS)}").ravel().astype(str)
    path = folder / "answers.parquet"
    frame = pl.DataFrame({"student": np.arange(students), "school": school, "answers": text})
    frame.write_parquet(path, row_group_size=100_000)
    return path, Key("invented", {item: "ABCD"[right] for item, right in zip(ITEMS, letters.tolist(), strict=True)})


def timed(ways: dict[str, Callable[[], Any]], rounds: int) -> dict[str, list[float]]:
    """Milliseconds of every way, in turns, after one warm-up."""
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for number in range(rounds + 1):
        for name, way in ways.items():
            begun = time.perf_counter()
            way()
            if number:
                taken[name].append((time.perf_counter() - begun) * 1e3)
    return taken


def report(taken: dict[str, list[float]], beside: str | None = None) -> None:
    base = statistics.median(taken[beside]) if beside else 0.0
    for name, times in taken.items():
        ratio = f"  {statistics.median(times) / base:7.2f} x {beside}" if beside and name != beside else ""
        print(f"  {name:46s} best {min(times):8.1f} ms   median {statistics.median(times):8.1f} ms{ratio}")


def streaming(path: Path, key: Key, memory: int) -> None:
    """In a process of its own: sums by school from the file; prints seconds and peak memory."""
    files = Partitions([path], COLUMNS, ITEMS, answers="answers", key=key, memory=memory)
    begun = time.perf_counter()
    sums, schools = files.school_sums()
    taken = time.perf_counter() - begun
    status = Path("/proc/self/status").read_text(encoding="ascii")
    peak = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")) / 2**20
    print(f"{taken:.2f} s, peak {peak:.2f} GiB, {len(schools)} schools, {int(sums.right.sum())} right answers")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--students", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--memory", type=int, default=256, help="MiB of a batch when streaming")
    parser.add_argument("--stream", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.stream:
        letters = os.environ["INVENTED_KEY"]
        key = Key("invented", dict(zip(ITEMS, letters, strict=True)))
        streaming(arguments.stream, key, arguments.memory * 2**20)
        return
    print(f"{arguments.students:,} students x {len(ITEMS)} items, {SCHOOLS:,} schools; load {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory() as folder:
        path, key = invented(arguments.students, Path(folder))
        measure(path, key, arguments)
        letters = "".join(key.options[item] for item in ITEMS)
        command = [sys.executable, __file__, "--stream", str(path), "--memory", str(arguments.memory)]
        answer = subprocess.run(
            command, capture_output=True, text=True, check=True, env=os.environ | {"INVENTED_KEY": letters}
        )
        print(f"streaming with {arguments.memory} MiB a batch (goal: {GOAL_STREAM_GIB} GiB): {answer.stdout.strip()}")
    print(f"load at the end {os.getloadavg()[0]:.1f}")


def measure(path: Path, key: Key, arguments: argparse.Namespace) -> None:
    frame = pl.read_parquet(path)
    answers = from_strings(frame, COLUMNS, "answers", ITEMS)
    responses = mark(answers, key)
    packed, groups = pack(responses), groups_of(responses.roster.school)
    bits, codes = packed.booklets[0].right, responses.codes
    scattered = groups_of(np.random.default_rng(1).permutation(responses.roster.school))
    scores = pl.DataFrame(
        {"school": responses.roster.school} | {item: codes[:, place] == 1 for place, item in enumerate(ITEMS)}
    )

    def ours() -> Any:
        return by_descriptor(by_item(packed, groups), DESCRIPTORS)

    def peer() -> pl.DataFrame:
        return scores.group_by("school").agg(pl.col(ITEMS).sum()).sort("school")

    found = by_item(packed, groups).right
    assert np.array_equal(found, peer().select(ITEMS).to_numpy()), "the two ways differ"
    print(f"school x descriptor (goal: {GOAL_SUMS_MS} ms)")
    ways = {
        "packed bits, students by school": ours,
        "packed bits, students in any order": lambda: by_item(packed, scattered),
        "polars, wide booleans, 44 sums": peer,
        "bound: one pass over the bytes": lambda: codes.max(),
        "bound: one pass over the bits": lambda: np.bitwise_count(
            bits.reshape(-1)[: bits.size // 8 * 8].view(np.uint64)
        ),
    }
    report(timed(ways, max(arguments.rounds, 5) * 3), beside="polars, wide booleans, 44 sums")
    print("from the file to statistics")
    counted = tally(responses, answers=answers, key=key)
    steps = {
        "read Parquet": lambda: pl.read_parquet(path),
        "characters to codes, duplicates looked for": lambda: from_strings(frame, COLUMNS, "answers", ITEMS),
        "mark": lambda: mark(answers, key),
        "pack": lambda: pack(responses),
        "classical: count options": lambda: tally(responses, answers=answers, key=key),
        "classical: tables and flags": lambda: analyse(counted),
    }
    report(timed(steps, arguments.rounds))


if __name__ == "__main__":
    main()
