"""Questions about releases. What was refused is for the team: a file sent by mistake may hold anything."""

from django.db.models import QuerySet

from ..indicators.models import Release
from .models import RejectedRow, ReleaseIndicator

SHOWN = (Release.State.PUBLISHED, Release.State.WITHDRAWN)


def public_releases() -> QuerySet[Release]:
    """What everyone may see, newest first."""
    return Release.objects.filter(state__in=SHOWN).order_by("-published_at", "-pk")


def all_releases() -> QuerySet[Release]:
    """What the team may see: also what was refused, newest first."""
    return Release.objects.exclude(state=Release.State.STAGED).order_by("-pk")


def indicators_of(release: Release) -> list[ReleaseIndicator]:
    """What a release holds, by indicator. One query."""
    return list(release.holdings.select_related("indicator").order_by("indicator__family", "indicator_id"))


def rejected_rows(release: Release) -> QuerySet[RejectedRow]:
    """The rows of a file that were not accepted, in the order of the file."""
    return release.rejected.order_by("pk")
