"""Questions about adoptions. Every page starts at ``adoptions_visible_to``, so none shows a neighbour's."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from django.apps import apps
from django.db.models import Count, Max, Q, QuerySet

from trama.accounts.api import people_in, scopes_held
from trama.diagnose.api import rounds_visible_to, zone_of
from trama.foundation.policies import may

from ..policies import EDIT_ADOPTION
from ..technologies.models import Technology, TechnologyVersion
from .calendar import FreeDays, Span, propose
from .models import (
    OPEN_STATES,
    Adoption,
    AdoptionChange,
    AdoptionEvidence,
    AdoptionMeasure,
    AdoptionNote,
    AdoptionPerson,
    AdoptionStep,
)

ADOPTABLE = (TechnologyVersion.State.PUBLISHED, TechnologyVersion.State.PILOT)
NAMED_STATES = (Adoption.State.ACTIVE, Adoption.State.PAUSED, Adoption.State.FINISHED)
SCOPES = (
    ("network", "networks", ("place",)),
    ("school", "schools", ("place", "municipality")),
    ("group", "groups", ()),
)
_WITH_OWNER = ("network__place", "school__place", "school__municipality", "group", "version__technology__organisation")


def adoptions_visible_to(user: Any) -> QuerySet[Adoption]:
    """Adoptions of the user's networks, schools and groups (with the tool), those under way first."""
    return everything_of(user).filter(removed_at__isnull=True)


def everything_of(user: Any) -> QuerySet[Adoption]:
    """The same, removed ones too: who removed one can put it back."""
    if user is None or not user.is_authenticated or not user.is_active:
        return Adoption.objects.none()
    owned = Adoption.objects.filter(scopes_held(user, "plan").owning())
    return owned.select_related(*_WITH_OWNER).order_by("state", "-starts_on", "pk")


def adoption_lines(user: Any) -> QuerySet[Adoption]:
    """Adoptions for a list, each with ``n_steps``, ``n_settled`` and ``last_change``. One query."""
    live = Q(steps__dropped_at__isnull=True)
    return adoptions_visible_to(user).annotate(
        n_steps=Count("steps", filter=live, distinct=True),
        n_settled=Count("steps", filter=live & ~Q(steps__state=AdoptionStep.State.TODO), distinct=True),
        last_change=Max("changes__at"),
    )


def column_of(scope: Any) -> str:
    """The column that keeps an owner: "network", "school" or "group"."""
    return {"teachingnetwork": "network", "school": "school", "networkgroup": "group"}[scope._meta.model_name]


def adoptions_of(scope: Any) -> QuerySet[Adoption]:
    """Adoptions of one owner, newest first, with their technology. The caller has asked whether they may be seen."""
    return (
        Adoption.objects.filter(removed_at__isnull=True, **{column_of(scope): scope})
        .select_related(*_WITH_OWNER)
        .order_by("-starts_on", "pk")
    )


def due_steps(scope: Any, until: date) -> QuerySet[AdoptionStep]:
    """Steps to do in the open adoptions of one owner that are due by ``until``, the latest first in line. One query."""
    return (
        AdoptionStep.objects.filter(
            adoption__in=adoptions_of(scope).filter(state__in=OPEN_STATES).order_by().values("pk"),
            state=AdoptionStep.State.TODO,
            dropped_at__isnull=True,
            due_on__lte=until,
        )
        .select_related("step__stage", "responsible", "adoption__version__technology")
        .order_by("due_on", "adoption", "step__stage__position", "step__position")
    )


def today_of(adoption: Adoption, at: datetime) -> date:
    """The present day where the owner is."""
    return at.astimezone(ZoneInfo(zone_of(adoption.scope))).date()


# --- opening ---------------------------------------------------------------------------------------------------------


def scopes_to_adopt_for(user: Any) -> list[Any]:
    """The networks, schools and groups for which the user may open an adoption. At most three queries."""
    held = scopes_held(user, "plan", "edit")
    found: list[Any] = []
    for column, name, related in SCOPES:
        keys = getattr(held, name)
        if keys:
            model: Any = Adoption._meta.get_field(column).related_model
            rows = model.objects.filter(pk__in=keys)
            found.extend(rows.select_related(*related) if related else rows)
    return found


