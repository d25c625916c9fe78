"""Item characteristic curves: one item with its categories, or several items together; and what each item tells."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import polars as pl

from trama_measure.arrays import FloatArray
from trama_measure.irt.families import expected_score, item_information, parameter_derivatives, probabilities
from trama_measure.irt.results import Calibration
from trama_measure.irt.scores import WIDTH_95

from .drawing import (
    COLOURS,
    INK,
    SMALL,
    SOFT,
    STYLES,
    WIDTH,
    Entry,
    Panel,
    Plot,
    decimals,
    dot,
    heading_height,
    legend,
    nice_step,
    picture,
    rule,
    text,
    width_of,
)
from .look import Look

MOST_CURVES: Final = len(STYLES)
SHARES: Final = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
PANEL_HEIGHT: Final = 250.0


def item_curve(calibration: Calibration, item: str, look: Look = Look()) -> Plot:  # noqa: B008  (immutable)
    """The curve of one item: share right with its 95 % interval, or one curve for each category.

    The interval is pointwise, from the covariance of the item's parameters (delta method); it is absent where these
    are fixed. Marked are the difficulty b and, in 3pl, the lower asymptote c.

    Raises
    ------
    ValueError
        If no item has this name.
    """
    place = position(calibration, item)
    if calibration.parameters.categories[place] > 2:
        return _categories(calibration, place, look)
    theta = look.grid()
    words = look.words
    right, error = expected_share(calibration, place, theta)
    low, high = np.clip(right - WIDTH_95 * error, 0, 1), np.clip(right + WIDTH_95 * error, 0, 1)
    subtitle = parameters_in_words(calibration, place, look)
    top = heading_height(subtitle) + 22
    panel = share_panel(look, top, top + PANEL_HEIGHT)
    xs = look.shown(theta)
    parts = panel.axes(look.on_axis, share_in(look), look.axis_label(calibration), words.share_right, y_ticks=SHARES)
    known = bool(np.isfinite(error).all())
    if known:
        parts.append(panel.area(xs, low, high, COLOURS["main"], 0.2))
    parts += _difficulty(calibration, place, panel, look)
    parts.append(panel.line(xs, right))
    keys: list[str] = []
    bottom = panel.bottom + 48
    if known:
        keys, bottom = legend([Entry(words.model_sure, kind="band")], bottom + 8)
    table = pl.DataFrame({"item": [item] * theta.size, "theta": theta, "shown": xs, "share": right, "se": error})
    return Plot(
        picture(item, subtitle, subtitle, bottom, [*parts, *keys], language=words.language, titled=look.titled),
        item,
        subtitle,
        table,
    )


def item_curves(calibration: Calibration, items: Sequence[str], look: Look = Look()) -> Plot:  # noqa: B008
    """Expected share of the points of up to seven items, together.

    Raises
    ------
    ValueError
        If there are none or more than seven, or an item is unknown.
    """
    places = _places(calibration, items)
    theta = look.grid()
    parameters = calibration.parameters.take(places)
    values = expected_score(parameters, theta) / (parameters.categories[:, None] - 1)
    dichotomous = bool((parameters.categories == 2).all())
    label = look.words.share_right if dichotomous else look.words.share_points
    return _several(calibration, items, look, theta, values, look.words.several_title, label, 1.0)


def item_information_curves(calibration: Calibration, items: Sequence[str], look: Look = Look()) -> Plot:  # noqa: B008
    """How much each of up to seven items tells, along the scale.

    Raises
    ------
    ValueError
        As ``item_curves``.
    """
    places = _places(calibration, items)
    theta = look.grid()
    values = item_information(calibration.parameters.take(places), theta) * information_unit(look)
    label = information_label(look)
    return _several(calibration, items, look, theta, values, look.words.information_title, label, None)


def expected_share(calibration: Calibration, place: int, theta: FloatArray) -> tuple[FloatArray, FloatArray]:
    """(q,) expected share of the points of an item, and its standard error: NaN if the parameters are fixed."""
    one = calibration.parameters.take(np.array([place]))
    most = int(one.categories[0]) - 1
    share = expected_score(one, theta)[0] / most
    columns = calibration.layout.items[place]
    free = columns >= 0
    if calibration.covariance is None or not free.any():
        return share, np.full(theta.size, np.nan)
    points = np.arange(one.most_categories)
    slopes = np.einsum("m,mpq->pq", points, parameter_derivatives(one, theta)[0])[free] / most
    own = calibration.covariance[np.ix_(columns[free], columns[free])]
    return share, np.sqrt(np.maximum(np.einsum("pq,pr,rq->q", slopes, own, slopes), 0.0))


def position(calibration: Calibration, item: str) -> int:
    """Where the item stands.

    Raises
    ------
    ValueError
        If no item has this name.
    """
    if item not in calibration.names:
        raise ValueError(f"no item is called {item!r}; there are {', '.join(calibration.names[:8])} ...")
    return calibration.names.index(item)


def parameters_in_words(calibration: Calibration, place: int, look: Look) -> str:
    """Model and parameters of an item in a line; b on the scale that is drawn."""
    items, constant = calibration.parameters, calibration.scale_constant
    number, model = look.words.number, items.models[place]
    b = look.shown(items.b()[place])
    said = [f"a {number(float(items.a(constant)[place]) / look.slope, 2 if look.slope < 5 else 4)}"]
    steps = b[np.isfinite(b)].tolist()
    said += [f"b {'; '.join(look.place(step) for step in steps)}"]
    if model == "3pl":
        said.append(f"c {number(float(items.c()[place]))}")
    return f"{model}: {', '.join(said) if len(steps) == 1 else ' · '.join(said)}; D {number(constant, 1)}"


def share_panel(look: Look, top: float, bottom: float) -> Panel:
    """Shares from 0 to 1 over the range of proficiency."""
    ends = look.shown(np.array([look.low, look.high]))
    return Panel(52.0, WIDTH - 20, top, bottom, float(ends[0]), float(ends[1]), 0.0, 1.0)


def share_in(look: Look):
    return lambda value: look.words.number(value, 1)


def information_unit(look: Look) -> float:
    """What one unit of information about theta is on the scale that is drawn."""
    return 1.0 if look.link is None else 1000.0 / look.slope**2


def information_label(look: Look) -> str:
    return look.words.information if look.link is None else look.words.information_points


def _categories(calibration: Calibration, place: int, look: Look) -> Plot:
    words, name = look.words, calibration.names[place]
    count = int(calibration.parameters.categories[place])
    theta = look.grid()
    p = probabilities(calibration.parameters.take(np.array([place])), theta)[0, :count]
    subtitle = parameters_in_words(calibration, place, look)
    top = heading_height(subtitle) + 22
    panel = share_panel(look, top, top + PANEL_HEIGHT)
    xs = look.shown(theta)
    parts = panel.axes(look.on_axis, share_in(look), look.axis_label(calibration), words.probability, y_ticks=SHARES)
    for category in range(count):
        parts.append(panel.line(xs, p[category], STYLES[category % len(STYLES)]))
    for category in range(count):
        top_at = int(p[category].argmax())
        x = min(max(panel.x(float(xs[top_at])), panel.left + 10), panel.right - 10)
        y = max(panel.y(float(p[category, top_at])) - 6, panel.top + 10)
        ink = COLOURS[STYLES[category % len(STYLES)]]
        parts.append(text(x, y, str(category), "p-direct", "middle", SMALL, ink, bold=True))
    entries = [Entry(words.category.format(number), STYLES[number % len(STYLES)]) for number in range(count)]
    keys, bottom = legend(entries, panel.bottom + 56)
    table = pl.concat(
        pl.DataFrame({"item": name, "category": number, "theta": theta, "shown": xs, "probability": p[number]})
        for number in range(count)
    )
    svg = picture(name, subtitle, subtitle, bottom, [*parts, *keys], language=words.language, titled=look.titled)
    return Plot(svg, name, subtitle, table)


def _difficulty(calibration: Calibration, place: int, panel: Panel, look: Look) -> list[str]:
    """The point at b, halfway between c and 1, with a line down to the axis; and c at the left."""
    b = float(look.shown(calibration.parameters.b()[place])[0])
    c = float(calibration.parameters.c()[place])
    parts = []
    if c > 0:
        at = panel.y(c)
        parts.append(rule(panel.left, at, panel.right, at, "p-leader", SOFT, 1, "2 3"))
        said = f"c = {look.words.number(c)}"
        parts.append(text(panel.right - 4, at - 5, said, "p-direct", "end", SMALL, INK))
    if panel.x_low <= b <= panel.x_high:
        x, y = panel.x(b), panel.y((1 + c) / 2)
        parts.append(rule(x, y, x, panel.bottom, "p-leader", SOFT, 1, "2 3"))
        said = f"b = {look.place(b)}"
        fits = x + 8 + width_of(said, SMALL) < panel.right
        parts.append(text(x + (6 if fits else -6), y + 14, said, "p-direct", "start" if fits else "end", SMALL, INK))
        parts.append(dot(x, y, COLOURS["main"]))
    return parts


def _several(
    calibration: Calibration,
    items: Sequence[str],
    look: Look,
    theta: FloatArray,
    values: FloatArray,
    title: str,
    y_label: str,
    most: float | None,
) -> Plot:
    words = look.words
    top = heading_height("") + 22
    highest = most if most is not None else round_up(float(values.max()))
    ends = look.shown(np.array([look.low, look.high]))
    panel = Panel(52.0, WIDTH - 20, top, top + PANEL_HEIGHT, float(ends[0]), float(ends[1]), 0.0, highest)
    xs = look.shown(theta)
    digits = 1 if most else decimals(0.0, highest, 5)
    parts = panel.axes(
        look.on_axis,
        lambda value: words.number(value, digits),
        look.axis_label(calibration),
        y_label,
        y_ticks=SHARES if most else None,
    )
    parts += [panel.line(xs, row, STYLES[number]) for number, row in enumerate(values)]
    keys, bottom = legend([Entry(item, STYLES[number]) for number, item in enumerate(items)], panel.bottom + 56)
    description = ", ".join(items)
    table = pl.concat(
        pl.DataFrame({"item": item, "theta": theta, "shown": xs, "value": row})
        for item, row in zip(items, values, strict=True)
    )
    svg = picture(title, "", description, bottom, [*parts, *keys], language=words.language, titled=look.titled)
    return Plot(svg, title, description, table)


def round_up(value: float) -> float:
    """The end of an axis from 0 that holds the value."""
    step = nice_step(max(value, 1e-9), 5)
    return float(np.ceil(value / step - 1e-9) * step)


def _places(calibration: Calibration, items: Sequence[str]) -> np.ndarray:
    if not 0 < len(items) <= MOST_CURVES:
        raise ValueError(f"1 to {MOST_CURVES} items expected in one picture, found {len(items)}")
    return np.array([position(calibration, item) for item in items])
