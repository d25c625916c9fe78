"""Where a network lies among the others, told in fifths, and the networks that resemble it. Never a rank."""

import numpy as np
from django.urls import reverse
from django.utils.translation import gettext as _

from trama.foundation.charts import Strip, strip_chart
from trama.foundation.charts.strips import BINS, bin_counts
from trama_measure.arrays import FloatArray
from trama_measure.disclosure import MINIMUM_GROUP
from trama_measure.indicators.position import MINIMUM_PEERS, Position, distribution, position

from ...territory.models import Place
from ...vocabulary import PlaceKind, Stage
from ..columns import NO_RECORD
from ..figures import FigureKey
from ..peers import IDEB_STAGES, National, Similar, Spec
from .reading import MISSING, Block, Cell, Reading, Section, Sources, Table, written


def position_section(reading: Reading, country: National, similar: Similar | None) -> Section:
    """The distribution of the Ideb over municipalities: of the country, of the state and of similar networks."""
    blocks = [block for stage in IDEB_STAGES if (block := _strip_block(reading, country, similar, stage))]
    if similar is not None:
        blocks.append(_similar_block(reading, country, similar))
    return Section(
        "position",
        _("Among other networks"),
        _(
            "How the municipalities are spread, and where this one lies. It is told in fifths: a place in a row of "
            "winners would say more than the figures do."
        ),
        tuple(blocks),
    )


def _strip_block(reading: Reading, country: National, similar: Similar | None, stage: str) -> Block | None:
    spec = Spec("ideb", reading.dependency, stage)
    column = country.columns.get(spec)
    if column is None or np.isnan(column.values).all():
        return None
    year = country.years[spec]
    row = country.row(reading.place.code) if reading.place.kind == PlaceKind.MUNICIPALITY else None
    if row is not None and column.statuses[row] == NO_RECORD:
        return None  # no release speaks of this stage here: most municipal networks have no upper secondary
    own = None if row is None or np.isnan(column.values[row]) else float(column.values[row])
    low, high = float(np.floor(np.nanmin(column.values))), float(np.ceil(np.nanmax(column.values)))
    high = max(high, low + 1)
    strips = [strip_of(_("Municipalities of Brazil"), column.values, own, low, high)]
    state = reading.place.state_code
    if state is not None:
        parent = _state(reading)
        label = _("Municipalities of %(state)s") % {"state": parent.name if parent else state}
        strips.append(strip_of(label, column.values[country.states == state], own, low, high))
    if similar is not None:
        near = column.values[similar.neighbours.index]
        dots = tuple(float(value) for value in near if not np.isnan(value))
        if dots:
            note = _("%(n)s of the %(all)s similar networks have a published value") % {
                "n": len(dots),
                "all": len(near),
            }
            strips.append(Strip(_("Similar networks"), (low,) * 6, (), own, note, dots))
    title = _("Ideb %(year)s, %(stage)s: how municipalities are spread") % {"year": year, "stage": Stage(stage).label}
    figure = strip_chart(
        f"position-{stage.lower()}",
        title,
        _("Distribution of the values with the limits of the fifths. The numbers are in the table below."),
        strips,
        low=low,
        high=high,
        columns=(_("Among"), _("Limits of the fifths"), reading.place.name, _("Position")),
        write=reading.write("ideb"),
    )
    notes = [f"{strip.label}: {strip.note}." for strip in strips if strip.note]
    notes.append(_("%(year)s is the last edition with figures of the whole country.") % {"year": year})
    if own is None and row is not None:
        notes.insert(
            0, _("No value is published for %(place)s in %(year)s.") % {"place": reading.place.name, "year": year}
        )
    sources = Sources(
        tuple(reading.definitions[code] for code in ("ideb",) if code in reading.definitions),
        tuple(reading.releases[r] for r in np.unique(column.releases).tolist() if r in reading.releases),
    )
    return Block(f"position-{stage.lower()}-block", title, figure, tuple(notes), sources=sources)


def _state(reading: Reading) -> Place | None:
    if reading.place.kind == PlaceKind.STATE:
        return reading.place
    return next((parent for parent in reading.parents if parent.kind == PlaceKind.STATE), None)


def strip_of(label: str, values: FloatArray, own: float | None, low: float, high: float) -> Strip:
    """One universe of peers, counted over the axis ``low``-``high``, with the position of ``own`` in words."""
    peers = distribution(values)
    if peers.n < MINIMUM_PEERS:
        return Strip(label, (low,) * 6, (), own, _("too few networks with a value to tell a position"))
    known = peers.sorted_values
    limits = [float(peers.deciles[k]) for k in (1, 3, 5, 7)]
    cuts = (float(known[0]), limits[0], limits[1], limits[2], limits[3], float(known[-1]))
    note = "" if own is None else position_words(position(own, peers))
    missing = _("%(n)s with a value, %(missing)s without") % {
        "n": written(peers.n, 0),
        "missing": written(peers.n_missing, 0),
    }
    return Strip(
        label,
        cuts,
        bin_counts(known.tolist(), low, high, _bins(low, high)),
        own,
        f"{note} ({missing})" if note else missing,
    )


