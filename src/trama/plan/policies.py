"""Who may do what with technologies, adoptions and plans.

The catalogue is public. A version that is not published belongs to the organisation that writes it and the programme.
Adoptions and plans belong to one network, school or group: its people with the tool, and nobody else; what a school
keeps is the school's, not its network's.
"""

from trama.foundation.policies import ANY, MEMBERS, NOBODY, OWN, PUBLIC, UNTARGETED, declare

_PRINCIPALS = {"network_principal": OWN, "state_principal": OWN, "school_principal": OWN, "group_coordinator": OWN}
OWNERS = {**_PRINCIPALS, "network_team": OWN, "state_team": OWN, "pedagogical_coordinator": OWN}
OWNERS_PAGES = dict.fromkeys(OWNERS, OWN | UNTARGETED)
AUTHORS = {"trainer": OWN | UNTARGETED, "programme_admin": ANY, "programme_team": ANY}

SHOW_TECHNOLOGIES = declare("plan.technologies.show", kind="route", allow=PUBLIC)
DOWNLOAD_INSTRUMENT = declare("plan.technologies.download", kind="export", allow=PUBLIC)
AUTHOR_PAGES = declare("plan.technologies.author_pages", kind="route", allow=AUTHORS, tool="technologies")
EDIT_TECHNOLOGY = declare("plan.technologies.edit", kind="operation", allow=AUTHORS, tool="technologies", access="edit")
REVIEW_TECHNOLOGY = declare(
    "plan.technologies.review",
    kind="operation",
    allow={"programme_admin": ANY, "programme_team": ANY},
    tool="technologies",
    access="edit",
    reason="partners write, the programme reviews",
)
PUBLISH_TECHNOLOGY = declare(
    "plan.technologies.publish",
    kind="operation",
    allow={"programme_admin": ANY},
    tool="technologies",
    access="edit",
    reason="what the catalogue shows is the programme's word: its administrators publish",
)

SHOW_ADOPTIONS = declare("plan.adoptions.show", kind="route", allow=OWNERS_PAGES, tool="plan")
CHANGE_ADOPTIONS = declare("plan.adoptions.change_pages", kind="route", allow=OWNERS_PAGES, tool="plan", access="edit")
EDIT_ADOPTION = declare("plan.adoptions.edit", kind="operation", allow=OWNERS, tool="plan", access="edit")
LIST_ADOPTION = declare(
    "plan.adoptions.list",
    kind="operation",
    allow=_PRINCIPALS,
    tool="plan",
    access="edit",
    reason="whether the owner is named outside is decided by who answers for it",
)
ADOPTION_FILES = declare("plan.adoptions.files", kind="file", allow=OWNERS_PAGES, tool="plan")
_ASKED = dict.fromkeys(AUTHORS, OWN | UNTARGETED)
SHOW_HELP = declare("plan.adoptions.help_pages", kind="route", allow=_ASKED, tool="technologies")
ANSWER_HELP_PAGES = declare(
    "plan.adoptions.answer_pages", kind="route", allow=_ASKED, tool="technologies", access="edit"
)
ANSWER_HELP = declare(
    "plan.adoptions.answer",
    kind="operation",
    allow={"trainer": OWN, "programme_admin": OWN, "programme_team": OWN},
    tool="technologies",
    access="edit",
    reason="a request for help is read by the organisation that was asked, and by nobody else",
)
SHOW_FUNNEL = declare(
    "plan.adoptions.funnel",
    kind="route",
    allow=AUTHORS,
    tool="technologies",
    reason="bands of counts, never a name without consent: docs/decisions/0109",
)
EXPORT_FUNNEL = declare("plan.adoptions.funnel_export", kind="export", allow=AUTHORS, tool="technologies")

SHOW_PLANS = declare("plan.strategy.show", kind="route", allow=OWNERS_PAGES, tool="plan")
CHANGE_PLANS = declare("plan.strategy.change_pages", kind="route", allow=OWNERS_PAGES, tool="plan", access="edit")
EXPORT_PLAN = declare("plan.strategy.export", kind="export", allow=OWNERS_PAGES, tool="plan")
SEE_PLAN = declare("plan.strategy.see", kind="operation", allow=OWNERS, tool="plan")
EDIT_PLAN = declare("plan.strategy.edit", kind="operation", allow=OWNERS, tool="plan", access="edit")

CALENDAR_FEED = declare(
    "plan.followup.feed",
    kind="export",
    allow=PUBLIC,
    reason="calendar programs cannot sign in: the secret stands for who made it, asked each time",
)
SEND_DIGESTS = declare("plan.followup.send_digests", kind="command", allow=NOBODY)
SHOW_WEEK = declare(
    "plan.followup.week", kind="route", allow=MEMBERS, reason="everyone's own week; each line asks what they may see"
)
