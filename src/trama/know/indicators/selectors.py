"""Questions about definitions and releases."""

from collections.abc import Callable
from datetime import datetime
from typing import cast

from django.conf import settings
from django.db.models import Count, Max, QuerySet

from trama.foundation.prepared import prepared

from .models import Indicator, Release


def data_version() -> str:
    """Changes whenever a release is published or withdrawn: what caches and validators stand on. One query."""
    last, number, at = next(iter(_last_of_published()), (0, 0, None))
    return f"{last}.{number}.{int(at.timestamp()) if at else 0}"


@prepared
def _last_of_published() -> QuerySet[Release, tuple[int, int, datetime | None]]:
    """The last release, how many there are, and when one was last published: one row, or none."""
    rows = Release.objects.filter(state=Release.State.PUBLISHED).order_by().values("state")
    return rows.annotate(last=Max("id"), n=Count("id"), at=Max("published_at")).values_list("last", "n", "at")


def definitions() -> dict[str, Indicator]:
    """Every indicator by its code, in the order of the file that ships them. One query."""
    return {one.code: one for one in Indicator.objects.all()}


def published_releases() -> dict[int, Release]:
    """Every published release by id. One query."""
    return {one.id: one for one in Release.objects.filter(state=Release.State.PUBLISHED)}


def shows_demonstration() -> bool:
    """Whether invented data are among the published: then every page says so. One query."""
    return Release.objects.filter(state=Release.State.PUBLISHED, is_demonstration=True).exists()


_memory: dict[str, tuple[str, object]] = {}


def kept[T](name: str, version: str, make: Callable[[], T]) -> T:
    """``make()``, remembered in this process while the data stay the same. Nothing that depends on the language.

    Kept apart from the pages, which come and go by the hundred. Where pages are not kept, neither is this.
    """
    if settings.CACHES["pages"]["BACKEND"].endswith("DummyCache"):
        return make()
    known = _memory.get(name)
    if known is None or known[0] != version:
        known = (version, make())
        _memory[name] = known
    return cast(T, known[1])
