"""How a picture speaks: its language, its scale and its range. Shared by all pictures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from trama_measure.arrays import FloatArray
from trama_measure.irt.results import Calibration

from .words import ENGLISH, Words


class Line(Protocol):
    """The scale on which results are reported, ``slope`` theta + ``intercept``: ``linking.Link`` is one."""

    @property
    def slope(self) -> float: ...
    @property
    def intercept(self) -> float: ...


@dataclass(frozen=True, kw_only=True)
class Look:
    """How to draw.

    Parameters
    ----------
    words : ``ENGLISH`` or ``PORTUGUESE``
    link : draw on a reporting scale instead of theta; what ``linking.link`` or ``linking.reporting`` gives
    axis : what stands at the axis of proficiency, such as "Saeb points"; left out, what the words have
    low, high : the range of proficiency, in theta
    titled : write the title into the picture; a page that says it beside the picture leaves it out
    """

    words: Words = ENGLISH
    link: Line | None = None
    axis: str = ""
    low: float = -4.0
    high: float = 4.0
    titled: bool = True

    def __post_init__(self) -> None:
        if not self.low < self.high:
            raise ValueError(f"low below high expected, found {self.low} and {self.high}")
        if self.link is not None and not self.link.slope > 0:
            raise ValueError(f"link: a slope above 0 expected, found {self.link.slope}")

    @property
    def slope(self) -> float:
        return 1.0 if self.link is None else self.link.slope

    def shown(self, theta: FloatArray | float) -> FloatArray:
        """Theta on the scale that is drawn."""
        values = np.asarray(theta, dtype=np.float64)
        return values if self.link is None else self.link.slope * values + self.link.intercept

    def grid(self, points: int = 161) -> FloatArray:
        """(q,) theta at which curves are computed."""
        return np.linspace(self.low, self.high, points)

    def axis_label(self, calibration: Calibration) -> str:
        if self.axis:
            return self.axis
        if self.link is not None:
            return self.words.points
        return self.words.theta if calibration.state.groups.reference is not None else self.words.theta_anchored

    def on_axis(self, value: float) -> str:
        """A number at the axis of proficiency: as many decimals as its range needs."""
        span = self.slope * (self.high - self.low)
        digits = 0 if span > 6 and float(value).is_integer() else 1 if span > 1 else 2
        return self.words.number(value, digits)

    def place(self, value: float) -> str:
        """A proficiency in a text."""
        return self.words.number(value, 0 if self.slope > 5 else 2)
