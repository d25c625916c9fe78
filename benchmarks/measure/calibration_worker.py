"""One program that calibrates, behind a pipe: reads a line, fits, answers with seconds, memory and parameters.

Runs in the environment of the program that it measures; so it imports nothing of ours but where it is asked to.
"""

import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

Fit = Callable[[Any], dict[str, Any]]


def ours(engine: str, threads: int) -> Fit:
    from trama_measure.irt import ItemResponseModel, Prior, Quadrature

    model = ItemResponseModel(
        model="3pl",
        prior=Prior.for_options(5),
        quadrature=Quadrature(32, -5.0, 5.0),
        precision="float32",
        engine=engine,
        threads=threads,
        errors="none",
    )

    def fit(answers: Any) -> dict[str, Any]:
        found = model.fit(answers)
        items, ended = found.items, found.convergence
        return {
            "passes": ended.passes,
            "converged": ended.converged,
            **{name: items[name].to_list() for name in ("a", "b", "c")},
        }

    return fit


def mirt_of_the_registry() -> Fit:
    import mirt
    from mirt.estimation.priors import BetaPrior

    def fit(answers: Any) -> dict[str, Any]:
        found = mirt.fit_mirt(
            answers,
            "3PL",
            n_quadpts=61,
            compute_standard_errors=False,
            accelerate="squarem",
            priors={"guessing": BetaPrior(5, 17)},
        )
        named = found.model.parameters
        names = {"a": "discrimination", "b": "difficulty", "c": "guessing"}
        return {
            "passes": found.n_iterations,
            "converged": bool(found.converged),
            **{short: np.asarray(named[long]).ravel().tolist() for short, long in names.items()},
        }

    return fit


PROGRAMS: dict[str, Callable[[], Fit]] = {
    "trama, kernel, 2 threads": lambda: ours("kernel", 2),
    "trama, kernel, 1 thread": lambda: ours("kernel", 1),
    "trama, numpy, 2 threads": lambda: ours("numpy", 2),
    "mirt (registry), 61 points": mirt_of_the_registry,
}


def peak_mib() -> float:
    """Of this process since it was executed; what ``getrusage`` tells begins with the parent's."""
    status = Path("/proc/self/status")
    if status.exists():
        kib = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM")).split()[1]
        return int(kib) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    name, path = sys.argv[1:3]
    fit = PROGRAMS[name]()
    answers = np.load(path)
    fit(np.ascontiguousarray(answers[:500]))
    print("ready", flush=True)
    for _ in sys.stdin:
        wall, cpu = time.perf_counter(), time.process_time()
        found = fit(answers)
        found["wall"], found["cpu"] = time.perf_counter() - wall, time.process_time() - cpu
        found["peak_mib"] = peak_mib()
        print(json.dumps(found), flush=True)


if __name__ == "__main__":
    main()
