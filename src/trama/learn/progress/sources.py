"""Where other rooms bring their facts, and hear that a course was completed. Registered in ``AppConfig.ready``."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from .facts import AssignmentFact, PackageFact, ToolFact

type AssignmentSource = Callable[[Sequence[Any], datetime], Mapping[int, Mapping[int, AssignmentFact]]]
"""``source(enrolments, at)``: of learners of one cohort, by the keys of the enrolment and of the assignment."""

type PackageSource = Callable[[Sequence[Any], datetime], Mapping[int, Sequence[PackageFact]]]
"""``source(enrolments, at)``: every package of the version, for each learner, by the key of the enrolment."""
type ToolSource = Callable[[Sequence[Any], Sequence[int]], Mapping[int, Sequence[ToolFact]]]
"""``source(enrolments, parts)``: of learners of one cohort, by enrolment, a fact for each part."""

type Listener = Callable[[Any, datetime], None]
"""``listener(enrolment, at)``: the course was completed just now, in this transaction."""

_assignments: list[AssignmentSource] = []
_packages: list[PackageSource] = []
_tools: list[ToolSource] = []
_listeners: list[Listener] = []


def register_assignments(source: AssignmentSource) -> None:
    """Ask ``source`` for the work of learners. Registering twice asks once."""
    if source not in _assignments:
        _assignments.append(source)


def register_packages(source: PackageSource) -> None:
    """Ask ``source`` what learners did in packages. Registering twice asks once."""
    if source not in _packages:
        _packages.append(source)


def register_tools(source: ToolSource) -> None:
    """Ask ``source`` for what happened in external tools. Registering twice asks once."""
    if source not in _tools:
        _tools.append(source)


def tool_facts(enrolments: Sequence[Any], parts: Sequence[int]) -> dict[int, tuple[ToolFact, ...]]:
    """What the rooms say of parts done in external tools, together."""
    found: dict[int, tuple[ToolFact, ...]] = {}
    for source in _tools if parts else ():
        for enrolment, facts in source(enrolments, parts).items():
            found[enrolment] = (*found.get(enrolment, ()), *facts)
    return found


def register_completed(listener: Listener) -> None:
    """Tell ``listener`` of every completion. Registering twice tells once."""
    if listener not in _listeners:
        _listeners.append(listener)


def assignment_facts(enrolments: Sequence[Any], at: datetime) -> dict[int, dict[int, AssignmentFact]]:
    """What the rooms say, together."""
    found: dict[int, dict[int, AssignmentFact]] = {}
    for source in _assignments:
        for enrolment, facts in source(enrolments, at).items():
            found.setdefault(enrolment, {}).update(facts)
    return found


def package_facts(enrolments: Sequence[Any], at: datetime) -> dict[int, tuple[PackageFact, ...]]:
    """What the rooms say of packages, together."""
    found: dict[int, tuple[PackageFact, ...]] = {}
    for source in _packages:
        for enrolment, facts in source(enrolments, at).items():
            found[enrolment] = (*found.get(enrolment, ()), *facts)
    return found


def tell_completed(enrolment: Any, at: datetime) -> None:
    for listener in _listeners:
        listener(enrolment, at)
