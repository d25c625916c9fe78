"""The whole cycle of a state: from the Parquet file of answers to scores, and sums by class, school and municipality.

    .venv/bin/python benchmarks/measure/state_cycle.py                       1,000,000 students, two subjects
    .venv/bin/python benchmarks/measure/state_cycle.py --students 100000

Invented: 77 items a subject in seven blocks, 21 booklets of two blocks, four options and blanks; 30 students a class,
5,000 schools, 184 municipalities; 22 items have last year's parameters on the Saeb scale. Each run is a process of its
own, which prints wall and CPU of every step and its peak memory. Beside it, in a process of their own: Polars for what
it can do (marking, shares right, and the three tables), from the same file, with the same sums.

Goals (performance.md, G14): 15 s with reading, 5 s after the file is read. Wall counts on a quiet machine only: the
load is printed before and after.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from trama_measure.classical import analyse, tally
from trama_measure.irt import ItemResponseModel, Prior, Quadrature
from trama_measure.irt.plausible import plausible_values
from trama_measure.linking import SAEB, ParameterSet, of_calibration, parameter_set, purify
from trama_measure.responses import (
    Alphabet,
    Answers,
    Columns,
    Design,
    GroupSums,
    Key,
    Packed,
    Roster,
    by_descriptor,
    by_item,
    cyclic_design,
    from_strings,
    groups_of,
    mark,
    pack,
)

SUBJECTS = ("lp", "mt")
BLOCKS, PER_BLOCK, OPTIONS = 7, 11, "ABCD"
COLUMNS = Columns("student", booklet="booklet", school="school", classroom="classroom", municipality="municipality")
SCHOOLS, MUNICIPALITIES, OF_A_CLASS = 5_000, 184, 30
ANCHOR_BLOCKS = ("B1", "B2")
TRUE_LINE = (50.2, 255.0)  # this year's students, mean 0 and SD 1.003 as drawn, on last year's scale
GOAL_WITH_READING, GOAL_AFTER_READING = 15.0, 5.0


def design_of(subject: str) -> Design:
    blocks = {f"B{number}": [f"{subject}-{number}-{place:02d}" for place in range(1, 12)] for number in range(1, 8)}
    return cyclic_design(BLOCKS, ((0, 1), (0, 2), (0, 3)), blocks)


def items_of(subject: str) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """a, b, c of the items, and the option that is right."""
    draw = np.random.default_rng([SUBJECTS.index(subject), 11])
    count = BLOCKS * PER_BLOCK
    a = np.clip(np.exp(draw.normal(np.log(1.5), 0.3, count)), 0.7, 3.2)
    b = np.clip(draw.normal(0.2, 0.9, count), -2.2, 2.2)
    return a, b, np.clip(draw.beta(6, 16, count), 0.05, 0.4), draw.integers(0, 4, count)


def key_of(subject: str) -> Key:
    right = items_of(subject)[3].tolist()
    return Key("1", {item: OPTIONS[option] for item, option in zip(design_of(subject).items, right, strict=True)})


def descriptors_of(subject: str) -> dict[str, str]:
    return {item: f"D{place % 21 + 1:02d}" for place, item in enumerate(design_of(subject).items)}


def last_year(subject: str) -> ParameterSet:
    """The anchors on the Saeb scale; this year's students stand 0.1 SD above it."""
    a, b, c, _ = items_of(subject)
    design = design_of(subject)
    chosen = [
        place for place, item in enumerate(design.items) if item in set(design.blocks["B1"] + design.blocks["B2"])
    ]
    names = [design.items[place] for place in chosen]
    return parameter_set(names, a[chosen] / 50, 255 + 50 * b[chosen], c[chosen], scale_constant=1.0, scale=SAEB)


