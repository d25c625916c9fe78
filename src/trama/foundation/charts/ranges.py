"""Shares that are known only to lie between two limits: a bar over the range, never a point."""

from collections.abc import Sequence
from dataclasses import dataclass

from .figure import WIDTH, Figure, line, open_svg, text
from .scale import Scale

ROW = 38


@dataclass(frozen=True, slots=True)
class Range:
    """One row: a share in percent between ``low`` and ``high``; ``words`` say it."""

    label: str
    low: int
    high: int
    words: str
    marked: bool = False  # what the reader's own value has reached


def range_chart(
    name: str, title: str, description: str, ranges: Sequence[Range], *, columns: tuple[str, str]
) -> Figure:
    """One row per range on an axis of 0 to 100 %. A marked row carries a dot before its label.

    Parameters
    ----------
    columns : words of the table: what the row is, the range in words
    """
    if not ranges:
        return Figure("", title, (), ())
    across = Scale(0, 100, 0, WIDTH - 2)
    height = ROW * len(ranges)
    parts = [open_svg(name, title, description, height, css="plot-range")]
    for row, one in enumerate(ranges):
        y = ROW * row
        parts.append(text(0, y + 12, f"● {one.label}" if one.marked else one.label, "p-bar-label"))
        parts.append(text(WIDTH - 2, y + 12, one.words, "p-tick", "end"))
        parts.append(f'<rect class="p-bar-track" x="0" y="{y + 18}" width="{across.end:.1f}" height="12"/>')
        left, right = across(one.low), across(one.high)
        parts.append(f'<rect class="p-range" x="{left:.1f}" y="{y + 18}" width="{right - left:.1f}" height="12"/>')
        for tick in (25, 50, 75):
            parts.append(line(across(tick), y + 18, across(tick), y + 30, "p-range-tick"))
    parts.append("</svg>")
    return Figure("".join(parts), title, columns, tuple((one.label, one.words) for one in ranges))
