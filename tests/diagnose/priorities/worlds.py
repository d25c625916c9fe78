"""A submitted round whose order was worked by hand in docs/methods/priorities.md."""

from collections.abc import Mapping, Sequence
from typing import Any

from tests.diagnose import factories as make
from tests.diagnose.factories import NOON
from trama.diagnose.models import Criterion, InstrumentVersion, Round, RoundItem, RoundMember
from trama.diagnose.priorities import services

# level; weight, reach and governability in the instrument's three steps; what everybody gives for the three of GUT
WORKED = {
    "attendance": (1, 3, 2, 3, 5),
    "training": (2, 3, 3, 3, 3),
    "career": (3, 3, 3, 3, 5),
    "buildings": (1, 2, 3, 1, 5),
    "meals": (4, 3, 3, 3, 5),
}
POSITIONS = {"attendance": 1, "training": 2, "career": 3, "buildings": 4}
SCORES = {"attendance": 92.2, "training": 85.0, "career": 80.3, "buildings": 74.0}


def an_instrument_with(factors: Mapping[str, Sequence[Any]], scope: str = "network") -> InstrumentVersion:
    """A published version whose criteria have these names, weights, reach and governability."""
    version = make.an_instrument((len(factors),), scope=scope, published=False)
    for criterion, (key, (_, weight, reach, governability, *_rest)) in zip(
        version.criteria.order_by("position"), factors.items(), strict=True
    ):
        Criterion.objects.filter(pk=criterion.pk).update(
            key=key, weight=weight, reach=reach, governability=governability, title_pt=key, title_en=f"{key} (en)"
        )
    return make.publish(version)


def a_worked_round(scope: Any = None, *, scored: bool = True, **fields: Any) -> Round:
    """The five criteria of the method, submitted; with ``scored`` the coordinator has scored all that is proposed."""
    kind = {"school": "school", "networkgroup": "territory"}.get(type(scope).__name__.lower(), "network")
    version = an_instrument_with(WORKED, kind)
    made = make.a_submitted_round(scope, [row[0] for row in WORKED.values()], version=version, **fields)
    if scored:
        score_all(made, coordinator(made), {key: row[4] for key, row in WORKED.items() if row[0] < 4})
    return made


def coordinator(of: Round) -> RoundMember:
    return of.members.get(user=of.opened_by)


def item(of: Round, key: str) -> RoundItem:
    return of.items.get(criterion__key=key)


def score_all(of: Round, member: RoundMember, scores: Mapping[str, int]) -> None:
    """The member gives the same to gravity, urgency and trend."""
    for key, value in scores.items():
        for part in ("gravity", "urgency", "trend"):
            services.score(member, item(of, key), part, value, before=None, by=member.user, at=NOON)


def pks(of: Round, *keys: str) -> list[int]:
    return [item(of, key).pk for key in keys]
