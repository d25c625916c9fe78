"""A picture as SVG text: panels, axes, lines, intervals, legends. No library and no style sheet is needed to see it.

Colours are presentation attributes, which a page's own style sheet overrides by the class names that the platform's
charts use (``p-line-main`` and so on), and which a content security policy does not forbid.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final
from zlib import crc32

import polars as pl

from trama_measure.arrays import FloatArray

WIDTH: Final = 560.0
"""Units across; one is a pixel where nothing scales the picture."""

TEXT, SMALL, TITLE = 13.0, 12.0, 15.0
CHARACTER: Final = 0.56
"""Of the size of a letter: how wide it is on average. Margins and legends are made wide enough with it."""

INK, SOFT, GRID, PAPER, AREA = "#1b1b1b", "#555555", "#d9d9d9", "#ffffff", "#dfe5ea"
STYLES: Final = ("main", "second", "third", "fourth", "fifth", "sixth", "seventh")
COLOURS: Final = dict(
    zip(STYLES, ("#0b4f8a", "#b04a00", "#00695c", "#7b2d8b", "#9c1c3c", "#5a5a5a", "#1b1b1b"), strict=True)
)
DASHES: Final = dict(zip(STYLES, ("", "9 4", "5 4", "1.5 4", "12 4 2 4", "2 3", "8 3 2 3"), strict=True))


@dataclass(frozen=True)
class Plot:
    """A picture, and the numbers in it. A notebook shows it by itself; ``svg`` goes into a page or a document."""

    svg: str
    title: str
    description: str  # in words, for who does not see it
    table: pl.DataFrame  # tidy: one row a point that is drawn

    def _repr_svg_(self) -> str:
        return self.svg


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the legend."""

    label: str
    style: str = "main"
    kind: str = "line"  # or "area", "point"


@dataclass(frozen=True, slots=True)
class Panel:
    """A rectangle with a horizontal and a vertical scale. Positions are units of the picture."""

    left: float
    right: float
    top: float
    bottom: float
    x_low: float
    x_high: float
    y_low: float
    y_high: float

    def x(self, value: float) -> float:
        return self.left + (value - self.x_low) / (self.x_high - self.x_low) * (self.right - self.left)

    def y(self, value: float) -> float:
        return self.bottom - (value - self.y_low) / (self.y_high - self.y_low) * (self.bottom - self.top)

    def axes(
        self,
        write_x: Callable[[float], str] | None,
        write_y: Callable[[float], str],
        x_label: str = "",
        y_label: str = "",
        *,
        y_ticks: Sequence[float] | None = None,
    ) -> list[str]:
        """The grid, the numbers and the names of both axes; the name of the vertical one stands above it."""
        parts = []
        for tick in ticks(self.y_low, self.y_high, 5) if y_ticks is None else y_ticks:
            parts.append(rule(self.left, self.y(tick), self.right, self.y(tick), "p-grid", GRID))
            parts.append(text(self.left - 6, self.y(tick) + 4, write_y(tick), "p-tick", "end", SMALL, SOFT))
        for tick in ticks(self.x_low, self.x_high, 8):
            at = self.x(tick)
            parts.append(rule(at, self.bottom, at, self.bottom + 4, "p-axis", SOFT))
            if write_x is not None:
                parts.append(text(at, self.bottom + 17, write_x(tick), "p-tick", "middle", SMALL, SOFT))
        parts.append(rule(self.left, self.bottom, self.right, self.bottom, "p-axis", SOFT))
        if y_label:
            parts.append(text(12, self.top - 11, y_label, "p-label", "start", SMALL, INK))
        if x_label:
            middle = (self.left + self.right) / 2
            parts.append(text(middle, self.bottom + 36, x_label, "p-label", "middle", SMALL, INK))
        return parts

    def line(self, xs: FloatArray, ys: FloatArray, style: str = "main", width: float = 2.25) -> str:
        """A line; it breaks where a value is missing."""
        commands, pen = [], "M"
        for x, y in zip(xs.tolist(), ys.tolist(), strict=True):
            if not math.isfinite(y):
                pen = "M"
                continue
            commands.append(f"{pen}{self.x(x):.1f} {self.y(y):.1f}")
            pen = "L"
        dash = f' stroke-dasharray="{DASHES[style]}"' if DASHES[style] else ""
        return (
            f'<path class="p-line p-line-{style}" d="{"".join(commands)}" fill="none" stroke="{COLOURS[style]}" '
            f'stroke-width="{width:g}" stroke-linejoin="round"{dash}/>'
        )

    def area(self, xs: FloatArray, low: FloatArray, high: FloatArray, colour: str = AREA, opacity: float = 1) -> str:
        """What lies between two lines."""
        there = [f"{self.x(x):.1f} {self.y(y):.1f}" for x, y in zip(xs.tolist(), high.tolist(), strict=True)]
        back = [f"{self.x(x):.1f} {self.y(y):.1f}" for x, y in zip(xs[::-1].tolist(), low[::-1].tolist(), strict=True)]
        return (
            f'<path class="p-area" d="M{"L".join(there)}L{"L".join(back)}Z" fill="{colour}" '
            f'fill-opacity="{opacity:g}" stroke="none"/>'
        )

    def interval(self, x: float, low: float, high: float, value: float) -> list[str]:
        """A point with its interval."""
        at, ink = self.x(x), COLOURS["second"]
        parts = [rule(at, self.y(low), at, self.y(high), "p-stem", ink, 1.5)]
        parts += [rule(at - 3, self.y(end), at + 3, self.y(end), "p-stem", ink, 1.5) for end in (low, high)]
        parts.append(dot(at, self.y(value), ink))
        return parts


