"""Lines of the priorities as plain values, each drawn once for the same content (``foundation.drawing``)."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.utils.safestring import SafeString

from trama.foundation.drawing import drawn

from ..rounds.models import Round
from .forms import DecisionForm
from .order import Facts, Order, Place
from .scales import GUT_ANCHORS
from .wording import divergence_text, gut_text, level_name, missing_of, tenths, why


@dataclass(frozen=True, slots=True)
class FactorRow:
    """One line of the table of factors."""

    round: UUID
    item: int  # position in the round, for the address
    place: int
    before: int  # 0: where nothing is tried, or nothing moved
    first: bool
    title: str
    missing: str
    possible: tuple[int, int] | None  # first and last place, where scores are missing
    level: str
    provisional: bool
    gap: int
    importance: int
    reach: str
    governability: str
    gut: str
    apart: str
    score: str


def factor_rows(order: Order, of: Round, *, sees: bool, before: Mapping[int, int]) -> list[SafeString]:
    """The table of factors, drawn. ``before``: the places now, by item, where other weights are tried."""
    return [
        drawn("diagnose/priorities/_factors.html", _factor_row(place, order, of, sees, before))
        for place in order.places
    ]


def _factor_row(place: Place, order: Order, of: Round, sees: bool, before: Mapping[int, int]) -> FactorRow:
    facts = place.facts
    now = before.get(facts.item.pk, place.position)
    return FactorRow(
        round=of.uid,
        item=facts.item.position,
        place=place.position,
        before=now if now != place.position else 0,
        first=place.position <= order.top,
        title=facts.title,
        missing=", ".join(missing_of(facts)) if sees else "",
        possible=(place.first_possible, place.last_possible) if place.is_uncertain else None,
        level=level_name(facts),
        provisional=facts.provisional,
        gap=facts.gap,
        importance=facts.importance,
        reach=_step(facts.reach, facts.factor.reach if facts.factor is not None else None),
        governability=_step(facts.governability, facts.factor.governability if facts.factor is not None else None),
        gut=gut_text(facts.gut) if sees and not facts.gut.is_empty else "",
        apart=divergence_text(facts.gut) if sees else "",
        score=tenths(place.score),
    )


def _step(value: int, of_team: int | None) -> str:
    """``3``, ``3*`` where the team said so, a dash where nobody did."""
    return f"{value}{'*' if of_team else ''}" if value else "—"


@dataclass(frozen=True, slots=True)
class ChoiceRow:
    """One criterion to be given a place."""

    item: int
    title: str
    why: str
    options: SafeString
    wrong: bool
    reason: str


def choice_rows(form: DecisionForm, of: Round) -> list[tuple[str, SafeString]]:
    """For each candidate, most pressing first, the place it has now ("" for none), and its line, drawn."""
    found = []
    for place in form.order.places:
        item = place.facts.item.pk
        given, options = form.choice(item)
        row = ChoiceRow(
            item,
            place.facts.title,
            why(place, form.order, of.scope_kind),
            options,
            bool(form.is_bound and f"place_{item}" in form.errors),
            form.reason(item),
        )
        found.append((given, drawn("diagnose/priorities/_choice.html", row)))
    return found


@dataclass(frozen=True, slots=True)
class ScoreRow:
    """One criterion to be scored in one of the three questions."""

    item: int
    title: str
    level: str
    value: int | None
    anchors: tuple[tuple[int, str], ...]


def score_rows(facts: list[Facts], own: Mapping[int, Mapping[str, int | None]], part: str) -> list[SafeString]:
    """What is to be scored, drawn, with what the person gave."""
    anchors = tuple((step, str(name)) for step, name, _text in GUT_ANCHORS[part])
    return [
        drawn(
            "diagnose/priorities/_score.html",
            ScoreRow(one.item.pk, one.title, level_name(one), own.get(one.item.pk, {}).get(part), anchors),
        )
        for one in facts
    ]
