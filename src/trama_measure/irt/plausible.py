"""Plausible values: draws from each student's posterior, and the latent regression that they should be drawn under."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import polars as pl

from trama_measure.arrays import FloatArray, IntArray

from . import kernel
from .blocks import Block
from .expected import chunks, design_of, log_likelihoods, posteriors
from .quadrature import log_masses
from .scores import Scorer
from .sources import answered_of, in_order, matrix_or_packed, one_blas_thread, positions, shape_of

REGRESSION_PASSES: Final = 200
REGRESSION_TOLERANCE: Final = 1e-6  # of the log-likelihood
_GOLDEN: Final = np.uint64(0x9E3779B97F4A7C15)
_MIX: Final = (np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB))


@dataclass(frozen=True, slots=True)
class LatentRegression:
    """theta = x' beta + e, e normal with this SD; the items are known."""

    beta: FloatArray  # (p,)
    sd: float
    covariance: FloatArray  # (p, p) of beta
    loglik: float
    passes: int
    converged: bool

    @property
    def standard_errors(self) -> FloatArray:
        return np.sqrt(np.diag(self.covariance))


@dataclass(frozen=True, slots=True)
class RegressionPrior:
    """Where each student's prior is centred in each draw of the regression, and its SD."""

    location: FloatArray  # (n, draws)
    sd: float


def plausible_values(
    scorer: Scorer,
    answers: Any,
    draws: int = 5,
    *,
    seed: int,
    groups: Sequence[Hashable] | np.ndarray | None = None,
    numbers: IntArray | None = None,
    covariates: FloatArray | None = None,
    regression: LatentRegression | None = None,
    threads: int = 1,
) -> pl.DataFrame:
    """Draws from p(theta | answers, group) or, with covariates, from p(theta | answers, x).

    Parameters
    ----------
    draws : per student
    seed : the same seed and number give a student the same draws, whoever else is there
    groups : (n,) labels
    numbers : (n,) a whole number for each student; left out, the row
    covariates : (n, p) with the constant among them; ``regression`` was fitted with the same
    threads : any number gives the same draws

    Returns
    -------
    student and pv1, pv2 and so on. A student without answers is drawn from the group or regression alone.

    Raises
    ------
    ValueError
        If covariates come without their regression, or lengths differ.
    """
    given = matrix_or_packed(answers)
    n = shape_of(given)[0]
    prior = _drawn_prior(covariates, regression, n, seed, draws)
    numbers = np.arange(n) if numbers is None else np.asarray(numbers, dtype=np.int64)
    source = scorer.source(given, groups, threads=threads, needs_group=regression is None)
    values = np.full((n, draws), np.nan)

    def of_block(block: Block) -> FloatArray:
        quick = None if prior else kernel.draws_of_block(block, scorer.step, numbers[block.rows], seed, draws)
        return _draws_by_matrices(block, scorer, prior, numbers, seed, draws) if quick is None else quick

    with one_blas_thread():
        for block, drawn in in_order(source.blocks, of_block, threads):
            values[block.rows] = drawn
    silent = np.flatnonzero(answered_of(source, n) == 0)
    _fill_silent(scorer, silent, groups, prior, values, numbers, seed)
    names = [f"pv{draw + 1}" for draw in range(draws)]
    return pl.DataFrame({"student": numbers} | {name: values[:, draw] for draw, name in enumerate(names)})


def latent_regression(
    scorer: Scorer, answers: Any, covariates: FloatArray, weights: FloatArray | None = None
) -> LatentRegression:
    """Regress theta on covariates by EM, the items fixed; no score is computed on the way.

    Parameters
    ----------
    covariates : (n, p) with a column of ones for the constant; no missing values
    weights : (n,) of any size: only their ratios count. Where they differ, the covariance is the sandwich

    Raises
    ------
    ValueError
        If covariates are missing, are not one row per student, or are collinear.
    """
    given = matrix_or_packed(answers)
    n = shape_of(given)[0]
    x = np.asarray(covariates, dtype=np.float64)
    if x.ndim != 2 or x.shape[0] != n or not np.isfinite(x).all():
        raise ValueError(f"covariates: {n} complete rows expected, found {x.shape}")
    source = scorer.source(given, None, needs_group=False)
    answered = answered_of(source, n) > 0
    w = answered * (np.ones(x.shape[0]) if weights is None else np.asarray(weights, dtype=np.float64))
    w = w * (answered.sum() / w.sum())
    cross = x.T @ (x * w[:, None])
    if np.linalg.matrix_rank(cross) < x.shape[1]:
        raise ValueError("covariates: some column is a combination of the others; leave it out")
    beta, sd, loglik = np.zeros(x.shape[1]), 1.0, -np.inf
    done, settled = 0, False
    while done < REGRESSION_PASSES and not settled:
        done += 1
        location = x @ beta
        mean, variance, now = _posterior_moments(scorer, source.blocks, location, sd, w)
        beta = np.linalg.solve(cross, x.T @ (w * mean))
        residual = mean - x @ beta
        sd = float(np.sqrt((w * (variance + residual**2)).sum() / w.sum()))
        settled = abs(now - loglik) < REGRESSION_TOLERANCE
        loglik = now
    scores = x * ((mean - x @ beta) / sd**2)[:, None]
    bread = np.linalg.inv(scores.T @ (scores * w[:, None]))
    covariance = bread @ (scores.T @ (scores * (w**2)[:, None])) @ bread  # of equal weights: the bread itself
    return LatentRegression(beta, sd, covariance, loglik, done, settled)


