"""Small worlds of cohorts: one that is open, and people with posts who may enter it."""

from datetime import date
from typing import Any

from tests.accounts import factories as make
from tests.learn.factories import NOON, a_version
from trama.accounts.roles.vocabulary import Role
from trama.learn.cohorts import services
from trama.learn.models import Cohort, Enrolment


def a_cohort(version: Any = None, *, by: Any = None, state: str = "open", **fields: Any) -> Cohort:
    """A cohort open to all, run by the programme."""
    openings, roles = fields.pop("openings", ()), fields.pop("roles", ())
    organisation = fields.pop("organisation", None)
    values = {
        "name": "Turma do Agreste",
        "opening": "listed" if openings else "all",
        "starts_on": date(2026, 3, 1),
        "ends_on": date(2026, 6, 30),
    } | fields
    leader = by or make.person_with(Role.PROGRAMME_TEAM)
    made = services.create_cohort(
        version or a_version(), values, organisation=organisation, openings=openings, roles=roles, by=leader, at=NOON
    )
    if state != "draft":
        Cohort.objects.filter(pk=made.pk).update(state=state)
        made.refresh_from_db()
    return made


def leader_of(cohort: Cohort) -> Any:
    return cohort.trainers.order_by("pk").first().user


def a_pair_of(school: Any) -> tuple[Any, Any]:
    """The principal and the coordinator of a school."""
    return (
        make.person_with(Role.SCHOOL_PRINCIPAL, school),
        make.person_with(Role.PEDAGOGICAL_COORDINATOR, school),
    )


def enrolled(cohort: Cohort, person: Any) -> Enrolment:
    from trama.learn.cohorts.enrolling import enrol

    return enrol(cohort, person, by=person, at=NOON)
