"""The Ideb on the map: of the states, of the municipalities of the country, of the municipalities of a state."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from django.utils.translation import gettext as _

from trama_measure.arrays import FloatArray

from ..territory.maps import Map, MapClass, class_of, country_map, quantile_classes, state_map
from ..vocabulary import Dependency, PlaceKind, Stage
from .peers import National, Spec
from .sections.reading import MISSING, Reading, Sources

MAP_STAGES = ("AI", "AF", "EM")  # the first with values is painted


@dataclass(frozen=True, slots=True)
class IdebMap:
    """A map with the sentence under it and its sources. ``national``: drawn by the country's template."""

    map: Map
    heading: str
    note: str
    sources: Sources
    national: bool


def ideb_maps(reading: Reading, country: National) -> tuple[IdebMap, ...]:
    """The maps of a place: the country's own, or its state. At most four queries."""
    spec = _painted(reading, country)
    if spec is None:
        return ()
    column, year = country.columns[spec], country.years[spec]
    write = reading.write("ideb")
    inside = np.ones(len(country.codes), dtype=bool)
    state = reading.place.state_code
    if reading.place.kind == PlaceKind.REGION:
        inside = country.codes // 1_000_000 == reading.place.code
    elif state is not None:
        inside = country.states == state
    breaks, classes = quantile_classes(column.values[inside], write)
    if not classes:
        return ()
    values = {
        int(code): class_of(float(value), breaks)
        for code, value in zip(country.codes[inside], column.values[inside], strict=True)
    }
    words = {
        int(code): MISSING if np.isnan(value) else write(float(value))
        for code, value in zip(country.codes[inside], column.values[inside], strict=True)
    }
    heading = _("Ideb %(year)s by municipality: %(stage)s, %(networks)s") % {
        "year": year,
        "stage": Stage(spec.stage).label,
        "networks": Dependency(spec.dependency).label,
    }
    note = _("Classes with about as many municipalities each. Hatched: no published value.")
    used = Sources(
        tuple(reading.definitions[code] for code in ("ideb",) if code in reading.definitions),
        tuple(reading.releases[r] for r in np.unique(column.releases[inside]).tolist() if r in reading.releases),
    )
    if state is None:
        if not inside.all():  # the rest of the country is not without data: the page is not about it
            classes = [*classes, MapClass("map-outside", _("outside the region"))]
            values |= {int(code): len(classes) - 1 for code in country.codes[~inside]}
        states = _state_words(country, column.values, write)
        drawn = country_map("country-map", heading, values, classes, words=lambda place: states.get(place.code, ""))
        return (IdebMap(drawn, heading, note, used, national=True),)
    here = reading.place.code if reading.place.kind == PlaceKind.MUNICIPALITY else 0
    drawn = state_map(
        "state-map", heading, state, values, classes, here=here, words=lambda code: words.get(code, MISSING)
    )
    return (IdebMap(drawn, heading, note, used, national=False),)


def _painted(reading: Reading, country: National) -> Spec | None:
    """The figure on the map: of this dependency, in the first stage that municipalities have."""
    for stage in MAP_STAGES:
        spec = Spec("ideb", reading.dependency, stage)
        if spec in country.columns and not np.isnan(country.columns[spec].values).all():
            return spec
    return None


def _state_words(country: National, values: FloatArray, write: Callable[[float], str]) -> dict[int, str]:
    """What the list says of each state: the middle municipality, and how many have a value."""
    words = {}
    for state in np.unique(country.states).tolist():
        own = values[country.states == state]
        known = own[~np.isnan(own)]
        if known.size:
            words[state] = _("median of the municipalities %(median)s (%(n)s with a value)") % {
                "median": write(float(np.median(known))),
                "n": known.size,
            }
    return words
