"""Questions about instruments: which versions may be read, what they hold, what differs; and whose own questions."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Count, Exists, F, Max, OuterRef, Prefetch, Q, QuerySet

from trama.accounts.api import scopes_held
from trama.foundation.prepared import prepared
from trama.know.api import scope_fields

from ..rounds.models import RoundItem
from .models import (
    Area,
    Criterion,
    CriterionIndicator,
    CriterionTechnology,
    Dimension,
    InstrumentVersion,
    Level,
    LevelMeaning,
    OwnQuestion,
    Respondent,
)
from .structure import (
    LEVELS,
    AreaData,
    Both,
    CriterionData,
    DimensionData,
    IndicatorData,
    RespondentData,
    VersionData,
    four,
)

State = InstrumentVersion.State


def public_versions() -> QuerySet[InstrumentVersion]:
    """Versions that anyone may read: those published now, and those that were. Newest of an instrument first."""
    return (
        InstrumentVersion.objects.exclude(state=State.DRAFT)
        .select_related("instrument")
        .order_by("instrument__position", "instrument__slug", "-published_at", "-pk")
    )


def current_versions() -> QuerySet[InstrumentVersion]:
    """The published version of each instrument, with ``criteria_count`` and ``starred_count``. One query."""
    return public_versions().filter(state=State.PUBLISHED).annotate(**_counts())


def current_version(slug: str) -> InstrumentVersion | None:
    """The version of an instrument that new rounds use, or None while it has none."""
    return current_versions().filter(instrument__slug=slug).first()


def version_of(slug: str, label: str = "") -> InstrumentVersion | None:
    """A version that anyone may read: the one with this label, or the current one (if all are retired, the last)."""
    found = _public_version(slug, label, None) if label else _public_version(slug, None, State.PUBLISHED.value)
    if not found and not label:
        found = _public_version(slug, None, None)
    return next(iter(found), None)


@prepared
def _public_version(slug: str, label: str | None, state: str | None) -> QuerySet[InstrumentVersion]:
    """The newest with this label, or in this state."""
    asked = {"version": label, "state": state}
    versions = public_versions().filter(
        instrument__slug=slug, **{name: one for name, one in asked.items() if one is not None}
    )
    return versions.annotate(**_counts())[:1]


def drafts() -> QuerySet[InstrumentVersion]:
    """Versions that nobody but the programme's people reads yet."""
    return (
        InstrumentVersion.objects.filter(state=State.DRAFT)
        .select_related("instrument", "created_by")
        .annotate(**_counts())
        .order_by("-created_at", "-pk")
    )


def _counts() -> dict[str, Any]:
    starred = Count("criteria", filter=Q(criteria__starred=True), distinct=True)
    return {"criteria_count": Count("criteria", distinct=True), "starred_count": starred}


def instruments_state() -> str:
    """Changes whenever a public page of instruments may show something else. One query."""
    return " ".join(f"{state} {n} {at and at.timestamp()} {last}" for state, n, at, last in _numbers_of_public())


@prepared
def _numbers_of_public() -> QuerySet[InstrumentVersion, tuple[str, int, datetime | None, int]]:
    """For each state: how many versions, when the last was published, and the last."""
    rows = InstrumentVersion.objects.exclude(state=State.DRAFT).order_by("state").values("state")
    found = rows.annotate(n=Count("pk"), at=Max("published_at"), last=Max("pk"))
    return found.values_list("state", "n", "at", "last")


def dimensions_of(version: InstrumentVersion) -> list[Dimension]:
    """Dimensions with their areas and criteria, in order. Three queries."""
    criteria = Prefetch("criteria", Criterion.objects.order_by("position"))
    areas = Prefetch("areas", Area.objects.order_by("position").prefetch_related(criteria))
    return list(version.dimensions.order_by("position").prefetch_related(areas))


def whole_dimensions_of(version: InstrumentVersion) -> list[Dimension]:
    """Like ``dimensions_of``, with all that a criterion says: respondents and figures too. Five queries."""
    criteria = Prefetch(
        "criteria",
        Criterion.objects.order_by("position").prefetch_related(
            Prefetch("respondents", Respondent.objects.order_by("position")), "indicators"
        ),
    )
    areas = Prefetch("areas", Area.objects.order_by("position").prefetch_related(criteria))
    return list(version.dimensions.order_by("position").prefetch_related(areas))


def criterion_of(version: InstrumentVersion, key: str) -> Criterion | None:
    """One criterion with everything its page shows. Four queries."""
    return (
        version.criteria.filter(key=key)
        .select_related("area__dimension", "version__instrument")
        .prefetch_related(
            Prefetch("respondents", Respondent.objects.order_by("position")), "indicators", "technologies"
        )
        .first()
    )


def criteria_of_technology(slug: str) -> list[Criterion]:
    """Criteria of the current versions that a technology answers, with version, area and dimension. One query."""
    return list(
        Criterion.objects.filter(version__state=State.PUBLISHED, technologies__technology=slug)
        .select_related("version__instrument", "area__dimension")
        .order_by("version__instrument__position", "position")
    )


def dimensions_of_networks() -> list[Dimension]:
    """The dimensions of the present self-diagnosis of a network, in order. One query."""
    current = Dimension.objects.filter(
        version__state=State.PUBLISHED, version__instrument__scope="network", version__instrument__slug="rede"
    )
    return list(current.order_by("position"))


