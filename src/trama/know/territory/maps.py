"""Maps: states and municipalities painted by class, with the same as a list for who does not see them.

The outlines are drawn once, when a boundary file is read (``Boundary``); a map only gives each of them a class. States
are drawn in the page, with links that the keyboard reaches. The municipalities of the whole country are drawn by
``know/map.js`` from one file that browsers keep (``shapes_text``); what the page carries is one character for each.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from trama_measure.arrays import FloatArray

from ..vocabulary import PlaceKind
from .models import Boundary, Place

SIDE = 10_000  # units of a drawing, both ways
AIR = 60  # units left around a map
NO_CLASS = "-"  # a municipality without class in the text that paints the country


@dataclass(frozen=True, slots=True)
class MapClass:
    """A class of the legend. ``css``: q0 to q6 for ordered values, q-none for "no data", or a class of the caller."""

    css: str
    label: str


@dataclass(frozen=True, slots=True)
class Shape:
    """One place on the map. ``label`` says name and value, for who hears the page."""

    code: int
    name: str
    path: str
    css: str
    label: str
    href: str


@dataclass(frozen=True, slots=True)
class Map:
    """What ``know/maps/_country.html`` and ``_state.html`` draw."""

    name: str  # unique in the page
    title: str
    shapes: tuple[Shape, ...]
    classes: tuple[MapClass, ...]
    rows: tuple[tuple[str, str, str], ...]  # name, address ("" without link), value in words: the list beside the map
    painted: str = ""  # one character per municipality of the shapes file: the position of its class
    shapes_address: str = ""
    here: int = 0  # the place that the page is about
    view: str = f"0 0 {SIDE} {SIDE}"

    def __bool__(self) -> bool:
        return bool(self.shapes)


def country_map(
    name: str,
    title: str,
    values: Mapping[int, int | None],
    classes: Sequence[MapClass],
    links: Callable[[Place], str] | None = None,
    *,
    words: Callable[[Place], str] | None = None,
) -> Map:
    """The country painted by state or by municipality. Three queries at most.

    Parameters
    ----------
    name : unique in the page
    values
        Code of a state, or of a municipality, to the position of its class (None, or absent: no data). If a
        municipality is among them, states are drawn as outlines over the municipalities.
    classes : of the legend; "no data" is added behind them
    links : the address of a state; its panorama if left out
    words : what is said of a state beside its name; the label of its class if left out
    """
    by_municipality = any(code > 99 for code in values)
    places = {place.code: place for place in Place.objects.filter(kind=PlaceKind.STATE).order_by("search_name")}
    paths = dict(Boundary.objects.filter(drawing="country", place__in=list(places)).values_list("place_id", "path"))
    legend = [*classes, MapClass("q-none", _("no data"))]
    link = links or panorama_address
    shapes, rows = [], []
    for code, place in places.items():
        found = legend[_position(values.get(code), len(classes))]
        said = words(place) if words else ("" if by_municipality else found.label)
        css = "outline" if by_municipality else found.css
        label = f"{place.name}: {said}" if said else place.name
        if code in paths:
            shapes.append(Shape(code, place.name, paths[code], css, label, link(place)))
        rows.append((place.name, link(place), said))
    view = view_of(paths.values())
    painted, address = "", ""
    if by_municipality:
        codes = shape_codes()
        painted = "".join(_character(values.get(code), len(classes)) for code in codes)
        address = reverse("know:map_shapes") + f"?v={len(codes)}-{max(codes, default=0)}"
    return Map(name, title, tuple(shapes), tuple(legend), tuple(rows), painted, address, view=view)


def state_map(
    name: str,
    title: str,
    state: int,
    values: Mapping[int, int | None],
    classes: Sequence[MapClass],
    *,
    here: int = 0,
    words: Callable[[int], str] | None = None,
) -> Map:
    """The municipalities of a state painted by class. One query.

    ``words`` says the value of a municipality beside its name. With ``here`` (the municipality that a page is about)
    the others are drawn together, class by class, without links: a lighter picture to see where one is.
    """
    legend = [*classes, MapClass("q-none", _("no data"))]
    found = (
        Boundary.objects.filter(drawing="state", place__state_code=state, place__kind=PlaceKind.MUNICIPALITY)
        .order_by("place__search_name")
        .values_list("place_id", "place__name", "path")
    )
    shapes = []
    for code, place_name, path in found:
        painted = legend[_position(values.get(code), len(classes))]
        said = words(code) if words else painted.label
        href = reverse("know:place", args=[code])
        shapes.append(Shape(code, place_name, path, painted.css, f"{place_name}: {said}", href))
    view = view_of(shape.path for shape in shapes)
    if here:
        return Map(name, title, _merged(shapes, here), tuple(legend), (), here=here, view=view)
    rows = tuple((shape.name, shape.href, shape.label.removeprefix(f"{shape.name}: ")) for shape in shapes)
    return Map(name, title, tuple(shapes), tuple(legend), rows, view=view)


def _merged(shapes: Sequence[Shape], here: int) -> tuple[Shape, ...]:
    """One shape per class, and the one that the page is about, last."""
    paths: dict[str, list[str]] = {}
    own = [shape for shape in shapes if shape.code == here]
    for shape in shapes:
        if shape.code != here:
            paths.setdefault(shape.css, []).append(shape.path)
    together = [Shape(0, "", "".join(parts), css, "", "") for css, parts in paths.items()]
    return (*together, *own)


def quantile_classes(
    values: FloatArray, write: Callable[[float], str] | None = None, n: int = 5
) -> tuple[list[float], list[MapClass]]:
    """Breaks that put about as many places in each class, and their legend.

    Parameters
    ----------
    values : (k,) array, NaN missing
    n : classes at most; fewer where values repeat so much that two breaks meet

    Returns
    -------
    breaks : lower limits of the second, third … class; a value equal to a break belongs to the class above
    classes : as many as there are, lightest first
    """
    write = write or (lambda value: number_format(round(value, 1), 1, use_l10n=True, force_grouping=True))
    known = values[~np.isnan(values)]
    if not known.size:
        return [], []
    shares = np.arange(1, n) / n
    breaks = sorted({float(value) for value in np.quantile(known, shares)} - {float(known.min())})
    first = 1 if len(breaks) + 1 <= 5 else 0
    edges = [*breaks, None]
    classes, low = [], None
    for position, edge in enumerate(edges):
        if low is None and edge is None:
            label = write(float(known.min()))
        elif low is None:
            label = _("below %(high)s") % {"high": write(edge or 0.0)}
        elif edge is None:
            label = _("%(low)s or more") % {"low": write(low)}
        else:
            label = _("from %(low)s to below %(high)s") % {"low": write(low), "high": write(edge)}
        classes.append(MapClass(f"q{first + position}", label))
        low = edge
    return breaks, classes


def class_of(value: float | None, breaks: Sequence[float]) -> int | None:
    """The position of a value's class; None for a missing one."""
    if value is None or value != value:
        return None
    return int(np.searchsorted(breaks, value, side="right"))