def picture(
    title: str, subtitle: str, description: str, height: float, parts: Sequence[str], *, language: str, titled: bool
) -> str:
    """The whole: paper, title and what was drawn. Without ``titled`` the page says the title beside it."""
    number = crc32("".join((title, subtitle, *parts)).encode())
    name = f"plot-{number:08x}"
    top = 0.0 if titled else heading_height(subtitle) - 8
    head = (
        f'<svg class="plot" xmlns="http://www.w3.org/2000/svg" lang="{language}" width="{WIDTH:g}" '
        f'height="{height - top:g}" viewBox="0 {top:g} {WIDTH:g} {height - top:g}" role="img" '
        f'aria-labelledby="{name}-t {name}-d" font-family="Raleway, Arial, Helvetica, sans-serif" '
        f'font-size="{TEXT:g}"><title id="{name}-t">{escape(title)}</title>'
        f'<desc id="{name}-d">{escape(description)}</desc>'
        f'<rect class="p-paper" x="0" y="{top:g}" width="{WIDTH:g}" height="{height - top:g}" fill="{PAPER}"/>'
    )
    said = []
    if titled:
        said.append(text(12, 24, title, "p-title", "start", TITLE, INK, bold=True))
        if subtitle:
            said.append(text(12, 43, subtitle, "p-subtitle", "start", SMALL, SOFT))
    return "".join((head, *said, *parts, "</svg>"))


def heading_height(subtitle: str) -> float:
    """Where the first panel's own words may begin."""
    return 54.0 if subtitle else 36.0


def legend(
    entries: Sequence[Entry], top: float, left: float = 12.0, right: float = WIDTH - 12.0
) -> tuple[list[str], float]:
    """Entries one after the other, on as many lines as they need; also where the next thing may begin."""
    parts: list[str] = []
    left, right = 12.0, WIDTH - 12
    x, y = left, top
    for entry in entries:
        wide = 34 + width_of(entry.label, SMALL) + 16
        if x > left and x + wide > right:
            x, y = left, y + 18
        parts.append(_sample(entry, x, y))
        parts.append(text(x + 34, y + 4, entry.label, "p-key", "start", SMALL, INK))
        x += wide
    return parts, y + 18


def _sample(entry: Entry, x: float, y: float) -> str:
    if entry.kind == "area":
        return f'<rect class="p-area" x="{x:.1f}" y="{y - 5:.1f}" width="26" height="10" fill="{AREA}"/>'
    if entry.kind == "band":
        return (
            f'<rect class="p-area" x="{x:.1f}" y="{y - 5:.1f}" width="26" height="10" fill="{COLOURS[entry.style]}" '
            f'fill-opacity="0.2"/>{rule(x, y, x + 26, y, f"p-line p-line-{entry.style}", COLOURS[entry.style], 2.25)}'
        )
    if entry.kind == "point":
        ink = COLOURS["second"]
        return rule(x + 13, y - 7, x + 13, y + 7, "p-stem", ink, 1.5) + dot(x + 13, y, ink)
    dash = DASHES[entry.style]
    return rule(x, y, x + 26, y, f"p-line p-line-{entry.style}", COLOURS[entry.style], 2.25, dash)


def rule(x1: float, y1: float, x2: float, y2: float, css: str, ink: str, width: float = 1.0, dash: str = "") -> str:
    """A straight line."""
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    return (
        f'<line class="{css}" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{ink}" '
        f'stroke-width="{width:g}"{dashed}/>'
    )


def dot(x: float, y: float, ink: str, radius: float = 3.5) -> str:
    """A filled circle with a thin edge of paper, so that it is seen on a line."""
    return (
        f'<circle class="p-mark" cx="{x:.1f}" cy="{y:.1f}" r="{radius:g}" fill="{ink}" stroke="{PAPER}" '
        f'stroke-width="1"/>'
    )


def text(
    x: float, y: float, said: str, css: str, anchor: str, size: float, ink: str = INK, *, bold: bool = False
) -> str:
    """A text at a point, with an edge of paper where it may lie on a line."""
    edge = f' paint-order="stroke" stroke="{PAPER}" stroke-width="3"' if css in {"p-direct", "p-item"} else ""
    weight = ' font-weight="700"' if bold else ""
    return (
        f'<text class="{css}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size:g}" fill="{ink}"'
        f"{weight}{edge}>{escape(said)}</text>"
    )


def width_of(said: str, size: float) -> float:
    """About how wide a text is, in units."""
    return len(said) * size * CHARACTER


def ticks(low: float, high: float, about: int) -> list[float]:
    """Round numbers from ``low`` to ``high``, about so many."""
    step = nice_step(high - low, about)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [round(step * k, 10) for k in range(first, last + 1)]


def nice_step(span: float, about: int) -> float:
    """1, 2, 2.5 or 5 times a power of ten, that divides the span into about so many parts."""
    raw = span / max(1, about)
    power = 10.0 ** math.floor(math.log10(raw))
    return next(step * power for step in (1.0, 2.0, 2.5, 5.0, 10.0) if step * power >= raw * 0.999999)


def decimals(low: float, high: float, about: int) -> int:
    """How many decimals the numbers of ``ticks`` need."""
    step = nice_step(high - low, about)
    return next(digits for digits in range(9) if abs(step * 10**digits - round(step * 10**digits)) < 1e-9)
