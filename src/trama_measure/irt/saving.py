"""A calibration as one file, and back. The format is described in section 13 of the method.

JSON, so that it can be read by anyone in any language: parameters as people read them (a, b, c, with D) and as the
engine moves them, groups with their grid, prior, convergence, covariance. Numbers are written so that they read back
to the last bit.
"""

from __future__ import annotations

import json
import math
from os import PathLike
from pathlib import Path
from typing import Any, Final

import numpy as np

from trama_measure.arrays import FloatArray

from .em import State
from .errors import UnreadableCalibration
from .groups import LatentGroups
from .parameters import ItemParameters
from .priors import Beta, Normal, Prior
from .results import Calibration, Convergence

FORMAT: Final = "trama item response calibration"
VERSION: Final = 1


def save(calibration: Calibration, path: str | PathLike[str]) -> None:
    """Write the calibration; a file that is there is replaced only when the new one is complete."""
    target = Path(path)
    partial = target.with_name(target.name + ".partial")
    partial.write_text(json.dumps(to_dict(calibration), ensure_ascii=False, indent=1), encoding="utf-8")
    partial.replace(target)


def load(path: str | PathLike[str]) -> Calibration:
    """Read a calibration.

    Raises
    ------
    UnreadableCalibration
        If the file is not one, is damaged, or is of another version.
    """
    try:
        content = json.loads(Path(path).read_text(encoding="utf-8"))
    except (ValueError, UnicodeDecodeError) as error:
        raise UnreadableCalibration(f"{path}: not a saved calibration: {error}") from error
    return from_dict(content, str(path))


def to_dict(calibration: Calibration) -> dict[str, Any]:
    """Everything, in plain lists and numbers."""
    items, groups = calibration.parameters, calibration.state.groups
    prior, ended = calibration.prior, calibration.convergence
    return {
        "format": FORMAT,
        "version": VERSION,
        "scale_constant": calibration.scale_constant,
        "items": [
            {
                "name": name,
                "model": items.models[place],
                "categories": int(items.categories[place]),
                "a": float(items.a(calibration.scale_constant)[place]),
                "b": [value for value in items.b()[place].tolist() if not math.isnan(value)],
                "c": float(items.c()[place]),
                "xi": _numbers(items.xi[place]),
                "free": items.free[place].tolist(),
                "answers": calibration.answers[place].tolist(),
            }
            for place, name in enumerate(calibration.names)
        ],
        "groups": _groups(groups) | {"students": list(calibration.group_students)},
        "prior": {
            "log_a": None if prior.log_a is None else [prior.log_a.mean, prior.log_a.sd],
            "c": None if prior.c is None else [prior.c.p, prior.c.q],
            "logit_c": None if prior.logit_c is None else [prior.logit_c.mean, prior.logit_c.sd],
        },
        "convergence": {
            "converged": ended.converged,
            "reasons": list(ended.reasons),
            "passes": ended.passes,
            "decrement": ended.decrement,
            "distance_se": None if math.isnan(ended.distance_se) else ended.distance_se,
            "trace": list(ended.trace),
        },
        "loglik": calibration.loglik,
        "log_posterior": calibration.log_posterior,
        "students": calibration.students,
        "errors": calibration.errors,
        "covariance": None if calibration.covariance is None else [_numbers(row) for row in calibration.covariance],
        "seed": calibration.seed,
        "warnings": list(calibration.warnings),
    }


def from_dict(content: Any, where: str = "calibration") -> Calibration:
    """The calibration that ``to_dict`` wrote.

    Raises
    ------
    UnreadableCalibration
        As ``load``.
    """
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise UnreadableCalibration(f"{where}: not a saved calibration: expected format {FORMAT!r}")
    if content.get("version") != VERSION:
        raise UnreadableCalibration(f"{where}: version {content.get('version')!r} found, {VERSION} expected")
    try:
        return _read(content)
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise UnreadableCalibration(f"{where}: damaged: {type(error).__name__} at {error}") from error


def _read(content: dict[str, Any]) -> Calibration:
    items, groups, prior, ended = (content[part] for part in ("items", "groups", "prior", "convergence"))
    parameters = ItemParameters(
        np.array([_values(item["xi"]) for item in items]),
        np.array([item["free"] for item in items], dtype=np.bool_),
        tuple(item["model"] for item in items),
        np.array([item["categories"] for item in items], dtype=np.int64),
    )
    latent = LatentGroups(
        tuple(groups["labels"]),
        nodes=np.array(groups["nodes"]),
        masses=np.array(groups["masses"]),
        mean=np.array(groups["mean"]),
        sd=np.array(groups["sd"]),
        free_mean=np.array(groups["free_mean"]),
        free_sd=np.array(groups["free_sd"]),
        histogram=groups["histogram"],
        reference=groups["reference"],
    )
    distance = ended["distance_se"]
    covariance = content["covariance"]
    return Calibration(
        names=tuple(item["name"] for item in items),
        state=State(parameters, latent),
        scale_constant=float(content["scale_constant"]),
        prior=Prior(
            log_a=Normal(*prior["log_a"]) if prior["log_a"] else None,
            c=Beta(*prior["c"]) if prior["c"] else None,
            logit_c=Normal(*prior["logit_c"]) if prior["logit_c"] else None,
        ),
        convergence=Convergence(
            ended["converged"],
            tuple(ended["reasons"]),
            ended["passes"],
            ended["decrement"],
            float("nan") if distance is None else distance,
            tuple(ended["trace"]),
        ),
        loglik=content["loglik"],
        log_posterior=content["log_posterior"],
        students=content["students"],
        answers=np.array([item["answers"] for item in items], dtype=np.float64),
        group_students=tuple(groups["students"]),
        covariance=None if covariance is None else np.array([_values(row) for row in covariance]),
        errors=content["errors"],
        seed=content["seed"],
        warnings=tuple(content["warnings"]),
    )


def _groups(groups: LatentGroups) -> dict[str, Any]:
    return {
        "labels": list(groups.labels),
        "nodes": groups.nodes.tolist(),
        "masses": groups.masses.tolist(),
        "mean": groups.mean.tolist(),
        "sd": groups.sd.tolist(),
        "free_mean": groups.free_mean.tolist(),
        "free_sd": groups.free_sd.tolist(),
        "histogram": groups.histogram,
        "reference": groups.reference,
    }


def _numbers(row: FloatArray) -> list[float | None]:
    """JSON knows no infinity: a gamma that is not there (minus infinity) and a NaN become null."""
    return [float(value) if math.isfinite(value) else None for value in row.tolist()]


def _values(row: list[float | None]) -> list[float]:
    return [-math.inf if value is None else value for value in row]
