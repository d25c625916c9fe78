"""Many small charts on one scale: a member's line and its state's, with nothing that puts members in an order."""

from collections.abc import Sequence
from dataclasses import dataclass

from trama.foundation.charts.figure import Format, line, marker, open_svg, text
from trama.foundation.charts.scale import Scale, domain, ticks

WIDTH, HEIGHT = 200, 112
LEFT, RIGHT, TOP, BOTTOM = 36, 166, 10, 90

type Points = tuple[tuple[int, float | None], ...]
"""(year, value); None: nothing was published."""


@dataclass(frozen=True, slots=True)
class Member:
    """What one small chart shows."""

    name: str
    address: str
    own: Points
    state: Points
    state_name: str  # whose line it is, in words


@dataclass(frozen=True, slots=True)
class Multiple:
    """One small chart, under its heading. ``svg`` is markup whose texts are already escaped; "" without any value."""

    name: str
    address: str
    svg: str
    last: str  # the last value with its year, in words


def multiples(
    name: str, members: Sequence[Member], *, title: str, description: str, write: Format, nothing: str
) -> list[Multiple]:
    """Small charts on the same years and the same values, in the order of ``members``.

    Parameters
    ----------
    name : unique in the page; ids stand on it
    title : of each chart, with ``%(member)s``
    description : of each chart, with ``%(state)s``
    nothing : what stands where a member has no value
    """
    points = [point for one in members for point in (*one.own, *one.state) if point[1] is not None]
    values = [value for _year, value in points if value is not None]
    if not values:
        return []
    years = [year for year, _value in points]
    low, high = domain(values, zero=False, floor=0, ceiling=10, least_span=2)
    span = (min(years), max(years)) if min(years) < max(years) else (min(years) - 1, max(years) + 1)
    across, up = Scale(*span, LEFT, RIGHT), Scale(low, high, BOTTOM, TOP)
    drawn = []
    for position, one in enumerate(members, start=1):
        known = _known(one.own)
        if not known:
            drawn.append(Multiple(one.name, one.address, "", nothing))
            continue
        svg = [
            open_svg(
                f"{name}-{position}", title % {"member": one.name}, description % {"state": one.state_name},
                HEIGHT, width=WIDTH, css="plot-small",
            ),
            *_axes(span, across, up, write),
            f'<path class="p-line p-line-third" d="{_path(one.state, across, up)}"/>' if _known(one.state) else "",
            f'<path class="p-line p-line-main" d="{_path(one.own, across, up)}"/>',
            marker("main", across(known[-1][0]), up(known[-1][1]), 3.5),
            text(RIGHT + 6, up(known[-1][1]) + 4, write(known[-1][1]), "p-direct p-direct-main"),
            "</svg>",
        ]  # fmt: skip
        drawn.append(Multiple(one.name, one.address, "".join(svg), f"{write(known[-1][1])} ({known[-1][0]})"))
    return drawn


def _known(points: Points) -> list[tuple[int, float]]:
    return [(year, value) for year, value in points if value is not None]


def _axes(span: tuple[int, int], across: Scale, up: Scale, write: Format) -> list[str]:
    parts = []
    for tick in ticks(up.low, up.high, 3):
        parts.append(line(LEFT, up(tick), RIGHT, up(tick), "p-grid"))
        parts.append(text(LEFT - 4, up(tick) + 4, write(tick), "p-tick", "end"))
    parts.append(text(LEFT, HEIGHT - 4, str(span[0]), "p-tick"))
    parts.append(text(RIGHT, HEIGHT - 4, str(span[1]), "p-tick", "end"))
    return parts


def _path(points: Points, across: Scale, up: Scale) -> str:
    """Path data. A missing value lifts the pen; a value between two missing ones is a dot."""
    values = [value for _year, value in points]
    beside = zip([None, *values[:-1]], [*values[1:], None], strict=True)
    alone = [before is None and after is None for before, after in beside]
    commands, pen = [], "M"
    for (year, value), single in zip(points, alone, strict=True):
        if value is None:
            pen = "M"
            continue
        commands.append(f"{pen}{across(year):.1f} {up(value):.1f}" + ("h0" if single else ""))
        pen = "L"
    return "".join(commands)
