"""The Ideb from its parts: ``Ideb = N x P``, published with one decimal.

*N* is the mean of two Saeb scores (Portuguese and mathematics) put on a scale from 0 to 10. *P* says how fast
students go through the grades of a stage, from 0 (nobody is ever promoted) to 1 (everybody, every year).

Whoever rounds 4.55 with binary numbers gets 4.5 or 4.6 by luck. Here numbers are read as the decimals they were
published as and multiplied as exact fractions, so a tie is a tie and goes up. The array functions compute in
floating point and hand the rows that lie near a tie to the exact arithmetic: same answers, a thousand times faster.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Final

import numpy as np

from trama_measure.arrays import FloatArray

type Number = Decimal | Fraction | float | int

ONE_DECIMAL: Final = Decimal("0.1")
SIX_DECIMALS: Final = Decimal("0.000001")
NEAR_A_TIE: Final = 1e-7
"""Distance from a rounding tie, in tenths of Ideb, under which floating point is not trusted (its error is ~1e-14)."""


class Stage(StrEnum):
    """The stages of basic education that have an Ideb, by the field's own codes."""

    EARLY_YEARS = "AI"  # anos iniciais: grades 1 to 5, Saeb in grade 5
    FINAL_YEARS = "AF"  # anos finais: grades 6 to 9, Saeb in grade 9
    UPPER_SECONDARY = "EM"  # ensino médio: grades 1 to 3 (4), Saeb in the last


class Scope(StrEnum):
    """Whose Ideb it is. It matters for the limits of the early years only, see ``EARLY_YEARS_AGGREGATE``."""

    NETWORK = "network"  # a school, or the networks of a municipality
    AGGREGATE = "aggregate"  # the networks of a state, of a region or of the country


@dataclass(frozen=True, slots=True)
class Limits:
    """Lowest and highest score of the scale on which N is counted, in Saeb points, per subject."""

    lp_low: Fraction
    lp_high: Fraction
    mt_low: Fraction
    mt_high: Fraction


EARLY_YEARS: Final = Limits(Fraction(49), Fraction(324), Fraction(60), Fraction(322))
FINAL_YEARS: Final = Limits(Fraction(100), Fraction(400), Fraction(100), Fraction(400))
UPPER_SECONDARY: Final = Limits(Fraction(117), Fraction(451), Fraction(111), Fraction(467))
"""Limits per stage: mean of Saeb 1997 minus and plus three standard deviations, in whole points.

Source: Inep, technical note on the Ideb (NT-IDEB); they reproduce all 3,996 schools of Pernambuco (2023) and all 92
rows of Rondônia (2005-2025) held as test data."""

EARLY_YEARS_AGGREGATE: Final = Limits(
    Fraction(49),
    Fraction(49) + Fraction("274.868620323"),
    Fraction("59.987178607"),
    Fraction("59.987178607") + Fraction("261.680339739"),
)
"""The limits of the early years as Inep applies them to states, regions and Brazil: not rounded to whole points.

Source: least squares on Inep's own N and scores of Brazil, 2017-2023 (20 rows), which they reproduce to nine decimals
(2011-2015: to six); the technical note prints rounded limits only. Both ranges and the sum of the offsets follow from
the data; how the offset divides between the subjects does not, so 49 was kept for Portuguese: it matters only below
60 points, where no aggregate has ever been. With whole limits 59 of 1,187 published aggregates of the early years
come out 0.1 off; with these, 1."""

LIMITS: Final[dict[tuple[Stage, Scope], Limits]] = {
    (Stage.EARLY_YEARS, Scope.NETWORK): EARLY_YEARS,
    (Stage.EARLY_YEARS, Scope.AGGREGATE): EARLY_YEARS_AGGREGATE,
    (Stage.FINAL_YEARS, Scope.NETWORK): FINAL_YEARS,
    (Stage.FINAL_YEARS, Scope.AGGREGATE): FINAL_YEARS,
    (Stage.UPPER_SECONDARY, Scope.NETWORK): UPPER_SECONDARY,
    (Stage.UPPER_SECONDARY, Scope.AGGREGATE): UPPER_SECONDARY,
}


@dataclass(frozen=True, slots=True)
class Recomputed:
    """What the parts give. ``None`` where a part is missing; then ``missing`` names it: ``lp``, ``mt``, ``p``."""

    n: Decimal | None  # 0 to 10, six decimals, as Inep publishes it
    ideb: Decimal | None  # 0 to 10, one decimal
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RecomputedArrays:
    """What the parts give, row by row; NaN where a part is missing."""

    n: FloatArray  # (n,) 0 to 10, not rounded
    ideb: FloatArray  # (n,) 0 to 10, one decimal