def adopts_for(user: Any, owned: Any) -> bool:
    """Whether the user may open an adoption for the owner of something (a round, say). No query."""
    held = scopes_held(user, "plan", "edit")
    return any(getattr(owned, f"{column}_id") in getattr(held, name) for column, name, _related in SCOPES)


def adoptions_answering(user: Any, priorities: Iterable[int]) -> dict[int | None, list[Adoption]]:
    """Priority (primary key) to the adoptions opened for it that the user sees, title and state only. One query."""
    rows = adoptions_visible_to(user).filter(priority__in=list(priorities)).select_related(None)
    rows = rows.select_related("version").only("uid", "state", "priority", "version__title_pt", "version__title_en")
    found: dict[int | None, list[Adoption]] = {}
    for row in rows:
        found.setdefault(row.priority_id, []).append(row)
    return found


def offered_by_slug(slugs: Iterable[str]) -> dict[str, TechnologyVersion]:
    """Technology (slug) to the version that is offered for adoption, with its title only. One query."""
    rows = adoptable_versions().filter(technology__slug__in=list(slugs)).select_related(None)
    found: dict[str, TechnologyVersion] = {}
    for row in rows.select_related("technology").only("title_pt", "title_en", "technology__slug"):
        found.setdefault(row.technology.slug, row)
    return found


def adoptable_versions() -> QuerySet[TechnologyVersion]:
    """Versions that can be adopted, in the order of the catalogue, published before pilots."""
    return (
        TechnologyVersion.objects.filter(state__in=ADOPTABLE)
        .select_related("technology__organisation")
        .order_by("technology__position", "technology__slug", "-state", "-created_at")
    )


def newer_versions(adoption: Adoption) -> list[TechnologyVersion]:
    """Versions of the same technology that were made later and can be adopted, newest first. One query."""
    return list(
        adoptable_versions()
        .filter(technology=adoption.version.technology_id, pk__gt=adoption.version_id)
        .order_by("-pk")
    )


def priorities_for(scope: Any, user: Any) -> list[Any]:
    """Decided priorities of an owner's submitted rounds that the user may see, newest round first. One query."""
    rounds = rounds_visible_to(user).filter(state="submitted", **{column_of(scope): scope})
    model: Any = Adoption._meta.get_field("priority").related_model
    return list(
        model.objects.filter(list__round__in=rounds.order_by().values("pk"))
        .select_related("item__criterion__area", "item__own_question", "list__round")
        .order_by("-list__round__submitted_at", "list", "position")
    )


def stages_of(version: TechnologyVersion) -> list[Any]:
    """The stages of a version with their steps. Two queries."""
    return list(version.stages.prefetch_related("steps"))


def proposed_dates(version: TechnologyVersion, starts_on: date, free: FreeDays) -> dict[int, Span]:
    """For each step of the version (by key), when it would happen. Raises ``ImpossibleCalendar``."""
    stages = stages_of(version)
    plan = propose(starts_on, [(stage.weeks, [step.days for step in stage.steps.all()]) for stage in stages], free)
    return {
        step.pk: span
        for stage, spans in zip(stages, plan, strict=True)
        for step, span in zip(stage.steps.all(), spans, strict=True)
    }


def last_recess_of(scope: Any) -> tuple[str, str, bool] | None:
    """The recess that the owner used last, as an adoption keeps it; None if it never opened one. One query."""
    return (
        adoptions_of(scope).order_by("-opened_at").values_list("recess_from", "recess_until", "weekends_free").first()
    )


# --- one adoption ----------------------------------------------------------------------------------------------------


def steps_of(adoption: Adoption) -> list[AdoptionStep]:
    """The steps that count, in order, with what they say. One query."""
    rows = AdoptionStep.objects.filter(adoption=adoption, dropped_at__isnull=True)
    return list(rows.select_related("step__stage", "responsible", "done_by"))


