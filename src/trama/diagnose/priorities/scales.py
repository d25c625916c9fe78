"""The scales of priorities: what each step means, and how the instrument's three steps stand on the rule's five.

The instrument says reach and governability in three steps, the rule knows five: low, middle and high are 1, 3 and 5. A
team that looks closer says 1 to 5 itself. This is the one place where the two meet (docs/decisions/0106).
"""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from .models import GutPart

ON_FIVE_STEPS: Final = {1: 1, 2: 3, 3: 5}
"""A step of the instrument's reach or governability, on the scale of the rule."""

OWN_QUESTION_IMPORTANCE: Final = 2
"""An own question has no weight in an instrument: it stands in the middle. Its reach and governability are missing."""

PROPOSED: Final = 10
"""So many criteria are proposed for scoring: enough for a first five to move, few enough for a phone."""

FEWEST, MOST = 3, 5

type Anchor = tuple[int, Promise, Promise]
"""A step, its short name, and what it looks like."""

GUT_QUESTIONS: Final[dict[str, Promise]] = {
    GutPart.GRAVITY: _("How much harm does it do to students if nothing is done?"),
    GutPart.URGENCY: _("How soon must something be done?"),
    GutPart.TREND: _("What happens over time if nothing is done?"),
}

GUT_ANCHORS: Final[dict[str, list[Anchor]]] = {
    GutPart.GRAVITY: [
        (1, _("almost no harm"), _("Students would hardly notice it.")),
        (2, _("little harm"), _("It makes the work of adults harder; learning and attendance stay as they are.")),
        (3, _("some harm"), _("Learning or attendance suffers in some classes or schools.")),
        (4, _("great harm"), _("Many students learn less or miss school, and those who have least lose most.")),
        (5, _("very great harm"), _("Students leave school, are at risk, or have a right denied.")),
    ],
    GutPart.URGENCY: [
        (1, _("can wait"), _("Nothing is lost if it starts in two years or later.")),
        (2, _("next year"), _("It can start in the next school year.")),
        (3, _("this year"), _("It has to start before this school year ends.")),
        (4, _("this term"), _("It has to start in this term, or a whole group of students goes without it.")),
        (5, _("now"), _("A legal deadline, the budget or the safety of students does not wait a month.")),
    ],
    GutPart.TREND: [
        (1, _("does not get worse"), _("It stays as it is, or gets better by itself.")),
        (2, _("slowly worse"), _("It gets a little worse over several years.")),
        (3, _("worse every year"), _("Each school year starts worse than the one before.")),
        (4, _("worse this year"), _("It will be visibly worse before this school year ends.")),
        (5, _("worse every month"), _("It gets worse from month to month: more students, more schools.")),
    ],
}

REACH_STEPS: Final[list[tuple[int, Promise]]] = [
    (1, _("few of those concerned")),
    (2, _("about a quarter of those concerned")),
    (3, _("about half of those concerned")),
    (4, _("most of those concerned")),
    (5, _("nearly all of those concerned")),
]

GOVERNABILITY_STEPS: Final[list[tuple[int, Promise]]] = [
    (1, _("almost nothing is in our own hands")),
    (2, _("little is in our own hands")),
    (3, _("about half is in our own hands")),
    (4, _("most of it is in our own hands")),
    (5, _("almost everything is in our own hands")),
]
