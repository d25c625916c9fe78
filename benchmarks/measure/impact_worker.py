"""One estimator in a process of its own, for ``impact.py``: told on standard input what to run, answers with its times.

Runs under any interpreter that has NumPy and the package named on the command line; it does not import the benchmark.
"""

import json
import sys
import time
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

X = ["x1", "x2"]
type Answer = tuple[float, float, float]
type Run = Callable[[bool, int], Answer]
"""From (with covariates, bootstrap draws) to the simple effect, its error, and the overall dynamic effect."""


def ours(columns: dict[str, Any]) -> Run:
    from trama_measure.impact import Panel, aggregate, group_time_effects

    def run(covariates: bool, draws: int) -> Answer:
        panel = Panel.from_columns(
            columns, unit="unit", period="time", outcome="y", start="g", covariates=X if covariates else []
        )
        return _ours(panel, draws, group_time_effects, aggregate)

    return run


def ours_from_panel(columns: dict[str, Any]) -> Run:
    from trama_measure.impact import Panel, aggregate, group_time_effects

    names = {"unit": "unit", "period": "time", "outcome": "y", "start": "g"}
    panels = {with_x: Panel.from_columns(columns, **names, covariates=X if with_x else []) for with_x in (False, True)}
    return lambda covariates, draws: _ours(panels[covariates], draws, group_time_effects, aggregate)


def _ours(panel: Any, draws: int, group_time_effects: Any, aggregate: Any) -> Answer:
    effects = group_time_effects(panel, draws=draws, seed=1)
    simple, dynamic = aggregate(effects, "simple"), aggregate(effects, "dynamic")
    dynamic.table()
    dynamic.overall_table()
    return simple.overall, simple.overall_se, dynamic.overall


def diff_diff(columns: dict[str, Any]) -> Run:
    import pandas as pd
    from diff_diff import CallawaySantAnna

    frame = pd.DataFrame(columns)

    def run(covariates: bool, draws: int) -> Answer:
        model = CallawaySantAnna(n_bootstrap=draws, seed=1)
        found = model.fit(
            frame, "y", "unit", "time", "g", covariates=X if covariates else None, aggregate="event_study"
        )
        dynamic = [each["effect"] for e, each in found.event_study_effects.items() if e >= 0]
        return float(found.overall_att), float(found.overall_se), float(np.mean(dynamic))

    return run


def csdid(columns: dict[str, Any]) -> Run:
    import pandas as pd
    from csdid.att_gt import ATTgt

    frame = pd.DataFrame(columns)

    def run(covariates: bool, draws: int) -> Answer:
        model = ATTgt(
            yname="y",
            tname="time",
            idname="unit",
            gname="g",
            data=frame,
            control_group="nevertreated",
            xformla="y~x1+x2" if covariates else None,
            biters=draws or 100,
            cband=bool(draws),
        ).fit(est_method="dr", bstrap=bool(draws))
        simple, dynamic = (model.aggte(kind, bstrap=bool(draws)).atte for kind in ("simple", "dynamic"))
        return float(simple["overall_att"]), float(np.ravel(simple["overall_se"])[0]), float(dynamic["overall_att"])

    return run


def moderndid(columns: dict[str, Any]) -> Run:
    import moderndid
    import polars as pl

    frame = pl.DataFrame(columns)

    def run(covariates: bool, draws: int) -> Answer:
        found = moderndid.att_gt(
            frame,
            yname="y",
            tname="time",
            idname="unit",
            gname="g",
            xformla="~x1+x2" if covariates else None,
            boot=bool(draws),
            biters=draws or 100,
            cband=bool(draws),
            random_state=1,
        )
        simple, dynamic = (moderndid.aggte(found, type=kind, random_state=1) for kind in ("simple", "dynamic"))
        return float(simple.overall_att), float(simple.overall_se), float(dynamic.overall_att)

    return run


ESTIMATORS: dict[str, Callable[[dict[str, Any]], Run]] = {
    "trama": ours,
    "trama, panel at hand": ours_from_panel,
    "diff-diff": diff_diff,
    "csdid": csdid,
    "moderndid": moderndid,
}


def main() -> None:
    name, path = sys.argv[1:]
    warnings.filterwarnings("ignore")
    out, sys.stdout = sys.stdout, sys.stderr  # what a package prints must not be taken for an answer
    with np.load(path) as file:
        columns = {key: file[key] for key in file.files}
    run = ESTIMATORS[name](columns)
    print("ready", file=out, flush=True)
    for line in sys.stdin:
        covariates, draws = json.loads(line)
        cpu, started = time.process_time(), time.perf_counter()
        answer = run(covariates, draws)
        took = time.perf_counter() - started, time.process_time() - cpu
        print(json.dumps([*took, *answer]), file=out, flush=True)


if __name__ == "__main__":
    main()
