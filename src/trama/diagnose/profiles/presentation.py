"""What the pages and files of a round show, in words: built once, so that screen, PDF and spreadsheet say the same."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from trama.foundation.charts import Figure
from trama_measure.diagnosis import ChangeKind, Level

from ..answers.official import Beside, figures_beside
from ..instruments.models import CriterionIndicator
from ..priorities.models import Priority
from ..rounds.models import Round
from .charts import group_title, profile_chart, shares_chart, source_of, whole_chart
from .models import Share
from .publication import Told
from .reading import (
    DimensionReading,
    Group,
    Line,
    Reading,
    agreed_facts_of,
    facts_of,
    read,
    starred_rows,
)
from .selectors import earlier_rounds, priorities_of
from .wording import (
    band_words,
    change_words,
    coverage_words,
    divergence_words,
    level_words,
    mean_words,
    people_words,
    percent,
    reached_words,
    size_words,
    standing_words,
)

FIRST = 5  # lines of each list of what stands out


@dataclass(frozen=True, slots=True)
class OfficialFigure:
    """An official figure beside a criterion, in words."""

    name: str
    last: str  # "87.4 % (2023)"; "" where nothing was published
    movement: str
    contrast: str  # against the level that counts; "" where it says nothing against it
    note: str


@dataclass(frozen=True, slots=True)
class Reached:
    """One of the three shares of similar networks."""

    label: str
    share: str
    own: bool  # the round's level has reached it


@dataclass(frozen=True, slots=True)
class CriterionShown:
    """One criterion, or own question."""

    line: Line
    level: str
    standing: str
    divergence: str
    people: str
    strip: tuple[int, ...]  # people at each level; empty where nobody gave one
    change: str
    figures: tuple[OfficialFigure, ...]
    similar: tuple[Reached, ...]

    @property
    def anchor_id(self) -> str:
        return f"c-{self.line.item.pk}"

    @property
    def title(self) -> str:
        return f"{self.line.code} {self.line.title}".strip()

    @property
    def dots(self) -> list[tuple[int, range]]:
        """The strip as (level, people) for drawing."""
        return [(level, range(n)) for level, n in enumerate(self.strip, start=1)]


@dataclass(frozen=True, slots=True)
class AreaShown:
    """An area, or a dimension as a whole."""

    group: Group
    title: str
    median: str
    mean: str
    coverage: str
    criteria: tuple[CriterionShown, ...]


@dataclass(frozen=True, slots=True)
class DimensionShown:
    whole: AreaShown
    areas: tuple[AreaShown, ...]
    figure: Figure

    @property
    def key(self) -> str:
        return self.whole.group.key


@dataclass(frozen=True, slots=True)
class StandsOut:
    """One list of what stands out: its heading says the number, its sentence what to do with it."""

    key: str
    heading: str
    sentence: str
    first: tuple[CriterionShown, ...]
    more: int


@dataclass(frozen=True)
class Results:
    """A round as its own people see it."""

    round: Round
    reading: Reading
    chart: Figure
    stands_out: tuple[StandsOut, ...]
    dimensions: tuple[DimensionShown, ...]
    earlier: Round | None
    comparison: tuple[str, ...]  # sentences
    left: tuple[str, ...]  # keys of criteria that left the instrument
    told: Told | None
    told_size: str

    @property
    def is_provisional(self) -> bool:
        return self.round.state != Round.State.SUBMITTED

    @property
    def criteria(self) -> list[CriterionShown]:
        return [line for dimension in self.dimensions for line in criteria_of(dimension)]

    @property
    def changed(self) -> list[CriterionShown]:
        """What rose or fell since the earlier round, in the order of the instrument."""
        moved = (ChangeKind.ROSE, ChangeKind.FELL)
        return [one for one in self.criteria if one.line.change is not None and one.line.change.kind in moved]


def criteria_of(dimension: DimensionShown) -> Sequence[CriterionShown]:
    """The criteria under a dimension, in order."""
    if not dimension.areas:
        return dimension.whole.criteria
    return [line for area in dimension.areas for line in area.criteria]


def results_of(
    of: Round,
    *,
    told: Told | None = None,
    starred: bool = False,
    dimension: str = "",
    earlier: Round | None = None,
) -> Results:
    """Everything the results page shows. A constant number of queries, whatever the size of the round."""
    facts = facts_of(of)
    if starred:
        facts = facts.only(starred_rows(facts.items))
    before = facts_of(earlier) if earlier is not None else None
    whole = read(facts, before)
    reading = whole.about(dimension) if dimension else whole
    beside = figures_beside(
        CriterionIndicator.objects.filter(criterion__in=[item.criterion_id for item in facts.items]).order_by(
            "criterion", "position"
        ),
        of,
    )
    shown = {line.item.pk: _criterion(line, beside, told) for line in reading.lines}
    return Results(
        round=of,
        reading=reading,
        chart=whole_chart("whole", reading.dimensions),
        stands_out=tuple(_stands_out(reading, shown)),
        dimensions=tuple(_dimension(one, shown) for one in reading.dimensions),
        earlier=earlier,
        comparison=tuple(_comparison(reading)),
        left=tuple(
            change.key
            for change in (reading.comparison.changes if reading.comparison else ())
            if change.kind == ChangeKind.ONLY_EARLIER
        ),
        told=told,
        told_size=size_words(*told.size) if told is not None else "",
    )


def earlier_of(of: Round, chosen: str = "") -> tuple[Round | None, list[Round]]:
    """The round to compare with (the one asked for, else the last before), and those there are. One query."""
    rounds = earlier_rounds(of)
    found = next((one for one in rounds if str(one.uid) == chosen), rounds[0] if rounds else None)
    return found, rounds


def _criterion(line: Line, beside: dict[int, list[Beside]], told: Told | None) -> CriterionShown:
    criterion = line.item.criterion
    shares = told.of(criterion) if told is not None and criterion is not None else None
    similar = (
        tuple(
            Reached(label, band_words(band), line.level >= level)
            for level, (label, band) in enumerate(zip(reached_words(), shares.bands, strict=True), start=Level.BASIC)
        )
        if shares is not None
        else ()
    )
    apart = line.apart
    return CriterionShown(
        line,
        level_words(line.level),
        standing_words(line.standing),
        divergence_words(apart),
        people_words(apart) if apart is not None else "",
        apart.distribution if apart is not None and apart.n else (),
        change_words(line),
        tuple(_official(one, line.level) for one in beside.get(criterion.pk, [])) if criterion is not None else (),
        similar,
    )


def _official(beside: Beside, level: int) -> OfficialFigure:
    last = ""
    if beside.last is not None:
        year, value = beside.last
        unit, places = " %" if beside.indicator.unit in ("percent", "%") else "", beside.indicator.decimals
        last = f"{number_format(round(value, places), places, force_grouping=True)}{unit} ({year})"
    return OfficialFigure(beside.name, last, beside.movement, beside.contrasts.get(level, ""), beside.note)


def _area(group: Group, shown: dict[int, CriterionShown]) -> AreaShown:
    return AreaShown(
        group,
        group_title(group),
        level_words(group.median) if group.shown else "",
        mean_words(group),
        coverage_words(group),
        tuple(shown[line.item.pk] for line in group.lines),
    )


def _dimension(one: DimensionReading, shown: dict[int, CriterionShown]) -> DimensionShown:
    name = f"profile-{one.whole.key}"
    return DimensionShown(
        _area(one.whole, shown), tuple(_area(area, shown) for area in one.areas), profile_chart(name, one)
    )


def _stands_out(reading: Reading, shown: dict[int, CriterionShown]) -> list[StandsOut]:
    """The lists that have something in them, strengths first."""

    def one(key: str, lines: Sequence[Line], heading: str, sentence: str) -> StandsOut:
        first = tuple(shown[line.item.pk] for line in lines[:FIRST])
        return StandsOut(key, heading % {"n": len(lines)}, sentence, first, len(lines) - len(first))

    n = {name: len(getattr(reading, name)) for name in ("strengths", "gaps", "to_confirm", "apart", "unknown")}
    found = [
        one(
            "strengths",
            reading.strengths,
            ngettext("%(n)d strength", "%(n)d strengths", n["strengths"]),
            _("Exemplary, agreed by the team and shown by evidence."),
        ),
        one(
            "gaps",
            reading.gaps,
            ngettext("%(n)d gap", "%(n)d gaps", n["gaps"]),
            _("Fragile or Basic. Fragile first, and heavier criteria before lighter ones."),
        ),
        one(
            "to-confirm",
            reading.to_confirm,
            ngettext("%(n)d strength to confirm", "%(n)d strengths to confirm", n["to_confirm"]),
            _("Exemplary, but not agreed yet or without evidence attached."),
        ),
        one(
            "apart",
            reading.apart,
            ngettext("%(n)d criterion seen differently", "%(n)d criteria seen differently", n["apart"]),
            _("People are two levels or more apart, or differ on whether it applies. Worth a conversation."),
        ),
        one(
            "unknown",
            reading.unknown,
            ngettext("%(n)d criterion nobody knows", "%(n)d criteria nobody knows", n["unknown"]),
            _("Not knowing is a finding too: find out who knows, or start to record it."),
        ),
    ]
    return [line for line in found if line.first]


def _comparison(reading: Reading) -> list[str]:
    """What changed since the earlier round, in sentences; nothing without one."""
    compared = reading.comparison
    if compared is None:
        return []
    if not compared.compared:
        return [_("No criterion can be compared: none was agreed in both rounds with the same descriptions.")]
    rose, same, fell = len(reading.rose), len(reading.changed(ChangeKind.SAME)), len(reading.fell)
    told = [
        _("Rose: %(rose)d. As before: %(same)d. Fell: %(fell)d.") % {"rose": rose, "same": same, "fell": fell},
        _("The compared criteria stand for %(share)s of the weight of this round.")
        % {"share": percent(compared.coverage)},
    ]
    changed = len(reading.changed(ChangeKind.ANCHORS_CHANGED))
    if changed:
        told.append(
            ngettext(
                "In %(n)d criterion the descriptions of the levels changed, so it is not compared.",
                "In %(n)d criteria the descriptions of the levels changed, so they are not compared.",
                changed,
            )
            % {"n": changed}
        )
    told.append(_("One level more or less in one criterion may be other people in the room. Two rounds are no trend."))
    return told


# --- what is shared -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class SharedProfile:
    """Exactly what a receiver sees of a round: agreed levels and signed priorities. No answer, reason or evidence."""

    round: Round
    with_criteria: bool
    chart: Figure
    dimensions: tuple[DimensionShown, ...]
    priorities: tuple[Priority, ...]


def shared_profile(of: Round, detail: str) -> SharedProfile:
    """What a share of this kind shows. The preview and the receiver's page both come from here."""
    reading = read(agreed_facts_of(of))
    with_criteria = detail == Share.Detail.CRITERIA
    shown = {line.item.pk: _criterion(line, {}, None) for line in reading.lines}
    dimensions = tuple(_dimension(one, shown) for one in reading.dimensions)
    if not with_criteria:
        dimensions = tuple(_without_criteria(one) for one in dimensions)
    return SharedProfile(
        of,
        with_criteria,
        whole_chart("whole", reading.dimensions),
        dimensions,
        tuple(priorities_of(of)) if with_criteria else (),
    )


