"""Cohorts that whoever answers for a territory, a network or a state opens for its people, and for no others."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from trama.accounts.api import scopes_held
from trama.foundation.policies import may, may_enter
from trama.know.api import network_by_id

from ..policies import OPEN_COHORT, OPEN_OWN_COHORT
from .models import Cohort, CohortOpening

STATE_NETWORK = 2  # last digit of the key of a state network

type Opening = Mapping[str, Any]  # {"network": …}, {"group": …} or {"state_id": …}


@dataclass(frozen=True, slots=True)
class OwnScope:
    """Something for which a person answers, as a choice in a form: ``key`` is "network:3", "group:7" or "state:26"."""

    key: str
    label: str
    opening: Opening


def own_scopes(user: Any) -> list[OwnScope]:
    """For whose people a person may open cohorts. At most two queries, and one for each state."""
    held = scopes_held(user, "courses", "edit")
    networks: Any = CohortOpening._meta.get_field("network").related_model
    groups: Any = CohortOpening._meta.get_field("group").related_model
    found = []
    for network in networks.objects.filter(pk__in=held.networks).select_related("place").order_by("search_name"):
        if not may(user, OPEN_OWN_COHORT, network):
            continue
        if network.pk % 10 == STATE_NETWORK:
            opening = {"state_id": network.place_id}
            found.append(OwnScope(f"state:{network.place_id}", f"{network.place}", opening))
        found.append(OwnScope(f"network:{network.pk}", str(network), {"network": network}))
    for group in groups.objects.filter(pk__in=held.groups).order_by("name"):
        if may(user, OPEN_OWN_COHORT, group):
            found.append(OwnScope(f"group:{group.pk}", str(group), {"group": group}))
    return found


def is_own_opening(by: Any, opening: Opening) -> bool:
    """Whether ``by`` answers for what a row of openings names; a state is its own secretariat's."""
    target = opening.get("network") or opening.get("group")
    if target is None and opening.get("state_id"):
        target = network_by_id(int(opening["state_id"]) * 10 + STATE_NETWORK)
    return target is not None and may(by, OPEN_OWN_COHORT, target)


def for_own_people(
    by: Any, fields: Mapping[str, Any], openings: Iterable[Opening], organisation: Any, parent: Any
) -> bool:
    """Whether a cohort is for people for whom ``by`` answers, and for nobody else."""
    rows = list(openings)
    if organisation is not None or parent is not None or fields.get("opening") != Cohort.Opening.LISTED or not rows:
        return False
    return all(is_own_opening(by, one) for one in rows)


def may_widen(by: Any, cohort: Cohort, fields: Mapping[str, Any], openings: Iterable[Opening]) -> bool:
    """Whether ``by`` may give a cohort these openings: others than authors keep them or add own people.

    So a cohort that was opened for one's own people is not opened to others afterwards.
    """
    if may_enter(by, OPEN_COHORT) or cohort.organisation_id is not None or cohort.parent_id is not None:
        return True
    opening = fields.get("opening", cohort.opening)
    if opening == Cohort.Opening.INVITED:
        return True
    held = {(row.network_id, row.group_id, row.state_id) for row in cohort.openings.all()}
    new = [one for one in openings if _key(one) not in held]
    return opening == cohort.opening and all(is_own_opening(by, one) for one in new)


def _key(one: Opening) -> tuple[Any, Any, Any]:
    return getattr(one.get("network"), "pk", None), getattr(one.get("group"), "pk", None), one.get("state_id")
