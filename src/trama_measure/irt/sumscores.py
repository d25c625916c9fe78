"""What a sum of points says about theta: the conversion table of a test on paper (Lord and Wingersky 1984)."""

from __future__ import annotations

import numpy as np
import polars as pl

from trama_measure.arrays import FloatArray

from .families import probabilities
from .parameters import ItemParameters
from .scores import WIDTH_95, Scorer


def sum_score_distribution(items: ItemParameters, theta: FloatArray) -> FloatArray:
    """(s + 1, q) probability of each sum of points, 0 to s, given theta; s is the largest possible sum."""
    p = probabilities(items, theta)
    found = np.ones((1, theta.size))
    for item in range(items.size):
        count = int(items.categories[item])
        longer = np.zeros((found.shape[0] + count - 1, theta.size))
        for category in range(count):
            longer[category : category + found.shape[0]] += found * p[item, category]
        found = longer
    return found


def sum_score_table(scorer: Scorer, group: int = 0, *, students: float = 1.0) -> pl.DataFrame:
    """One row per sum: EAP of theta, its SD, 95 % interval, and how many of ``students`` are expected to have it.

    Parameters
    ----------
    group : position of the group whose distribution is the prior
    students : how many the expected frequencies sum to
    """
    joint = sum_score_distribution(scorer.items, scorer.nodes) * scorer.masses[group]
    mass = joint.sum(axis=1)
    mean = joint @ scorer.nodes / mass
    sd = np.sqrt(np.maximum(joint @ scorer.nodes**2 / mass - mean**2, 0.0))
    return pl.DataFrame(
        {
            "score": np.arange(mass.size),
            "theta": mean,
            "se": sd,
            "low": mean - WIDTH_95 * sd,
            "high": mean + WIDTH_95 * sd,
            "expected": mass * students,
        }
    )


def reliability(table: pl.DataFrame) -> float:
    """Share of the variance of theta that the sum tells: variance of the means over that plus the mean variance."""
    weight = table["expected"].to_numpy() / table["expected"].sum()
    theta, se = table["theta"].to_numpy(), table["se"].to_numpy()
    between = float(weight @ theta**2 - (weight @ theta) ** 2)
    return between / (between + float(weight @ se**2))
