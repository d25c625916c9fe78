"""What the first start invents of cohorts. All of it or nothing; a second time changes nothing."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, TextIO

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from trama.accounts.api import DemonstrationTeam, demonstration_team

from ..cohorts import enrolling, pairing, services
from ..cohorts.models import Cohort, Enrolment
from ..courses.models import CourseVersion
from .acts import hold_meeting, study, write_topic
from .content import BrokenDemonstration, script


def show_demonstration_cohorts(stream: TextIO) -> None:
    """What the first start does: invent cohorts, and say so. What does not fit is left out; the site starts."""
    team = demonstration_team(timezone.now())
    if team is None or "programme" not in team.people:
        return
    try:
        made = make_cohorts(team)
    except BrokenDemonstration as broken:
        stream.write(_("The invented cohorts were left out: %(why)s") % {"why": broken} + "\n")
        return
    if made:
        said = _("Invented cohorts to look at: %(count)d. The programme's team trains them.") % {"count": made}
        stream.write(said + "\n")


@transaction.atomic
def make_cohorts(team: DemonstrationTeam) -> int:
    """The invented cohorts, run by the programme's team. Returns how many; none where one is there already.

    A course that is not loaded is left out with its cohort. Raises ``BrokenDemonstration``.
    """
    raw = script()
    if Cohort.objects.filter(name__startswith=raw["label"]).exists():
        return 0
    published = CourseVersion.objects.filter(state=CourseVersion.State.PUBLISHED)
    versions = {one.course.slug: one for one in published.select_related("course")}
    told = [one for one in raw["cohort"] if one["course"] in versions]
    for one in told:
        _cohort(team, raw["label"], one, versions[one["course"]])
    return len(told)


def _cohort(team: DemonstrationTeam, label: str, one: Mapping[str, Any], version: CourseVersion) -> None:
    trainer, begun = team.people["programme"], team.ago(one["begins"])
    ends = team.ago(one["ends"]) if "ends" in one else team.now + timedelta(days=one["ends_in"])
    fields = {
        "name": f"{label}: {one['name']}", "opening": Cohort.Opening.ALL, "note": one.get("note", ""),
        "places": one.get("places"),
        "starts_on": timezone.localdate(begun), "ends_on": timezone.localdate(ends),
    }  # fmt: skip
    cohort = services.create_cohort(version, fields, by=trainer, at=begun)
    cohort = services.move_cohort(cohort, Cohort.State.OPEN, by=trainer, at=begun)
    cohort = services.move_cohort(cohort, Cohort.State.RUNNING, by=trainer, at=begun)
    rows = _enrolled(team, one, cohort)
    acts = [act for line in one["person"] if line["who"] in rows for act in study(team, one, rows, line)]
    acts += [act for line in one.get("meeting", []) for act in hold_meeting(team, cohort, rows, line)]
    acts += [act for line in one.get("topic", []) for act in write_topic(team, cohort, line)]
    for _at, act in sorted(acts, key=lambda pair: pair[0]):  # what happened first is written first
        act()
    if one.get("ended"):
        cohort.refresh_from_db()
        services.move_cohort(cohort, Cohort.State.ENDED, by=trainer, at=ends)


def _enrolled(team: DemonstrationTeam, one: Mapping[str, Any], cohort: Cohort) -> dict[str, Enrolment]:
    """Who takes part, by the key of the person, each seated in their pair or team where their post has a seat."""
    at = team.ago(one["enrolled"])
    rows = {}
    for line in one["person"]:
        person = team.people.get(line["who"])
        if person is None:
            continue
        row = enrolling.enrol(cohort, person, by=person, at=at)
        rows[line["who"]] = row
        if row.role in pairing.POST_OF_ROLE:
            pairing.take_seat(row, by=person, at=at)
    return rows
