"""Where the iteration begins: difficulties from the shares of right answers, slopes of one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from scipy.special import expit, logit

from trama_measure.arrays import FloatArray

from .parameters import Family, ItemParameters, blank_parameters, published_parameters
from .priors import Prior

WIDER: Final = 1.15
"""Intercepts are further apart than the logits of marginal shares: the spread of theta flattens the latter."""

SMALLEST_SHARE: Final = 0.002

type Anchors = Mapping[str, Sequence[float]]
"""a, b and (for 3pl) c of the items whose parameters are known; for several categories a, b_1, b_2 and so on."""


def starting_items(models: Sequence[str], answers: FloatArray, categories: np.ndarray, prior: Prior) -> ItemParameters:
    """Parameters to begin with. ``answers`` (k, m) are counts in each category."""
    items = blank_parameters(models, categories)
    xi = items.xi.copy()
    total = np.maximum(answers.sum(axis=1), 1.0)
    if prior.c is not None:
        xi[items.free[:, -1], -1] = logit(prior.c.mode)
    if prior.logit_c is not None:
        xi[items.free[:, -1], -1] = prior.logit_c.mean
    for item, family in enumerate(items.families.tolist()):
        count = int(items.categories[item])
        share = np.clip(answers[item, :count] / total[item], SMALLEST_SHARE, 1.0)
        if family <= Family.GUESSING:
            c = float(expit(xi[item, -1]))
            right = np.clip((share[1] - c) / (1 - c), 0.02, 0.98)
            xi[item, 1] = WIDER * logit(right)
        elif family == Family.GRADED:
            above = np.clip(np.cumsum(share[::-1])[::-1][1:] / share.sum(), 0.005, 0.995)
            xi[item, 1:count] = WIDER * logit(above) - 1e-3 * np.arange(count - 1)
        else:
            xi[item, 1:count] = np.log(share[1:] / share[:-1])
    return items.with_xi(xi)


def with_anchors(
    items: ItemParameters, names: Sequence[str], anchors: Anchors, scale_constant: float
) -> ItemParameters:
    """The items, those named in ``anchors`` fixed at the parameters given.

    Raises
    ------
    ValueError
        If an anchor is not among the items, or has not as many parameters as its model.
    """
    xi, free = items.xi.copy(), items.free.copy()
    places = {name: place for place, name in enumerate(names)}
    for name, given in anchors.items():
        if name not in places:
            raise ValueError(f"anchors: no item is called {name!r}")
        item = places[name]
        model, count = items.models[item], int(items.categories[item])
        wanted = 1 + (count - 1) + (model == "3pl")
        if len(given) != wanted:
            raise ValueError(f"anchors: item {name} ({model}): {wanted} numbers expected, found {len(given)}")
        c = np.array([given[-1]]) if model == "3pl" else None
        steps = np.array([given[1:count]], dtype=np.float64)
        known = published_parameters(np.array([given[0]]), steps, c, scale_constant=scale_constant, models=model)
        xi[item, : known.xi.shape[1] - 1] = known.xi[0, :-1]
        xi[item, -1] = known.xi[0, -1]
        free[item] = False
    return ItemParameters(xi, free, items.models, items.categories)
