"""Lines over time: a series, its targets and its reference lines. Where a value is missing the line breaks."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from .figure import WIDTH, Figure, Format, Key, line, marker, open_svg, text
from .scale import Scale, domain, spread, ticks

HEIGHT = 230
LEFT, RIGHT, TOP, BOTTOM = 34, 58, 14, 28


@dataclass(frozen=True, slots=True)
class Series:
    """One line. ``style``: main, second, third, fourth, target (each has its own dash and marker)."""

    label: str  # in full, for the legend and the table
    short: str  # written at the end of the line
    points: tuple[tuple[int, float | None], ...]  # (year, value); None: nothing was published
    style: str = "main"

    def known(self) -> list[tuple[int, float]]:
        return [(x, y) for x, y in self.points if y is not None]


@dataclass(frozen=True, slots=True)
class Band:
    """A level of the scale, drawn as a stripe from ``low`` up to the next."""

    low: float
    high: float
    label: str


def line_chart(
    name: str,
    title: str,
    description: str,
    series: Sequence[Series],
    *,
    row_label: str,
    missing: str,
    write: Format,
    zero: bool = False,
    floor: float = -math.inf,
    ceiling: float = math.inf,
    least_span: float = 1.0,
    bands: Sequence[Band] = (),
    minimum: tuple[float, str] | None = None,
) -> Figure:
    """Draw the series over the years that any of them has.

    Parameters
    ----------
    name : unique in the page; ids stand on it
    row_label, missing : words of the table ("Year"; what stands where nothing was published)
    write : numbers to text
    zero, floor, ceiling, least_span : the value axis, see ``scale.domain``
    bands : levels drawn behind the lines
    minimum : a level to reach, with its label (a legal minimum, say)

    An empty ``Figure`` (false) comes back if no series has a value.
    """
    drawn = [one for one in series if one.known()]
    values = [y for one in drawn for _, y in one.known()]
    if not values:
        return Figure("", title, (), ())
    if minimum:
        values.append(minimum[0])
    low, high = domain(values, zero=zero, floor=floor, ceiling=ceiling, least_span=least_span)
    years = sorted({x for one in drawn for x, _ in one.points})
    across = Scale(years[0], max(years[-1], years[0] + 1), LEFT + 8, WIDTH - RIGHT)
    if len(years) == 1:
        across = Scale(years[0] - 1, years[0] + 1, LEFT + 8, WIDTH - RIGHT)
    up = Scale(low, high, HEIGHT - BOTTOM, TOP)
    parts = [open_svg(name, title, description, HEIGHT, css="plot-line")]
    parts += _bands(bands, low, high, up)
    parts += _axes(years, low, high, across, up, write)
    if minimum:
        parts.append(line(LEFT, up(minimum[0]), WIDTH - RIGHT, up(minimum[0]), "p-minimum"))
        parts.append(text(LEFT + 4, up(minimum[0]) - 4, minimum[1], "p-minimum-label"))
    for one in reversed(drawn):
        parts += _line(one, across, up)
    parts += _direct_labels(drawn, across, up, write)
    parts.append("</svg>")
    return Figure(
        svg="".join(parts),
        title=title,
        columns=(row_label, *(one.label for one in drawn)),
        rows=_table(years, drawn, missing, write),
        keys=tuple(Key(one.style, one.label) for one in drawn),
        axis_start="" if low == 0 else write(low),
    )


def sparkline(name: str, title: str, description: str, points: Sequence[tuple[int, float | None]]) -> str:
    """A small line without axes, for a table cell or a card. The numbers must stand beside it."""
    known = [(x, y) for x, y in points if y is not None]
    if len(known) < 2:
        return ""
    low, high = min(y for _, y in known), max(y for _, y in known)
    across = Scale(points[0][0], points[-1][0], 4, 96)
    up = Scale(low, high if high > low else low + 1, 26, 5)
    path = _path(points, across, up)
    last = marker("main", across(known[-1][0]), up(known[-1][1]), 3)
    head = open_svg(name, title, description, 30, width=100, css="plot-spark")
    return f'{head}<path class="p-line p-line-main" d="{path}"/>{last}</svg>'


def _bands(bands: Sequence[Band], low: float, high: float, up: Scale) -> list[str]:
    parts = []
    for position, band in enumerate(bands):
        bottom, top = max(band.low, low), min(band.high, high)
        if bottom >= top:
            continue
        parts.append(
            f'<rect class="p-band p-band-{position % 2}" x="{LEFT}" y="{up(top):.1f}" width="{WIDTH - RIGHT - LEFT}" '
            f'height="{up(bottom) - up(top):.1f}"/>'
        )
        if up(bottom) - up(top) >= 12:
            parts.append(text(LEFT + 3, up(bottom) - 3, band.label, "p-band-label"))
    return parts


def _axes(years: list[int], low: float, high: float, across: Scale, up: Scale, write: Format) -> list[str]:
    parts = []
    for tick in ticks(low, high, 4):
        parts.append(line(LEFT, up(tick), WIDTH - RIGHT, up(tick), "p-axis" if tick == 0 else "p-grid"))
        parts.append(text(LEFT - 5, up(tick) + 4, write(tick), "p-tick", "end"))
    shown = years if len(years) <= 6 else _every(years, across)
    for year in shown:
        parts.append(text(across(year), HEIGHT - BOTTOM + 17, str(year), "p-tick", "middle"))
    parts.append(line(LEFT, HEIGHT - BOTTOM, WIDTH - RIGHT, HEIGHT - BOTTOM, "p-axis"))
    return parts


def _every(years: list[int], across: Scale) -> list[int]:
    """As many years as fit 40 units apart, the last always among them."""
    shown = [years[-1]]
    for year in reversed(years[:-1]):
        if across(shown[-1]) - across(year) >= 40:
            shown.append(year)
    return shown


def _path(points: Sequence[tuple[int, float | None]], across: Scale, up: Scale) -> str:
    """Path data; a missing value lifts the pen, so that no line is drawn over a gap."""
    commands, pen = [], "M"
    for x, y in points:
        if y is None:
            pen = "M"
            continue
        commands.append(f"{pen}{across(x):.1f} {up(y):.1f}")
        pen = "L"
    return "".join(commands)


def _line(one: Series, across: Scale, up: Scale) -> list[str]:
    path = _path(one.points, across, up)
    parts = [f'<g class="p-series p-series-{one.style}"><path class="p-line p-line-{one.style}" d="{path}"/>']
    size = 4.0 if one.style == "main" else 3.0
    for x, y in one.known():
        parts.append(marker(one.style, across(x), up(y), size))
    parts.append("</g>")
    return parts


def _direct_labels(drawn: Sequence[Series], across: Scale, up: Scale, write: Format) -> list[str]:
    """The name and last value of each line beside its end, moved apart where they would meet."""
    ends = [one.known()[-1] for one in drawn]
    heights = spread([up(y) for _, y in ends], 13, TOP + 2, HEIGHT - BOTTOM - 2)
    parts = []
    for one, (x, y), height in zip(drawn, ends, heights, strict=True):
        if across(x) < WIDTH - RIGHT - 1 or abs(height - up(y)) > 4:
            parts.append(line(across(x) + 5, up(y), WIDTH - RIGHT + 5, height, "p-leader"))
        parts.append(text(WIDTH - RIGHT + 7, height + 4, f"{one.short} {write(y)}", f"p-direct p-direct-{one.style}"))
    return parts


def _table(years: list[int], drawn: Sequence[Series], missing: str, write: Format) -> tuple[tuple[str, ...], ...]:
    columns = [dict(one.points) for one in drawn]
    rows = []
    for year in years:
        cells = [column.get(year) for column in columns]
        rows.append((str(year), *(missing if cell is None else write(cell) for cell in cells)))
    return tuple(rows)


def with_gaps(series: Series, years: Sequence[int]) -> Series:
    """The series over all of ``years``: where it has no point there is a gap, told as missing."""
    known = dict(series.points)
    return replace(series, points=tuple((year, known.get(year)) for year in years))
