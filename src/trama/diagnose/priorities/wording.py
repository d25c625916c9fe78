"""Sentences about a computed order, worded from its structured data, in the language of the page.

One sentence says why a criterion stands where it does, one what would move it. Nothing is said that the numbers do not
hold: what lifts a criterion follows "because", what holds it down follows "but".
"""

from collections.abc import Sequence
from typing import Final

from django.template.defaultfilters import floatformat
from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from trama.know.api import ScopeKind
from trama_measure.diagnosis import FACTORS, Candidacy, Tie

from ..instruments.models import Level
from .order import Facts, GutFacts, Move, Order, Place

_REACH: Final[dict[int, Promise]] = {
    0: gettext_lazy("nobody said how many it reaches"),
    1: gettext_lazy("it reaches few of those concerned"),
    2: gettext_lazy("it reaches about a quarter of those concerned"),
    3: gettext_lazy("it reaches about half of those concerned"),
    4: gettext_lazy("it reaches most of those concerned"),
    5: gettext_lazy("it reaches nearly all of those concerned"),
}
_GOVERNABILITY: Final[dict[str, dict[int, Promise]]] = {
    ScopeKind.NETWORK: {
        1: gettext_lazy("almost nothing of it depends on the secretariat"),
        2: gettext_lazy("little of it depends on the secretariat"),
        3: gettext_lazy("about half of it depends on the secretariat"),
        4: gettext_lazy("most of it depends on the secretariat"),
        5: gettext_lazy("it depends almost only on the secretariat"),
    },
    ScopeKind.SCHOOL: {
        1: gettext_lazy("almost nothing of it depends on the school"),
        2: gettext_lazy("little of it depends on the school"),
        3: gettext_lazy("about half of it depends on the school"),
        4: gettext_lazy("most of it depends on the school"),
        5: gettext_lazy("it depends almost only on the school"),
    },
    ScopeKind.GROUP: {
        1: gettext_lazy("almost nothing of it depends on the group"),
        2: gettext_lazy("little of it depends on the group"),
        3: gettext_lazy("about half of it depends on the group"),
        4: gettext_lazy("most of it depends on the group"),
        5: gettext_lazy("it depends almost only on the group"),
    },
}
_NOBODY_SAID_GOVERNABILITY = gettext_lazy("nobody said how much of it depends on us")

FACTOR_NAMES: Final[dict[str, Promise]] = {
    "gap": pgettext_lazy("factor of priorities", "gap"),
    "importance": gettext_lazy("weight of the criterion"),
    "reach": gettext_lazy("reach"),
    "governability": gettext_lazy("governability"),
    "gut": gettext_lazy("GUT"),
}

