"""Learning and flow: proficiency on the Saeb scale, literacy in grade 2, approval, age-grade distortion."""

from django.utils.translation import gettext as _

from trama.foundation.charts import Bar, LevelMark, Series, bar_chart, level_chart, line_chart

from ...vocabulary import PlaceKind, Stage
from ..figures import FigureKey, Known, known, number
from ..saeb_levels import SCALES, group_of, level_of
from .ideb import STAGES, reference_series, short_name
from .reading import MISSING, Block, Reading, Section, as_series, points

FLOW_STAGES = ("EF", "AI", "AF", "EM", "EMI")


def proficiency_section(reading: Reading) -> Section:
    blocks = []
    for stage in STAGES:
        for subject in ("saeb_lp", "saeb_mt"):
            block = _proficiency_block(reading, subject, stage)
            if block:
                blocks.append(block)
    return Section(
        "proficiency",
        _("What students learn: Saeb"),
        _(
            "Mean proficiency of the students who took the national test in the last grade of the stage. The scale is "
            "the same for all grades and cut into official levels."
        ),
        tuple(blocks),
    )


def _proficiency_block(reading: Reading, subject: str, stage: str) -> Block | None:
    key = FigureKey(subject, reading.dependency, stage)
    series = reading.own.cells.get(key, {})
    found = known(series)
    if not found:
        return None
    last = found[-1]
    write = reading.write(subject)
    marks = [_mark(subject, stage, reading.place.name, last.value, "main")]
    used = [(reading.place.code, key)]
    for style, parent in zip(("third", "fourth"), reading.parents, strict=False):
        dependency, other = reading.reference(parent, subject, stage)
        value = number(other.get(last.year))
        if value is not None:
            label = reading.universe(dependency, parent)
            marks.append(_mark(subject, stage, label, value, style))
            used.append((parent.code, FigureKey(subject, dependency, stage)))
    scale = SCALES[subject, stage]
    stage_label = str(Stage(stage).label)
    figure = level_chart(
        f"{subject.replace('_', '-')}-{stage.lower()}",
        _("%(subject)s, %(stage)s, %(year)s")
        % {"subject": reading.name(subject), "stage": stage_label, "year": last.year},
        _("Position on the Saeb scale, cut into its official levels. The numbers are in the table below."),
        scale.cuts,
        marks,
        low=scale.low,
        high=scale.cuts[-1] + 50,
        columns=(_("Whose"), _("Saeb points"), _("Level")),
        write=write,
    )
    level = level_of(subject, stage, last.value)
    notes = [
        _("%(year)s: %(value)s points, level %(level)s of the Saeb scale.")
        % {"year": last.year, "value": write(last.value), "level": level},
        _("In the four-group reading of Soares and QEdu, which is not official, this mean is “%(group)s”.")
        % {"group": group_of(subject, stage, last.value)},
    ]
    if len(found) > 1:
        before = found[-2]
        notes.append(_("%(year)s: %(value)s points.") % {"year": before.year, "value": write(before.value)})
    heading = _("%(subject)s: %(stage)s") % {"subject": _subject(subject), "stage": stage_label}
    return Block(f"{subject}-{stage}".lower(), heading, figure, tuple(notes), sources=reading.sources(*used))


def _subject(code: str) -> str:
    return _("Portuguese") if code == "saeb_lp" else _("Mathematics")


def _mark(subject: str, stage: str, label: str, points_: float, style: str) -> LevelMark:
    level = level_of(subject, stage, points_)
    return LevelMark(label, points_, style, _("level %(level)s") % {"level": level})


def flow_section(reading: Reading) -> Section:
    """Approval by stage over the years, by grade in the last year, and age-grade distortion."""
    blocks = [block for stage in FLOW_STAGES for block in _flow_blocks(reading, stage)]
    return Section(
        "flow",
        _("Approval and school flow"),
        _("How many students pass at the end of the year, and how many are older than expected for their grade."),
        tuple(blocks),
    )


