"""The whole classical analysis of an assessment, as tidy tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from .flags import Flag, Thresholds, flags, pooled_options
from .statistics import (
    ItemStatistics,
    PooledAlpha,
    booklet_statistics,
    item_statistics,
    option_statistics,
    pooled_alpha,
    pooled_statistics,
)
from .tally import Tally

POOLED = "all"
"""In the column ``booklet``: over all booklets."""

_UNGIVEN = ("omitted", "not_reached", "double_mark")


@dataclass(frozen=True, slots=True)
class Analysis:
    """Tables with one row an item and booklet, an answer, a booklet, a flag. ``booklet`` is "all" where pooled."""

    items: pl.DataFrame  # booklet, item, students, answered, facility, discrimination, biserial, omission, ...
    options: pl.DataFrame  # booklet, item, answer, right, share, mean_rest, correlation
    booklets: pl.DataFrame  # booklet, items, students, mean, sd, alpha, sem
    flags: pl.DataFrame  # item, code, found, threshold, option, key, detail
    alpha: PooledAlpha


def analyse(
    tally: Tally,
    *,
    positions: Mapping[str, Mapping[str, int]] | None = None,
    limits: Thresholds = Thresholds(),  # noqa: B008  (immutable)
) -> Analysis:
    """Items, options, booklets and flags of a tally.

    Parameters
    ----------
    tally : from ``tally`` or ``tally_all``
    positions : booklet: item: position in print, as ``Design.positions`` gives; needed for position effects only
    limits : thresholds of the flags
    """
    pooled = pooled_statistics(tally)
    over_all = pooled_options(tally)
    frames = [_item_frame(POOLED, tally.items, pooled, None)]
    answers = [
        _option_frame(POOLED, (item,), kinds, [right], found) for item, (kinds, right, found) in over_all.items()
    ]
    booklets = []
    for label, one in tally.booklets.items():
        whole = booklet_statistics(one)
        frames.append(_item_frame(label, one.items, item_statistics(one), whole.alpha_without))
        right = [tuple(np.array(one.kinds)[row == 1].tolist()) for row in one.scores]
        answers.append(_option_frame(label, one.items, one.kinds, right, option_statistics(one)))
        booklets.append((label, whole.items, whole.students, whole.mean, whole.sd, whole.alpha, whole.sem))
    rivals = {
        item: (options, right, found.correlation[0, [kinds.index(option) for option in options]])
        for item, (kinds, right, found) in over_all.items()
        if (options := tuple(kind for kind in kinds if kind not in (*_UNGIVEN, "wrong", "right")))
    }
    names = ["booklet", "items", "students", "mean", "sd", "alpha", "sem"]
    return Analysis(
        items=pl.concat(frames),
        options=pl.concat(answers),
        booklets=pl.DataFrame(booklets, schema=names, orient="row"),
        flags=_flag_frame(flags(tally, pooled, rivals, positions, limits)),
        alpha=pooled_alpha(tally),
    )


def _item_frame(label: str, items: tuple[str, ...], found: ItemStatistics, without: np.ndarray | None) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "booklet": [label] * len(items),
            "item": list(items),
            "students": found.students,
            "answered": found.answered,
            "facility": found.facility,
            "discrimination": found.discrimination,
            "biserial": found.biserial,
            "omission": found.omission,
            "not_reached": found.not_reached,
            "double_mark": found.double_mark,
            "alpha_without": np.full(len(items), np.nan) if without is None else without,
        }
    )


def _option_frame(label, items, kinds, right, found) -> pl.DataFrame:
    k, a = found.share.shape
    return pl.DataFrame(
        {
            "booklet": [label] * (k * a),
            "item": np.repeat(np.array(items, dtype=object), a).tolist(),
            "answer": list(kinds) * k,
            "right": [kind in own for own in right for kind in kinds],
            "share": found.share.ravel(),
            "mean_rest": found.mean_rest.ravel(),
            "correlation": found.correlation.ravel(),
        }
    )


def _flag_frame(found: list[Flag]) -> pl.DataFrame:
    columns = {
        "item": pl.String, "code": pl.String, "found": pl.Float64, "threshold": pl.Float64, "option": pl.String,
        "key": pl.String, "detail": pl.String,
    }  # fmt: skip
    rows = [(one.item, one.code, one.found, one.threshold, one.option, one.key, one.detail) for one in found]
    return pl.DataFrame(rows, schema=columns, orient="row")