def _without_criteria(one: DimensionShown) -> DimensionShown:
    """The same with its lines gone, not only hidden: no template can show them."""

    def bare(area: AreaShown) -> AreaShown:
        return replace(area, group=replace(area.group, lines=()), criteria=())

    return DimensionShown(bare(one.whole), tuple(bare(area) for area in one.areas), one.figure)


# --- a territory ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ToldCriterion:
    title: str
    shares: tuple[str, ...]  # at least basic, at least adequate, exemplary; empty where nothing is told


@dataclass(frozen=True, slots=True)
class ToldArea:
    title: str
    shares: tuple[str, ...]  # of the medians of the area
    figure: Figure | None
    criteria: tuple[ToldCriterion, ...]


@dataclass(frozen=True, slots=True)
class ToldDimension:
    title: str
    areas: tuple[ToldArea, ...]


@dataclass(frozen=True, slots=True)
class ToldPriority:
    title: str
    share: str


@dataclass(frozen=True)
class Territory:
    """A distribution of many networks, in words."""

    told: Told
    size: str
    deciding: str
    dimensions: tuple[ToldDimension, ...]
    priorities: tuple[ToldPriority, ...]  # those above the lowest band


def territory_of(told: Told) -> Territory:
    """What is told of many networks, dimension by dimension, in the order of the instrument."""
    areas: dict[int, list[Any]] = {}
    for criterion in told.reading:
        areas.setdefault(criterion.area_id, []).append(criterion)
    dimensions: dict[int, tuple[Any, list[ToldArea]]] = {}
    for criteria in areas.values():
        area = criteria[0].area
        shares = told.areas.get(area.pk)
        title = source_of(area)
        figure = shares_chart(f"area-{area.pk}", title, shares) if shares is not None else None
        lines = tuple(
            ToldCriterion(
                source_of(criterion),
                tuple(band_words(band) for band in one.bands) if (one := told.of(criterion)) is not None else (),
            )
            for criterion in criteria
        )
        words = tuple(band_words(band) for band in shares.bands) if shares is not None else ()
        dimensions.setdefault(area.dimension_id, (area.dimension, []))[1].append(ToldArea(title, words, figure, lines))
    return Territory(
        told,
        size_words(*told.size),
        size_words(*told.deciding) if told.deciding is not None else "",
        tuple(ToldDimension(source_of(dimension), tuple(lines)) for dimension, lines in dimensions.values()),
        tuple(
            ToldPriority(source_of(one.criterion), band_words(one.band)) for one in told.priorities if one.band.low > 0
        ),
    )
