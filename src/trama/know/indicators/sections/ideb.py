"""The Ideb: its series beside targets and reference lines, and its parts, recomputed."""

from django.utils.translation import gettext as _

from trama.foundation.charts import Series, line_chart
from trama_measure.indicators.ideb import Scope, Verdict, difference, recompute
from trama_measure.indicators.ideb import Stage as IdebStage

from ...territory.models import Place
from ...vocabulary import Dependency, PlaceKind, Stage
from ..columns import Value
from ..figures import Editions, FigureKey, known, number
from .reading import MISSING, Block, Cell, Reading, Section, Table, as_series, points, shown, written

STAGES = ("AI", "AF", "EM", "EMI")
LAST_TARGET = 2021
REFERENCE_STYLES = ("third", "fourth")


def ideb_section(reading: Reading) -> Section:
    blocks = []
    for stage in STAGES:
        chart = _series_block(reading, stage)
        if chart:
            blocks.append(chart)
            blocks += _parts_block(reading, stage)
    return Section(
        "ideb",
        _("Ideb"),
        _(
            "The index joins what students learn (Saeb) with how many pass each year. Inep publishes it every two "
            "years, with one decimal."
        ),
        tuple(blocks),
    )


def short_name(place: Place) -> str:
    """The name of a reference line at its end: an acronym where there is one."""
    if place.kind == PlaceKind.COUNTRY:
        return "BR"
    return place.acronym or place.name[:6]


def reference_series(reading: Reading, indicator: str, stage: str) -> tuple[list[Series], list[tuple[int, FigureKey]]]:
    """The lines of the state (or region) and of the country, each saying which universe it is."""
    lines, used = [], []
    for style, parent in zip(REFERENCE_STYLES, reading.parents, strict=False):
        dependency, series = reading.reference(parent, indicator, stage)
        if series:
            lines.append(as_series(reading.universe(dependency, parent), short_name(parent), series, style))
            used.append((parent.code, FigureKey(indicator, dependency, stage)))
    return lines, used


def _series_block(reading: Reading, stage: str) -> Block | None:
    own_key = FigureKey("ideb", reading.dependency, stage)
    public_key = FigureKey("ideb", Dependency.PUBLIC, stage)
    target_key = FigureKey("ideb_target", reading.dependency, stage)
    own = reading.own.cells.get(own_key, {})
    public = reading.own.cells.get(public_key, {}) if reading.dependency != Dependency.PUBLIC else {}
    if not known(own) and not known(public):
        return None
    used = [(reading.place.code, own_key)]
    lines = [as_series(reading.universe(reading.dependency), _("Network"), own, "main")]
    if reading.place.kind == PlaceKind.SCHOOL:
        lines = [as_series(reading.place.name, _("School"), own, "main")]
    if public and reading.place.kind == PlaceKind.MUNICIPALITY and reading.dependency != Dependency.TOTAL:
        lines.append(as_series(reading.universe(Dependency.PUBLIC), _("All public"), public, "second"))
        used.append((reading.place.code, public_key))
        if target_key not in reading.own.cells:
            target_key = FigureKey("ideb_target", Dependency.PUBLIC, stage)
    references, more = reference_series(reading, "ideb", stage)
    lines += references
    targets = reading.own.cells.get(target_key, {})
    if targets:
        label = _("Target of Inep, %(universe)s") % {"universe": reading.universe(target_key.dependency)}
        lines.append(Series(label, _("Target"), points(targets), "target"))
        used.append((reading.place.code, target_key))
    label = str(Stage(stage).label)
    figure = line_chart(
        f"ideb-{stage.lower()}",
        _("Ideb, %(stage)s: %(place)s") % {"stage": label, "place": reading.place.name},
        _("Line chart by edition. The numbers are in the table below the chart."),
        lines,
        row_label=_("Edition"),
        missing=MISSING,
        write=reading.write("ideb"),
        floor=0,
        ceiling=10,
        least_span=4,
    )
    return Block(
        f"ideb-{stage.lower()}",
        label[:1].upper() + label[1:],
        figure,
        _series_notes(reading, own, public, targets, more),
        sources=reading.sources(*used, *more),
    )


