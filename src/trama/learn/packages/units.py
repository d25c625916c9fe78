"""Packages of cmi5: their units speak to the store of statements, not to the page; the room of cmi5 keeps the rules.

An attempt is a registration there, so that whoever learns the same course twice, or begins again, begins empty.
What a unit says is heard here in the transaction that stores it, and the attempt goes forward with it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from ..cmi5 import services as cmi5
from ..cmi5.models import Cmi5Course, Cmi5Registration, Cmi5Session
from ..cmi5.selectors import UnitStanding, Way, way_through
from ..cohorts.models import Cohort, Enrolment
from ..courses.models import Package, PackageFile
from ..progress.services import held
from .errors import BegunAgain
from .models import PackageAttempt, PackageLaunch
from .results import advance
from .selectors import rolled_up

Mode = Cmi5Session.Mode


@dataclass(frozen=True, slots=True)
class UnitResult:
    """What a unit came to, as every item of a package says it."""

    completed: bool
    passed: bool | None
    percent: Decimal | None


def course_of(file: PackageFile) -> Cmi5Course:
    """The course structure of a package of cmi5. One query."""
    return Cmi5Course.objects.get(package__file=file)


def way_of(attempt: PackageAttempt) -> Way:
    """How far an attempt is, unit by unit. Four queries."""
    assert attempt.registration is not None, "an attempt at a package of cmi5 has one"
    return way_through(attempt.registration.course, attempt.registration)


def results_of(way: Way) -> dict[str, UnitResult]:
    """The units that say something. What a unit asks for is met: it is gone through."""
    return {key: _result(one) for key, one in way.units.items() if one.done or one.satisfied}


def _result(one: UnitStanding) -> UnitResult:
    percent = None if one.scaled is None else max(Decimal(str(one.scaled)), Decimal(0)) * 100
    return UnitResult(one.satisfied, one.passed, percent)


def mode_of(one: UnitStanding, rule: str) -> str:
    """Review once nothing more can be gained for what the part asks (``Package.Rule``); until then Normal.

    A unit may say completed and passed once in a registration: launched in Normal it would try, and be refused.
    """
    if one.waived:
        return Mode.REVIEW
    passes = one.unit.mastery_score is not None or "Passed" in one.unit.move_on
    to_pass = one.passed is False or (passes and rule in (Package.Rule.PASSED, Package.Rule.SCORE))
    gained = one.passed if to_pass else (one.completed or one.passed)
    return Mode.REVIEW if one.satisfied and gained else Mode.NORMAL


def lock_units(enrolment: Enrolment, package: Package) -> Cmi5Registration | None:
    """Lock what the units of the open attempt write to. Before the enrolment: so does a statement that comes in."""
    if package.file is None or package.file.kind != PackageFile.Kind.CMI5:
        return None
    rows = Cmi5Registration.objects.filter(attempt__enrolment=enrolment.pk, attempt__package=package.pk)
    found = rows.filter(attempt__ended_at__isnull=True).first()
    if found is not None:
        cmi5.lock_registration(found)
    return found


def register_attempt(attempt: PackageAttempt, *, by: Any, at: datetime) -> Cmi5Registration:
    """Give an attempt the registration that its units know it by."""
    assert attempt.package.file is not None, "what is opened has a file"
    attempt.registration = cmi5.register_learner(course_of(attempt.package.file), by=by, at=at)
    attempt.save(update_fields=["registration"])
    return attempt.registration


def leave_units(registration: Cmi5Registration, *, at: datetime) -> None:
    """What runs of an attempt that ends is abandoned."""
    cmi5.close_sessions(registration, at=at)


@transaction.atomic
def open_unit(launch: PackageLaunch, unit: str, *, address: str, return_url: str, by: Any, at: datetime) -> cmi5.Launch:
    """A session of a unit, in the mode that fits where the learner stands. ``address``: where its content is.

    Raises as ``progress.services.held``, ``BegunAgain`` for an attempt that ended, and
    ``UnknownUnit``.
    """
    attempt = launch.attempt
    registration = attempt.registration
    assert registration is not None, "a launch of a package of cmi5 has one"
    cmi5.lock_registration(registration)
    held(attempt.enrolment, by)
    if not PackageAttempt.objects.filter(pk=attempt.pk, ended_at__isnull=True).exists():
        raise BegunAgain
    standing = way_of(attempt).units.get(unit)
    mode = mode_of(standing, attempt.package.rule) if standing is not None else Mode.NORMAL
    return cmi5.open_session(registration, unit, address=address, return_url=return_url, mode=mode, by=by, at=at)


@transaction.atomic
def preview_unit(file: PackageFile, unit: str, *, address: str, return_url: str, by: Any, at: datetime) -> cmi5.Launch:
    """A session in which an author looks around (Browse): no result is taken. Raises ``UnknownUnit``."""
    course = course_of(file)
    known = Cmi5Registration.objects.filter(course=course, person=by, attempt__isnull=True).first()
    registration = known or cmi5.register_learner(course, by=by, at=at)
    return cmi5.open_session(registration, unit, address=address, return_url=return_url, mode=Mode.BROWSE, by=by, at=at)


def units_told(registration: Cmi5Registration, at: datetime) -> None:
    """More of a course is satisfied or scored: its attempt goes forward, in this transaction.

    Where the learner left, or the cohort is over, the statement is kept and nothing is counted. A registration of an
    author who looks around has no attempt.
    """
    rows = PackageAttempt.objects.select_for_update(of=("self",)).select_related("enrolment__cohort", "package__file")
    attempt = rows.filter(registration=registration).first()
    if attempt is None:
        return
    enrolment, file = attempt.enrolment, attempt.package.file
    running = enrolment.cohort.state in (Cohort.State.OPEN, Cohort.State.RUNNING)
    if enrolment.state != Enrolment.State.ENROLLED or not running or file is None:
        return
    way = way_through(registration.course, registration)
    results: Mapping[str, UnitResult] = results_of(way)
    advance(attempt, rolled_up(file, results), way.seconds, by=registration.person, at=at)
