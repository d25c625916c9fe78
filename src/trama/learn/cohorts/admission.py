"""Whether a person may come into a cohort, with which of their posts, and what is missing if not."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from trama.accounts.api import Role, active_profiles_of
from trama.know.api import members_on

from .models import Cohort, CohortOpening, Enrolment


@dataclass(frozen=True, slots=True)
class Admission:
    """``profile``: the post that the person comes with; None where the cohort asks for none. ``missing``: sentences."""

    profile: Any
    missing: tuple[str, ...] = ()


def admission(cohort: Cohort, person: Any, *, at: datetime, invited: bool = False) -> Admission:
    """Of the posts a person holds, the first that the cohort is for. An invitation opens the door of the territory.

    At most four queries and one for each territory that is listed.
    """
    profiles = active_profiles_of(person, at=at)
    roles = {row.role for row in cohort.roles.all()}
    fitting = [one for one in profiles if not roles or one.role in roles]
    missing: list[str] = []
    if roles and not fitting:
        missing.append(_("This cohort is for: %(roles)s.") % {"roles": role_names(roles)})
    if cohort.opening == Cohort.Opening.LISTED and not invited:
        openings = list(cohort.openings.select_related("network", "group", "state"))
        inside = [one for one in fitting if _inside(one, openings, at)]
        if not inside and (fitting or not roles):
            where = ", ".join(str(one) for one in openings)
            missing.append(_("This cohort is for people of: %(where)s.") % {"where": where})
        fitting = inside
    if cohort.opening == Cohort.Opening.INVITED and not invited:
        missing.append(_("This cohort is by invitation only."))
    if cohort.prior_course_id is not None and not _completed(person, cohort.prior_course_id):
        missing.append(_("This cohort asks for an earlier course: %(course)s.") % {"course": _title(cohort)})
    return Admission(fitting[0] if fitting else None, tuple(missing))


def requirements(cohort: Cohort) -> list[str]:
    """What a cohort asks, in sentences, for who reads before signing in."""
    lines = []
    roles = {row.role for row in cohort.roles.all()}
    if roles:
        lines.append(_("This cohort is for: %(roles)s.") % {"roles": role_names(roles)})
    if cohort.opening == Cohort.Opening.LISTED:
        openings = cohort.openings.select_related("network", "group", "state")
        where = ", ".join(str(one) for one in openings)
        lines.append(_("This cohort is for people of: %(where)s.") % {"where": where})
    if cohort.opening == Cohort.Opening.INVITED:
        lines.append(_("This cohort is by invitation only."))
    if cohort.prior_course_id is not None:
        lines.append(_("This cohort asks for an earlier course: %(course)s.") % {"course": _title(cohort)})
    return lines


def term(cohort: Cohort) -> str:
    """The days of a cohort, as people read them."""
    start = date_format(cohort.starts_on, "SHORT_DATE_FORMAT")
    if cohort.ends_on is None:
        return _("from %(start)s, at your own pace") % {"start": start}
    return _("%(start)s to %(end)s") % {"start": start, "end": date_format(cohort.ends_on, "SHORT_DATE_FORMAT")}


def role_names(roles: Iterable[str]) -> str:
    return ", ".join(str(Role(role).label) for role in Role.values if role in roles)


def network_of(profile: Any) -> Any:
    """The network of a post: its own, or that of its school; None for groups and organisations."""
    if profile is None:
        return None
    return profile.network or (profile.school.network if profile.school is not None else None)


def municipality_of(profile: Any) -> Any:
    """The municipality of a post; None for a state secretariat, groups and organisations."""
    if profile is None:
        return None
    if profile.school is not None:
        return profile.school.municipality
    place = profile.network.place if profile.network is not None else None
    return place if place is not None and place.kind == "municipality" else None


def _state_code(profile: Any) -> int | None:
    if profile.school is not None:
        return int(profile.school.municipality.state_code)
    return int(profile.network.place.state_code) if profile.network is not None else None


def _inside(profile: Any, openings: Iterable[CohortOpening], at: datetime) -> bool:
    network = network_of(profile)
    for one in openings:
        if one.network_id is not None and network is not None and one.network_id == network.pk:
            return True
        if one.state_id is not None and one.state_id == _state_code(profile):
            return True
        if one.group is not None:
            if profile.group_id == one.group_id:
                return True
            day = timezone.localdate(at)
            if network is not None and members_on(one.group, day).filter(network=network).exists():
                return True
            if profile.school is not None and _territory_holds(one.group, profile.school.municipality_id, day):
                return True
    return False


def _territory_holds(group: Any, municipality: int, day: Any) -> bool:
    """A state school stands in a territory when the network of its municipality belongs to it."""
    return members_on(group, day).filter(network__place=municipality).exists()


def _completed(person: Any, course: int) -> bool:
    return Enrolment.objects.filter(person=person, cohort__version__course=course, completed_at__isnull=False).exists()


def _title(cohort: Cohort) -> str:
    version = cohort.prior_course.versions.exclude(state="draft").order_by("-pk").first()  # type: ignore[union-attr]
    return str(version.title if version is not None else cohort.prior_course)