def _bins(low: float, high: float) -> int:
    """Bins of two tenths where the axis is an index of whole points, so that no bin holds more steps than its
    neighbour; forty otherwise."""
    span = high - low
    return round(5 * span) if float(low).is_integer() and float(high).is_integer() and 2 <= span <= 10 else BINS


def position_words(found: Position) -> str:
    """The fifth, and the share of peers below, in words."""
    if found.fifth is None:
        return _("too few networks with a value to tell a position")
    fifth = (
        _("in the lowest fifth"),
        _("in the second fifth from below"),
        _("in the middle fifth"),
        _("in the second fifth from above"),
        _("in the highest fifth"),
    )[found.fifth - 1]
    return _("%(fifth)s; about %(share)s %% of the networks have a lower value") % {
        "fifth": fifth,
        "share": found.percent_below,
    }


def _similar_block(reading: Reading, country: National, similar: Similar) -> Block:
    """Each network with the values compared, what each adds to the distance, and its Ideb."""
    stages = [stage for stage in IDEB_STAGES[:2] if Spec("ideb", reading.dependency, stage) in country.columns]
    ideb = [country.columns[Spec("ideb", reading.dependency, stage)].values for stage in stages]
    years = [country.years[Spec("ideb", reading.dependency, stage)] for stage in stages]
    rows = []
    own = country.row(reading.place.code)
    near = similar.neighbours
    order: list[tuple[int, float | None, FloatArray | None]] = [] if own is None else [(own, None, None)]
    for k, row in enumerate(near.index.tolist()):
        order.append((row, float(near.distance[k]), near.contributions[k]))
    for row, distance, contributions in order:
        cells = [Cell(country.names[row], href=reverse("know:place", args=[int(country.codes[row])]))]
        cells += [Cell(MISSING if np.isnan(v[row]) else written(float(v[row]), 1), number=True) for v in ideb]
        cells.append(Cell(_("this network") if distance is None else written(distance, 2), number=True))
        for column, feature in enumerate(similar.features):
            text = _feature_value(feature.code, _shown(reading, similar, feature.code, row, column))
            if contributions is not None and not np.isnan(contributions[column]):
                text += f" (+{written(float(contributions[column]), 3)})"
            cells.append(Cell(text, number=True))
        rows.append(tuple(cells))
    names = [
        _("Ideb %(stage)s, %(year)s") % {"stage": stage, "year": year}
        for stage, year in zip(stages, years, strict=True)
    ]
    labels = [_feature_name(reading, country, similar, feature.code) for feature in similar.features]
    table = Table(
        _("The networks most like that of %(place)s") % {"place": reading.place.name},
        (_("Municipality"), *names, _("Distance"), *labels),
        tuple(rows),
    )
    notes = (
        _(
            "Alike in what is compared here, not in results. Each feature is put on one scale over the country; the "
            "number in brackets is what it adds to the squared distance. 0 is alike in everything; about 1 is one "
            "usual spread away."
        ),
    )
    keys = [
        (reading.place.code, FigureKey(spec.indicator, spec.dependency, spec.stage)) for spec in similar.specs.values()
    ]
    return Block(
        "similar", _("Similar networks"), notes=notes, tables=(table,), sources=reading.sources(*keys), wide=True
    )


def _shown(reading: Reading, similar: Similar, code: str, row: int, column: int) -> float:
    """The value compared; not told where it counts a small group of people."""
    value = float(similar.values[row, column])
    spec = similar.specs.get(code)
    definition = reading.definitions.get(spec.indicator) if spec else None
    return np.nan if definition and definition.person_count and value < MINIMUM_GROUP else value


def _feature_name(reading: Reading, country: National, similar: Similar, code: str) -> str:
    spec = similar.specs.get(code)
    if spec is None:
        return _("Region")
    name = reading.name(spec.indicator)
    if spec.stage:
        name = _("%(indicator)s, %(stage)s") % {"indicator": name, "stage": spec.stage}
    if code.startswith("share_"):
        name = _("%(name)s (%% of all)") % {"name": name}
    return _("%(name)s, %(year)s") % {"name": name, "year": country.years[spec]}


def _feature_value(code: str, value: float) -> str:
    if np.isnan(value):
        return MISSING
    if code == "region":
        return str(
            {1: _("North"), 2: _("Northeast"), 3: _("Southeast"), 4: _("South"), 5: _("Centre-West")}.get(
                int(value), "–"
            )
        )
    if code.startswith("share_"):
        return written(value, 1)
    return written(value, 0)