class Verdict(StrEnum):
    """How the recomputed Ideb stands beside the published one."""

    EQUAL = "equal"
    DIFFERS = "differs"
    CANNOT_BE_COMPUTED = "cannot_be_computed"
    NOT_PUBLISHED = "not_published"


@dataclass(frozen=True, slots=True)
class Difference:
    """Recomputed against published. A difference is shown to the reader, never mended in silence."""

    verdict: Verdict
    published: Decimal | None
    recomputed: Decimal | None
    by: Decimal | None  # recomputed minus published, in Ideb points; None unless both are there
    missing: tuple[str, ...]  # the parts that are not there: lp, mt, p


def exact(value: Number | None) -> Fraction | None:
    """The number as it was written, as a fraction; ``None`` for a missing one (``None`` or NaN).

    A float stands for the shortest decimal that reads back as it: 0.1 is one tenth.

    Raises
    ------
    ValueError
        If the value is infinite.
    """
    if value is None or value != value:
        return None
    if isinstance(value, float):
        if value in (float("inf"), float("-inf")):
            raise ValueError("a score or a rate cannot be infinite")
        return Fraction(repr(float(value)))
    return Fraction(value)


def round_half_up(value: Fraction, to: Decimal = ONE_DECIMAL) -> Decimal:
    """Round a number that is not negative; a tie goes up: 4.55 gives 4.6, 0.25 gives 0.3."""
    steps = value / Fraction(to)
    whole = (2 * steps.numerator + steps.denominator) // (2 * steps.denominator)
    return (Decimal(whole) * to).quantize(to, rounding=ROUND_HALF_UP)


def limits_of(stage: Stage, scope: Scope = Scope.NETWORK) -> Limits:
    """The limits of a stage, in Saeb points."""
    return LIMITS[Stage(stage), Scope(scope)]


def standardised_score(score: Number, low: Number, high: Number) -> Fraction:
    """A Saeb score on the scale from 0 to 10: ``(S - low) / (high - low) x 10``, the score clipped to its limits.

    Raises
    ------
    ValueError
        If the score is missing or negative.

    Source
    ------
    Inep, technical note on the Ideb (NT-IDEB).
    """
    value, floor, ceiling = exact(score), exact(low), exact(high)
    if value is None or floor is None or ceiling is None:
        raise ValueError("a missing score cannot be standardised")
    if value < 0:
        raise ValueError(f"a Saeb score cannot be negative, found {score}")
    return (min(max(value, floor), ceiling) - floor) / (ceiling - floor) * 10


def mean_score(stage: Stage, lp: Number, mt: Number, scope: Scope = Scope.NETWORK) -> Fraction:
    """N: the mean of both standardised scores, 0 to 10, exact.

    Parameters
    ----------
    lp, mt : Saeb points
        Portuguese and mathematics, as published.

    Raises
    ------
    ValueError
        If a score is missing or negative.
    """
    limits = limits_of(stage, scope)
    portuguese = standardised_score(lp, limits.lp_low, limits.lp_high)
    mathematics = standardised_score(mt, limits.mt_low, limits.mt_high)
    return (portuguese + mathematics) / 2


def flow_indicator(rates: Iterable[Number | None]) -> Fraction | None:
    """P: the harmonic mean of the approval rates of the grades, ``m / sum(1 / p_i)``, exact.

    It is the inverse of the mean time a student takes to finish a grade.

    Parameters
    ----------
    rates : shares from 0 to 1
        One per grade that the school or network offers. If a grade approves nobody, nobody ever leaves it: P is
        0, which is also the limit of the formula. If a rate is missing, P cannot be known and is ``None``; a grade
        that is not offered is left out by the caller, who knows it.

    Raises
    ------
    ValueError
        If there is no grade, or a rate is not between 0 and 1 (a percentage must be divided by 100 first).

    Source
    ------
    Inep, technical note on the Ideb (NT-IDEB).
    """
    shares = [exact(rate) for rate in rates]
    if not shares:
        raise ValueError("P needs the approval rate of at least one grade")
    known = [share for share in shares if share is not None]
    for share in known:
        if not 0 <= share <= 1:
            raise ValueError(f"an approval rate is a share from 0 to 1, found {float(share)}")
    if len(known) < len(shares):
        return None
    if 0 in known:
        return Fraction(0)
    return len(known) / sum((1 / share for share in known), Fraction(0))


def ideb_from_n_and_p(n: Number, p: Number) -> Decimal:
    """The Ideb with its one decimal, ties going up.

    Raises
    ------
    ValueError
        If N is not between 0 and 10, or P not between 0 and 1, or one of them is missing.
    """
    score, flow = exact(n), exact(p)
    if score is None or not 0 <= score <= 10:
        raise ValueError(f"N lies between 0 and 10, found {n}")
    if flow is None or not 0 <= flow <= 1:
        raise ValueError(f"P lies between 0 and 1, found {p}")
    return round_half_up(score * flow)


