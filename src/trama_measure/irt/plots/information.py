"""What the test tells along the scale, and the standard error that follows; by booklets where there are several."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
import polars as pl

from trama_measure.arrays import FloatArray
from trama_measure.irt.families import item_information
from trama_measure.irt.results import Calibration

from .curves import information_label, information_unit, position, round_up
from .drawing import COLOURS, WIDTH, Entry, Panel, Plot, decimals, heading_height, legend, picture
from .look import Look

UPPER: Final = 170.0
LOWER: Final = 130.0
LARGEST_ERROR: Final = 1.5
"""In theta: where the axis of standard errors ends. Beyond it a score says next to nothing."""


def information_of_test(
    calibration: Calibration,
    look: Look = Look(),  # noqa: B008  (immutable)
    *,
    booklets: Mapping[str, Sequence[str]] | None = None,
) -> Plot:
    """Information of the test and 1 / its square root, one above the other, over the distribution of the students.

    Parameters
    ----------
    booklets : items of each booklet, as ``{name: design.items_of(name)}``. No student answers all items of a booklet
        design: then the booklet in the middle is drawn, with the range of all booklets; without it, all items

    Raises
    ------
    ValueError
        If a booklet names an unknown item.
    """
    words, theta = look.words, look.grid()
    low, middle, high = _information(calibration, booklets, theta)
    unit, xs = information_unit(look), look.shown(theta)
    students = density(calibration, theta)
    top = heading_height("") + 22
    above = _panel(look, top, top + UPPER, round_up(float(high.max()) * unit))
    below = _panel(look, above.bottom + 56, above.bottom + 56 + LOWER, round_up(LARGEST_ERROR * look.slope))
    digits = decimals(0.0, above.y_high, 5)
    parts = [above.area(xs, np.zeros(theta.size), students / students.max() * above.y_high * 0.6)]
    parts += above.axes(None, lambda value: words.number(value, digits), "", information_label(look))
    entries = [Entry(words.every_item), Entry(words.distribution, kind="area")]
    if booklets:
        parts.append(above.area(xs, low * unit, high * unit, COLOURS["main"], 0.25))
        entries[0] = Entry(f"{words.median_booklet}; {words.every_booklet}", kind="band")
    parts.append(above.line(xs, middle * unit))
    parts += _errors(calibration, look, below, (low, middle, high), banded=bool(booklets))
    keys, bottom = legend(entries, below.bottom + 56)
    table = pl.DataFrame(
        {
            "theta": theta,
            "shown": xs,
            "information": middle,
            "lowest": low,
            "highest": high,
            "se": look.slope / np.sqrt(np.maximum(middle, 1e-12)),
            "students": students,
        }
    )
    title, description = words.test_title, _description(look, middle, theta)
    svg = picture(title, "", description, bottom, [*parts, *keys], language=words.language, titled=look.titled)
    return Plot(svg, title, description, table)


def _information(
    calibration: Calibration, booklets: Mapping[str, Sequence[str]] | None, theta: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """(q,) of the least informative booklet, of the one in the middle, of the most informative; or of all items."""
    each = item_information(calibration.parameters, theta)
    if not booklets:
        whole = each.sum(axis=0)
        return whole, whole, whole
    own = [each[[position(calibration, item) for item in items]].sum(axis=0) for items in booklets.values()]
    return np.min(own, axis=0), np.median(own, axis=0), np.max(own, axis=0)


def _errors(
    calibration: Calibration, look: Look, panel: Panel, information: tuple[FloatArray, ...], *, banded: bool
) -> list[str]:
    """The lower panel: standard errors, as far as its axis goes."""
    words, xs = look.words, look.shown(look.grid())
    worst, middle, best = (look.slope / np.sqrt(np.maximum(part, 1e-12)) for part in information)
    digits = decimals(0.0, panel.y_high, 5)
    parts = panel.axes(
        look.on_axis,
        lambda value: words.number(value, digits),
        look.axis_label(calibration),
        words.error if look.link is None else words.error_points,
    )
    if banded:
        roof = panel.y_high
        parts.append(panel.area(xs, np.minimum(best, roof), np.minimum(worst, roof), COLOURS["main"], 0.25))
    parts.append(panel.line(xs, np.where(middle <= panel.y_high, middle, np.nan)))
    return parts


def density(calibration: Calibration, theta: FloatArray) -> FloatArray:
    """(q,) density of the students of all groups together, as estimated."""
    groups = calibration.state.groups
    share = np.array(calibration.group_students, dtype=np.float64)
    masses = (share / share.sum()) @ groups.masses
    spacing = float(groups.nodes[1] - groups.nodes[0])
    return np.interp(theta, groups.nodes, masses / spacing, left=0.0, right=0.0)


def _panel(look: Look, top: float, bottom: float, highest: float) -> Panel:
    ends = look.shown(np.array([look.low, look.high]))
    return Panel(52.0, WIDTH - 20, top, bottom, float(ends[0]), float(ends[1]), 0.0, highest)


def _description(look: Look, information: FloatArray, theta: FloatArray) -> str:
    best = int(information.argmax())
    error = look.words.number(look.slope / float(np.sqrt(information[best])), 0 if look.slope > 5 else 2)
    return look.words.best.format(error, look.place(float(look.shown(theta)[best])))
