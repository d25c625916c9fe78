"""The tables of a page and its picture."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

from ..findings import WORTH_A_LOOK
from ..sensitivity import LARGEST
from .context import Context
from .parts import Picture, Table
from .picture import Labels, Point, event_picture

ABOUT_THE_ANSWER: Final = ("relative_magnitudes", "linear_extrapolation", "breakdown")
"""Checks that ask whether a difference holds; without one they say nothing."""


def design_table(context: Context) -> Table:
    """Groups by start: how many, how long before and after, where they stood at first."""
    design, write = context.findings.design, context.write
    keys = ["start", "units", *(["clusters"] if context.findings.clustered else []), "before", "after", "outcome"]
    cells: dict[str, Callable[[int], str]] = {
        "start": lambda i: write.period(design["cohort"][i]),
        "units": lambda i: write.count(design["units"][i]),
        "clusters": lambda i: write.count(design["clusters"][i]),
        "before": lambda i: write.count(design["periods_before"][i]),
        "after": lambda i: write.count(design["periods_after"][i]),
        "outcome": lambda i: write.number(design["outcome_before"][i]),
    }
    return Table(
        "design",
        context.say("compared", "design_caption"),
        tuple(context.say("compared", f"design_{key}") for key in keys),
        tuple(tuple(cells[key](i) for key in keys) for i in range(len(design["cohort"]))),
    )


def balance_table(context: Context) -> Table | None:
    """How alike both groups were at first; ``None`` where that could not be looked at."""
    balance, write = context.findings.balance, context.write
    if not balance:
        return None
    yes, no = context.words.of_language("yes"), context.words.of_language("no")
    rows = tuple(
        (
            context.say("compared", "balance_outcome") if i == 0 else str(name),
            write.number(balance["taking_part"][i], 2),
            write.number(balance["never"][i], 2),
            write.number(balance["smd"][i], 2),
            yes if balance["worth_a_look"][i] else no,
        )
        for i, name in enumerate(balance["covariate"])
    )
    keys = ("name", "taking", "never", "difference", "look")
    limit = write.number(WORTH_A_LOOK, 1)
    columns = tuple(context.say("compared", f"balance_{key}", limit=limit) for key in keys)
    return Table("balance", context.say("compared", "balance_caption"), columns, rows)


def view_table(context: Context, view: str, caption: str, first: str, write_key: Callable[[float], str]) -> Table:
    """Estimates of one view with their intervals."""
    write = context.write
    rows = []
    for row in context.findings.view(view):
        known = math.isfinite(row["low"])
        interval = write.between(row["low"], row["high"], unit=False) if known else context.say("picture", "reference")
        rows.append((write_key(row["key"]), write.number(row["estimate"]), interval))
    columns = (first, context.say("columns", "estimate"), context.say("columns", "interval"))
    note = context.say("tables", "band_note") if context.findings.draws and len(rows) > 1 else ""
    return Table(view, caption, columns, tuple(rows), note)


def event_table(context: Context) -> Table:
    """The picture as a table."""
    first = context.words.of_period(context.periods, "column")
    return view_table(context, "event", context.say("picture", "table"), first, context.write.count)


def figures_tables(context: Context) -> list[Table]:
    """The estimate: all together, by start, by calendar."""
    words, write = context.words, context.write
    all_of_them = context.say("tables", "overall_row")
    calendar = words.of_period(context.periods, "calendar")
    return [
        view_table(context, "overall", context.say("tables", "overall"), "", lambda _: all_of_them),
        view_table(context, "cohort", context.say("tables", "cohort"), context.say("columns", "cohort"), write.period),
        view_table(context, "period", context.say("tables", "period"), calendar, write.period),
    ]


def checks_table(context: Context) -> Table | None:
    """What was looked at and how each reads."""
    checks = context.findings.checks
    if not checks["check"]:
        return None
    keys = ("check", "figure", "interval", "p_value", "reading")
    rows = tuple(_check(context, i) for i in range(len(checks["check"])))
    columns = tuple(context.say("columns", key) for key in keys)
    return Table("checks", context.say("tables", "checks"), columns, rows)


def _check(context: Context, i: int) -> tuple[str, ...]:
    checks, write = context.findings.checks, context.write
    name, low, p_value = checks["check"][i], checks["low"][i], checks["p_value"][i]
    none = context.words.of_language("none")
    passed = checks["passed"][i]
    reading = "neutral" if passed is None else "passed" if passed else "failed"
    weak = "detectable_bias" in checks["check"] and not checks["passed"][checks["check"].index("detectable_bias")]
    if name == "detectable_bias":
        reading = "too_weak" if weak else "informative"
    if name == "joint_test" and passed and weak:
        reading = "too_weak"
    if name in ABOUT_THE_ANSWER and not context.findings.seen:
        reading = "neutral"
    return (
        context.say("checks", name),
        none if checks["estimate"][i] is None else _figure(context, name, checks["estimate"][i]),
        none if low is None else write.between(low, checks["high"][i], unit=False),
        none if p_value is None else write.p_number(p_value),
        context.say("checks", reading),
    )


def _figure(context: Context, check: str, value: float) -> str:
    if check == "joint_test":
        return context.write.number(value, 1)
    if check == "breakdown":
        return context.write.times(value, LARGEST)
    return context.write.percent(value) if check == "forbidden_weight" else context.write.amount(value)


def sensitivity_table(context: Context) -> Table | None:
    """The interval for several sizes of later differences in trend."""
    found, write = context.findings.sensitivity, context.write
    if not found["violation"]:
        return None
    yes, no = context.words.of_language("yes"), context.words.of_language("no")
    rows = tuple(
        (write.times(times, LARGEST), write.between(low, high, unit=False), yes if low > 0 or high < 0 else no)
        for times, low, high in zip(found["violation"], found["low"], found["high"], strict=True)
    )
    columns = tuple(context.say("columns", key) for key in ("times", "interval", "known"))
    note = context.say("tables", "sensitivity_note", mean=write.amount(context.findings.mean_after))
    return Table("sensitivity", context.say("tables", "sensitivity"), columns, rows, note)


def picture(context: Context) -> Picture:
    """The event study, drawn."""
    rows = context.findings.view("event")
    points = [Point(int(row["key"]), row["estimate"], row["low"], row["high"]) for row in rows]
    labels = Labels(
        title=context.say("picture", "title"),
        desc=context.say("picture", "desc", before=_range(context, points, -1), after=_range(context, points, 1)),
        across=context.words.of_period(context.periods, "before"),
        up=context.say("picture", "axis", unit=context.subject.unit[1]),
        start=context.say("picture", "start"),
        before=context.say("picture", "hollow"),
        after=context.say("picture", "filled"),
    )
    svg = event_picture(points, labels, context.write.number)
    return Picture(svg, context.say("picture", "caption"))


def _range(context: Context, points: list[Point], side: int) -> str:
    own = [each.estimate for each in points if math.isfinite(each.low) and (each.at >= 0) == (side > 0)]
    if not own:
        return context.say("picture", "desc_none")
    return context.say("picture", "desc_range", interval=context.write.between(min(own), max(own)))
