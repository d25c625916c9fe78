"""Readers of a class: how many in each profile, and how fast. Protection of small classes is in ``disclosure``."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from trama_measure.arrays import IntArray

from .profiles import UNKNOWN, all_rules
from .reading import Reading


def class_profiles(profiles: IntArray, classes: NDArray, rules: str = "parc-2024") -> pl.DataFrame:
    """One row a class and profile: ``class``, ``profile``, ``students``, ``share``, ``known``, ``unknown``.

    ``share`` is of the students whose profile is known; it is null in a class where none is.

    Raises
    ------
    ValueError
        If there is not one class a student, a profile is none of the rules', or there are no such rules.
    """
    if rules not in all_rules():
        raise ValueError(f"no rules {rules!r}; found {', '.join(all_rules())}")
    names = all_rules()[rules].names
    if profiles.shape != classes.shape or profiles.ndim != 1:
        raise ValueError(f"found {profiles.shape} profiles and {classes.shape} classes, expected (n,) each")
    if ((profiles < UNKNOWN) | (profiles >= len(names))).any():
        raise ValueError(f"found profile {int(profiles.max())}, expected {UNKNOWN} to {len(names) - 1}")
    labels, codes = np.unique(classes, return_inverse=True)
    counts = np.zeros((len(labels), len(names) + 1), dtype=np.int64)
    np.add.at(counts, (codes, profiles), 1)  # unknown, -1, is the last column
    own, unknown = counts[:, :-1], counts[:, -1]
    known = own.sum(axis=1)
    f = len(names)
    frame = pl.DataFrame(
        {
            "class": np.repeat(labels, f).tolist(),
            "profile": list(names) * len(labels),
            "students": own.ravel(),
            "known": np.repeat(known, f),
            "unknown": np.repeat(unknown, f),
        }
    )
    share = pl.when(pl.col("known") > 0).then(pl.col("students") / pl.col("known"))
    return frame.with_columns(share.alias("share")).select("class", "profile", "students", "share", "known", "unknown")


def class_rates(text: Reading, classes: NDArray) -> pl.DataFrame:
    """One row a class: ``readers``, ``lower_quartile``, ``median``, ``upper_quartile``, ``accuracy``, ``finished``.

    Quartiles are of correct words per minute of the children to whom the text was applied, those who read nothing
    among them; ``accuracy`` is of all words read in the class; ``finished`` are rates that are extrapolated.

    Raises
    ------
    ValueError
        If there is not one class a student.
    """
    if text.read.shape != classes.shape:
        raise ValueError(f"found {text.read.shape} readings and {classes.shape} classes, expected (n,) each")
    frame = pl.DataFrame(
        {"class": classes, "rate": text.correct_rate, "read": text.read, "correct": text.correct, "end": text.finished}
    ).filter(pl.col("rate").is_not_nan())
    quartiles = [
        pl.col("rate").quantile(q, "linear").alias(name)
        for q, name in ((0.25, "lower_quartile"), (0.5, "median"), (0.75, "upper_quartile"))
    ]
    accuracy = pl.when(pl.col("read").sum() > 0).then(pl.col("correct").sum() / pl.col("read").sum())
    return (
        frame.group_by("class")
        .agg(pl.len().alias("readers"), *quartiles, accuracy.alias("accuracy"), pl.col("end").sum().alias("finished"))
        .sort("class")
    )
