"""What the programme and the partners read about adoptions: counts in bands, and reasons without names."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Max, Min, Q, QuerySet
from django.utils.translation import gettext as _

from ..technologies.models import Technology
from ..technologies.selectors import technologies_visible_to
from .funnel import BAND, Course, Funnel, adoption_count_band, funnel_of, weeks_words
from .models import Adoption, AdoptionChange, AdoptionStep

Kind, State = AdoptionChange.Kind, Adoption.State
STOPPED = (State.PAUSED, State.GIVEN_UP)
KIND_OF_STATE = {State.PAUSED: Kind.PAUSED, State.GIVEN_UP: Kind.GIVEN_UP}


@dataclass(frozen=True, slots=True)
class Filters:
    """Which adoptions are counted: opened in a year, in a state of the country. None: all."""

    year: int | None = None
    state: int | None = None

    @property
    def any(self) -> bool:
        return self.year is not None or self.state is not None


@dataclass(frozen=True, slots=True)
class Reason:
    """Why an adoption stopped, as its team wrote it. ``owner`` is "" unless it agreed to be named."""

    state: str
    stage: str
    cause: str
    text: str
    owner: str


def counted(technology: Technology | None, filters: Filters) -> QuerySet[Adoption]:
    """The adoptions that a funnel counts. Groups of networks have no state: a filter by state leaves them out."""
    rows = Adoption.objects.filter(removed_at__isnull=True)
    if technology is not None:
        rows = rows.filter(version__technology=technology)
    if filters.year is not None:
        rows = rows.filter(opened_at__year=filters.year)
    if filters.state is not None:
        # the state of a municipality is in its place; the place of a state network is the state itself
        rows = rows.filter(
            Q(network__place__state_code=filters.state)
            | Q(network__place=filters.state)
            | Q(school__municipality__state_code=filters.state)
        )
    return rows


def followed_technologies(user: Any) -> list[Technology]:
    """The technologies whose funnel the user reads: for the programme all, for a partner its own."""
    return list(technologies_visible_to(user).order_by("position", "slug"))


def opened_bands(technologies: list[Technology], filters: Filters) -> dict[int, str]:
    """Technology (by key) to the band of its adoptions. One query."""
    rows = counted(None, filters).filter(version__technology__in=technologies)
    many = dict(rows.values_list("version__technology").annotate(n=Count("pk")).order_by())
    return {one.pk: adoption_count_band(many.get(one.pk, 0)) for one in technologies}


def years_of(technologies: list[Technology]) -> list[int]:
    """The years from the first adoption of these technologies until the last. One query."""
    found = Adoption.objects.filter(version__technology__in=technologies, removed_at__isnull=True).aggregate(
        first=Min("opened_at"), last=Max("opened_at")
    )
    return list(range(found["first"].year, found["last"].year + 1)) if found["first"] else []


def stages_shown(technology: Technology) -> list[tuple[str, str]]:
    """The stages of the version that most recently could be adopted, then those that only earlier versions have."""
    shown: dict[str, str] = {}
    versions = technology.versions.exclude(state__in=["draft", "in_review"]).prefetch_related("stages")
    for version in sorted(versions, key=lambda one: (one.state != "published", -one.pk)):
        for stage in version.stages.all():
            shown.setdefault(stage.slug, stage.title)
    return list(shown.items())


def courses_of(technology: Technology, filters: Filters) -> list[Course]:
    """How each adoption went. Three queries, whatever their number."""
    adoptions = counted(technology, filters)
    states = dict(adoptions.values_list("pk", "state"))
    inside = adoptions.values("pk")
    done: dict[int, dict[str, Any]] = {}
    settled = (
        AdoptionStep.objects.filter(adoption__in=inside, dropped_at__isnull=True)
        .values("adoption", "step__stage__slug")
        .annotate(todo=Count("pk", filter=Q(state="todo")), last=Max("done_at"))
        .order_by()
    )
    for row in settled:
        if not row["todo"]:
            done.setdefault(row["adoption"], {})[row["step__stage__slug"]] = row["last"]
    started: dict[int, Any] = {}
    stopped: dict[int, tuple[str, str, str]] = {}
    changes = AdoptionChange.objects.filter(
        adoption__in=inside, kind__in=[Kind.STARTED, Kind.PAUSED, Kind.GIVEN_UP]
    ).order_by("pk")
    for adoption, kind, at, stage, cause in changes.values_list("adoption", "kind", "at", "stage__slug", "cause"):
        if kind == Kind.STARTED:
            started.setdefault(adoption, at)
        else:
            stopped[adoption] = (kind, stage or "", cause)
    found = []
    for key, state in states.items():
        kind, stage, cause = stopped.get(key, ("", "", ""))
        now_so = kind == KIND_OF_STATE.get(State(state), "-")
        found.append(
            Course(state, started.get(key), done.get(key, {}), stage if now_so else "", cause if now_so else "")
        )
    return found


def technology_funnel(technology: Technology, filters: Filters) -> Funnel:
    return funnel_of(courses_of(technology, filters), stages_shown(technology))


def reasons_of(technology: Technology, filters: Filters) -> list[Reason]:
    """Why adoptions are paused or were given up: all texts where ten or more adoptions of the technology stand in the
    filters, else only those whose owner agreed to be named. Two queries. In no order that tells when they were written.
    """
    rows = counted(technology, filters)
    enough = rows.count() >= BAND
    changes = (
        AdoptionChange.objects.filter(adoption__in=rows.filter(state__in=STOPPED).values("pk"))
        .filter(kind__in=[Kind.PAUSED, Kind.GIVEN_UP])
        .select_related("stage", "adoption__network", "adoption__school__place", "adoption__group")
        .order_by("pk")
    )
    last = {change.adoption_id: change for change in changes}
    found = []
    for change in last.values():
        if change.kind != KIND_OF_STATE[State(change.adoption.state)] or not (enough or change.named):
            continue
        found.append(
            Reason(
                state=change.adoption.get_state_display(),
                stage=change.stage.title if change.stage is not None else "",
                cause=change.get_cause_display(),
                text=change.reason,
                owner=str(change.adoption.scope) if change.named else "",
            )
        )
    return sorted(found, key=lambda reason: (reason.stage, reason.cause, reason.text))


def cause_words(causes: dict[str, int]) -> list[tuple[str, str]]:
    """Kinds of reason with the band of their count, the usual ones first where they are in different bands."""
    labels = dict(AdoptionChange.Cause.choices)
    order = sorted(causes, key=lambda cause: (-(causes[cause] // BAND), list(labels).index(cause)))
    return [(str(labels[AdoptionChange.Cause(cause)]), adoption_count_band(causes[cause])) for cause in order]


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the funnel, as the page and the spreadsheet show it."""

    label: str
    reached: str
    paused: str = ""
    given_up: str = ""
    weeks: str = ""
    share: int = 0  # of the opened ones, in tenths and by bands: how long the bar is


def lines_of(funnel: Funnel) -> list[Line]:
    """The funnel from opened to finished: what both the page and the spreadsheet say."""

    def share(count: int) -> int:
        return round(10 * (count // BAND) / max(funnel.opened // BAND, 1)) if count >= BAND else int(count > 0)

    band = adoption_count_band
    lines = [
        Line(_("Adoptions opened"), band(funnel.opened), share=share(funnel.opened)),
        Line(_("Adoptions started"), band(funnel.started), share=share(funnel.started)),
    ]
    lines += [
        Line(
            stage.title,
            band(stage.done),
            band(stage.paused),
            band(stage.given_up),
            weeks_words(stage.median_weeks),
            share(stage.done),
        )
        for stage in funnel.stages
    ]
    lines.append(Line(_("Adoptions finished"), band(funnel.finished), share=share(funnel.finished)))
    lines.append(Line(_("All stages together"), "", band(funnel.paused), band(funnel.given_up)))
    return lines