def dropped_steps(adoption: Adoption) -> list[AdoptionStep]:
    """Steps that a newer version no longer has, and that were settled. One query."""
    rows = AdoptionStep.objects.filter(adoption=adoption, dropped_at__isnull=False)
    return list(rows.exclude(state=AdoptionStep.State.TODO).select_related("step__stage", "done_by"))


@dataclass(slots=True)
class StageLine:
    """A stage as it stands in an adoption."""

    stage: Any
    steps: list[AdoptionStep] = field(default_factory=list)

    @property
    def n_settled(self) -> int:
        return sum(step.state != AdoptionStep.State.TODO for step in self.steps)

    @property
    def is_done(self) -> bool:
        return bool(self.steps) and self.n_settled == len(self.steps)

    @property
    def starts_on(self) -> date:
        return min(step.starts_on for step in self.steps)

    @property
    def due_on(self) -> date:
        return max(step.due_on for step in self.steps)


@dataclass(slots=True)
class Standing:
    """Where an adoption stands on a day."""

    stages: list[StageLine]
    today: date

    @property
    def steps(self) -> list[AdoptionStep]:
        return [step for line in self.stages for step in line.steps]

    @property
    def n_steps(self) -> int:
        return len(self.steps)

    @property
    def n_settled(self) -> int:
        return sum(line.n_settled for line in self.stages)

    @property
    def n_open(self) -> int:
        return self.n_steps - self.n_settled

    @property
    def present(self) -> StageLine | None:
        """The first stage with something to do; None when everything is settled."""
        return next((line for line in self.stages if not line.is_done), None)

    @property
    def upcoming(self) -> list[AdoptionStep]:
        """The next steps to do, by their day; those that are late come first of themselves."""
        todo = [step for step in self.steps if step.state == AdoptionStep.State.TODO]
        return sorted(todo, key=lambda step: (step.due_on, step.starts_on))[:3]

    @property
    def n_late(self) -> int:
        return sum(step.state == AdoptionStep.State.TODO and step.due_on < self.today for step in self.steps)


def standing_of(adoption: Adoption, at: datetime) -> Standing:
    """The stages and steps of an adoption. One query, and one for a group's time zone."""
    return Standing(by_stage(steps_of(adoption)), today_of(adoption, at))


def by_stage(steps: Iterable[AdoptionStep]) -> list[StageLine]:
    return [StageLine(stage, list(those)) for stage, those in groupby(steps, key=lambda step: step.step.stage)]


def present_stage(adoption: Adoption) -> Any:
    """The stage where the adoption stands: the first with a step to do. One query."""
    todo = AdoptionStep.objects.filter(adoption=adoption, dropped_at__isnull=True, state=AdoptionStep.State.TODO)
    first = todo.select_related("step__stage").first()
    return first.step.stage if first is not None else None


def people_of(adoption: Adoption) -> list[AdoptionPerson]:
    return list(AdoptionPerson.objects.filter(adoption=adoption).select_related("role", "user"))


def team_of(scope: Any, at: datetime) -> list[Any]:
    """People of the owner, by name, each once. Two queries."""
    return list({profile.user_id: profile.user for profile in people_in(scope, at=at)}.values())


def evidence_of(step: AdoptionStep) -> list[AdoptionEvidence]:
    rows = AdoptionEvidence.objects.filter(step=step, removed_at__isnull=True)
    return list(rows.select_related("added_by"))


def evidence_visible_to(user: Any) -> QuerySet[AdoptionEvidence]:
    """Evidence of adoptions that the user sees."""
    return AdoptionEvidence.objects.filter(
        step__adoption__in=adoptions_visible_to(user).order_by().values("pk"), removed_at__isnull=True
    ).select_related("step__adoption")


def notes_of(adoption: Adoption, step: AdoptionStep | None = None) -> list[AdoptionNote]:
    """Notes of an adoption, or of one of its steps, newest first. One query."""
    rows = AdoptionNote.objects.filter(adoption=adoption, removed_at__isnull=True)
    rows = rows if step is None else rows.filter(step=step)
    return list(rows.select_related("by", "step__step"))


