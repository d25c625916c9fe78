"""Who may do what in self-diagnoses.

Two doors lead to a round: belonging to its owner with the tool (the director, the team by grant, the pair of a school,
the coordinator of a group), or being one of its members, whoever they are: councils and families have no role here. So
the pages admit who is signed in, and ``rounds.selectors.rounds_visible_to`` decides; a round of others answers 404.
What belongs to the owner alone (to open a round, to share it, to sign) is an operation with the owner as its target.
"""

from trama.foundation.policies import MEMBERS, NOBODY, OWN, PUBLIC, UNTARGETED, declare

_PRINCIPALS = {"network_principal": OWN, "state_principal": OWN, "school_principal": OWN, "group_coordinator": OWN}
_OWNERS = {**_PRINCIPALS, "network_team": OWN, "state_team": OWN, "pedagogical_coordinator": OWN}
_IN_THE_ROUND = "who is in a round is kept in the round; a round of others answers 404"

SHOW_INSTRUMENTS = declare("diagnose.instruments.show", kind="route", allow=PUBLIC)
EXPORT_INSTRUMENT = declare("diagnose.instruments.export", kind="export", allow=PUBLIC)

_PROGRAMME = {"programme_admin": UNTARGETED, "programme_team": UNTARGETED}
TEAM_INSTRUMENTS = declare("diagnose.instruments.team", kind="route", allow=_PROGRAMME)
EXPORT_DRAFT = declare("diagnose.instruments.export_draft", kind="export", allow=_PROGRAMME)
EDIT_INSTRUMENT = declare("diagnose.instruments.edit", kind="operation", allow=_PROGRAMME)
PUBLISH_INSTRUMENT_PAGE = declare(
    "diagnose.instruments.publish_page", kind="route", allow={"programme_admin": UNTARGETED}
)
PUBLISH_INSTRUMENT = declare(
    "diagnose.instruments.publish",
    kind="operation",
    allow={"programme_admin": UNTARGETED},
    reason="every network's next round will use it: the team prepares, the administrators publish",
)

SHOW_OWN_QUESTIONS = declare("diagnose.own_questions.show", kind="route", allow=_OWNERS, tool="diagnosis")
CHANGE_OWN_QUESTIONS = declare(
    "diagnose.own_questions.change", kind="route", allow=_OWNERS, tool="diagnosis", access="edit"
)
WRITE_OWN_QUESTION = declare(
    "diagnose.own_questions.write", kind="operation", allow=_OWNERS, tool="diagnosis", access="edit"
)

SHOW_ROUNDS = declare("diagnose.rounds.show", kind="route", allow=MEMBERS, reason=_IN_THE_ROUND)
CHANGE_ROUNDS = declare("diagnose.rounds.change", kind="route", allow=MEMBERS, reason=_IN_THE_ROUND)
EXPORT_ROUND = declare("diagnose.rounds.export", kind="export", allow=MEMBERS, reason=_IN_THE_ROUND)
SHOW_INVITATION = declare(
    "diagnose.rounds.invitation", kind="route", allow=PUBLIC, reason="who was invited may have no account yet"
)
FORGET_INVITATIONS = declare(
    "diagnose.rounds.forget", kind="command", allow=NOBODY, reason="trama tidy_rounds, run daily by the machine."
)
ROUND_FILES = declare("diagnose.rounds.files", kind="file", allow=MEMBERS, reason=_IN_THE_ROUND)

SEE_ROUND = declare("diagnose.rounds.see", kind="operation", allow=_OWNERS, tool="diagnosis")
OPEN_ROUND = declare("diagnose.rounds.open", kind="operation", allow=_OWNERS, tool="diagnosis", access="edit")
SHOW_PROFILE = declare("diagnose.profiles.show", kind="route", allow=MEMBERS, reason=_IN_THE_ROUND)
EXPORT_PROFILE = declare("diagnose.profiles.export", kind="export", allow=MEMBERS, reason=_IN_THE_ROUND)
SHARE_PAGES = declare("diagnose.profiles.share_pages", kind="route", allow=_PRINCIPALS, tool="diagnosis", access="edit")
_IN_THE_SHARE = "who receives what until when is kept in the share; everything else answers 404"
SHOW_SHARED = declare("diagnose.profiles.show_shared", kind="route", allow=MEMBERS, reason=_IN_THE_SHARE)
EXPORT_SHARED = declare("diagnose.profiles.export_shared", kind="export", allow=MEMBERS, reason=_IN_THE_SHARE)
SHARE_ROUND = declare(
    "diagnose.profiles.share",
    kind="operation",
    allow=_PRINCIPALS,
    tool="diagnosis",
    access="edit",
    reason="what leaves the owner is decided by who answers for it",
)
SIGN_PRIORITIES = declare(
    "diagnose.priorities.sign", kind="operation", allow=_PRINCIPALS, tool="diagnosis", access="edit"
)
