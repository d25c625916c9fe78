"""What the first start invents of adoptions and plans. All of it or nothing; a second time changes nothing."""

from typing import Any, TextIO

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from trama.accounts.api import DemonstrationTeam, demonstration_team

from ..adoptions.selectors import priorities_for
from ..strategy.models import StrategicPlan
from .adoptions import open_adoptions, uid_of
from .content import BrokenDemonstration, script
from .plans import make_plan


def show_demonstration_plan(stream: TextIO) -> None:
    """What the first start does: invent adoptions and a plan, and say so.

    What does not fit what is loaded is left out; the site starts all the same.
    """
    team = demonstration_team(timezone.now())
    if team is None:
        return
    try:
        plan = make_demonstration(team)
    except BrokenDemonstration as broken:
        stream.write(_("The invented adoptions and plan were left out: %(why)s") % {"why": broken} + "\n")
        return
    if plan is not None:
        stream.write(_("Invented adoptions and an invented plan to look at: sign in as the director.") + "\n")


@transaction.atomic
def make_demonstration(team: DemonstrationTeam) -> StrategicPlan | None:
    """The invented adoptions and plan of the demonstration's network, from its decided priorities.

    None where they are there already, or where no priorities were decided. Raises ``BrokenDemonstration``.
    """
    if StrategicPlan.objects.filter(uid=uid_of(team, "plan")).exists():
        return None
    raw = script()
    decided = priorities_for(team.network, team.people["director"])
    priorities: dict[str, Any] = {one.item.criterion.key: one for one in decided if one.item.criterion is not None}
    if not priorities:
        return None
    adoptions = open_adoptions(team, raw, priorities)
    return make_plan(team, raw, priorities, adoptions)
