"""What the first start invents of self-diagnoses. All of it or nothing; a second time changes nothing.

Nothing of it is shared or enters a distribution: who receives a share reads the owner's name, not the round's title.
"""

from datetime import timedelta
from typing import TextIO

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from trama.accounts.api import DemonstrationTeam, demonstration_team
from trama.know.api import ScopeKind

from ..rounds.models import Round
from ..rounds.services import start_agreement
from . import acts
from .content import BrokenDemonstration, scripts

OPEN_DAYS = 21
EARLIER, CURRENT = 400.0, 75.0  # days ago
AGREED_OF_SCHOOL = 8


def show_demonstration_rounds(stream: TextIO) -> None:
    """What the first start does: invent the rounds, and say so. What does not fit is left out; the site starts."""
    team = demonstration_team(timezone.now())
    if team is None:
        return
    try:
        made = make_rounds(team)
    except BrokenDemonstration as broken:
        stream.write(_("The invented self-diagnoses were left out: %(why)s") % {"why": broken} + "\n")
        return
    if made:
        stream.write(_("Invented self-diagnoses to look at: %(count)d.") % {"count": made} + "\n")


@transaction.atomic
def make_rounds(team: DemonstrationTeam) -> int:
    """The invented rounds of the demonstration's network, state and school. Returns how many were made.

    None where the director's network has one already, or no instrument is loaded. Raises ``BrokenDemonstration``.
    """
    version = acts.version_for(ScopeKind.NETWORK, "rede")
    if version is None or Round.objects.filter(network=team.network, title__startswith=scripts().label).exists():
        return 0
    made = [_earlier, _current] + ([_answering] if team.state is not None else [])
    for make in made:
        make(team, version)
    of_school = acts.version_for(ScopeKind.SCHOOL, "escola") if team.school is not None else None
    if of_school is not None:
        _of_school(team, of_school)
    return len(made) + (of_school is not None)


def _earlier(team: DemonstrationTeam, version: object) -> None:
    """Last year's, the short version, closed. People who were not there yet are not in it."""
    script = scripts().earlier
    director = team.people["director"]
    of, members = acts.opened(
        team.network, script, version, team, begins=EARLIER, until=team.ago(EARLIER - 20), short=True
    )
    for person, member in members.items():
        acts.answer(of, member, person, script, at=team.ago(EARLIER - 10))
    acts.finish(members, at=team.ago(EARLIER - 11))
    start_agreement(of, by=director, at=team.ago(EARLIER - 22))
    acts.agree(of, script, by=director, at=team.ago(EARLIER - 24))
    acts.submit(of, by=director, at=team.ago(EARLIER - 25))


def _current(team: DemonstrationTeam, version: object) -> None:
    """This year's, with the whole instrument: six people, differences, agreement, priorities, signature."""
    script = scripts().current
    director = team.people["director"]
    of, members = acts.opened(team.network, script, version, team, begins=CURRENT, until=team.ago(CURRENT - 16))
    for day, (person, member) in enumerate(members.items()):
        acts.answer(of, member, person, script, at=team.ago(CURRENT - 4 - day))
    acts.finish(members, at=team.ago(CURRENT - 12))
    start_agreement(of, by=director, at=team.ago(CURRENT - 17))
    acts.agree(of, script, by=director, at=team.ago(CURRENT - 19))
    acts.submit(of, by=director, at=team.ago(CURRENT - 20))
    acts.rank(of, members, scripts().ranking, by=director, at=team.ago(CURRENT - 24))


def _answering(team: DemonstrationTeam, version: object) -> None:
    """One that is still being answered, of the state's network: the page of answers can be tried."""
    script = scripts().answering
    until = team.now + timedelta(days=OPEN_DAYS)
    of, members = acts.opened(team.state, script, version, team, begins=6, until=until)
    acts.answer(of, members["state"], "state", script, at=team.ago(3))


def _of_school(team: DemonstrationTeam, version: object) -> None:
    """One of a school, answered by two people, in which half is agreed: the page of agreement can be tried."""
    script = scripts().school
    head = team.people["head"]
    of, members = acts.opened(team.school, script, version, team, begins=20, until=team.ago(8))
    for person, member in members.items():
        acts.answer(of, member, person, script, at=team.ago(12))
    acts.finish(members, at=team.ago(11))
    start_agreement(of, by=head, at=team.ago(7))
    acts.agree(of, script, most=AGREED_OF_SCHOOL, by=head, at=team.ago(6))
