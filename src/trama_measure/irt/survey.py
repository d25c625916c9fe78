"""What is known of the answers before anything is estimated, and what cannot be calibrated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from trama_measure.arrays import BoolArray, FloatArray, IntArray
from trama_measure.responses.booklets import parts as connected_parts

from .blocks import Block
from .errors import CalibrationRefused
from .parameters import ItemParameters
from .priors import Prior

FEWEST_ANSWERS: Final = 5_000
"""Answers per item below which a 3PL without a prior on c is refused."""

NAMED_AT_MOST: Final = 8


@dataclass(frozen=True, slots=True)
class Survey:
    """Counts over students; adds up over partitions."""

    answers: FloatArray  # (k, m) answers in each category, unweighted
    together: BoolArray  # (k, k) some student answered both
    groups: IntArray  # (g,) students with at least one answer
    weight: float
    students: int
    weighted: bool  # weights differ

    def __add__(self, other: Survey) -> Survey:
        most = max(self.answers.shape[1], other.answers.shape[1])
        answers = np.zeros((self.answers.shape[0], most))
        answers[:, : self.answers.shape[1]] += self.answers
        answers[:, : other.answers.shape[1]] += other.answers
        return Survey(
            answers,
            self.together | other.together,
            self.groups + other.groups,
            self.weight + other.weight,
            self.students + other.students,
            self.weighted or other.weighted,
        )

    @property
    def answered(self) -> FloatArray:
        """(k,) answers to each item."""
        return self.answers.sum(axis=1)

    @property
    def categories(self) -> IntArray:
        """(k,) highest category seen, plus one; at least 2."""
        last = self.answers.shape[1] - np.argmax(self.answers[:, ::-1] > 0, axis=1)
        return np.maximum(2, np.where(self.answered > 0, last, 2))


@dataclass(frozen=True, slots=True)
class SurveyTask:
    """The survey as a sum over blocks."""

    items: int
    groups: int

    def empty(self) -> Survey:
        return Survey(
            np.zeros((self.items, 2)),
            np.zeros((self.items, self.items), dtype=np.bool_),
            np.zeros(self.groups, dtype=np.int64),
            0.0,
            0,
            False,
        )

    def of_block(self, block: Block) -> Survey:
        found = self.empty()
        seen = block.seen()
        shown = np.full(block.items.size, float(block.size)) if seen is None else seen.sum(axis=0).astype(np.float64)
        counts = block.category_counts()  # of categories 1 and above
        answers = np.zeros((self.items, counts.shape[1] + 1))
        answers[block.items, 1:] = counts
        answers[block.items, 0] = shown - answers[block.items].sum(axis=1)
        if seen is None:
            found.together[np.ix_(block.items, block.items)] = True
        else:
            narrow = seen.astype(np.float32)
            found.together[np.ix_(block.items, block.items)] = narrow.T @ narrow > 0
        found.groups[block.group] = block.size
        weight = float(block.size) if block.weights is None else float(block.weights.sum())
        unequal = block.weights is not None and bool((block.weights != block.weights[0]).any())
        return Survey(answers, found.together, found.groups, weight, block.size, unequal)

    def add(self, total: Survey, block: Block, piece: Survey) -> Survey:
        return total + piece

    def join(self, one: Survey, other: Survey) -> Survey:
        return one + other


def refuse_what_cannot_be_calibrated(
    survey: Survey,
    items: ItemParameters,
    names: Sequence[str],
    labels: Sequence[object],
    prior: Prior,
    fewest_answers: int = FEWEST_ANSWERS,
) -> None:
    """Say which answers have no finite or trustworthy estimate.

    Raises
    ------
    CalibrationRefused
        Nobody answered an item; an item without any right or any wrong answer, or with an empty category; booklets
        that no item connects; a group without students; 3PL without prior on c below ``fewest_answers`` an item.
    """
    if survey.weight <= 0:
        raise CalibrationRefused("answers: no student with an answer and a weight above 0")
    free = items.free.any(axis=1)
    unanswered = np.flatnonzero(free & (survey.answered == 0))
    if unanswered.size:
        raise CalibrationRefused(f"items that nobody answered: {_named(names, unanswered)}")
    for item in np.flatnonzero(free).tolist():
        _refuse_constant(names[item], survey.answers[item], int(items.categories[item]))
    _refuse_unconnected(survey, items, names)
    empty = np.flatnonzero(survey.groups == 0)
    if empty.size:
        raise CalibrationRefused(f"groups without a student: {_named([str(label) for label in labels], empty)}")
    few = np.flatnonzero(items.free[:, -1] & (survey.answered < fewest_answers))
    if few.size and not prior.holds_guessing:
        fewest = int(survey.answered[few].min())
        raise CalibrationRefused(
            f"3pl without a prior on c: {few.size} items with fewer than {fewest_answers} answers (fewest: {fewest}). "
            "So few do not say where c is: estimates run to a bound or never settle. Give Prior.for_options(n), "
            f"or use 2pl. Items: {_named(names, few)}"
        )


def with_categories(survey: Survey, most: int) -> Survey:
    """The survey with ``most`` columns of categories."""
    if survey.answers.shape[1] >= most:
        return survey
    answers = np.zeros((survey.answers.shape[0], most))
    answers[:, : survey.answers.shape[1]] = survey.answers
    return replace(survey, answers=answers)


def _refuse_constant(name: str, answers: FloatArray, categories: int) -> None:
    empty = [category for category in range(categories) if answers[category] == 0]
    if not empty:
        return
    total = int(answers.sum())
    if categories == 2:
        what = "right" if empty[0] == 0 else "wrong"
        raise CalibrationRefused(
            f"item {name}: all {total} answers are {what}; it has no finite difficulty. Leave it out"
        )
    raise CalibrationRefused(
        f"item {name}: no answer in category {empty[0]} of 0 to {categories - 1}; join it with a neighbour"
    )


def _refuse_unconnected(survey: Survey, items: ItemParameters, names: Sequence[str]) -> None:
    parts = [part for part in connected_parts(survey.together) if survey.answered[part].any()]
    if len(parts) < 2:
        return
    loose = [part for part in parts if items.free[part].any(axis=1).all()]
    if len(loose) == len(parts) or loose:
        described = "; ".join(f"part {number}: {_named(names, part)}" for number, part in enumerate(parts, start=1))
        raise CalibrationRefused(
            f"booklets fall into {len(parts)} parts that no item connects: difficulties cannot be compared. {described}"
        )


def _named(names: Sequence[str], chosen: IntArray) -> str:
    shown = ", ".join(str(names[item]) for item in chosen[:NAMED_AT_MOST].tolist())
    return shown if chosen.size <= NAMED_AT_MOST else f"{shown} and {chosen.size - NAMED_AT_MOST} more"