_SCORE_CHANGES: Final[dict[str, tuple[Promise, Promise, Promise]]] = {  # rises, falls, was missing
    "reach": (
        gettext_lazy("its reach rose to %(after)s"),
        gettext_lazy("its reach fell to %(after)s"),
        gettext_lazy("its reach were set to %(after)s"),
    ),
    "governability": (
        gettext_lazy("its governability rose to %(after)s"),
        gettext_lazy("its governability fell to %(after)s"),
        gettext_lazy("its governability were set to %(after)s"),
    ),
    "gravity": (
        gettext_lazy("its gravity rose to %(after)s"),
        gettext_lazy("its gravity fell to %(after)s"),
        gettext_lazy("its gravity were scored %(after)s"),
    ),
    "urgency": (
        gettext_lazy("its urgency rose to %(after)s"),
        gettext_lazy("its urgency fell to %(after)s"),
        gettext_lazy("its urgency were scored %(after)s"),
    ),
    "trend": (
        gettext_lazy("its trend rose to %(after)s"),
        gettext_lazy("its trend fell to %(after)s"),
        gettext_lazy("its trend were scored %(after)s"),
    ),
}
_WEIGHT_CHANGES: Final[dict[str, tuple[Promise, Promise]]] = {  # rises, falls
    "gap": (
        gettext_lazy("the gap counted more in the rule (%(after)s)"),
        gettext_lazy("the gap counted less in the rule (%(after)s)"),
    ),
    "importance": (
        gettext_lazy("the weight of the criterion counted more in the rule (%(after)s)"),
        gettext_lazy("the weight of the criterion counted less in the rule (%(after)s)"),
    ),
    "reach": (
        gettext_lazy("reach counted more in the rule (%(after)s)"),
        gettext_lazy("reach counted less in the rule (%(after)s)"),
    ),
    "governability": (
        gettext_lazy("governability counted more in the rule (%(after)s)"),
        gettext_lazy("governability counted less in the rule (%(after)s)"),
    ),
    "gut": (
        gettext_lazy("GUT counted more in the rule (%(after)s)"),
        gettext_lazy("GUT counted less in the rule (%(after)s)"),
    ),
}
_MOVES: Final[dict[str, Promise]] = {
    "leave": gettext_lazy("It would leave the first %(n)s if %(condition)s."),
    "enter": gettext_lazy("It would come into the first %(n)s if %(condition)s."),
    "pass": gettext_lazy("It would pass the one in place %(other)s if %(condition)s."),
    "fall": gettext_lazy("It would fall behind the one in place %(other)s if %(condition)s."),
}
_TIES: Final[dict[Tie, Promise]] = {
    Tie.GAP: gettext_lazy("Same score as the one before; it comes after because its gap is smaller."),
    Tie.IMPORTANCE: gettext_lazy("Same score and gap as the one before; it comes after because it weighs less."),
    Tie.GUT: gettext_lazy("Same score, gap and weight as the one before; it comes after because its GUT is lower."),
    Tie.INSTRUMENT: gettext_lazy(
        "Equal in everything to the one before; it comes after because the questionnaire asks it later."
    ),
}
OUTSIDE: Final[dict[Candidacy, tuple[Promise, Promise]]] = {
    Candidacy.EXEMPLARY: (
        gettext_lazy("Strengths"),
        gettext_lazy("Exemplary already: there is no gap, so they are never proposed."),
    ),
    Candidacy.NO_LEVEL: (
        gettext_lazy("Without a level"),
        gettext_lazy("Nobody could say where these stand: finding out comes first."),
    ),
    Candidacy.NOT_APPLICABLE: (
        gettext_lazy("Do not apply here"),
        gettext_lazy("The team said that these do not apply."),
    ),
}

CAUSE_MARGIN = 1e-9  # of a pull: less than this neither lifts nor holds down


def listed(parts: Sequence[str]) -> str:
    """``a, b and c`` in the language of the page."""
    if len(parts) < 2:
        return "".join(parts)
    return _("%(first)s and %(last)s") % {"first": ", ".join(parts[:-1]), "last": parts[-1]}


def level_name(facts: Facts) -> str:
    return str(Level(facts.level).label) if facts.level > 0 else ""


def decimal(value: float, places: int = 1) -> str:
    return str(number_format(value, decimal_pos=places, force_grouping=True))


def tenths(value: float) -> str:
    """``62,5``: a score with one decimal."""
    return str(floatformat(value, "1g"))


def gut_text(gut: GutFacts) -> str:
    """``4.3``, or what is missing."""
    if gut.joined is not None:
        return decimal(gut.joined)
    return _("not scored yet") if gut.is_empty else _("not complete yet")


def _clause(name: str, facts: Facts, kind: str) -> str:
    if name == "gap":
        return _("the level is %(level)s") % {"level": level_name(facts)}
    if name == "importance":
        return _("it weighs %(weight)s of 3") % {"weight": facts.importance}
    if name == "reach":
        return str(_REACH[facts.reach])
    if name == "governability":
        steps = _GOVERNABILITY[kind]
        return str(steps[facts.governability] if facts.governability else _NOBODY_SAID_GOVERNABILITY)
    return _("GUT is %(gut)s of 5") % {"gut": gut_text(facts.gut)}


