"""A plan as plain values: what the page and the print of it are drawn from, one block for each objective."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from trama.foundation.drawing import day_in_words, number_in_words

from .models import Action, StrategicPlan
from .pages import GoalLine, ObjectiveLine

TONES = {"done": " is-success", "blocked": " is-danger", "doing": " is-info"}


@dataclass(frozen=True, slots=True)
class GoalBlock:
    """A goal as it stands, its numbers in words of the language."""

    uid: UUID
    title: str
    name: str
    newer: bool
    baseline: str  # "": not written
    baseline_year: int | None
    value: str  # "": ``reason`` says why there is none
    unit: str
    when: str
    official: bool
    targets: tuple[tuple[int, str], ...]  # year, value
    distance: str
    reached: bool
    reason: str
    source: str


@dataclass(frozen=True, slots=True)
class ActionBlock:
    """An action in words of the language."""

    uid: UUID
    what: str
    why: str
    where: str
    how: str
    state: str
    tone: str
    late: bool
    responsible: str
    who: str
    starts_on: str
    due_on: str
    cost: str
    adoption: str


@dataclass(frozen=True, slots=True)
class ObjectiveBlock:
    """An objective with everything under it."""

    plan: UUID
    pk: int
    uid: UUID
    number: int
    title: str
    description: str
    priority: str
    links: tuple[tuple[str, str, str], ...]  # number, law, text
    goals: tuple[GoalBlock, ...]
    actions: tuple[ActionBlock, ...]
    before: UUID | None
    after_next: UUID | str | None
    may_edit: bool


def blocks_of(plan: StrategicPlan, lines: Iterable[ObjectiveLine], *, may_edit: bool) -> list[ObjectiveBlock]:
    """The plan as blocks, in its order."""
    states = {state.value: str(state.label) for state in Action.State}
    found = []
    for line in lines:
        objective = line.node.objective
        links = ((link.goal.number, link.goal.plan.law, link.goal.text) for link in objective.education_links.all())
        found.append(
            ObjectiveBlock(
                plan.uid,
                objective.pk,
                objective.uid,
                line.node.number,
                objective.title,
                objective.description,
                line.priority,
                tuple(links),
                tuple(_goal(one) for one in line.goals),
                tuple(_action(one.action, states, late=one.late) for one in line.actions),
                line.before,
                line.after_next,
                may_edit,
            )
        )
    return found


def _goal(line: GoalLine) -> GoalBlock:
    goal, standing = line.goal, line.standing

    def number(value: Decimal | None) -> str:
        return number_in_words(value, standing.decimals)

    return GoalBlock(
        uid=goal.uid,
        title=goal.title,
        name=standing.name,
        newer=standing.newer,
        baseline=number(goal.baseline),
        baseline_year=goal.baseline_year,
        value=number(standing.value),
        unit=standing.unit,
        when=standing.when,
        official=standing.official,
        targets=tuple((one.year, number(one.value)) for one in goal.targets.all()),
        distance=standing.distance,
        reached=bool(standing.reached),
        reason=standing.reason,
        source=standing.source,
    )


def _action(action: Action, states: dict[str, str], *, late: bool) -> ActionBlock:
    person: Any = action.responsible
    return ActionBlock(
        uid=action.uid,
        what=action.what,
        why=action.why,
        where=action.where,
        how=action.how,
        state=states[action.state],
        tone=TONES.get(action.state, ""),
        late=late,
        responsible=(person.name or person.email) if person is not None else "",
        who=action.who,
        starts_on=day_in_words(action.starts_on),
        due_on=day_in_words(action.due_on),
        cost=number_in_words(action.cost, 2),
        adoption=action.adoption.version.title if action.adoption is not None else "",
    )
