"""Enrolments, infrastructure and money."""

from django.utils.translation import gettext as _

from trama.foundation.charts import Bar, Figure, bar_chart, column_chart, line_chart

from ...vocabulary import Dependency, Stage
from ..figures import FigureKey, known, number
from ..protection import WITHHELD
from .ideb import reference_series, short_name
from .reading import MISSING, Block, Reading, Section, as_series, stages_in_order, written

LEGAL_MINIMA = {"mde_share": 25.0, "fundeb_pay_share": 70.0}
FINANCE = ("mde_share", "fundeb_pay_share", "fundeb_balance_share", "spending_per_student", "fundeb_amount")


def enrolment_section(reading: Reading) -> Section:
    """Enrolments by stage over the years, and teachers where they were counted."""
    blocks = []
    for code in ("enrolment", "teachers"):
        stages = {key.stage for key in reading.own.keys_of(code) if _whole(reading, key)}
        blocks += [block for stage in stages_in_order(stages) if (block := _count_block(reading, code, stage))]
    return Section(
        "enrolment",
        _("Enrolments and teachers"),
        _("Counts of the School Census. Groups of one to nine people are not shown, nor what would give them away."),
        tuple(blocks),
    )


def _whole(reading: Reading, key: FigureKey) -> bool:
    return key.dependency == reading.dependency and not key.grade and not key.location


def _count_block(reading: Reading, code: str, stage: str) -> Block | None:
    key = FigureKey(code, reading.dependency, stage)
    series = reading.own.cells[key]
    if not series:
        return None
    years = range(min(series), max(series) + 1)
    columns = [(str(year), series[year].value if year in series else None) for year in years]
    stage_label = str(Stage(stage).label)
    title = _("%(indicator)s, %(stage)s") % {"indicator": reading.name(code), "stage": stage_label}
    figure: Figure | None = column_chart(
        f"{code}-{stage.lower() or 'all'}",
        title,
        _("Columns by year. The numbers are in the table below the chart."),
        columns,
        row_label=_("Year"),
        value_label=reading.name(code),
        missing=MISSING,
        write=lambda value: written(value, 0),
    )
    notes = []
    if sum(value is not None for _year, value in columns) < 2:
        figure = None  # one column compares nothing: a sentence says it
        notes += [f"{year}: {written(value, 0)}." for year, value in columns if value is not None]
    withheld = [str(year) for year, value in series.items() if value.status == WITHHELD]
    if withheld:
        notes.append(_("Withheld to protect small groups: %(years)s.") % {"years": ", ".join(withheld)})
    used = [(reading.place.code, key)]
    by_location = _by_location(reading, code, stage)
    if by_location:
        notes.append(by_location[0])
        used += by_location[1]
    if not figure and not notes:
        return None
    return Block(f"{code}-{stage}".lower(), title, figure, tuple(notes), sources=reading.sources(*used))


def _by_location(reading: Reading, code: str, stage: str) -> tuple[str, list[tuple[int, FigureKey]]] | None:
    """The last year divided in urban and rural, in words."""
    keys = [FigureKey(code, reading.dependency, stage, 0, location) for location in ("U", "R")]
    urban, rural = (reading.own.cells.get(key, {}) for key in keys)
    in_rural = dict(known(rural))
    both = [(year, value, in_rural[year]) for year, value in known(urban) if year in in_rural]
    if not both:
        return None
    sentence = _("%(year)s: %(urban)s in urban schools and %(rural)s in rural schools.") % {
        "year": both[-1][0],
        "urban": written(both[-1][1], 0),
        "rural": written(both[-1][2], 0),
    }
    return sentence, [(reading.place.code, key) for key in keys]


def infrastructure_section(reading: Reading) -> Section:
    """What the schools have, in the last census read, beside the state."""
    codes = [code for code, one in reading.definitions.items() if one.family == "infrastructure"]
    found = {code: key for code in codes if (key := reading.key(code))}
    latest = {code: reading.own.latest(*key) for code, key in found.items()}
    years = {value.year for value in latest.values() if value}
    if not years:
        return Section("infrastructure", _("School infrastructure"), "", ())
    year = max(years)
    state = next(iter(reading.parents), None)
    bars, used = [], []
    for code, value in latest.items():
        if value is None or value.year != year:
            continue
        other = reading.reference(state, code, found[code].stage)[1].get(year) if state else None
        bars.append(Bar(reading.name(code), value.value, reference=number(other)))
        used.append((reading.place.code, found[code]))
    key = found[next(iter(latest))]
    figure = bar_chart(
        "infrastructure",
        _("Schools that have each item, %(year)s") % {"year": year},
        _("Bars in percent of the active schools that declared the item. The numbers are in the table below."),
        bars,
        row_label=_("Item"),
        value_label=_("%(universe)s, %% of schools") % {"universe": reading.universe(key.dependency)},
        reference_label=reading.universe(key.dependency, state) if state else "",
        write=lambda value: written(value, 1),
        highest=100,
    )
    block = Block(
        "infrastructure-items",
        _("Schools that have each item, %(year)s") % {"year": year},
        figure,
        (_("Only schools that declared the item count."),),
        sources=reading.sources(*used),
    )
    lead = _("Share of the active schools with each item, as the schools themselves declared to the School Census.")
    return Section("infrastructure", _("School infrastructure"), lead, (block,))


def finance_section(reading: Reading) -> Section:
    """What the network declared to Siope, with the legal minima."""
    blocks = [block for code in FINANCE if (block := _finance_block(reading, code))]
    return Section(
        "finance",
        _("Money for education"),
        _("What the municipality or state declared itself to Siope. A legal minimum is drawn where there is one."),
        tuple(blocks),
    )


def _finance_block(reading: Reading, code: str) -> Block | None:
    if reading.dependency in (Dependency.PRIVATE, Dependency.FEDERAL):
        return None
    stage = next((key.stage for key in reading.own.keys_of(code)), "")
    key = reading.key(code, stage)
    if key is None:
        return None
    series = reading.own.cells[key]
    references, used = reference_series(reading, code, stage)
    least = LEGAL_MINIMA.get(code)
    write = reading.write(code)
    label = _("Legal minimum: %(least)s %%") % {"least": written(least, 0)} if least else ""
    money = reading.definitions[code].unit.startswith("reais")
    heading = _("%(indicator)s (R$)") % {"indicator": reading.name(code)} if money else reading.name(code)
    figure: Figure | None = line_chart(
        code.replace("_", "-"),
        heading,
        _("Line chart by year. The numbers are in the table below the chart."),
        [as_series(reading.place.name, short_name(reading.place), series, "main"), *references],
        row_label=_("Year"),
        missing=MISSING,
        write=write,
        zero=True,
        floor=0,
        minimum=(least, label) if least else None,
    )
    notes = []
    last = reading.own.latest(*key)
    if last and len(known(series)) < 2 and not references:
        figure = None
        notes.append(f"{last.year}: {'R$ ' if money else ''}{write(last.value)}.")
    if last and least:
        words = _("at or above the legal minimum") if last.value >= least else _("below the legal minimum")
        notes.append(
            _("%(year)s: %(value)s %%, %(words)s.") % {"year": last.year, "value": write(last.value), "words": words}
        )
    return Block(code, heading, figure, tuple(notes), sources=reading.sources((reading.place.code, key), *used))