def neighbours_of(criterion: Criterion) -> tuple[Criterion | None, Criterion | None]:
    """The criterion before, and the one after. One query."""
    around = {
        found.position: found
        for found in Criterion.objects.filter(
            version=criterion.version_id, position__in=[criterion.position - 1, criterion.position + 1]
        )
    }
    return around.get(criterion.position - 1), around.get(criterion.position + 1)


def version_data(version: InstrumentVersion) -> VersionData:
    """Everything a version says, as plain values. Eight queries."""

    def both(row: models.Model, name: str) -> Both:
        return Both(getattr(row, f"{name}_pt"), getattr(row, f"{name}_en"))

    criteria = Prefetch(
        "criteria",
        Criterion.objects.order_by("position").prefetch_related(
            "respondents",
            Prefetch("indicators", CriterionIndicator.objects.order_by("position")),
            Prefetch("technologies", CriterionTechnology.objects.order_by("position")),
        ),
    )
    areas = Prefetch("areas", Area.objects.order_by("position").prefetch_related(criteria))
    meanings = {row.level: both(row, "meaning") for row in LevelMeaning.objects.filter(version=version)}
    return VersionData(
        slug=version.instrument.slug,
        scope=version.instrument.scope,
        version=version.version,
        title=both(version, "title"),
        summary=both(version, "summary"),
        guidance=both(version, "guidance"),
        authors=both(version, "authors"),
        note=both(version, "note"),
        levels=four(meanings.get(level, Both()) for level in Level),
        respondents=tuple(
            RespondentData(row.key, both(row, "name")) for row in version.respondents.order_by("position")
        ),
        dimensions=tuple(
            DimensionData(
                dimension.code,
                dimension.slug,
                both(dimension, "title"),
                both(dimension, "summary"),
                tuple(
                    AreaData(
                        area.code,
                        area.slug,
                        both(area, "title"),
                        both(area, "summary"),
                        tuple(_criterion_data(criterion) for criterion in area.criteria.all()),
                    )
                    for area in dimension.areas.all()
                ),
            )
            for dimension in version.dimensions.order_by("position").prefetch_related(areas)
        ),
    )


def _criterion_data(row: Criterion) -> CriterionData:
    def both(name: str) -> Both:
        return Both(getattr(row, f"{name}_pt"), getattr(row, f"{name}_en"))

    evidence = both("evidence")
    lines = zip(evidence.pt.split("\n"), evidence.en.split("\n"), strict=True) if evidence else ()
    return CriterionData(
        key=row.key,
        code=row.code,
        title=both("title"),
        question=both("question"),
        anchors=four(both(name) for name in LEVELS),
        starred=row.starred,
        weight=row.weight,
        reach=row.reach,
        governability=row.governability,
        respondents=tuple(sorted(respondent.key for respondent in row.respondents.all())),
        evidence=tuple(Both(pt, en) for pt, en in lines),
        law=both("law"),
        why=both("why"),
        technologies=tuple(link.technology for link in row.technologies.all()),
        indicators=tuple(_indicator_data(figure) for figure in row.indicators.all()),
    )


def _indicator_data(row: CriterionIndicator) -> IndicatorData:
    cuts = None
    if row.cut_basic is not None and row.cut_adequate is not None and row.cut_exemplary is not None:
        cuts = (row.cut_basic, row.cut_adequate, row.cut_exemplary)
    return IndicatorData(row.indicator, row.stage, row.better, Both(row.note_pt, row.note_en), cuts)


def matching_criteria(before: InstrumentVersion, after: InstrumentVersion) -> dict[int, int]:
    """Criteria of two versions of one instrument whose answers can be compared: primary key before to after.

    They have the same key, and question and levels did not change. Two queries.
    """
    known = {
        (key, anchors): pk
        for pk, key, anchors in Criterion.objects.filter(version=after).values_list("pk", "key", "anchors_hash")
    }
    if before.instrument_id != after.instrument_id:
        return {}
    rows = Criterion.objects.filter(version=before).order_by("position").values_list("pk", "key", "anchors_hash")
    return {pk: known[key, anchors] for pk, key, anchors in rows if (key, anchors) in known}


# --- own questions ------------------------------------------------------------------------------------------------


def own_questions_of(scope: models.Model) -> QuerySet[OwnQuestion]:
    """The questions that a round opened now for a network, school or group includes: its own, not retired, in order."""
    return OwnQuestion.objects.filter(retired_at__isnull=True, **scope_fields(scope)).order_by("created_at", "pk")


def own_questions_visible_to(user: Any) -> QuerySet[OwnQuestion]:
    """Questions of the user's network, school or group (with the tool), retired ones too; ``used``: a round asks it."""
    asked = RoundItem.objects.filter(own_question=OuterRef("pk"))
    return (
        OwnQuestion.objects.filter(scopes_held(user, "diagnosis").owning())
        .select_related("network", "school__place", "group", "created_by")
        .annotate(used=Exists(asked))
        .order_by(F("retired_at").asc(nulls_first=True), "created_at", "pk")
    )


def is_asked(question: OwnQuestion) -> bool:
    """Whether a round, of whatever state, asks the question."""
    return RoundItem.objects.filter(own_question=question).exists()


def owners_for(user: Any) -> list[models.Model]:
    """The networks, schools and groups for which the user may write questions now. At most three queries."""
    held = scopes_held(user, "diagnosis", "edit")

    def rows(field: str, keys: Iterable[int]) -> list[models.Model]:
        if not keys:
            return []
        owner: Any = OwnQuestion._meta.get_field(field).related_model
        return list(owner.objects.filter(pk__in=keys).order_by("pk"))

    return [*rows("network", held.networks), *rows("school", held.schools), *rows("group", held.groups)]
