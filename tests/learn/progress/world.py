"""A cohort with a learner, a trainer and somebody from elsewhere, for tests of what happens in it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any

from tests.accounts import factories as accounts
from tests.learn import factories
from tests.learn.factories import NOON
from trama.accounts.models import User
from trama.learn.models import Cohort, CohortTrainer, CourseVersion, Enrolment, Pair, PairSeat, Participation

_next = count(1)


@dataclass
class Class:
    """A running cohort of a small course."""

    version: CourseVersion
    cohort: Cohort
    enrolment: Enrolment
    learner: User
    trainer: User
    stranger: User  # learns the same course in another cohort

    @property
    def slug(self) -> str:
        return self.version.course.slug


def a_cohort(version: CourseVersion, **fields: Any) -> Cohort:
    return Cohort.objects.create(
        version=version,
        created_at=NOON,
        changed_at=NOON,
        **(
            {
                "name": f"Turma {next(_next)}",
                "state": "running",
                "starts_on": date(2026, 3, 1),
                "ends_on": date(2027, 12, 1),
            }
            | fields
        ),
    )


def an_enrolment(cohort: Cohort, person: User | None = None, *, school: Any = None, **fields: Any) -> Enrolment:
    made = Enrolment.objects.create(
        cohort=cohort,
        person=person or accounts.a_person(),
        source="self",
        asked_at=NOON,
        **({"state": "enrolled", "enrolled_at": NOON, "school": school} | fields),
    )
    Participation.objects.create(
        enrolment=made, person=made.person, cohort=cohort, front=cohort.front, started_on=date(2026, 3, 1)
    )
    return made


def a_class(slug: str = "", *, lessons_only: bool = False, joint: bool = False, **fields: Any) -> Class:
    """``lessons_only``: nothing but lessons counts. ``joint``: the assignment is one for both of a pair."""
    rules = {"quizzes_rule": "none", "assignments_rule": "none"} if lessons_only else {}
    version = factories.a_version(slug, state="draft", **(rules | fields))
    if joint:
        from trama.learn.models import Assignment

        Assignment.objects.filter(module__version=version).update(who="pair")
    factories.seal(version)
    cohort = a_cohort(version)
    learner, trainer, stranger = accounts.a_person(name="Ana Souza"), accounts.a_person(), accounts.a_person()
    CohortTrainer.objects.create(cohort=cohort, user=trainer, since=NOON)
    an_enrolment(a_cohort(version), stranger)
    return Class(version, cohort, an_enrolment(cohort, learner), learner, trainer, stranger)


def a_pair(of: Class, at: datetime = NOON) -> tuple[Pair, Enrolment]:
    """The learner as principal, and a new colleague as coordinator, of a school."""
    school = accounts.a_school()
    pair = Pair.objects.create(cohort=of.cohort, kind="school", school=school, network=school.network, created_at=at)
    colleague = an_enrolment(of.cohort, school=school)
    PairSeat.objects.create(pair=pair, post="principal", since=at, enrolment=of.enrolment)
    PairSeat.objects.create(pair=pair, post="coordinator", since=at, enrolment=colleague)
    return pair, colleague


def later(minutes: float = 0, *, days: float = 0) -> datetime:
    return NOON + timedelta(minutes=minutes, days=days)
