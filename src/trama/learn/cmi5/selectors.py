"""Questions about courses of cmi5: what a learner did, and what it satisfied."""

from collections import defaultdict
from dataclasses import dataclass

from django.conf import settings

from ..statements.aliases import aliases_of
from .errors import UnknownUnit
from .models import Cmi5Course, Cmi5Registration, Cmi5Session
from .rules import COMPLETED, FAILED, INITIALIZED, PASSED, SATISFIED, WAIVED, meets
from .structure import Block, Unit, from_json


@dataclass(frozen=True, slots=True)
class Progress:
    """What of a registration is satisfied: keys of units and blocks; "course" when all of it is."""

    satisfied: frozenset[str]
    waived: frozenset[str]
    units: int
    scores: dict[str, float]  # scaled, from -1 to 1, by the key of the unit: the best one

    @property
    def complete(self) -> bool:
        return "course" in self.satisfied


@dataclass(frozen=True, slots=True)
class UnitStanding:
    """Where a learner stands in one unit. ``scaled``: the best score, from -1 to 1; None where none was told."""

    unit: Unit
    begun: bool = False
    done: frozenset[str] = frozenset()
    scaled: float | None = None

    @property
    def completed(self) -> bool:
        return COMPLETED in self.done

    @property
    def passed(self) -> bool | None:
        """None: the unit said neither passed nor failed."""
        if self.done & {PASSED, WAIVED}:
            return True
        return False if FAILED in self.done else None

    @property
    def waived(self) -> bool:
        return WAIVED in self.done

    @property
    def satisfied(self) -> bool:
        return SATISFIED in self.done or meets(self.unit.move_on, self.done)


@dataclass(frozen=True, slots=True)
class Way:
    """How far a learner is in a course: every unit by its key, in order; the unit of the latest launch ("" before the
    first); the seconds of all launches that were taken for a result.
    """

    units: dict[str, UnitStanding]
    latest: str = ""
    seconds: int = 0


def way_through(course: Cmi5Course, registration: Cmi5Registration | None) -> Way:
    """Where a learner stands in every unit of a course; nowhere without a registration. Two queries."""
    units = list(structure_of(course).units())
    if registration is None:
        return Way({unit.key: UnitStanding(unit) for unit in units})
    done: dict[str, set[str]] = defaultdict(set)
    best: dict[str, float] = {}
    for part, verb, scaled in registration.marks.values_list("part", "verb", "scaled"):
        done[part].add(verb)
        if scaled is not None:
            best[part] = max(scaled, best.get(part, scaled))
    sessions = list(registration.sessions.order_by("pk"))
    begun = {one.unit for one in sessions if INITIALIZED in one.said.split()}
    lengths = [one.last_at - one.launched_at for one in sessions if one.mode == Cmi5Session.Mode.NORMAL]
    return Way(
        {
            unit.key: UnitStanding(unit, unit.key in begun, frozenset(done[unit.key]), best.get(unit.key))
            for unit in units
        },
        sessions[-1].unit if sessions else "",
        sum(max(int(length.total_seconds()), 0) for length in lengths),
    )


def structure_of(course: Cmi5Course) -> Block:
    return from_json(course.structure)


def unit_of(structure: Block, key: str) -> Unit:
    """Raises ``UnknownUnit``."""
    for unit in structure.units():
        if unit.key == key:
            return unit
    raise UnknownUnit


def activity_id(course: Cmi5Course, part: str) -> str:
    """The id that the platform gives a unit, a block or the course: never the publisher's."""
    return f"{settings.TRAMA_ORIGIN}/cmi5/{course.uid}/{part}"


def actor_of(registration: Cmi5Registration) -> dict[str, object]:
    """The learner as the store knows them: an account under a pseudonym."""
    name = aliases_of({registration.person_id})[registration.person_id]
    return {"objectType": "Agent", "account": {"homePage": settings.TRAMA_ORIGIN, "name": name}}


def done_in(registration: Cmi5Registration) -> dict[str, frozenset[str]]:
    """Verbs that hold, by the key of the part. One query."""
    found: dict[str, set[str]] = defaultdict(set)
    for part, verb in registration.marks.values_list("part", "verb"):
        found[part].add(verb)
    return {part: frozenset(verbs) for part, verbs in found.items()}


def met_by(structure: Block, done: dict[str, frozenset[str]]) -> frozenset[str]:
    """Keys of the units, blocks and the course whose criteria are met."""
    nothing = frozenset[str]()
    units = {one.key for one in structure.units() if meets(one.move_on, done.get(one.key, nothing))}
    blocks = {one.key for one in structure.blocks() if all(unit.key in units for unit in one.units())}
    return frozenset(units | blocks)


def satisfied(registration: Cmi5Registration) -> Progress:
    """How far a learner is. Two queries. What was satisfied once stays so."""
    structure = structure_of(registration.course)
    rows = list(registration.marks.values_list("part", "verb", "scaled"))
    done: dict[str, set[str]] = defaultdict(set)
    scores: dict[str, float] = {}
    for part, verb, scaled in rows:
        done[part].add(verb)
        if scaled is not None:
            scores[part] = max(scaled, scores.get(part, scaled))
    kept = {part for part, verbs in done.items() if SATISFIED in verbs}
    met = met_by(structure, {part: frozenset(verbs) for part, verbs in done.items()})
    waived = frozenset(part for part, verbs in done.items() if WAIVED in verbs)
    return Progress(met | kept, waived, len(list(structure.units())), scores)
