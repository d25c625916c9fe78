"""Which pages wait for a translation. Portuguese is what is written first; English follows it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from ..pages.addresses import PORTUGUESE
from ..pages.models import BasePage

TOGETHER = timedelta(minutes=10)  # what is published this close to its translation was written with it


@dataclass(frozen=True, slots=True)
class PageLine:
    """A published page whose translation is missing, is no longer published, or is older than it.

    ``twin``: the page in the other language; None where there is none. ``twin_at``: when it was last published.
    """

    page: BasePage
    twin: BasePage | None
    at: datetime | None
    twin_at: datetime | None

    @property
    def kind(self) -> str:
        """ "missing", "waiting" (a translation that is not published) or "outdated"."""
        if self.twin is None:
            return "missing"
        return "outdated" if self.twin.live else "waiting"


def pages_to_translate() -> list[PageLine]:
    """What editors still owe, the longest-waiting first. One query."""
    rows = BasePage.objects.filter(depth__gte=2).select_related("locale").order_by("path")
    pairs: dict[object, list[BasePage]] = {}
    for page in rows.defer("body", "summary"):
        pairs.setdefault(page.translation_key, []).append(page)
    lines = [line for pair in pairs.values() for line in _lines(pair)]
    return sorted(lines, key=lambda line: (line.at is None, line.at, line.page.pk))


def _lines(pair: Iterable[BasePage]) -> Iterable[PageLine]:
    """At most one line of a page and its translation."""
    held = {page.locale.language_code: page for page in pair}
    source = held.pop(PORTUGUESE, None)
    twin = next(iter(held.values()), None)
    if source is None or not source.live:
        if twin is not None and twin.live:
            yield PageLine(twin, source, twin.last_published_at, None)
    elif twin is None or not twin.live or _is_older(twin, source):
        yield PageLine(source, twin, source.last_published_at, twin.last_published_at if twin is not None else None)


def _is_older(twin: BasePage, source: BasePage) -> bool:
    if twin.last_published_at is None or source.last_published_at is None:
        return False
    return bool(twin.last_published_at + TOGETHER < source.last_published_at)
