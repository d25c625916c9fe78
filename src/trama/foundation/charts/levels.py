"""A scale cut into levels, and where values stand on it."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from .figure import WIDTH, Figure, Format, Key, line, marker, open_svg, text
from .scale import Scale, spread

HEIGHT = 96


@dataclass(frozen=True, slots=True)
class LevelMark:
    """One value on the scale."""

    label: str
    value: float
    style: str
    level: str  # the level in words, for the table


def level_chart(
    name: str,
    title: str,
    description: str,
    cuts: Sequence[float],
    marks: Sequence[LevelMark],
    *,
    low: float,
    high: float,
    columns: tuple[str, str, str],
    write: Format,
) -> Figure:
    """Levels 0, 1, 2 … as stripes between ``low``, the ``cuts`` and ``high``; marks above them.

    Parameters
    ----------
    cuts : lower limit of level 1, of level 2, and so on
    columns : words of the table: whose value, value, level
    """
    if not marks:
        return Figure("", title, (), ())
    low, high = min(low, *(mark.value for mark in marks)), max(high, *(mark.value for mark in marks))
    across = Scale(low, high, 4, WIDTH - 4)
    edges = [low, *(cut for cut in cuts if low < cut < high), high]
    parts = [open_svg(name, title, description, HEIGHT, css="plot-levels")]
    first = sum(1 for cut in cuts if cut <= low)
    for k, (left, right) in enumerate(pairwise(edges)):
        x, w = across(left), across(right) - across(left)
        parts.append(f'<rect class="p-band p-band-{k % 2}" x="{x:.1f}" y="44" width="{w:.1f}" height="22"/>')
        parts.append(text(x + w / 2, 59, str(first + k), "p-band-label", "middle"))
        if k and (k % 2 == 1 or len(edges) < 9):
            parts.append(text(x, 81, f"{left:g}", "p-tick", "middle"))
    labels = spread([across(mark.value) for mark in marks], 46, 22, WIDTH - 22)
    for mark, x in zip(marks, labels, strict=True):
        at = across(mark.value)
        parts.append(line(x, 18, at, 34, "p-leader"))
        parts.append(line(at, 34, at, 66, f"p-stem p-stem-{mark.style}"))
        parts.append(marker(mark.style, at, 38, 4.5))
        parts.append(text(x, 13, write(mark.value), f"p-direct p-direct-{mark.style}", "middle"))
    parts.append("</svg>")
    rows = tuple((mark.label, write(mark.value), mark.level) for mark in marks)
    return Figure("".join(parts), title, columns, rows, tuple(Key(mark.style, mark.label) for mark in marks))
