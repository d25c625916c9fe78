"""Replicate weights: schools drawn again, as factors on the weights of whole schools."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import hadamard

from trama_measure.arrays import FloatArray, IntArray

NAMED: Final = 8
"""How many strata an error names before it only counts."""


class LonelySchools(ValueError):
    """A stratum with another number of schools than the method needs: with a single one no variance can be seen."""


@dataclass(frozen=True, slots=True)
class Replicates:
    """Factors of each replicate on the weights, by primary sampling unit (school).

    The weights of replicate r are ``weight * factors[psu, r]``; a variance is the sum of ``scale`` times the squared
    deviations from the figure with the weights themselves.
    """

    method: str
    psu: IntArray  # (n,) of each student, 0 to p - 1
    factors: FloatArray  # (p, r)
    scale: FloatArray  # (r,)
    degrees: int  # of freedom

    def variance(self, whole: FloatArray, replicates: FloatArray) -> FloatArray:
        """Sampling variance of figures: ``whole`` (...) with all weights, ``replicates`` (r, ...) under each."""
        return np.tensordot(self.scale, (replicates - whole) ** 2, axes=1)


def census(n: int) -> Replicates:
    """No sampling error: everyone was tested, and the question is about these n students only."""
    nobody = np.zeros(n, dtype=np.int64)
    return Replicates("census", nobody, np.ones((1, 0)), np.zeros(0), 0)


def jk2(zone: NDArray, psu: NDArray, *, both: bool = False) -> Replicates:
    """Jackknife of zones of two schools.

    Parameters
    ----------
    zone, psu : (n,) ids of each student's zone and school
    both : leave out each of the two in turn, with half the weight; else the one whose id comes first

    Raises
    ------
    LonelySchools
        If a zone has not two schools: says which.
    """
    units = _units(zone, psu)
    _refuse(units, least=2, most=2, method="jk2")
    first, second = _halves(units)
    h = len(first)
    zones = np.arange(h)
    factors = np.ones((len(units.stratum), 2 * h if both else h))
    factors[first, zones], factors[second, zones] = 0.0, 2.0
    if both:
        factors[first, h + zones], factors[second, h + zones] = 2.0, 0.0
    scale = np.full(factors.shape[1], 0.5 if both else 1.0)
    return Replicates("jk2 both halves" if both else "jk2", units.of_student, factors, scale, h)


def jkn(stratum: NDArray, psu: NDArray, *, fpc: dict | None = None) -> Replicates:
    """Jackknife that leaves out one school at a time.

    Parameters
    ----------
    stratum, psu : (n,) ids of each student's stratum and school
    fpc : stratum: share of its schools that are in the sample; the variance of the stratum is multiplied by 1 less it

    Raises
    ------
    LonelySchools
        If a stratum has a single school: says which.
    ValueError
        If a share is not from 0 to 1, or is missing for a stratum.
    """
    units = _units(stratum, psu)
    _refuse(units, least=2, most=None, method="jkn")
    p = len(units.stratum)
    size = np.bincount(units.stratum)[units.stratum].astype(np.float64)  # schools of each school's stratum
    same = units.stratum[:, None] == units.stratum[None, :]
    factors = np.where(same, size / (size - 1), 1.0)
    factors[np.diag_indices(p)] = 0.0
    scale = (size - 1) / size
    if fpc is not None:
        names = units.names.tolist()
        wrong = [name for name in names if name not in fpc or not 0 <= fpc[name] <= 1]
        if wrong:
            raise ValueError(f"fpc: no share from 0 to 1 for stratum {wrong[0]} ({len(wrong)} strata)")
        scale = scale * (1 - np.array([fpc[name] for name in names]))[units.stratum]
    return Replicates("jkn", units.of_student, factors, scale, p - len(units.names))


def brr(stratum: NDArray, psu: NDArray, *, fay: float = 0.0) -> Replicates:
    """Balanced repeated replication of strata of two schools, with Fay's factor.

    ``fay`` is 0 for plain half samples; PISA takes 0.5, so that no school is ever without weight.

    Raises
    ------
    LonelySchools
        If a stratum has not two schools: says which.
    ValueError
        If ``fay`` is not from 0 to below 1.
    """
    if not 0 <= fay < 1:
        raise ValueError(f"fay: found {fay}, expected 0 or more and below 1")
    units = _units(stratum, psu)
    _refuse(units, least=2, most=2, method="brr")
    first, second = _halves(units)
    h = len(first)
    r = 1 << h.bit_length()  # a power of two above h: the column of ones is left out
    sign = hadamard(r)[:, 1 : h + 1].T.astype(np.float64)  # (h, r), rows orthogonal and each adding up to 0
    factors = np.empty((2 * h, r))
    factors[first], factors[second] = 1 + (1 - fay) * sign, 1 - (1 - fay) * sign
    return Replicates(
        "brr" if fay == 0 else f"brr, fay {fay:g}", units.of_student, factors, np.full(r, 1 / (r * (1 - fay) ** 2)), h
    )


@dataclass(frozen=True, slots=True)
class _Units:
    of_student: IntArray  # (n,) school of each student
    stratum: IntArray  # (p,) stratum of each school
    names: NDArray  # (h,) ids of the strata


def _units(stratum: NDArray, psu: NDArray) -> _Units:
    """Number schools within strata; the same school id in two strata is two schools."""
    if stratum.shape != psu.shape or stratum.ndim != 1 or not len(stratum):
        raise ValueError(f"found strata of shape {stratum.shape} and schools of shape {psu.shape}, expected (n,) both")
    names, stratum_code = np.unique(stratum, return_inverse=True)
    ids, psu_code = np.unique(psu, return_inverse=True)
    pair = stratum_code.astype(np.int64) * len(ids) + psu_code
    pairs, of_student = np.unique(pair, return_inverse=True)
    return _Units(of_student.astype(np.int64), pairs // len(ids), names)


def _refuse(units: _Units, least: int, most: int | None, method: str) -> None:
    size = np.bincount(units.stratum)
    wrong = np.flatnonzero((size < least) | ((size > most) if most is not None else False))
    if wrong.size:
        named = ", ".join(f"{units.names[row]} ({size[row]})" for row in wrong[:NAMED])
        need = f"{least}" if most == least else f"{least} or more"
        raise LonelySchools(
            f"{method} needs {need} schools in every stratum; {wrong.size} strata have another number: {named};"
            " join them with similar ones"
        )


def _halves(units: _Units) -> tuple[IntArray, IntArray]:
    """(h,) the first and the second school of each stratum."""
    order = np.argsort(units.stratum, kind="stable").reshape(-1, 2)
    return order[:, 0], order[:, 1]