def why(place: Place, order: Order, kind: str, *, with_gut: bool = True) -> str:
    """One sentence that explains a position. A factor that the rule does not count is no reason.

    ``kind``: of the owner (``ScopeKind``). ``with_gut`` false: the order of who has not scored yet.
    """
    about = ("why", place.position, kind, with_gut, get_language())
    if about not in order.said:
        order.said[about] = _why(place, order, kind, with_gut=with_gut)
    return order.said[about]


def _why(place: Place, order: Order, kind: str, *, with_gut: bool) -> str:
    facts = place.facts
    lifting: list[str] = []
    holding: list[str] = []
    for name, pull in zip(FACTORS, place.pull, strict=True):
        counts = getattr(order.weights, name) > 0
        if not counts or (name == "gut" and not facts.gut.is_complete):
            continue
        (holding if pull < -CAUSE_MARGIN else lifting).append(_clause(name, facts, kind))
    values = {"n": place.position, "lifting": listed(lifting), "holding": listed(holding)}
    if lifting and holding:
        said = _("Place %(n)s because %(lifting)s; but %(holding)s") % values
    elif lifting:
        said = _("Place %(n)s because %(lifting)s") % values
    else:
        said = _("Only place %(n)s because %(holding)s") % values
    if with_gut and order.weights.gut > 0 and not facts.gut.is_complete:
        said = _("%(said)s; GUT %(gut)s") % {"said": said, "gut": gut_text(facts.gut)}
    return f"{said}."


def what_would_move(place: Place, order: Order) -> str:
    """One sentence that says which single change would move it, or that none does."""
    move = order.moves.get(place.facts.item.pk)
    if move is None:
        return _("No single change would move it.") if len(order.places) > 1 else ""
    text = str(_MOVES[move.does])
    return text % {"n": order.top, "other": move.other, "condition": _condition(move)}


def _condition(move: Move) -> str:
    change = move.change
    if move.of_rule:
        rises, falls = _WEIGHT_CHANGES[change.name]
        text = rises if change.before is not None and change.after > change.before else falls
        return str(text) % {"after": decimal(change.after)}
    if change.name == "levels":
        return _("its level were %(level)s") % {"level": Level(int(change.after)).label}
    rises, falls, missing = _SCORE_CHANGES[change.name]
    if change.before is None:
        return str(missing) % {"after": int(change.after)}
    return str(rises if change.after > change.before else falls) % {"after": int(change.after)}


def tie_text(place: Place) -> str:
    """What put it behind one with the same score; nothing where the scores differ."""
    return str(_TIES[place.tie]) if place.tie in _TIES else ""


def bounds_text(place: Place) -> str:
    """Where it can stand whatever the missing scores are; nothing where nothing is missing."""
    if not place.is_uncertain:
        return ""
    return _("Depending on scores still missing: place %(first)s to %(last)s.") % {
        "first": place.first_possible,
        "last": place.last_possible,
    }


def missing_of(facts: Facts) -> list[str]:
    """Names of the scores that nobody gave: they stand in the middle of the scale."""
    given = (facts.reach, facts.governability, *facts.gut.medians)
    return [str(name) for value, name in zip(given, _GIVEN, strict=True) if not value]


_GIVEN = (
    gettext_lazy("reach"), gettext_lazy("governability"), gettext_lazy("gravity"), gettext_lazy("urgency"),
    gettext_lazy("trend"),
)  # fmt: skip


def divergence_text(gut: GutFacts) -> str:
    """How far those who scored are apart: the widest of the three."""
    if max(gut.people) < 2:
        return _("one person") if max(gut.people) == 1 else ""
    spread = max(gut.spread)
    if spread == 0:
        return _("all agree")
    return _("one point apart") if spread == 1 else _("%(n)s points apart") % {"n": spread}
