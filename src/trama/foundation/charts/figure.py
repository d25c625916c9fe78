"""What every chart gives back, and how its SVG is opened."""

from collections.abc import Callable
from dataclasses import dataclass
from html import escape

type Format = Callable[[float], str]
"""How a number is written in the language of the page."""

WIDTH = 400
"""Units across. A phone shows the chart at about 0.8 of them in pixels, a desktop column at about 1.3."""


@dataclass(frozen=True, slots=True)
class Key:
    """One entry of the legend: the style that draws it and what it is, in full."""

    style: str
    label: str
    is_box: bool = False  # drawn as a filled box, else as a piece of line


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart and the same numbers as a table. ``svg`` is markup whose texts are already escaped."""

    svg: str
    title: str
    columns: tuple[str, ...]  # the first names the rows
    rows: tuple[tuple[str, ...], ...]
    keys: tuple[Key, ...] = ()
    axis_start: str = ""  # where the value axis starts, if not at zero: must be told beside the chart

    def __bool__(self) -> bool:
        return bool(self.rows)


def open_svg(name: str, title: str, description: str, height: float, *, width: float = WIDTH, css: str = "") -> str:
    """The opening of an image: its name for assistive technology, and what it shows in words."""
    return (
        f'<svg class="plot {css}" viewBox="0 0 {width:g} {height:g}" role="img" '
        f'aria-labelledby="{name}-t {name}-d" xmlns="http://www.w3.org/2000/svg">'
        f'<title id="{name}-t">{escape(title)}</title><desc id="{name}-d">{escape(description)}</desc>'
    )


def text(x: float, y: float, content: str, css: str = "", anchor: str = "") -> str:
    """A text at a point."""
    attributes = (f' class="{css}"' if css else "") + (f' text-anchor="{anchor}"' if anchor else "")
    return f'<text x="{x:.1f}" y="{y:.1f}"{attributes}>{escape(content)}</text>'


def line(x1: float, y1: float, x2: float, y2: float, css: str) -> str:
    """A straight line."""
    return f'<line class="{css}" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>'


def marker(style: str, x: float, y: float, size: float = 4) -> str:
    """The mark of a style: a shape of its own, so that colour is never the only difference."""
    css = f"p-mark p-mark-{style}"
    points: tuple[tuple[float, float], ...]
    if style == "main":
        return f'<circle class="{css}" cx="{x:.1f}" cy="{y:.1f}" r="{size:g}"/>'
    if style == "second":
        return f'<rect class="{css}" x="{x - size:.1f}" y="{y - size:.1f}" width="{2 * size:g}" height="{2 * size:g}"/>'
    if style == "third":
        points = ((0, -size), (size, 0), (0, size), (-size, 0))
    elif style == "fourth":
        points = ((0, -size), (size, size * 0.8), (-size, size * 0.8))
    elif style == "target":
        return (
            f'<path class="{css}" d="M{x - size:.1f} {y - size:.1f}l{2 * size:g} {2 * size:g}m0 -{2 * size:g}'
            f'l-{2 * size:g} {2 * size:g}"/>'
        )
    else:
        points = ((0, size), (size, -size * 0.8), (-size, -size * 0.8))
    return f'<polygon class="{css}" points="{" ".join(f"{x + dx:.1f},{y + dy:.1f}" for dx, dy in points)}"/>'
