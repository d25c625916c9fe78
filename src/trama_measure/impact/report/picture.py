"""The event study as a picture: drawn here, without a library; it needs no style sheet and prints in black."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

WIDTH: Final = 420.0
HEIGHT: Final = 310.0
LEFT, RIGHT, TOP, BOTTOM = 58.0, 12.0, 58.0, 48.0  # margins
INK, SOFT, GRID, FILL = "#16202e", "#4b5669", "#d9e0eb", "#1351b4"
LETTER: Final = 6.8  # width of a character of the axis, at most


@dataclass(frozen=True, slots=True)
class Point:
    """An estimate at a distance from the start; ends are NaN for the base of the comparison."""

    at: int
    estimate: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Labels:
    """The words of the picture."""

    title: str
    desc: str
    across: str
    up: str
    start: str
    before: str
    after: str


def event_picture(points: Sequence[Point], labels: Labels, write: Callable[[float], str], name: str = "event") -> str:
    """The SVG: hollow points before the start, filled ones from it on, intervals as bars, zero as a line.

    Parameters
    ----------
    points : by time since the start, increasing
    write : a number as the language writes it
    name : unique in the page; ids stand on it
    """
    ends = [end for each in points for end in (each.estimate, each.low, each.high) if math.isfinite(end)]
    step, low, high = _axis(min([*ends, 0.0]), max([*ends, 0.0]))
    first, last = points[0].at, points[-1].at
    width = (WIDTH - LEFT - RIGHT) / (last - first + 1)

    def across(at: float) -> float:
        return LEFT + (at - first + 0.5) * width

    def up(value: float) -> float:
        return TOP + (high - value) / (high - low) * (HEIGHT - TOP - BOTTOM)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:g} {HEIGHT:g}" role="img"'
        f' aria-labelledby="{name}-title {name}-desc" font-family="sans-serif" font-size="13" fill="{INK}">',
        f'<title id="{name}-title">{escape(labels.title)}</title><desc id="{name}-desc">{escape(labels.desc)}</desc>',
        *_levels(step, low, high, up, write),
        *_times(first, last, across, width),
        *_start(across(-0.5), labels.start),
        *(_point(each, across(each.at), up) for each in points),
        *_legend(labels),
        "</svg>",
    ]
    return "".join(parts)


def _axis(low: float, high: float) -> tuple[float, float, float]:
    """A round step, and ends on multiples of it that hold all values."""
    span = (high - low) or 1.0
    power = 10.0 ** math.floor(math.log10(span / 5))
    step = next(factor * power for factor in (1, 2, 2.5, 5, 10) if factor * power >= span / 5 * 0.999)
    bottom = math.floor(low / step + 1e-9)
    return step, bottom * step, max(math.ceil(high / step - 1e-9), bottom + 1) * step


def _text(x: float, y: float, words: str, anchor: str = "start", colour: str = INK) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}">{escape(words)}</text>'


def _line(x1: float, y1: float, x2: float, y2: float, colour: str, more: str = "") -> str:
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}"{more}/>'


def _levels(
    step: float, low: float, high: float, up: Callable[[float], float], write: Callable[[float], str]
) -> list[str]:
    parts = []
    for k in range(round(low / step), round(high / step) + 1):
        y = up(k * step)
        parts.append(_line(LEFT, y, WIDTH - RIGHT, y, INK if k == 0 else GRID))
        parts.append(_text(LEFT - 6, y + 4, write(k * step), "end", SOFT))
    return parts


def _times(first: int, last: int, across: Callable[[float], float], width: float) -> list[str]:
    """Labels of the axis, as many as fit; zero is always among them."""
    every = max(1, math.ceil(3 * LETTER / width))
    sign = "\N{MINUS SIGN}"
    return [
        _text(across(at), HEIGHT - BOTTOM + 18, f"{sign if at < 0 else ''}{abs(at)}", "middle", SOFT)
        for at in range(first, last + 1)
        if at % every == 0
    ]


def _start(x: float, words: str) -> list[str]:
    dashes = ' stroke-dasharray="5 4" stroke-width="1.5"'
    return [_line(x, TOP - 6, x, HEIGHT - BOTTOM, SOFT, dashes), _text(x + 5, TOP - 1, words, colour=SOFT)]


def _point(point: Point, x: float, up: Callable[[float], float]) -> str:
    colour = FILL if point.at >= 0 else INK
    bar = ""
    if math.isfinite(point.low):
        low, high = up(point.low), up(point.high)
        bar = _line(x, low, x, high, colour, ' stroke-width="2"')
        bar += "".join(_line(x - 4, end, x + 4, end, colour, ' stroke-width="2"') for end in (low, high))
    return bar + _mark(x, up(point.estimate), filled=point.at >= 0)


def _mark(x: float, y: float, *, filled: bool) -> str:
    colour, inside = (FILL, FILL) if filled else (INK, "#fff")
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4.5" fill="{inside}" stroke="{colour}" stroke-width="2"/>'


def _legend(labels: Labels) -> list[str]:
    """What hollow and filled mean, above; what both axes are, above and below."""
    second = LEFT + 30 + LETTER * len(labels.before)
    return [
        _mark(LEFT + 6, 12, filled=False),
        _text(LEFT + 16, 16, labels.before),
        _mark(second + 6, 12, filled=True),
        _text(second + 16, 16, labels.after),
        _text(4, TOP - 22, labels.up, colour=SOFT),
        _text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 10, labels.across, "middle", SOFT),
    ]
