"""Conditions over all networks at once, with three answers: not met, met, unknown.

A rule of a call ("population at most 550 thousand, and Ideb below the mean") is evaluated column by column. A value
that is missing makes its condition *unknown*, and unknown is never "no": it survives ``all_of`` unless another
condition is not met, and ``any_of`` unless another one is met (Kleene's strong logic).
"""

from collections.abc import Callable, Sequence
from enum import IntEnum, StrEnum
from typing import Any, Final

import numpy as np

from trama_measure.arrays import FloatArray, TruthArray


class Truth(IntEnum):
    """The three answers, as they stand in a ``TruthArray``."""

    NOT_MET = 0
    MET = 1
    UNKNOWN = 2


class Operator(StrEnum):
    """How a value is held against a threshold."""

    LESS = "lt"
    AT_MOST = "le"
    GREATER = "gt"
    AT_LEAST = "ge"
    EQUAL = "eq"
    DIFFERENT = "ne"


COMPARISONS: Final[dict[Operator, Callable[[Any, Any], Any]]] = {
    Operator.LESS: np.less,
    Operator.AT_MOST: np.less_equal,
    Operator.GREATER: np.greater,
    Operator.AT_LEAST: np.greater_equal,
    Operator.EQUAL: np.equal,
    Operator.DIFFERENT: np.not_equal,
}


def compare(values: FloatArray, operator: Operator | str, threshold: FloatArray | float) -> TruthArray:
    """Hold each value against the threshold.

    Parameters
    ----------
    values : (n,) array, NaN missing
    operator : one of ``Operator``, or its code
    threshold : a number, or an (n,) array (the mean of each network's own state, say), NaN unknown

    Returns
    -------
    (n,) array of ``Truth``
        Unknown where either side is NaN. Numbers are compared as they are: round a computed mean to the decimals
        of the published values first, if that is what the rule means.

    Raises
    ------
    ValueError
        If the operator is not known, or the threshold has another length than the values.
    """
    values = np.asarray(values, dtype=np.float64)
    limit = np.asarray(threshold, dtype=np.float64)
    if limit.ndim and limit.shape != values.shape:
        raise ValueError(f"one threshold, or one per value: expected {values.shape}, found {limit.shape}")
    answer: TruthArray = COMPARISONS[Operator(operator)](values, limit).astype(np.uint8)
    answer[np.isnan(values) | np.isnan(limit)] = Truth.UNKNOWN
    return answer


def all_of(conditions: Sequence[TruthArray]) -> TruthArray:
    """Not met where one condition is not met; else unknown where one is unknown; else met.

    Parameters
    ----------
    conditions : one or more (n,) arrays of ``Truth``

    Raises
    ------
    ValueError
        If there is no condition, the lengths differ, or an array holds anything but 0, 1 and 2.
    """
    table = _stacked(conditions)
    answer = np.where((table == Truth.UNKNOWN).any(axis=0), np.uint8(Truth.UNKNOWN), np.uint8(Truth.MET))
    answer[(table == Truth.NOT_MET).any(axis=0)] = Truth.NOT_MET
    return answer


def any_of(conditions: Sequence[TruthArray]) -> TruthArray:
    """Met where one condition is met; else unknown where one is unknown; else not met.

    Parameters and errors are those of ``all_of``.
    """
    return negate(all_of([negate(condition) for condition in _stacked(conditions)]))


def negate(condition: TruthArray) -> TruthArray:
    """Met becomes not met and the other way round; unknown stays unknown.

    Raises
    ------
    ValueError
        If the array holds anything but 0, 1 and 2.
    """
    (values,) = _stacked([condition])
    return np.array([Truth.MET, Truth.NOT_MET, Truth.UNKNOWN], dtype=np.uint8)[values]


def tally(condition: TruthArray) -> dict[Truth, int]:
    """How many networks have each answer; all three answers are always there."""
    counts = np.bincount(_stacked([condition])[0], minlength=3)
    return {truth: int(counts[truth]) for truth in Truth}


def _stacked(conditions: Sequence[TruthArray] | TruthArray) -> TruthArray:
    if not len(conditions):
        raise ValueError("at least one condition is needed: a rule without conditions admits nobody by accident")
    columns = [np.asarray(condition) for condition in conditions]
    if len({column.shape for column in columns}) > 1 or columns[0].ndim != 1:
        raise ValueError(f"conditions of one length expected, found {[column.shape for column in columns]}")
    table = np.stack(columns)
    if table.dtype == np.bool_ or not np.isin(table, (0, 1, 2)).all():
        raise ValueError("a condition holds 0 (not met), 1 (met) or 2 (unknown)")
    return table.astype(np.uint8, copy=False)
