"""The front page's own texts: the improvement cycle, and who Trama is for."""

from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Step(NamedTuple):
    """A step of the cycle. ``available``: its tools are on the site already."""

    title: Promise
    text: Promise
    available: bool = False


class Audience(NamedTuple):
    icon: str
    title: Promise
    text: Promise


CYCLE = (
    Step(
        _("Know"),
        _("See the network's panorama in the official figures, each with its source and what it means."),
        available=True,
    ),
    Step(
        _("Diagnose"),
        _("Look at the network's own practices with the whole team, criterion by criterion."),
        available=True,
    ),
    Step(
        _("Prioritise"),
        _("Choose the few challenges that matter most, by a rule that explains itself."),
        available=True,
    ),
    Step(
        _("Plan"),
        _("Turn priorities into goals, actions, people in charge and dates."),
        available=True,
    ),
    Step(_("Learn"), _("Train leaders, pairs of principal and coordinator, and teachers for what the plan asks.")),
    Step(_("Collaborate"), _("Work with neighbouring networks and the state, with commitments in writing.")),
    Step(_("Monitor"), _("Follow what students are learning, in time to act on it.")),
    Step(_("Evaluate"), _("Ask whether it reached people and whether it worked, and begin again from there.")),
)

AUDIENCES = (
    Audience(
        "map",
        _("Municipal secretariats"),
        _("The municipal education director and the technical team see where the network stands and what comes next."),
    ),
    Audience(
        "school",
        _("Principals and coordinators"),
        _("The management pair of each school finds its results beside those of the network."),
    ),
    Audience(
        "people",
        _("Territories and states"),
        _("Consortia, arrangements (ADE) and state secretariats support municipalities, without rankings."),
    ),
    Audience(
        "check",
        _("Programme teams"),
        _("Open calls, with rules that tell each network whether it may take part, and why."),
    ),
    Audience(
        "chart",
        _("Researchers, press, citizens"),
        _("Open figures with definition, source and edition, to read here or to download."),
    ),
)
