"""Lines over time: a series, its targets and its reference lines. Where a value is missing the line breaks."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from .figure import WIDTH, Figure, Format, Key, line, marker, open_svg, text
from .scale import Scale, domain, spread, ticks

HEIGHT = 230
TOP, BOTTOM = 14, 28
BOLD, PLAIN = 7.0, 6.4  # units that a character takes, at most: margins are made wide enough for their texts


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


@dataclass(frozen=True, slots=True)
class Plane:
    """Where the lines are drawn: years across, values up."""

    left: float
    right: float
    across: Scale
    up: Scale


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
    plane = _plane(years, low, high, drawn, write)
    parts = [open_svg(name, title, description, HEIGHT, css="plot-line")]
    parts += _bands(bands, plane)
    parts += _axes(years, plane, write)
    if minimum:
        parts += _minimum(*minimum, plane)
    for one in reversed(drawn):
        parts += _line(one, plane)
    parts += _direct_labels(drawn, plane, write)
    parts.append("</svg>")
    return Figure(
        svg="".join(parts),
        title=title,
        columns=(row_label, *(one.label for one in drawn)),
        rows=_table(years, drawn, missing, write),
        keys=tuple(Key(one.style, one.label) for one in drawn),
        axis_start="" if low == 0 else write(low),
    )


def _minimum(value: float, label: str, plane: Plane) -> tuple[str, str]:
    y = plane.up(value)
    return line(plane.left, y, plane.right, y, "p-minimum"), text(plane.left + 4, y - 4, label, "p-minimum-label")


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


def _bands(bands: Sequence[Band], plane: Plane) -> list[str]:
    parts = []
    up = plane.up
    for position, band in enumerate(bands):
        bottom, top = max(band.low, up.low), min(band.high, up.high)
        if bottom >= top:
            continue
        width, height = plane.right - plane.left, up(bottom) - up(top)
        parts.append(
            f'<rect class="p-band p-band-{position % 2}" x="{plane.left:.1f}" y="{up(top):.1f}" '
            f'width="{width:.1f}" height="{height:.1f}"/>'
        )
        if up(bottom) - up(top) >= 12:
            parts.append(text(plane.left + 3, up(bottom) - 3, band.label, "p-band-label"))
    return parts


def _axes(years: list[int], plane: Plane, write: Format) -> list[str]:
    parts = []
    for tick in ticks(plane.up.low, plane.up.high, 4):
        y = plane.up(tick)
        parts.append(line(plane.left, y, plane.right, y, "p-axis" if tick == 0 else "p-grid"))
        parts.append(text(plane.left - 5, y + 4, write(tick), "p-tick", "end"))
    for year in _every(years, plane.across):
        parts.append(text(plane.across(year), HEIGHT - BOTTOM + 17, str(year), "p-tick", "middle"))
    parts.append(line(plane.left, HEIGHT - BOTTOM, plane.right, HEIGHT - BOTTOM, "p-axis"))
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


def _line(one: Series, plane: Plane) -> list[str]:
    path = _path(one.points, plane.across, plane.up)
    parts = [f'<g class="p-series p-series-{one.style}"><path class="p-line p-line-{one.style}" d="{path}"/>']
    size = 4.0 if one.style == "main" else 3.0
    for x, y in one.known():
        parts.append(marker(one.style, plane.across(x), plane.up(y), size))
    parts.append("</g>")
    return parts


def _direct_labels(drawn: Sequence[Series], plane: Plane, write: Format) -> list[str]:
    """The name and last value of each line beside its end, moved apart where they would meet."""
    ends = [one.known()[-1] for one in drawn]
    heights = spread([plane.up(y) for _, y in ends], 13, TOP + 2, HEIGHT - BOTTOM - 2)
    parts = []
    for one, (x, y), height in zip(drawn, ends, heights, strict=True):
        at = plane.across(x)
        if at < plane.right - 1 or abs(height - plane.up(y)) > 4:
            parts.append(line(at + 5, plane.up(y), plane.right + 5, height, "p-leader"))
        parts.append(text(plane.right + 7, height + 4, _label(one, y, write), f"p-direct p-direct-{one.style}"))
    return parts


def _label(one: Series, value: float, write: Format) -> str:
    return f"{one.short} {write(value)}"


def _plane(years: list[int], low: float, high: float, drawn: Sequence[Series], write: Format) -> Plane:
    """The drawing area, with margins as wide as the texts that stand in them."""
    left = 9 + PLAIN * max(len(write(tick)) for tick in ticks(low, high, 4))
    right = WIDTH - 12 - BOLD * max(len(_label(one, one.known()[-1][1], write)) for one in drawn)
    first, last = (years[0], years[-1]) if len(years) > 1 else (years[0] - 1, years[0] + 1)
    return Plane(left, right, Scale(first, last, left + 14, right), Scale(low, high, HEIGHT - BOTTOM, TOP))


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