def uniform(seed: int, numbers: IntArray, draw: int) -> FloatArray:
    """(n,) numbers in (0, 1) from a counter (splitmix64): seed, student number and draw decide each alone."""
    with np.errstate(over="ignore"):
        x = numbers.astype(np.uint64) * _GOLDEN + np.uint64(seed % 2**63) * _MIX[1] + np.uint64(draw + 1) * _MIX[0]
        for _ in range(2):
            x = (x ^ (x >> np.uint64(30))) * _MIX[0]
            x = (x ^ (x >> np.uint64(27))) * _MIX[1]
            x = x ^ (x >> np.uint64(31)) ^ _GOLDEN
    return ((x >> np.uint64(11)).astype(np.float64) + 0.5) / 2.0**53


def _inverse(posterior: FloatArray, nodes: FloatArray, u: FloatArray) -> FloatArray:
    """(n,) the quantile u, linear inside the cell centred on each point; mean and variance of the posterior kept."""
    h = float(nodes[1] - nodes[0])
    upper = np.cumsum(posterior, axis=1)
    u = u * upper[:, -1]
    cell = np.minimum((upper < u[:, None]).sum(axis=1), nodes.size - 1)
    every = np.arange(u.size)
    inside = posterior[every, cell]
    share = (u - (upper[every, cell] - inside)) / np.maximum(inside, 1e-300)
    value = nodes[cell] + h * (np.clip(share, 0.0, 1.0) - 0.5)
    mean = posterior @ nodes
    variance = np.maximum(posterior @ nodes**2 - mean**2, 0.0)
    return mean + (value - mean) * np.sqrt(variance / (variance + h**2 / 12))


def _drawn_beta(regression: LatentRegression, seed: int, draw: int) -> FloatArray:
    generator = np.random.default_rng([seed, draw])
    root = np.linalg.cholesky(regression.covariance)
    return regression.beta + root @ generator.standard_normal(regression.beta.size)


def _draws_by_matrices(
    block: Block, scorer: Scorer, prior: RegressionPrior | None, numbers: IntArray, seed: int, draws: int
) -> FloatArray:
    """(students of the block, draws)."""
    design = design_of(block, scorer.step, prior=prior is None)
    values = np.empty((block.size, draws))
    for part in chunks(block):
        rows = block.rows[part]
        logs = log_likelihoods(block, design, part)[0]
        values[part] = _draws(logs, prior, rows, scorer.nodes, seed, numbers[rows], draws)
    return values


def _fill_silent(
    scorer: Scorer,
    silent: IntArray,
    groups: Any,
    prior: RegressionPrior | None,
    values: FloatArray,
    numbers: IntArray,
    seed: int,
) -> None:
    """Draws of the students without a single answer: from their group, or from the regression."""
    n, draws = values.shape
    if silent.size:
        logs = np.zeros((silent.size, scorer.nodes.size))
        if prior is None:
            logs += log_masses(scorer.masses)[positions(groups, scorer.labels, n)[silent]]
        values[silent] = _draws(logs, prior, silent, scorer.nodes, seed, numbers[silent], draws)


def _drawn_prior(
    covariates: FloatArray | None, regression: LatentRegression | None, n: int, seed: int, draws: int
) -> RegressionPrior | None:
    """Where the regression, itself drawn once for each draw, centres every student."""
    if (covariates is None) != (regression is None):
        raise ValueError("covariates and regression: both or neither expected")
    if regression is not None and np.asarray(covariates).shape != (n, regression.beta.size):
        raise ValueError(f"covariates: ({n}, {regression.beta.size}) expected, found {np.asarray(covariates).shape}")
    if regression is None or covariates is None:
        return None
    betas = np.stack([_drawn_beta(regression, seed, draw) for draw in range(draws)])
    return RegressionPrior(np.asarray(covariates) @ betas.T, regression.sd)


def _draws(
    logs: FloatArray,
    prior: RegressionPrior | None,
    rows: IntArray,
    nodes: FloatArray,
    seed: int,
    numbers: IntArray,
    draws: int,
) -> FloatArray:
    """(n, draws) values; one posterior for all draws, or one for each drawn regression."""
    posterior = posteriors(logs.copy())[0] if prior is None else logs
    values = np.empty((rows.size, draws))
    for draw in range(draws):
        if prior is not None:
            away = (nodes - prior.location[rows, draw, None]) / prior.sd
            posterior = posteriors(logs - 0.5 * away**2)[0]
        values[:, draw] = _inverse(posterior, nodes, uniform(seed, numbers, draw))
    return values


def _posterior_moments(
    scorer: Scorer, blocks: Sequence[Block], location: FloatArray, sd: float, weights: FloatArray
) -> tuple[FloatArray, FloatArray, float]:
    mean, variance = location.copy(), np.full(location.size, sd**2)
    loglik = 0.0
    step, nodes = scorer.step, scorer.nodes
    for block in blocks:
        design = design_of(block, step, prior=False)
        for part in chunks(block):
            rows = block.rows[part]
            prior = -0.5 * ((nodes - location[rows, None]) / sd) ** 2
            prior -= np.log(np.exp(prior).sum(axis=1, keepdims=True))
            posterior, marginal = posteriors(log_likelihoods(block, design, part)[0] + prior)
            mean[rows] = posterior @ nodes
            variance[rows] = posterior @ nodes**2 - mean[rows] ** 2
            loglik += float(weights[rows] @ marginal)
    return mean, variance, loglik
