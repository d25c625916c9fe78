"""Questions about definitions and releases."""

from collections.abc import Callable

from django.core.cache import caches
from django.db.models import Count, Max
from django.utils.translation import get_language

from .models import Indicator, Release

DAY = 24 * 3600


def data_version() -> str:
    """Changes whenever a release is published or withdrawn: what caches and validators stand on. One query."""
    found = Release.objects.filter(state=Release.State.PUBLISHED).aggregate(
        last=Max("id"), n=Count("id"), at=Max("published_at")
    )
    at = int(found["at"].timestamp()) if found["at"] else 0
    return f"{found['last'] or 0}.{found['n']}.{at}"


def definitions() -> dict[str, Indicator]:
    """Every indicator by its code, in the order of the file that ships them. One query."""
    return {one.code: one for one in Indicator.objects.all()}


def published_releases() -> dict[int, Release]:
    """Every published release by id. One query."""
    return {one.id: one for one in Release.objects.filter(state=Release.State.PUBLISHED)}


def shows_demonstration() -> bool:
    """Whether invented data are among the published: then every page says so. One query."""
    return Release.objects.filter(state=Release.State.PUBLISHED, is_demonstration=True).exists()


def kept[T](name: str, version: str, make: Callable[[], T]) -> T:
    """``make()``, remembered in this process while the data stay the same and in each language."""
    key = f"know.{name}.{version}.{get_language()}"
    found = caches["pages"].get(key)
    if found is None:
        found = make()
        caches["pages"].set(key, found, DAY)
    return found