def _flow_blocks(reading: Reading, stage: str) -> list[Block]:
    blocks = []
    for code, lowest in (("approval_rate", 40.0), ("age_grade_distortion", 20.0)):
        key = FigureKey(code, reading.dependency, stage)
        series = reading.own.cells.get(key, {})
        if not known(series):
            continue
        lines = [as_series(reading.universe(reading.dependency), _("Network"), series, "main")]
        if reading.place.kind in (PlaceKind.SCHOOL, PlaceKind.COUNTRY, PlaceKind.STATE, PlaceKind.REGION):
            short = _("School") if reading.place.kind == PlaceKind.SCHOOL else short_name(reading.place)
            lines = [as_series(reading.universe(reading.dependency), short, series, "main")]
        references, used = reference_series(reading, code, stage)
        stage_label = str(Stage(stage).label)
        figure = line_chart(
            f"{code.replace('_', '-')}-{stage.lower()}",
            _("%(indicator)s, %(stage)s") % {"indicator": reading.name(code), "stage": stage_label},
            _("Line chart by year, in percent. The numbers are in the table below the chart."),
            [*lines, *references],
            row_label=_("Year"),
            missing=MISSING,
            write=reading.write(code),
            floor=0,
            ceiling=100,
            least_span=lowest,
        )
        grades = _grades_figure(reading, code, stage)
        heading = _("%(indicator)s: %(stage)s") % {"indicator": reading.name(code), "stage": stage_label}
        sources = reading.sources((reading.place.code, key), *used)
        blocks.append(Block(f"{code}-{stage}".lower(), heading, figure, sources=sources))
        if grades:
            blocks.append(grades)
    return blocks


def _grades_figure(reading: Reading, code: str, stage: str) -> Block | None:
    by_grade: dict[int, tuple[FigureKey, Known]] = {}
    for key in reading.own.keys_of(code):
        if key.dependency == reading.dependency and key.stage == stage and key.grade and not key.location:
            found = known(reading.own.cells[key])
            if found:
                by_grade[key.grade] = (key, found[-1])
    if len(by_grade) < 2:
        return None
    last = max(value.year for _key, value in by_grade.values())
    bars = [
        Bar(_("Grade %(grade)s") % {"grade": grade}, value.value if value.year == last else None, MISSING)
        for grade, (_key, value) in sorted(by_grade.items())
    ]
    title = _("%(indicator)s by grade, %(year)s") % {"indicator": reading.name(code), "year": last}
    figure = bar_chart(
        f"{code.replace('_', '-')}-{stage.lower()}-grades",
        title,
        _("Bars by grade, in percent. The numbers are in the table below the chart."),
        bars,
        row_label=_("Grade"),
        value_label=reading.name(code),
        write=reading.write(code),
        highest=100,
    )
    keys = [(reading.place.code, key) for key, _value in by_grade.values()]
    return Block(f"{code}-{stage}-grades".lower(), title, figure, sources=reading.sources(*keys))


def literacy_section(reading: Reading) -> Section:
    """Children who can read at the end of grade 2, with the targets of the national commitment."""
    rate, target = reading.key("literacy_rate"), reading.key("literacy_target")
    stage = ""
    if rate is None:
        rate, target, stage = reading.key("literacy_rate", "AI"), reading.key("literacy_target", "AI"), "AI"
    if rate is None:
        return Section("literacy", _("Literacy at grade 2"), "", ())
    series = reading.own.cells[rate]
    lines = [as_series(reading.universe(rate.dependency), short_name(reading.place), series, "main")]
    references, used = reference_series(reading, "literacy_rate", stage)
    lines += references
    used = [*used, (reading.place.code, rate)]
    if target:
        goals = reading.own.cells[target]
        lines.append(Series(reading.name("literacy_target"), _("Target"), points(goals), "target"))
        used.append((reading.place.code, target))
    figure = line_chart(
        "literacy",
        _("%(indicator)s: %(place)s") % {"indicator": reading.name("literacy_rate"), "place": reading.place.name},
        _("Line chart by year, in percent, with the targets. The numbers are in the table below the chart."),
        lines,
        row_label=_("Year"),
        missing=MISSING,
        write=reading.write("literacy_rate"),
        floor=0,
        ceiling=100,
        least_span=40,
    )
    notes = (
        _("Another official number exists for the same idea: the Saeb sample of grade 2. The two must not be mixed."),
    )
    block = Block("literacy-rate", reading.name("literacy_rate"), figure, notes, sources=reading.sources(*used))
    return Section(
        "literacy",
        _("Literacy at grade 2"),
        _("Share of children who reach 743 points or more, the official mark of a literate child."),
        (block,),
    )