_STEP = re.compile(r"([MLHVlhvmz])|(-?\d+)")


def view_of(paths: Iterable[str]) -> str:
    """The smallest ``viewBox`` around the outlines, with a little air: a tall or a wide state wastes no room."""
    xs: list[int] = []
    ys: list[int] = []
    for path in paths:
        _follow(path, xs, ys)
    if not xs:
        return f"0 0 {SIDE} {SIDE}"
    left, top = min(xs) - AIR, min(ys) - AIR
    return f"{left} {top} {max(xs) + AIR - left} {max(ys) + AIR - top}"


def _follow(path: str, xs: list[int], ys: list[int]) -> None:
    """Add the corners of an outline made of M, m, L, l, H, h, V, v and z with whole numbers."""
    x = y = 0
    command, waiting = "M", None
    for letter, digits in _STEP.findall(path):
        if letter:
            command, waiting = letter, None
            continue
        number = int(digits)
        if command in "hH":
            x = number + (x if command == "h" else 0)
        elif command in "vV":
            y = number + (y if command == "v" else 0)
        elif waiting is None:
            waiting = number
            continue
        else:
            relative = command in "ml"
            x, y = waiting + (x if relative else 0), number + (y if relative else 0)
            waiting = None
            command = {"M": "L", "m": "l"}.get(command, command)
        xs.append(x)
        ys.append(y)


def panorama_address(place: Place) -> str:
    return reverse("know:place", args=[place.code])


def shape_codes() -> list[int]:
    """The municipalities that the shapes file draws, in its order. One query."""
    return list(
        Boundary.objects.filter(drawing="country", place__kind=PlaceKind.MUNICIPALITY)
        .order_by("place_id")
        .values_list("place_id", flat=True)
    )


def shapes_text() -> str:
    """The shapes file: codes, names and outlines of the municipalities, in the order of their codes. One query."""
    rows = list(
        Boundary.objects.filter(drawing="country", place__kind=PlaceKind.MUNICIPALITY)
        .order_by("place_id")
        .values_list("place_id", "place__name", "path")
    )
    content = {"codes": [r[0] for r in rows], "names": [r[1] for r in rows], "paths": [r[2] for r in rows]}
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))


def _position(value: int | None, n: int) -> int:
    return n if value is None else value


def _character(value: int | None, n: int) -> str:
    return NO_CLASS if value is None or not 0 <= value < n else str(value)