def recompute(
    stage: Stage, lp: Number | None, mt: Number | None, p: Number | None, *, scope: Scope = Scope.NETWORK
) -> Recomputed:
    """N and the Ideb from the published scores and P; whatever a missing part leaves open stays ``None``.

    Parameters
    ----------
    lp, mt : Saeb points
        Portuguese and mathematics.
    p : share from 0 to 1
        The flow indicator (*indicador de rendimento*).

    Raises
    ------
    ValueError
        If a score is negative or infinite, or P is not between 0 and 1.
    """
    missing = tuple(name for name, part in (("lp", lp), ("mt", mt), ("p", p)) if exact(part) is None)
    if lp is None or mt is None or "lp" in missing or "mt" in missing:
        return Recomputed(None, None, missing)
    n = mean_score(stage, lp, mt, scope)
    ideb = None if p is None or missing else ideb_from_n_and_p(n, p)
    return Recomputed(round_half_up(n, SIX_DECIMALS), ideb, missing)


def difference(published: Number | None, recomputed: Recomputed) -> Difference:
    """Set the recomputed Ideb beside the published one, which has one decimal.

    Raises
    ------
    ValueError
        If the published value has more than one decimal: it is then no published Ideb.
    """
    value = exact(published)
    if value is not None and (value * 10).denominator != 1:
        raise ValueError(f"a published Ideb has one decimal, found {published}")
    shown = None if value is None else round_half_up(value)
    by = None if shown is None or recomputed.ideb is None else recomputed.ideb - shown
    if shown is None:
        verdict = Verdict.NOT_PUBLISHED
    elif by is None:
        verdict = Verdict.CANNOT_BE_COMPUTED
    else:
        verdict = Verdict.DIFFERS if by else Verdict.EQUAL
    return Difference(verdict, shown, recomputed.ideb, by, recomputed.missing)


def recompute_many(
    stage: Stage, lp: FloatArray, mt: FloatArray, p: FloatArray, *, scope: Scope = Scope.NETWORK
) -> RecomputedArrays:
    """``recompute`` over whole columns, with the same result in every row.

    Parameters
    ----------
    lp, mt : (n,) arrays, Saeb points, NaN missing
    p : (n,) array, shares from 0 to 1, NaN missing

    Raises
    ------
    ValueError
        If the columns differ in length, a score is negative or infinite, or P is not between 0 and 1.
    """
    lp, mt, p = (np.asarray(column, dtype=np.float64) for column in (lp, mt, p))
    if not lp.shape == mt.shape == p.shape or lp.ndim != 1:
        raise ValueError(f"columns of one length expected, found {lp.shape}, {mt.shape}, {p.shape}")
    if any(np.isinf(column).any() or (column < 0).any() for column in (lp, mt)):
        raise ValueError("a Saeb score cannot be negative or infinite")
    if (p < 0).any() or (p > 1).any():
        raise ValueError("P lies between 0 and 1")
    limits = limits_of(stage, scope)
    portuguese = _standardised(lp, float(limits.lp_low), float(limits.lp_high))
    mathematics = _standardised(mt, float(limits.mt_low), float(limits.mt_high))
    n = (portuguese + mathematics) / 2
    tenths = n * p * 10
    ideb = np.floor(tenths + 0.5) / 10
    for row in np.flatnonzero(np.abs(tenths % 1 - 0.5) < NEAR_A_TIE):
        answer = recompute(stage, float(lp[row]), float(mt[row]), float(p[row]), scope=scope).ideb
        ideb[row] = np.nan if answer is None else float(answer)
    return RecomputedArrays(n=n, ideb=ideb)


def flow_indicator_many(rates: FloatArray) -> FloatArray:
    """P of n networks: ``flow_indicator`` over the rows of an (n, m) array of shares; NaN if a rate is missing.

    Raises
    ------
    ValueError
        If there is no grade, or a rate is not between 0 and 1.
    """
    rates = np.asarray(rates, dtype=np.float64)
    if rates.ndim != 2 or rates.shape[1] == 0:
        raise ValueError(f"rates must have shape (networks, grades), found {rates.shape}")
    if (rates < 0).any() or (rates > 1).any():
        raise ValueError("an approval rate is a share from 0 to 1")
    with np.errstate(divide="ignore"):
        years = (1 / rates).sum(axis=1)
    return np.asarray(rates.shape[1] / years, dtype=np.float64)


def _standardised(scores: FloatArray, low: float, high: float) -> FloatArray:
    return (np.clip(scores, low, high) - low) / (high - low) * 10
