"""Bars. They always start at zero: their length is what the eye compares."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from .figure import WIDTH, Figure, Format, Key, line, open_svg, text
from .scale import Scale, domain, ticks

ROW = 40
COLUMN_HEIGHT = 200


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: ``value`` None draws no bar but the words in ``note`` (why there is none)."""

    label: str
    value: float | None
    note: str = ""
    reference: float | None = None  # a mark on the same row (the state's value, say)
    style: str = "main"


def bar_chart(
    name: str,
    title: str,
    description: str,
    bars: Sequence[Bar],
    *,
    row_label: str,
    value_label: str,
    write: Format,
    highest: float | None = None,
    reference_label: str = "",
    minimum: tuple[float, str] | None = None,
) -> Figure:
    """Horizontal bars, one row each, the label above its bar so that long names fit a phone.

    ``highest`` fixes the end of the axis (100 for percentages); ``minimum`` is a level to reach, with its label.
    """
    known = [bar.value for bar in bars if bar.value is not None]
    if not known:
        return Figure("", title, (), ())
    marks = [bar.reference for bar in bars if bar.reference is not None]
    end = highest or max(*known, *marks, minimum[0] if minimum else 0.0, 1e-9)
    end = max(end, *known)
    across = Scale(0, end, 0, WIDTH - 62)
    top = 20 if minimum else 4
    height = top + ROW * len(bars)
    parts = [open_svg(name, title, description, height, css="plot-bar")]
    for row, bar in enumerate(bars):
        parts += _row(bar, top + ROW * row, across, write)
    if minimum:
        x = across(minimum[0])
        parts.append(line(x, 16, x, height, "p-minimum"))
        side = "end" if x > WIDTH * 0.6 else "start"
        parts.append(text(x, 11, minimum[1], "p-minimum-label", side))
    parts.append("</svg>")
    columns = (row_label, value_label, reference_label) if marks else (row_label, value_label)
    rows = tuple(_table_row(bar, bool(marks), write) for bar in bars)
    keys = (Key("main", value_label), Key("reference", reference_label)) if marks else ()
    return Figure("".join(parts), title, columns, rows, keys)


def column_chart(
    name: str,
    title: str,
    description: str,
    columns: Sequence[tuple[str, float | None]],
    *,
    row_label: str,
    value_label: str,
    missing: str,
    write: Format,
) -> Figure:
    """Upright bars over time; where a value is missing stands a dash, never a bar of no height."""
    known = [value for _, value in columns if value is not None]
    if not known:
        return Figure("", title, (), ())
    low, high = domain([*known, 0.0], zero=True, floor=0, ceiling=float("inf"), least_span=1)
    left = 9 + 6.4 * max(len(write(tick)) for tick in ticks(low, high, 3))
    bottom, top = 24, 18
    up = Scale(low, high, COLUMN_HEIGHT - bottom, top)
    step = (WIDTH - left - 4) / len(columns)
    parts = [open_svg(name, title, description, COLUMN_HEIGHT, css="plot-column")]
    for tick in ticks(low, high, 3):
        parts.append(line(left, up(tick), WIDTH, up(tick), "p-axis" if tick == 0 else "p-grid"))
        parts.append(text(left - 5, up(tick) + 4, write(tick), "p-tick", "end"))
    every = max(1, math.ceil(36 / step))
    for k, (label, value) in enumerate(columns):
        x = left + 4 + step * k
        if value is None:
            parts.append(text(x + step / 2 - 1, up(0) - 4, "–", "p-missing", "middle"))
        else:
            parts.append(
                f'<rect class="p-bar p-bar-main" x="{x:.1f}" y="{up(value):.1f}" width="{max(2.0, step - 4):.1f}" '
                f'height="{up(0) - up(value):.1f}"/>'
            )
        if (len(columns) - 1 - k) % every == 0:
            parts.append(text(x + step / 2 - 2, COLUMN_HEIGHT - 7, label, "p-tick", "middle"))
    last = max(k for k, (_, value) in enumerate(columns) if value is not None)
    final = columns[last][1] or 0.0
    parts.append(
        text(
            min(WIDTH - 2, left + 4 + step * (last + 1) - 2),
            up(final) - 5,
            write(final),
            "p-direct p-direct-main",
            "end",
        )
    )
    parts.append("</svg>")
    rows = tuple((label, missing if value is None else write(value)) for label, value in columns)
    return Figure("".join(parts), title, (row_label, value_label), rows)


def _row(bar: Bar, y: float, across: Scale, write: Format) -> list[str]:
    parts = [text(0, y + 12, bar.label, "p-bar-label")]
    if bar.value is None:
        return [*parts, text(0, y + 29, bar.note, "p-missing")]
    width = across(bar.value)
    parts.append(f'<rect class="p-bar-track" x="0" y="{y + 18:.1f}" width="{across.end:.1f}" height="14"/>')
    parts.append(f'<rect class="p-bar p-bar-{bar.style}" x="0" y="{y + 18:.1f}" width="{width:.1f}" height="14"/>')
    if bar.reference is not None:
        x = across(min(bar.reference, across.high))
        parts.append(line(x, y + 15, x, y + 35, "p-bar-reference"))
    parts.append(text(across.end + 6, y + 30, write(bar.value), "p-bar-value"))
    return parts


def _table_row(bar: Bar, marks: bool, write: Format) -> tuple[str, ...]:
    cells = (bar.label, bar.note if bar.value is None else write(bar.value))
    if not marks:
        return cells
    return (*cells, "–" if bar.reference is None else write(bar.reference))