def invented(students: int, path: Path) -> None:
    """One file: students by class, school and municipality, a booklet, and a string of answers for each subject."""
    draw = np.random.default_rng(20261122)
    classroom = np.arange(students) // OF_A_CLASS
    school = classroom * SCHOOLS // (classroom[-1] + 1)
    municipality = school * MUNICIPALITIES // SCHOOLS
    names = list(design_of("lp").booklets)
    booklet = draw.integers(0, len(names), students)
    effect = 0.4 * draw.normal(size=SCHOOLS)[school]
    ability = {subject: effect + 0.92 * draw.normal(size=students) for subject in SUBJECTS}
    columns: dict[str, Any] = {
        "student": np.arange(students), "classroom": classroom, "school": school, "municipality": municipality,
        "booklet": np.array(names)[booklet],
    }  # fmt: skip
    for subject in SUBJECTS:
        design, (a, b, c, key) = design_of(subject), items_of(subject)
        place = {item: number for number, item in enumerate(design.items)}
        flat = np.empty((students, 2 * PER_BLOCK), dtype=np.uint8)
        for number, name in enumerate(names):
            rows = np.flatnonzero(booklet == number)
            own = [place[item] for item in design.items_of(name)]
            theta = ability[subject][rows, None]
            right = draw.random((rows.size, len(own))) < c[own] + (1 - c[own]) / (
                1 + np.exp(-a[own] * (theta - b[own]))
            )
            wrong = (key[own] + draw.integers(1, 4, right.shape)) % 4
            letters = np.where(right, key[own], wrong).astype(np.uint8) + ord("A")
            flat[rows] = np.where(~right & (draw.random(right.shape) < 0.03), ord("."), letters)
        columns[subject] = flat.view(f"S{2 * PER_BLOCK}").ravel().astype(str)
    pl.DataFrame(columns).write_parquet(path, row_group_size=100_000)


class Steps:
    """CPU seconds of named steps, each in its thread, added up over subjects; and wall seconds of the whole."""

    def __init__(self) -> None:
        self.cpu: dict[str, float] = {}
        self.wall: dict[str, float] = {}

    @contextmanager
    def __call__(self, name: str) -> Iterator[None]:
        begun = time.thread_time()
        yield
        self.cpu[name] = self.cpu.get(name, 0.0) + time.thread_time() - begun

    @contextmanager
    def whole(self, name: str) -> Iterator[None]:
        wall, cpu = time.perf_counter(), time.process_time()
        yield
        self.wall[name] = time.perf_counter() - wall
        self.cpu[name] = time.process_time() - cpu


def read(path: Path, subject: str, step: Steps) -> Answers:
    """The answers of one subject, as options; students who come twice are looked for."""
    with step("read and decode"):
        frame = pl.read_parquet(path, columns=[*COLUMNS.names, subject])
        return from_strings(frame, COLUMNS, subject, design_of(subject), Alphabet(options=OPTIONS))


def cycle(answers: Answers, subject: str, step: Steps) -> dict[str, Any]:
    """What a state does with one subject."""
    design, key = design_of(subject), key_of(subject)
    with step("mark and pack"):
        responses = mark(answers, key)
        packed = pack(responses)
    with step("classical statistics"):
        classical = analyse(tally(responses, answers=answers, key=key, n_options=4), positions=design.positions())
    with step("calibrate, with standard errors"):
        model = ItemResponseModel(
            model="3pl", prior=Prior.for_options(4), quadrature=Quadrature(41, -5.0, 5.0), precision="float32"
        )
        calibration = model.fit(packed, items=packed.items)
    with step("link, anchors that drifted dropped"):
        line = purify(of_calibration(calibration), last_year(subject)).link
    with step("EAP with intervals"):
        scores = calibration.score(packed)
        points = line.abilities(scores["theta"].to_numpy())
    with step("five plausible values"):
        values = line.abilities(plausible_values(calibration.scorer, packed, 5, seed=1).drop("student").to_numpy())
    with step("class, school, municipality x descriptor"):
        tables = by_descriptors(packed, responses.roster, subject)
    return {
        "converged": calibration.convergence.converged,
        "line": [round(line.slope, 2), round(line.intercept, 2)],
        "flags": classical.flags.height,
        "eap_mean": round(float(points.mean()), 2),
        "pv_sd": round(float(values.std()), 2),
        "right": [int(table.right.sum()) for table in tables],
    }


def by_descriptors(packed: Packed, roster: Roster, subject: str) -> list[GroupSums]:
    """Right answers and answers that count by descriptor: of classes, and of schools and municipalities from these."""
    classes = groups_of(roster.classroom)
    own = by_descriptor(by_item(packed, classes), descriptors_of(subject))
    first = classes.starts if classes.starts is not None else np.unique(classes.codes, return_index=True)[1]
    tables = [own]
    for ids in (roster.school, roster.municipality):
        parents = groups_of(ids[first])
        tables.append(own.regroup(parents.codes, len(parents.ids)))
    return tables


