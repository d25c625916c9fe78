"""Verbs on a learner's way through a package: open it, keep what it says, begin again; and what follows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from trama.foundation.prepared import prepared

from ..courses.models import Package, PackageFile
from ..progress.services import content_hash, held
from .cmi import NotKept, Result, checked, result_of
from .errors import CommitRefused, NoFileYet, OtherCommit
from .models import PackageAttempt, PackageCommit, PackageLaunch, PackageState
from .results import advance
from .selectors import commit_of, rolled_up, runnable, seconds_more, states_of
from .units import leave_units, lock_units, register_attempt, units_told

SLACK = 60  # seconds that a device's clock may run ahead of a launch


@transaction.atomic
def open_package(enrolment: Any, package: Package, *, by: Any, at: datetime) -> PackageLaunch:
    """A new launch of the attempt that is open, or of a first one.

    Raises as ``progress.services.held``, ``NoFileYet``, and ``PermissionDenied`` for a package of another version.
    """
    lock_units(enrolment, package)
    locked = held(enrolment, by)
    if package.module.version_id != locked.cohort.version_id:
        raise PermissionDenied
    if package.file is None or not runnable(package.file):
        raise NoFileYet
    attempts = PackageAttempt.objects.filter(enrolment=locked, package=package)
    attempt = attempts.filter(ended_at__isnull=True).first()
    if attempt is None:
        number = attempts.count() + 1
        attempt = PackageAttempt.objects.create(
            enrolment=locked, package=package, number=number, began_at=at, changed_at=at
        )
    attempt.launches += 1
    attempt.changed_at = at
    attempt.save(update_fields=["launches", "changed_at"])
    if package.file.kind == PackageFile.Kind.CMI5:
        units_told(attempt.registration or register_attempt(attempt, by=by, at=at), at)
    return PackageLaunch.objects.create(attempt=attempt, number=attempt.launches, at=at)


@transaction.atomic
def begin_again(enrolment: Any, package: Package, *, by: Any, at: datetime) -> PackageLaunch:
    """End the open attempt, so that the package begins empty; what was reached still counts. Raises as above."""
    registration = lock_units(enrolment, package)
    locked = held(enrolment, by)
    if registration is not None:
        leave_units(registration, at=at)
    PackageAttempt.objects.filter(enrolment=locked, package=package, ended_at__isnull=True).update(ended_at=at)
    return open_package(enrolment, package, by=by, at=at)


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of a commit: its row, and whether it was kept before; where the item stands, if it was not."""

    commit: PackageCommit
    again: bool = False
    state: PackageState | None = None


@transaction.atomic
def keep_commit(launch: PackageLaunch, item: str, number: int, data: Any, *, by: Any, at: datetime) -> Kept:
    """Keep what a package said: its place if nothing newer is known, its result if it is a better one.

    The same number of the same launch again changes nothing. A commit of an earlier launch, or one that arrives after a
    later one, is kept and does not move the place; what it says of the result still counts. Raises as ``held``,
    ``CommitRefused`` for what the standard does not allow, ``OtherCommit`` where the number came with other content.
    """
    attempt = launch.attempt
    held(attempt.enrolment, by)
    file = attempt.package.file
    (attempt,) = _locked(attempt.pk)
    found = next((one for one in runnable(file) if one["id"] == item), None) if file is not None else None
    if file is None or found is None:
        raise CommitRefused("item")
    try:
        kept = checked(file.kind, data)
    except NotKept as error:
        raise CommitRefused(error.where) from error
    told = content_hash([item, kept])
    if (known := _known(launch, item, number, told)) is not None:
        return Kept(known, again=True)
    result = result_of(file.kind, kept, found)
    session = min(result.seconds, max(int((at - launch.at) / timedelta(seconds=1)), 0) + SLACK)
    states = states_of(attempt)
    state = states.get(item)
    moved = state is None or (launch.number, number) > (state.launch.number, state.number)
    try:
        with transaction.atomic():
            commit = PackageCommit.objects.create(
                launch=launch, item=item, number=number, content_hash=told, moved=moved, completed=result.completed,
                passed=result.passed, percent=result.percent, session=session, at=at,
            )  # fmt: skip
    except IntegrityError:  # another request was first, on a database that reads before it locks
        if (known := _known(launch, item, number, told)) is None:
            raise
        return Kept(known, again=True)
    states[item] = _keep_state(attempt, state, commit, kept, result, at=at)
    advance(attempt, rolled_up(file, states), sum(one.seconds for one in states.values()), by=by, at=at)
    return Kept(commit, state=states[item])


@prepared
def _locked(attempt: int) -> QuerySet[PackageAttempt]:
    rows = PackageAttempt.objects.select_for_update(of=("self",)).filter(pk=attempt)
    return rows.select_related("enrolment")


def _known(launch: PackageLaunch, item: str, number: int, told: str) -> PackageCommit | None:
    known = commit_of(launch, item, number)
    if known is not None and known.content_hash != told:
        raise OtherCommit
    return known


def _keep_state(
    attempt: PackageAttempt,
    state: PackageState | None,
    commit: PackageCommit,
    data: Mapping[str, Any],
    result: Result,
    *,
    at: datetime,
) -> PackageState:
    """The place follows the latest commit; the result only goes forward."""
    if state is None:
        state = PackageState(attempt=attempt, item=commit.item, data={}, number=0)
    if commit.moved:
        state.launch, state.number, state.data = commit.launch, commit.number, data
    state.completed = state.completed or result.completed
    state.passed = True if state.passed else result.passed if result.passed is not None else state.passed
    state.percent = max((one for one in (state.percent, result.percent) if one is not None), default=None)
    state.seconds += seconds_more(commit)
    state.at = at
    state.save()
    return state
