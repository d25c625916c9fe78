"""Outlines of states and municipalities: TopoJSON and GeoJSON, in degrees.

The code of a place is looked for where the usual publishers write it: ``id``, ``codarea`` (IBGE's API), ``CD_MUN``,
``CD_UF``, ``GEOCODIGO``. Holes and islands are rings like the others: the drawing fills by the even-odd rule.
"""

import math
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from .base import BoundaryRow, Chunk, Description, Member
from .jsonfile import loaded, read_json, whole_code
from .problems import problem, refuse
from .territory import vintage_of
from .values import STATE_CODES

LATITUDES = (-34.5, 6.5)
LONGITUDES = (-75.0, -28.0)
CODE_KEYS = ("id", "codarea", "CD_MUN", "CD_UF", "CD_GEOCMU", "CD_GEOCUF", "GEOCODIGO", "geocodigo", "code")
CHUNK_ROWS = 500
MAX_POINTS = 8_000_000

type Point = tuple[float, float]
type Ring = tuple[Point, ...]


class _Unsound(Exception):
    """A geometry that cannot be drawn: what was found and what was expected."""

    def __init__(self, found: object, expected: str) -> None:
        self.found, self.expected = found, expected
        super().__init__(expected)


class Boundaries:
    """Reader of boundary files."""

    source = "ibge-boundaries"
    publisher = "IBGE"

    def recognises(self, members: list[Member]) -> bool:
        return bool(members) and all(_features(loaded(member)) is not None for member in members)

    def describe(self, members: list[Member]) -> Description:
        codes: list[int] = []
        for member in members:
            content = read_json(member)
            codes += [code for _at, item in _items(content) if (code := _code(item))]
        municipalities = sum(1 for code in codes if code > 99)
        title = _("Boundaries: %(states)d states and %(municipalities)d municipalities") % {
            "states": len(codes) - municipalities,
            "municipalities": municipalities,
        }
        return Description(title, vintage_of(codes), len(codes))

    def read(self, members: list[Member]) -> Iterator[Chunk]:
        for member in members:
            content = read_json(member)
            if _features(content) is None:
                refuse(member.name, "", _("boundaries in TopoJSON or GeoJSON"))
            arcs = _arcs(member, content) if content.get("type") == "Topology" else None
            points = 0
            chunk = Chunk(member=member.name)
            for number, item in _items(content):
                chunk.rows_read += 1
                points += _read_feature(chunk, number, item, arcs)
                if points > MAX_POINTS:
                    refuse(member.name, points, _("at most %(count)d points in all") % {"count": MAX_POINTS})
                if chunk.rows_read >= CHUNK_ROWS:
                    yield chunk
                    chunk = Chunk(member=member.name)
            yield chunk


def _features(content: Any) -> list[Any] | None:
    """The features of a GeoJSON, or the geometries of every layer of a TopoJSON; None if it is neither."""
    if not isinstance(content, dict):
        return None
    if content.get("type") == "FeatureCollection" and isinstance(content.get("features"), list):
        found: list[Any] = content["features"]
        return found
    if content.get("type") != "Topology" or not isinstance(content.get("objects"), dict):
        return None
    layers = [layer.get("geometries") for layer in content["objects"].values() if isinstance(layer, dict)]
    return [geometry for layer in layers if isinstance(layer, list) for geometry in layer]


def _items(content: Any) -> Iterator[tuple[int, Any]]:
    return enumerate(_features(content) or [], start=1)