def in_polars(path: Path, subject: str, step: Steps) -> dict[str, Any]:
    """The same file marked, shares right, and the three tables, as one writes them in Polars."""
    design, key = design_of(subject), key_of(subject)
    descriptors = descriptors_of(subject)
    names = sorted(set(descriptors.values()))
    with step.whole(f"{subject}: read"):
        frame = pl.read_parquet(path, columns=[*COLUMNS.names, subject])
    with step.whole(f"{subject}: mark"):
        parts = []
        for (booklet,), part in frame.partition_by("booklet", as_dict=True).items():
            items = design.items_of(booklet)
            letters = [pl.col(subject).str.slice(place, 1) == key.options[item] for place, item in enumerate(items)]
            parts.append(part.with_columns(**dict(zip(items, letters, strict=True))).drop(subject))
        marked = pl.concat(parts, how="diagonal")
    with step.whole(f"{subject}: shares right"):
        marked.select(pl.col(design.items).mean())
    with step.whole(f"{subject}: class, school, municipality x descriptor"):
        of = {name: [item for item in design.items if descriptors[item] == name] for name in names}
        tables = []
        for level in ("classroom", "school", "municipality"):
            sums = marked.group_by(level).agg(pl.col(design.items).sum()).sort(level)
            tables.append(sums.select(level, **{name: pl.sum_horizontal(own) for name, own in of.items()}))
    return {"right": [int(table.select(names).sum_horizontal().sum()) for table in tables]}


def worker(path: Path, what: str) -> None:
    """One run in this process, a thread a subject (Polars brings its own threads); prints it as JSON."""
    step = Steps()
    if what == "polars":
        with step.whole("whole"):
            found = {subject: in_polars(path, subject, step) for subject in SUBJECTS}
    else:
        with ThreadPoolExecutor(len(SUBJECTS)) as pool, step.whole("whole"):
            with step.whole("reading"):
                given = list(pool.map(lambda subject: read(path, subject, step), SUBJECTS))
            with step.whole("after the file is read"):
                found = dict(zip(SUBJECTS, pool.map(lambda *one: cycle(*one, step), given, SUBJECTS), strict=True))
    status = Path("/proc/self/status").read_text(encoding="ascii")
    peak = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")) / 1024
    print(json.dumps({"cpu": step.cpu, "wall": step.wall, "found": found, "peak_mib": peak}))


def report(runs: list[dict[str, Any]], title: str) -> None:
    """The run with the least CPU, step by step; single steps have no wall time, as both subjects run at once."""
    best = min(runs, key=lambda run: run["cpu"]["whole"])
    print(f"\n| {title} | wall s | CPU s |\n| --- | ---: | ---: |")
    for name, cpu in best["cpu"].items():
        wall = f"{best['wall'][name]:.2f}" if name in best["wall"] else ""
        print(f"| {name} | {wall} | {cpu:.2f} |")
    print(f"\nPeak {best['peak_mib']:.0f} MiB; wall of all rounds: ", end="")
    print(", ".join(f"{run['wall']['whole']:.2f}" for run in runs))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--students", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--run", choices=["trama", "polars"], help=argparse.SUPPRESS)
    parser.add_argument("--file", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.run:
        worker(arguments.file, arguments.run)
        return
    print(f"{arguments.students:,} students x {len(SUBJECTS)} subjects; load {os.getloadavg()[0]:.1f}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "answers.parquet"
        invented(arguments.students, path)
        print(f"file of {path.stat().st_size / 2**20:.0f} MiB", flush=True)
        runs: dict[str, list[dict[str, Any]]] = {"trama": [], "polars": []}
        for _ in range(arguments.rounds):
            for name, own in runs.items():
                command = [sys.executable, __file__, "--run", name, "--file", str(path)]
                answer = subprocess.run(command, capture_output=True, text=True, check=True)
                own.append(json.loads(answer.stdout))
    ours, theirs = runs["trama"][0]["found"], runs["polars"][0]["found"]
    for subject in SUBJECTS:
        assert ours[subject]["right"] == theirs[subject]["right"], "the two ways differ"
        slope, intercept = ours[subject]["line"]
        assert abs(slope - TRUE_LINE[0]) < 1, "the scale of last year is not found"
        assert abs(intercept - TRUE_LINE[1]) < 1.5, "the scale of last year is not found"
        print(f"{subject}: {ours[subject]}")
    report(runs["trama"], "Trama")
    report(runs["polars"], "Polars: marking and tables only")
    goals = f"{GOAL_WITH_READING:g} s with reading, {GOAL_AFTER_READING:g} s after it"
    print(f"\nGoals: {goals}; load at the end {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