@dataclass(slots=True)
class IndicatorLine:
    """An indicator of the technology with the values that the adoption recorded, by date."""

    indicator: Any
    measures: list[AdoptionMeasure]
    of_earlier_version: bool = False

    @property
    def last(self) -> AdoptionMeasure | None:
        return self.measures[-1] if self.measures else None


def indicators_of(adoption: Adoption) -> list[IndicatorLine]:
    """Every indicator of the version, then those of an earlier version that have values. Two queries."""
    rows = AdoptionMeasure.objects.filter(adoption=adoption, removed_at__isnull=True)
    lines = {one.pk: IndicatorLine(one, []) for one in adoption.version.indicators.all()}
    for measure in rows.select_related("indicator", "by"):
        line = lines.setdefault(measure.indicator_id, IndicatorLine(measure.indicator, [], of_earlier_version=True))
        line.measures.append(measure)
    return list(lines.values())


def history_of(adoption: Adoption) -> QuerySet[AdoptionChange]:
    """Every change of an adoption, newest first."""
    return AdoptionChange.objects.filter(adoption=adoption).select_related("by", "step__step", "stage")


def is_editable_by(user: Any, adoption: Adoption) -> bool:
    return may(user, EDIT_ADOPTION, adoption)


@dataclass(frozen=True, slots=True)
class Move:
    """What moving to another version would do: steps kept (old, new), added, dropped."""

    kept: list[tuple[AdoptionStep, Any]]
    added: list[Any]
    dropped: list[AdoptionStep]


def move_to(adoption: Adoption, version: TechnologyVersion) -> Move:
    """Steps fit by stage and slug; a step that went to another stage, by a slug that only one has. Three queries."""
    old = list(AdoptionStep.objects.filter(adoption=adoption).select_related("step__stage", "done_by"))
    stages = stages_of(version)
    new = [step for stage in stages for step in stage.steps.all()]
    stage_slug = {step.pk: stage.slug for stage in stages for step in stage.steps.all()}
    pairs: dict[int, Any] = {}
    places = {(one.step.stage.slug, one.step.slug): one for one in old}
    for step in new:
        found = places.get((stage_slug[step.pk], step.slug))
        if found is not None:
            pairs[found.pk] = step
    taken = {step.pk for step in pairs.values()}
    for one in old:
        if one.pk in pairs:
            continue
        same = [step for step in new if step.slug == one.step.slug]
        rivals = [other for other in old if other.step.slug == one.step.slug]
        if len(same) == 1 and len(rivals) == 1 and same[0].pk not in taken:
            pairs[one.pk] = same[0]
            taken.add(same[0].pk)
    return Move(
        kept=[(one, pairs[one.pk]) for one in old if one.pk in pairs],
        added=[step for step in new if step.pk not in taken],
        dropped=[one for one in old if one.pk not in pairs and one.dropped_at is None],
    )


# --- help ------------------------------------------------------------------------------------------------------------


def _organisations() -> Any:
    return apps.get_model("accounts", "Organisation").objects


def organisations_to_ask(adoption: Adoption) -> list[Any]:
    """Who can be asked: the organisation that writes the technology, and the programmes. One query."""
    writer = adoption.version.technology.organisation_id
    return list(_organisations().filter(Q(pk=writer) | Q(kind="programme")).order_by("-kind", "name"))


# --- what others may know --------------------------------------------------------------------------------------------


def listed_adopters(technology: Technology) -> list[Any]:
    """The networks, schools and groups that carry out a technology and agreed to be named, by name, each once."""
    rows = Adoption.objects.filter(
        version__technology=technology, listed=True, removed_at__isnull=True, state__in=NAMED_STATES
    ).select_related("network__place", "school__place", "school__municipality", "group")
    scopes = {(adoption.scope_kind, adoption.scope.pk): adoption.scope for adoption in rows}
    return sorted(scopes.values(), key=str)
