"""Answers made by a known model, and the classic data sets."""

from pathlib import Path

import numpy as np

from trama_measure.irt import published_parameters
from trama_measure.irt.families import probabilities


def drawn(items, theta, seed=0, missing=None):
    """(n, k) int8 answers of students with these proficiencies; -1 where ``missing``."""
    draw = np.random.default_rng(seed)
    below = np.cumsum(probabilities(items, theta), axis=1)[:, :-1]  # (k, m - 1, n)
    number = draw.random((items.size, 1, theta.size))
    last = items.categories[:, None] - 1
    answers = np.minimum((number > below).sum(axis=1), last).T.astype(np.int8)
    if missing is not None:
        answers[missing] = -1
    return answers


def three_parameter_items(count, seed=0):
    """Items like those of a national test of five options."""
    draw = np.random.default_rng(seed)
    a = np.clip(np.exp(draw.normal(np.log(1.5), 0.3, count)), 0.7, 3.2)
    b = np.clip(draw.normal(0.2, 0.9, count), -2.2, 2.2)
    c = np.clip(draw.beta(5, 17, count), 0.05, 0.4)
    return published_parameters(a, b, c, scale_constant=1.0)


def two_parameter_items(count, seed=0):
    draw = np.random.default_rng(seed)
    return published_parameters(
        np.exp(draw.normal(0.2, 0.25, count)), draw.normal(0, 1, count), scale_constant=1.0, models="2pl"
    )


def booklets_of_blocks(n, blocks, per_block, pairs, seed=0):
    """(n, blocks * per_block) True where a student's booklet, one of ``pairs`` of blocks, does not have the item."""
    booklet = np.random.default_rng(seed).integers(0, len(pairs), n)
    absent = np.ones((n, blocks * per_block), dtype=bool)
    for number, pair in enumerate(pairs):
        for block in pair:
            absent[np.ix_(booklet == number, np.arange(block * per_block, (block + 1) * per_block))] = False
    return absent


def frequencies(path: Path):
    """Answers and weights of a file of patterns whose last column is how often each occurred."""
    table = np.loadtxt(path, delimiter=",", skiprows=1)
    return table[:, :-1].astype(np.int8), table[:, -1]