def _series_notes(
    reading: Reading, own: Editions, public: Editions, targets: Editions, references: list[tuple[int, FigureKey]]
) -> tuple[str, ...]:
    notes = []
    found = known(own)
    write = reading.write("ideb")
    if found:
        last = found[-1]
        target = next((one for one in known(targets) if one.year == last.year), None)
        if target is not None:
            gap = last.value - target.value
            words = _("at or above the target") if gap >= -1e-9 else _("below the target")
            notes.append(
                _("%(year)s: %(value)s, %(words)s for the year (%(target)s).")
                % {"year": last.year, "value": write(last.value), "words": words, "target": write(target.value)}
            )
    if not found and public:
        notes.append(_("No edition is published for this network here; the line shows all public networks together."))
    if targets:
        notes.append(_("Inep published targets up to %(year)s only.") % {"year": LAST_TARGET})
    by_public = any(code and key.dependency == Dependency.PUBLIC for code, key in references)  # code 0 is the country
    if by_public and reading.dependency == Dependency.MUNICIPAL and reading.place.kind == PlaceKind.MUNICIPALITY:
        notes.append(
            _(
                "Inep does not publish the municipal networks of a state together, so the state's line shows its "
                "public networks."
            )
        )
    return tuple(notes)


def _parts_block(reading: Reading, stage: str) -> list[Block]:
    """N, P and the Ideb worked out again from them, beside what was published."""
    codes = ("ideb", "ideb_n", "ideb_p", "saeb_lp", "saeb_mt")
    keys = {code: FigureKey(code, reading.dependency, stage) for code in codes}
    cells = {code: reading.own.cells.get(key, {}) for code, key in keys.items()}
    years = [year for year in cells["ideb"] if any(year in cells[code] for code in ("saeb_lp", "saeb_mt", "ideb_p"))]
    if not years:
        return []
    scope = Scope.AGGREGATE if reading.aggregate else Scope.NETWORK
    rows, differs = [], False
    for year in reversed(years):
        row, different = _parts_row(reading, stage, scope, year, {code: cells[code].get(year) for code in codes})
        rows.append(row)
        differs = differs or different
    used = [(reading.place.code, key) for key in keys.values()]
    return [
        Block(
            f"ideb-{stage.lower()}-parts",
            _("What the Ideb is made of"),
            notes=_parts_notes(differs),
            tables=(_parts_table(rows),),
            sources=reading.sources(*used),
            folded="" if differs else _("Show the %(n)s editions") % {"n": len(rows)},
        )
    ]


def _parts_notes(differs: bool) -> tuple[str, ...]:
    what = _(
        "Ideb = N × P. N is the mean of both Saeb scores on a scale from 0 to 10; P tells how fast students go "
        "through the grades."
    )
    if not differs:
        return what, _(
            "Worked out again from its parts, the Ideb equals the published one wherever it can be computed."
        )
    return what, _(
        "Where the recomputed value differs from the published one, both are shown. A difference of 0.1 "
        "usually comes from parts that are published rounded."
    )


def _parts_table(rows: list[tuple[Cell, ...]]) -> Table:
    heads = (
        _("Edition"),
        _("Portuguese (Saeb)"),
        _("Mathematics (Saeb)"),
        _("N"),
        _("P"),
        _("Recomputed"),
        _("Published"),
        _("Check"),
    )
    return Table(_("Parts of the Ideb by edition"), heads, tuple(rows))


def _parts_row(
    reading: Reading, stage: str, scope: Scope, year: int, parts: dict[str, Value | None]
) -> tuple[tuple[Cell, ...], bool]:
    lp, mt, p = (number(parts[code]) for code in ("saeb_lp", "saeb_mt", "ideb_p"))
    measured = IdebStage.UPPER_SECONDARY if stage == "EMI" else IdebStage(stage)
    again = recompute(measured, lp, mt, p, scope=scope)
    published = number(parts["ideb"])
    verdict = difference(None if published is None else round(published, 1), again)
    words, tone = {
        Verdict.EQUAL: (_("equal"), "success"),
        Verdict.DIFFERS: (_("differs by %(by)s") % {"by": written(float(verdict.by or 0), 1)}, "warning"),
        Verdict.CANNOT_BE_COMPUTED: (_("a part is missing"), ""),
        Verdict.NOT_PUBLISHED: (_("not published"), ""),
    }[verdict.verdict]
    n = number(parts["ideb_n"])
    n = n if n is not None else (None if again.n is None else float(again.n))
    return (
        Cell(str(year)),
        shown(parts["saeb_lp"], reading.write("saeb_lp")),
        shown(parts["saeb_mt"], reading.write("saeb_mt")),
        Cell(MISSING if n is None else written(n, 2), number=True),
        shown(parts["ideb_p"], lambda value: written(value, 4)),
        Cell(MISSING if again.ideb is None else written(float(again.ideb), 1), number=True),
        shown(parts["ideb"], reading.write("ideb")),
        Cell(words, tone=tone),
    ), verdict.verdict is Verdict.DIFFERS
