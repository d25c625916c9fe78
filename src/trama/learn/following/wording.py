"""Lateness in words, and its table: one for the screen and the spreadsheet, so that both say the same."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ..courses.models import Part
from ..courses.presentation import Place
from ..courses.study_views import study_base
from .lateness import Late, Why
from .selectors import NetworkStanding, Standing


def day_of(day: date | None) -> str:
    return date_format(day, "SHORT_DATE_FORMAT") if day is not None else ""


def reason(one: Late, part: Part | None) -> str:
    """One reason in a sentence."""
    day = day_of(one.on)
    if one.why == Why.NEVER_CAME:
        return _("Never came, since %(day)s.") % {"day": day}
    if one.why == Why.STOPPED:
        if part is None:
            return _("Stopped on %(day)s.") % {"day": day}
        return _("Stopped on %(day)s, before “%(part)s”.") % {"day": day, "part": part.title}
    if one.why == Why.BEHIND:
        return _("Something planned until %(day)s is missing.") % {"day": day}
    if one.why == Why.RETURNED:
        return _("Work returned on %(day)s was not handed in again.") % {"day": day}
    if one.why == Why.PEERS:
        said = ngettext("Owes feedback on %(n)d work.", "Owes feedback on %(n)d pieces of work.", one.n)
        return said % {"n": one.n}
    return _("Missed %(n)d of %(of)d meetings.") % {"n": one.n, "of": one.of}


def reasons(standing: Standing) -> list[str]:
    return [reason(one, standing.next) for one in standing.late]


def next_step(standing: Standing) -> str:
    return standing.next.title if standing.next is not None else ""


def progress(standing: Standing) -> str:
    """How far a learner is, and what comes next until when. Empty for a course that asks for nothing."""
    if standing.facts.complete:
        return _("You completed this course.")
    if not standing.asked:
        return ""
    names = {"met": standing.met, "asked": standing.asked, "next": next_step(standing), "day": day_of(standing.next_on)}
    if standing.next is None:
        return _("%(met)d of %(asked)d done. What is missing waits for others.") % names
    if standing.next_on is None:
        return _("%(met)d of %(asked)d done. Next: “%(next)s”.") % names
    return _("%(met)d of %(asked)d done. Next: “%(next)s”, planned until %(day)s.") % names


def address_of_next(standing: Standing) -> str:
    """Where the next step is done; the page of the enrolment where there is none."""
    if standing.next is None:
        return reverse("learn:my_cohort", args=[standing.enrolment.uid])
    return Place(study_base(standing.enrolment.cohort.version.course)).part(standing.next)


def header() -> list[str]:
    """The labels of the cells after the name."""
    return [_("Why"), _("Next step"), _("Last activity"), _("School")]


def cells(standing: Standing) -> list[str]:
    """The cells after the name, as the screen and the spreadsheet show them."""
    row = standing.enrolment
    return [" ".join(reasons(standing)), next_step(standing), day_of(standing.facts.last_on), str(row.school or "")]


def table_of(groups: Iterable[NetworkStanding]) -> list[list[str]]:
    """The list of who is late as rows of text, the header first."""
    rows = [[_("Network"), _("Name"), _("E-mail"), *header()]]
    for group in groups:
        for one in group.people:
            person: Any = one.enrolment.person
            rows.append([group.name, str(person), person.email, *cells(one)])
    return rows
