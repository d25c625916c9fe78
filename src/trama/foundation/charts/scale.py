"""From values to positions, and where to write numbers on an axis."""

import math
from dataclasses import dataclass

STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)


@dataclass(frozen=True, slots=True)
class Scale:
    """A straight mapping of values ``low``-``high`` onto positions ``start``-``end``."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)


def nice_step(span: float, about: int) -> float:
    """A round step (1, 2, 2.5 or 5 times a power of ten) that divides ``span`` in about so many parts."""
    raw = span / max(1, about)
    power = 10.0 ** math.floor(math.log10(raw))
    return next(step * power for step in STEPS if step * power >= raw * 0.999999)


def ticks(low: float, high: float, about: int = 5) -> list[float]:
    """Round numbers between ``low`` and ``high``, both included where they are round."""
    step = nice_step(high - low, about)
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    return [round(step * k, 10) for k in range(first, last + 1)]


def domain(values: list[float], *, zero: bool, floor: float, ceiling: float, least_span: float) -> tuple[float, float]:
    """The part of the scale ``floor``-``ceiling`` that an axis shows, its ends on round numbers.

    With ``zero`` it starts at zero (as bars must). Otherwise it covers the values and at least ``least_span``, so that
    a small change never fills the picture.
    """
    low = 0.0 if zero else min(values)
    high = max(values)
    if high - low < least_span:
        middle = (low + high) / 2
        low, high = (0.0, least_span) if zero else (middle - least_span / 2, middle + least_span / 2)
    step = nice_step(high - low, 4)
    low = 0.0 if zero else math.floor(low / step + 1e-9) * step
    high = math.ceil(high / step - 1e-9) * step
    return max(floor, round(low, 10)), min(ceiling, round(high, 10))


def spread(positions: list[float], gap: float, low: float, high: float) -> list[float]:
    """Move labels apart so that none is nearer than ``gap`` to the next, staying between ``low`` and ``high``."""
    order = sorted(range(len(positions)), key=positions.__getitem__)
    placed = [min(max(positions[index], low), high) for index in order]
    for k in range(1, len(placed)):
        placed[k] = max(placed[k], placed[k - 1] + gap)
    overflow = placed[-1] - high if placed else 0.0
    if overflow > 0:
        placed[-1] = high
        for k in range(len(placed) - 2, -1, -1):
            placed[k] = min(placed[k], placed[k + 1] - gap)
    answer = [0.0] * len(positions)
    for place, index in zip(placed, order, strict=True):
        answer[index] = place
    return answer
