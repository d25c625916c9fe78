"""Questions about packages: whose launch it is, where items stand, what attempts mean for completion."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any, Protocol
from uuid import UUID

from django.db.models import QuerySet

from trama.foundation.prepared import prepared

from ..courses.models import Package, PackageFile
from ..courses.selectors import belongs_to_programme, packages_of
from ..progress.completion import Line, completion
from ..progress.facts import Facts, PackageFact, Rules
from .models import PackageAttempt, PackageCommit, PackageLaunch, PackageState


def launches_visible_to(user: Any) -> QuerySet[PackageLaunch]:
    """Launches of one's own; another's do not exist."""
    return _launches_of(user.pk)


def launch_visible_to(user: Any, uid: UUID) -> PackageLaunch | None:
    """One of them, with its package, file, learner and course. One query."""
    return next(iter(_launch(user.pk, uid)), None)


@prepared
def _launch(user: int, uid: UUID) -> QuerySet[PackageLaunch]:
    return _launches_of(user).filter(uid=uid)


def _launches_of(user: int) -> QuerySet[PackageLaunch]:
    rows = PackageLaunch.objects.select_related(
        "attempt__package__file", "attempt__package__module", "attempt__enrolment__cohort__version__course",
        "attempt__enrolment__person",
    )  # fmt: skip
    return rows.filter(attempt__enrolment__person=user)


def files_visible_to(user: Any) -> QuerySet[PackageFile]:
    """Files that a person sent; the programme sees all."""
    rows = PackageFile.objects.all()
    return rows if belongs_to_programme(user) else rows.filter(uploaded_by=user.pk)


@prepared
def _attempts(enrolments: Collection[int], package: int | None) -> QuerySet[PackageAttempt]:
    rows = PackageAttempt.objects.filter(enrolment__in=enrolments)
    return rows if package is None else rows.filter(package=package)


def attempts_of(enrolment: Any, package: Any) -> list[PackageAttempt]:
    return _attempts([enrolment.pk], package.pk)


@prepared
def _states(attempt: int) -> QuerySet[PackageState]:
    return PackageState.objects.filter(attempt=attempt).select_related("launch")


def states_of(attempt: PackageAttempt) -> dict[str, PackageState]:
    """Where each item stands and since which launch, by its name. One query."""
    return {state.item: state for state in _states(attempt.pk)}


@prepared
def _numbers(launch: int) -> QuerySet[PackageCommit, int]:
    return PackageCommit.objects.filter(launch=launch).order_by("-number").values_list("number", flat=True)[:1]


def last_number(launch: PackageLaunch) -> int:
    """The number of the latest commit of a launch; 0 before the first. One query."""
    return next(iter(_numbers(launch.pk)), 0)


@prepared
def _commit(launch: int, item: str, number: int) -> QuerySet[PackageCommit]:
    return PackageCommit.objects.filter(launch=launch, item=item, number=number)


def commit_of(launch: PackageLaunch, item: str, number: int) -> PackageCommit | None:
    """What was said of an item under a number. One query."""
    return next(iter(_commit(launch.pk, item, number)), None)


@prepared
def _others(launch: int, item: str, commit: int) -> QuerySet[PackageCommit]:
    return PackageCommit.objects.filter(launch=launch, item=item).exclude(pk=commit).order_by("-number")[:1]


def runnable(file: PackageFile) -> list[dict[str, Any]]:
    """The items of a package that can be opened, in order."""
    return [item for item in file.manifest.get("items", []) if item.get("href")]


def outline(file: PackageFile) -> list[dict[str, Any]]:
    """Items and headings as the package's own list shows them."""
    return [item for item in file.manifest.get("items", []) if item.get("visible", True)]


def seconds_more(commit: PackageCommit) -> int:
    """Seconds that a commit adds to its item. One query.

    A launch tells its time as it grows: what is new is the difference to the commit before. Where it is less than
    before, the item was opened anew in the same launch. One that comes late adds nothing: a later one told more.
    """
    before = next(iter(_others(commit.launch_id, commit.item, commit.pk)), None)
    if before is None:
        return commit.session
    if before.number > commit.number:
        return 0
    grown = commit.session - before.session
    return grown if grown >= 0 else commit.session


class ItemResult(Protocol):
    """What an item came to: a ``PackageState``, or what the rules of cmi5 say of a unit."""

    @property
    def completed(self) -> bool: ...
    @property
    def passed(self) -> bool | None: ...
    @property
    def percent(self) -> Decimal | None: ...


def rolled_up(file: PackageFile, states: Mapping[str, ItemResult]) -> tuple[bool, bool | None, Decimal | None]:
    """(completed, passed, per cent) of a package from those of its items.

    Completed with every item; passed where every item that says so was; the score is the mean of the items that give
    one. Of a package with several items both count once all are completed.
    """
    items = [item["id"] for item in runnable(file)]
    held = [states[name] for name in items if name in states]
    completed = bool(items) and len(held) == len(items) and all(state.completed for state in held)
    told = [state.passed for state in held if state.passed is not None]
    settled = completed or len(items) == 1
    passed = all(told) if told and (settled or not all(told)) else None
    scores = [Decimal(state.percent) for state in held if state.percent is not None]
    counts = bool(scores) and settled
    return completed, passed, sum(scores, Decimal(0)) / len(scores) if counts else None


def facts(enrolments: Sequence[Any], at: datetime) -> dict[int, list[PackageFact]]:
    """What learners of one cohort did in the packages of its version. Two queries."""
    packages = packages_of(enrolments[0].cohort.version)
    attempts: dict[tuple[int, int], list[PackageAttempt]] = defaultdict(list)
    for attempt in _attempts([one.pk for one in enrolments], None):
        attempts[attempt.enrolment_id, attempt.package_id].append(attempt)
    return {one.pk: [_fact(package, attempts[one.pk, package.pk]) for package in packages] for one in enrolments}


def line_of(enrolment: Any, package: Package) -> Line | None:
    """How one package stands for a learner, as completion says it; None where it does not count. One query."""
    facts = Facts(packages=(_fact(package, attempts_of(enrolment, package)),))
    return next(iter(completion(Rules("none", "none", "none"), facts).lines), None)


def _fact(package: Package, attempts: Sequence[PackageAttempt]) -> PackageFact:
    told = [one.passed for one in attempts if one.passed is not None]
    scores = [Fraction(one.percent) for one in attempts if one.percent is not None]
    return PackageFact(
        package.pk,
        package.rule,
        package.asked_percent,
        begun=bool(attempts),
        completed=any(one.completed for one in attempts),
        passed=any(told) if told else None,
        best=max(scores, default=None),
    )