def _code(item: Any) -> int | None:
    """The official code of a feature: 2 digits (state) or 7 (municipality)."""
    if not isinstance(item, dict):
        return None
    properties = item.get("properties")
    for holder in (properties, item):
        for key in CODE_KEYS:
            code = whole_code(holder.get(key)) if isinstance(holder, dict) else None
            if code is not None:
                known = code in STATE_CODES or (1_100_000 <= code <= 5_399_999 and code // 100_000 in STATE_CODES)
                return code if known else None
    return None


def _read_feature(chunk: Chunk, number: int, item: Any, arcs: list[Ring] | None) -> int:
    code = _code(item)
    if code is None:
        found = item.get("properties") if isinstance(item, dict) else item
        expected = _("a feature with the IBGE code of a state or municipality")
        chunk.problems.append(problem(chunk.member, number, "id", found, expected))
        return 0
    try:
        geometry = item if arcs is not None else item.get("geometry")
        rings = tuple(_rings(geometry, arcs))
        if not rings:
            raise _Unsound(geometry, _("a polygon with at least one ring"))
    except _Unsound as error:
        chunk.problems.append(problem(chunk.member, number, "geometry", error.found, error.expected))
        return 0
    chunk.boundaries.append(BoundaryRow(code, rings, number))
    return sum(len(ring) for ring in rings)


def _rings(geometry: Any, arcs: list[Ring] | None) -> Iterator[Ring]:
    if not isinstance(geometry, dict):
        raise _Unsound(geometry, _("a geometry; this one is empty"))
    kind = geometry.get("type")
    body = geometry.get("arcs" if arcs is not None else "coordinates")
    if kind not in ("Polygon", "MultiPolygon"):
        raise _Unsound(kind, _("a Polygon or a MultiPolygon"))
    polygons = body if kind == "MultiPolygon" else [body]
    if not isinstance(polygons, list):
        raise _Unsound(polygons, _("a list of polygons"))
    for polygon in polygons:
        if not isinstance(polygon, list):
            raise _Unsound(polygon, _("a list of rings"))
        for ring in polygon:
            points = _joined(ring, arcs) if arcs is not None else _points(ring)
            if len(points) < 4 or points[0] != points[-1]:
                raise _Unsound(len(points), _("rings of at least four points that end where they begin"))
            yield points


def _points(ring: Any) -> Ring:
    if not isinstance(ring, list):
        raise _Unsound(ring, _("a list of points"))
    return tuple(_point(point) for point in ring)


def _point(point: Any) -> Point:
    if isinstance(point, list) and len(point) >= 2:
        longitude, latitude = point[0], point[1]
        if _inside(longitude, *LONGITUDES) and _inside(latitude, *LATITUDES):
            return float(longitude), float(latitude)
    raise _Unsound(point, _("longitude and latitude in degrees, inside Brazil"))


def _inside(value: Any, low: float, high: float) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and low <= value <= high


def _joined(ring: Any, arcs: list[Ring]) -> Ring:
    """A ring from the numbers of its arcs; ``~n`` is arc ``n`` backwards."""
    if not isinstance(ring, list) or not ring:
        raise _Unsound(ring, _("a list of arcs"))
    points: list[Point] = []
    for index in ring:
        if isinstance(index, bool) or not isinstance(index, int) or not -len(arcs) <= index < len(arcs):
            raise _Unsound(index, _("an arc that the file holds"))
        arc = arcs[index] if index >= 0 else arcs[~index][::-1]
        points.extend(arc[1:] if points else arc)
        if len(points) > MAX_POINTS:
            raise _Unsound(len(points), _("at most %(count)d points in all") % {"count": MAX_POINTS})
    return tuple(points)


def _arcs(member: Member, content: dict[str, Any]) -> list[Ring]:
    """The arcs of a topology in degrees: differences added up, then scaled and moved."""
    arcs = content.get("arcs")
    if not isinstance(arcs, list):
        refuse(member.name, arcs, _("a topology with its arcs"))
    (scale_x, scale_y), (move_x, move_y), differences = _transform(member, content.get("transform"))
    found: list[Ring] = []
    for number, arc in enumerate(arcs):
        x = y = 0.0
        points: list[Point] = []
        for step in arc if isinstance(arc, list) else [None]:
            if not isinstance(step, list) or len(step) < 2 or not all(_number(part) for part in step[:2]):
                refuse(member.name, step, _("arcs made of pairs of numbers"), row=number + 1, column="arcs")
            x, y = (x + step[0], y + step[1]) if differences else (step[0], step[1])
            point = (x * scale_x + move_x, y * scale_y + move_y)
            if not (_inside(point[0], *LONGITUDES) and _inside(point[1], *LATITUDES)):
                expected = _("longitude and latitude in degrees, inside Brazil")
                refuse(member.name, point, expected, row=number + 1, column="arcs")
            points.append(point)
        found.append(tuple(points))
    return found


def _transform(member: Member, transform: Any) -> tuple[Point, Point, bool]:
    """Scale, translation, and whether the arcs are differences (a quantised topology)."""
    if transform is None:
        return (1.0, 1.0), (0.0, 0.0), False
    pairs: list[Point] = []
    for key in ("scale", "translate"):
        pair = transform.get(key) if isinstance(transform, dict) else None
        if not isinstance(pair, list) or len(pair) != 2 or not all(_number(part) for part in pair):
            refuse(member.name, pair, _("two numbers"), column=f"transform.{key}")
        pairs.append((float(pair[0]), float(pair[1])))
    return pairs[0], pairs[1], True


def _number(value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return abs(value) < 1e15 and math.isfinite(value)


BOUNDARY_FORMATS = [Boundaries()]
