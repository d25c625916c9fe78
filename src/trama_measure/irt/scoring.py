"""Scoring near the optimum: the step I^-1 g with the students' own information, which EM does without.

``docs/methods/item_response.md``, section 5. EM takes the places of the students for known and so crawls along the
directions in which items and students explain each other; the cross-product information of a sample knows them.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from trama_measure.arrays import FloatArray

from . import standard_errors
from .em import Pass, Settings, State
from .layout import gradient, layout_of, values, with_values
from .maximise import bounded
from .sources import Source

NEAR: Final = 10.0
"""Gradient in standard errors below which the objective is close enough to a parabola to try."""

STUDENTS_PER_PARAMETER: Final = 20
"""Fewer, and the sum of squared gradients is too rough to be an information."""


class Scoring:
    """Proposes a state one step of scoring away.

    ``information`` (f, f) is taken once, of a sample, when it is first needed; None where it was not, or tells nothing.
    """

    def __init__(self, source: Source, settings: Settings, seed: int) -> None:
        self.information: FloatArray | None = None
        self._source, self._settings, self._seed = source, settings, seed
        self._covariance: FloatArray | None = None
        self._before: tuple[FloatArray, FloatArray] | None = None
        self._useless = False

    def __call__(self, now: Pass) -> State | None:
        """The state to try; None far from the optimum, without guessing, with a histogram, or where nobody can tell."""
        state = now.state
        if self._useless or now.decrement > NEAR or state.groups.histogram or not state.items.free[:, -1].any():
            return None
        layout = layout_of(state)
        if self._covariance is None:
            if now.expected.students < STUDENTS_PER_PARAMETER * layout.size:
                self._useless = True
                return None
            information = standard_errors.cross_product(
                self._source, now, self._settings, seed=self._seed, most=standard_errors.FEW_STUDENTS
            )
            covariance = standard_errors.inverse(information)
            if np.isnan(covariance).any():
                self._useless = True
                return None
            self.information, self._covariance = information, covariance
        at, slope = values(layout, state), gradient(layout, now)
        self._learn(at, slope)
        moved = with_values(layout, state, at + self._covariance @ slope)
        return State(bounded(moved.items), moved.groups)

    def _learn(self, at: FloatArray, slope: FloatArray) -> None:
        """The BFGS update: what the last step did to the gradient corrects what the sample said of its direction."""
        before, self._before = self._before, (at, slope)
        if before is None or self._covariance is None:
            return
        step, fall = at - before[0], before[1] - slope
        along = float(step @ fall)
        if not along > 0:
            return
        turned = self._covariance @ fall
        crossed = np.outer(turned, step)
        stretch = (1 + float(fall @ turned) / along) / along
        self._covariance = self._covariance + stretch * np.outer(step, step) - (crossed + crossed.T) / along

    def give_up(self) -> None:
        """The last step did not pay: nothing is proposed from here on."""
        self._useless = True
