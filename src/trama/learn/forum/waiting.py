"""What is new in forums, in the one letter that a person gets: on the days that they chose, never urgent."""

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy, ngettext

from trama.foundation.waiting import Provider, Waiting

from .selectors import news_for


def news_waiting(user: Any, at: datetime, told_at: datetime | None) -> list[Waiting]:
    """A line for each cohort with posts that the person follows and has not read."""
    lines = []
    for cohort, n in news_for(user, None):
        what = ngettext(
            "%(n)d new post in the forum of %(cohort)s.", "%(n)d new posts in the forum of %(cohort)s.", n
        ) % {"n": n, "cohort": cohort.name}  # fmt: skip
        address = reverse("learn:forum", args=[cohort.uid])
        lines.append(Waiting(what, address, pause=f"{address}#letters"))
    return lines


PROVIDER = Provider(52, gettext_lazy("Forums of my cohorts"), news_waiting)
