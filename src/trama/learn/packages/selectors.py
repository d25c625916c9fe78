"""Questions about packages: whose launch it is, where items stand, what attempts mean for completion."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db.models import QuerySet

from ..courses.models import Package, PackageFile
from ..courses.selectors import belongs_to_programme
from ..progress.completion import Line, completion
from ..progress.facts import Facts, PackageFact, Rules
from .models import PackageAttempt, PackageCommit, PackageLaunch, PackageState


def launches_visible_to(user: Any) -> QuerySet[PackageLaunch]:
    """Launches of one's own; another's do not exist."""
    rows = PackageLaunch.objects.select_related(
        "attempt__package__file", "attempt__package__module", "attempt__enrolment__cohort__version__course",
        "attempt__enrolment__person",
    )  # fmt: skip
    return rows.filter(attempt__enrolment__person=user.pk)


def files_visible_to(user: Any) -> QuerySet[PackageFile]:
    """Files that a person sent; the programme sees all."""
    rows = PackageFile.objects.all()
    return rows if belongs_to_programme(user) else rows.filter(uploaded_by=user.pk)


def attempts_of(enrolment: Any, package: Any) -> list[PackageAttempt]:
    return list(PackageAttempt.objects.filter(enrolment=enrolment, package=package.pk))


def states_of(attempt: PackageAttempt) -> dict[str, PackageState]:
    """Where each item stands, by its name. One query."""
    return {state.item: state for state in attempt.states.all()}


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
    others = commit.launch.commits.filter(item=commit.item).exclude(pk=commit.pk).order_by("-number")
    before = others.first()
    if before is None:
        return commit.session
    if before.number > commit.number:
        return 0
    grown = commit.session - before.session
    return grown if grown >= 0 else commit.session


def rolled_up(file: PackageFile, states: Mapping[str, PackageState]) -> tuple[bool, bool | None, Decimal | None]:
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
    packages = list(Package.objects.filter(module__version=enrolments[0].cohort.version_id))
    attempts: dict[tuple[int, int], list[PackageAttempt]] = defaultdict(list)
    for attempt in PackageAttempt.objects.filter(enrolment__in=[one.pk for one in enrolments]):
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
