"""Where one value lies among others, told in fifths. No place in a row of winners is drawn or can be read off."""

from collections.abc import Sequence
from dataclasses import dataclass

from .figure import WIDTH, Figure, Format, line, marker, open_svg, text
from .scale import Scale, ticks

ROW = 84
BINS = 40


@dataclass(frozen=True, slots=True)
class Strip:
    """One universe of peers: ``cuts`` are its lowest value, the four limits of the fifths, its highest value."""

    label: str
    cuts: tuple[float, float, float, float, float, float]
    counts: tuple[int, ...]  # peers per bin of equal width over the axis of the chart; empty: none are drawn
    value: float | None
    note: str  # the position in words
    dots: tuple[float, ...] = ()  # few peers: each as a dot


def strip_chart(
    name: str,
    title: str,
    description: str,
    strips: Sequence[Strip],
    *,
    low: float,
    high: float,
    columns: tuple[str, str, str, str],
    write: Format,
) -> Figure:
    """One row per universe on a common axis.

    Parameters
    ----------
    low, high : ends of the axis, the same over which the bins of every strip were counted
    columns : words of the table: universe, limits of the fifths, value, position
    """
    if not strips:
        return Figure("", title, (), ())
    height = ROW * len(strips) + 22
    across = Scale(low, high, 4, WIDTH - 4)
    parts = [open_svg(name, title, description, height, css="plot-strip")]
    for row, strip in enumerate(strips):
        parts += _strip(strip, ROW * row, across, write)
    for tick in ticks(low, high, 5):
        parts.append(text(min(max(across(tick), 10), WIDTH - 10), height - 5, write(tick), "p-tick", "middle"))
    parts.append("</svg>")
    rows = tuple(
        (
            strip.label,
            " · ".join(write(cut) for cut in strip.cuts[1:5]) if strip.counts else "–",
            "–" if strip.value is None else write(strip.value),
            strip.note,
        )
        for strip in strips
    )
    return Figure("".join(parts), title, columns, rows)


def _strip(strip: Strip, y: float, across: Scale, write: Format) -> list[str]:
    parts = [text(4, y + 12, strip.label, "p-bar-label")]
    base = y + 62
    if strip.counts:
        tallest = max(strip.counts)
        wide = (across.end - across.start) / len(strip.counts)
        for k, count in enumerate(strip.counts):
            if count:
                h = max(1.0, 28 * count / tallest)
                x = across.start + wide * k
                parts.append(
                    f'<rect class="p-bin" x="{x:.1f}" y="{base - h:.1f}" width="{wide - 0.6:.1f}" height="{h:.1f}"/>'
                )
        for k in range(5):
            x, w = across(strip.cuts[k]), max(0.5, across(strip.cuts[k + 1]) - across(strip.cuts[k]))
            parts.append(
                f'<rect class="p-fifth p-fifth-{k + 1}" x="{x:.1f}" y="{base:.1f}" width="{w:.1f}" height="9"/>'
            )
    else:
        parts.append(line(across.start, base + 4, across.end, base + 4, "p-axis"))
    for dot in strip.dots:
        parts.append(f'<circle class="p-dot" cx="{across(dot):.1f}" cy="{base + 4:.1f}" r="4"/>')
    if strip.value is not None:
        x = across(strip.value)
        parts.append(line(x, y + 22, x, base + 11, "p-here"))
        parts.append(marker("here", x, y + 23, 6))
        side = "end" if x > WIDTH * 0.75 else "start"
        parts.append(text(x + (-9 if side == "end" else 9), y + 27, write(strip.value), "p-direct p-direct-main", side))
    return parts


def bin_counts(values: Sequence[float], low: float, high: float, bins: int = BINS) -> tuple[int, ...]:
    """How many values fall in each of ``bins`` equal parts of ``low``-``high``; the last part includes its end."""
    counts = [0] * bins
    for value in values:
        counts[min(bins - 1, max(0, int((value - low) / (high - low) * bins + 1e-9)))] += 1
    return tuple(counts)
