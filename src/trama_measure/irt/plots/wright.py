"""The Wright map: how many students stand where on the scale, and which items stand beside them."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import polars as pl
from scipy.special import logit

from trama_measure.arrays import FloatArray
from trama_measure.irt.parameters import Family
from trama_measure.irt.results import Calibration

from .drawing import (
    COLOURS,
    GRID,
    INK,
    SMALL,
    SOFT,
    WIDTH,
    Plot,
    heading_height,
    nice_step,
    picture,
    rule,
    text,
    ticks,
    width_of,
)
from .look import Look

LEFT: Final = 12.0
AXIS: Final = 236.0
"""Where the scale stands: students to its left, items to its right."""

NUMBERS: Final = 46.0
"""Room for the numbers of the scale."""

ROW: Final = 15.0
NAME_SIZE: Final = 11.0
GAP: Final = 9.0
FEWEST_ROWS, MOST_ROWS = 24, 60


def wright_map(
    calibration: Calibration,
    look: Look = Look(),  # noqa: B008  (immutable)
    *,
    values: Any = None,
    weights: FloatArray | None = None,
    share: float | None = None,
) -> Plot:
    """Students and items on one scale, the most able and the most difficult at the top.

    Parameters
    ----------
    values : (n,) or (n, m) proficiencies in theta. Take plausible values: EAPs of a short test stand too close
        together. Left out, the distribution that the calibration estimated
    weights : (n,) of the students
    share : place an item where this share of the answers is right, such as 0.65; left out, at its difficulty b. In 3pl
        b is where (1 + c) / 2 are right. Items with several categories show each step, only without ``share``

    Raises
    ------
    ValueError
        If ``share`` is not between 0 and 1, or comes with an item of several categories.
    """
    words = look.words
    marks = _places_of_items(calibration, look, share)
    ends = look.shown(np.array([look.low, look.high]))
    edges = _edges(marks["shown"].to_numpy(), marks["label"].to_list(), float(ends[0]), float(ends[1]))
    percent, mean, sd = _students(calibration, look, values, weights, edges)
    where = words.map_where if share is None else words.map_where_share.format(f"{words.number(100 * share, 0)}%")
    subtitle = f"{words.mean_and_sd.format(words.students_short, look.place(mean), look.place(sd))}; {where}"
    top = heading_height(subtitle) + 26
    bottom = top + ROW * (edges.size - 1)
    parts = _scale(look, edges, top, bottom) + _bars(words.number, percent, top, bottom)
    parts += _names(marks, edges, top, bottom)
    parts.append(text(AXIS - NUMBERS, top - 12, words.students, "p-label", "end", SMALL, INK))
    parts.append(text(AXIS + 8, top - 12, words.items, "p-label", "start", SMALL, INK))
    parts.append(text(LEFT, bottom + 44, look.axis_label(calibration), "p-label", "start", SMALL, INK))
    rows = pl.DataFrame({"kind": "students", "label": "", "low": edges[:-1], "high": edges[1:], "percent": percent})
    items = marks.select(
        kind=pl.lit("item"), label="label", low="shown", high="shown", percent=pl.lit(None, dtype=pl.Float64)
    )
    title = words.map_title
    svg = picture(title, subtitle, subtitle, bottom + 56, parts, language=words.language, titled=look.titled)
    return Plot(svg, title, subtitle, pl.concat([rows, items]))


def _places_of_items(calibration: Calibration, look: Look, share: float | None) -> pl.DataFrame:
    """label, shown: every item, or every step, that has a place."""
    items = calibration.parameters
    if share is None:
        places = items.b()
    else:
        if not 0 < share < 1:
            raise ValueError(f"share: between 0 and 1 expected, found {share}")
        if (items.categories > 2).any():
            raise ValueError("share: right and wrong items expected, found one with several categories")
        c = np.where(items.families == Family.GUESSING, items.c(), 0.0)
        with np.errstate(invalid="ignore", divide="ignore"):
            reached = np.where(share > c, (share - c) / (1 - c), np.nan)
            places = ((logit(reached) - items.xi[:, 1]) / items.xi[:, 0])[:, None]
    rows, steps = np.nonzero(np.isfinite(places))
    labels = [
        calibration.names[row] + (f".{step + 1}" if items.categories[row] > 2 else "")
        for row, step in zip(rows.tolist(), steps.tolist(), strict=True)
    ]
    return pl.DataFrame({"label": labels, "shown": look.shown(places[rows, steps])}).sort("shown", "label")


def _edges(shown: FloatArray, labels: list[str], low: float, high: float) -> FloatArray:
    """Edges of the rows: the widest rows in which all names find room, within reason."""
    wide = np.array([width_of(label, NAME_SIZE) + GAP for label in labels])
    room = WIDTH - 12 - (AXIS + 8)
    for about in range(FEWEST_ROWS, MOST_ROWS + 1, 4):
        step = nice_step(high - low, about)
        edges = step * np.arange(np.floor(low / step + 1e-9), np.ceil(high / step - 1e-9) + 1)
        row = np.clip(np.searchsorted(edges, shown, side="right") - 1, 0, edges.size - 2)
        if np.bincount(row, weights=wide, minlength=edges.size).max(initial=0) <= room:
            break
    return edges


def _students(
    calibration: Calibration, look: Look, values: Any, weights: FloatArray | None, edges: FloatArray
) -> tuple[FloatArray, float, float]:
    """(rows,) percent of the students in each row, and their mean and SD on the scale that is drawn."""
    if values is None:
        groups = calibration.state.groups
        number = np.array(calibration.group_students, dtype=np.float64)
        mass = (number / number.sum()) @ groups.masses
        at = look.shown(groups.nodes)
        half = (at[1] - at[0]) / 2
        ends, cumulated = np.append(at - half, at[-1] + half), np.append(0.0, np.cumsum(mass))
        percent = 100 * np.diff(np.interp(edges, ends, cumulated / cumulated[-1]))
        mean = float(mass @ at)
        return percent, mean, float(np.sqrt(mass @ (at - mean) ** 2))
    shown = look.shown(np.asarray(values, dtype=np.float64))
    shown = shown[:, None] if shown.ndim == 1 else shown
    own = np.ones(shown.shape[0]) if weights is None else np.asarray(weights, dtype=np.float64)
    every, known = np.repeat(own[:, None], shown.shape[1], axis=1), np.isfinite(shown)
    every, shown = every[known], shown[known]
    counted = np.histogram(shown, bins=edges, weights=every)[0]
    mean = float(np.average(shown, weights=every))
    return 100 * counted / every.sum(), mean, float(np.sqrt(np.average((shown - mean) ** 2, weights=every)))


def _height(value: float, edges: FloatArray, top: float, bottom: float) -> float:
    return bottom - (value - edges[0]) / (edges[-1] - edges[0]) * (bottom - top)


def _scale(look: Look, edges: FloatArray, top: float, bottom: float) -> list[str]:
    low, high = float(edges[0]), float(edges[-1])
    parts = [rule(AXIS, top, AXIS, bottom, "p-axis", SOFT)]
    for tick in ticks(low, high, 10):
        y = _height(tick, edges, top, bottom)
        parts.append(rule(AXIS, y, WIDTH - 12, y, "p-grid", GRID))
        parts.append(rule(AXIS - 4, y, AXIS, y, "p-axis", SOFT))
        parts.append(text(AXIS - 7, y + 4, look.on_axis(tick), "p-tick", "end", SMALL, SOFT))
    return parts


def _bars(number: Any, percent: FloatArray, top: float, bottom: float) -> list[str]:
    """One bar a row, from the scale to the left, over a scale of percents below."""
    start = AXIS - NUMBERS
    most = max(float(percent.max(initial=0)), 1e-9)
    step = float(nice_step(most, 3))
    end = step * np.ceil(most / step - 1e-9)
    parts = []
    for tick in np.arange(0, end + step / 2, step).tolist():
        x = start - tick / end * (start - LEFT - 14)
        parts.append(rule(x, top, x, bottom, "p-grid", GRID))
        parts.append(text(x, bottom + 17, number(tick, 0 if step.is_integer() else 1), "p-tick", "middle", SMALL, SOFT))
    for row, share in enumerate(percent.tolist()):
        wide = share / end * (start - LEFT - 14)
        y = bottom - (row + 1) * (bottom - top) / percent.size
        parts.append(
            f'<rect class="p-bar-main" x="{start - wide:.1f}" y="{y + 1:.1f}" width="{wide:.1f}" '
            f'height="{ROW - 2:g}" fill="{COLOURS["main"]}"/>'
        )
    return parts


def _names(marks: pl.DataFrame, edges: FloatArray, top: float, bottom: float) -> list[str]:
    """The items of each row from left to right; those that find no room are counted at the end."""
    shown = marks["shown"].to_numpy()
    row = np.clip(np.searchsorted(edges, shown, side="right") - 1, 0, edges.size - 2)
    outside = (shown < edges[0]) | (shown > edges[-1])
    parts, end = [], WIDTH - 12
    for number in np.unique(row).tolist():
        own = np.flatnonzero(row == number).tolist()
        y = bottom - (number + 0.5) * (bottom - top) / (edges.size - 1) + 4
        x = AXIS + 8
        for count, place in enumerate(own):
            label = marks["label"][place]
            left = len(own) - count
            more = f"+{left}"
            needed = width_of(label, NAME_SIZE) + (width_of("+999", NAME_SIZE) + GAP if left > 1 else 0)
            if x + needed > end:
                parts.append(text(x, y, more, "p-item", "start", NAME_SIZE, SOFT))
                break
            ink = SOFT if outside[place] else INK
            said = f"({label})" if outside[place] else label
            parts.append(text(x, y, said, "p-item", "start", NAME_SIZE, ink))
            x += width_of(said, NAME_SIZE) + GAP
    return parts
