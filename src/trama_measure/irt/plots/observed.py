"""Does the item do what the model says? Observed shares with their intervals against the fitted curve."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from trama_measure.arrays import FloatArray
from trama_measure.irt.fit import RMSD_TO_LOOK_AT, item_fit, observed_by_sum, observed_by_theta, s_x2
from trama_measure.irt.results import Calibration

from .curves import PANEL_HEIGHT, SHARES, expected_share, position, share_in, share_panel
from .drawing import WIDTH, Entry, Panel, Plot, heading_height, legend, picture
from .look import Look


def fit_curve(
    calibration: Calibration,
    answers: Any,
    item: str,
    look: Look = Look(),  # noqa: B008  (immutable)
    *,
    groups: Any = None,
    parts: int = 12,
) -> Plot:
    """Observed share of the points along theta, in parts of about equally many students, on the fitted curve.

    This is what RMSD sums up: for any model and any booklets. Points off the curve on one side of the scale only, or
    that do not fall on a rising line, say more than the number does.

    Parameters
    ----------
    answers, groups : as in ``fit.item_fit``. parts : points to be drawn, at most

    Raises
    ------
    ValueError
        If the item is unknown.
    """
    place = position(calibration, item)
    words, theta = look.words, look.grid()
    observed = observed_by_theta(calibration, answers, [item], groups=groups, parts=parts)
    observed = observed.with_columns(pl.Series("shown", look.shown(observed["theta"].to_numpy())))
    rmsd = float(item_fit(calibration, answers, groups=groups).filter(pl.col("item") == item)["rmsd"][0])
    subtitle = f"RMSD {words.number(rmsd, 3)}" + (
        f" > {words.number(RMSD_TO_LOOK_AT)}" if rmsd > RMSD_TO_LOOK_AT else ""
    )
    dichotomous = calibration.parameters.categories[place] == 2
    panel = _panel(look, subtitle)
    parts_drawn = panel.axes(
        look.on_axis,
        share_in(look),
        look.axis_label(calibration),
        words.share_right if dichotomous else words.share_points,
        y_ticks=SHARES,
    )
    parts_drawn.append(panel.line(look.shown(theta), expected_share(calibration, place, theta)[0]))
    inside = observed.filter(pl.col("shown").is_between(panel.x_low, panel.x_high))
    return _with_points(item, subtitle, look, panel, parts_drawn, inside, observed, "shown")


def fit_by_sum(
    calibration: Calibration,
    answers: Any,
    item: str,
    look: Look = Look(),  # noqa: B008  (immutable)
    *,
    group: int = 0,
) -> Plot:
    """Observed share right at each number of right answers in one booklet, and the share that the model expects there.

    This is what S-X2 sums up; nothing estimated about a student enters the horizontal axis.

    Parameters
    ----------
    answers, group : as in ``fit.s_x2``

    Raises
    ------
    ValueError
        As ``fit.s_x2``; or if the item is not in the booklet.
    """
    words = look.words
    cells = observed_by_sum(calibration, answers, item, group=group)
    found = s_x2(calibration, answers, group=group).row(by_predicate=pl.col("item") == item, named=True)
    p = f"p {words.number(found['p'], 3)}" if found["p"] >= 0.001 else f"p < {words.number(0.001, 3)}"
    subtitle = f"S-X² {words.number(found['s_x2'], 1)}, {words.degrees.format(found['df'])}, {p}"
    top = heading_height(subtitle) + 22
    ends = (float(cells["lowest_sum"].min()) - 0.5, float(cells["highest_sum"].max()) + 0.5)  # type: ignore[arg-type]
    panel = Panel(52.0, WIDTH - 20, top, top + PANEL_HEIGHT, *ends, 0.0, 1.0)
    parts = panel.axes(
        lambda value: words.number(value, 0), share_in(look), words.sum_score, words.share_right, y_ticks=SHARES
    )
    parts.append(panel.line(cells["mean_sum"].to_numpy(), cells["expected"].to_numpy()))
    return _with_points(item, subtitle, look, panel, parts, cells, cells, "mean_sum")


def _panel(look: Look, subtitle: str) -> Panel:
    top = heading_height(subtitle) + 22
    return share_panel(look, top, top + PANEL_HEIGHT)


def _with_points(
    item: str,
    subtitle: str,
    look: Look,
    panel: Panel,
    parts: list[str],
    inside: pl.DataFrame,
    table: pl.DataFrame,
    across: str,
) -> Plot:
    columns: list[FloatArray] = [inside[name].to_numpy() for name in (across, "low", "high", "observed")]
    for x, low, high, share in np.stack(columns, axis=1).tolist():
        parts += panel.interval(x, low, high, share)
    entries = [Entry(look.words.model), Entry(look.words.observed, kind="point")]
    keys, bottom = legend(entries, panel.bottom + 56)
    svg = picture(item, subtitle, subtitle, bottom, [*parts, *keys], language=look.words.language, titled=look.titled)
    return Plot(svg, item, subtitle, table)
