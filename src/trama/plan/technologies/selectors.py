"""Questions about technologies: what the catalogue shows, what a version holds, who uses it, who may work on it."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Max, Prefetch, Q, QuerySet, Sum

from trama.accounts.api import scopes_held
from trama.foundation.policies import may

from ..adoptions.funnel import adoption_count_band
from ..adoptions.models import Adoption
from ..adoptions.selectors import listed_adopters
from ..policies import PUBLISH_TECHNOLOGY, REVIEW_TECHNOLOGY
from .models import SEALED, Stage, Technology, TechnologyInstrument, TechnologyVersion

State = TechnologyVersion.State
USED = (Adoption.State.ACTIVE, Adoption.State.PAUSED, Adoption.State.FINISHED)


def public_versions() -> QuerySet[TechnologyVersion]:
    """Versions that anyone may read: published, in pilot (marked so), and retired ones, which adoptions stand on."""
    return TechnologyVersion.objects.filter(state__in=SEALED).select_related("technology__organisation")


def catalogue() -> list[TechnologyVersion]:
    """Of each technology the published version, else the one in pilot. In the order of the catalogue; three queries."""
    rows = (
        public_versions()
        .filter(state__in=[State.PUBLISHED, State.PILOT])
        .annotate(instrument_count=Count("instruments"))
        .prefetch_related("audiences", "dimensions")
        .order_by("technology__position", "technology__slug", "changed_at", "pk")
    )
    shown: dict[int, TechnologyVersion] = {}
    for row in rows:
        held = shown.get(row.technology_id)
        if held is None or held.state != State.PUBLISHED:
            shown[row.technology_id] = row
    return list(shown.values())


def version_for_reader(slug: str, label: str = "") -> TechnologyVersion | None:
    """The version that anyone reads under a slug: the one with this label, else published, in pilot, retired."""
    versions = public_versions().filter(technology__slug=slug)
    if label:
        return versions.filter(version=label).first()
    order = {State.PUBLISHED: 0, State.PILOT: 1, State.RETIRED: 2}
    found = sorted(versions.order_by("-published_at", "-pk"), key=lambda one: order[State(one.state)])
    return found[0] if found else None


def other_versions(version: TechnologyVersion) -> list[TechnologyVersion]:
    """The other versions of a technology that anyone may read, newest first. One query."""
    others = public_versions().filter(technology=version.technology_id).exclude(pk=version.pk)
    return list(others.order_by("-pk"))


def stages_of(version: TechnologyVersion) -> list[Stage]:
    """Stages with their steps and the instruments of each. Three queries."""
    return list(version.stages.prefetch_related("steps__instruments"))


def instruments_of(version: TechnologyVersion) -> list[TechnologyInstrument]:
    return list(version.instruments.all())


def versions_by_slug(slugs: list[str]) -> list[TechnologyVersion]:
    """What the catalogue shows of some technologies, in the order of the slugs. Three queries."""
    shown = {version.technology.slug: version for version in catalogue()}
    return [shown[slug] for slug in slugs if slug in shown]


@dataclass(frozen=True, slots=True)
class UsedBy:
    """Who carries out a technology: names of those that agreed, and how many there are, in bands only."""

    names: tuple[str, ...]
    band: str
    none: bool


def used_by(technology: Technology) -> UsedBy:
    """Two queries."""
    counted = (
        _used()
        .filter(version__technology=technology)
        .aggregate(
            networks=Count("network", distinct=True),
            schools=Count("school", distinct=True),
            groups=Count("group", distinct=True),
        )
    )
    many = sum(counted.values())
    names = tuple(str(scope) for scope in listed_adopters(technology))
    return UsedBy(names, adoption_count_band(many), many == 0)


def _used() -> QuerySet[Adoption]:
    return Adoption.objects.filter(state__in=USED, removed_at__isnull=True)


def versions_state() -> str:
    """Changes whenever the catalogue may show something else. One query."""
    versions = TechnologyVersion.objects.filter(state__in=SEALED).aggregate(
        n=Count("pk"), last=Max("pk"), at=Max("changed_at"), moved=Sum("technology__position")
    )
    at = versions["at"].timestamp() if versions["at"] else 0
    return f"{versions['n']} {versions['last']} {at} {versions['moved']}"


def technologies_state() -> str:
    """Changes whenever a public page of technologies may show something else, who adopts them too. Two queries."""
    adoptions = _used().aggregate(
        n=Count("pk"), named=Count("pk", filter=Q(listed=True)), changed=Sum("revision", filter=Q(listed=True))
    )
    return " ".join(map(str, (versions_state(), *adoptions.values())))


# --- who writes ---------------------------------------------------------------------------------------------------


def technologies_visible_to(user: Any) -> QuerySet[Technology]:
    """Technologies that a person may work on: those of their organisation; for the programme, all."""
    newest = TechnologyVersion.objects.order_by("-pk")
    rows = Technology.objects.select_related("organisation").prefetch_related(Prefetch("versions", newest))
    if reviews(user):
        return rows
    return rows.filter(organisation__in=scopes_held(user, "technologies").organisations)


def versions_visible_to(user: Any) -> QuerySet[TechnologyVersion]:
    """Versions, of whatever state, that a person may work on."""
    rows = TechnologyVersion.objects.select_related("technology__organisation", "submitted_by", "created_by")
    if reviews(user):
        return rows
    return rows.filter(technology__organisation__in=scopes_held(user, "technologies").organisations)


def reviews(user: Any) -> bool:
    """Whether a person belongs to the programme, which sees and reviews every technology."""
    return may(user, REVIEW_TECHNOLOGY)


def publishes(user: Any) -> bool:
    return may(user, PUBLISH_TECHNOLOGY)
